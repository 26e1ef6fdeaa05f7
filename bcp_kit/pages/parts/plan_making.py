"""The seven steps of one plan with their dates, and the work that an office did on it."""

import streamlit as st

from bcp_kit.domain.plan_steps import EffortKind, StepScope, StepState
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.plan_efforts import EffortCommand, efforts_of, record_effort
from bcp_kit.services.plan_steps import (
    STEPS,
    StepCommand,
    StepView,
    next_step,
    read_steps,
    record_step,
    step_words,
)
from bcp_kit.services.plans import PlanView


def _row(view: StepView) -> dict[str, str]:
    entry = view.entry
    return {
        say("plan_making.step"): f"{view.number} {step_words(view.number, language())}",
        say("plan_making.state"): say(f"plan_steps.state.{entry.state.value if entry else 'none'}"),
        say("plan_making.on"): entry.on.isoformat() if entry else "",
        say("plan_making.by"): entry.by if entry else "",
        say("plan_making.scope"): say(f"plan_steps.scope.{entry.scope.value}") if entry else "",
    }


def _ask_step(view: PlanView, steps: tuple[StepView, ...]) -> None:
    numbers = range(1, STEPS + 1)
    left, middle, right = st.columns((3, 1.4, 1.4))
    number = left.selectbox(
        say("plan_making.step"),
        numbers,
        index=max(next_step(steps) - 1, 0),
        format_func=lambda n: f"{n} {step_words(n, language())}",
        key="plan.step",
    )
    states: list[StepState] = list(StepState)
    state = middle.selectbox(
        say("plan_making.state"),
        states,
        index=states.index(StepState.DONE),
        format_func=lambda each: say(f"plan_steps.state.{each.value}"),
        key="plan.step_state",
    )
    today = context().today()
    day = right.date_input(
        say("plan_making.on"), today, max_value=today, key="plan.step_day", format="YYYY/MM/DD"
    )
    left, right = st.columns((3, 2.8))
    scopes = [StepScope.PERSON, *([StepScope.DISTRICT] if view.person.district else []), StepScope.TOWN]
    scope = left.radio(
        say("plan_making.scope"),
        scopes,
        format_func=lambda each: say(f"plan_steps.scope.{each.value}"),
        horizontal=True,
        key="plan.step_scope",
    )
    by = right.text_input(say("plan_making.by"), context().actor.name, key="plan.step_by")
    if st.button(say("plan_making.keep"), key="plan.keep_step"):
        of = {StepScope.PERSON: (view.person.id,), StepScope.DISTRICT: (view.person.district,)}
        record_step(context(), StepCommand(number, scope, of.get(scope, ()), state, day, by))
        st.rerun()


def _ask_effort(view: PlanView) -> None:
    efforts = efforts_of(context(), view.person.id)
    if efforts:
        rows = [
            {
                say("plan_efforts.column.finished_on"): effort.on.isoformat(),
                say("plan_efforts.column.office"): effort.office,
                say("plan_efforts.column.kind"): say(f"plan_efforts.kind.{effort.kind.value}"),
                say("plan_efforts.column.minutes"): str(effort.minutes),
                say("plan_making.finished"): say("plan_fields.yes" if effort.finished else "plan_fields.no"),
            }
            for effort in efforts
        ]
        show_table(rows, alt=say("plan_making.work"))
    kinds: list[EffortKind] = list(EffortKind)
    left, middle, right = st.columns((3, 1.6, 1.2))
    office = left.text_input(
        say("plan_efforts.column.office"), view.person.care_provider, key="plan.effort_office"
    )
    kind = middle.selectbox(
        say("plan_efforts.column.kind"),
        kinds,
        format_func=lambda each: say(f"plan_efforts.kind.{each.value}"),
        key="plan.effort_kind",
    )
    minutes = right.number_input(say("plan_efforts.column.minutes"), 0, 1440, 0, 5, key="plan.effort_minutes")
    finished = st.checkbox(say("plan_making.finished_now"), key="plan.effort_finished")
    if st.button(say("plan_making.keep_work"), key="plan.keep_effort"):
        record_effort(context(), EffortCommand(view.person.id, office, kind, int(minutes), finished=finished))
        st.rerun()


def show_making(view: PlanView) -> None:
    """Show the steps and the work, and take new entries."""
    steps = read_steps(context(), view.person.id)
    show_table([_row(each) for each in steps], alt=say("plan_steps.title"))
    st.caption(say("plan_steps.note"))
    _ask_step(view, steps)
    st.markdown(f"**{say('plan_making.work')}**")
    _ask_effort(view)

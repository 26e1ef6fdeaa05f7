"""Due dates of a facility, what is overdue first, and the facility's own counts."""

import streamlit as st

from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.practice import PracticeKind
from bcp_kit.domain.practice_settings import CountBasis, PracticeSettings
from bcp_kit.forms.practice.due import DueKind, DueLine, DueState
from bcp_kit.forms.practice.words import due_cells, due_heads, frequency_lines
from bcp_kit.pages.parts.facts_page import open_facts
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.plain import show_table, unbroken
from bcp_kit.pages.parts.records_fields import PART, ask_day, may_edit, tell_done, try_and_tell
from bcp_kit.pages.parts.records_form import want_record
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.pages.parts.shell import page_path
from bcp_kit.services.practice_due import DueView, read_due, save_settings

_TO_FACTS = "records.to_facts"


def show_due(facility: Facility) -> None:
    """Show what is due."""
    tell_done()
    view = read_due(context(), facility.id)
    overdue = len(view.overdue)
    if overdue:
        st.error(say("records.due.overdue_count", count=overdue))
    else:
        st.success(say("records.due.all_fine"))
    heads = due_heads(language())
    rows = [dict(zip(heads, _cells(line), strict=True)) for line in view.lines]
    if rows:
        show_table(rows, alt=say("records.page.part.due"))
    if may_edit():
        _show_ways(view)
    for line in frequency_lines(view.frequency, language()):
        st.caption(line)
    if may_edit():
        with st.expander(say("records.page.own_counts")):
            _ask_settings(view)


def _cells(line: DueLine) -> tuple[str, ...]:
    """Return the cells of a line; state, plan and day are words that a narrow column must not break."""
    state, kind, plan, day, why = due_cells(line, language())
    return (unbroken(state), kind, unbroken(plan), unbroken(day), why)


def _show_ways(view: DueView) -> None:
    """Show a button for each thing that has to be done now, which leads to where it is written down."""
    pressing = [line for line in view.lines if line.state in (DueState.OVERDUE, DueState.SOON)]
    ways: dict[DueKind, tuple[PlanKind, ...]] = {}
    for line in pressing:
        plans = ways.setdefault(line.kind, ())
        if line.plan_kind is not None and line.plan_kind not in plans:
            ways[line.kind] = (*plans, line.plan_kind)
    if not ways:
        return
    st.markdown(f"**{say('records.page.now_to_do')}**")
    with st.container(horizontal=True):
        for kind, plans in ways.items():
            st.button(
                say(f"records.page.way.{kind.value}"),
                key=f"records.way.{kind.value}",
                on_click=_go,
                args=(kind, plans),
            )
    if st.session_state.pop(_TO_FACTS, False):
        st.switch_page(page_path("bcp"))


def _go(kind: DueKind, plans: tuple[PlanKind, ...]) -> None:
    if kind in (DueKind.CONTACTS, DueKind.STOCK):
        open_facts()
        st.session_state[_TO_FACTS] = True
        return
    st.session_state[PART] = "findings" if kind is DueKind.FINDING else "list"
    if kind is not DueKind.FINDING:
        training = PracticeKind.TRAINING if kind is DueKind.NEW_HIRES else PracticeKind(kind.value)
        want_record(training, plans)


def _times(label: str, key: str, value: int | None) -> int | None:
    asked = ask_number(NumberField(say(label), key, whole=True, high=24), value)
    return None if asked is None else int(asked)


def _ask_settings(view: DueView) -> None:
    stored = view.settings
    st.caption(say("records.page.own_counts_lead"))
    with st.form(f"records.settings.{stored.id}.{stored.version}", border=False):
        left, right = st.columns(2)
        with left:
            training = _times("records.page.training_per_year", "records.training", stored.training_per_year)
            drill = _times("records.page.drill_per_year", "records.drill", stored.drill_per_year)
            reason = st.text_input(
                say("records.page.override_reason"), stored.override_reason, key="records.override"
            )
        with right:
            basis = st.radio(
                say("records.page.basis"),
                list(CountBasis),
                index=list(CountBasis).index(stored.basis),
                format_func=lambda each: say(f"records.due.basis.{each.value}"),
                key="records.basis",
            )
            months = ask_number(
                NumberField(say("records.page.review_months"), "records.months", whole=True, low=1, high=60),
                stored.review_months,
            )
            hired = ask_day(say("records.page.last_hired"), "records.hired", stored.last_hired_on)
        pressed = st.form_submit_button(say("records.page.save"), type="primary")
    if pressed:
        update = {
            "training_per_year": training,
            "drill_per_year": drill,
            "override_reason": reason,
            "basis": basis,
            "review_months": None if months is None else int(months),
            "last_hired_on": hired,
        }
        changed: PracticeSettings = stored.model_copy(update=update)
        try_and_tell(lambda: save_settings(context(), changed), "records.page.saved")

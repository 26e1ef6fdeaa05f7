"""One person's plan on screen: where to, who helps, consent, what is missing, what can be added, preview."""

import streamlit as st

from bcp_kit.domain.consent import Decision
from bcp_kit.domain.plans import EvacuationPlan, PlannedStage
from bcp_kit.forms.second_places import apart_words
from bcp_kit.pages.parts.kept_views import PLAN, STALE, WORK
from bcp_kit.pages.parts.pdf import forget_printed, keep_printed, show_printed
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.plan_changes import show_history, show_supporter_form
from bcp_kit.pages.parts.plan_form_paper import show_filled_form
from bcp_kit.pages.parts.plan_rooms import show_rooms
from bcp_kit.pages.parts.plan_words import ask_edition, ask_variant, ask_wording, content_names
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.pages.parts.upkeep_common import show_told
from bcp_kit.services.plans import PlanView, confirm_plan, read_plan
from bcp_kit.services.plans_preparation_words import preparation_words
from bcp_kit.services.plans_print import Edition, plan_pdf
from bcp_kit.services.plans_read import basis_words
from bcp_kit.services.plans_worklist import task_words

PREVIEW = "plan"
METRES_SHOWN = 1000  # from here on in kilometres


def _view(person_id: str) -> PlanView:
    """Return the plan; each look at a person is one entry of the audit log, not one for every redraw."""
    shown: PlanView | None = st.session_state.get(PLAN)
    if shown is None or shown.person.id != person_id:
        shown = read_plan(context(), person_id)
        st.session_state[PLAN] = shown
        forget_printed(PREVIEW)
    return shown


def forget_preview() -> None:
    """Drop the preview: it shows another copy than the one asked for."""
    forget_printed(PREVIEW)


def forget_plan() -> None:
    """Read the plan again at the next showing; its preview and what else rests on it is no longer true."""
    for key in (PLAN, WORK, STALE):
        st.session_state.pop(key, None)
    forget_printed(PREVIEW)


def _place(view: PlanView, stage: PlannedStage) -> str:
    if stage.hospital:
        return say("plans.paper.to_hospital")
    if stage.stays_home:
        return say("plans.paper.stays_home")
    shelter = view.shelters.get(stage.shelter_id)
    name = shelter.name if shelter else say("plans.paper.shelter_unknown")
    return f"{name}{say('plans.paper.guess_mark') if stage.rests_on_guess else ''}"


def _order(stage: PlannedStage) -> str:
    return say("plans.paper.column.first" if stage.stage == 1 else "plans.paper.column.next")


def _distance(stage: PlannedStage) -> str:
    if stage.distance_m is None:
        return ""
    if stage.distance_m < METRES_SHOWN:
        return say("plans.paper.metres", number=round(stage.distance_m, -1))
    return say("plans.paper.kilometres", number=stage.distance_m / METRES_SHOWN)


def _show_stages(view: PlanView, plan: EvacuationPlan) -> None:
    st.markdown(f"**{say('plans.paper.box.destinations')}**")
    rows = [
        {
            say("plans.paper.column.hazard"): say(f"plans.paper.hazard.{stage.hazard.value}"),
            say("pages.plans.stage"): say(
                "plans.paper.column.first" if stage.stage == 1 else "plans.paper.column.next"
            ),
            say("pages.plans.place"): _place(view, stage),
            say("plans.paper.column.far"): _distance(stage),
        }
        for stage in plan.stages
    ]
    rows += [
        {
            say("plans.paper.column.hazard"): say(f"plans.paper.hazard.{hazard.value}"),
            say("pages.plans.stage"): "",
            say("pages.plans.place"): say("plans.paper.unplaced"),
            say("plans.paper.column.far"): "",
        }
        for hazard in plan.unplaced
    ]
    if rows:
        show_table(rows, alt=say("plans.paper.box.destinations"))
    if any(stage.rests_on_guess for stage in plan.stages):
        st.caption(say("plans.paper.guess_note"))


def _show_second(view: PlanView, plan: EvacuationPlan) -> None:
    """Show second and third places by hazard, where there are any."""
    rows = [
        {
            say("plans.paper.column.hazard"): say(f"plans.paper.hazard.{stage.hazard.value}"),
            **{
                say(f"plans.paper.column.{key}"): _alternative(view, stage, number)
                for number, key in enumerate(("second", "third"))
            },
        }
        for stage in plan.stages
        if stage.alternatives
    ]
    if rows:
        st.markdown(f"**{say('plans.paper.box.second')}**")
        show_table(rows, alt=say("plans.paper.box.second"))


def _alternative(view: PlanView, stage: PlannedStage, number: int) -> str:
    if number >= len(stage.alternatives):
        return say("plans.paper.no_second")
    found = stage.alternatives[number]
    shelter = view.shelters.get(found.shelter_id)
    if shelter is None:
        return say("plans.paper.shelter_unknown")
    why = say("matching.list_mark").join(apart_words(shelter, found.shares, language()))
    return say("second.line", place=shelter.name, why=why)


def _show_helpers(view: PlanView) -> None:
    st.markdown(f"**{say('plans.paper.box.supporters')}**")
    if not view.supporters:
        st.warning(say("plans.paper.consent.nobody"))
        return
    rows = [
        {
            say("plans.paper.column.order"): str(named.link.rank),
            say("plans.paper.column.supporter"): named.supporter.name,
            say("plans.paper.column.phone"): named.supporter.phone,
        }
        for named in view.supporters
    ]
    show_table(rows, alt=say("plans.paper.box.supporters"))


def _show_decision(label: str, decision: Decision) -> None:
    line = f"**{label}**　{say(decision.reason)}（{basis_words(decision.article, language())}）"
    (st.success if decision.allowed else st.warning)(line)


def _show_preview(view: PlanView) -> None:
    st.markdown(f"**{say('pages.plans.preview')}**")
    allowed = {Edition.PERSON: view.may_have_plan, Edition.SUPPORTER: view.may_share}
    edition = ask_edition("plans.edition", forget_preview)
    sized, worded = st.columns(2)
    with sized:
        variant = ask_variant("plans.variant", forget_preview)
    with worded:
        wording = ask_wording("plans.wording", forget_preview)
    ready = allowed[edition].allowed
    if not ready:
        st.info(say(allowed[edition].reason))
    if st.button(say("pages.plans.make_pdf"), disabled=not ready, key="plans.preview"):
        keep_printed(PREVIEW, plan_pdf(context(), view.person.id, edition, variant, wording))
    show_printed(PREVIEW, say("pages.plans.preview_alt"))
    show_filled_form(view.person.id, ready=allowed[Edition.PERSON].allowed)


def _show_check(plan: EvacuationPlan, *, stale: bool) -> None:
    checked = plan.verified_on.isoformat() if plan.verified_on else say("plans.paper.unverified_never")
    st.caption(say("pages.plans.verified_on", day=checked))
    if stale and st.button(say("pages.plans.confirm"), key="plans.confirm"):
        confirm_plan(context(), plan.id, plan.version)
        forget_plan()
        st.rerun()


def _show_preparation(view: PlanView) -> None:
    """Show what the town hall has before consent: the mark first, then what is missing first."""
    words = preparation_words(view, language())
    if words:
        st.markdown(f"**{say('plan_before.title')}**")
        st.warning(words[0])
        st.text("\n".join(words[1:]))


def show_plan(person_id: str) -> None:
    """Show one person's plan."""
    view = _view(person_id)
    show_told()
    with st.container(border=True):
        st.subheader(plain(view.person.name), anchor=False)
        _show_decision(say("pages.plans.may_have"), view.may_have_plan)
        _show_decision(say("pages.plans.may_share"), view.may_share)
        if view.plan is None:
            st.info(say("plans.cli.show.no_plan"))
            _show_preparation(view)
            show_rooms(view, forget_plan)
            return
        st.text(say("plans.paper.number", number=view.plan.number))
        if view.plan.missing:
            st.warning(say("plans.paper.still_missing", names=content_names(view.plan.missing)))
        for part in view.touched:
            st.warning(task_words(f"touched_{part}")[0])
        _show_check(view.plan, stale=view.stale)
        _show_stages(view, view.plan)
        _show_second(view, view.plan)
        _show_helpers(view)
        show_supporter_form(view)
        show_history(view.person.id)
        show_rooms(view, forget_plan)
        _show_preview(view)

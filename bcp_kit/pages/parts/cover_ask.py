"""Ask for the scenario and the sites, and compute."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.cover_view import ROOM, SHOWN_RUN
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.scenario_form import ask_scenario
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.cover import CoverCommand, run_cover
from bcp_kit.services.facilities import list_facilities
from bcp_kit.services.roster_board import staff_of
from bcp_kit.services.safety_calls import list_calls

JOB = "cover"
ENDED = "cover.ended"


def _sister_sites(facility: Facility) -> tuple[str, ...]:
    """Ask which sites of the same operator help each other; the chosen facility is always among them."""
    sisters = {
        f.id: f.name
        for f in list_facilities(context())
        if f.operator and f.operator == facility.operator and f.id != facility.id
    }
    if not sisters:
        return (facility.id,)
    chosen = st.multiselect(
        say("pages.cover.sisters"), list(sisters), format_func=sisters.__getitem__, key="cover.sisters"
    )
    return (facility.id, *chosen)


def _call_of(facility: Facility) -> str:
    """Ask whether the answers of the newest roll call take the place of chances; return its id if so."""
    calls = list_calls(context(), facility.id) if may(Action.SEE_STAFF) else ()
    answered = [call for call in calls if call.replies]
    if not answered:
        return ""
    newest = answered[0]
    mark = f"【{say('calls.drill')}】" if newest.drill else ""
    label = say("calls.page.use_answers", title=plain(f"{mark}{newest.title}"))
    return newest.id if st.checkbox(label, key="cover.use_call", help=say("calls.page.use_help")) else ""


def _go_to(room: str) -> None:
    st.session_state[ROOM] = room


def show_ask(facility: Facility) -> None:
    """Show the question and the button that computes; afterwards the way to the answer."""
    if may(Action.SEE_STAFF) and not staff_of(context(), facility.id):
        st.warning(say("rosters.no_staff"))
    sites = _sister_sites(facility)
    scenario = ask_scenario()
    call_id = _call_of(facility)
    if st.button(say("pages.cover.run"), type="primary", key="cover.run"):
        st.session_state.pop(ENDED, None)
        command = CoverCommand(facility_ids=sites, scenario=scenario, call_id=call_id)
        start_job(JOB, lambda ctx: run_cover(ctx, command))
    made = show_job(JOB)
    if made is not None:
        st.session_state[SHOWN_RUN] = made.id
        st.session_state[ENDED] = True
        st.rerun()
    if st.session_state.get(ENDED):
        st.success(say("pages.jobs.ended"))
        st.button(say("rosters.see"), key="cover.see", type="primary", on_click=_go_to, args=("board",))

"""Staff cover: a scenario, who can come, what goes on, how many people can be taken in."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.pages.parts.choose_facility import choose_facility
from bcp_kit.pages.parts.cover_results import show_cover
from bcp_kit.pages.parts.import_panel import ImportQuestion, show_import
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.scenario_form import ask_scenario
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.cover import CoverCommand, names_of, read_run, run_cover
from bcp_kit.services.facilities import list_facilities
from bcp_kit.services.safety_calls import list_calls

IMPORT = ImportQuestion("staff", (SheetKind.STAFF, SheetKind.ROSTERS, SheetKind.HELP_OFFERS))
JOB = "cover"


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


def _newest_run(facility: Facility) -> CoverRun | None:
    try:
        return read_run(context(), facility_id=facility.id)
    except BcpKitError as error:
        if error.code is ErrorCode.NOT_FOUND:
            return None
        raise


def _ask_and_run(facility: Facility) -> None:
    sites = _sister_sites(facility)
    scenario = ask_scenario()
    call_id = _call_of(facility)
    if st.button(say("pages.cover.run"), type="primary", key="cover.run"):
        command = CoverCommand(facility_ids=sites, scenario=scenario, call_id=call_id)
        start_job(JOB, lambda ctx: run_cover(ctx, command))
    if show_job(JOB) is not None:
        st.success(say("pages.jobs.ended"))


def show() -> None:
    """Show the page."""
    st.title(say("pages.cover.title"), anchor=False)
    facility = choose_facility()
    if facility is None:
        return
    asked, brought = st.tabs([say("pages.cover.tab_run"), say("pages.cover.tab_staff")])
    with brought:
        if may(Action.EDIT_STAFF):
            show_import(IMPORT)
        else:
            st.info(say("pages.cover.no_staff"))
    with asked:
        _ask_and_run(facility)
        run = _newest_run(facility)
        if run is None:
            st.info(say("pages.cover.none"))
        else:
            show_cover(run, names_of(context(), run), facility)


show()

"""Staff cover: staff and rosters in, a scenario, and the rooms in which its answer is looked at."""

import streamlit as st

from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.choose_facility import choose_facility
from bcp_kit.pages.parts.cover_head import show_foot, show_head
from bcp_kit.pages.parts.cover_rooms import BEFORE, OF_RUN
from bcp_kit.pages.parts.cover_view import ROOM, SHOWN_RUN, CoverView
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.cover import names_of, read_run


def _run_on_screen(facility: Facility) -> CoverRun | None:
    """Return the run that was chosen, else the newest one of the facility."""
    chosen = st.session_state.get(SHOWN_RUN, "")
    for asked in ({"run_id": chosen}, {"facility_id": facility.id}):
        if not any(asked.values()):
            continue
        try:
            found = read_run(context(), **asked)
        except BcpKitError as error:
            if error.code is not ErrorCode.NOT_FOUND:
                raise
            continue
        if facility.id in found.facility_ids:
            return found
    return None


def _choose_room(run: CoverRun | None) -> str:
    """Ask for the room; the first time it is the question, or the roster where there is a run."""
    rooms = [*BEFORE, *OF_RUN] if run else list(BEFORE)
    if st.session_state.get(ROOM) not in rooms:
        st.session_state[ROOM] = "board" if run else "ask"
    chosen = st.segmented_control(
        say("rosters.rooms"),
        rooms,
        format_func=lambda key: say(f"rosters.room.{key}"),
        key=ROOM,
        required=True,
        label_visibility="collapsed",
    )
    return chosen or "ask"


def show() -> None:
    """Show the page."""
    st.title(say("pages.cover.title"), anchor=False)
    facility = choose_facility()
    if facility is None:
        return
    run = _run_on_screen(facility)
    room = _choose_room(run)
    if room in BEFORE:
        BEFORE[room](facility)
        return
    if run is not None:
        view = CoverView(facility, run, names_of(context(), run))
        show_head(view)
        OF_RUN[room](view)
        show_foot(view)


show()

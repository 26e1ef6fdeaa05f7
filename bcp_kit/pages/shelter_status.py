"""Which shelters are open in the running event: one click each, new places, what was reported before."""

import streamlit as st

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelter_status import DisasterEvent
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, say
from bcp_kit.pages.parts.status_board import moment, show_board
from bcp_kit.pages.parts.status_new_place import ask_new_place
from bcp_kit.services.shelter_status import begin_event, board, end_event, past_events

SURE = "status.end_sure"


def _begin() -> None:
    st.info(say("shelters.board.none"))
    with st.form("status.begin"):
        name = st.text_input(say("shelters.board.name"), max_chars=60)
        kinds: list[HazardKind | None] = [None, *HazardKind]
        hazard = st.selectbox(
            say("shelters.board.hazard"),
            kinds,
            format_func=lambda h: say(f"matching.hazard.{h.value}") if h else say("pages.unknown"),
        )
        pressed = st.form_submit_button(say("shelters.board.begin"), type="primary")
    if pressed:
        begin_event(context(), name, hazard)
        st.rerun()


def _show_event(event: DisasterEvent) -> None:
    words, end = st.columns((4, 1.4), vertical_alignment="center")
    words.subheader(
        say("shelters.board.running", name=plain(event.name), began=moment(event.began_at)), anchor=False
    )
    if end.button(say("shelters.board.end"), key="status.end", width="stretch"):
        st.session_state[SURE] = True
    if st.session_state.get(SURE):
        st.warning(say("shelters.board.end_sure"))
        if st.button(say("shelters.board.end_yes"), key="status.end_yes"):
            end_event(context())
            st.session_state.pop(SURE)
            st.rerun()


def _show_past() -> None:
    past = past_events(context())
    if not past:
        return
    with st.expander(say("shelters.board.past")):
        for event in past:
            ended = moment(event.ended_at) if event.ended_at else ""
            values = {"name": event.name, "began": moment(event.began_at), "ended": ended}
            st.text(say("shelters.board.past_line", **values))


def show() -> None:
    """Show the page."""
    st.title(say("pages.shelter_status.title"), anchor=False)
    now = board(context())
    if now.event is None:
        _begin()
    else:
        _show_event(now.event)
        show_board(now)
        ask_new_place(now)
    _show_past()


show()

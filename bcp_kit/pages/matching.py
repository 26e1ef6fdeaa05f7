"""Matching: for which hazard, how unknown facts count, run it, and read the answer."""

import streamlit as st

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import UnknownMode
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_results import show_matching
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.matching_read import RunView, read_run

JOB, VIEW, ENDED = "match", "matching.view", "matching.ended"


def _ask() -> MatchCommand:
    hazards: list[HazardKind] = list(HazardKind)
    hazard = st.selectbox(
        say("pages.matching.hazard"),
        hazards,
        index=0,
        format_func=lambda h: say(f"matching.hazard.{h.value}"),
        key="matching.hazard",
        persist_state="session",
    )
    modes: list[UnknownMode] = [UnknownMode.ASSUME, UnknownMode.CONFIRMED_ONLY]
    mode = st.radio(
        say("pages.matching.mode"),
        modes,
        index=0,
        format_func=lambda m: say(f"matching.mode.{m.value}"),
        key="matching.mode",
        persist_state="session",
    )
    return MatchCommand(hazard=HazardKind(hazard), mode=UnknownMode(mode))


def _newest(hazard: HazardKind) -> RunView | None:
    """Return the newest run of the hazard; kept while it is looked at, because it holds every person."""
    shown: RunView | None = st.session_state.get(VIEW)
    if shown is not None and shown.run.hazard is hazard:
        return shown
    try:
        st.session_state[VIEW] = read_run(context(), hazard=hazard)
    except BcpKitError as error:
        if error.code is ErrorCode.NOT_FOUND:
            return None
        raise
    view: RunView = st.session_state[VIEW]
    return view


def _forget() -> None:
    st.session_state.pop(VIEW, None)


def show() -> None:
    """Show the page."""
    st.title(say("pages.matching.title"), anchor=False)
    command = _ask()
    if st.button(say("pages.matching.run"), type="primary", key="matching.run"):
        start_job(JOB, lambda ctx: match(ctx, command))
    if show_job(JOB) is not None:
        _forget()
        st.success(say("pages.jobs.ended"))
    view = _newest(command.hazard)
    if view is None:
        st.info(say("pages.matching.none"))
        return
    st.divider()
    show_matching(view)
    st.button(say("pages.matching.reload"), on_click=_forget, key="matching.reload")


show()

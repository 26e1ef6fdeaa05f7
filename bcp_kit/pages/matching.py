"""Matching: for which hazard, in which order of goals, run it, and work with the answer."""

from collections.abc import Callable

import streamlit as st

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_ask import ask_command
from bcp_kit.pages.parts.matching_compare import show_compare
from bcp_kit.pages.parts.matching_export import show_export
from bcp_kit.pages.parts.matching_fairness import show_fairness
from bcp_kit.pages.parts.matching_first import show_first
from bcp_kit.pages.parts.matching_head import show_head
from bcp_kit.pages.parts.matching_left import show_left
from bcp_kit.pages.parts.matching_locks import show_locks
from bcp_kit.pages.parts.matching_map import show_map
from bcp_kit.pages.parts.matching_people import show_people
from bcp_kit.pages.parts.matching_places import show_places
from bcp_kit.pages.parts.matching_replan import show_replan
from bcp_kit.pages.parts.matching_second import show_second
from bcp_kit.pages.parts.matching_shown import JOB, PART, QUICK_S, forget, outcome_of, shown_view
from bcp_kit.pages.parts.matching_stress import show_stress
from bcp_kit.pages.parts.matching_supporters import show_supporters
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.matching import match
from bcp_kit.services.matching_read import RunView

PARTS: dict[str, Callable[[RunView], None]] = {
    "left": show_left,
    "places": show_places,
    "people": show_people,
    "second": show_second,
    "map": show_map,
    "locks": show_locks,
    "replan": show_replan,
    "compare": show_compare,
    "stress": show_stress,
    "fairness": show_fairness,
    "first": show_first,
    "supporters": show_supporters,
    "export": show_export,
}


def _current(hazard: HazardKind) -> RunView | None:
    try:
        return shown_view(context(), hazard)
    except BcpKitError as error:
        if error.code is ErrorCode.NOT_FOUND:
            return None
        raise


def show() -> None:
    """Show the page."""
    st.title(say("pages.matching.title"), anchor=False)
    command = ask_command()
    if st.button(say("pages.matching.run"), type="primary", key="matching.run"):
        start_job(JOB, lambda ctx: match(ctx, command), wait_s=QUICK_S)
    ended = show_job(JOB)
    if ended is not None:
        outcome_of(context(), ended)
        st.success(say("pages.jobs.ended"))
    view = _current(command.hazard)
    if view is None:
        st.info(say("pages.matching.none"))
        return
    st.divider()
    show_head(view)
    part = st.segmented_control(
        say("desk.views"),
        list(PARTS),
        default=None if PART in st.session_state else "left",
        format_func=lambda key: say(f"desk.view.{key}"),
        key=PART,
        required=True,
    )
    PARTS[part or "left"](view)
    st.button(say("pages.matching.reload"), on_click=forget, key="matching.reload")


show()

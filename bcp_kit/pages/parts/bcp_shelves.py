"""The shelves of a plan: write, what is missing and what the checks found, print and cards, records.

One shelf is open at a time and only that one is made, so the page stays quick and calm. Each shelf is a tuple
of parts `show_…(view)`; a new part is one more name there.
"""

from collections.abc import Callable

import streamlit as st

from bcp_kit.pages.parts.bcp_cards import show_cards
from bcp_kit.pages.parts.bcp_findings import show_findings
from bcp_kit.pages.parts.bcp_overview import show_chapters, show_missing
from bcp_kit.pages.parts.bcp_places import SHELF
from bcp_kit.pages.parts.bcp_print import show_print
from bcp_kit.pages.parts.bcp_small import show_closings, show_covered
from bcp_kit.pages.parts.bcp_supplies import show_supplies
from bcp_kit.pages.parts.session import say
from bcp_kit.services.bcp import PlanView

ShowPart = Callable[[PlanView], None]

# Shelf → its parts, in the order of work. Findings, cards and records are hooked in here.
SHELVES: dict[str, tuple[ShowPart, ...]] = {
    "write": (show_closings, show_chapters, show_covered),
    "check": (show_missing, show_findings),
    "stock": (show_supplies,),
    "print": (show_print,),
    "cards": (show_cards,),
}


def show_shelves(view: PlanView) -> None:
    """Show the names of the shelves and the parts of the one that is open."""
    if st.session_state.get(SHELF) not in SHELVES:
        st.session_state[SHELF] = next(iter(SHELVES))
    st.segmented_control(
        say("write.shelves"),
        list(SHELVES),
        format_func=lambda name: say(f"write.shelf.{name}"),
        key=SHELF,
        label_visibility="collapsed",
        required=True,
        width="stretch",
    )
    for show_part in SHELVES[st.session_state[SHELF]]:
        show_part(view)

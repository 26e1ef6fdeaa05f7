"""The rooms of the cover page in the order of the work; each room is one function in a part of its own.

A room before a run takes the facility, a room of a run takes the run on screen. To add one: write
`show_…` in a module of its own, add a line here and its name under `rosters.room` in both languages.
"""

from collections.abc import Callable

from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.cover_ask import show_ask
from bcp_kit.pages.parts.cover_board import show_board
from bcp_kit.pages.parts.cover_capacity import show_capacity
from bcp_kit.pages.parts.cover_compare import show_compare
from bcp_kit.pages.parts.cover_days import show_days
from bcp_kit.pages.parts.cover_history import show_history
from bcp_kit.pages.parts.cover_operations import show_operations
from bcp_kit.pages.parts.cover_papers import show_papers
from bcp_kit.pages.parts.cover_recover import show_recover
from bcp_kit.pages.parts.cover_slider import show_slider
from bcp_kit.pages.parts.cover_staff import show_staff
from bcp_kit.pages.parts.cover_uncovered import show_uncovered
from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_waves import show_waves

BEFORE: dict[str, Callable[[Facility], None]] = {
    "staff": show_staff,
    "slider": show_slider,
    "ask": show_ask,
    "waves": show_waves,
}
OF_RUN: dict[str, Callable[[CoverView], None]] = {
    "days": show_days,
    "board": show_board,
    "uncovered": show_uncovered,
    "operations": show_operations,
    "capacity": show_capacity,
    "recover": show_recover,
    "compare": show_compare,
    "papers": show_papers,
    "history": show_history,
}

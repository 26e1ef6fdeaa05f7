"""Staff, rosters and offers of help: a roster of the facility's own shape, or our own forms."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.pages.parts.cover_roster import show_roster_import
from bcp_kit.pages.parts.import_panel import ImportQuestion, show_import
from bcp_kit.pages.parts.session import may, say

IMPORT = ImportQuestion("staff", (SheetKind.STAFF, SheetKind.ROSTERS, SheetKind.HELP_OFFERS))
WAY = "cover.staff.way"


def show_staff(facility: Facility) -> None:
    """Show how staff, rosters and offers come in."""
    if not may(Action.EDIT_STAFF):
        st.info(say("pages.cover.no_staff"))
        return
    way = st.segmented_control(
        say("rosters.screen.way"),
        ("roster", "forms"),
        default="roster",
        format_func=lambda key: say(f"rosters.screen.ways.{key}"),
        key=WAY,
        required=True,
    )
    if way == "forms":
        show_import(IMPORT)
    else:
        show_roster_import(facility)

"""Staff, rosters and offers of help: brought in from files."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.pages.parts.import_panel import ImportQuestion, show_import
from bcp_kit.pages.parts.session import may, say

IMPORT = ImportQuestion("staff", (SheetKind.STAFF, SheetKind.ROSTERS, SheetKind.HELP_OFFERS))


def show_staff(facility: Facility) -> None:
    """Show how staff, rosters and offers come in."""
    del facility
    if not may(Action.EDIT_STAFF):
        st.info(say("pages.cover.no_staff"))
        return
    show_import(IMPORT)

"""The frame around every page: start-up demands, language, sidebar, the store, navigation."""

from pathlib import Path

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.intake.guard import demand_defusedxml
from bcp_kit.pages.parts.browser_words import settle_browser
from bcp_kit.pages.parts.guard import guarded
from bcp_kit.pages.parts.opening import ask_for_store
from bcp_kit.pages.parts.session import may, remember_in_address, restore_from_address, say, store
from bcp_kit.pages.parts.sidebar import show_sidebar

FOLDER = Path(__file__).resolve().parents[1]

# Page file and the action that its visitor must be allowed, in the order of work.
PAGES: tuple[tuple[str, Action | None], ...] = (
    ("start", None),
    ("bcp", Action.SEE_BCP),
    ("records", Action.SEE_BCP),
    ("cover", Action.RUN_COVER),
    ("facility_event", Action.SEE_BCP),
    ("register", Action.SEE_REGISTER),
    ("shelters", Action.EDIT_SHELTER),
    ("shelter_status", Action.EDIT_SHELTER),
    ("map_data", Action.KEEP_MAPS),
    ("matching", Action.SEE_MATCHING),
    ("plans", Action.MAKE_PLANS),
    ("plan_upkeep", Action.MAKE_PLANS),
)


def page_path(name: str) -> Path:
    """Return the file of a page; the package is the place, so AppTest and the wheel find the same."""
    return FOLDER / f"{name}.py"


def _page(name: str, action: Action | None) -> st.Page:
    shown = action is None or may(action)
    return st.Page(
        page_path(name),
        title=say(f"pages.{name}.title"),
        url_path=name,
        default=name == "start",
        visibility="visible" if shown else "hidden",
    )


def run() -> None:
    """Show one run of the app: what must hold first, then the page that was asked for."""
    st.set_page_config(page_title=say("pages.app.title"), page_icon="📘", layout="wide")
    restore_from_address()
    settle_browser()
    chosen = st.navigation([_page(*page) for page in PAGES], expanded=True)
    with guarded():
        demand_defusedxml()
        ask_for_store()
    show_sidebar()
    remember_in_address()
    if store() is None:
        st.stop()
    with guarded():
        chosen.run()

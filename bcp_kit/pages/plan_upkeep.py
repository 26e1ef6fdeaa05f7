"""Keeping plans up: what waits for approval, drills, forms that came back, what is due to be erased."""

import streamlit as st

from bcp_kit.pages.parts.plan_changes import show_open_changes
from bcp_kit.pages.parts.session import say
from bcp_kit.pages.parts.upkeep_common import show_told


def show() -> None:
    """Show the page."""
    st.title(say("pages.plan_upkeep.title"), anchor=False)
    st.caption(say("pages.plan_upkeep.intro"))
    show_told()
    show_open_changes()


show()

"""Keeping plans up: what waits for approval, drills, forms that came back, what is due to be erased."""

import streamlit as st

from bcp_kit.pages.parts.form_entry import show_entry
from bcp_kit.pages.parts.plan_changes import show_open_changes
from bcp_kit.pages.parts.plan_drills import show_drills
from bcp_kit.pages.parts.plan_erasing import show_erasing
from bcp_kit.pages.parts.plan_pair_batches import show_batches
from bcp_kit.pages.parts.session import say
from bcp_kit.pages.parts.upkeep_common import show_told


def show() -> None:
    """Show the page."""
    st.title(say("pages.plan_upkeep.title"), anchor=False)
    st.caption(say("pages.plan_upkeep.intro"))
    show_told()
    names = ("changes", "drills", "entry", "erase")
    changes, drills, entry, erase = st.tabs(
        [say(f"pages.plan_upkeep.tab_{name}") for name in names], key="upkeep.tabs", on_change="rerun"
    )
    with changes:
        show_batches()
        show_open_changes()
    with drills:
        if drills.open:
            show_drills()
    with entry:
        if entry.open:
            show_entry()
    with erase:
        if erase.open:
            show_erasing()


show()

"""When it strikes: roll call of the staff, damage report; drills kept apart."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.choose_facility import choose_facility
from bcp_kit.pages.parts.damage_report import show_damage
from bcp_kit.pages.parts.roll_call import show_roll_call
from bcp_kit.pages.parts.session import may, say

TAB = "event.tab"
TABS = ("call", "damage")


def show() -> None:
    """Show the page."""
    st.title(say("pages.facility_event.title"), anchor=False)
    facility = choose_facility(offer_change=False)
    if facility is None:
        return
    if st.session_state.get(TAB) not in TABS:
        st.session_state[TAB] = TABS[0]
    st.segmented_control(
        say("pages.facility_event.title"),
        TABS,
        format_func=lambda name: say(f"calls.page.tab_{name}"),
        key=TAB,
        label_visibility="collapsed",
        required=True,
        width="stretch",
    )
    if st.session_state[TAB] == "damage":
        show_damage(facility)
    elif may(Action.SEE_STAFF):
        show_roll_call(facility)
    else:
        st.info(say("calls.page.no_staff_right"))


show()

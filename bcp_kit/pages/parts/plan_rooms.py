"""The rooms of one person's plan: fields section by section, agreement and signature, steps and work."""

from collections.abc import Callable

import streamlit as st

from bcp_kit.pages.parts.plan_agree import show_agreement
from bcp_kit.pages.parts.plan_fields import forget_sheet
from bcp_kit.pages.parts.plan_making import show_making
from bcp_kit.pages.parts.plan_sections import show_writing
from bcp_kit.pages.parts.session import say
from bcp_kit.services.plans import PlanView

ROOM = "plan.room"
ROOMS = ("write", "agree", "making")


def show_rooms(view: PlanView, after: Callable[[], None]) -> None:
    """Ask which room and show it; `after` is called whenever something was stored."""

    def changed() -> None:
        forget_sheet()
        after()

    rooms = ROOMS if view.plan else ROOMS[1:]
    if st.session_state.get(ROOM) not in rooms:
        st.session_state[ROOM] = rooms[0]
    room = st.segmented_control(
        say("plan_write.rooms"),
        rooms,
        format_func=lambda each: say(f"plan_write.room_{each}"),
        key=ROOM,
        required=True,
    )
    if room == "write":
        show_writing(view, after)
    elif room == "agree":
        show_agreement(view, changed)
    else:
        show_making(view)

"""Add a place that opened in the event and was never on the list."""

import streamlit as st

from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.pages.parts.session import context, say
from bcp_kit.pages.parts.shelter_words import kind_label
from bcp_kit.services.shelter_status import Board, NewPlace, add_place

ADDED = "status.added"


def _ask_near(now: Board) -> str:
    """Ask for a listed place close by, whose point stands in; empty for none."""
    known = {line.shelter.id: line.shelter.name for line in now.lines if line.shelter.location}
    return st.selectbox(
        say("shelters.board.add_near"), ["", *known], format_func=lambda i: known.get(i, "－"), index=0
    )


def ask_new_place(now: Board) -> None:
    """Ask for the place; it is added as open, and marked."""
    with st.expander(say("shelters.board.add_title")):
        with st.form("status.add", clear_on_submit=True, border=False):
            name_at, address_at = st.columns(2)
            name = name_at.text_input(say("shelters.board.add_name"), max_chars=60)
            address = address_at.text_input(say("shelters.board.add_address"), max_chars=120)
            near = _ask_near(now)
            kind_at, number_at, phone_at = st.columns(3)
            kinds: list[DestinationKind] = [DestinationKind.GENERAL]
            kinds += [kind for kind in DestinationKind if kind not in kinds]
            kind = kind_at.selectbox(say("shelters.board.add_kind"), kinds, format_func=kind_label)
            people = number_at.number_input(
                say("shelters.board.add_capacity"), 1, None, None, 1, placeholder=""
            )
            phone = phone_at.text_input(say("shelters.board.add_phone"), max_chars=30)
            pressed = st.form_submit_button(say("shelters.board.add"), type="primary")
        if pressed:
            place = NewPlace(name, address, near, DestinationKind(kind), people, phone)
            st.session_state[ADDED] = add_place(context(), place).name
            st.rerun()
        added = st.session_state.pop(ADDED, None)
        if added:
            st.success(say("shelters.board.added", name=added))

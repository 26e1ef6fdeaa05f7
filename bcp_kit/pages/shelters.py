"""Destinations: what to confirm first, the list, one destination's facts, surveys, bring a list in."""

import streamlit as st

from bcp_kit.forms.sheets import SheetKind
from bcp_kit.forms.shelter_form import group_of_fact
from bcp_kit.pages.parts.confirm_first import (
    FACT_PARAM,
    FOUND,
    SHELTER_PARAM,
    newest_guesses,
    show_confirm_first,
)
from bcp_kit.pages.parts.import_panel import ImportQuestion, show_import
from bcp_kit.pages.parts.session import say
from bcp_kit.pages.parts.shelter_form import GROUP, show_shelter_form
from bcp_kit.pages.parts.shelter_list import CHOSEN, FOCUS, choose, show_list
from bcp_kit.pages.parts.shelter_saving import forget_shelter
from bcp_kit.pages.parts.shelter_surveys import show_surveys

IMPORT = ImportQuestion("shelters", (SheetKind.SHELTERS,))
ARRIVED = "shelters.arrived"


def _arrive() -> None:
    """Open the destination and fact that the address names; ids only ever stand there."""
    asked = (st.query_params.get(SHELTER_PARAM, ""), st.query_params.get(FACT_PARAM, ""))
    if not asked[0] or st.session_state.get(ARRIVED) == asked:
        return
    st.session_state[ARRIVED] = asked
    choose(*asked)
    group = group_of_fact(asked[1])
    if group:
        st.session_state[GROUP] = group
    forget_shelter()
    st.session_state.pop(FOUND, None)


def _leave() -> None:
    for name in (SHELTER_PARAM, FACT_PARAM):
        st.query_params.pop(name, None)
    for name in (CHOSEN, FOCUS, ARRIVED, FOUND):
        st.session_state.pop(name, None)
    forget_shelter()


def _show_chosen(shelter_id: str) -> None:
    st.button(say("shelters.list.back"), on_click=_leave, key="shelters.back")
    focus = str(st.session_state.get(FOCUS, ""))
    guesses = newest_guesses() if focus else None
    people = guesses.people(shelter_id, focus) if guesses else 0
    show_shelter_form(shelter_id, focus, people)


def show() -> None:
    """Show the page."""
    st.title(say("pages.shelters.title"), anchor=False)
    _arrive()
    chosen = st.session_state.get(CHOSEN)
    if chosen:
        _show_chosen(str(chosen))
        return
    listed, surveys, brought = st.tabs(
        [say("pages.shelters.tab_list"), say("shelters.survey.tab"), say("pages.shelters.tab_import")]
    )
    with listed:
        show_confirm_first()
        show_list()
    with surveys:
        show_surveys()
    with brought:
        show_import(IMPORT)


show()

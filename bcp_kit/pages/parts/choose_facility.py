"""Which facility the page is about; kept while going from page to page."""

import streamlit as st

from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.facility_form import show_facility_form
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.facilities import list_facilities

CHOSEN, EDITING = "facility.chosen", "facility.editing"


def _take(facility: Facility) -> None:
    st.session_state[CHOSEN] = facility.id
    st.session_state[EDITING] = None
    st.rerun()


def choose_facility(*, offer_change: bool = True) -> Facility | None:
    """Return the chosen facility; without any, ask for the first one and return None.

    `offer_change` False shows the name only: while writing, the place is for writing.
    """
    known = {facility.id: facility for facility in list_facilities(context())}
    if not known:
        st.info(say("pages.facility.none"))
        show_facility_form(None, _take)
        return None
    editing = st.session_state.get(EDITING)
    if editing is not None:
        _edit(known.get(editing))
        return None
    chosen = st.session_state.get(CHOSEN)
    if not offer_change and chosen in known:
        st.text(known[chosen].name)
        return known[chosen]
    return _pick(known, chosen)


def _pick(known: dict[str, Facility], chosen: str | None) -> Facility:
    choice, change, add = st.columns((4, 2, 2), vertical_alignment="bottom")
    ids = list(known)
    picked = choice.selectbox(
        say("pages.facility.which"),
        ids,
        index=ids.index(chosen) if chosen in ids else 0,
        format_func=lambda i: known[i].name,
        key="facility.pick",
    )
    st.session_state[CHOSEN] = picked
    for place, name, target in ((change, "change", picked), (add, "add", "")):
        label, key = say(f"pages.facility.{name}"), f"facility.{name}"
        place.button(label, on_click=_start_editing, args=(target,), width="stretch", key=key)
    return known[picked]


def _start_editing(facility_id: str) -> None:
    st.session_state[EDITING] = facility_id


def _edit(stored: Facility | None) -> None:
    st.subheader(say("pages.facility.change_title" if stored else "pages.facility.add_title"), anchor=False)
    st.button(say("pages.facility.back"), on_click=_stop_editing, key="facility.back")
    show_facility_form(stored, _take)


def _stop_editing() -> None:
    st.session_state[EDITING] = None

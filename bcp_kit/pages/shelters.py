"""Destinations: the list with what is confirmed and unknown, one destination's facts, bring a list in."""

import streamlit as st

from bcp_kit.catalogues.vocabulary import shelter_features
from bcp_kit.domain.base import Known
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.pages.parts.import_panel import ImportQuestion, show_import
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, say
from bcp_kit.pages.parts.shelter_form import show_shelter_form
from bcp_kit.services.shelters import find_shelters

IMPORT = ImportQuestion("shelters", (SheetKind.SHELTERS,))
SHOWN_SHELTERS = 100


def kind_labels() -> dict[str, str]:
    """Return the Japanese name of each kind of destination, as the sheet has it."""
    column = next(c for c in sheet(SheetKind.SHELTERS).columns if c.key == "kind")
    return dict(column.choices)


def _row(shelter: Shelter, kinds: dict[str, str], features: int) -> dict[str, str]:
    states = [shelter.feature(key) for key in shelter_features()]
    known = sum(state is not Known.UNKNOWN for state in states)
    unknown = say("pages.unknown")
    capacity = shelter.capacity_people
    return {
        say("pages.shelters.name"): shelter.name,
        say("pages.shelters.kind"): kinds.get(shelter.kind.value, shelter.kind.value),
        say("pages.shelters.capacity"): unknown if capacity is None else str(capacity),
        say("pages.shelters.direct"): say(f"pages.shelters.direct_{shelter.direct_evacuation.value}"),
        say("pages.shelters.features"): say("pages.shelters.features_known", known=known, total=features),
        say("pages.shelters.confirmed_on"): shelter.confirmed_on.isoformat()
        if shelter.confirmed_on
        else unknown,
    }


def _show_list() -> None:
    part = st.text_input(say("pages.shelters.search"), key="shelters.search", persist_state="session")
    found = find_shelters(context(), part.strip(), SHOWN_SHELTERS)
    if not found.total:
        st.info(say("pages.shelters.empty"))
        return
    st.caption(say("pages.shelters.found", shown=len(found.shelters), total=found.total))
    if not found.shelters:
        return
    known = {shelter.id: shelter for shelter in found.shelters}
    chosen = st.selectbox(
        say("pages.shelters.choose"),
        list(known),
        index=None,
        format_func=lambda i: f"{known[i].name}　{known[i].address}",
        key="shelters.chosen",
    )
    if chosen is not None:
        show_shelter_form(chosen)
        return
    kinds, features = kind_labels(), len(shelter_features())
    show_table([_row(s, kinds, features) for s in found.shelters], alt=say("pages.shelters.title"))


def show() -> None:
    """Show the page."""
    st.title(say("pages.shelters.title"), anchor=False)
    listed, brought = st.tabs([say("pages.shelters.tab_list"), say("pages.shelters.tab_import")])
    with listed:
        _show_list()
    with brought:
        show_import(IMPORT)


show()

"""Map data: hazard zones, roads, towns, population; and what they mean for the records."""

import streamlit as st

from bcp_kit.pages.parts.map_hazards import show_hazards
from bcp_kit.pages.parts.map_places import show_places
from bcp_kit.pages.parts.map_population import show_population
from bcp_kit.pages.parts.map_roads import show_roads
from bcp_kit.pages.parts.session import say

TABS = {
    "hazards": show_hazards,
    "roads": show_roads,
    "places": show_places,
    "population": show_population,
}


def show() -> None:
    """Show the page."""
    st.title(say("pages.map_data.title"), anchor=False)
    st.markdown(say("pages.map_data.intro"))
    for tab, part in zip(
        st.tabs([say(f"pages.map_data.tab_{name}") for name in TABS]), TABS.values(), strict=True
    ):
        with tab:
            part()


show()

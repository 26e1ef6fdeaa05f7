"""The map of a run: where people live, where they go, which place has which number."""

from collections import Counter
from collections.abc import Mapping

import streamlit as st

from bcp_kit.domain.shelters import Shelter
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, say
from bcp_kit.pages.parts.town_map import Destination, Home, draw_map
from bcp_kit.render.evacuation.case import PlannedRoute
from bcp_kit.services.map_layers import hazard_rings
from bcp_kit.services.matching_read import Line, RunView
from bcp_kit.services.matching_tables import home_of
from bcp_kit.services.plan_routes import placement_ways

WAYS = "matching.ways"
MOST_LINES = 600  # more lines than this hide each other


def _home(line: Line, ways: Mapping[str, PlannedRoute], *, draw_line: bool) -> Home | None:
    """Return the person's home on the map; a protected address and people who stay are not drawn."""
    at, placement = home_of(line.person), line.placement
    left_out = placement.hospital or placement.stays_home
    if at is None or left_out:
        return None
    goes_to = line.shelter.location if line.shelter and draw_line else None
    way = ways.get(line.person.id)
    return Home(
        at,
        line.shelter is not None,
        goes_to,
        on_guess=bool(placement.guesses),
        way=way.points if way and draw_line else (),
    )


def _ways(view: RunView) -> Mapping[str, PlannedRoute]:
    """Return the ways of the run, found once as long as it is looked at."""
    known: tuple[str, Mapping[str, PlannedRoute]] | None = st.session_state.get(WAYS)
    if known is None or known[0] != view.run.id:
        known = (view.run.id, placement_ways(context(), view))
        st.session_state[WAYS] = known
    return known[1]


def _legend(numbered: dict[str, tuple[str, Shelter]], going: Counter[str]) -> None:
    rows = [
        {
            say("pages.matching.map_number"): number,
            say("matching.column.place"): shelter.name,
            say("pages.matching.map_people"): say("pages.matching.people", count=going[shelter.id]),
        }
        for number, shelter in numbered.values()
    ]
    show_table(rows, alt=say("pages.matching.map"))


def show_map(view: RunView) -> None:
    """Show the map with what its signs mean."""
    st.subheader(say("pages.matching.map"), anchor=False)
    first = [line for line in view.lines if line.placement.stage == 1]
    going = Counter(line.shelter.id for line in first if line.shelter)
    placed = [s for s in view.shelters.values() if s.location is not None]
    numbered = {s.id: (str(n), s) for n, s in enumerate(placed, start=1)}
    draw_line = len(first) <= MOST_LINES
    ways = _ways(view) if draw_line else {}
    homes = [_home(line, ways, draw_line=draw_line) for line in first]
    places = [
        Destination(s.location, number, welfare=s.kind.is_welfare)
        for number, s in numbered.values()
        if s.location is not None
    ]
    drawn = draw_map([h for h in homes if h], places, hazard_rings(context(), view.run.hazard))
    if not drawn:
        st.info(say("pages.matching.map_empty"))
        return
    st.image(drawn, caption=say("pages.matching.map_signs"), width="stretch")
    through = sum(way.through_hazard for way in ways.values())
    if through:
        st.warning(say("maps.roads.through", count=through))
    with st.expander(say("pages.matching.map_legend")):
        _legend(numbered, going)

"""A run by place: who fills it, how many on a guess or by decision, and who goes there."""

import streamlit as st

from bcp_kit.pages.parts.matching_shown import KM, way_words
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import say
from bcp_kit.services.matching_read import RunView
from bcp_kit.services.matching_tables import LineFilter, PlaceRow, lines_of, place_rows

SHOWN = 60


def _row(row: PlaceRow) -> dict[str, str]:
    known = row.shelter.capacity_people
    return {
        say("matching.column.place"): row.shelter.name,
        say("desk.places.capacity"): say("pages.unknown") if known is None else f"{known:,}",
        say("desk.places.people"): f"{row.people:,}",
        say("desk.places.tiers"): "・".join(str(row.by_tier[t]) for t in sorted(row.by_tier)),
        say("desk.places.guessed"): f"{row.guessed:,}",
        say("desk.places.locked"): f"{row.locked:,}",
        say("desk.places.farthest"): f"{row.farthest_m / KM:.1f}km" if row.people else "",
    }


def show_places(view: RunView) -> None:
    """Show each place with what it takes in, by stage."""
    stages = [stage.stage for stage in view.run.stages]
    stage = st.radio(
        say("matching.column.stage"),
        stages,
        format_func=lambda n: say(f"pages.matching.stage_{n}"),
        horizontal=True,
        key="matching.places.stage",
    )
    rows = place_rows(view, stage or 1)
    show_table([_row(row) for row in rows[:SHOWN]], alt=say("desk.view.places"))
    if len(rows) > SHOWN:
        st.caption(say("desk.people.more", count=SHOWN))
    names = {row.shelter.id: row.shelter.name for row in rows}
    chosen = st.selectbox(
        say("desk.places.who"),
        list(names),
        index=None,
        format_func=lambda i: names.get(i, i),
        key="matching.places.chosen",
    )
    if chosen is not None:
        _show_who(view, chosen, stage or 1)


def _show_who(view: RunView, shelter_id: str, stage: int) -> None:
    found = [x for x in lines_of(view, LineFilter(shelter_id=shelter_id)) if x.placement.stage == stage]
    if not found:
        st.info(say("desk.places.nobody"))
        return
    rows = [
        {
            say("pages.matching.name"): line.person.name,
            say("pages.matching.tier"): str(line.placement.tier),
            say("pages.matching.distance"): way_words(line.placement),
            say("desk.places.locked"): "○" if line.placement.lock_id else "",
        }
        for line in found[:SHOWN]
    ]
    show_table(rows, alt=say("desk.places.who"))
    if len(found) > SHOWN:
        st.caption(say("desk.people.more", count=SHOWN))

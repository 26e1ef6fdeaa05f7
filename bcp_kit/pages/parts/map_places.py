"""The tab of towns: tables of points and codes, and positions found by address."""

from statistics import median

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.map_parts import (
    forget,
    looked_at,
    page_say,
    removal,
    show_findings,
    show_pairs,
    show_rows,
    tell,
    told,
)
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.map_words import municipality_words
from bcp_kit.services.place_tables import (
    PlaceTable,
    TableFacts,
    inspect_places,
    keep_places,
    list_places,
    remove_places,
)
from bcp_kit.services.placing import Placing, place_addresses, undo_placing

PART = "places"
LEVELS = ("block", "chome", "town")


def _name(table: PlaceTable) -> str:
    return say(f"maps.places.table.{table.value}")


def _row(facts: TableFacts) -> tuple[str, str]:
    words = say("maps.places.rows", table=_name(facts.table), rows=f"{facts.rows:,}", source=facts.source)
    return words, municipality_words(facts.municipalities, language())


def _kept(kept: tuple[TableFacts, ...]) -> None:
    st.subheader(page_say("kept_title"), anchor=False)
    if not kept:
        st.info(say("maps.places.none"))
        return
    show_pairs([_row(facts) for facts in kept], page_say("kept_title"))
    chosen = st.selectbox(
        page_say("remove_table"),
        [facts.table for facts in kept],
        index=None,
        placeholder=page_say("remove_none"),
        format_func=_name,
        key="map_data.places.chosen",
    )
    removal(
        PART,
        page_say("remove_table_button"),
        lambda: remove_places(context(), PlaceTable(str(chosen))),
        say("maps.places.removed", table=_name(chosen) if chosen else ""),
        disabled=chosen is None,
    )


def _place() -> None:
    """Look addresses up, show what was found, and store only when asked to."""
    st.markdown(page_say("place_intro"))
    try:
        if st.button(page_say("place"), key="map_data.places.look"):
            _show_placing(place_addresses(context()))
        if st.button(page_say("save_places"), type="primary", key="map_data.places.save"):
            _show_placing(place_addresses(context(), save=True))
        if st.button(page_say("undo_places"), key="map_data.places.undo"):
            st.success(say("maps.places.undone", count=undo_placing(context())))
    except BcpKitError as error:
        show_error(error)


def _show_placing(found: Placing) -> None:
    counts = found.counts()
    st.markdown(say("maps.places.had_point", count=found.had_point))
    st.markdown(say("maps.places.found", count=len(found.placed)))
    pairs = [
        (say(f"maps.places.level.{level}"), f"{counts[level]:,}") for level in LEVELS if counts.get(level)
    ]
    if pairs:
        show_pairs(pairs, page_say("place"))
        doubts = [line.found.location.uncertainty_m for line in found.placed if line.found.location]
        st.caption(say("maps.places.uncertainty", metres=round(median(doubts))))
    disagree = sum(line.postal_disagrees for line in found.lines)
    if disagree:
        st.warning(say("maps.places.postal", count=disagree))
    if found.unplaced:
        st.warning(say("maps.places.not_found", count=len(found.unplaced)))
        rows = [
            {
                page_say("column.kind"): say(f"maps.kind.{line.kind}"),
                page_say("column.number"): line.number,
                page_say("column.reason"): say(f"maps.places.reason.{line.found.reason}"),
            }
            for line in found.unplaced
        ]
        show_rows(rows, page_say("place"))
    if found.saved:
        st.success(page_say("done"))


def _bring() -> None:
    st.subheader(page_say("add_title"), anchor=False)
    st.markdown(page_say("place_files"))
    file = st.file_uploader(page_say("choose"), key="map_data.places.file")
    if file is None:
        forget(PART)
        return
    found = looked_at(PART, file.file_id, lambda: inspect_places(file.getvalue(), file.name))
    if found is None:
        return
    show_findings(found.problems)
    with st.form("map_data.places.form"):
        source = st.text_input(page_say("source"), value=found.name, max_chars=120)
        pressed = st.form_submit_button(page_say("keep"), type="primary")
    if pressed:
        facts = keep_places(context(), found, source)
        tell(PART, say("maps.places.kept", table=_name(facts.table), rows=f"{facts.rows:,}"))
        st.rerun()


def show_places() -> None:
    """Show the tab."""
    told(PART)
    kept = list_places(context())
    _kept(kept)
    if may(Action.IMPORT_REGISTER) and any(facts.table is PlaceTable.POINTS for facts in kept):
        _place()
    st.divider()
    _bring()

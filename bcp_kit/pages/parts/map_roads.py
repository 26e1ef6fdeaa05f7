"""The tab of roads: what is kept, files to bring in, who lives far from every road."""

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
from bcp_kit.services.map_words import road_rows
from bcp_kit.services.road_maps import (
    RoadFile,
    check_roads,
    inspect_roads,
    keep_roads,
    read_roads,
    remove_roads,
    road_facts,
)

PART = "roads"


def _kept() -> None:
    st.subheader(page_say("kept_title"), anchor=False)
    facts = read_roads(context())
    if facts is None:
        st.info(say("maps.roads.none"))
        return
    show_pairs(road_rows(facts, language()), page_say("kept_title"))
    if may(Action.SEE_REGISTER) and st.button(page_say("check_roads"), key="map_data.roads.check"):
        _check()
    removal(PART, page_say("remove_roads"), lambda: remove_roads(context()), say("maps.roads.removed"))


def _check() -> None:
    try:
        found = check_roads(context())
    except BcpKitError as error:
        show_error(error)
        return
    st.markdown(
        say("maps.roads.check", people=found.people, shelters=found.shelters, median_m=found.median_m)
    )
    if found.without_point:
        st.warning(say("maps.roads.without_point", count=found.without_point))
    if not found.far:
        st.success(say("maps.roads.far_none"))
        return
    st.warning(say("maps.roads.far", count=len(found.far), limit_m=round(found.limit_m)))
    rows = [
        {
            page_say("column.kind"): say(f"maps.kind.{far.kind}"),
            page_say("column.number"): far.number,
            page_say("column.metres"): f"{far.metres:,.0f}",
        }
        for far in found.far
    ]
    show_rows(rows, page_say("check_roads"))


def _ask() -> RoadFile | None:
    st.subheader(page_say("add_title"), anchor=False)
    st.markdown(page_say("road_files"))
    files = st.file_uploader(page_say("choose"), accept_multiple_files=True, key="map_data.roads.file")
    crs = st.text_input(page_say("crs"), key="map_data.roads.crs", max_chars=40)
    if not files:
        forget(PART)
        return None
    return looked_at(
        PART,
        (tuple(file.file_id for file in files), crs),
        lambda: inspect_roads([(file.getvalue(), file.name) for file in files], crs=crs),
    )


def show_roads() -> None:
    """Show the tab."""
    told(PART)
    _kept()
    st.divider()
    found = _ask()
    if found is None:
        return
    st.markdown(f"**{page_say('found')}**")
    facts = road_facts(found.table, found.name, found.source)
    show_pairs(road_rows(facts, language()), page_say("found"))
    show_findings(found.problems)
    with st.form("map_data.roads.form"):
        title = st.text_input(page_say("name"), value=found.name, max_chars=80)
        source = st.text_input(page_say("source"), value=found.source, max_chars=120)
        pressed = st.form_submit_button(page_say("keep"), type="primary")
    if pressed:
        keep_roads(context(), found, title, source)
        tell(PART, say("maps.roads.kept"))
        st.rerun()

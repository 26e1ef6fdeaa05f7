"""The tab of hazard zones: what is kept, a file to bring in, what the maps mean for the records."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.hazards import HazardKind
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
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.pages.parts.town_map import draw_zones
from bcp_kit.services.hazard_check import HazardCheck, check_hazards
from bcp_kit.services.hazard_maps import (
    HazardFile,
    HazardMap,
    HazardMapWords,
    inspect_hazard_map,
    keep_hazard_map,
    list_hazard_maps,
    remove_hazard_map,
)
from bcp_kit.services.map_layers import rings_of
from bcp_kit.services.map_words import depth_classes, exposure_words, hazard_words

PART = "hazards"
MAPPED = [h for h in HazardKind if h is not HazardKind.EARTHQUAKE]


def _hazard(hazard: HazardKind) -> str:
    return say(f"matching.hazard.{hazard.value}")


def _list(kept: tuple[HazardMap, ...]) -> None:
    st.subheader(page_say("kept_title"), anchor=False)
    if not kept:
        st.info(say("maps.hazards.none"))
        return
    mark = say("matching.list_mark")
    rows = [
        {
            say("maps.hazards.column.title"): each.title,
            say("maps.hazards.column.hazards"): mark.join(
                f"{_hazard(h)} {n:,}" for h, n in each.zones.items()
            ),
            say("maps.hazards.column.source"): each.source,
            say("maps.hazards.column.year"): "" if each.year is None else str(each.year),
            say("maps.hazards.column.scenario"): each.scenario,
            say("maps.hazards.column.kept_on"): each.kept_on,
        }
        for each in kept
    ]
    show_table(rows, alt=page_say("kept_title"))
    titles = {each.key: each.title for each in kept}
    chosen = st.selectbox(
        page_say("remove"),
        list(titles),
        index=None,
        placeholder=page_say("remove_none"),
        format_func=titles.__getitem__,
        key="map_data.hazards.chosen",
    )
    removal(
        PART,
        page_say("remove_button"),
        lambda: remove_hazard_map(context(), str(chosen)),
        say("maps.hazards.removed", map_id=titles.get(str(chosen), "")),
        disabled=chosen is None,
    )


def _ask() -> HazardFile | None:
    st.subheader(page_say("add_title"), anchor=False)
    st.markdown(page_say("hazard_files"))
    file = st.file_uploader(page_say("choose"), key="map_data.hazards.file")
    options: list[HazardKind | None] = [None, *MAPPED]
    hazard = st.selectbox(
        page_say("hazard"),
        options,
        format_func=lambda h: page_say("hazard_auto") if h is None else _hazard(h),
        key="map_data.hazards.hazard",
    )
    crs = st.text_input(page_say("crs"), key="map_data.hazards.crs", max_chars=40)
    if file is None:
        forget(PART)
        return None
    return looked_at(
        PART,
        (file.file_id, hazard, crs),
        lambda: inspect_hazard_map(file.getvalue(), file.name, hazard=hazard, crs=crs),
    )


def _show_file(found: HazardFile) -> None:
    st.markdown(f"**{page_say('found')}**")
    zones, words = found.zones, language()
    west, south, east, north = (round(edge, 4) for edge in zones.bounds)
    pairs = [
        (name, say("maps.hazards.count", count=f"{count:,}"))
        for name, count in hazard_words(zones, words).items()
    ]
    pairs += [
        (f"{say('maps.hazards.depths')}：{label}", say("maps.hazards.count", count=f"{count:,}"))
        for label, count in depth_classes(zones, words)
    ]
    show_pairs(pairs, page_say("found"))
    st.caption(say("maps.hazards.bounds", west=west, south=south, east=east, north=north))
    st.image(draw_zones(rings_of(zones.outlines)), caption=page_say("outline_alt"), width="stretch")
    show_findings(found.problems)


def _keep(found: HazardFile) -> None:
    with st.form("map_data.hazards.form"):
        title = st.text_input(page_say("name"), value=found.name, max_chars=80)
        source = st.text_input(page_say("source"), value=found.source, max_chars=120)
        year = st.text_input(
            page_say("year"), value="" if found.year is None else str(found.year), max_chars=4
        )
        scenario = st.text_input(page_say("scenario"), value=found.scenario, max_chars=60)
        pressed = st.form_submit_button(page_say("keep"), type="primary")
    if not pressed:
        return
    if year.strip() and not (year.strip().isascii() and year.strip().isdecimal() and len(year.strip()) == 4):
        st.error(page_say("year_wrong"))
        return
    said = HazardMapWords(title, source, int(year) if year.strip() else None, scenario)
    kept = keep_hazard_map(context(), found, said)
    tell(PART, say("maps.hazards.kept", map_id=kept.key, title=kept.title, origin=kept.origin))
    st.rerun()


def _check() -> None:
    if not may(Action.SEE_MATCHING):
        return
    if st.button(page_say("check_hazards"), key="map_data.hazards.check"):
        try:
            _show_check(check_hazards(context()))
        except BcpKitError as error:
            show_error(error)


def _show_check(found: HazardCheck) -> None:
    rows = [
        {
            say("maps.hazards.conflict_column.kind"): say(f"maps.kind.{kind}"),
            say("maps.hazards.conflict_column.hazard"): _hazard(hazard),
            say("maps.hazards.in_zone"): f"{count[Known.YES]:,}",
            say("maps.hazards.out"): f"{count[Known.NO]:,}",
            say("maps.hazards.unknown"): f"{count[Known.UNKNOWN]:,}",
            say("maps.hazards.unplaced"): f"{found.unplaced[kind]:,}",
        }
        for kind, counts in found.counts.items()
        for hazard, count in counts.items()
    ]
    show_table(rows, alt=say("maps.hazards.title"))
    for hazard, (cut, total) in found.streets.items():
        st.markdown(say("maps.hazards.streets", cut=f"{cut:,}", total=f"{total:,}", hazard=_hazard(hazard)))
    if not found.conflicts:
        st.success(say("maps.hazards.no_conflicts"))
        return
    st.warning(say("maps.hazards.conflicts", count=len(found.conflicts)))
    listed = [
        {
            say("maps.hazards.conflict_column.kind"): say(f"maps.kind.{c.record_kind}"),
            say("maps.hazards.conflict_column.number"): c.number,
            say("maps.hazards.conflict_column.hazard"): _hazard(c.hazard),
            say("maps.hazards.conflict_column.what"): say(f"maps.hazards.conflict.{c.kind.value}"),
            say("maps.hazards.conflict_column.sheet"): exposure_words(c.sheet, language()),
            say("maps.hazards.conflict_column.maps"): exposure_words(c.maps, language()),
            say("maps.hazards.conflict_column.origin"): c.origin,
        }
        for c in found.conflicts
    ]
    show_rows(listed, say("maps.hazards.title"))


def show_hazards() -> None:
    """Show the tab."""
    told(PART)
    kept = list_hazard_maps(context())
    _list(kept)
    if kept:
        _check()
    st.divider()
    found = _ask()
    if found is not None:
        _show_file(found)
        _keep(found)

"""Rooms and spaces of a destination as a table; sums against the whole, what lies above the water."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

import streamlit as st
from pydantic import ValidationError

from bcp_kit.catalogues.load import number
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.shelter_facts import fact_text
from bcp_kit.domain.shelter_spaces import above_water, sums_of
from bcp_kit.domain.shelters import Shelter, Space, SpaceKind
from bcp_kit.forms.shelter_capacity import room_disagreements
from bcp_kit.forms.shelter_form import sheet_columns
from bcp_kit.forms.survey import space_columns
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.session import context, say
from bcp_kit.pages.parts.shelter_saving import PROBLEM, fact_key, save_facts, seen_shelter
from bcp_kit.pages.parts.table_editor import apply_changes
from bcp_kit.render.sheet_rows import cells_of
from bcp_kit.services.shelter_answers import read_answer

SAVED = "shelters.spaces_saved"
ORDER = (
    ("name", 150),
    ("kind", 120),
    ("floor", 62),
    ("area_m2", 92),
    ("capacity_people", 76),
    ("accessible_toilet", 125),
    ("floor_height_m", 110),
    ("note", 105),
)
CHOSEN = ("kind", "accessible_toilet")


def _words() -> tuple[dict[str, str], dict[str, str]]:
    """Return the words of kinds and of the three states, by code."""
    kinds = {k.value: say(f"shelters.space_kind.{k.value}") for k in SpaceKind}
    return kinds, {k.value: say(f"shelters.three.{k.value}") for k in Known}


def _row(space: Space) -> dict[str, str]:
    kinds, states = _words()
    cells = dict(cells_of(space, space_columns().values()))
    return {**cells, "kind": kinds[space.kind.value], "accessible_toilet": states[space.accessible_toilet]}


def _blank() -> dict[str, str]:
    return {**_row(Space(name="-")), "name": ""}


def _space(row: Mapping[str, Any]) -> Space:
    """Return one room of the table.

    Raises: BcpKitError of letter I for a cell that cannot be read, U-004 for what no room can have.
    """
    kinds, states = ({word: code for code, word in words.items()} for words in _words())
    filled: dict[str, Any] = {
        "kind": kinds.get(str(row.get("kind") or ""), SpaceKind.OTHER),
        "accessible_toilet": states.get(str(row.get("accessible_toilet") or ""), Known.UNKNOWN),
    }
    for key, column in space_columns().items():
        if key in CHOSEN:
            continue
        read = read_answer(str(row.get(key) or ""), column, context().today())
        if read.refused is not None:
            raise BcpKitError(read.refused.code, **read.refused.values)
        if read.value is not None:
            filled[key] = read.value
    try:
        return Space.model_validate(filled)
    except ValidationError:
        raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE) from None


def _is_empty(row: Mapping[str, Any]) -> bool:
    return not any(str(value or "").strip() for key, value in row.items() if key not in CHOSEN)


def _edit(shelter: Shelter, key: str) -> None:
    choices = dict(zip(CHOSEN, (list(words.values()) for words in _words()), strict=True))
    config: dict[str, Any] = {}
    for name, width in ORDER:
        heading = say(f"shelters.spaces.{name}")
        if name in choices:
            config[name] = st.column_config.SelectboxColumn(heading, options=choices[name], width=width)
        else:
            config[name] = st.column_config.TextColumn(heading, width=width, max_chars=200, default="")
    st.data_editor(
        [_row(space) for space in shelter.spaces] or [_blank()],
        key=key,
        column_config=config,
        column_order=list(config),
        num_rows="dynamic",
        hide_index=True,
        alt=say("shelters.spaces.title"),
        row_height=40,
    )


def _save(shelter: Shelter, key: str) -> None:
    """Store the rooms as a callback; what is wrong is told and the table stays."""
    base = [_row(space) for space in shelter.spaces] or [_blank()]
    rows = [row for row in apply_changes(base, st.session_state[key]) if not _is_empty(row)]
    if any(not str(row.get("name") or "").strip() for row in rows):
        st.session_state[SAVED] = "unnamed"
        return
    try:
        save_facts(shelter, {"spaces": tuple(_space(row) for row in rows)})
    except BcpKitError as error:
        st.session_state[PROBLEM] = ("spaces", error)
        return
    st.session_state[SAVED] = "saved"


def _told(value: float | None) -> str:
    return say("shelters.spaces.unknown") if value is None else f"{value:g}"


def _show_sums(shelter: Shelter) -> None:
    if not shelter.spaces:
        return
    sums = sums_of(shelter.spaces)
    area, people = _told(sums.area_m2), _told(sums.people)
    st.markdown(say("shelters.spaces.sums", area=area, people=people, count=len(shelter.spaces)))
    for found in room_disagreements(shelter):
        fact = sheet_columns()[found.fact].heading
        values = {"fact": fact, "whole": f"{found.whole:g}", "rooms": f"{found.rooms:g}"}
        st.warning(say("shelters.spaces.disagree", **values))
    storey = number("matching_defaults", "storey_height_m")
    for exposure in shelter.exposures:
        if exposure.in_zone is not Known.YES or exposure.depth_m is None:
            continue
        dry = above_water(shelter.spaces, exposure.depth_m, storey)
        values = {"hazard": say(f"matching.hazard.{exposure.hazard.value}"), "depth": f"{exposure.depth_m:g}"}
        if dry:
            st.info(say("shelters.spaces.dry", rooms="、".join(s.name for s in dry), **values))
        else:
            st.warning(say("shelters.spaces.dry_none", **values))


def show_spaces(shelter: Shelter) -> None:
    """Ask for the rooms of a destination."""
    with st.container(border=True):
        st.markdown(f"**{say('shelters.spaces.title')}**")
        st.caption(say("shelters.spaces.lead"))
        key = fact_key(shelter.id, f"spaces.{crc32(fact_text(shelter, 'spaces').encode())}")
        _edit(shelter, key)
        st.button(
            say("shelters.spaces.save"), on_click=_save, args=(shelter, key), key="shelters.spaces.save"
        )
        told = st.session_state.pop(SAVED, "")
        if told == "saved":
            st.success(say("shelters.spaces.saved"))
        elif told:
            show_error(BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE))
            st.warning(say("shelters.spaces.unnamed"))
        _show_sums(seen_shelter(shelter.id))

"""What is confirmed about one destination: numbers, direct evacuation, features; unknown stays unknown."""

from collections.abc import Mapping

import streamlit as st

from bcp_kit.catalogues.vocabulary import ShelterFeature, shelter_features
from bcp_kit.domain.base import Known
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.sheets import ColumnType, SheetKind, sheet
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.shelters import Fact, confirm_shelter, read_shelter
from bcp_kit.services.store import Conflict

NUMBERS = (
    "capacity_people",
    "area_m2",
    "medical_outlets",
    "backup_power_w",
    "backup_power_wh",
    "private_rooms",
    "beds",
    "toilets",
    "water_l",
    "consultants",
    "staff_day",
    "staff_night",
    "opens_after_h",
)
WHOLE = (ColumnType.INTEGER, ColumnType.CAPACITY)
SEEN = "shelters.seen"


def _known_field(label: str, state: Known, key: str) -> Known:
    choices = [Known.YES, Known.NO, Known.UNKNOWN]
    return st.radio(
        label,
        choices,
        index=choices.index(state),
        format_func=lambda k: say(f"pages.known.{k.value}"),
        horizontal=True,
        key=key,
    )


def _ask_numbers(shelter: Shelter) -> dict[str, Fact]:
    columns = {column.key: column for column in sheet(SheetKind.SHELTERS).columns}
    facts: dict[str, Fact] = {}
    for start in range(0, len(NUMBERS), 3):
        for place, name in zip(st.columns(3), NUMBERS[start : start + 3], strict=False):
            column = columns[name]
            field = NumberField(column.heading, _key(shelter, name), column.type in WHOLE)
            with place:
                facts[name] = ask_number(field, getattr(shelter, name))
    return facts


def _ask_features(shelter: Shelter) -> dict[str, Known]:
    answers = {}
    features = list(shelter_features().values())
    for start in range(0, len(features), 2):
        for place, feature in zip(st.columns(2), features[start : start + 2], strict=False):
            with place:
                answers[feature.key] = _ask_feature(shelter, feature)
    return answers


def _ask_feature(shelter: Shelter, feature: ShelterFeature) -> Known:
    key = _key(shelter, f"feature.{feature.key}")
    return _known_field(feature.label(language()), shelter.feature(feature.key), key)


def _key(shelter: Shelter, name: str) -> str:
    return f"shelter.{shelter.id}.{shelter.version}.{name}"


def _seen(shelter_id: str) -> Shelter:
    """Return the record as this window shows it: read once, and again after it was saved."""
    seen: Shelter | None = st.session_state.get(SEEN)
    if seen is None or seen.id != shelter_id:
        seen = read_shelter(context(), shelter_id)
        st.session_state[SEEN] = seen
    return seen


def show_shelter_form(shelter_id: str) -> None:
    """Ask for what was confirmed about one destination."""
    shelter = _seen(shelter_id)
    if st.session_state.pop(f"{SEEN}.saved", False):
        st.success(say("pages.shelters.saved"))
    st.subheader(plain(shelter.name), anchor=False)
    st.text(shelter.address)
    if shelter.accepts_text:
        st.text(f"{say('pages.shelters.accepts_text')}：{shelter.accepts_text}")
    st.caption(say("pages.facility.unknown"))
    with st.form(f"shelter.{shelter.id}"):
        facts = _ask_numbers(shelter)
        direct = _known_field(
            say("pages.shelters.direct"), shelter.direct_evacuation, _key(shelter, "direct")
        )
        st.markdown(f"**{say('pages.shelters.features')}**")
        features = _ask_features(shelter)
        pressed = st.form_submit_button(say("pages.shelters.save"), type="primary")
    if pressed:
        _save(shelter, {**facts, "direct_evacuation": direct.value, "features": features})


def _save(shelter: Shelter, facts: Mapping[str, Fact]) -> None:
    try:
        st.session_state[SEEN] = confirm_shelter(context(), shelter, facts)
    except Conflict as conflict:
        show_error(conflict)
        _show_difference(conflict)
        return
    st.session_state[f"{SEEN}.saved"] = True
    st.rerun()


def _show_difference(conflict: Conflict) -> None:  # type: ignore[type-arg]
    """Show each field that differs, mine beside what is stored, and offer to go on from the stored record."""
    if conflict.stored is None:
        return
    mine, stored = conflict.mine.model_dump(), conflict.stored.model_dump()
    headings = {column.key: column.heading for column in sheet(SheetKind.SHELTERS).columns}
    for name, heading in headings.items():
        if name in mine and mine[name] != stored[name]:
            st.text(f"{heading}：{mine[name]} ／ {stored[name]}")
    st.button(say("pages.shelters.take_stored"), on_click=_take, args=(conflict.stored,), key="shelters.take")


def _take(stored: Shelter) -> None:
    st.session_state[SEEN] = stored

"""What a mapping says beyond headings: one value for all rows, the meaning of words, the unit of numbers."""

from collections.abc import Mapping, Sequence

import streamlit as st

from bcp_kit.forms.sheets import Column, ColumnType, SheetKind
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.mapping_profiles import (
    Profile,
    UnknownTable,
    mapped_columns,
    options_of,
    unit_factors,
    unit_in,
    untranslated,
)

_WORDS = (ColumnType.CHOICE, ColumnType.KNOWN, ColumnType.YES_NO)


def ask_constants(prefix: str, missing: Sequence[Column]) -> dict[str, str]:
    """Ask, for each required column that no heading gives, what holds for every row."""
    if not missing:
        return {}
    st.markdown(f"**{say('pages.mapping.constants')}**")
    found = {}
    for column in missing:
        label = say("pages.mapping.constant_of", field=column.heading)
        key = f"{prefix}.constant.{column.key}"
        if column.type in _WORDS:
            value = st.selectbox(label, options_of(column), index=None, key=key)
        else:
            value = st.text_input(label, max_chars=200, key=key).strip()
        if value:
            found[column.key] = value
    return found


def ask_units(prefix: str, kind: SheetKind, fields: Mapping[str, str]) -> dict[str, str]:
    """Ask in which unit numbers are written, for the columns that know more than one."""
    columns = mapped_columns(kind)
    asked = {heading: columns[key] for heading, key in fields.items() if unit_factors(columns[key])}
    if not asked:
        return {}
    told = {heading: unit_in(heading, column) for heading, column in asked.items()}
    own = say("pages.mapping.own_unit")
    found = {}
    with st.expander(say("pages.mapping.units"), expanded=any(told.values())):
        for heading, column in asked.items():
            options = (own, *unit_factors(column))
            unit = st.selectbox(
                say("pages.mapping.unit_of", heading=heading, field=column.heading),
                options,
                index=options.index(told[heading] or own),
                key=f"{prefix}.unit.{column.key}",
            )
            if unit != own:
                found[column.key] = unit
    return found


def ask_translations(prefix: str, table: UnknownTable, profile: Profile) -> dict[str, dict[str, str]]:
    """Ask what each written word means that is none of ours; words left open stay as written."""
    open_words = untranslated(context(), table, profile)
    if not open_words:
        return {}
    columns = mapped_columns(profile.kind)
    found: dict[str, dict[str, str]] = {}
    st.markdown(f"**{say('pages.mapping.words')}**")
    for key, words in open_words.items():
        for number, word in enumerate(words):
            meant = st.selectbox(
                say("pages.mapping.word_of", field=columns[key].heading, word=word),
                options_of(columns[key]),
                index=None,
                key=f"{prefix}.word.{key}.{number}",
            )
            if meant:
                found.setdefault(key, {})[word] = meant
    return found

"""The field for one fact of a destination: its kind of widget, and what the widget holds as a value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.shelter_facts import FactValue, fact_value
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.session import say
from bcp_kit.services.shelter_answers import accepted_labels, read_answer, shown_answers

WHOLE = (ColumnType.INTEGER, ColumnType.CAPACITY)
NUMBERS = (*WHOLE, ColumnType.NUMBER, ColumnType.LATITUDE, ColumnType.LONGITUDE)
THREE_STATES = (ColumnType.KNOWN, ColumnType.YES_NO)
FIXED = frozenset({"id"})
NEEDED = frozenset({"name", "kind", "address"})


@dataclass(frozen=True)
class FactField:
    """A field: what it asks, for which record, under which widget key, and what happens on a change."""

    column: Column
    shelter: Shelter
    key: str
    on_change: Callable[[], None] | None = None


def _three_words(column: Column) -> dict[Known, str]:
    kind = "zone" if column.key.endswith("in_zone") else "three"
    return {k: say(f"shelters.{kind}.{k.value}") for k in (Known.YES, Known.NO, Known.UNKNOWN)}


def _ask_three(field: FactField, value: FactValue) -> None:
    words = _three_words(field.column)
    known = Known.of(value) if isinstance(value, bool) else Known(str(value or Known.UNKNOWN))
    st.radio(
        field.column.heading,
        list(words),
        index=list(words).index(known),
        format_func=words.__getitem__,
        horizontal=True,
        key=field.key,
        on_change=field.on_change,
    )


def _ask_choice(field: FactField, value: FactValue) -> None:
    choices = {k: v for k, v in field.column.choices.items() if k != "unknown"}
    options = list(choices) if field.column.key in NEEDED else ["", *choices]
    known = str(value) if value is not None else ""
    st.selectbox(
        field.column.heading,
        options,
        index=options.index(known) if known in options else 0,
        format_func=lambda k: choices.get(k) or say("shelters.form.unknown_choice"),
        key=field.key,
        on_change=field.on_change,
    )


def _ask_accepts(field: FactField, value: FactValue) -> None:
    labels = accepted_labels()
    chosen = [k for k in value if k in labels] if isinstance(value, tuple) else []
    st.multiselect(
        field.column.heading,
        list(labels),
        default=chosen,
        format_func=labels.__getitem__,
        key=field.key,
        on_change=field.on_change,
    )


def _ask_text(field: FactField) -> None:
    column = field.column
    shown = shown_answers(field.shelter, {column.key: column})[column.key]
    ask = st.text_area if column.type is ColumnType.LONG_TEXT else st.text_input
    ask(
        column.heading,
        shown,
        key=field.key,
        on_change=field.on_change,
        disabled=column.key in FIXED,
        placeholder="",
    )


def ask_fact(field: FactField) -> None:
    """Show the field with the stored value."""
    column, value = field.column, fact_value(field.shelter, field.column.key)
    if column.type in THREE_STATES:
        _ask_three(field, value)
    elif column.choices:
        _ask_choice(field, value)
    elif column.type is ColumnType.ACCEPTS:
        _ask_accepts(field, value)
    elif column.type in NUMBERS:
        ask_number(
            NumberField(
                column.heading,
                field.key,
                column.type in WHOLE,
                column.minimum,
                column.maximum,
                field.on_change,
            ),
            value if isinstance(value, int | float) else None,
        )
    else:
        _ask_text(field)


def typed_fact(column: Column, key: str, today: date) -> FactValue:
    """Return what the field holds, None for unknown.

    Raises: BcpKitError of letter I for a text that cannot be read, U-004 for an empty name.
    """
    held = st.session_state[key]
    if column.type in THREE_STATES:
        known = Known(held)
        if known is Known.UNKNOWN:
            return None
        return known is Known.YES if column.type is ColumnType.YES_NO else known
    if column.type is ColumnType.ACCEPTS:
        return tuple(held) or None
    if column.choices:
        return held or None
    if column.type in NUMBERS:
        number: float | None = held
        return number
    return _typed_text(column, str(held), today)


def _typed_text(column: Column, text: str, today: date) -> FactValue:
    read = read_answer(text, column, today)
    if read.refused is not None:
        raise BcpKitError(read.refused.code, **read.refused.values)
    if read.value is None and column.key in NEEDED:
        raise BcpKitError(ErrorCode.FACTS_NOT_POSSIBLE)
    return read.value

"""A field for a number that may stay empty: empty is unknown, never zero."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class NumberField:
    """What a number field asks for; `whole` allows no fractions."""

    label: str
    key: str
    whole: bool = False
    low: float | None = 0
    high: float | None = None
    on_change: Callable[[], None] | None = None


def ask_number(field: NumberField, value: float | None) -> float | None:
    """Show the field and return its number, None while it is empty."""
    call: Callable[[], None] | None = field.on_change
    if field.whole:
        low, high = (None if n is None else int(n) for n in (field.low, field.high))
        start = None if value is None else int(value)
        typed = st.number_input(
            field.label, low, high, start, 1, key=field.key, on_change=call, placeholder=""
        )
        return None if typed is None else int(typed)
    return st.number_input(
        field.label,
        None if field.low is None else float(field.low),
        None if field.high is None else float(field.high),
        None if value is None else float(value),
        1.0,
        "%g",
        key=field.key,
        on_change=call,
        placeholder="",
    )

"""The form for one facility; its headings are those of the facilities sheet, so screen and Excel agree."""

from collections.abc import Callable

import streamlit as st

from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.sheets import Column, ColumnType, SheetKind, sheet
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.facilities import Facts, save_facility

FIRST_FIELDS = ("name", "category", "operator", "manager", "address", "phone", "beds", "residents")
INTAKE_FIELDS = (
    "residents_medical",
    "free_area_m2",
    "private_rooms_free",
    "toilets",
    "generator_w",
    "generator_fuel_h",
    "own_power_w",
    "medical_outlets_free",
    "water_l",
    "food_meals",
    "lodging_places",
)
COUNTED = ("beds", "residents", "residents_medical")  # 0 by default: the domain has no unknown for these


def _columns(keys: tuple[str, ...]) -> list[Column]:
    known = {column.key: column for column in sheet(SheetKind.FACILITIES).columns}
    return [known[key] for key in keys if key in known]


def _ask(column: Column, stored: Facility | None, prefix: str) -> str | int | float | None:
    value = getattr(stored, column.key, None) if stored else None
    key = f"{prefix}.{column.key}"
    if column.type is ColumnType.CHOICE:
        kinds = list(column.choices)
        at = kinds.index(stored.category.value) if stored else 0
        return st.selectbox(column.heading, kinds, index=at, format_func=column.choices.__getitem__, key=key)
    if column.type in (ColumnType.INTEGER, ColumnType.NUMBER):
        start = 0 if value is None and column.key in COUNTED else value
        return ask_number(NumberField(column.heading, key, column.type is ColumnType.INTEGER), start)
    return st.text_input(column.heading, str(value or ""), key=key)


def _ask_in_columns(columns: list[Column], stored: Facility | None, prefix: str) -> Facts:
    facts: dict[str, str | int | float | None] = {}
    for start in range(0, len(columns), 2):
        for place, column in zip(st.columns(2), columns[start : start + 2], strict=False):
            with place:
                facts[column.key] = _ask(column, stored, prefix)
    return facts


def show_facility_form(stored: Facility | None, after: Callable[[Facility], None]) -> None:
    """Ask for the facts of a facility; `after` is called with it once it is stored."""
    prefix = f"facility.{stored.id if stored else 'new'}"
    with st.form(prefix):
        facts = dict(_ask_in_columns(_columns(FIRST_FIELDS), stored, prefix))
        with st.expander(say("pages.facility.intake")):
            st.caption(say("pages.facility.unknown"))
            facts.update(_ask_in_columns(_columns(INTAKE_FIELDS), stored, prefix))
        pressed = st.form_submit_button(say("pages.facility.save"), type="primary")
    if pressed:
        counted = {key: facts[key] or 0 for key in COUNTED}
        after(save_facility(context(), {**facts, **counted}, stored.id if stored else ""))

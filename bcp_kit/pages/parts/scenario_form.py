"""A scenario: one of the prepared ones, and what is different here."""

from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bcp_kit.domain.scenario import Scenario
from bcp_kit.intake.dates import read_date
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.cover import default_scenarios

BACK_DAYS = (
    "train_back_day",
    "bus_back_day",
    "road_back_day",
    "power_back_day",
    "water_back_day",
    "schools_reopen_day",
)
LONGEST_DAYS = 28


def _ask_date(place: DeltaGenerator, base: Scenario, key: str) -> date:
    """Ask for the day as text, in the calendar that people use (2026-11-23, 令和8年11月23日, R8.11.23)."""
    words = place.text_input(say("pages.scenario.date"), base.starts_at.date().isoformat(), key=key)
    try:
        found = read_date(words)
    except ValueError:
        found = None
    if found is None:
        place.error(say("pages.scenario.date_unreadable"))
    return found or base.starts_at.date()


def _when(base: Scenario, key: str) -> dict[str, object]:
    day, hour, days = st.columns(3)
    on = _ask_date(day, base, f"{key}.date")
    with hour:
        field = NumberField(say("pages.scenario.hour"), f"{key}.hour", whole=True, high=23)
        at = ask_number(field, base.starts_at.hour)
    with days:
        field = NumberField(say("pages.scenario.days"), f"{key}.days", whole=True, low=1, high=LONGEST_DAYS)
        length = ask_number(field, base.days)
    starts = base.starts_at.replace(year=on.year, month=on.month, day=on.day, hour=int(at or 0))
    return {"starts_at": starts, "days": int(length or base.days)}


def _what_is_cut(base: Scenario, key: str) -> dict[str, object]:
    changes: dict[str, object] = {}
    st.caption(say("pages.scenario.back_days"))
    for start in range(0, len(BACK_DAYS), 3):
        for place, name in zip(st.columns(3), BACK_DAYS[start : start + 3], strict=True):
            field = NumberField(say(f"pages.scenario.{name}"), f"{key}.{name}", whole=True, high=LONGEST_DAYS)
            with place:
                value = ask_number(field, getattr(base, name))
            changes[name] = None if value is None else int(value)
    field = NumberField(say("pages.scenario.homes"), f"{key}.homes", whole=True, high=100)
    percent = ask_number(field, round(base.homes_damaged_share * 100))
    changes["homes_damaged_share"] = (percent or 0) / 100
    return changes


def ask_scenario() -> Scenario:
    """Return the chosen scenario; a changed one has an id of its own."""
    known = {scenario.id: scenario for scenario in default_scenarios(context())}
    chosen = st.selectbox(
        say("pages.scenario.which"), list(known), format_func=lambda i: known[i].name, key="scenario.which"
    )
    base = known[chosen]
    with st.expander(say("pages.scenario.change")):
        st.caption(say("pages.scenario.defaults"))
        key = f"scenario.{base.id}"
        changes = {**_when(base, key), **_what_is_cut(base, key)}
    changed = base.model_copy(update=changes)
    if changed == base:
        return base
    named = say("pages.scenario.changed", name=base.name)
    return Scenario.model_validate({**changed.model_dump(), "id": context().new_id(), "name": named})

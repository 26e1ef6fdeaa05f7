"""The survey that is sent to a place: which facts it asks, in what words, and how a sheet names itself.

What is written and what is read back share these: the tabs, the words of the head, the numbers of the rows.
A survey is Japanese, whatever the screen speaks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from bcp_kit.domain.base import Known
from bcp_kit.domain.shelters import SpaceKind
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import Column, ColumnType, words
from bcp_kit.forms.shelter_form import AskedFact, shelter_form

HEAD_ROWS = ("place", "code", "answered_by", "answered_on")
_CODE = re.compile(r"\s*(?P<shelter>.+?)\s*/\s*(?P<edition>\d{4}-\d{2})\s*/\s*(?P<made>\d{4}-\d{2}-\d{2})\s*")
THREE_STATES = (ColumnType.KNOWN, ColumnType.YES_NO)


def say(key: str, **values: str | int | float) -> str:
    """Return a text of the sheet."""
    return text(f"shelters.sheet.{key}", DEFAULT_LANGUAGE, **values)


@dataclass(frozen=True)
class SurveyCode:
    """What a sheet says about itself: the place, the edition of the form, the day on which it was made."""

    shelter_id: str
    edition: str
    made_on: date

    def text(self) -> str:
        """Return the code as it stands on the sheet."""
        return f"{self.shelter_id} / {self.edition} / {self.made_on.isoformat()}"


def read_code(written: str) -> SurveyCode | None:
    """Return the code that stands on a sheet, None for what is none."""
    found = _CODE.fullmatch(written)
    if found is None:
        return None
    try:
        made_on = date.fromisoformat(found["made"])
    except ValueError:
        return None
    return SurveyCode(found["shelter"], found["edition"], made_on)


@cache
def surveyed_facts() -> Mapping[str, AskedFact]:
    """Return the facts that a survey asks, by row number, in the order of the screen."""
    return {fact.row: fact for fact in shelter_form().asked() if fact.item.survey}


def choices_of(column: Column) -> tuple[str, ...] | None:
    """Return the words of which one is the answer, None where the answer is written freely."""
    if column.type in THREE_STATES:
        told = words()["known" if column.type is ColumnType.KNOWN else "yes_no"]
        return (str(told["yes"][0]), str(told["no"][0]))
    if column.type is ColumnType.CHOICE:
        return tuple(label for key, label in column.choices.items() if key != "unknown")
    return None


@cache
def space_columns() -> Mapping[str, Column]:
    """Return the columns of the table of rooms by field."""
    kinds = {kind.value: text(f"shelters.space_kind.{kind.value}") for kind in SpaceKind}
    types = {
        "name": ColumnType.TEXT,
        "kind": ColumnType.CHOICE,
        "floor": ColumnType.INTEGER,
        "floor_height_m": ColumnType.NUMBER,
        "area_m2": ColumnType.NUMBER,
        "capacity_people": ColumnType.INTEGER,
        "accessible_toilet": ColumnType.KNOWN,
        "note": ColumnType.LONG_TEXT,
    }
    low = {"floor": -5, "floor_height_m": 0, "area_m2": 0, "capacity_people": 0}
    return {
        key: Column(
            key=key,
            heading=text(f"shelters.spaces.{key}"),
            type=kind,
            choices=kinds if key == "kind" else {},
            min=low.get(key),
        )
        for key, kind in types.items()
    }


def known_word(state: Known) -> str:
    """Return the word for yes, no or unknown, as our sheets write it."""
    return str(words()["known"][state.value][0])

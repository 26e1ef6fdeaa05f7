"""Answers as people write them, on screen or on a survey sheet: text in, value or finding out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from bcp_kit.catalogues.vocabulary import needs
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import Severity
from bcp_kit.domain.shelter_facts import FEATURE, FactValue
from bcp_kit.domain.shelters import FamilyRule, Shelter
from bcp_kit.forms.sheets import Column, words
from bcp_kit.intake.parsed import Cell, Finding
from bcp_kit.intake.values import parse
from bcp_kit.render.sheet_rows import cells_of, object_tree

_NOBODY_KNOWS = (Known.UNKNOWN, FamilyRule.UNKNOWN.value, "", ())


@dataclass(frozen=True)
class ReadAnswer:
    """A value (None: unknown), and what stands in its way; `noted` are remarks on a value that was mended."""

    value: FactValue = None
    refused: Finding | None = None
    noted: tuple[Finding, ...] = ()


def read_answer(text: str, column: Column, today: date) -> ReadAnswer:
    """Return what a written answer means for the fact of `column`; empty and unknown give None."""
    read = parse(Cell(text, None, today), column.model_copy(update={"required": False, "empty": ""}))
    wrong = next((f for f in read.findings if f.severity is Severity.ERROR), None)
    if wrong is not None:
        return ReadAnswer(refused=wrong)
    return ReadAnswer(known_or_none(read.value), noted=read.findings)


def known_or_none(value: object) -> FactValue:
    """Return the value, None for what stands for "nobody knows"."""
    if value is None or value in _NOBODY_KNOWS:
        return None
    return value  # type: ignore[return-value]


def shown_answers(shelter: Shelter, columns: Mapping[str, Column]) -> Mapping[str, str]:
    """Return each fact as it is written for people, by key; the empty text where nobody knows it."""
    tree = object_tree(shelter)
    plain = [column for column in columns.values() if not column.key.startswith(FEATURE)]
    found = dict(cells_of(tree, plain))
    for column in columns.values():
        if column.key.startswith(FEATURE):
            found[column.key] = _word(shelter.feature(column.key.removeprefix(FEATURE)))
    unknown = words()["known"]["unknown"][0]
    return {key: "" if text == unknown else text for key, text in found.items()}


def _word(state: Known) -> str:
    return str(words()["known"][state.value][0])


@cache
def accepted_labels() -> Mapping[str, str]:
    """Return the groups and needs that a place may accept, by key, with their Japanese labels."""
    groups: dict[str, str] = dict(words()["need_groups"])
    return groups | {need.key: need.label_ja for need in needs().values()}

"""Cells of a plan's tables: can a number, a date or a phone number be read from what stands there?

Nothing is changed and nothing refused: a plan may say 随時 or 約20. The answer is the key of a sentence.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bcp_kit.catalogues.load import read_yaml
from bcp_kit.intake.dates import read_date
from bcp_kit.resources import locate

_DIGIT = re.compile(r"\d")
_YEAR = r"(?:\d{4}|(?:令和|平成|昭和|大正|[RHST])\s*(?:元|\d{1,2}))"
_FULL_DATE = re.compile(_YEAR + r"\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?")
_PHONE = re.compile(r"[\d()+\-ー−‐ 　]{9,}")
PHONE_DIGITS = range(10, 12)


class CellKind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    PHONE = "phone"


@dataclass(frozen=True)
class CellFault:
    """A cell that cannot be read: row from 1, column key, what stands there, the key of the sentence."""

    row: int
    column: str
    cell: str
    message: str


@cache
def _settings() -> tuple[Mapping[str, CellKind], frozenset[str]]:
    raw = read_yaml(locate("templates") / "tables" / "cell_kinds.yaml")
    kinds = {key: CellKind(kind) for kind, keys in raw["kinds"].items() for key in keys}
    return kinds, frozenset(raw["instead"])


def cell_kind(column: str) -> CellKind:
    """Return what the cells of a column hold. Source: templates/tables/cell_kinds.yaml."""
    return _settings()[0].get(column, CellKind.TEXT)


def _number_fault(plain: str) -> str:
    return "" if _DIGIT.search(plain) else "write.cell.number"


def _date_fault(plain: str) -> str:
    full = _FULL_DATE.search(plain)
    if full is None:
        return "" if _DIGIT.search(plain) else "write.cell.date"
    try:
        return "" if read_date(full[0]) else "write.cell.no_such_date"
    except ValueError:
        return "write.cell.no_such_date"


def _phone_fault(plain: str) -> str:
    numbers = [sum(c.isdecimal() for c in found) for found in _PHONE.findall(plain)]
    return "" if any(count in PHONE_DIGITS for count in numbers) else "write.cell.phone"


_CHECKS = {CellKind.NUMBER: _number_fault, CellKind.DATE: _date_fault, CellKind.PHONE: _phone_fault}


def cell_fault(kind: CellKind, cell: str) -> str:
    """Return the key of the sentence that says what is wrong with a cell, empty when it can be read."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    if not plain or kind not in _CHECKS or cell.strip() in _settings()[1] or plain in _settings()[1]:
        return ""
    return _CHECKS[kind](plain)


def cell_faults(rows: Sequence[Mapping[str, str]], kinds: Mapping[str, CellKind]) -> tuple[CellFault, ...]:
    """Return the cells that cannot be read, in the order of the table."""
    return tuple(
        CellFault(number, column, row[column], message)
        for number, row in enumerate(rows, start=1)
        for column, kind in kinds.items()
        if (message := cell_fault(kind, row.get(column, "")))
    )

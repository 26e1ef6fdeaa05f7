"""Dates as people write them: 西暦, 和暦, eight digits, and the day numbers of Excel."""

import re
from datetime import date, timedelta
from functools import cache

from bcp_kit.catalogues import load
from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.sheets import Column
from bcp_kit.intake.numbers import is_unknown
from bcp_kit.intake.parsed import Cell, Parsed, noted, refused, width_folded
from bcp_kit.intake.table import CellNature

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_EXCEL_SAFE_FROM = 61  # Excel counts a 29 February 1900 that never was
_OLDEST = date(1900, 1, 1)
_GREGORIAN = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")
_ERA = re.compile(
    r"(\D{1,2}?)\s*(元|\d{1,2})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?|(\D{1,2}?)(\d{2})(\d{2})(\d{2})"
)
_AFTER = re.compile(r"\s*(?:[(（].[)）]|[T ]0{1,2}:00(?::00)?(?:\.0+)?)$")


class _OutsideEraError(ValueError):
    """A date that its era does not hold."""


@cache
def _eras() -> tuple[tuple[frozenset[str], date], ...]:
    """Names and first day of each era, newest first (catalogue `eras`)."""
    rows = load.catalogue("eras").rows.values()
    found = [
        (frozenset({r.key.upper(), r.label_ja, r.label_ja[0]}), r.valid_from) for r in rows if r.valid_from
    ]
    return tuple(sorted(found, key=lambda era: era[1], reverse=True))


def _of_era(name: str, year: str, month: str, day: str) -> date:
    position = next((i for i, (names, _) in enumerate(_eras()) if name in names), None)
    if position is None:
        raise ValueError("no such era")
    first = _eras()[position][1]
    found = date(first.year - 1 + (1 if year == "元" else int(year)), int(month), int(day))
    if found < first or (position > 0 and found >= _eras()[position - 1][1]):
        raise _OutsideEraError
    return found


def read_date(text: str) -> date | None:
    """Return the date that `text` writes out, or None when it is none.

    Raises: ValueError for a day that does not exist or that lies outside of its era.
    """
    plain = _AFTER.sub("", width_folded(text).upper())
    if found := _GREGORIAN.fullmatch(plain):
        year, month, day = found.groups()[:3] if found[1] else found.groups()[3:]
        return date(int(year), int(month), int(day))
    if found := _ERA.fullmatch(plain):
        return _of_era(*(found.groups()[:4] if found[1] else found.groups()[4:]))
    return None


def parse_date(cell: Cell, column: Column) -> Parsed:
    """Read a date cell; numbers that can only be Excel's day numbers are read as such, with a remark."""
    if is_unknown(cell.text):
        return Parsed()
    try:
        found = read_date(cell.text)
    except _OutsideEraError:
        return refused(ErrorCode.DATE_OUTSIDE_ERA)
    except ValueError:
        return refused(ErrorCode.DATE_UNREADABLE)
    if found is not None:
        return _checked(found, cell.today, column)
    return _from_serial(cell, column)


def _from_serial(cell: Cell, column: Column) -> Parsed:
    digits = width_folded(cell.text)
    if not re.fullmatch(r"\d{2,5}", digits) or int(digits) < _EXCEL_SAFE_FROM:
        return refused(ErrorCode.DATE_UNREADABLE)
    if len(digits) < 5 and cell.nature is not CellNature.NUMBER:
        return refused(ErrorCode.DATE_UNREADABLE)
    found = _EXCEL_DAY_ZERO + timedelta(days=int(digits))
    checked = _checked(found, cell.today, column)
    if checked.findings:
        return checked
    certain = cell.nature is CellNature.NUMBER
    severity = Severity.NOTICE if certain else Severity.WARNING
    return noted(found, ErrorCode.DATE_FROM_SERIAL, severity, date=found.isoformat())


def _checked(found: date, today: date, column: Column) -> Parsed:
    if found < _OLDEST:
        return refused(ErrorCode.DATE_TOO_OLD)
    if column.past and found > today:
        return refused(ErrorCode.DATE_IN_FUTURE)
    return Parsed(found)

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
_AFTER = re.compile(
    r"\s*(?:\(.\)|[T ]0{1,2}:00(?::00)?(?:\.0+)?|生(?:まれ)?|\((?:満|当時)?\d{1,3}[歳才]\)|満?\d{1,3}[歳才])$"
)
_TWICE_THE_YEAR = re.compile(r"(.+?年)\((.+?年)\)(.+)")
_TWICE = re.compile(r"([^()]+)\(([^()]{6,})\)")
_DAY_UNKNOWN = re.compile(
    r"(?:\d{4}|\D{1,2}(?:\d{1,2}|元))\s*[年./-]\s*(?:\d{1,2}|不詳|[?X]+)\s*[月./-]?\s*(?:0{1,2}|不詳|[?X]*)\s*日?"
)
_UNKNOWN_SIGN = re.compile(r"(?<!\d)0{1,2}(?!\d)|不詳|[?X]")
_NEVER = frozenset({"0", "00000000", "99999999", "9999999", "0000000", "0000/00/00", "0000-00-00"})
_ERA_CODE = re.compile(r"([1-5])(\d{2})(\d{2})(\d{2})")
_ERA_CODES = {"1": "明治", "2": "大正", "3": "昭和", "4": "平成", "5": "令和"}
"""Era digits of resident registers: 3120304 is 昭和12年3月4日."""


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

    Raises: ValueError for a day that does not exist, that lies outside of its era, or that is written twice
    and differently.
    """
    plain = width_folded(text).upper()
    while (shorter := _AFTER.sub("", plain)) != plain:
        plain = shorter
    if found := _TWICE_THE_YEAR.fullmatch(plain):
        return _agreed(f"{found[1]}{found[3]}", f"{found[2]}{found[3]}")
    if found := _TWICE.fullmatch(plain):
        return _agreed(found[1].strip(), found[2].strip())
    return _single(plain)


def _agreed(first: str, second: str) -> date | None:
    one, other = _single(first), _single(second)
    if one != other:
        raise ValueError("two different dates")
    return one


def _single(plain: str) -> date | None:
    if found := _GREGORIAN.fullmatch(plain):
        year, month, day = found.groups()[:3] if found[1] else found.groups()[3:]
        return date(int(year), int(month), int(day))
    if found := _ERA.fullmatch(plain):
        return _of_era(*(found.groups()[:4] if found[1] else found.groups()[4:]))
    return None


def parse_date(cell: Cell, column: Column) -> Parsed:
    """Read a date cell; numbers that can only be Excel's day numbers are read as such, with a remark.

    A day that the file itself calls unknown (昭和12年3月00日, 99999999) is unknown, with a warning.
    """
    if is_unknown(cell.text):
        return Parsed()
    plain = width_folded(cell.text).upper()
    if plain in _NEVER or _says_day_unknown(plain):
        return noted(None, ErrorCode.DATE_INCOMPLETE, Severity.WARNING)
    try:
        found = read_date(cell.text)
    except _OutsideEraError:
        return refused(ErrorCode.DATE_OUTSIDE_ERA)
    except ValueError:
        return refused(ErrorCode.DATE_UNREADABLE)
    if found is not None:
        return _checked(found, cell.today, column)
    coded = _ERA_CODE.fullmatch(plain)
    return _from_era_code(coded, cell, column) if coded else _from_serial(cell, column)


def _says_day_unknown(plain: str) -> bool:
    """True for 昭和12年3月00日, 1937-00-00 and 昭和12年3月不詳日, not for a year alone."""
    return bool(_DAY_UNKNOWN.fullmatch(plain)) and bool(_UNKNOWN_SIGN.search(plain))


def _from_era_code(coded: re.Match[str], cell: Cell, column: Column) -> Parsed:
    try:
        found = _of_era(_ERA_CODES[coded[1]], *coded.groups()[1:])
    except ValueError:
        return refused(ErrorCode.DATE_UNREADABLE)
    checked = _checked(found, cell.today, column)
    if checked.findings:
        return checked
    return noted(found, ErrorCode.DATE_FROM_ERA_CODE, Severity.WARNING, date=found.isoformat())


def _from_serial(cell: Cell, column: Column) -> Parsed:
    digits = width_folded(cell.text).removesuffix(".0")
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

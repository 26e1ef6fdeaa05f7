"""Numbers as people write them: １２人, 1,089人, 約50名, 指定なし. Unknown is never zero."""

import re
from functools import cache

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.sheets import Column, words
from bcp_kit.intake.parsed import Cell, Finding, Parsed, folded, refused, width_folded

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_PLAIN = re.compile(r"[\d,.+\-\s]*")


@cache
def folded_words(key: str) -> frozenset[str]:
    """Return a list of words.yaml for comparing."""
    return frozenset(folded(word) for word in words()[key])


@cache
def _alternatives(key: str) -> str:
    listed = sorted((width_folded(w) for w in words()[key]), key=len, reverse=True)
    return "|".join(re.escape(word) for word in listed)


def is_unknown(text: str) -> bool:
    """True for the words and signs that mean: nobody knows (未確認, 指定なし, -1, ー …)."""
    return folded(text) in folded_words("unknown_number")


@cache
def _with_unit() -> re.Pattern[str]:
    rough, units = _alternatives("approximate"), _alternatives("number_units")
    pattern = rf"(?P<before>{rough})?\s*(?P<number>[^\s]*?)\s*(?:{units})?\s*(?P<after>{rough})?"
    return re.compile(pattern, re.IGNORECASE)


def _split(text: str) -> tuple[str, bool]:
    """Return the digits of `text` and whether it says that they are approximate."""
    found = _with_unit().fullmatch(text)
    if found is None:
        return text, False
    return found["number"], bool(found["before"] or found["after"])


def parse_number(cell: Cell, column: Column) -> Parsed:
    """Read a number with its unit, thousands separators or 約; None for unknown."""
    plain = width_folded(cell.text)
    counts_down = column.minimum is not None and column.minimum < 0 and _NUMBER.fullmatch(plain)
    if is_unknown(cell.text) and not counts_down:
        return Parsed()
    digits, rough = _split(plain)
    if not _NUMBER.fullmatch(digits):
        return refused(ErrorCode.NUMBER_UNREADABLE)
    value = float(digits.replace(",", ""))
    low, high = column.minimum, column.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return refused(ErrorCode.NUMBER_OUT_OF_RANGE, low=_shown(low), high=_shown(high))
    if rough:
        return Parsed(value, (Finding(ErrorCode.NUMBER_ROUGH, Severity.WARNING, {"number": _shown(value)}),))
    if not _PLAIN.fullmatch(cell.text) or not cell.text.isascii():
        return Parsed(value, (Finding(ErrorCode.NUMBER_MENDED, Severity.NOTICE, {"number": _shown(value)}),))
    return Parsed(value)


def parse_integer(cell: Cell, column: Column) -> Parsed:
    """Read a whole number."""
    parsed = parse_number(cell, column)
    if not isinstance(parsed.value, float):
        return parsed
    if not parsed.value.is_integer():
        return refused(ErrorCode.NUMBER_NOT_WHOLE)
    return Parsed(int(parsed.value), parsed.findings)


def parse_capacity(cell: Cell, column: Column) -> Parsed:
    """Read a number of places: 0 and 制限なし mean that nobody stated one."""
    if folded(cell.text) in folded_words("capacity_unknown"):
        return Parsed(None, (Finding(ErrorCode.CAPACITY_UNKNOWN, Severity.NOTICE),))
    return parse_integer(cell, column)


def parse_degrees(cell: Cell, column: Column) -> Parsed:
    """Read latitude or longitude in decimal degrees; 0 is unknown. Whether it lies in Japan is seen later."""
    del column
    if is_unknown(cell.text):
        return Parsed()
    plain = width_folded(cell.text)
    if not re.fullmatch(r"[+-]?\d{1,3}(?:\.\d+)?", plain):
        return refused(ErrorCode.DEGREES_UNREADABLE)
    value = float(plain)
    return Parsed(value if value else None)


def _shown(value: float | None) -> str:
    if value is None:
        return "∞"
    return str(int(value)) if float(value).is_integer() else str(value)

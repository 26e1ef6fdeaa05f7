"""Numbers as people write them: １２人, 1,089人, 約50名, 指定なし. Unknown is never zero."""

import re
from functools import cache

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.sheets import Column, words
from bcp_kit.intake.parsed import Cell, Finding, Parsed, folded, refused, width_folded

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_AMOUNTS = re.compile(r"\d")
_NUMBER_AND_NOTE = re.compile(r"(?P<number>[\d,]+\s*(?:人|名)?)\s*\((?P<note>[^()]+)\)")
_SPAN = re.compile(r"([\d,]+)\s*(?:人|名)?\s*[~～〜\-–—−]\s*([\d,]+)\s*(?:人|名)?(?:程度)?")
_BETWEEN = re.compile(r"[\s、,・/／+;\n]+(?=\D|\d+(?:階|F|号))|(?<=人)(?=\D)|(?<=名)(?=\D)")
_PIECE = re.compile(r"\D*?(?:\d+\s*(?:階|F|号|年)[^\d]*)?\D*(?P<number>\d{1,3}(?:,\d{3})+|\d+)\s*(?:人|名)?")
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
    """Read a number of places: 0 and 制限なし mean that nobody stated one.

    What is no single number (体育館200 校舎150, 100～150) leaves the capacity unknown with a proposal: it
    never keeps a place out of the list.
    """
    if folded(cell.text) in folded_words("capacity_unknown"):
        return Parsed(None, (Finding(ErrorCode.CAPACITY_UNKNOWN, Severity.NOTICE),))
    plain = width_folded(cell.text)
    noted_beside = _NUMBER_AND_NOTE.fullmatch(plain)
    if noted_beside is not None and not _AMOUNTS.search(noted_beside["note"].strip("人名 約")[:1]):
        read = parse_integer(Cell(noted_beside["number"], None, cell.today), column)
        if isinstance(read.value, int):
            values = {"number": read.value, "note": noted_beside["note"]}
            return Parsed(read.value, (Finding(ErrorCode.NUMBER_WITH_NOTE, Severity.WARNING, values),))
    read = parse_integer(cell, column)
    if not any(finding.severity is Severity.ERROR for finding in read.findings):
        return read
    return Parsed(None, (_capacity_doubt(plain, column),))


def _capacity_doubt(text: str, column: Column) -> Finding:
    """Say why a capacity is no single number, and what could be meant."""
    span = _SPAN.fullmatch(text)
    if span is not None:
        low, high = (part.replace(",", "") for part in span.groups())
        return Finding(ErrorCode.CAPACITY_SPAN, Severity.WARNING, {"low": int(low), "high": int(high)})
    pieces = [_PIECE.fullmatch(piece) for piece in _BETWEEN.split(text) if piece]
    amounts = [int(piece["number"].replace(",", "")) for piece in pieces if piece is not None]
    if len(pieces) == len(amounts) >= 2:
        parts = " + ".join(str(amount) for amount in amounts)
        return Finding(ErrorCode.CAPACITY_PARTS, Severity.WARNING, {"parts": parts, "sum": sum(amounts)})
    del column
    return Finding(ErrorCode.CAPACITY_UNREADABLE, Severity.WARNING)


def _shown(value: float | None) -> str:
    if value is None:
        return "∞"
    return str(int(value)) if float(value).is_integer() else str(value)

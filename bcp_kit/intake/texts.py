"""Texts, readings, codes, phone numbers: names and addresses stay exactly as typed, with remarks."""

import re
import unicodedata

import jaconv
import phonenumbers

from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.intake.parsed import Cell, Finding, Parsed, noted, refused, width_folded
from bcp_kit.intake.table import CellNature

_LIMITS = {ColumnType.LONG_TEXT: 10_000}
_LIMIT = 1_000
_KANA = re.compile(r"[ァ-ヿ・＝＝=\s　.．]*")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE][+-]?\d+")
_EVERYDAY_PHONE = re.compile(r"0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}")
_EVERYDAY_LENGTHS = (12, 13)
_HARMLESS = re.compile(
    "[^\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u3013"
    "\ud800-\udfff\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]*"
)
_POSTAL = re.compile(r"\d{3}-?\d{4}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DASHES = re.compile(r"[‐‑‒–—―−ー－ｰ]")
_PHONE_SPLIT = re.compile(r"[、,;/\n]|\s{2,}")
_EXCEL_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def is_excel_error(text: str) -> bool:
    """True for #REF! and its kin, and for the ### of a column that was too narrow when it was saved."""
    return "#" in text and _is_error_word(text)


def _is_error_word(text: str) -> bool:
    return text.strip() in _EXCEL_ERRORS or bool(re.fullmatch(r"#{3,}", text.strip()))


def _is_harmless(cell: Cell) -> bool:
    """True for nearly every text: nothing in it needs a further look."""
    text = cell.text
    short = len(text) <= _LIMIT and cell.nature is None and "E" not in text and "e" not in text
    return short and _HARMLESS.fullmatch(text) is not None


def _broken(text: str) -> bool:
    """True for control characters, direction marks, half surrogates and the sign of lost characters."""
    return any(
        c == "\ufffd"
        or c in _DIRECTION_MARKS
        or (c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs"))
        for c in text
    )


def _private(text: str) -> bool:
    return any(c == "〓" or unicodedata.category(c) == "Co" for c in text)


def parse_text(cell: Cell, column: Column) -> Parsed:
    """Keep a text exactly as typed (line ends as \\n); refuse what is garbled or was turned by Excel."""
    if _is_harmless(cell):
        return Parsed(cell.text)
    text = cell.text.replace("\r\n", "\n").replace("\r", "\n")
    if cell.nature is CellNature.DATE or _EXPONENT.fullmatch(text.strip()):
        return refused(ErrorCode.TEXT_LOST_TO_EXCEL)
    if _broken(text):
        return refused(ErrorCode.TEXT_BROKEN)
    limit = _LIMITS.get(column.type, _LIMIT)
    if len(text) > limit:
        return refused(ErrorCode.TEXT_TOO_LONG, length=len(text), limit=limit)
    if _private(text):
        return noted(text, ErrorCode.TEXT_PRIVATE_CHARACTER, Severity.WARNING)
    return Parsed(text)


def parse_kana(cell: Cell, column: Column) -> Parsed:
    """Read a reading as katakana; hiragana and half-width kana are turned, with a notice."""
    parsed = parse_text(cell, column)
    if not isinstance(parsed.value, str):
        return parsed
    kana = jaconv.hira2kata(jaconv.h2z(parsed.value, kana=True, ascii=False, digit=False))
    if not _KANA.fullmatch(kana):
        return noted(parsed.value, ErrorCode.KANA_UNREADABLE, Severity.WARNING)
    if kana != parsed.value:
        return noted(kana, ErrorCode.KANA_MENDED, Severity.NOTICE, text=kana)
    return parsed


def parse_code(cell: Cell, column: Column) -> Parsed:
    """Read a number by which rows point at each other: letters, digits, - _ and . in one width."""
    del column
    code = width_folded(cell.text)
    return Parsed(code) if _CODE.fullmatch(code) else refused(ErrorCode.CODE_UNREADABLE)


def parse_digits(cell: Cell, column: Column) -> Parsed:
    """Read a number of fixed length; zeros that Excel dropped are restored where that is certain."""
    digits = width_folded(cell.text)
    if _EXPONENT.fullmatch(digits):
        return refused(ErrorCode.TEXT_LOST_TO_EXCEL)
    return _sized(digits, column.digits, cell.nature is CellNature.NUMBER)


def _sized(digits: str, length: int, was_number: bool) -> Parsed:
    if re.fullmatch(rf"\d{{{length}}}", digits):
        return Parsed(digits)
    if was_number and digits.isdigit() and length - 2 <= len(digits) < length:
        full = digits.zfill(length)
        return noted(full, ErrorCode.ZERO_RESTORED, Severity.NOTICE, text=full)
    return noted(digits, ErrorCode.DIGITS_WRONG, Severity.WARNING, digits=length)


def parse_postal(cell: Cell, column: Column) -> Parsed:
    """Read a postal code of seven digits, with or without 〒 and a dash."""
    del column
    plain = _DASHES.sub("-", width_folded(cell.text)).removeprefix("〒").strip()
    if _POSTAL.fullmatch(plain):
        return Parsed(plain)
    return _sized(plain, 7, cell.nature is CellNature.NUMBER)


def parse_phone(cell: Cell, column: Column) -> Parsed:
    """Keep phone numbers as typed; restore the 0 that Excel dropped; remark on what cannot be called."""
    if _EVERYDAY_PHONE.fullmatch(cell.text) and len(cell.text) in _EVERYDAY_LENGTHS:
        return Parsed(cell.text)
    parsed = parse_text(cell, column)
    if not isinstance(parsed.value, str):
        return parsed
    restored = f"0{width_folded(parsed.value)}"
    if re.fullmatch(r"0[1-9]\d{8,9}", restored) and _is_valid(restored):
        return noted(restored, ErrorCode.ZERO_RESTORED, Severity.NOTICE, text=restored)
    parts = [p for p in _PHONE_SPLIT.split(_DASHES.sub("-", width_folded(parsed.value))) if p.strip()]
    if all(_is_callable(part) for part in parts):
        return parsed
    return Parsed(parsed.value, (*parsed.findings, Finding(ErrorCode.PHONE_UNUSUAL, Severity.WARNING)))


def _is_callable(part: str) -> bool:
    """True when the digits have the length of a Japanese number (or a number with + and country)."""
    digits = re.sub(r"\D", "", part)
    if part.strip().startswith("+"):
        return 8 <= len(digits) <= 15
    return digits.startswith("0") and len(digits) in (10, 11)


def _is_valid(number: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "JP"))
    except phonenumbers.NumberParseException:
        return False


def parse_email(cell: Cell, column: Column) -> Parsed:
    """Keep a mail address as typed, with a remark when it is none."""
    parsed = parse_text(cell, column)
    if isinstance(parsed.value, str) and not _EMAIL.fullmatch(parsed.value.strip()):
        return noted(parsed.value, ErrorCode.EMAIL_UNUSUAL, Severity.WARNING)
    return parsed

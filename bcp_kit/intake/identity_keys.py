"""Names, readings, addresses and phone numbers levelled for comparing only; nothing here is stored."""

import re
import unicodedata
from functools import cache

from bcp_kit.forms.sheets import words
from bcp_kit.intake.parsed import folded

_DASH = "‐‑‒–—―−ー─━ｰ－﹣-"
_DASHES = re.compile(f"[{_DASH}]")
_BLANKS = re.compile(r"\s+")
_NAME_MARKS = re.compile(rf"[・･.,'’{_DASH}]")
_ALIAS = re.compile(r"[(（].*?[)）]")
_LOT_WORDS = re.compile(r"丁目|番地の|番地|番街|番|号室|号|の(?=\d)|ノ(?=\d)|之(?=\d)|地割")
_AREA_WORDS = re.compile(r"^(?:.{2,3}?[都道府県])?(?:.{1,5}?郡)?|大字|字")
_KA = re.compile("[ヶケが](?=.)")
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番|号|条|線|区|の|ノ|-|\d|$)")
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_UNITS = {"十": 10, "百": 100}
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_SAME_SOUND = str.maketrans("ヂヅヲヰヱ", "ジズオイエ")
_ROWS = {
    "ア": "アカサタナハマヤラワガザダバパ",
    "イ": "イキシチニヒミリギジビピ",
    "ウ": "ウクスツヌフムユルグズブプヴ",
    "エ": "エケセテネヘメレゲゼデベペ",
    "オ": "オコソトノホモヨロゴゾドボポ",
}
_LENGTHENED = re.compile(
    f"(?<=[{_ROWS['オ']}])[ウオ]|(?<=[{_ROWS['エ']}])[イエ]|(?<=[{_ROWS['ウ']}])ウ"
    f"|(?<=[{_ROWS['イ']}])イ|(?<=[{_ROWS['ア']}])ア"
)
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


@cache
def _variants() -> dict[int, str]:
    """Return every variant character with the one that stands for its family."""
    listed: dict[str, str] = words()["character_variants"]

    def last(character: str) -> str:
        while (further := listed.get(character, character)) != character:
            character = further
        return character

    return {ord(character): last(character) for character in listed}


@cache
def _levels() -> dict[int, str | None]:
    """Return variants with their families, and variation selectors with nothing."""
    gone = dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)), None)
    return {**_variants(), **gone}


def unvaried(text: str) -> str:
    """Return `text` without variation selectors and with common variants as one character (髙 高, 﨑 崎)."""
    if text.isascii():
        return folded(text)
    return folded(text.translate(_levels())).translate(_variants())


def name_key(name: str) -> str:
    """Return a name for comparing: variants, widths, spaces, dots and names in brackets do not count."""
    return _NAME_MARKS.sub("", unvaried(_ALIAS.sub("", name)))


def name_parts(name: str) -> tuple[str, str]:
    """Return family and given name for comparing, two empty texts when the name has no space."""
    parts = [name_key(part) for part in _BLANKS.split(_ALIAS.sub("", name).strip()) if part]
    return (parts[0], parts[-1]) if len(parts) == 2 else ("", "")


def kana_key(kana: str) -> str:
    """Return a reading for comparing: オオタ, オータ and オウタ count as one; so do small and large kana."""
    level = unicodedata.normalize("NFKC", kana).translate(_HIRAGANA).translate(_SMALL).translate(_SAME_SOUND)
    return _LENGTHENED.sub("", _NAME_MARKS.sub("", _BLANKS.sub("", level)))


def address_key(address: str) -> str:
    """Return an address for comparing: 1丁目2番3号, 一丁目二番三号 and 1-2-3 count as one.

    The prefecture and county, 大字 and 字, ヶ/ケ/が and white space do not count.
    """
    plain = _DASHES.sub("-", unvaried(address))
    plain = _KANJI_NUMBER.sub(lambda found: str(_number(found[0])), plain)
    plain = _LOT_WORDS.sub("-", plain)
    plain = _KA.sub("ケ", _AREA_WORDS.sub("", plain))
    return re.sub(r"-+", "-", plain).strip("-")


def town_key(address: str) -> str:
    """Return the part of an address before its first digit: the same town, whatever the lot."""
    return re.split(r"\d", address_key(address), maxsplit=1)[0]


def phone_keys(*phones: str) -> tuple[str, ...]:
    """Return the digits of each phone number that is long enough to tell people apart."""
    digits = (re.sub(r"\D", "", unicodedata.normalize("NFKC", phone)) for phone in phones)
    return tuple(dict.fromkeys(found for found in digits if len(found) >= 9 and len(set(found)) > 2))


def number_key(number: str) -> str:
    """Return a number of a record for comparing: one width, no white space, no zeros before it."""
    return folded(number).lstrip("0") or folded(number)


def _number(kanji: str) -> int:
    """Return what a number in kanji says, with or without 十 and 百."""
    if not any(unit in kanji for unit in _UNITS):
        return int("".join(str(_DIGITS[c]) for c in kanji))
    total, digit = 0, 0
    for character in kanji:
        if character in _DIGITS:
            digit = _DIGITS[character]
        else:
            total += (digit or 1) * _UNITS[character]
            digit = 0
    return total + digit

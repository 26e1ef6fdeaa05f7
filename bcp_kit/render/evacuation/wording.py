"""In which words a copy speaks: as usual, in easy Japanese, with furigana, in English.

Only our own fixed texts change (messages, labels, choices, names of catalogues), by templates/print:
wording_*.yaml and readings.yaml. What a person typed is printed as it was typed. A reading travels inside
of a text between three noncharacters, until `printable` makes furigana of it; a person's text gets none.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from bcp_kit.catalogues.load import read_yaml
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, messages, text
from bcp_kit.render.japara import TextStyle, text_width
from bcp_kit.render.safe_text import Printable, Ruby
from bcp_kit.resources import locate

_BEGIN, _READ, _END = "\ufdd0", "\ufdd1", "\ufdd2"
_MARKED = re.compile(f"{_BEGIN}([^{_BEGIN}]*?){_READ}([^{_BEGIN}]*?){_END}", re.S)
_KATAKANA = re.compile("[ァ-ヶ]")
_TO_HIRAGANA = 0x60
_PAPER = "plans.paper."
_ENGLISH = "en"


class Wording(StrEnum):
    """The words of a copy."""

    PLAIN = "plain"
    EASY = "easy"
    FURIGANA = "furigana"
    ENGLISH = "english"

    @property
    def has_readings(self) -> bool:
        """True where furigana stands over our own words."""
        return self in (Wording.EASY, Wording.FURIGANA)

    @property
    def arrangement(self) -> str:
        """The file of templates/print for words that need other room than the usual ones, "" for none."""
        if self.has_readings:
            return "readings"
        return "english" if self is Wording.ENGLISH else ""

    @property
    def language(self) -> str:
        """The language of the file, for reading voices (BCP 47)."""
        return "en" if self is Wording.ENGLISH else "ja-JP"


_wording: ContextVar[Wording] = ContextVar("wording", default=Wording.PLAIN)


@contextmanager
def worded_as(wording: Wording) -> Iterator[None]:
    """Have everything within the block speak in these words."""
    before = _wording.set(wording)
    try:
        yield
    finally:
        _wording.reset(before)


def wording() -> Wording:
    """Return the words in which is spoken now."""
    return _wording.get()


@cache
def _data(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_yaml(locate("templates") / "print" / f"{name}.yaml")
    return found


@cache
def _own_words(chosen: Wording) -> Mapping[str, Any]:
    """Return what a wording says otherwise; usual words and furigana have nothing of their own."""
    if chosen in (Wording.EASY, Wording.ENGLISH):
        return _data(f"wording_{chosen.value}")
    return {}


def fixed_words() -> tuple[str, ...]:
    """Return every text that the wordings have of their own, for the search for mix-ups."""
    kinds = (
        group for chosen in Wording for group in _own_words(chosen).values() if isinstance(group, Mapping)
    )
    return tuple(str(words) for group in kinds for words in group.values())


@cache
def _template(chosen: Wording, key: str) -> str:
    found: Mapping[str, str] = _own_words(chosen).get("say", {})
    if key in found:
        return found[key]
    return text(f"{_PAPER}{key}", _ENGLISH if chosen is Wording.ENGLISH else DEFAULT_LANGUAGE)


def sentence(key: str, **values: str | int | float) -> str:
    """Return a sentence of the printed plan (key below `plans.paper.`) in the words of now."""
    chosen = _wording.get()
    template = _template(chosen, key)
    if chosen.has_readings:
        template = with_readings(_counted(template, values))
    return template.format(**values) if values else template


def has_sentence(key: str) -> bool:
    """True when the paper has a sentence of this key."""
    return f"{_PAPER}{key}" in messages(DEFAULT_LANGUAGE)


def phrase(kind: str, key: str, japanese: str, english: str = "") -> str:
    """Return a fixed name or sentence of forms and catalogues in the words of now.

    `kind` groups keys in the wording's file (needs, labels, options.sex …).
    """
    chosen = _wording.get()
    if chosen is Wording.PLAIN:
        return japanese
    own = _own_words(chosen).get(kind, {}).get(key, "")
    if chosen is Wording.ENGLISH:
        return own or english or japanese
    return with_readings(own or japanese)


def entered(words: str) -> str:
    """Return what a person wrote, marked as such where the paper speaks otherwise."""
    chosen = _wording.get()
    if not words or chosen in (Wording.PLAIN, Wording.FURIGANA):
        return words
    return f"{sentence('as_entered')}{words}"


@cache
def _readings() -> tuple[re.Pattern[str], Mapping[str, str]]:
    words: Mapping[str, str] = _data("readings")["words"]
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))), words


@cache
def with_readings(words: str) -> str:
    """Return a fixed text with the readings of its kanji. What carries readings keeps them."""
    if _BEGIN in words:
        return _outside(words)
    pattern, readings = _readings()
    return pattern.sub(lambda found: _ruby(found[0], readings[found[0]]), words)


def _outside(words: str) -> str:
    """Give readings to what stands around the words that have some."""
    parts, end = [], 0
    for found in _MARKED.finditer(words):
        parts += [with_readings(words[end : found.start()]) if found.start() > end else "", found[0]]
        end = found.end()
    return "".join((*parts, with_readings(words[end:]) if end < len(words) else ""))


def _ruby(word: str, reading: str) -> str:
    """Return a word with its reading over the part that is not kana anyway."""
    head = 0
    while head < min(len(word), len(reading)) - 1 and word[head] == reading[head]:
        head += 1
    tail = 0
    while tail < min(len(word), len(reading)) - head - 1 and word[-1 - tail] == reading[-1 - tail]:
        tail += 1
    base, above = word[head : len(word) - tail], reading[head : len(reading) - tail]
    return f"{word[:head]}{_BEGIN}{base}{_READ}{above}{_END}{word[len(word) - tail :]}"


def _counted(template: str, values: Mapping[str, str | int | float]) -> str:
    """Return the template with readings of units that depend on the number before them (2人 ふたり)."""
    units: Mapping[str, Mapping[str, Any]] = _data("readings")["counters"]

    def read(found: re.Match[str]) -> str:
        shown = found[1].format(**values)
        rule = units[found[3]]
        whole: Mapping[str, str] = rule.get("whole", {})
        if shown in whole:
            return f"{_BEGIN}{shown}{found[3]}{_READ}{whole[shown]}{_END}"
        ends: Mapping[str, str] = rule.get("ends", {})
        return f"{found[1]}{_BEGIN}{found[3]}{_READ}{ends.get(shown[-1:], rule['default'])}{_END}"

    wanted = "|".join(sorted(map(re.escape, units), key=len, reverse=True))
    return re.sub(rf"(\{{(\w+)(?::[^}}]*)?\}})({wanted})", read, template) if values else template


def day_words(day: date, era: str) -> str:
    """Return a date in the words of now; `era` is the Japanese year in brackets, for those who count so."""
    chosen = _wording.get()
    if chosen is Wording.ENGLISH:
        return day.isoformat()
    if not chosen.has_readings:
        return f"{day.year}年{era}{day.month}月{day.day}日"
    year, month = (f"{_BEGIN}{word}{_READ}{read}{_END}" for word, read in (("年", "ねん"), ("月", "がつ")))
    return f"{day.year}{year}{day.month}{month}{_BEGIN}{day.day}日{_READ}{_day_reading(day.day)}{_END}"


def _day_reading(day: int) -> str:
    data = _data("readings")
    first: list[str] = data["days"]
    special: Mapping[str, str] = data["day_endings"]
    if day <= len(first):
        return first[day - 1]
    return special.get(str(day), f"{day}にち")


def named(name: str, kana: str) -> str:
    """Return a name with its stored reading over it, where the copy has furigana; else the name alone."""
    if not kana or not _wording.get().has_readings or name == kana:
        return name
    reading = _KATAKANA.sub(lambda found: chr(ord(found[0]) - _TO_HIRAGANA), kana)
    return f"{_BEGIN}{name}{_READ}{reading}{_END}"


def printable(words: str) -> Printable:
    """Return a text ready to be set: readings become furigana, everything else stays as it is."""
    if _BEGIN not in words:
        return words
    parts: list[str | Ruby] = []
    end = 0
    for found in _MARKED.finditer(words):
        parts += [words[end : found.start()], Ruby(found[1], found[2])]
        end = found.end()
    return tuple(part for part in (*parts, words[end:]) if part)


def without_readings(words: str) -> str:
    """Return a text without readings, for titles and descriptions."""
    return _MARKED.sub(r"\1", words) if _BEGIN in words else words


def width_of(words: str, style: TextStyle) -> float:
    """Return the width of a text on one line, in points."""
    return text_width(printable(words), style)

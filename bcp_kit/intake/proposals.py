"""Which of our columns a foreign heading may be: proposed from the words and from what stands below."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from bcp_kit.domain.errors import Severity
from bcp_kit.forms.sheets import Column, ColumnType, SheetKind, heading_hints, public_columns
from bcp_kit.intake.parsed import Cell, folded, width_folded
from bcp_kit.intake.profiles import MAPPED_KINDS, Profile, mapped_columns, missing_columns, unit_factors
from bcp_kit.intake.public_headings import heading_stem
from bcp_kit.intake.unknown_tables import UnknownTable
from bcp_kit.intake.values import parse
from bcp_kit.intake.vocabulary import choices_of

_WORD_WEIGHT, _VALUE_WEIGHT = 0.75, 0.25
_ENOUGH = 0.55
_SAMPLED = 30
_SHORTEST_LATIN = 4
_MOST = 0.7
_ADDRESSES = frozenset({"address", "home_address"})
_ADDRESS = re.compile(r"[都道府県市区町村郡].*[\d一二三四五六七八九十]")
_COMMON_LETTERS = 0.4
_SHOWN_VALUES = 20
# Values that can hardly be anything else: they speak for a column where the heading does not.
_TELLING = frozenset({ColumnType.LATITUDE, ColumnType.LONGITUDE, ColumnType.DATE, ColumnType.EMAIL})
# Foreign words are expected in these and can be translated; in other columns nothing readable speaks against.
_OF_WORDS = frozenset({ColumnType.CHOICE, ColumnType.CHOICE_LIST, ColumnType.KNOWN, ColumnType.YES_NO})
_DEGREES = {ColumnType.LATITUDE: (20.0, 46.0), ColumnType.LONGITUDE: (122.0, 154.0)}
_PUBLIC_WORDS = {SheetKind.SHELTERS: "places", SheetKind.FACILITIES: "facilities"}
_SAME = {"service_name": "service_key", "listed_as": "kind"}


@dataclass(frozen=True)
class HeadingProposal:
    """One heading with examples and the column that it may be (empty: none); `score` from 0 to 1."""

    heading: str
    examples: tuple[str, ...]
    key: str
    score: float


@dataclass(frozen=True)
class Proposal:
    """A proposal for every heading of a table, for one of our sheets; `score` compares sheets."""

    kind: SheetKind
    headings: tuple[HeadingProposal, ...]
    score: float

    def profile(self, name: str) -> Profile:
        """Return the proposal as a profile."""
        fields = {h.heading: h.key for h in self.headings if h.key}
        listed = tuple(h.heading for h in self.headings)
        columns = mapped_columns(self.kind)
        told = {key: unit_in(heading, columns[key]) for heading, key in fields.items()}
        units = {key: unit for key, unit in told.items() if unit}
        return Profile(name=name, kind=self.kind, headings=listed, fields=fields, units=units)


@cache
def _words(kind: SheetKind) -> Mapping[str, frozenset[str]]:
    """Return the words of each column that may be mapped: heading, aliases, those of public lists."""
    columns = [c for c in mapped_columns(kind).values() if not c.check_only and "9" not in c.key]
    found = {c.key: {heading_stem(c.heading), *map(heading_stem, c.aliases)} for c in columns}
    for column in public_columns(_PUBLIC_WORDS[kind]) if kind in _PUBLIC_WORDS else ():
        key = _SAME.get(column.key, column.key)
        if key in found:
            found[key] |= {heading_stem(column.heading), *map(heading_stem, column.aliases)}
    return {key: frozenset(words - {""}) for key, words in found.items()}


def _likeness(heading: str, words: Iterable[str]) -> float:
    """Return how alike a heading is to the words of a column, from 0 to 1."""
    stem, best = heading_stem(heading), 0.0
    for word in words:
        if stem == word:
            return 1.0
        shorter, longer = sorted((stem, word), key=len)
        telling = len(shorter) >= (_SHORTEST_LATIN if shorter.isascii() else 2)
        inside = 0.6 + 0.35 * len(shorter) / len(longer) if telling and shorter in longer else 0.0
        common = 2 * len(set(stem) & set(word)) / (len(stem) + len(word))
        alike = difflib.SequenceMatcher(None, stem, word).ratio() * 0.9 if common >= _COMMON_LETTERS else 0.0
        best = max(best, inside, alike)
    return best


@cache
def _hints(kind: SheetKind) -> Mapping[str, tuple[str, ...]]:
    return {key: tuple(map(heading_stem, pieces)) for key, pieces in heading_hints(kind).items()}


def _hinted(heading: str, pieces: Iterable[str]) -> float:
    """Return how much a heading speaks for a column by a piece of it.

    The longer the piece, the more; and the last word of a Japanese heading says what it is.
    """
    stem = heading_stem(heading)
    inside = [
        0.65 + 0.2 * len(piece) / len(stem) + (0.1 if stem.endswith(piece) else 0)
        for piece in pieces
        if piece and piece in stem
    ]
    return max(inside, default=0.0)


def _readable(values: tuple[str, ...], column: Column, today: date) -> float:
    """Return which share of the values can be read as the column, 0.5 for a column without any."""
    if not values:
        return 0.5
    good = 0
    for value in values:
        parsed = parse(Cell(value, None, today), column)
        wrong = any(f.severity is not Severity.NOTICE for f in parsed.findings)
        good += not wrong and _in_bounds(parsed.value, column)
    return good / len(values)


def _are_addresses(values: tuple[str, ...]) -> bool:
    """True when most values are written like addresses: a town, then a number."""
    return bool(values) and sum(bool(_ADDRESS.search(v)) for v in values) >= _MOST * len(values)


def _in_bounds(value: object, column: Column) -> bool:
    bounds = _DEGREES.get(column.type)
    if bounds is None:
        return True
    return isinstance(value, float) and bounds[0] <= value <= bounds[1]


def propose(table: UnknownTable, kind: SheetKind, today: date) -> Proposal:
    """Return what each heading may be in the sheet `kind`; no column is proposed twice."""
    columns, words, hints = mapped_columns(kind), _words(kind), _hints(kind)
    scored: list[tuple[float, int, str]] = []
    for place, heading in enumerate(table.headings):
        values = table.examples(place, _SAMPLED)
        for key, listed in words.items():
            likeness = max(_likeness(heading, listed), _hinted(heading, hints.get(key, ())))
            telling = columns[key].type in _TELLING
            placed = key in _ADDRESSES and _are_addresses(values)
            if likeness < 0.5 and not placed and not (telling and values):
                continue
            readable = _readable(values, columns[key], today)
            score = _WORD_WEIGHT * likeness + _VALUE_WEIGHT * readable
            if placed or (telling and readable == 1 and values):
                score = max(score, _ENOUGH)
            foreign = not readable and columns[key].type not in _OF_WORDS
            scored.append((score * 0.5 if foreign else score, place, key))
    chosen = _assigned(scored)
    found = tuple(
        HeadingProposal(heading, table.examples(place), *chosen.get(place, ("", 0.0)))
        for place, heading in enumerate(table.headings)
    )
    missing = missing_columns(kind, [h.key for h in found])
    return Proposal(kind, found, sum(h.score for h in found) - 0.5 * len(missing))


def _assigned(scored: list[tuple[float, int, str]]) -> dict[int, tuple[str, float]]:
    """Give each heading its best column, the best pairs first."""
    chosen: dict[int, tuple[str, float]] = {}
    taken: set[str] = set()
    for score, place, key in sorted(scored, key=lambda s: (-s[0], s[1], s[2])):
        if score >= _ENOUGH and place not in chosen and key not in taken:
            chosen[place] = (key, round(score, 3))
            taken.add(key)
    return chosen


def unit_in(heading: str, column: Column) -> str:
    """Return the unit that a heading names in brackets or at its end, when it is not the column's own."""
    text = width_folded(heading).rstrip(")）] 」").rstrip()
    for unit in unit_factors(column):
        before = text.removesuffix(width_folded(unit))
        if before != text and (not unit.isascii() or not before[-1:].isalpha() or not before[-1:].isascii()):
            return unit
    return ""


def best_proposal(table: UnknownTable, today: date, kinds: Iterable[SheetKind] = MAPPED_KINDS) -> Proposal:
    """Return the proposal for the sheet that the table is most like."""
    return max((propose(table, kind, today) for kind in kinds), key=lambda proposal: proposal.score)


def unread_values(table: UnknownTable, heading: str, column: Column, today: date) -> tuple[str, ...]:
    """Return the different values of a column of words that cannot be read, for a translation of each."""
    if column.type not in _OF_WORDS:
        return ()
    place = table.headings.index(heading)
    values = table.examples(place, len(table.sample))
    unread = [v for v in values if parse(Cell(v, None, today), column).value is None]
    return tuple(dict.fromkeys(v for v in unread if folded(v)))[:_SHOWN_VALUES]


def options_of(column: Column) -> tuple[str, ...]:
    """Return our words for a column of words, as they are written."""
    if column.type is ColumnType.KNOWN:
        return ("有", "無", "未確認")
    if column.type is ColumnType.YES_NO:
        return ("はい", "いいえ")
    return tuple(choices_of(column).values())

"""Cells that hold words of a known vocabulary: yes and no, choices, needs, features, shifts, lists."""

import difflib
import re
from collections.abc import Mapping
from functools import cache

from bcp_kit.catalogues import load
from bcp_kit.catalogues.vocabulary import needs, shelter_features
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import ErrorCode, Severity
from bcp_kit.forms.sheets import Column, words
from bcp_kit.intake.parsed import Cell, Finding, Parsed, folded, refused
from bcp_kit.intake.texts import parse_text

_LIST_SPLIT = re.compile(r"[、，,;；\n]")


def _folded_words(groups: Mapping[str, list[str]]) -> dict[str, str]:
    return {folded(word): key for key, listed in groups.items() for word in listed}


@cache
def _known_words() -> Mapping[str, str]:
    return _folded_words(words()["known"])


@cache
def _yes_no_words() -> Mapping[str, str]:
    return _folded_words(words()["yes_no"])


@cache
def _need_words() -> Mapping[str, str]:
    found = {folded(alias): key for alias, key in words()["needs"].items()}
    for need in needs().values():
        found |= {folded(need.label_ja): need.key, folded(need.key): need.key}
    return found


@cache
def _feature_words() -> Mapping[str, str]:
    found = {folded(alias): key for alias, key in words()["features"].items()}
    for feature in shelter_features().values():
        found |= {folded(feature.label_ja): feature.key, folded(feature.key): feature.key}
    return found


@cache
def _accepts_words() -> Mapping[str, str]:
    groups = {folded(label): key for key, label in words()["need_groups"].items()}
    keys = {folded(key): key for key in words()["need_groups"]}
    return {**_need_words(), **keys, **groups}


@cache
def _shift_words() -> Mapping[str, str]:
    found = _folded_words(words()["shifts"])
    for row in load.catalogue("shifts").rows.values():
        found |= {folded(row.label_ja): row.key, folded(row.key): row.key}
    return found


def choices_of(column: Column) -> Mapping[str, str]:
    """Return the labels of a column's choices by key, from the sheet or from its catalogue."""
    if column.catalogue_choices:
        rows = load.catalogue(column.catalogue_choices).rows.values()
        return {row.key: row.label_ja for row in rows}
    return column.choices


def _choice_words(column: Column) -> Mapping[str, str]:
    return _words_of(column.key.rpartition(".")[2], tuple(choices_of(column).items()))


@cache
def _words_of(field: str, listed: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Return the keys of choices by label, key and alias; `field` is the name under which aliases stand."""
    choices = dict(listed)
    aliases: Mapping[str, str] = words()["choices"].get(field, {})
    found = {folded(word): key for word, key in aliases.items() if key in choices}
    for key, label in choices.items():
        found |= {folded(label): key, folded(key): key}
    return found


def parse_known(cell: Cell, column: Column) -> Parsed:
    """Read 有, 無 or 未確認 (also ○ ×, 内 外, 可 不可)."""
    del column
    key = _known_words().get(folded(cell.text))
    return refused(ErrorCode.WORD_UNKNOWN, allowed="有・無・未確認") if key is None else Parsed(Known(key))


def parse_yes_no(cell: Cell, column: Column) -> Parsed:
    """Read はい or いいえ."""
    del column
    key = _yes_no_words().get(folded(cell.text))
    return refused(ErrorCode.WORD_UNKNOWN, allowed="はい・いいえ") if key is None else Parsed(key == "yes")


def parse_choice(cell: Cell, column: Column) -> Parsed:
    """Read one of the column's choices by label, key or alias."""
    key = _choice_words(column).get(folded(cell.text))
    if key is None:
        return refused(ErrorCode.WORD_UNKNOWN, allowed="・".join(choices_of(column).values()))
    return Parsed(key)


def parse_choice_list(cell: Cell, column: Column) -> Parsed:
    """Read several of the column's choices, separated by 、."""
    keys, unknown = split_words(cell.text, _choice_words(column))
    if unknown:
        return refused(ErrorCode.WORD_UNKNOWN, allowed="・".join(choices_of(column).values()))
    return Parsed(keys)


def parse_text_list(cell: Cell, column: Column) -> Parsed:
    """Read texts separated by 、 (each as typed, without outer white space)."""
    parsed = parse_text(cell, column)
    if not isinstance(parsed.value, str):
        return parsed
    parts = tuple(p.strip() for p in _LIST_SPLIT.split(parsed.value) if p.strip())
    return Parsed(parts, parsed.findings)


def parse_needs(cell: Cell, column: Column) -> Parsed:
    """Read needs by label, key or alias (catalogue `needs`)."""
    del column
    return _vocabulary(cell.text, _need_words(), ErrorCode.NEED_UNKNOWN)


def parse_accepts(cell: Cell, column: Column) -> Parsed:
    """Read needs and need groups that a destination takes in."""
    del column
    return _vocabulary(cell.text, _accepts_words(), ErrorCode.NEED_UNKNOWN)


def parse_features(cell: Cell, column: Column) -> Parsed:
    """Read features of destinations by label, key or alias (catalogue `shelter_features`)."""
    del column
    return _vocabulary(cell.text, _feature_words(), ErrorCode.FEATURE_UNKNOWN)


def feature_key(heading: str) -> str | None:
    """Return the feature whose label stands as a heading of its own, or None."""
    return _feature_words().get(folded(heading).removeprefix(folded("設備：")))


def parse_shift(cell: Cell, column: Column) -> Parsed:
    """Read a shift by label, key or sign (catalogue `shifts`)."""
    del column
    key = _shift_words().get(folded(cell.text))
    if key is None:
        labels = [row.label_ja for row in load.catalogue("shifts").rows.values()]
        return refused(ErrorCode.WORD_UNKNOWN, allowed="・".join(labels))
    return Parsed(key)


def split_words(text: str, known: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keys of the words in `text` and the words that nothing is known of.

    A label may hold the separator itself, so the longest run of parts that is a known word counts.
    """
    parts = [p for p in _LIST_SPLIT.split(text) if p.strip()]
    keys: list[str] = []
    unknown: list[str] = []
    start = 0
    while start < len(parts):
        ends = range(len(parts), start, -1)
        end = next((e for e in ends if folded("、".join(parts[start:e])) in known), None)
        if end is None:
            unknown.append(parts[start].strip())
            start += 1
        else:
            keys.append(known[folded("、".join(parts[start:end]))])
            start = end
    return tuple(dict.fromkeys(keys)), tuple(unknown)


def _vocabulary(text: str, known: Mapping[str, str], code: ErrorCode) -> Parsed:
    keys, unknown = split_words(text, known)
    findings = tuple(Finding(code, Severity.ERROR, {"word": w, "near": _near(w, known)}) for w in unknown)
    return Parsed(None if findings else keys, findings)


def _near(word: str, known: Mapping[str, str]) -> str:
    labels = {need.key: need.label_ja for need in needs().values()}
    labels |= {feature.key: feature.label_ja for feature in shelter_features().values()}
    close = difflib.get_close_matches(folded(word), known, n=3, cutoff=0.3)
    return "、".join(dict.fromkeys(labels.get(known[c], known[c]) for c in close)) or "－"

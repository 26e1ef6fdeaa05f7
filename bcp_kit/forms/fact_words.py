"""References to facts as words, and words as references.

A plan that names a person or a number which the site keeps holds a reference; it is shown as words. What a
person types is linked only where it is exactly the words of one fact, so that what was typed reads back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bcp_kit.domain.site_facts import FactRow, SiteFacts, reference, replace_references
from bcp_kit.forms.fact_tables import FactType, fact_tables

LEAST_INSIDE = 4
_MARK = "@{"

# What the words of a cell may refer to: (table, columns); "" is the row's name in running text.
TARGETS: Mapping[FactType, tuple[tuple[str, str], ...]] = {
    FactType.PERSON: (("people", ""), ("people", "name")),
    FactType.PHONE: (("people", "phone"), ("contacts", "contact"), ("contacts", "phone_night")),
    FactType.CONTACT: (("contacts", "name"),),
}


def is_original(table: str, column: str) -> bool:
    """True for a column whose own words others refer to: there they stay as typed, never a reference."""
    return any((table, column) in targets for targets in TARGETS.values())


def _said(row: FactRow, table: str, column: str) -> str:
    known = fact_tables().get(table)
    if column or known is None:
        return row.cells.get(column, "")
    return known.words_of(row.cells)


def in_words(words: str, facts: SiteFacts | None, gone: str) -> str:
    """Return `words` with every reference said in words; `gone` stands for a fact that is no longer there."""
    if _MARK not in words:
        return words

    def say(table: str, row_id: str, column: str) -> str:
        row = facts.row(table, row_id) if facts else None
        said = _said(row, table, column) if row else ""
        return said.replace(_MARK, "") if said.strip() else gone

    return replace_references(words, say)


def rows_in_words(rows: Iterable[FactRow], facts: SiteFacts, gone: str) -> tuple[FactRow, ...]:
    """Return rows with every reference in their cells said in words."""
    return tuple(
        row.model_copy(
            update={"cells": {key: in_words(cell, facts, gone) for key, cell in row.cells.items()}}
        )
        if any(_MARK in cell for cell in row.cells.values())
        else row
        for row in rows
    )


@dataclass(frozen=True)
class Linker:
    """Finds the facts that words name. `whole`: words of a full cell; `inside`: within a longer text."""

    whole: Mapping[FactType, Mapping[str, str]] = field(default_factory=dict)
    inside: Mapping[FactType, tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def link(self, words: str, kind: FactType) -> str:
        """Return `words` with what names exactly one fact turned into a reference to it."""
        exact = self.whole.get(kind, {}).get(words)
        if exact:
            return exact
        if not words.strip() or _MARK in words:
            return words
        parts = [words]
        for said, token in self.inside.get(kind, ()):
            parts = [piece for part in parts for piece in _split(part, said, token)]
        return "".join(parts)


def _split(part: str, said: str, token: str) -> list[str]:
    """Return `part` cut at every place where `said` stands, with the reference in between."""
    if part.startswith(_MARK) or said not in part:
        return [part]
    pieces: list[str] = []
    for number, piece in enumerate(part.split(said)):
        pieces += ([token] if number else []) + ([piece] if piece else [])
    return pieces


def linker(facts: SiteFacts) -> Linker:
    """Return what finds the facts of a site by their words; words that name two facts name none."""
    whole, inside = {}, {}
    for kind, targets in TARGETS.items():
        tokens = _tokens(facts, targets)
        longest_first = sorted(tokens.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        whole[kind] = tokens
        inside[kind] = tuple(
            (s, t) for s, t in longest_first if len(s) >= LEAST_INSIDE and len(s.split()) > 1
        )
    return Linker(whole, inside)


def _tokens(facts: SiteFacts, targets: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the reference for each of the words that name exactly one fact."""
    owners: dict[str, tuple[str, str]] = {}
    shared: set[str] = set()
    for table, column in targets:
        for row in facts.tables.get(table, ()):
            said = _said(row, table, column)
            if not said.strip() or said != said.strip() or _MARK in said:
                continue
            owner, _token = owners.setdefault(said, (f"{table}:{row.id}", reference(table, row.id, column)))
            if owner != f"{table}:{row.id}":
                shared.add(said)
    return {said: token for said, (_, token) in owners.items() if said not in shared}

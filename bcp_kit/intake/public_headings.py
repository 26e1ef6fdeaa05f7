"""Headings of public lists in one to three rows: which item of the vocabulary each column is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from bcp_kit.forms.sheets import Column, ColumnType, place_words, public_columns, public_prefixes
from bcp_kit.intake.headings import SEARCHED_ROWS, Headings, heading_word
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.table import Row, Table
from bcp_kit.intake.vocabulary import feature_key

DEEPEST = 3
_LOOKED_AT = 200
_MOST = 0.6
_SHORT = 40
_PUNCTUATION = re.compile(r"[、，,・.．_\-‐－ー()（）\[\]【】「」:：/／＿]")
_NUMERIC = re.compile(r"[\s\d,.:：+-]*\d[\s\d,.:：+-]*")


def heading_stem(text: str) -> str:
    """Return a heading for comparing loosely: no width, white space, punctuation or brackets."""
    return _PUNCTUATION.sub("", heading_word(text))


@dataclass(frozen=True)
class Block:
    """The headings of a table: `row` holds them as one row, `last` is the number of the last heading row.

    `words` are all headings, each row's own and the joined ones, for comparing.
    """

    headings: Headings
    words: frozenset[str]
    last: int

    @property
    def known(self) -> int:
        """Return how many columns are known."""
        return sum(1 for column in self.headings.columns if column is not None)


@cache
def _known(vocabulary: str) -> Mapping[str, tuple[int, Column]]:
    """Return rank and column of each heading and alias; the first words of a column rank highest."""
    found: dict[str, tuple[int, Column]] = {}
    for column in public_columns(vocabulary):
        for rank, word in enumerate((column.heading, *column.aliases)):
            found.setdefault(heading_stem(word), (rank, column))
    return found


@cache
def _prefixes() -> tuple[str, ...]:
    return tuple(heading_stem(prefix) for prefix in public_prefixes())


def _find(text: str, vocabulary: str) -> tuple[int, Column] | None:
    """Return rank and column of one heading, with or without what may stand before it."""
    stem, known = heading_stem(text), _known(vocabulary)
    if not stem:
        return None
    if stem in known:
        return known[stem]
    for prefix in _prefixes():
        rest = stem.removeprefix(prefix)
        if rest != stem and rest in known:
            return known[rest]
    if vocabulary == "places" and (feature := feature_key(text)) is not None:
        return 0, Column(key=f"feature.{feature}", heading=text, type=ColumnType.TEXT)
    return None


def blocks(table: Table, vocabulary: str) -> list[Block]:
    """Return what could be the headings of the table, for each start row the reading that knows most."""
    rows = list(table.filled())[: SEARCHED_ROWS + DEEPEST]
    found = []
    for start in range(min(len(rows), SEARCHED_ROWS)):
        stacks = [rows[start : start + deep] for deep in range(1, DEEPEST + 1)]
        read = [_block(stack, vocabulary, rows[start + len(stack) :]) for stack in stacks]
        usable = [block for block in read if block is not None and block.known]
        if usable:
            found.append(max(usable, key=lambda block: (block.known, -block.last)))
    return found


def _block(rows: Sequence[Row], vocabulary: str, below: Sequence[Row]) -> Block | None:
    """Read consecutive rows as one heading; None when a lower row can only hold data or nothing is a name."""
    width = max(len(row.cells) for row in rows)
    levels = [[cell.strip() for cell in row.cells] + [""] * (width - len(row.cells)) for row in rows]
    if any(_NUMERIC.fullmatch(cell) for level in levels[1:] for cell in level):
        return None
    above = [_filled_forward(level) for level in levels[:-1]]
    choices = [_choices([level[i] for level in levels], [a[i] for a in above]) for i in range(width)]
    best = [_best(texts, vocabulary) for texts in choices]
    _name_by_values(best, vocabulary, below)
    named = next(((i, b[0]) for i, b in enumerate(best) if b is not None and b[2].key == "name"), None)
    if named is None or not _only_headings_below(levels, *named):
        return None
    columns = _without_rivals([None if b is None else (b[1], b[2]) for b in best])
    shown = tuple(
        b[0] if b is not None else next(iter(texts), "") for b, texts in zip(best, choices, strict=True)
    )
    words = frozenset(heading_stem(text) for texts in choices for text in texts)
    row = Row(number=rows[0].number, cells=shown)
    return Block(Headings(row=row, columns=columns), words, rows[-1].number)


def _name_by_values(
    best: list[tuple[str, int, Column] | None], vocabulary: str, below: Sequence[Row]
) -> None:
    """Let a column headed 避難所 hold the names when none else does and its values are no marks."""
    if any(found is not None and found[2].key == "name" for found in best):
        return
    marks = {folded(mark) for listed in place_words()["marks"].values() for mark in listed}
    name = next((c for c in public_columns(vocabulary) if c.key == "name"), None)
    for index, found in enumerate(best):
        if found is None or name is None or not found[2].key.startswith("role."):
            continue
        values = [folded(row.cells[index]) for row in below if index < len(row.cells)]
        if values and not any(value in marks for value in values if value):
            best[index] = (found[0], len(name.aliases), name)
            return


def _filled_forward(level: Sequence[str]) -> list[str]:
    """Repeat a heading over the empty cells to its right: a merged cell holds its text on the left only."""
    filled, last = [], ""
    for cell in level:
        last = cell or last
        filled.append(last)
    return filled


def _choices(own: Sequence[str], above: Sequence[str]) -> list[str]:
    """Return the texts that may name a column: the lowest one, joined with those above, each one alone."""
    lowest = own[-1]
    joined = "".join(dict.fromkeys([*above, lowest])) if lowest and any(above) else ""
    texts = [joined, *reversed(own)]
    return [text for text in dict.fromkeys(texts) if text]


def _best(texts: Iterable[str], vocabulary: str) -> tuple[str, int, Column] | None:
    for text in texts:
        found = _find(text, vocabulary)
        if found is not None:
            return text, *found
    return None


def _only_headings_below(levels: Sequence[Sequence[str]], column: int, heading: str) -> bool:
    """True when nothing stands below the heading of the name: what stands there would be a name."""
    place = next((i for i, level in enumerate(levels) if level[column] and level[column] in heading), 0)
    return not any(level[column] for level in levels[place + 1 :])


def _without_rivals(found: Sequence[tuple[int, Column] | None]) -> tuple[Column | None, ...]:
    """Keep one column per item: of several headings for it the one whose word stands first in the list."""
    winner: dict[str, tuple[int, int]] = {}
    for place, entry in enumerate(found):
        if entry is None:
            continue
        rank, column = entry
        if column.key not in winner or rank < winner[column.key][0]:
            winner[column.key] = (rank, place)
    kept = {place for _, place in winner.values()}
    return tuple(entry[1] if entry and i in kept else None for i, entry in enumerate(found))


def told_by_values(table: Table, block: Block) -> Block:
    """Return the headings with the columns whose values, not headings, speak of roles or hazards.

    A column that no word of the vocabulary names is 避難種別 or 災害区分 when most of its values are such.
    """
    keys = block.headings.keys()
    rows = [row for row in table.filled() if row.number > block.last][:_LOOKED_AT]
    columns = list(block.headings.columns)
    wanted = {"listed_as": "roles", "hazards_text": "hazards"}
    for index, column in enumerate(columns):
        if column is not None:
            continue
        values = [row.cells[index].strip() for row in rows if index < len(row.cells)]
        for key, group in wanted.items():
            if key not in keys and _speak_of(values, group):
                heading = block.headings.row.cells[index]
                columns[index] = Column(key=key, heading=heading, type=ColumnType.TEXT)
                keys |= {key}
                break
    return replace(block, headings=replace(block.headings, columns=tuple(columns)))


def _speak_of(values: Sequence[str], group: str) -> bool:
    filled = [folded(value) for value in values if value]
    words = [folded(word) for listed in place_words()[group].values() for word in listed]
    words += [folded(word) for word in place_words()["all_hazards"]] if group == "hazards" else []
    speaking = [v for v in filled if len(v) <= _SHORT and any(word in v for word in words)]
    return len(filled) >= 1 and len(speaking) >= _MOST * len(filled)

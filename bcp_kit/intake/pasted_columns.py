"""Which column of a copied table is which of ours: by the heading row where there is one, else in order."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bcp_kit.intake.pasted import Grid

_MARKS = re.compile(r"[\s・/／()（）\[\]【】「」:：、,。.※*＊_-]")
LEAST_SHARE = 0.5


@dataclass(frozen=True)
class PastedTable:
    """`columns`: for each column of ours the position in the copied rows, None where it has none.

    `rows` are without the heading row. `unknown` are headings that belong to no column of ours.
    """

    rows: Grid
    columns: Mapping[str, int | None]
    has_heading: bool
    unknown: tuple[str, ...] = ()

    def records(self) -> tuple[Mapping[str, str], ...]:
        """Return the rows by our column keys, every column present, rows without words left out."""
        found = (
            {key: "" if at is None else row[at] for key, at in self.columns.items()} for row in self.rows
        )
        return tuple(row for row in found if any(cell.strip() for cell in row.values()))


def _word(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _matches(heading: Sequence[str], headings: Mapping[str, str]) -> dict[str, int]:
    """Return the column keys found in a row: equal words first, then one within the other."""
    words = [_word(cell) for cell in heading]
    found: dict[str, int] = {}
    for same in (lambda a, b: a == b, lambda a, b: len(min(a, b, key=len)) > 1 and (a in b or b in a)):
        for key, label in headings.items():
            if key in found:
                continue
            ours = _word(label)
            at = next(
                (i for i, w in enumerate(words) if w and i not in found.values() and same(w, ours)), None
            )
            if at is not None:
                found[key] = at
    return found


def place_columns(grid: Grid, headings: Mapping[str, str]) -> PastedTable:
    """Return the copied table laid onto our columns (`headings`: key → heading, in order).

    The first row is a heading when at least half of its filled cells are headings of ours; then columns may
    come in any order. Without one the columns are taken in their order. A heading of no column of ours is
    named, so that nothing is dropped unseen.
    """
    if not grid:
        return PastedTable((), dict.fromkeys(headings), has_heading=False)
    filled = [cell for cell in grid[0] if cell]
    found = _matches(grid[0], headings)
    exact = sum(_word(grid[0][at]) == _word(headings[key]) for key, at in found.items())
    if exact and len(found) >= LEAST_SHARE * len(filled):
        unknown = tuple(cell for i, cell in enumerate(grid[0]) if cell and i not in found.values())
        return PastedTable(grid[1:], {key: found.get(key) for key in headings}, True, unknown)
    width = len(grid[0])
    placed = {key: at if at < width else None for at, key in enumerate(headings)}
    extra = tuple(cell for cell in grid[0][len(headings) :] if cell)
    return PastedTable(grid, placed, has_heading=False, unknown=extra)

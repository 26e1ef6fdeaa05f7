"""Tables that nobody told us of: where their headings are, what stands below, what each heading may be."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bcp_kit.domain.errors import ErrorCode
from bcp_kit.forms.sheets import other_tables
from bcp_kit.intake.headings import SEARCHED_ROWS
from bcp_kit.intake.public_headings import heading_stem
from bcp_kit.intake.table import Row, Table

_SAMPLED_ROWS = 200
_NUMERIC = re.compile(r"[\s\d,.:：/％%+-]*\d[\s\d,.:：/％%+-]*")
_LONGEST_HEADING = 100


@dataclass(frozen=True)
class HeadingBlock:
    """Headings of one or two rows: `names` are all different, one for each column."""

    first: int
    last: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class UnknownTable:
    """A table as a person maps it: its headings, how many rows there are below, and the first of them.

    `known_as` is the key of the public table that it is (other_tables.yaml), empty for one of no known kind.
    `areas` counts rows that are lines or areas of a map.
    """

    sheet_name: str
    encoding: str
    headings: tuple[str, ...]
    rows: int
    sample: tuple[tuple[str, ...], ...]
    known_as: str = ""
    areas: int = 0

    def examples(self, place: int, count: int = 3) -> tuple[str, ...]:
        """Return the first different values of one column."""
        values = (row[place].strip() for row in self.sample if place < len(row))
        return tuple(dict.fromkeys(value for value in values if value))[:count]


def named_headings(cells: Sequence[str]) -> tuple[str, ...]:
    """Return headings that are all different: empty ones get their place, repeated ones their number."""
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) or f"（{place}列目）"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}（{seen[name]}）")
    return tuple(names)


def heading_blocks(table: Table) -> list[HeadingBlock]:
    """Return what could be the headings: each of the first rows alone, and with the row below it."""
    rows = list(table.filled())[: SEARCHED_ROWS + 1]
    found = [_block(rows[i : i + 1]) for i in range(min(len(rows), SEARCHED_ROWS))]
    pairs = [rows[i : i + 2] for i in range(min(len(rows) - 1, SEARCHED_ROWS))]
    return found + [_block(pair) for pair in pairs if _is_pair(*pair)]


def _is_pair(upper: Row, lower: Row) -> bool:
    """True when the lower row can only go on with the headings: it fills gaps and holds no number."""
    if any(_NUMERIC.fullmatch(cell.strip()) for cell in lower.cells if cell.strip()):
        return False
    filled = [i for i, cell in enumerate(lower.cells) if cell.strip()]
    spans = [i for i in filled if i >= len(upper.cells) or not upper.cells[i].strip()]
    heads = [i for i, cell in enumerate(upper.cells) if cell.strip() and i in filled]
    return bool(spans) and len(heads) <= len(spans)


def _block(rows: Sequence[Row]) -> HeadingBlock:
    width = max(len(row.cells) for row in rows)
    levels = [[c.strip() for c in row.cells] + [""] * (width - len(row.cells)) for row in rows]
    joined = []
    last = ""
    for place in range(width):
        upper, lower = levels[0][place], levels[-1][place] if len(levels) > 1 else ""
        last = upper or last
        group = last if lower and not upper else upper
        joined.append(" ".join(text for text in (group, lower) if text))
    return HeadingBlock(rows[0].number, rows[-1].number, named_headings(joined))


def _likely(table: Table) -> HeadingBlock | None:
    """Return the first row with the most texts that can be headings, with the row below where it goes on."""
    rows = list(table.filled())[:SEARCHED_ROWS]
    if not rows:
        return None
    best = max(rows, key=lambda row: (_heads(row), -row.number))
    blocks = [block for block in heading_blocks(table) if block.first == best.number]
    return max(blocks, key=lambda block: block.last)


def _heads(row: Row) -> int:
    texts = {cell.strip() for cell in row.cells}
    return sum(1 for t in texts if t and len(t) <= _LONGEST_HEADING and not _NUMERIC.fullmatch(t))


def unknown_table(table: Table) -> UnknownTable:
    """Return a table for mapping; empty rows do not count."""
    block = _likely(table)
    if block is None:
        return UnknownTable(table.name, table.encoding, (), 0, ())
    rows = [row for row in table.filled() if row.number > block.last]
    return UnknownTable(
        sheet_name=table.name,
        encoding=table.encoding,
        headings=block.names,
        rows=len(rows),
        sample=tuple(row.cells for row in rows[:_SAMPLED_ROWS]),
        known_as=_known_as(block.names),
        areas=_areas(table),
    )


def _known_as(names: Sequence[str]) -> str:
    words = {heading_stem(name) for name in names}
    for key, raw in other_tables().items():
        if all(words & {heading_stem(word) for word in group} for group in raw["headings"]):
            return str(key)
    return ""


def _areas(table: Table) -> int:
    counts = [p.values.get("count", 0) for p in table.problems if p.code is ErrorCode.GEOMETRY_NO_POINT]
    return sum(count for count in counts if isinstance(count, int))

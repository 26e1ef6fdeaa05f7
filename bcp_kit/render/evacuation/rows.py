"""The parts of a box before they are drawn: cells of set lines in rows, which can be cut at any line."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bcp_kit.render.evacuation.layout import Emphasis
from bcp_kit.render.evacuation.wording import printable
from bcp_kit.render.japara import RUBY_LEADING, Line, Share, TextStyle, line_height, set_lines
from bcp_kit.render.safe_text import Printable


class RowKind(StrEnum):
    """What a row is to a reading voice and to the eye."""

    WORDS = "words"
    HEAD = "head"
    CELLS = "cells"
    ITEM = "item"
    WRITE = "write"
    MAP = "map"


@dataclass(frozen=True)
class SetLine:
    """One set line with its style, its height in points, and the structure element it belongs to."""

    line: Line
    style: TextStyle
    height: float
    share: Share
    ruby: bool = False


@dataclass(frozen=True)
class Cell:
    """Lines in a column that begins at `x` and is `width` wide (points inside the box)."""

    x: float
    width: float
    lines: tuple[SetLine, ...] = ()
    heading: bool = False
    check_box: bool = False
    framed: bool = False

    @property
    def height(self) -> float:
        """Height of the lines in points."""
        return sum(line.height for line in self.lines)

    def cut(self, height: float) -> "tuple[Cell, Cell]":
        """Return the part that fits the height and the rest."""
        filled, count = 0.0, 0
        for line in self.lines:
            if filled + line.height > height + 1e-6:
                break
            filled += line.height
            count += 1
        rest = replace(self, lines=self.lines[count:], check_box=self.check_box and count == 0)
        return replace(self, lines=self.lines[:count]), rest


@dataclass(frozen=True)
class Row:
    """Cells side by side. `pad` stands above and below them; `least` is the height of a line to write on.

    A line to write on ends `right` points before the box does.
    """

    kind: RowKind
    cells: tuple[Cell, ...]
    pad: float = 0.0
    least: float = 0.0
    right: float = 0.0

    @property
    def height(self) -> float:
        """Height in points."""
        return max([self.least, *(cell.height for cell in self.cells)]) + 2 * self.pad

    def cut(self, height: float) -> "tuple[Row, Row]":
        """Return the part that fits the height and the rest."""
        parts = [cell.cut(height - 2 * self.pad) for cell in self.cells]
        return (
            replace(self, cells=tuple(part for part, _ in parts), least=0.0),
            replace(self, cells=tuple(rest for _, rest in parts), least=0.0),
        )


@dataclass(frozen=True)
class Box:
    """A titled frame with rows. `least_height` is what stays on its side when space runs out,
    `whole_height` what the box takes at least.

    `grow` is its share of space left over: a map grows to `most_height`, rows move apart by `most_row_gap`
    at most. `side_title` is the title set for the left of the box (empty: above). `goes_on` and `continued`
    mark the parts of a box that was cut. Heights in points.
    """

    key: str
    title: str
    emphasis: Emphasis
    rows: tuple[Row, ...]
    side_title: tuple[SetLine, ...] = ()
    least_height: float = 0.0
    whole_height: float = 0.0
    grow: float = 0.0
    most_height: float = 0.0
    most_row_gap: float = 10.0
    mark: str = ""
    continued: bool = False
    goes_on: bool = False

    @property
    def rows_height(self) -> float:
        """Height of all rows in points."""
        return sum(row.height for row in self.rows)


def levelled(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return cells side by side whose first lines stand level, also where only some carry furigana."""
    if not any(cell.lines and cell.lines[0].ruby for cell in cells):
        return tuple(cells)
    return tuple(
        replace(cell, lines=(_with_room(cell.lines[0]), *cell.lines[1:])) if cell.lines else cell
        for cell in cells
    )


def _with_room(line: SetLine) -> SetLine:
    height = max(line.height, line.style.size_pt * RUBY_LEADING)
    return replace(line, height=height, ruby=True)


@dataclass
class Setter:
    """Sets text into lines and gathers the characters that cannot be drawn as written."""

    missing: dict[str, None] = field(default_factory=dict)

    def lines(self, content: Printable, style: TextStyle, width: float) -> tuple[SetLine, ...]:
        """Return the lines of one paragraph."""
        found = set_lines(printable(content) if isinstance(content, str) else content, style, width)
        self.missing.update(dict.fromkeys(found.missing))
        height, share = line_height(found, style), Share()
        return tuple(SetLine(line, style, height, share, found.ruby) for line in found.lines)

    def first_fitting(self, words: str, styles: Sequence[TextStyle], width: float) -> TextStyle:
        """Return the first of these styles in which words stand on one line, else the last."""
        return next((one for one in styles if len(self.lines(words, one, width)) < 2), styles[-1])

    def cell(
        self, x: float, width: float, paragraphs: Sequence[tuple[str, TextStyle]], *, heading: bool = False
    ) -> Cell:
        """Return a cell with its paragraphs one below the other; empty ones are left out."""
        lines: tuple[SetLine, ...] = ()
        for words, style in paragraphs:
            lines += self.lines(words, style, width)
        return Cell(x, width, lines, heading)

    def paragraph(
        self, content: Printable, style: TextStyle, width: float, x: float = 0.0
    ) -> tuple[Row, ...]:
        """Return a paragraph as rows of one line each, so that it can be cut anywhere."""
        return tuple(
            Row(RowKind.WORDS, (Cell(x, width, (line,)),)) for line in self.lines(content, style, width)
        )


def cut_rows(rows: Sequence[Row], height: float, whole: float) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the rows that fit the height, and the rest.

    A row is split only when it is higher than `whole` (points), what a box of its own on a page could hold.
    """
    filled = 0.0
    for index, row in enumerate(rows):
        if filled + row.height > height + 1e-6:
            only_heads = all(r.kind is RowKind.HEAD for r in rows[:index])
            if only_heads and row.kind is not RowKind.MAP and filled + row.height > whole:
                part, rest = row.cut(height - filled)
                if any(cell.lines for cell in part.cells):
                    return (*rows[:index], part), (rest, *rows[index + 1 :])
            return ((), tuple(rows)) if only_heads else (tuple(rows[:index]), tuple(rows[index:]))
        filled += row.height
    return tuple(rows), ()

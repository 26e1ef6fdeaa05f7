"""Rows of a table with their cells read: values by column key, and every finding with row and column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.forms.sheets import Column
from bcp_kit.intake.headings import Headings
from bcp_kit.intake.parsed import Cell, Finding, Parsed
from bcp_kit.intake.row_kinds import RowKinds
from bcp_kit.intake.table import CellNature, Row, Table
from bcp_kit.intake.values import parse

_REMEMBERED = 4_000
_DITTOS = frozenset({"〃", "″", "〟", "”", "“", '"', "''", "々", "仝", "同上", "同　上", "同 上", "上に同じ"})


class RowTexts(Mapping[str, str]):
    """The cells of a row as written, by column key; holds no copy of them."""

    __slots__ = ("_cells", "_places")

    def __init__(self, cells: tuple[str, ...], places: Mapping[str, int]) -> None:
        self._cells = cells
        self._places = places

    def __getitem__(self, key: str) -> str:
        place = self._places[key]
        if place >= len(self._cells) or not self._cells[place]:
            raise KeyError(key)
        return self._cells[place]

    def __iter__(self) -> Iterator[str]:
        return (k for k, i in self._places.items() if i < len(self._cells) and self._cells[i])

    def __len__(self) -> int:
        return sum(1 for _ in self)


NO_VALUES: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row: values by column key (empty and unknown cells are absent), and the texts as written."""

    number: int
    values: Mapping[str, object]
    texts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

    def release(self) -> None:
        """Let the values go once they have become objects; a whole city's rows would hold them twice."""
        object.__setattr__(self, "values", NO_VALUES)

    def text(self, key: str) -> str:
        """Return a text value, or the empty text."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True)
class TypedTable:
    """All rows of one table. `headings` gives the heading of each column key as it stands in the file."""

    name: str
    encoding: str
    keys: frozenset[str]
    rows: tuple[TypedRow, ...]
    problems: tuple[Problem, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)

    def problem(
        self,
        row: TypedRow,
        key: str,
        code: ErrorCode,
        severity: Severity = Severity.ERROR,
        **values: str | int | float,
    ) -> Problem:
        """Return a finding on one cell of a row (or on the row, with an empty key)."""
        return Problem(
            code=code,
            severity=severity,
            row=row.number,
            column=self.headings.get(key, key),
            value=row.texts.get(key, ""),
            values=values,
        )


def read_rows(table: Table, headings: Headings, first_row: int, today: date) -> TypedTable:
    """Read the rows from number `first_row` on.

    Empty rows are left out; totals, notes, repeated headings and examples are left out and named.
    """
    reader = _Reader(table, headings, today)
    kinds = RowKinds.of(headings.row.cells, headings.columns)
    typed, skipped, unheaded = [], [], _Unheaded(headings)
    for row in table.rows:
        if row.number < first_row or row.is_empty():
            continue
        why = kinds.not_data(row)
        if why is not None:
            skipped.append(_left_out(row, why))
            continue
        unheaded.take(row)
        typed.append(reader.typed(row))
    own = [p for p in table.problems if p.row is None]
    own += unheaded.problems() + skipped + list(headings.problems)
    if not typed:
        own.append(Problem(code=ErrorCode.NO_ROWS))
    return TypedTable(
        name=table.name,
        encoding=table.encoding,
        keys=headings.keys(),
        rows=tuple(typed),
        problems=tuple(own),
        headings={
            c.key: h for c, h in zip(headings.columns, headings.row.cells, strict=True) if c is not None
        },
    )


def _left_out(row: Row, code: ErrorCode) -> Problem:
    said = next(cell.strip() for cell in row.cells if cell.strip())
    return Problem(code=code, severity=Severity.NOTICE, row=row.number, value=said)


@dataclass(slots=True)
class _Place:
    """One column of the table: where it stands, what it is, and the cells that were read before."""

    index: int
    column: Column
    key: str
    heading: str
    required: bool
    known: dict[str, Parsed] = field(default_factory=dict)

    def read(self, text: str, nature: CellNature | None, today: date) -> Parsed:
        """Return what the cell gives; texts that come again are read once."""
        parsed = parse(Cell(text, nature, today), self.column)
        if nature is None and len(self.known) < _REMEMBERED:
            self.known[text] = parsed
        return parsed


class _Reader:
    """Reads one row after the other; remembers the row above for ditto marks."""

    def __init__(self, table: Table, headings: Headings, today: date) -> None:
        self._today = today
        self._wide = len(headings.columns)
        named = enumerate(zip(headings.columns, headings.row.cells, strict=True))
        self._places = [_Place(i, c, c.key, h, c.required) for i, (c, h) in named if c is not None]
        self._at = {place.key: place.index for place in self._places}
        self._of_row: dict[int, list[Problem]] = {}
        for problem in table.problems:
            if problem.row is not None:
                self._of_row.setdefault(problem.row, []).append(problem)
        self._above: tuple[str, ...] = ()

    def typed(self, row: Row) -> TypedRow:
        """Return the row's values and every finding on it."""
        problems = list(self._of_row.get(row.number, ()))
        if not any(p.code in (ErrorCode.ROW_SHIFTED, ErrorCode.ROW_CUT_OFF) for p in problems):
            problems += _shift(row, self._wide)
        cells, natures, today = row.cells, row.natures, self._today
        width = len(cells)
        values: dict[str, object] = {}
        for place in self._places:
            text = cells[place.index] if place.index < width else ""
            nature = natures.get(place.index) if natures else None
            if not text and not place.required and nature is None:
                continue
            parsed = place.known.get(text) if nature is None else None
            if parsed is None:
                if text in _DITTOS or text.strip() in _DITTOS:
                    text = self._from_above(row, place, text, problems)
                    cells = (*cells[: place.index], text, *cells[place.index + 1 :])
                    nature = None
                parsed = place.read(text, nature, today)
            if parsed.findings:
                problems += [_problem(f, row.number, place.heading, text) for f in parsed.findings]
            if parsed.value is not None:
                values[place.key] = parsed.value
        self._above = cells
        return TypedRow(row.number, values, RowTexts(cells, self._at), tuple(problems))

    def _from_above(self, row: Row, place: _Place, text: str, problems: list[Problem]) -> str:
        """Return what stands above a 〃 or 同上, with a notice; nothing above is an error."""
        above = self._above[place.index] if place.index < len(self._above) else ""
        missing = not above.strip()
        problems.append(
            Problem(
                code=ErrorCode.DITTO_UNCLEAR if missing else ErrorCode.DITTO_FILLED,
                severity=Severity.ERROR if missing else Severity.NOTICE,
                row=row.number,
                column=place.heading,
                value=text,
                values={"text": above},
            )
        )
        return above


def _problem(finding: Finding, row: int, heading: str, text: str) -> Problem:
    return Problem(
        code=finding.code,
        severity=finding.severity,
        row=row,
        column=heading,
        value=text,
        values=finding.values,
    )


def _shift(row: Row, wide: int) -> list[Problem]:
    """Name a row that is longer than its headings: a separator too many shifts what follows."""
    if len(row.cells) <= wide:
        return []
    used = max((i + 1 for i, cell in enumerate(row.cells) if cell.strip()), default=0)
    if used <= wide:
        return []
    return [Problem(code=ErrorCode.ROW_SHIFTED, row=row.number, values={"headings": wide, "cells": used})]


class _Unheaded:
    """Columns that hold values under an empty heading."""

    def __init__(self, headings: Headings) -> None:
        self._row = headings.row.number
        self._open = {i for i, cell in enumerate(headings.row.cells) if not cell.strip()}
        self._filled: set[int] = set()

    def take(self, row: Row) -> None:
        found = {i for i in self._open if i < len(row.cells) and row.cells[i].strip()}
        self._open -= found
        self._filled |= found

    def problems(self) -> list[Problem]:
        """Name each of them."""
        severity = Severity.WARNING
        return [
            Problem(code=ErrorCode.HEADING_EMPTY, severity=severity, row=self._row, values={"place": i + 1})
            for i in sorted(self._filled)
        ]

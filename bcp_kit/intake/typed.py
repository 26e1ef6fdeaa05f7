"""Rows of a table with their cells read: values by column key, and every finding with row and column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.forms.sheets import words
from bcp_kit.intake.headings import Headings
from bcp_kit.intake.parsed import Cell, Finding, folded
from bcp_kit.intake.table import Row, Table
from bcp_kit.intake.values import parse

_FIRST_CELLS = 4


@dataclass(frozen=True)
class TypedRow:
    """One row: values by column key (empty and unknown cells are absent), and the texts as written."""

    number: int
    values: Mapping[str, object]
    texts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()

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
    """Read the rows from number `first_row` on; totals are left out and named, empty rows just left out."""
    below = [row for row in table.filled() if row.number >= first_row]
    typed, skipped = [], []
    for row in below:
        if _is_total(row, headings):
            skipped.append(Problem(code=ErrorCode.TOTAL_ROW, severity=Severity.NOTICE, row=row.number))
        else:
            typed.append(_typed(row, headings, table.spoiled_rows, today))
    own = [p for p in table.problems if p.row is None]
    own += _unheaded(below, headings) + skipped + list(headings.problems)
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


@cache
def _total_words() -> frozenset[str]:
    return frozenset(folded(word) for word in words()["total_rows"])


def _is_total(row: Row, headings: Headings) -> bool:
    """True when a cell near the start says 合計 and a required cell is empty."""
    says_total = any(folded(cell).rstrip(":：") in _total_words() for cell in row.cells[:_FIRST_CELLS])
    if not says_total:
        return False
    required = [i for i, c in enumerate(headings.columns) if c is not None and c.required]
    return any(i >= len(row.cells) or not row.cells[i].strip() for i in required)


def _typed(row: Row, headings: Headings, spoiled: frozenset[int], today: date) -> TypedRow:
    values: dict[str, object] = {}
    texts: dict[str, str] = {}
    problems = _shift(row, headings)
    if row.number in spoiled:
        problems.append(Problem(code=ErrorCode.CELLS_MERGED, row=row.number))
    for index, column in enumerate(headings.columns):
        if column is None:
            continue
        text = row.cells[index] if index < len(row.cells) else ""
        if not text and not column.required and index not in row.natures:
            continue
        parsed = parse(Cell(text, row.natures.get(index), today), column)
        heading = headings.row.cells[index]
        problems += [_problem(f, row.number, heading, text) for f in parsed.findings]
        texts[column.key] = text
        if parsed.value is not None:
            values[column.key] = parsed.value
    return TypedRow(number=row.number, values=values, texts=texts, problems=tuple(problems))


def _problem(finding: Finding, row: int, heading: str, text: str) -> Problem:
    return Problem(
        code=finding.code,
        severity=finding.severity,
        row=row,
        column=heading,
        value=text,
        values=finding.values,
    )


def _shift(row: Row, headings: Headings) -> list[Problem]:
    """Name a row that is longer than its headings: a separator too many shifts what follows."""
    wide = len(headings.columns)
    used = max((i + 1 for i, cell in enumerate(row.cells) if cell.strip()), default=0)
    if used <= wide:
        return []
    return [Problem(code=ErrorCode.ROW_SHIFTED, row=row.number, values={"headings": wide, "cells": used})]


def _unheaded(rows: list[Row], headings: Headings) -> list[Problem]:
    """Name columns that hold values under an empty heading."""
    places = [i for i, cell in enumerate(headings.row.cells) if not cell.strip()]
    filled = [i for i in places if any(i < len(r.cells) and r.cells[i].strip() for r in rows)]
    return [
        Problem(
            code=ErrorCode.HEADING_EMPTY,
            severity=Severity.WARNING,
            row=headings.row.number,
            values={"place": i + 1},
        )
        for i in filled
    ]

"""Which row holds the headings, and which column of a sheet each heading is."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.forms.sheets import REPEAT_LIMIT, Column, ColumnType, Sheet, SheetKind, sheet
from bcp_kit.intake.dates import read_date
from bcp_kit.intake.parsed import folded, width_folded
from bcp_kit.intake.table import Row, Table
from bcp_kit.intake.vocabulary import feature_key

SEARCHED_ROWS = 15
_ORNAMENT = re.compile(r"[*※●★]|[(（]必須[)）]|【必須】")
_MONTH_DAY = re.compile(r"(\d{1,2})\s*[/月]\s*(\d{1,2})\s*日?(?:\s*[(（].[)）])?")


@dataclass(frozen=True)
class Headings:
    """The heading row and, by position, the column that each heading is (None: not ours)."""

    row: Row
    columns: tuple[Column | None, ...]
    problems: tuple[Problem, ...] = ()

    def keys(self) -> frozenset[str]:
        """Return the keys of the columns that the table has."""
        return frozenset(c.key for c in self.columns if c is not None)


def heading_word(text: str) -> str:
    """Return a heading for comparing: one width, no white space, no marks of required columns."""
    return _ORNAMENT.sub("", folded(text))


@cache
def own_columns(kind: SheetKind) -> Mapping[str, Column]:
    """Return the columns of one of our sheets by heading and alias; the headings themselves come first."""
    listed = tuple(sheet(kind).expanded(REPEAT_LIMIT))
    found = {heading_word(c.heading): c for c in listed}
    for column in listed:
        for alias in column.aliases:
            found.setdefault(heading_word(alias), column)
    return found


def find_heading_row(table: Table, known: Iterable[str]) -> tuple[Row | None, int]:
    """Return the row among the first ones that holds most of the known headings, and how many it holds."""
    words = frozenset(known)
    best: tuple[Row | None, int] = (None, 0)
    for row in list(table.filled())[:SEARCHED_ROWS]:
        hits = len({heading_word(cell) for cell in row.cells} & words)
        if hits > best[1]:
            best = (row, hits)
    return best


def map_headings(row: Row, known: Mapping[str, Column], dated: Sheet | None, today: date) -> Headings:
    """Give each heading its column; headings that stand twice, are unknown or empty are named.

    `dated` is the sheet whose further columns are headed by dates (the roster), or None.
    """
    columns = [_column(cell, known, dated, today) for cell in row.cells]
    counted = Counter(c.key for c in columns if c is not None)
    problems = [
        Problem(code=ErrorCode.HEADING_TWICE, row=row.number, column=cell, values={"heading": cell})
        for cell, column in zip(row.cells, columns, strict=True)
        if column is not None and counted[column.key] > 1
    ]
    problems += [
        Problem(
            code=ErrorCode.HEADING_UNKNOWN,
            severity=Severity.WARNING,
            row=row.number,
            column=cell,
            values={"heading": cell.strip()},
        )
        for cell, column in zip(row.cells, columns, strict=True)
        if column is None and cell.strip()
    ]
    return Headings(row=row, columns=tuple(columns), problems=tuple(problems))


def missing_headings(headings: Headings, required: Iterable[Column]) -> tuple[Problem, ...]:
    """Name the required columns that the table lacks."""
    keys = headings.keys()
    return tuple(
        Problem(
            code=ErrorCode.HEADING_MISSING,
            row=headings.row.number,
            column=column.heading,
            values={"heading": column.heading},
        )
        for column in required
        if column.key not in keys
    )


def _column(cell: str, known: Mapping[str, Column], dated: Sheet | None, today: date) -> Column | None:
    found = known.get(heading_word(cell))
    if found is not None or not cell.strip():
        return found
    if dated is not None and dated.date_columns is not None:
        day = _heading_date(cell, today)
        if day is not None:
            return Column(key=f"day.{day.isoformat()}", heading=cell, type=dated.date_columns.type)
    feature = feature_key(cell) if "features.yes" in {c.key for c in known.values()} else None
    if feature is not None:
        return Column(key=f"feature.{feature}", heading=cell, type=ColumnType.KNOWN)
    return None


def _heading_date(text: str, today: date) -> date | None:
    """Return the date of a heading; without a year it is the one nearest to `today`."""
    try:
        found = read_date(text)
        short = _MONTH_DAY.fullmatch(width_folded(text))
        if found is not None or short is None:
            return found
        years = (today.year - 1, today.year, today.year + 1)
        days = [date(year, int(short[1]), int(short[2])) for year in years]
    except ValueError:
        return None
    return min(days, key=lambda day: abs((day - today).days))

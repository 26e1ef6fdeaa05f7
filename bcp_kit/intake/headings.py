"""Which row holds the headings, and which column of a sheet each heading is."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice, pairwise

from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.forms.sheets import REPEAT_LIMIT, Column, ColumnType, Sheet, SheetKind, sheet
from bcp_kit.forms.sheets import words as sheet_words
from bcp_kit.intake.dates import read_date
from bcp_kit.intake.parsed import folded, width_folded
from bcp_kit.intake.row_kinds import HEADING_JOIN
from bcp_kit.intake.table import Row, Table
from bcp_kit.intake.vocabulary import feature_key

SEARCHED_ROWS = 15
DEEPEST = 3
_LONGEST_GROUP = 20
_SAYS_SOMETHING = re.compile(r"[:：年月日課係]")
_DIGITS = re.compile(r"[\d,.\-/]+")
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


@dataclass(frozen=True)
class JoinedRow(Row):
    """Headings of several rows as one: `number` is the last of them, `deep` says how many there are."""

    deep: int = 1


def find_heading_row(table: Table, known: Iterable[str]) -> tuple[Row | None, int]:
    """Return the headings among the first rows that hold most of the known ones, and how many they hold.

    Up to three rows are read as one where that knows more: a heading is then joined with the one above it.
    """
    words = frozenset(known)
    rows = list(islice(table.filled(), SEARCHED_ROWS + DEEPEST))
    best: tuple[Row | None, int] = (None, 0)
    for start in range(min(len(rows), SEARCHED_ROWS)):
        for deep in range(1, DEEPEST + 1):
            upper = start - 1 if deep == 1 and start and _groups(rows[start - 1], rows[start]) else start
            row = _joined(rows[upper : start + deep], words)
            hits = 0 if row is None else len({heading_word(cell) for cell in row.cells} & words)
            if hits > best[1]:
                best = (row, hits)
    return best


def _groups(upper: Row, lower: Row) -> bool:
    """True when the row above can only be the groups of these headings: several words, each over a heading.

    A title stands alone; 作成日：令和8年 and 担当：福祉課 say something of the whole list.
    """
    if lower.number - upper.number != 1:
        return False
    filled = [(i, cell.strip()) for i, cell in enumerate(upper.cells) if cell.strip()]
    over = all(i < len(lower.cells) and lower.cells[i].strip() for i, _ in filled)
    words = all(len(cell) <= _LONGEST_GROUP and not _SAYS_SOMETHING.search(cell) for _, cell in filled)
    return 2 <= len(filled) < sum(1 for cell in lower.cells if cell.strip()) and over and words


def _joined(rows: Sequence[Row], words: frozenset[str]) -> Row | None:
    """Return consecutive rows as one row of headings; None where a lower row can only hold data."""
    if len(rows) == 1:
        return rows[0]
    last = rows[-1]
    in_one_piece = last.number - rows[0].number == len(rows) - 1
    if not in_one_piece or any(_DIGITS.fullmatch(width_folded(c)) for r in rows[1:] for c in r.cells if c):
        return None
    width = max(len(row.cells) for row in rows)
    levels = [[" ".join(c.split()) for c in row.cells] + [""] * (width - len(row.cells)) for row in rows]
    for upper, lower in pairwise(levels):
        _fill_forward(upper, lower)
    cells = tuple(_heading([level[i] for level in levels], words) for i in range(width))
    return JoinedRow(number=last.number, cells=cells, deep=len(rows))


def _fill_forward(upper: list[str], lower: Sequence[str]) -> None:
    """Repeat a heading over the empty cells to its right that go on below it: it spans them."""
    for place in range(1, len(upper)):
        if not upper[place] and lower[place] and upper[place - 1] and lower[place - 1]:
            upper[place] = upper[place - 1]


def _heading(levels: Sequence[str], words: frozenset[str]) -> str:
    """Return the joined heading of one column: the writing that is known, else all parts.

    A heading alone counts only below a neutral group (基本情報): 氏名 below 緊急連絡先 is another person's.
    """
    parts = [part for part in dict.fromkeys(levels) if part]
    if len(parts) <= 1:
        return "".join(parts)
    for sign in ("", "の", "：", HEADING_JOIN):
        joined = sign.join(parts)
        if heading_word(joined) in words:
            return joined
    neutral = {folded(word) for word in sheet_words()["neutral_groups"]}
    if all(folded(part) in neutral for part in parts[:-1]):
        return parts[-1]
    return HEADING_JOIN.join(parts)


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
    if isinstance(row, JoinedRow):
        heading = max(row.cells, key=len)
        values: dict[str, str | int | float] = {"rows": row.deep, "heading": heading}
        notice = Severity.NOTICE
        problems.append(
            Problem(code=ErrorCode.HEADINGS_JOINED, severity=notice, row=row.number, values=values)
        )
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

"""A roster as facilities keep it, as it stands in the file: people, days, marks, each with its cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.intake.guard import SCREEN, Limits, shown_name
from bcp_kit.intake.roster_days import DayRow, day_rows, months_that_agree, stated_month
from bcp_kit.intake.roster_legend import LegendEntry, legend_entries
from bcp_kit.intake.roster_people import PersonRow, day_problems, people_rows
from bcp_kit.intake.table import Row, Table
from bcp_kit.intake.table_reader import read_tables
from bcp_kit.intake.workbook_cells import column_letters

Fixes = Mapping[str, str]
"""Corrected cells by address (see `address`): they are read in place of the file's own."""


@dataclass(frozen=True)
class RosterSheet:
    """One sheet: its month (None: not stated), months that its weekdays allow, people, and findings."""

    name: str
    month: date | None
    months: tuple[date, ...]
    people: tuple[PersonRow, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class RosterReading:
    """A file of rosters as it stands: sheets, the legends of all of them, findings about the file."""

    name: str
    sheets: tuple[RosterSheet, ...] = ()
    legend: tuple[LegendEntry, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def people(self) -> tuple[PersonRow, ...]:
        """All rows with a person, in the order of the file."""
        return tuple(person for sheet in self.sheets for person in sheet.people)

    def findings(self) -> Iterator[tuple[str, Problem]]:
        """Yield (sheet, finding), those of the file first."""
        yield from (("", problem) for problem in self.problems)
        for sheet in self.sheets:
            yield from ((sheet.name, problem) for problem in sheet.problems)

    @property
    def is_refused(self) -> bool:
        """True when no mark may be stored: no roster, no names, a month that is unknown or wrong."""
        return any(p.severity is Severity.ERROR for _, p in self.findings())


def address(sheet: str, column: int, row: int) -> str:
    """Return where a cell stands, as people say it: 11月!F12."""
    return f"{sheet}!{column_letters(column)}{row}"


def read_roster(
    content: bytes,
    name: str,
    today: date,
    months: Mapping[str, date] = MappingProxyType({}),
    fixes: Fixes = MappingProxyType({}),
    limits: Limits = SCREEN,
) -> RosterReading:
    """Return the rosters of a file; a file that cannot be read becomes a finding, never an exception.

    `months` are the months that a person chose, by the name of the sheet: they count in place of what the
    head says, whatever the weekdays are. The file's shape is recognised, never demanded.
    """
    try:
        tables = read_tables(content, name, limits)
    except BcpKitError as error:
        problem = Problem(code=error.code, values=error.values)
        return RosterReading(shown_name(name), problems=(problem,))
    tables = tuple(_fixed(table, fixes) for table in tables if not table.hidden)
    sheets, legend = [], []
    for table in tables:
        days = day_rows(table.rows)
        read = None
        if days:
            stated = stated_month(_texts(table, days[0], name), days[0], today)
            month = months.get(table.name, stated)
            read = _sheet(table, days, month, today, chosen=table.name in months)
            sheets.append(read)
        legend += _legend_rows(table, days, read)
    problems = () if sheets else (Problem(code=ErrorCode.ROSTER_NOT_FOUND),)
    return RosterReading(shown_name(name), tuple(sheets), legend_entries(legend), problems)


def _fixed(table: Table, fixes: Fixes) -> Table:
    """Return the table with corrected cells."""
    own = {place: text for place, text in fixes.items() if place.rpartition("!")[0] == table.name}
    if not own:
        return table
    rows = []
    for row in table.rows:
        cells = [own.get(address(table.name, i, row.number), cell) for i, cell in enumerate(row.cells)]
        rows.append(row if tuple(cells) == row.cells else replace(row, cells=tuple(cells)))
    return replace(table, rows=tuple(rows))


def _sheet(
    table: Table, days: Sequence[DayRow], month: date | None, today: date, *, chosen: bool
) -> RosterSheet:
    first = days[0]
    allowed = months_that_agree(first, today)
    people: list[PersonRow] = []
    problems: list[Problem] = []
    for place, block in enumerate(days):
        end = days[place + 1].row if place + 1 < len(days) else None
        rows = [row for row in table.rows if end is None or row.number < end]
        found = people_rows(table, rows, block, month)
        if place and not found.people:
            continue
        people += found.people
        problems += found.problems
        problems += day_problems(table, block, month, told=chosen)
    if not people and not any(p.code is ErrorCode.ROSTER_NO_NAMES for p in problems):
        problems.append(Problem(code=ErrorCode.ROSTER_NO_NAMES, row=first.row))
    if month is None:
        problems.append(Problem(code=ErrorCode.ROSTER_MONTH_UNKNOWN, row=first.row))
    return RosterSheet(table.name, month, allowed, tuple(people), tuple(problems))


def _texts(table: Table, first: DayRow, file_name: str) -> list[str]:
    """Return what may state the month: the lines above the days, nearest first, then sheet and file name."""
    lines = [row for row in table.filled() if row.number < first.row]
    texts = [" ".join(cell.strip() for cell in row.cells if cell.strip()) for row in reversed(lines)]
    return [*texts, table.name, shown_name(file_name).rpartition(".")[0]]


def _legend_rows(table: Table, days: Sequence[DayRow], read: RosterSheet | None) -> list[Row]:
    """Return what can hold a legend: rows that are nobody's, and what stands right of the days of others."""
    if read is None:
        return list(table.rows)
    taken = {person.row for person in read.people}
    right = max(max(block.days) for block in days)
    found = []
    for row in table.rows:
        if row.number not in taken:
            found.append(row)
        elif len(row.cells) > right + 1:
            hidden = ("",) * (right + 1)
            found.append(replace(row, cells=(*hidden, *row.cells[right + 1 :])))
    return found

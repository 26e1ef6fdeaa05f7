"""The rows of a roster that are people, their marks by day, and what does not fit the month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.roster_columns import PersonColumns, cell, person_columns
from bcp_kit.intake.roster_days import DayRow
from bcp_kit.intake.roster_words import REST, folded_list, heading_words, mark_words, role_words
from bcp_kit.intake.table import Merge, Row, Table
from bcp_kit.intake.workbook_cells import column_letters

_LONGEST_NAME = 16
_NOT_IN_NAMES = ":：。、，,=＝～~／/※"
_COUNT_ENDS = ("人数", "者数", "名数", "時間数", "計", "(人)", "(名)", "(h)")


@dataclass(frozen=True)
class MarkCell:
    """One mark: the cell in which it stands (F12), its day, and the text as written."""

    cell: str
    day: date
    text: str


@dataclass(frozen=True)
class PersonRow:
    """One person's row: name and occupation as written, marks, and the days whose cells are empty."""

    sheet: str
    row: int
    cell: str
    name: str
    role: str = ""
    form: str = ""
    number: str = ""
    marks: tuple[MarkCell, ...] = ()
    blank: tuple[date, ...] = ()

    @property
    def key(self) -> str:
        """What tells this row from the others of its file."""
        return f"{self.sheet}!{self.cell}"


@dataclass
class PeopleFound:
    """The people of one block and what was found beside them."""

    people: list[PersonRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Block:
    """What the rows of a block are read with."""

    table: Table
    days: DayRow
    columns: PersonColumns
    places: Mapping[int, date | None]

    def spans(self, row: Row) -> dict[int, Merge]:
        """Merged ranges over several days that begin in this row, by their first column."""
        wide = (m for m in self.table.merges if m.top == row.number and m.right > m.left)
        return {m.left: m for m in wide if m.left in self.days.days}


def people_rows(table: Table, rows: Sequence[Row], days: DayRow, month: date | None) -> PeopleFound:
    """Return the people below a row of days; without a month their marks have no days and are left out."""
    columns = person_columns(rows, days)
    found = PeopleFound()
    if columns.name is None:
        if any(row.number > days.row and any(cell(row, c) for c in days.days) for row in rows):
            found.problems.append(Problem(code=ErrorCode.ROSTER_NO_NAMES, row=days.row))
        return found
    block = _Block(table, days, columns, days.places(month) if month else {})
    section = ""
    for row in rows:
        if row.number <= days.row or row.is_empty() or row.number == days.weekday_row:
            continue
        if _is_heading(row, columns):
            continue
        if _ends(row, days):
            break
        if _is_section(row, days):
            section = next(text for text in map(str.strip, row.cells) if text).strip("【】[]()（）■●◆<>＜＞")
        elif not _is_count(row, columns, days):
            _take(block, row, section, found)
    return found


def _is_heading(row: Row, columns: PersonColumns) -> bool:
    return heading_words().get(folded(cell(row, columns.name))) == "name"


def _left(row: Row, days: DayRow) -> list[str]:
    return [folded(text) for text in row.cells[: days.first_column] if text.strip()]


def _has_marks(row: Row, days: DayRow) -> bool:
    return any(cell(row, column) for column in days.days)


def _ends(row: Row, days: DayRow) -> bool:
    """True at the legend or the notes: no person comes after them in the block."""
    left = _left(row, days)
    ends = folded_list("legend_headings") | folded_list("notes")
    return not _is_number_line(row, days) and any(
        text.strip("【】[]()■:") in ends or text.startswith("※") for text in left[:1]
    )


def _is_number_line(row: Row, days: DayRow) -> bool:
    texts = [folded(cell(row, column)) for column in days.days if cell(row, column)]
    return bool(texts) and all(text.replace(".", "", 1).isdigit() for text in texts)


def _is_section(row: Row, days: DayRow) -> bool:
    """True for a line that only names the occupation of those below it."""
    left = _left(row, days)
    if _has_marks(row, days) or len(left) != 1:
        return False
    text = next(t for t in map(str.strip, row.cells) if t)
    return text[0] in "【[■●◆<＜" or text.endswith(("】", "＞", "]")) or folded(text) in role_words()


def _is_count(row: Row, columns: PersonColumns, days: DayRow) -> bool:
    """True for sums and for the lines of hours below a person's marks."""
    left = _left(row, days)
    if any(text in folded_list("totals") or text in folded_list("skipped_lines") for text in left):
        return True
    if not _is_number_line(row, days):
        return False
    label = folded(cell(row, columns.name)) or (left[0] if left else "")
    return not label or label in mark_words() or label.endswith(_COUNT_ENDS)


def _take(block: _Block, row: Row, section: str, found: PeopleFound) -> None:
    """Add the person of a row, or say why the row is nobody's."""
    name = cell(row, block.columns.name)
    where = f"{column_letters(block.columns.name or 0)}{row.number}"
    if not name:
        if _has_marks(row, block.days):
            found.problems.append(_problem(ErrorCode.ROSTER_ROW_NAMELESS, row, where))
        return
    if _goes_on(block, row):
        if not _is_number_line(row, block.days) and _has_marks(row, block.days):
            found.problems.append(_problem(ErrorCode.ROSTER_SECOND_LINE, row, where, name=name))
        return
    if not _has_marks(row, block.days):
        known = any(cell(row, c) for c in (block.columns.role, block.columns.form, block.columns.number))
        if known or _can_be_name(name):
            found.problems.append(_problem(ErrorCode.ROSTER_ROW_EMPTY, row, where, name=name))
        return
    marks, blank = _marks(block, row, found)
    found.people.append(
        PersonRow(
            sheet=block.table.name,
            row=row.number,
            cell=where,
            name=name,
            role=cell(row, block.columns.role) or section,
            form=cell(row, block.columns.form),
            number=cell(row, block.columns.number),
            marks=marks,
            blank=blank,
        )
    )


def _can_be_name(text: str) -> bool:
    """True for a short text without the signs of a sentence, a list or a time."""
    return len(text) <= _LONGEST_NAME and not any(c.isdigit() or c in _NOT_IN_NAMES for c in text)


def _goes_on(block: _Block, row: Row) -> bool:
    """True for the second line of a person whose name is merged over several rows."""
    return any(
        m.left == block.columns.name and m.top < row.number <= m.bottom and m.top > block.days.row
        for m in block.table.merges
    )


def _marks(block: _Block, row: Row, found: PeopleFound) -> tuple[tuple[MarkCell, ...], tuple[date, ...]]:
    marks: list[MarkCell] = []
    blank: list[date] = []
    spans = block.spans(row)
    covered: dict[int, int] = {c: m.left for m in spans.values() for c in range(m.left + 1, m.right + 1)}
    for column, day in sorted(block.places.items()):
        source = covered.get(column, column)
        text = cell(row, source)
        where = f"{column_letters(source)}{row.number}"
        if source != column and mark_words().get(folded(text)) not in REST:
            text = ""  # a shift is worked once; what the next days are is asked, not guessed
        if day is None:
            if text:
                own = f"{column_letters(column)}{row.number}"
                found.problems.append(
                    _problem(ErrorCode.ROSTER_DAY_OUTSIDE, row, own, day=block.days.days[column], text=text)
                )
        elif text:
            marks.append(MarkCell(where, day, text))
        else:
            blank.append(day)
    for span in spans.values():
        text = cell(row, span.left)
        if text:
            cells = f"{column_letters(span.left)}{row.number}:{column_letters(span.right)}{row.number}"
            found.problems.append(_problem(ErrorCode.ROSTER_DAYS_MERGED, row, cells, text=text))
    return tuple(marks), tuple(blank)


_SEVERITIES = {
    ErrorCode.ROSTER_SECOND_LINE: Severity.WARNING,
    ErrorCode.ROSTER_ROW_EMPTY: Severity.NOTICE,
    ErrorCode.ROSTER_DAYS_MERGED: Severity.WARNING,
    ErrorCode.ROSTER_DAY_OUTSIDE: Severity.WARNING,
    ErrorCode.ROSTER_ROW_NAMELESS: Severity.WARNING,
}


def _problem(code: ErrorCode, row: Row, where: str, **values: str | int) -> Problem:
    """Return a finding about a row with the cell that a person looks for."""
    severity = _SEVERITIES.get(code, Severity.ERROR)
    return Problem(code=code, severity=severity, row=row.number, values={"cell": where, **values})


def day_problems(table: Table, days: DayRow, month: date | None, *, told: bool) -> list[Problem]:
    """Return what speaks against the month: weekdays of another month, columns for days it does not have."""
    del table
    if month is None:
        return []
    places = days.places(month)
    problems = []
    wrong = [
        column
        for column, weekday in days.weekdays.items()
        if (on := places.get(column)) is not None and on.weekday() != weekday
    ]
    if wrong:
        column = min(wrong)
        values: dict[str, str | int] = {
            "cell": f"{column_letters(column)}{days.weekday_row}",
            "month": f"{month.year}-{month.month:02}",
            "days": len(wrong),
        }
        severity = Severity.WARNING if told or days.agrees(month) else Severity.ERROR
        problems.append(
            Problem(code=ErrorCode.ROSTER_MONTH_DOUBT, severity=severity, row=days.weekday_row, values=values)
        )
    for column, day in sorted(days.days.items()):
        if places[column] is None:
            values = {
                "cell": f"{column_letters(column)}{days.row}",
                "day": day,
                "month": f"{month.year}-{month.month:02}",
            }
            problems.append(
                Problem(
                    code=ErrorCode.ROSTER_NO_SUCH_DAY, severity=Severity.NOTICE, row=days.row, values=values
                )
            )
    return problems

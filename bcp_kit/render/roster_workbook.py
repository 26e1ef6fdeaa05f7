"""A roster as an Excel file in a shape like the one that facilities keep (the official form was not read).

People × days with marks, weekdays, sums by shift and a legend with hours; the reader of `intake.roster_sheet`
reads it back cell by cell. Helpers and empty posts stand on tabs of their own.
"""

from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from bcp_kit.forms.messages import text
from bcp_kit.render.roster_table import RosterLine, RosterTable, look_of, post_label, weekday, wish_words
from bcp_kit.render.spreadsheet import Cleaner, Written, saved

_FIRST_DAY_COLUMN = 5
_SHORT_RUN = 7
_ERA_FROM = 2018
_THIN = Side(style="thin", color="808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CENTRE = Alignment(horizontal="center", vertical="center")
_WRAPPED = Alignment(wrap_text=True, vertical="center")
_HEAD = PatternFill("solid", fgColor="E3E3E3")
_WIDTHS = (16.0, 9.0, 12.0, 18.0)


class _Tab:
    """A sheet of which every filled cell is text: no formula, no date, no lost zero."""

    def __init__(self, tab: Any, cleaner: Cleaner) -> None:
        self.tab, self._cleaner = tab, cleaner

    def put(self, row: int, column: int, value: str, *, boxed: bool = False, bold: bool = False) -> Any:
        cell = self.tab.cell(row, column)
        cell.value = self._cleaner.clean(value)
        cell.data_type, cell.number_format = "s", "@"
        cell.alignment = _WRAPPED
        if boxed:
            cell.border = _BOX
        if bold:
            cell.font = Font(bold=True)
        return cell


def roster_workbook(table: RosterTable) -> Written:
    """Return the roster as an Excel file."""
    book, cleaner = Workbook(), Cleaner()
    grid: Any = book.active
    grid.title = text("rosters.sheet.tab")
    _grid(_Tab(grid, cleaner), table)
    helpers = [line for line in table.lines if line.helper]
    if helpers:
        _helpers(_Tab(book.create_sheet(text("rosters.sheet.helpers")), cleaner), table, helpers)
    if table.empty:
        _empty(_Tab(book.create_sheet(text("rosters.sheet.empty")), cleaner), table)
    return Written(saved(book), cleaner.cells)


def _grid(tab: _Tab, table: RosterTable) -> None:
    tab.put(1, 1, table.title, bold=True)
    first = table.days[0]
    tab.put(2, 1, text("rosters.sheet.month", era=first.year - _ERA_FROM, month=first.month))
    tab.put(2, 4, f"{table.operator}　{table.facility}".strip("　"))
    if table.about:
        tab.put(3, 1, table.about)
    row = _people(tab, table, _headings(tab, table, 4))
    row = _sums(tab, table, row)
    _legend(tab, table, row + 1)
    for index, width in enumerate(_WIDTHS, start=1):
        tab.tab.column_dimensions[get_column_letter(index)].width = width
    for index in range(len(table.days)):
        tab.tab.column_dimensions[get_column_letter(_FIRST_DAY_COLUMN + index)].width = 5.0
    for row_number in (1, 2, 3):
        for cell in tab.tab[row_number]:
            cell.alignment = Alignment(wrap_text=False)
    tab.tab.freeze_panes = tab.tab.cell(6, _FIRST_DAY_COLUMN)
    _page(tab.tab)


def _page(sheet: Any) -> None:
    """Lying A3, as wide as the paper."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8  # A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "4:5"


def _headings(tab: _Tab, table: RosterTable, row: int) -> int:
    """Write both heading rows and return the row below them."""
    for column, key in enumerate(("role", "form", "number", "name"), start=1):
        tab.put(row, column, text(f"rosters.sheet.{key}"), boxed=True, bold=True).fill = _HEAD
        tab.put(row + 1, column, "", boxed=True).fill = _HEAD
        tab.tab.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)
    short = len(table.days) < _SHORT_RUN
    for column, day in enumerate(table.days, start=_FIRST_DAY_COLUMN):
        words = f"{day.month}/{day.day}" if short else str(day.day)
        for at, value in ((row, words), (row + 1, weekday(day))):
            cell = tab.put(at, column, value, boxed=True, bold=True)
            cell.fill, cell.alignment = _HEAD, _CENTRE
    return row + 2


def _people(tab: _Tab, table: RosterTable, row: int) -> int:
    for line in table.lines:
        if line.helper:
            continue
        for column, value in enumerate((line.role, line.form, line.number, line.name), start=1):
            tab.put(row, column, value, boxed=True)
        for column, day in enumerate(table.days, start=_FIRST_DAY_COLUMN):
            worked = line.cells.get(day)
            look = look_of(worked.shift) if worked else None
            wish = text("rosters.wish.mark") if day in line.wishes else ""
            cell = tab.put(row, column, look.mark if look else wish, boxed=True)
            cell.alignment = _CENTRE
            if look:
                cell.fill = PatternFill("solid", fgColor=look.fill.lstrip("#"))
                cell.font = Font(bold=True, color=look.ink.lstrip("#"))
        row += 1
    return row


def _sums(tab: _Tab, table: RosterTable, row: int) -> int:
    """Write how many work each shift by day, helpers too."""
    for shift in table.shifts():
        tab.put(row, 4, text("rosters.sheet.heads", shift=look_of(shift).label), boxed=True)
        for column, day in enumerate(table.days, start=_FIRST_DAY_COLUMN):
            cell = tab.put(row, column, str(table.heads(day, shift)), boxed=True)
            cell.alignment = _CENTRE
        row += 1
    return row


def _legend(tab: _Tab, table: RosterTable, row: int) -> None:
    tab.put(row, 1, text("rosters.sheet.legend"), bold=True)
    for step, shift in enumerate(table.shifts()):
        look = look_of(shift)
        cell = tab.put(row + step, 2, f"{look.mark}：{look.hours}　{look.label}")
        cell.alignment = Alignment(wrap_text=False)
    wishes = wish_words(table, table.days)
    if wishes:
        tab.put(row + len(table.shifts()) + 2, 1, wishes).alignment = Alignment(wrap_text=False)
    tab.put(row + len(table.shifts()) + 1, 1, text("rosters.sheet.unverified")).alignment = Alignment(
        wrap_text=False
    )


def _list(tab: _Tab, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    for column, key in enumerate(heads, start=1):
        tab.put(1, column, text(f"rosters.sheet.{key}"), boxed=True, bold=True).fill = _HEAD
        tab.tab.column_dimensions[get_column_letter(column)].width = 18.0
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            tab.put(number, column, value, boxed=True)
    tab.tab.freeze_panes = "A2"


def _helpers(tab: _Tab, table: RosterTable, helpers: Sequence[RosterLine]) -> None:
    rows = [
        (line.name, line.role, f"{day.month}月{day.day}日", look_of(cell.shift).label, post_label(cell.post))
        for line in helpers
        for day, cell in sorted(line.cells.items())
        if day in table.days
    ]
    _list(tab, ("helper", "role", "day", "shift", "post"), rows)


def _empty(tab: _Tab, table: RosterTable) -> None:
    rows = [
        (
            f"{post.day.month}月{post.day.day}日",
            look_of(post.shift).label,
            post_label(post.post),
            text(f"cover.tier.{post.operation_class}") if post.operation_class else "",
            str(post.missing),
        )
        for post in table.empty
    ]
    _list(tab, ("day", "shift", "post", "tier", "missing"), rows)

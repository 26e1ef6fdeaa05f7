"""A user's own table beside what was found in it: coloured cells, a column of findings, how to go on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from bcp_kit.domain.errors import Severity
from bcp_kit.render.spreadsheet import Cleaner, TableOut, Written, data_tab, saved

_FILLS = {
    Severity.ERROR: PatternFill("solid", fgColor="FFC7CE"),
    Severity.WARNING: PatternFill("solid", fgColor="FFEB9C"),
    Severity.NOTICE: PatternFill("solid", fgColor="DDEBF7"),
}
_CORRECTED = PatternFill("solid", fgColor="C6EFCE")
_BOLD = Font(bold=True)
_FINDINGS_WIDTH, _CELL_WIDTH, _ROW_WIDTH, _GUIDE_WIDTH = 70, 18, 8, 110
_TITLE_LENGTH = 31


@dataclass(frozen=True)
class AnnotatedTable:
    """One table as it stood in the file. Rows are (number as shown, cells).

    `marks` are severities by (row, column index), `corrected` the cells that were corrected on the screen,
    `remarks` the findings of a row in words.
    """

    title: str
    heading_row: int
    rows: Iterable[tuple[int, Sequence[str]]]
    marks: Mapping[tuple[int, int], Severity]
    remarks: Mapping[int, str]
    corrected: frozenset[tuple[int, int]] = field(default_factory=frozenset)


@dataclass(frozen=True)
class AnnotatedWords:
    """The words of the file: headings of the two columns before the table, the guide and its tab."""

    row: str
    findings: str
    guide_tab: str
    guide: Sequence[tuple[Severity | None, str]]


def write_annotated(tables: Sequence[AnnotatedTable], listed: TableOut, words: AnnotatedWords) -> Written:
    """Return an Excel file: each table with its findings, the list of all findings, and how to go on."""
    book, cleaner = Workbook(write_only=True), Cleaner()
    titles: set[str] = {listed.title, words.guide_tab}
    for table in tables:
        _table_tab(book, cleaner, table, words, _unused(table.title, titles))
    data_tab(book, cleaner, listed)
    _guide_tab(book, cleaner, words)
    return Written(saved(book), cleaner.cells)


def _unused(title: str, used: set[str]) -> str:
    """Return a name for a tab that Excel takes and that no other tab has."""
    plain = "".join(c for c in title if c not in "[]:*?/\\'").strip()[: _TITLE_LENGTH - 4] or "1"
    name, number = plain, 1
    while name.casefold() in {other.casefold() for other in used}:
        number += 1
        name = f"{plain} {number}"
    used.add(name)
    return name


def _table_tab(
    book: Workbook, cleaner: Cleaner, table: AnnotatedTable, words: AnnotatedWords, title: str
) -> None:
    tab = book.create_sheet(title)
    tab.freeze_panes = "C2"
    tab.column_dimensions["A"].width, tab.column_dimensions["B"].width = _ROW_WIDTH, _FINDINGS_WIDTH
    for index in range(3, 40):
        tab.column_dimensions[get_column_letter(index)].width = _CELL_WIDTH
    for number, cells in table.rows:
        head = number == table.heading_row
        first = (words.row, words.findings) if head else (str(number), table.remarks.get(number, ""))
        written = [_cell(tab, cleaner, text, None, head) for text in first]
        for index, text in enumerate(cells):
            place = (number, index)
            fill = _CORRECTED if place in table.corrected else None
            fill = _FILLS[table.marks[place]] if place in table.marks else fill
            written.append(_cell(tab, cleaner, text, fill, head))
        tab.append(written)


def _cell(tab: Any, cleaner: Cleaner, text: str, fill: PatternFill | None, bold: bool) -> Any:
    if not text and fill is None:
        return None
    cell = cleaner.cell(tab, text)
    if fill is not None:
        cell.fill = fill
    if bold:
        cell.font = _BOLD
    return cell


def _guide_tab(book: Workbook, cleaner: Cleaner, words: AnnotatedWords) -> None:
    tab = book.create_sheet(words.guide_tab)
    tab.column_dimensions["A"].width = _GUIDE_WIDTH
    for severity, sentence in words.guide:
        tab.append([_cell(tab, cleaner, sentence, None if severity is None else _FILLS[severity], False)])

"""Excel workbooks, new and old, by calamine: texts and dates stay so, what is hidden or merged is named."""

import re
import zipfile
import zlib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.forms.sheets import words
from bcp_kit.intake.limits import SCREEN, FileKind, Limits
from bcp_kit.intake.merges import filled_down
from bcp_kit.intake.old_workbook_cells import old_sheet_marks
from bcp_kit.intake.table import NO_NATURES, CellNature, Merge, Row, Table, one_of
from bcp_kit.intake.workbook_blocks import long_sheets, sheet_blocks
from bcp_kit.intake.workbook_cells import SheetMarks, column_letters, sheet_marks

_SHOWN = "Excel"
_MERGES = 20_000
_LISTED = 12
_READING_FAULTS = (ValueError, KeyError, OverflowError, OSError, zlib.error, NotImplementedError, IndexError)
_ABOUT_THE_FORM = re.compile(rf"(?:{'|'.join(words()['skipped_sheets'])})(?:[\s　（(_・\d].*)?$")
_PARSER_PANIC = "PanicException"


def read_workbook(
    content: bytes, kind: FileKind = FileKind.WORKBOOK, limits: Limits = SCREEN
) -> tuple[Table, ...]:
    """Return one table per visible sheet that is meant to hold data.

    Raises: BcpKitError I-006 for a locked workbook, I-009 for one that reaches too far, I-011 for one that
    cannot be read.
    """
    try:
        marks = sheet_marks(content) if kind is FileKind.WORKBOOK else old_sheet_marks(content)
        long = long_sheets(content) if kind is FileKind.WORKBOOK else {}
        read: dict[str, Table] = {}
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            named = [m for m in book.sheets_metadata if m.typ is SheetTypeEnum.WorkSheet]
            meant = [m for m in named if not _ABOUT_THE_FORM.match(m.name)]
            for m in meant:
                if m.visible is not SheetVisibleEnum.Visible:
                    read[m.name] = _hidden(m.name, kind)
                elif m.name not in long:
                    reader = _SheetReader(marks.get(m.name, SheetMarks()), limits)
                    reader.take(book.get_sheet_by_name(m.name))
                    read[m.name] = reader.table(m.name, kind)
        for name in (m.name for m in meant if m.name not in read):
            read[name] = _long_table(content, name, long[name], marks.get(name, SheetMarks()), limits)
        return tuple(read[m.name] for m in meant)
    except (CalamineError, ParseError, DefusedXmlException, zipfile.BadZipFile, *_READING_FAULTS):
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None
    except BaseException as fault:
        if type(fault).__name__ != _PARSER_PANIC:
            raise
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None


def _hidden(name: str, kind: FileKind) -> Table:
    problem = Problem(code=ErrorCode.SHEET_HIDDEN, severity=Severity.WARNING, values={"sheet": name})
    return Table(name=name, kind=kind, encoding=_SHOWN, rows=(), problems=(problem,), hidden=True)


def _long_table(content: bytes, name: str, path: str, marks: SheetMarks, limits: Limits) -> Table:
    """Return the table of a sheet that is read block by block."""
    reader = _SheetReader(marks, limits)
    for block in sheet_blocks(content, path):
        with CalamineWorkbook.from_filelike(block) as book:
            reader.take(book.get_sheet_by_name(name))
    return reader.table(name, FileKind.WORKBOOK)


class _SheetReader:
    """The rows of one sheet, taken in one go or block by block; equal texts share one object."""

    def __init__(self, marks: SheetMarks, limits: Limits) -> None:
        self._marks, self._limits = marks, limits
        self._rows: list[Row] = []
        self._merges: tuple[Merge, ...] = ()
        self._shared: dict[str, str] = {}
        self._natures: dict[int, dict[int, CellNature]] = {}
        for (row, column), nature in marks.silent.items():
            self._natures.setdefault(row, {})[column] = nature

    def take(self, sheet: CalamineSheet) -> None:
        """Add the rows of a sheet, or of its next block: the library leaves out empty first rows and columns.

        Raises: BcpKitError I-009 for more merged ranges than any list has.
        """
        top, left = sheet.start or (0, 0)
        self._rows += [Row(number + 1, ()) for number in range(len(self._rows), top)]
        before = [""] * left
        for index, cells in enumerate(sheet.to_python(), start=top):
            natures = self._natures.get(index, NO_NATURES)
            self._rows.append(_row(index, [*before, *cells], natures, self._shared))
        self._merges += self._ranges(sheet)

    def _ranges(self, sheet: CalamineSheet) -> tuple[Merge, ...]:
        """Return the merged ranges, cut at the last row that holds anything."""
        ranges = sheet.merged_cell_ranges or []
        if len(ranges) > _MERGES:
            limits = self._limits
            raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=limits.rows, columns=limits.columns)
        height = len(self._rows)
        return tuple(
            Merge(top + 1, left, min(bottom + 1, height), right)
            for (top, left), (bottom, right) in ranges
            if top < height
        )

    def table(self, name: str, kind: FileKind) -> Table:
        """Return the table, with merged cells filled down and what is hidden named."""
        filled, problems = filled_down(self._rows, self._merges)
        return Table(
            name=name,
            kind=kind,
            encoding=_SHOWN,
            rows=tuple(filled),
            problems=(*_hidden_parts(filled, self._marks), *problems),
            merges=self._merges,
        )


def _hidden_parts(rows: list[Row], marks: SheetMarks) -> list[Problem]:
    """Name hidden rows and columns that hold something: they are read like the others."""
    problems = []
    full = {row.number for row in rows if not row.is_empty()}
    numbers = [n for n in sorted(marks.hidden_rows) if n in full]
    if numbers:
        problems.append(_hidden_notice(ErrorCode.ROWS_HIDDEN, rows=_listed([str(n) for n in numbers])))
    used = {i for row in rows for i, cell in enumerate(row.cells) if cell} if marks.hidden_columns else set()
    letters = [column_letters(i) for i in sorted(marks.hidden_columns & used)]
    if letters:
        problems.append(_hidden_notice(ErrorCode.COLUMNS_HIDDEN, columns=_listed(letters)))
    return problems


def _hidden_notice(code: ErrorCode, **values: str) -> Problem:
    return Problem(code=code, severity=Severity.WARNING, values=values)


def _listed(names: list[str]) -> str:
    more = f" … ({len(names)})" if len(names) > _LISTED else ""
    return "、".join(names[:_LISTED]) + more


def _row(index: int, values: list[Any], silent: Mapping[int, CellNature], shared: dict[str, str]) -> Row:
    cells: list[str] = []
    natures: dict[int, CellNature] | None = dict(silent) if silent else None
    for place, value in enumerate(values):
        if value == "":
            cells.append("")
            continue
        text, nature = _cell(value)
        cells.append(one_of(text, shared))
        if nature is not None:
            natures = natures if natures is not None else {}
            natures[place] = nature
    return Row(index + 1, tuple(cells), natures if natures is not None else NO_NATURES)


def _cell(value: Any) -> tuple[str, CellNature | None]:
    """Return the cell's text as a person reads it, and its nature where Excel held more than text."""
    if isinstance(value, str):
        return value, None
    if isinstance(value, bool):
        return ("true" if value else "false"), None
    if isinstance(value, int | float):
        return _number(value), CellNature.NUMBER
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat(), CellNature.DATE
    if isinstance(value, date | time | timedelta):
        return (str(value) if isinstance(value, timedelta) else value.isoformat()), CellNature.DATE
    return "", None


def _number(value: float) -> str:
    """Return a number without the trailing .0 and without an exponent."""
    if float(value).is_integer():
        return str(int(value))
    return format(Decimal(repr(float(value))), "f")

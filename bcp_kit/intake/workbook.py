"""Excel workbooks, read with calamine: texts and dates stay so, hidden and merged parts are named."""

import zipfile
import zlib
from collections import defaultdict
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
from bcp_kit.intake.table import CellNature, Row, Table
from bcp_kit.intake.workbook_cells import Places, silent_cells

_SHOWN = "Excel"
_MERGES = 5_000
_READING_FAULTS = (ValueError, KeyError, OverflowError, OSError, zlib.error, NotImplementedError)


def read_workbook(
    content: bytes, kind: FileKind = FileKind.WORKBOOK, limits: Limits = SCREEN
) -> tuple[Table, ...]:
    """Return one table per visible sheet that is meant to hold data.

    Raises: BcpKitError I-011 for a workbook that cannot be read.
    """
    try:
        silent = silent_cells(content) if kind is FileKind.WORKBOOK else {}
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            named = [m for m in book.sheets_metadata if m.typ is SheetTypeEnum.WorkSheet]
            skipped = tuple(words()["skipped_sheets"])
            meant = [m for m in named if not m.name.startswith(skipped)]
            return tuple(
                _table(book.get_sheet_by_name(m.name), silent.get(m.name, {}))
                if m.visible is SheetVisibleEnum.Visible
                else _hidden(m.name)
                for m in meant
            )
    except (CalamineError, ParseError, DefusedXmlException, zipfile.BadZipFile, *_READING_FAULTS):
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None


def _hidden(name: str) -> Table:
    problem = Problem(code=ErrorCode.SHEET_HIDDEN, severity=Severity.WARNING, values={"sheet": name})
    return Table(
        name=name, kind=FileKind.WORKBOOK, encoding=_SHOWN, rows=(), problems=(problem,), hidden=True
    )


def _table(sheet: CalamineSheet, silent: Places) -> Table:
    natures: dict[int, dict[int, CellNature]] = defaultdict(dict)
    for (row, column), nature in silent.items():
        natures[row][column] = nature
    values = sheet.to_python(skip_empty_area=False)
    rows = tuple(_row(i, cells, natures.get(i, {})) for i, cells in enumerate(values))
    spoiled = _rows_below_merges(sheet, len(rows))
    return Table(
        name=sheet.name,
        kind=FileKind.WORKBOOK,
        encoding=_SHOWN,
        rows=rows,
        spoiled_rows=spoiled,
    )


def _rows_below_merges(sheet: CalamineSheet, height: int) -> frozenset[int]:
    """Return the rows below the first of each merged range: their values stand in another row.

    Raises: BcpKitError I-009 for more merged ranges than any list has.
    """
    ranges = sheet.merged_cell_ranges or []
    if len(ranges) > _MERGES:
        raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=SCREEN.rows, columns=SCREEN.columns)
    covered = {row for (top, _), (bottom, _) in ranges for row in range(top + 1, min(bottom + 1, height))}
    return frozenset(row + 1 for row in covered)


def _row(index: int, values: list[Any], silent: Mapping[int, CellNature]) -> Row:
    cells, natures = [], dict(silent)
    for place, value in enumerate(values):
        text, nature = _cell(value)
        cells.append(text)
        if nature is not None:
            natures[place] = nature
    return Row(number=index + 1, cells=tuple(cells), natures=natures)


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

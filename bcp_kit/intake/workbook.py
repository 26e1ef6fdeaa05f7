"""Excel workbooks, read with calamine: texts and dates stay so, hidden and merged parts are named."""

import re
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.forms.sheets import words
from bcp_kit.intake.guard import FileKind
from bcp_kit.intake.table import CellNature, Row, Table

_FORMULA_WITHOUT_VALUE = re.compile(rb"<c\s[^>]*>\s*<f[\s>/](?:(?!</c>).)*?</c>", re.DOTALL)
_EXCEL_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})


def read_workbook(content: bytes) -> tuple[Table, ...]:
    """Return one table per visible sheet that is meant to hold data.

    Raises: BcpKitError I-011 for a workbook that cannot be read, I-016 for formulas that were never computed.
    """
    if _has_uncomputed_formulas(content):
        raise BcpKitError(ErrorCode.FORMULA_NOT_COMPUTED)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            named = [m for m in book.sheets_metadata if m.typ is SheetTypeEnum.WorkSheet]
            skipped = tuple(words()["skipped_sheets"])
            return tuple(
                _table(book.get_sheet_by_name(m.name), m.visible is not SheetVisibleEnum.Visible)
                for m in named
                if not m.name.startswith(skipped)
            )
    except (CalamineError, ValueError, OverflowError, OSError):
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None


def _has_uncomputed_formulas(content: bytes) -> bool:
    """True when a cell holds a formula and no value: it would read as empty without a word."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                part = archive.read(name)
                if b"<f" in part and any(
                    b"<v" not in m and b"<is" not in m for m in _FORMULA_WITHOUT_VALUE.findall(part)
                ):
                    return True
    return False


def _table(sheet: CalamineSheet, hidden: bool) -> Table:
    rows = (
        []
        if hidden
        else [_row(i + 1, cells) for i, cells in enumerate(sheet.to_python(skip_empty_area=False))]
    )
    problems, spoiled = ([], frozenset()) if hidden else _merged(sheet)
    if hidden:
        problems = [Problem(code=ErrorCode.SHEET_HIDDEN, severity=Severity.WARNING, column=sheet.name)]
    return Table(
        name=sheet.name,
        kind=FileKind.WORKBOOK,
        encoding="Excel",
        rows=tuple(rows),
        problems=tuple(problems),
        spoiled_rows=spoiled,
        hidden=hidden,
    )


def _merged(sheet: CalamineSheet) -> tuple[list[Problem], frozenset[int]]:
    """Name the rows below the first of each merged range: their values stand in another row."""
    rows = {
        row + 1
        for (top, _), (bottom, _) in sheet.merged_cell_ranges or []
        for row in range(top + 1, min(bottom, top + 100_000) + 1)
    }
    found = [Problem(code=ErrorCode.CELLS_MERGED, row=row) for row in sorted(rows)]
    return found, frozenset(rows)


def _row(number: int, values: list[Any]) -> Row:
    cells, natures = [], {}
    for index, value in enumerate(values):
        text, nature = _cell(value)
        cells.append(text)
        if nature is not None:
            natures[index] = nature
    return Row(number=number, cells=tuple(cells), natures=natures)


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


def is_excel_error(text: str) -> bool:
    """True for #REF! and its kin."""
    return text.strip() in _EXCEL_ERRORS

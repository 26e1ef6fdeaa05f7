"""Excel files, new and old: merged, hidden, formulas, cut, renamed."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import xlwt
from openpyxl.worksheet.worksheet import Worksheet

from bcp_kit.domain.errors import ErrorCode
from tests.intake.corpus.model import Case, Maker, delimited, dice, grid, new_excel, old_excel, people


def merged(kind: str, seed: int, number: int) -> Case:
    """One cell over the rows of people who share it."""
    rng = dice(kind, seed, number)
    listed = people(rng, 7)
    column, first = rng.choice((4, 6)), rng.randint(0, 3)
    last = rng.randint(first + 1, 6)
    field = {4: "sex", 6: "address"}[column]
    shared = getattr(listed[first], field)
    truth = [p.but(**{field: shared}) if first <= i <= last else p for i, p in enumerate(listed)]
    rows = grid(listed)

    def change(tab: Worksheet) -> None:
        tab.merge_cells(start_row=first + 2, end_row=last + 2, start_column=column + 1, end_column=column + 1)

    def change_old(tab: xlwt.Worksheet) -> None:
        tab.merge(first + 1, last + 1, column, column)

    for row in rows[first + 2 : last + 2]:
        row[column] = ""
    old = number % 3 == 2
    content = old_excel(rows, change_old) if old else new_excel(rows, change)
    codes = frozenset({ErrorCode.CELLS_MERGED})
    return Case(kind, number, "a.xls" if old else "a.xlsx", content, tuple(truth), codes=codes)


def hidden(kind: str, seed: int, number: int) -> Case:
    """Hidden rows, columns and sheets."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows = grid(listed)
    row, column = rng.randint(2, len(rows)), rng.randrange(8)
    way = number % 4

    def change(tab: Worksheet) -> None:
        if way == 0:
            tab.row_dimensions[row].hidden = True
        elif way == 1:
            tab.column_dimensions["ABCDEFGH"[column]].hidden = True
        else:
            other = tab.parent.create_sheet("去年")
            other.append(list(rows[0]))
            other.append(list(rows[1]))
            other.sheet_state = "hidden" if way == 2 else "veryHidden"

    codes = (ErrorCode.ROWS_HIDDEN, ErrorCode.COLUMNS_HIDDEN, ErrorCode.SHEET_HIDDEN, ErrorCode.SHEET_HIDDEN)
    content = new_excel(rows, change)
    return Case(kind, number, "a.xlsx", content, tuple(listed), codes=frozenset({codes[way]}))


def formulas(kind: str, seed: int, number: int) -> Case:
    """Formulas without a result, and results that are errors."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows: list[list[object]] = [list(row) for row in grid(listed)]
    at, column = rng.randrange(len(listed)), rng.choice((1, 6))
    never = number % 2 == 0
    rows[at + 1][column] = "=A1&B1" if never else rng.choice(("#REF!", "#N/A", "#VALUE!", "#NAME?"))
    code = ErrorCode.FORMULA_NOT_COMPUTED if never else ErrorCode.EXCEL_ERROR_VALUE
    bad = frozenset({listed[at].number})
    return Case(kind, number, "a.xlsx", new_excel(rows), tuple(listed), codes=frozenset({code}), bad=bad)


def old_files(kind: str, seed: int, number: int) -> Case:
    """Old Excel files with texts, numbers and dates."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows: list[list[object]] = [list(row) for row in grid(listed)]
    for row, person in zip(rows[1:], listed, strict=True):
        if number % 2:
            row[3] = person.born
    return Case(kind, number, "名簿.xls", old_excel(rows), tuple(listed))


def several_sheets(kind: str, seed: int, number: int) -> Case:
    """Notes and empty sheets beside the register, before or after it."""
    rng = dice(kind, seed, number)
    listed = people(rng)

    def change(tab: Worksheet) -> None:
        book = tab.parent
        notes = book.create_sheet(rng.choice(("メモ", "集計", "作業用")), 0 if number % 2 else None)
        notes.append(["担当", "福祉課"])
        notes.append(["部数", 3])
        book.create_sheet("Sheet3")

    codes = frozenset({ErrorCode.LAYOUT_UNKNOWN})
    return Case(kind, number, "a.xlsx", new_excel(grid(listed), change), tuple(listed), codes=codes)


def cut(kind: str, seed: int, number: int) -> Case:
    """Excel files that stop in the middle."""
    rng = dice(kind, seed, number)
    listed = people(rng, 9)
    old = number % 3 == 2
    whole = old_excel(grid(listed)) if old else new_excel(grid(listed))
    content = whole[: rng.randrange(len(whole) // 10, len(whole) * 9 // 10)]
    name = "a.xls" if old else "a.xlsx"
    return Case(kind, number, name, content, tuple(listed), refused=True)


def overwritten(kind: str, seed: int, number: int) -> Case:
    """Excel files in which bytes were lost."""
    rng = dice(kind, seed, number)
    listed = people(rng, 9)
    content = bytearray(new_excel(grid(listed)))
    with zipfile.ZipFile(BytesIO(bytes(content))) as archive:
        part = archive.getinfo(rng.choice(("xl/worksheets/sheet1.xml", "xl/workbook.xml")))
    start = part.header_offset + 30 + len(part.filename)
    at = rng.randrange(start + 5, start + part.compress_size - 20)
    content[at : at + 12] = rng.randbytes(12)
    return Case(kind, number, "a.xlsx", bytes(content), tuple(listed), refused=True)


def renamed(kind: str, seed: int, number: int) -> Case:
    """A name that says something else than the content."""
    rng = dice(kind, seed, number)
    listed = people(rng)
    rows = grid(listed)
    makers: tuple[tuple[Callable[[], bytes], str, ErrorCode], ...] = (
        (lambda: delimited(rows), "a.xlsx", ErrorCode.FILE_NOT_AS_NAMED),
        (lambda: delimited(rows), "a.xls", ErrorCode.FILE_NOT_AS_NAMED),
        (lambda: new_excel(rows), "a.csv", ErrorCode.FILE_NOT_AS_NAMED),
        (lambda: new_excel(rows), "a.xls", ErrorCode.FILE_NOT_AS_NAMED),
        (lambda: new_excel(rows), "a.zip", ErrorCode.FILE_NOT_AS_NAMED),
        (lambda: old_excel(rows), "a.xlsx", ErrorCode.FILE_NOT_AS_NAMED),
        (lambda: old_excel(rows), "a.csv", ErrorCode.FILE_NOT_AS_NAMED),
        (lambda: b"<html><table><tr><td>1</td></tr></table>", "a.xls", ErrorCode.FILE_TYPE_UNKNOWN),
        (lambda: b"MZ\x90\0" + rng.randbytes(400), "a.csv", ErrorCode.FILE_TYPE_UNKNOWN),
        (lambda: b"%PDF-1.7\n" + rng.randbytes(400), "a.xlsx", ErrorCode.FILE_TYPE_UNKNOWN),
        (lambda: b"\x89PNG\r\n\x1a\n" + rng.randbytes(400), "a.csv", ErrorCode.FILE_TYPE_UNKNOWN),
        (lambda: b"{\\rtf1 abc}", "a.csv", ErrorCode.FILE_TYPE_UNKNOWN),
    )
    make, name, code = makers[number % len(makers)]
    return Case(kind, number, name, make(), tuple(listed), refused=True, codes=frozenset({code}))


MAKERS: dict[str, Maker] = {
    "merged_cells": merged,
    "hidden_parts": hidden,
    "formulas": formulas,
    "old_excel": old_files,
    "several_sheets": several_sheets,
    "half_downloaded_excel": cut,
    "overwritten_excel": overwritten,
    "renamed": renamed,
}

"""CSV and tab-separated files: encoding, separator and quotes are checked, rows of another length named."""

import csv
from collections import Counter
from collections.abc import Iterator
from io import BytesIO, StringIO, TextIOWrapper
from itertools import groupby, islice

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.forms.sheets import unguard_cell
from bcp_kit.intake.encodings import encoding_of
from bcp_kit.intake.limits import SCREEN, FileKind, Limits
from bcp_kit.intake.table import Row, Table, one_of

_SEPARATORS = (",", "\t", ";", "|")
_STATED = {f"sep={separator}": separator for separator in _SEPARATORS}
_LONGEST_CELL = 200_000
_HEAD = 64 * 1024
_SAMPLE_ROWS = 60
_RARE = frozenset({"EUC-JP", "ISO-2022-JP"})
_END_OF_FILE_MARK = "\x1a"
_BLOCK = 8
"""Excel leaves out the separators of empty last cells in whole blocks of rows, never in a single one."""


def decode(content: bytes) -> tuple[str, str]:
    """Return text and the shown name of its encoding.

    Raises: BcpKitError I-003, I-010, I-011, I-030 (see `encoding_of`).
    """
    codec, shown = encoding_of(content)
    return content.decode(codec), shown


def read_delimited(content: bytes, limits: Limits = SCREEN) -> Table:
    """Return the table of a CSV or TSV file, all cells as text.

    Raises: BcpKitError I-003, I-010, I-011, I-030 (encoding), I-009 (too many rows or columns), I-015 (a
    quote that never ends).
    """
    codec, encoding = encoding_of(content)
    head = content[:_HEAD].decode(codec, "ignore")
    stated = _STATED.get(head.partition("\n")[0].strip().strip('"').lower())
    separator = stated or separator_of(head)
    with TextIOWrapper(BytesIO(content), encoding=codec, newline="") as source:
        rows = list(_rows(source, separator, limits))
    if stated is not None:
        rows = rows[1:]
    problems = _widths(rows, ends_cleanly=content[-4:].rstrip(b"\x1a\0").endswith((b"\n", b"\r")))
    if encoding in _RARE:
        values = {"encoding": encoding}
        problems.append(Problem(code=ErrorCode.ENCODING_RARE, severity=Severity.WARNING, values=values))
    return Table(
        name="", kind=FileKind.DELIMITED, encoding=encoding, rows=tuple(rows), problems=tuple(problems)
    )


def separator_of(head: str) -> str:
    """Return the separator that parts the first lines into most columns, and into equally many."""
    return max(_SEPARATORS, key=lambda separator: _evenness(head, separator))


def _evenness(head: str, separator: str) -> float:
    reader = csv.reader(StringIO(head, newline=""), delimiter=separator)
    widths: list[int] = []
    try:
        widths += [len(cells) for cells in islice(reader, _SAMPLE_ROWS) if any(c.strip() for c in cells)]
    except csv.Error:
        return 0.0
    if not widths:
        return 0.0
    width, count = Counter(widths).most_common(1)[0]
    return (width - 1) * count / len(widths) + (max(widths) - 1) / 1_000


def _rows(source: TextIOWrapper, separator: str, limits: Limits) -> Iterator[Row]:
    """Yield the rows; equal short cells share one object, which a long register needs."""
    reader = csv.reader(source, delimiter=separator, strict=True)
    csv.field_size_limit(_LONGEST_CELL)
    shared: dict[str, str] = {}
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise BcpKitError(ErrorCode.CSV_QUOTES, row=line) from None
        if line > limits.rows or len(cells) > limits.columns:
            raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=limits.rows, columns=limits.columns)
        if cells != [_END_OF_FILE_MARK]:
            yield Row(line, tuple([_cell(cell, shared) for cell in cells]))
        line = reader.line_num + 1


def _cell(text: str, shared: dict[str, str]) -> str:
    if not text:
        return ""
    plain = unguard_cell(text) if text[0] == "'" else text
    return one_of(plain, shared)


def _widths(rows: list[Row], ends_cleanly: bool) -> list[Problem]:
    """Name rows that hold fewer or more cells than nearly all others: what follows the fault is shifted.

    Rows with at most two filled cells (titles, notes) are no rows of the table and pass, as does the first.
    """
    filled = [row for row in rows if not row.is_empty()]
    if len(filled) < 2:
        return []
    usual, count = Counter(len(row.cells) for row in filled[1:]).most_common(1)[0]
    problems = [] if ends_cleanly else [_open_end(filled[-1], usual)]
    if count * 2 < len(filled):
        return problems
    first = filled[0]
    if len(first.cells) != usual and _used(first) > 2:
        values = {"headings": len(first.cells), "cells": usual}
        severity = Severity.WARNING
        problems.append(Problem(code=ErrorCode.ROWS_OTHER_WIDTH, severity=severity, values=values))
    for width, run in groupby(filled[1:], key=lambda row: len(row.cells)):
        odd = list(run)
        if width != usual and not (width < usual and len(odd) >= _BLOCK):
            problems += [_shifted(row, usual) for row in odd if _used(row) > 2]
    return problems


def _used(row: Row) -> int:
    return sum(1 for cell in row.cells if cell.strip())


def _shifted(row: Row, usual: int) -> Problem:
    values = {"headings": usual, "cells": len(row.cells)}
    return Problem(code=ErrorCode.ROW_SHIFTED, row=row.number, values=values)


def _open_end(last: Row, usual: int) -> Problem:
    """The file does not end with a line end: its last row may be cut, and is when it is too short."""
    if len(last.cells) < usual:
        values = {"headings": usual, "cells": len(last.cells)}
        return Problem(code=ErrorCode.ROW_CUT_OFF, row=last.number, values=values)
    return Problem(code=ErrorCode.FILE_END_OPEN, severity=Severity.NOTICE, row=last.number)

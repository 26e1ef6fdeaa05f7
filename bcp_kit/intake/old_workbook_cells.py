"""Cells of an old Excel file (.xls) that read as empty though they are not, and its hidden rows and columns.

Source: [MS-XLS] records BOUNDSHEET8 (0x85), BOOLERR (0x205), FORMULA (0x06), ROW (0x208), COLINFO (0x7D).
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO

import olefile

from bcp_kit.intake.guard_old_excel import BOF, BOOL_OR_ERROR, COLUMNS, FORMULA, ROW, records
from bcp_kit.intake.table import CellNature
from bcp_kit.intake.workbook_cells import SheetMarks

_BOUND_SHEET = 0x85
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01
_RESULT_IS_ERROR = 2


def _is_error(kind: int, body: bytes) -> bool:
    if kind == BOOL_OR_ERROR:
        return bool(body[7])
    return kind == FORMULA and body[12:14] == b"\xff\xff" and body[6] == _RESULT_IS_ERROR


@dataclass
class _Marks:
    silent: dict[tuple[int, int], CellNature] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def take(self, kind: int, body: bytes) -> None:
        """Add what one record says."""
        if _is_error(kind, body):
            self.silent[struct.unpack_from("<HH", body)] = CellNature.ERROR
        elif kind == ROW and body[12] & _ROW_HIDDEN:
            self.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind == COLUMNS and body[8] & _COLUMN_HIDDEN:
            first, last = struct.unpack_from("<HH", body)
            self.hidden_columns.update(range(first, min(last, 255) + 1))


def old_sheet_marks(content: bytes) -> Mapping[str, SheetMarks]:
    """Return, by sheet name, what the readers do not tell of a sheet. The file has passed the guard."""
    with olefile.OleFileIO(BytesIO(content)) as ole:
        stream = ole.openstream("Workbook" if ole.exists("Workbook") else "Book").read()
    starts: dict[int, str] = {}
    found: dict[str, _Marks] = {}
    current: _Marks | None = None
    wanted = {BOOL_OR_ERROR, FORMULA, ROW, COLUMNS}
    for kind, at, size in records(stream):
        if kind == _BOUND_SHEET and size >= 8:
            place, name = _sheet(stream[at : at + size])
            starts[place] = name
        elif kind == BOF and at - 4 in starts:
            current = found.setdefault(starts[at - 4], _Marks())
        elif current is not None and kind in wanted and size >= 9:
            current.take(kind, stream[at : at + size])
    return {
        name: SheetMarks(m.silent, frozenset(m.hidden_rows), frozenset(m.hidden_columns))
        for name, m in found.items()
    }


def _sheet(body: bytes) -> tuple[int, str]:
    """Return where a sheet begins in the stream, and its name."""
    (place,) = struct.unpack_from("<I", body)
    wide = body[7] & 1
    return place, body[8:].decode("utf-16-le" if wide else "latin-1", "replace")[: body[6]]

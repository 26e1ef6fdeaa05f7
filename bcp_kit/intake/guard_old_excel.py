"""The gate for old Excel files (.xls): password, macros, and how far the cells reach, before any parser.

Reads the compound file's streams with olefile and the heads of the BIFF records; cells are not decoded.
Source: [MS-CFB] and [MS-XLS] (records FILEPASS 0x2F, BOUNDSHEET 0x85, cell records).
"""

import struct
from collections.abc import Iterator
from io import BytesIO

import olefile

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.intake.limits import Limits

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
FILEPASS, BOF, MERGED = 0x2F, 0x809, 0xE5
ROW, COLUMNS, BOOL_OR_ERROR, FORMULA = 0x208, 0x7D, 0x205, 0x06
_CELLS = frozenset({0x203, 0x27E, 0xBD, 0xFD, 0x204, 0x201, 0xBE, FORMULA, BOOL_OR_ERROR, 0xD6})
_MANY = frozenset({0xBD, 0xBE})
_RECORDS = 12_000_000
_FAULTS = (OSError, struct.error, ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError)


def guard_old_excel(content: bytes, limits: Limits) -> None:
    """Refuse what is no old Excel file, what is locked or holds a program, and what reaches too far.

    Raises: BcpKitError I-003, I-006, I-009, I-011, I-013.
    """
    if _ENCRYPTED in content:
        raise BcpKitError(ErrorCode.FILE_LOCKED)
    try:
        with olefile.OleFileIO(BytesIO(content)) as ole:
            names = {"/".join(path).lower() for path in ole.listdir(streams=True, storages=True)}
            if any("_vba_project" in name or name.endswith("/vba") for name in names):
                raise BcpKitError(ErrorCode.FILE_HAS_MACROS)
            stream = next((s for s in ("Workbook", "Book") if ole.exists(s)), None)
            if stream is None:
                raise BcpKitError(ErrorCode.FILE_TYPE_UNKNOWN)
            _guard_records(ole.openstream(stream).read(), limits)
    except _FAULTS:
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None


def records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (type, place of the body, length of the body) of each BIFF record; stops at the stream's end."""
    place, end = 0, len(stream)
    while place + 4 <= end:
        kind, size = struct.unpack_from("<HH", stream, place)
        if place + 4 + size > end:
            return
        yield kind, place + 4, size
        place += 4 + size


def _guard_records(stream: bytes, limits: Limits) -> None:
    """Add up how far each sheet's cells reach; a sheet ends where the next begins."""
    far, sheets = [0, 0, 0], []
    for count, (kind, at, size) in enumerate(records(stream)):
        if kind == FILEPASS:
            raise BcpKitError(ErrorCode.FILE_LOCKED)
        if kind == BOF:
            sheets.append(far)
            far = [0, 0, 0]
        elif kind in _CELLS and size >= 6:
            row, column = struct.unpack_from("<HH", stream, at)
            if kind in _MANY:
                column = struct.unpack_from("<H", stream, at + size - 2)[0]
            far = [max(far[0], row + 1), max(far[1], column + 1), far[2] + 1]
        if count > _RECORDS:
            raise BcpKitError(ErrorCode.FILE_IS_BOMB)
    for rows, columns, cells in (*sheets, far):
        area = rows * columns
        sparse = area > limits.sparse_from_cells and area > limits.sparseness * max(cells, 1)
        if rows > limits.rows or columns > limits.columns or area > limits.cells or sparse:
            raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=limits.rows, columns=limits.columns)

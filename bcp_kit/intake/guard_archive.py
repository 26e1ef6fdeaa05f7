"""The gate for zip archives: what they would unfold to, their names, the XML of a workbook.

Reads the directory and unfolds single entries up to a limit; nothing is written to disk and no XML is parsed.
"""

import re
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.intake.limits import FileKind, Limits

ARCHIVE_FAULTS = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError),
    *(KeyError, IndexError, OverflowError),
)
_DIRECTORY_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_NESTED = (".zip", ".xlsx", ".xlsm", ".gz", ".7z", ".rar", ".tar", ".kmz", ".jar", ".xz", ".bz2")
_TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".geojson", ".json")
_CHUNK = 1024 * 1024
_FAR_CELL = re.compile(rb"""<(?:\w{1,20}:)?c\s[^<>]{0,200}?\br\s*=\s*["']([A-Z]{1,7})(\d{1,12})["']""")


def guard_archive(content: bytes, limits: Limits) -> FileKind:
    """Return what a zip archive is, once it is known to be harmless to unfold.

    Raises: BcpKitError I-003, I-006 … I-009, I-011, I-013, I-020, I-021.
    """
    if content.count(_DIRECTORY_ENTRY) > limits.entries:
        raise BcpKitError(ErrorCode.FILE_IS_BOMB)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            _guard_names(names)
            if any(entry.flag_bits & _ENCRYPTED for entry in entries):
                raise BcpKitError(ErrorCode.FILE_LOCKED)
            kind = _kind(names)
            _guard_entries(entries, len(content), limits, kind)
            if kind is FileKind.WORKBOOK:
                _guard_workbook(archive, entries, limits)
            return kind
    except ARCHIVE_FAULTS:
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None


def _guard_names(names: list[str]) -> None:
    """Refuse names that would leave a folder, and names that stand twice (readers differ on them)."""
    for name in names:
        windows = PureWindowsPath(name)
        leaves = ".." in PurePosixPath(name).parts or ".." in windows.parts
        if leaves or name.startswith(("/", "\\")) or windows.drive or "\0" in name:
            raise BcpKitError(ErrorCode.ARCHIVE_NAMES_UNSAFE)
    if len({name.lower() for name in names}) < len(names):
        raise BcpKitError(ErrorCode.ARCHIVE_NAMES_UNSAFE)


def _kind(names: list[str]) -> FileKind:
    lower = [name.lower() for name in names]
    if "[content_types].xml" in lower and any(n.startswith("xl/") for n in lower):
        if any(n.endswith("vbaproject.bin") or n.startswith("xl/macrosheets/") for n in lower):
            raise BcpKitError(ErrorCode.FILE_HAS_MACROS)
        if "xl/workbook.bin" in lower:
            raise BcpKitError(ErrorCode.FILE_TYPE_UNKNOWN)
        return FileKind.WORKBOOK
    if any(n.endswith((".shp", ".dbf")) for n in lower):
        return FileKind.SHAPEFILE
    office = "[content_types].xml" in lower or "mimetype" in lower
    if not office and any(n.endswith(_TABLES) for n in lower):
        raise BcpKitError(ErrorCode.ARCHIVE_OF_TABLES)
    raise BcpKitError(ErrorCode.FILE_TYPE_UNKNOWN)


def _guard_entries(entries: list[zipfile.ZipInfo], size: int, limits: Limits, kind: FileKind) -> None:
    unfolded = sum(entry.file_size for entry in entries)
    folded = sum(entry.compress_size for entry in entries)
    nested = kind is FileKind.WORKBOOK and any(e.filename.lower().endswith(_NESTED) for e in entries)
    steep = unfolded > limits.ratio_from_bytes and unfolded > limits.ratio * max(size, 1)
    overlapping = folded > size
    too_much = len(entries) > limits.entries or unfolded > limits.unfolded_bytes
    if too_much or steep or nested or overlapping:
        raise BcpKitError(ErrorCode.FILE_IS_BOMB)


def _guard_workbook(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    for entry in entries:
        if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            with archive.open(entry) as stream:
                _guard_part(stream, entry, limits)


def unfold(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> bytes:
    """Return one entry, refused when it unfolds to more than its directory says or than is allowed.

    Raises: BcpKitError I-007; the faults of `ARCHIVE_FAULTS` for damaged entries.
    """
    allowed = min(limits.entry_bytes, entry.file_size)
    with archive.open(entry) as stream:
        content = stream.read(allowed + 1)
    if len(content) > allowed:
        raise BcpKitError(ErrorCode.FILE_IS_BOMB)
    return content


def _guard_part(stream: IO[bytes], entry: zipfile.ZipInfo, limits: Limits) -> None:
    """Unfold one XML part up to its limit; refuse entities, and cells beyond the extent allowed."""
    extent = _Extent() if entry.filename.lower().startswith("xl/worksheets/") else None
    seen, tail = 0, b""
    while chunk := stream.read(_CHUNK):
        window, first = tail + chunk, seen == 0
        seen += len(chunk)
        if seen > min(limits.entry_bytes, entry.file_size + _CHUNK):
            raise BcpKitError(ErrorCode.FILE_IS_BOMB)
        if b"<!DOCTYPE" in window or b"<!ENTITY" in window or (first and _not_utf8(window)):
            raise BcpKitError(ErrorCode.FILE_HAS_ENTITIES)
        if extent is not None and extent.takes_too_far(window, limits):
            raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=limits.rows, columns=limits.columns)
        tail = window[-300:]
    if extent is not None and extent.exceeds(limits):
        raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=limits.rows, columns=limits.columns)


def _not_utf8(head: bytes) -> bool:
    """True for XML in a wide encoding, in which a declaration could hide from the search."""
    return head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head[:64]


class _Extent:
    """The farthest cell of a sheet and how many cells it holds, without parsing it."""

    def __init__(self) -> None:
        self.rows = self.columns = self.cells = 0

    def takes_too_far(self, window: bytes, limits: Limits) -> bool:
        """Add what a piece of the sheet holds; True when that is farther than any list reaches."""
        found = _FAR_CELL.findall(window)
        self.cells += len(found)
        self.rows = max(self.rows, max((int(row) for _, row in found), default=0))
        letters = {column for column, _ in found}
        self.columns = max(self.columns, max((_column_number(c) for c in letters), default=0))
        return self.rows > limits.rows or self.columns > limits.columns

    def exceeds(self, limits: Limits) -> bool:
        area = self.rows * self.columns
        sparse = area > limits.sparse_from_cells and area > limits.sparseness * max(self.cells, 1)
        return self.rows > limits.rows or self.columns > limits.columns or area > limits.cells or sparse


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def guard_members(content: bytes, limits: Limits) -> tuple[str, ...]:
    """Return the names in an archive of which the caller knows what it looks for, once it is harmless.

    Raises: BcpKitError I-006, I-007, I-011, I-020.
    """
    if content.count(_DIRECTORY_ENTRY) > limits.entries:
        raise BcpKitError(ErrorCode.FILE_IS_BOMB)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            names = [entry.filename for entry in entries]
            _guard_names(names)
            if any(entry.flag_bits & _ENCRYPTED for entry in entries):
                raise BcpKitError(ErrorCode.FILE_LOCKED)
            _guard_entries(entries, len(content), limits, FileKind.SHAPEFILE)
            return tuple(name for name in names if not name.endswith("/"))
    except ARCHIVE_FAULTS:
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None

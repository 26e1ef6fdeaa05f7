"""The gate before any parser: size, type by content, what an Excel file would unfold to.

Everything here reads a few bytes or a zip directory, or unfolds single entries up to a limit, so that a
bomb is refused before a parser sees it (tests IN-3, IN-5). Nothing is written to disk.
"""

import importlib
import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

from bcp_kit.domain.errors import BcpKitError, ErrorCode


class FileKind(StrEnum):
    """What a file is by its content."""

    DELIMITED = "delimited"
    WORKBOOK = "workbook"
    GEOJSON = "geojson"


@dataclass(frozen=True)
class Limits:
    """What a file may hold. Sizes in bytes; `rows`, `columns` and `cells` (their product) per sheet.

    A zip may not unfold to more than `ratio` times its size once it unfolds to `ratio_from_bytes`; a sheet of
    more than `sparse_from_cells` may not be larger than `sparseness` times the cells that it really holds.
    """

    file_bytes: int = 50 * 1024 * 1024
    unfolded_bytes: int = 600 * 1024 * 1024
    entry_bytes: int = 400 * 1024 * 1024
    ratio: int = 120
    ratio_from_bytes: int = 10 * 1024 * 1024
    entries: int = 2_000
    rows: int = 400_000
    columns: int = 1_000
    cells: int = 40_000_000
    sparse_from_cells: int = 1_000_000
    sparseness: int = 50


SCREEN = Limits()
COMMAND = Limits(file_bytes=300 * 1024 * 1024)

_ENDINGS = {
    FileKind.DELIMITED: {".csv", ".tsv", ".txt"},
    FileKind.WORKBOOK: {".xlsx"},
    FileKind.GEOJSON: {".geojson", ".json"},
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SIGNATURES = (
    *(b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF"),
    *(b"PAR1", b"ARROW1", b"SQLite format 3", b"\x80\x04\x95", b"\x80\x05\x95", b"BZh", b"\xfd7zXZ"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|svg|script|table)", re.IGNORECASE)
_CHUNK = 1024 * 1024
_FAR_CELL = re.compile(rb"""<(?:\w{1,20}:)?c\s[^>]{0,200}?\br\s*=\s*["']([A-Z]{1,7})(\d{1,12})["']""")


def demand_defusedxml() -> None:
    """Make sure that the guard against hostile XML is installed (test SC-4); asked at start-up too.

    Raises: BcpKitError I-012 when it is missing: Excel files are then refused.
    """
    try:
        importlib.import_module("defusedxml")
    except ImportError:
        raise BcpKitError(ErrorCode.DEFUSEDXML_MISSING) from None


def shown_name(name: str) -> str:
    """Return the last part of a file name as it may be shown: no folders, no control or direction marks.

    Used for messages only; a stored file never carries the name that a user gave (test IN-4).
    """
    last = PureWindowsPath(PurePosixPath(name.replace("\0", "")).name).name.rpartition(":")[2]
    kept = "".join(c for c in last if c.isprintable())
    return kept[:100]


def guard(content: bytes, name: str, limits: Limits = SCREEN) -> FileKind:
    """Return what the file is, by content, once it is known to be harmless to parse.

    Raises: BcpKitError I-001 … I-013 (size, type, disguise, password, macros, bombs).
    """
    if not content.strip():
        raise BcpKitError(ErrorCode.FILE_EMPTY)
    if len(content) > limits.file_bytes:
        raise BcpKitError(
            ErrorCode.FILE_TOO_LARGE, size_mb=len(content) >> 20, limit_mb=limits.file_bytes >> 20
        )
    kind = _kind(content)
    if kind is FileKind.WORKBOOK:
        demand_defusedxml()
        _guard_workbook(content, limits)
    ending = PurePosixPath(shown_name(name)).suffix.lower()
    if ending and ending not in _ENDINGS[kind]:
        raise BcpKitError(ErrorCode.FILE_NOT_AS_NAMED, ending=ending, kind=kind.value)
    return kind


def _kind(content: bytes) -> FileKind:
    head = content[:4096]
    if head.startswith(_OLE):
        locked = _ENCRYPTED in content[: 64 * 1024] or _ENCRYPTED in content[-64 * 1024 :]
        raise BcpKitError(ErrorCode.FILE_LOCKED if locked else ErrorCode.FILE_OLD_EXCEL)
    if head.startswith(b"PK"):
        return FileKind.WORKBOOK
    if head.startswith(_SIGNATURES) or _MARKUP.match(head):
        raise BcpKitError(ErrorCode.FILE_TYPE_UNKNOWN)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in content and not wide:
        raise BcpKitError(ErrorCode.FILE_TYPE_UNKNOWN)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return FileKind.GEOJSON if text.startswith((b"{", b"[")) else FileKind.DELIMITED


def _guard_workbook(content: bytes, limits: Limits) -> None:
    """Refuse what is no workbook and what would unfold to too much."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            _guard_entries(entries, len(content), limits)
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
                raise BcpKitError(ErrorCode.FILE_TYPE_UNKNOWN)
            if any(n.lower().endswith("vbaproject.bin") for n in names):
                raise BcpKitError(ErrorCode.FILE_HAS_MACROS)
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as stream:
                        _guard_part(stream, entry, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None


def _guard_entries(entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    unfolded = sum(entry.file_size for entry in entries)
    nested = any(entry.filename.lower().endswith((".zip", ".xlsx", ".gz", ".7z")) for entry in entries)
    steep = unfolded > limits.ratio_from_bytes and unfolded > limits.ratio * max(size, 1)
    if len(entries) > limits.entries or unfolded > limits.unfolded_bytes or steep or nested:
        raise BcpKitError(ErrorCode.FILE_IS_BOMB)


def _guard_part(stream: IO[bytes], entry: zipfile.ZipInfo, limits: Limits) -> None:
    """Unfold one XML part up to its limit; refuse entities, and cells beyond the extent allowed."""
    extent = _Extent() if entry.filename.startswith("xl/worksheets/") else None
    seen, tail = 0, b""
    while chunk := stream.read(_CHUNK):
        window, first = tail + chunk, seen == 0
        seen += len(chunk)
        if seen > min(limits.entry_bytes, entry.file_size + _CHUNK):
            raise BcpKitError(ErrorCode.FILE_IS_BOMB)
        if b"<!DOCTYPE" in window or b"<!ENTITY" in window or (first and _not_utf8(window)):
            raise BcpKitError(ErrorCode.FILE_HAS_ENTITIES)
        if extent is not None:
            extent.take(window)
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

    def take(self, window: bytes) -> None:
        found = _FAR_CELL.findall(window)
        self.cells += len(found)
        self.rows = max(self.rows, max((int(row) for _, row in found), default=0))
        letters = {column for column, _ in found}
        self.columns = max(self.columns, max((_column_number(c) for c in letters), default=0))

    def exceeds(self, limits: Limits) -> bool:
        area = self.rows * self.columns
        sparse = area > limits.sparse_from_cells and area > limits.sparseness * max(self.cells, 1)
        return self.rows > limits.rows or self.columns > limits.columns or area > limits.cells or sparse


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

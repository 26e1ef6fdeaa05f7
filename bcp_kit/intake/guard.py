"""The gate before any parser: size, type by content, what an archive would unfold to, endless lines.

Everything here reads a few bytes or a zip directory, or unfolds single entries up to a limit, so that a
bomb is refused before a parser sees it (tests IN-3, IN-5). Nothing is written to disk.
"""

import importlib
import re
from pathlib import PurePosixPath, PureWindowsPath

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.intake.encodings import wide_codec
from bcp_kit.intake.guard_archive import guard_archive
from bcp_kit.intake.guard_old_excel import OLE, guard_old_excel
from bcp_kit.intake.limits import COMMAND, SCREEN, FileKind, Limits

__all__ = ["COMMAND", "SCREEN", "FileKind", "Limits", "demand_defusedxml", "guard", "shown_name"]

_ENDINGS = {
    FileKind.DELIMITED: {".csv", ".tsv", ".txt", ".tab"},
    FileKind.WORKBOOK: {".xlsx"},
    FileKind.OLD_WORKBOOK: {".xls"},
    FileKind.GEOJSON: {".geojson", ".json"},
    FileKind.SHAPEFILE: {".zip"},
}
_SIGNATURES = (
    *(b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF"),
    *(b"PAR1", b"ARROW1", b"SQLite format 3", b"\x80\x04\x95", b"\x80\x05\x95", b"BZh", b"\xfd7zXZ"),
    *(
        b"{\\rtf",
        b"%!PS",
        b"\xca\xfe\xba\xbe",
        b"ITSF",
        b"MSCF",
        b"#!/",
        b"\x00\x00\x27\x0a",
        b"RIFF",
        b"OggS",
    ),
)
_MARKUP = re.compile(
    rb"\s*<(?:!doctype|html|\?xml|svg|script|table|!--|head|body|meta|gml|kml)", re.IGNORECASE
)
_LINE_ENDS = (b"\n", b"\r")
_JSON_SIGNS = (b",", b":", b"]", b"\n")
_OLDER_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x00\x06\x00")


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

    Raises: BcpKitError I-001 … I-013, I-020 … I-027 (size, type, disguise, password, macros, bombs).
    """
    if not content.strip():
        raise BcpKitError(ErrorCode.FILE_EMPTY)
    if len(content) > limits.file_bytes:
        raise BcpKitError(
            ErrorCode.FILE_TOO_LARGE, size_mb=len(content) >> 20, limit_mb=limits.file_bytes >> 20
        )
    kind = _kind(content, limits)
    ending = PurePosixPath(shown_name(name)).suffix.lower()
    if ending and ending not in _ENDINGS[kind]:
        raise BcpKitError(ErrorCode.FILE_NOT_AS_NAMED, ending=ending, kind=kind.value)
    return kind


def _kind(content: bytes, limits: Limits) -> FileKind:
    head = content[:4096]
    if head.startswith(OLE):
        guard_old_excel(content, limits)
        return FileKind.OLD_WORKBOOK
    if head.startswith(_OLDER_EXCEL):
        raise BcpKitError(ErrorCode.FILE_OLD_EXCEL)
    if head.startswith(b"PK"):
        kind = guard_archive(content, limits)
        if kind is FileKind.WORKBOOK:
            demand_defusedxml()
        return kind
    if head.startswith(_SIGNATURES) or _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise BcpKitError(ErrorCode.FILE_TYPE_UNKNOWN)
    return _guard_text(content, limits)


def _guard_text(content: bytes, limits: Limits) -> FileKind:
    """Tell JSON from tables; refuse binary content, endless lines and more parts than any list has.

    Raises: BcpKitError I-003, I-007, I-009, I-026.
    """
    if b"\0" in content and wide_codec(content) is None:
        raise BcpKitError(ErrorCode.FILE_TYPE_UNKNOWN)
    text = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        if content.count(b"{") + content.count(b"[") > limits.json_parts:
            raise BcpKitError(ErrorCode.FILE_IS_BOMB)
        if has_longer_stretch(content, limits.line_bytes, _JSON_SIGNS):
            raise BcpKitError(ErrorCode.GEOJSON_FAULTY)
        return FileKind.GEOJSON
    if has_longer_stretch(content, limits.line_bytes, _LINE_ENDS):
        raise BcpKitError(ErrorCode.LINE_TOO_LONG, limit_kb=limits.line_bytes >> 10)
    if content.count(b"\n") > 4 * limits.rows:
        raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=limits.rows, columns=limits.columns)
    return FileKind.DELIMITED


def has_longer_stretch(content: bytes, limit: int, ends: tuple[bytes, ...]) -> bool:
    """True when more than `limit` bytes stand without one of `ends`. Looks from the far end of each step."""
    start, size = 0, len(content)
    while size - start > limit:
        found = max(content.rfind(end, start, start + limit) for end in ends)
        if found < 0:
            return True
        start = found + 1
    return False

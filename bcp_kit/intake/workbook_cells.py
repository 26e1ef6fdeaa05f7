"""What readers do not tell of an Excel sheet: errors, formulas never computed, hidden rows and columns."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import join, normpath
from typing import IO

from defusedxml import ElementTree

from bcp_kit.intake.table import CellNature

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_LINK = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_TAG = rb"(?:\w{1,20}:)?"
_ERROR = re.compile(rb"""<%bc\s([^<>]*\bt\s*=\s*["']e["'][^<>]*)>""" % _TAG)
_NO_RESULT = re.compile(
    rb"""<%bc\s([^<>]*)>\s*<%bf(?:\s[^<>]*)?(?:/>|>[^<]*</%bf>)\s*(?:<%bv\s*/>|<%bv>\s*</%bv>)?\s*</%bc>"""
    % ((_TAG,) * 7)
)
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_TYPED = re.compile(rb"""\bt\s*=""")
_ROW = re.compile(rb"""<%brow\s([^<>]*\bhidden\s*=\s*["'](?:1|true)["'][^<>]*)>""" % _TAG)
_ROW_NUMBER = re.compile(rb"""\br\s*=\s*["'](\d{1,7})["']""")
_COLUMN = re.compile(rb"<%bcol\s[^<>]*>" % _TAG)
_CHUNK = 4 * 1024 * 1024
_NUMBERED = re.compile(rb"""\b(min|max|hidden)\s*=\s*["'](\w{1,7})["']""")
_LAST_COLUMN = 16_384

Places = Mapping[tuple[int, int], CellNature]


@dataclass(frozen=True)
class SheetMarks:
    """Cells (row and column index from 0) that are silent, hidden row numbers, hidden column indexes."""

    silent: Places = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def sheet_marks(content: bytes) -> Mapping[str, SheetMarks]:
    """Return, by sheet name, the cells that hold an error or no result, and what is hidden.

    The readers give nothing for such cells, and nothing would pass for empty.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = set(archive.namelist())
        paths = {sheet: path for sheet, path in sheet_paths(archive).items() if path in names}
        found = {}
        for sheet, path in paths.items():
            with archive.open(path) as part:
                found[sheet] = _marks(part)
        return found


def _marks(part: IO[bytes]) -> SheetMarks:
    """Look at a sheet piece by piece, cut between rows, so that a long one is never held whole."""
    silent: dict[tuple[int, int], CellNature] = {}
    rows: set[int] = set()
    columns: frozenset[int] | None = None
    rest = b""
    while chunk := part.read(_CHUNK):
        piece = rest + chunk
        if columns is None:
            columns = _hidden_columns(piece)
        cut = max(piece.rfind(b"<row"), piece.rfind(b":row"))
        cut = piece.rfind(b"<", 0, cut + 1) if cut > 0 else 0
        _take(piece[:cut], silent, rows)
        rest = piece[cut:]
    _take(rest, silent, rows)
    return SheetMarks(silent, frozenset(rows), columns or frozenset())


def _take(piece: bytes, silent: dict[tuple[int, int], CellNature], rows: set[int]) -> None:
    """Add what a piece of a sheet says."""
    if b"hidden" in piece:
        numbers = (_ROW_NUMBER.search(found) for found in _ROW.findall(piece))
        rows.update(int(number[1]) for number in numbers if number is not None)
    for attributes in _ERROR.findall(piece) if b"t=" in piece or b"t =" in piece else ():
        _put(attributes, CellNature.ERROR, silent)
    for attributes in _NO_RESULT.findall(piece) if b"<f" in piece or b":f" in piece else ():
        if not _TYPED.search(attributes):
            _put(attributes, CellNature.UNCOMPUTED, silent)


def _put(attributes: bytes, nature: CellNature, silent: dict[tuple[int, int], CellNature]) -> None:
    place = _PLACE.search(attributes)
    if place is not None:
        silent[(int(place[2]) - 1, _column_index(place[1]))] = nature


def _hidden_columns(head: bytes) -> frozenset[int]:
    found: set[int] = set()
    for column in _COLUMN.findall(head):
        said = dict(_NUMBERED.findall(column))
        if said.get(b"hidden") in (b"1", b"true") and said.get(b"min", b"").isdigit():
            last = min(int(said.get(b"max", said[b"min"])), _LAST_COLUMN)
            found.update(range(int(said[b"min"]) - 1, last))
    return frozenset(found)


def column_letters(index: int) -> str:
    """Return the letters over a column as Excel shows them: A for 0, AA for 26."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive that holds each sheet, by the sheet's name."""
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = [*book.iter(f"{_MAIN}sheet"), *book.iter(f"{_STRICT}sheet")]
    found = {}
    for sheet in sheets:
        target = targets.get(sheet.get(_LINK) or sheet.get(_STRICT_LINK), "")
        found[str(sheet.get("name"))] = (
            target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        )
    return found


def _column_index(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1

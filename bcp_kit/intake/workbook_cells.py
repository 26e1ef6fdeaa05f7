"""What readers do not tell of an Excel sheet: errors, formulas never computed, hidden rows and columns."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import join, normpath

from defusedxml import ElementTree

from bcp_kit.intake.table import CellNature

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_LINK = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_TYPE = re.compile(rb"""\bt\s*=\s*["'](\w+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>[^<]")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")

_ROW_HIDDEN = re.compile(
    rb"""<(?:\w+:)?row\s(?=[^>]*\bhidden\s*=\s*["'](?:1|true)["'])[^>]*?\br\s*=\s*["'](\d{1,7})["']"""
)
_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
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
        paths = {sheet: path for sheet, path in _sheet_paths(archive).items() if path in names}
        return {sheet: _marks(archive.read(path)) for sheet, path in paths.items()}


def _marks(part: bytes) -> SheetMarks:
    hidden = (
        frozenset(int(number) for number in _ROW_HIDDEN.findall(part)) if b"hidden" in part else frozenset()
    )
    return SheetMarks(_places(part), hidden, _hidden_columns(part[: part.find(b"<sheetData")]))


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


def _sheet_paths(archive: zipfile.ZipFile) -> dict[str, str]:
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


def _places(part: bytes) -> Places:
    if b"<f" not in part and b":f" not in part and b"t=" not in part:
        return {}
    found = {}
    for cell in _CELL.finditer(part):
        nature = _nature(cell[1], cell[2] or b"")
        place = _PLACE.search(cell[1]) if nature is not None else None
        if nature is not None and place is not None:
            found[(int(place[2]) - 1, _column_index(place[1]))] = nature
    return found


def _nature(attributes: bytes, body: bytes) -> CellNature | None:
    kind = _TYPE.search(attributes)
    if kind is not None and kind[1] == b"e":
        return CellNature.ERROR
    if kind is None and _FORMULA.search(body) and not _VALUE.search(body):
        return CellNature.UNCOMPUTED
    return None


def _column_index(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1

"""Cells of an Excel file that read as empty though they are not: errors, and formulas never computed."""

import re
import zipfile
from collections.abc import Mapping
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

Places = Mapping[tuple[int, int], CellNature]


def silent_cells(content: bytes) -> Mapping[str, Places]:
    """Return, by sheet name, the cells (row and column index from 0) that hold an error or no result.

    The readers give nothing for them, and nothing would pass for empty.
    """
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = set(archive.namelist())
        paths = {sheet: path for sheet, path in _sheet_paths(archive).items() if path in names}
        return {sheet: _places(archive.read(path)) for sheet, path in paths.items()}


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

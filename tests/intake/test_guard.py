"""The gate before the parsers: size, type by content, bombs, hostile XML, names (IN-3, IN-4, IN-5, SC-4)."""

import importlib
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.intake.guard import FileKind, Limits, demand_defusedxml, guard, shown_name
from bcp_kit.intake.table_reader import read_tables
from tests.intake.conftest import HEADINGS, ROW, csv_bytes, xlsx_bytes
from tests.intake.corpus.model import old_excel

SHEET = "xl/worksheets/sheet1.xml"


def _refusal(content: bytes, name: str, limits: Limits | None = None) -> ErrorCode:
    with pytest.raises(BcpKitError) as refused:
        guard(content, name, limits or Limits())
    return refused.value.code


def _repacked(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return a good workbook with its parts changed."""
    with zipfile.ZipFile(BytesIO(xlsx_bytes([HEADINGS, ROW]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (csv_bytes([HEADINGS, ROW]), "名簿.csv", FileKind.DELIMITED),
        (csv_bytes([HEADINGS, ROW], "utf-16"), "名簿.txt", FileKind.DELIMITED),
        (xlsx_bytes([HEADINGS, ROW]), "名簿.XLSX", FileKind.WORKBOOK),
        (b'{"type": "FeatureCollection", "features": []}', "a.geojson", FileKind.GEOJSON),
        (b"\xef\xbb\xbf[]", "a.json", FileKind.GEOJSON),
    ],
)
def test_good_files_are_told_by_content(content: bytes, name: str, kind: FileKind) -> None:
    """CSV, Excel and GeoJSON pass and are told apart."""
    assert guard(content, name) is kind


DISGUISES = {
    "pdf": b"%PDF-1.7 ...",
    "png": b"\x89PNG\r\n\x1a\n....",
    "jpeg": b"\xff\xd8\xff\xe0....",
    "gif": b"GIF89a....",
    "gzip": b"\x1f\x8b\x08....",
    "rar": b"Rar!\x1a\x07....",
    "program": b"MZ\x90\x00....",
    "elf": b"\x7fELF....",
    "html": b"<!DOCTYPE html><html>",
    "xml": b"<?xml version='1.0'?><Workbook/>",
    "parquet": b"PAR1....PAR1",
    "pickle": b"\x80\x04\x95....",
    "sqlite": b"SQLite format 3\x00....",
}


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".json", ".txt"])
@pytest.mark.parametrize("disguise", sorted(DISGUISES))
def test_disguised_files_are_refused(disguise: str, ending: str) -> None:
    """Fifty-two files of other kinds are refused whatever they are called."""
    assert _refusal(DISGUISES[disguise], f"名簿{ending}") is ErrorCode.FILE_TYPE_UNKNOWN


def test_ending_that_belies_the_content_is_refused() -> None:
    """A CSV called .xlsx and an Excel file called .csv are refused with the way to name them."""
    assert _refusal(csv_bytes([HEADINGS]), "a.xlsx") is ErrorCode.FILE_NOT_AS_NAMED
    assert _refusal(xlsx_bytes([HEADINGS]), "a.csv") is ErrorCode.FILE_NOT_AS_NAMED


def test_size_is_checked_first() -> None:
    """A file over the limit is refused by its size."""
    assert _refusal(b"a" * 101, "a.csv", Limits(file_bytes=100)) is ErrorCode.FILE_TOO_LARGE


def test_bomb_by_ratio_is_refused() -> None:
    """A part that unfolds a thousand times is refused without unfolding it."""

    def add(parts: dict[str, bytes]) -> None:
        parts["xl/media/zeros.bin"] = b"\0" * 40_000_000

    assert _refusal(_repacked(add), "a.xlsx") is ErrorCode.FILE_IS_BOMB


def test_bomb_by_entries_and_nesting_is_refused() -> None:
    """Too many parts, or an archive in the archive, are refused."""

    def many(parts: dict[str, bytes]) -> None:
        parts.update({f"xl/media/{i}.bin": b"" for i in range(3_000)})

    def nested(parts: dict[str, bytes]) -> None:
        parts["xl/embeddings/inner.zip"] = b"PK"

    assert _refusal(_repacked(many), "a.xlsx") is ErrorCode.FILE_IS_BOMB
    assert _refusal(_repacked(nested), "a.xlsx") is ErrorCode.FILE_IS_BOMB


def test_size_that_the_directory_hides_is_found() -> None:
    """A part that unfolds to more than its directory says is refused, not trusted."""
    honest = _repacked(lambda parts: parts.update({SHEET: b"<worksheet>" + b" " * 9_000_000}))
    size = (9_000_011).to_bytes(4, "little")
    lying = honest.replace(size, (1_000).to_bytes(4, "little"))
    assert lying != honest
    assert _refusal(lying, "a.xlsx") in (ErrorCode.FILE_IS_BOMB, ErrorCode.FILE_DAMAGED)


@pytest.mark.parametrize("cell", ["A9999999", "XFD1", "ZZZ999999"])
def test_sparse_extent_is_refused(cell: str) -> None:
    """One cell far away, which would make a reader fill the space between, is refused."""

    def move(parts: dict[str, bytes]) -> None:
        parts[SHEET] = parts[SHEET].replace(b'r="D2"', f'r="{cell}"'.encode())

    assert _refusal(_repacked(move), "a.xlsx") is ErrorCode.SHEET_TOO_LARGE


@pytest.mark.parametrize(
    "declaration", [b'<!DOCTYPE a [<!ENTITY x "y">]>', b"<!DOCTYPE a SYSTEM 'file:///etc/x'>"]
)
def test_entities_are_refused(declaration: bytes) -> None:
    """XML with entities, inner or outer, is refused."""

    def declare(parts: dict[str, bytes]) -> None:
        parts["xl/workbook.xml"] = declaration + parts["xl/workbook.xml"]

    assert _refusal(_repacked(declare), "a.xlsx") is ErrorCode.FILE_HAS_ENTITIES


def test_macros_are_refused() -> None:
    """A workbook with a program in it is refused."""
    content = _repacked(lambda parts: parts.update({"xl/vbaProject.bin": b"x"}))
    assert _refusal(content, "a.xlsx") is ErrorCode.FILE_HAS_MACROS


def test_excel_is_refused_without_the_xml_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without defusedxml Excel files are refused with the reason, and CSV files still pass."""

    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(BcpKitError) as refused:
        demand_defusedxml()
    assert refused.value.code is ErrorCode.DEFUSEDXML_MISSING
    assert _refusal(xlsx_bytes([HEADINGS, ROW]), "a.xlsx") is ErrorCode.DEFUSEDXML_MISSING
    assert guard(csv_bytes([HEADINGS, ROW]), "a.csv") is FileKind.DELIMITED


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\me\\名簿.csv", "名簿.csv"),
        ("\\\\server\\share\\a.csv", "a.csv"),
        ("a.csv:stream.csv", "stream.csv"),
        ("evil\u202evsc.csv", "evilvsc.csv"),
        ("a\0b.csv", "ab.csv"),
        ("x" * 300 + ".csv", "x" * 100),
    ],
)
def test_file_names_are_shown_harmless(name: str, shown: str) -> None:
    """A shown name has no folder, stream, control or direction mark, and is short."""
    assert shown_name(name) == shown


FOLDERS = (
    "",
    "../",
    "../../../",
    "/",
    "/etc/",
    "C:\\",
    "C:",
    "\\\\server\\share\\",
    "..\\..\\",
    "\\\\?\\C:\\",
    "//host/",
)
STEMS = (
    "名簿",
    "NUL",
    "con",
    "a" * 300,
    "a\u202evsc",
    "a\0b",
    "a\nb",
    "a:stream",
    ".",
    "..",
    " ",
    "%2e%2e%2f",
)
ENDINGS = ("", ".csv", ".xlsx ", ".csv.exe")


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_name_leads_anywhere(folder: str) -> None:
    """Over 500 hostile names (IN-4) are shown short, on one line, without folder, drive or direction mark."""
    for stem in STEMS:
        for ending in ENDINGS:
            shown = shown_name(f"{folder}{stem}{ending}")
            assert len(shown) <= 100 and shown.isprintable()
            assert not {"/", "\\", ":"} & set(shown) and not any("\u202a" <= c <= "\u202e" for c in shown)


def test_cells_that_never_end_are_refused_in_time() -> None:
    """Thousands of cells or formulas that are never closed do not keep the gate busy."""
    for piece in (b"<c r", b'<c r="A1"><f>', b'<row hidden="1" '):
        body = b"<worksheet><sheetData>" + piece * 100_000
        content = _repacked(lambda parts, body=body: parts.update({SHEET: body}))  # type: ignore[misc]
        with pytest.raises(BcpKitError):
            read_tables(content, "a.xlsx")


def test_old_excel_is_told_and_guarded() -> None:
    """An old file passes; with a far cell, a program or a password it is refused."""
    rows = [HEADINGS, ROW]
    assert guard(old_excel(rows), "名簿.xls") is FileKind.OLD_WORKBOOK
    far = old_excel(rows, lambda tab: tab.write(65_535, 255, "x"))
    assert _refusal(far, "a.xls") is ErrorCode.SHEET_TOO_LARGE
    assert _refusal(b"\x09\x08\x10\x00" + far[:50], "a.xls") is not None
    assert _refusal(far[:700], "a.xls") is ErrorCode.FILE_DAMAGED

"""The malformed files of sample_data/broken, and files broken at random: a remedy each, never a traceback."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Severity
from bcp_kit.domain.people import Person
from bcp_kit.intake.inspection import Inspection, inspect
from bcp_kit.resources import locate
from bcp_kit.services.base import Context
from bcp_kit.services.importing import import_inspection, inspect_file
from bcp_kit.services.importing_report import report_json, report_lines, report_workbook
from tests.intake.conftest import HEADINGS, ROW, TODAY, csv_bytes, xlsx_bytes
from tests.intake.corpus.model import old_excel
from tests.intake.test_shapefile import layer_parts, zipped

FOLDER = locate("sample_data") / "broken"
EXPECTED: dict[str, Any] = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))


def _stored(ctx: Context) -> int:
    with ctx.open_store() as uow:
        return uow.people.count()


def test_every_broken_file_has_its_answer() -> None:
    """Each file of the folder is described, and each description has its file."""
    assert {p.name for p in FOLDER.iterdir()} - {"expected.yaml"} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_broken_file_is_answered_with_place_code_and_remedy(name: str) -> None:
    """Each finding is the expected one, at its row and column, with what happened and what to do."""
    expected = EXPECTED[name]
    inspection = inspect((FOLDER / name).read_bytes(), name, TODAY)
    found = [(p.code.value, p.row, p.column) for _, p in inspection.findings()]
    for finding in expected["findings"]:
        assert any(
            code == finding["code"]
            and row == finding.get("row", row)
            and column == finding.get("column", column)
            for code, row, column in found
        ), (finding, found)
    assert {code for code, _, _ in found} == {f["code"] for f in expected["findings"]}
    assert inspection.good_rows == expected["good_rows"]
    assert inspection.is_refused == expected["refused"]
    for line in report_lines(inspection):
        assert len(line.what) > 5 and len(line.remedy) > 5 and "{" not in line.what + line.remedy


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_broken_file_never_comes_in_by_half(name: str, ctx: Context) -> None:
    """A file with errors brings in nothing unless the good rows are accepted, and then exactly those."""
    inspection = inspect_file(ctx, FOLDER / name)
    expected = EXPECTED[name]
    errors = any(p.severity is Severity.ERROR for _, p in inspection.findings())
    if errors:
        with pytest.raises(BcpKitError) as refused:
            import_inspection(ctx, inspection)
        assert refused.value.code.value.startswith("I-4") and _stored(ctx) == 0
    if not expected["refused"] and expected["good_rows"]:
        outcome = import_inspection(ctx, inspection, accept_good_rows=True)
        assert outcome.counts["people"].new == expected["good_rows"] == _stored(ctx)


def test_every_broken_file_can_be_reported() -> None:
    """The report of each file goes into JSON and Excel without a formula coming alive."""
    for name in EXPECTED:
        inspection = inspect((FOLDER / name).read_bytes(), name, TODAY)
        assert report_json(inspection)["imported"] is None
        read_back = inspect(report_workbook(inspection).content, "r.xlsx", TODAY)
        assert [p.code for p in read_back.problems] == [ErrorCode.LAYOUT_UNKNOWN]


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    """A path without a file gives a code, not a traceback."""
    with pytest.raises(BcpKitError) as refused:
        inspect_file(None, tmp_path / "none.csv")
    assert refused.value.code is ErrorCode.NOT_FOUND


def _sound(inspection: Inspection) -> None:
    """Whatever came in, each record without an error holds objects, and each with one holds none to store."""
    for part in inspection.parts:
        for record in part.records:
            assert record.good == bool(record.items) or not record.items
    assert report_json(inspection)["rows"] == inspection.rows


SHOWN = ("a.csv", "a.xlsx", "a.xls", "a.json", "a.zip")
STARTS = (
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"{",
    b"\xff\xfe",
    b"\x1b$B",
    b"\xef\xbb\xbf",
)
CODECS = ("utf-8-sig", "cp932", "euc_jp", "utf-16", "utf-16-le", "utf-16-be")
EDIT = st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 12))
VALID = {
    "a.csv": csv_bytes([HEADINGS, ROW, ("00102", "若葉　次郎", "1950/1/2", "みどり町")]),
    "a.xlsx": xlsx_bytes([HEADINGS, ROW, ("00102", "若葉　次郎", "1950/1/2", "みどり町")]),
    "a.xls": old_excel([HEADINGS, ROW, ("00102", "若葉　次郎", "1950/1/2", "みどり町")]),
    "a.zip": zipped({"a": layer_parts()}),
    "a.json": '{"type":"FeatureCollection","features":[{"properties":{"施設・場所名":"a","住所":"b",'
    '"受入対象者":""},"geometry":{"type":"Point","coordinates":[139.5,35.5]}}]}'.encode(),
}


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(VALID)),
    edits=st.lists(EDIT, min_size=1, max_size=4),
)
def test_files_broken_at_random_are_answered(name: str, edits: list[tuple[float, bytes, int]]) -> None:
    """Bytes cut out and put in anywhere never end in an exception (IN-2)."""
    content = VALID[name]
    for place, inserted, cut in edits:
        at = int(place * len(content))
        content = content[:at] + inserted + content[at + cut :]
    _sound(inspect(content, name, TODAY))


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=6),
    as_csv=st.booleans(),
)
def test_tables_of_any_text_are_answered(rows: list[list[str]], as_csv: bool) -> None:
    """Any text in any cell is answered, under good headings and without."""
    clean = [[c.encode("utf-8", "ignore").decode().replace("\0", "") for c in row] for row in rows]
    table = [list(HEADINGS), *clean]
    if as_csv:
        _sound(inspect(csv_bytes(table), "a.csv", TODAY))
        _sound(inspect(csv_bytes(clean), "a.csv", TODAY))
        return
    printable = [["".join(ch for ch in c if ch.isprintable()) for c in row] for row in table]
    _sound(inspect(xlsx_bytes(printable), "a.xlsx", TODAY))


@settings(max_examples=150, deadline=None)
@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=400), name=st.sampled_from(SHOWN))
def test_bytes_of_any_kind_are_answered(start: bytes, rest: bytes, name: str) -> None:
    """Random bytes under any name and behind the first bytes of any kind never end in an exception."""
    _sound(inspect(start + rest, name, TODAY))


NAMES = st.text(st.sampled_from("青葉若森清花子次郎一二三アイウ　・"), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(
    names=st.lists(NAMES.filter(str.strip), min_size=1, max_size=6),
    codec=st.sampled_from(CODECS),
    sign=st.sampled_from(",\t;"),
)
def test_sound_registers_come_in_whole(names: list[str], codec: str, sign: str) -> None:
    """A valid register in any encoding and with any separator gives each person exactly as written."""
    rows = [HEADINGS, *((f"{i:05d}", name, "S12.3.4", f"みどり町{i}番地") for i, name in enumerate(names))]
    text = "".join(sign.join(row) + "\r\n" for row in rows)
    inspection = inspect(text.encode(codec), "a.csv", TODAY)
    assert [p.name for p in inspection.objects(Person)] == names and not inspection.bad_rows

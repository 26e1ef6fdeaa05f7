"""The commands read, people, shelters and staff: what they say, what they store, how they end."""

import json
import sys
from pathlib import Path

import pytest

from bcp_kit.cli import app
from bcp_kit.cli.common import run
from bcp_kit.resources import locate
from tests.intake.conftest import HEADINGS, ROW, csv_bytes

BROKEN = locate("sample_data") / "broken"


@pytest.fixture(autouse=True)
def _plain_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store of these tests is plain: its people are invented."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bcp-kit", *words])
    with pytest.raises(SystemExit) as ended:
        run(app)
    return int(str(ended.value.code))


def test_read_says_what_it_found_and_stores_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The kind, the counts and the command that would import are shown; no store is made."""
    source = tmp_path / "名簿.csv"
    source.write_bytes(csv_bytes([HEADINGS, ROW]))
    assert _run(monkeypatch, "read", str(source)) == 0
    said = capsys.readouterr().out
    assert "要支援者" in said and "取り込める行：1" in said and "bcp-kit people import" in said
    assert [p.name for p in tmp_path.iterdir()] == ["名簿.csv"]


def test_read_refuses_with_code_row_and_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that cannot be read ends with 3; its finding has code, row and remedy."""
    assert _run(monkeypatch, "read", str(BROKEN / "open_quote.csv")) == 3
    said = capsys.readouterr().out
    assert "I-015" in said and "3行目" in said and "→" in said


def test_report_is_one_json_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--report - writes JSON alone to standard output; --report-xlsx writes an Excel file."""
    sheet = tmp_path / "報告.xlsx"
    name = str(BROKEN / "unknown_words.csv")
    assert _run(monkeypatch, "read", name, "--report", "-", "--report-xlsx", str(sheet)) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["rows"] == 3 and report["good_rows"] == 1 and report["imported"] is None
    assert {"row", "column", "code", "what", "remedy"} <= report["problems"][0].keys()
    assert sheet.stat().st_size > 1000


def test_import_refuses_errors_and_then_accepts_the_good_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Errors end with 3 and store nothing; --accept-good-rows stores the rest and counts it."""
    data, name = str(tmp_path / "data"), str(BROKEN / "unknown_words.csv")
    assert _run(monkeypatch, "people", "import", name, "--data", data) == 3
    assert "I-401" in capsys.readouterr().err
    words = ("people", "import", name, "--accept-good-rows", "--data", data, "--json", "-")
    assert _run(monkeypatch, *words) == 0
    imported = json.loads(capsys.readouterr().out)["imported"]
    assert imported["counts"]["people"]["new"] == 1 and imported["rows_left_out"] == 2


def test_import_of_another_kind_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A register given to the command for shelters is refused before anything is stored."""
    words = ("shelters", "import", str(BROKEN / "cp932.csv"), "--data", str(tmp_path))
    assert _run(monkeypatch, *words) == 3
    assert "I-405" in capsys.readouterr().err


def test_export_form_and_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was imported is listed with protected addresses hidden, and exported so that it comes back."""
    data, source = str(tmp_path / "data"), tmp_path / "a.csv"
    heads, row = (*HEADINGS, "住所の秘匿（支援措置）"), (*ROW, "はい")
    source.write_bytes(csv_bytes([heads, row]))
    assert _run(monkeypatch, "people", "import", str(source), "--data", data) == 0
    capsys.readouterr()
    assert _run(monkeypatch, "people", "list", "--data", data, "--json", "-") == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["total"] == 1 and listed["rows"][0]["address"] == "（秘匿）"
    for target in ("b.xlsx", "b.csv"):
        assert _run(monkeypatch, "people", "export", str(tmp_path / target), "--data", data) == 0
        assert _run(monkeypatch, "people", "import", str(tmp_path / target), "--data", data) == 0
        assert "変わった 0　同じ 1" in capsys.readouterr().out
    for group in ("people", "shelters", "staff"):
        form = tmp_path / f"{group}.xlsx"
        assert _run(monkeypatch, group, "form", str(form)) == 0 and form.exists()
    assert _run(monkeypatch, "people", "export", str(tmp_path / "b.pdf"), "--data", data) == 2


def test_sample_town_comes_in_without_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample town, read in the order in which its parts depend on each other, is stored whole."""
    town, data = locate("sample_data") / "town", str(tmp_path / "data")
    order = ("staff", "facilities"), ("staff", "staff"), ("staff", "rosters"), ("staff", "help_offers")
    order += ("people", "supporters"), ("people", "people"), ("shelters", "shelters")
    for group, name in order:
        assert _run(monkeypatch, group, "import", str(town / f"{name}.csv"), "--data", data) == 0

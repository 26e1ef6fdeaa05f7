"""`bcp-kit shelters survey | answers | status`: spoken in Japanese, JSON objects, documented exit codes."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bcp_kit.cli import app
from bcp_kit.cli.common import Exit, run
from bcp_kit.services.base import Context
from bcp_kit.services.shelters import read_shelter


@pytest.fixture
def command(
    ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> object:
    """A function that runs a command over the store and returns exit code, output and errors."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    monkeypatch.setenv("BCP_KIT_DATA_DIR", str(tmp_path / "data"))

    def spoken(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["bcp-kit", "shelters", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            run(app)
        told = capsys.readouterr()
        return int(str(end.value.code)), told.out, told.err

    return spoken


def test_surveys_for_all_places_and_answers_back(command: object, ctx: Context, tmp_path: Path) -> None:
    """One command writes every survey; an answered one is shown first and stored only with --accept."""
    assert callable(command)
    code, out, _ = command("survey", "--out", str(tmp_path / "o"), "--return-to", "福祉課")
    assert code == Exit.DONE and "2か所の調査票を作りました（Excel 2、PDF 0）" in out
    path = tmp_path / "o" / "survey_W1.xlsx"
    book = load_workbook(path)
    tab = book.worksheets[0]
    for line in tab.iter_rows(min_row=11):
        if line[0].value == "29-1":
            line[3].value = "6"
    tab["C7"], tab["C8"] = "施設長", "2026-11-20"
    book.save(path)
    code, out, _ = command("answers", str(path), "--json", "-")
    assert code == Exit.DONE and json.loads(out)["surveys"][0]["changes"][0]["new"] == "6"
    assert read_shelter(ctx, "W1").toilets == 4
    code, out, _ = command("answers", str(path), "--accept")
    assert code == Exit.DONE and "4 → 6" in out and "1件を保存しました" in out
    assert read_shelter(ctx, "W1").toilets == 6


def test_an_answer_that_cannot_be_read_ends_with_its_code(command: object, tmp_path: Path) -> None:
    """Faults in answers end with 5, a missing file with 2, another file with 3; never with a traceback."""
    assert callable(command)
    command("survey", "--out", str(tmp_path / "o"), "--shelter", "W1")
    path = tmp_path / "o" / "survey_W1.xlsx"
    book = load_workbook(path)
    for line in book.worksheets[0].iter_rows(min_row=11):
        if line[0].value == "29-1":
            line[3].value = "たくさん"
    book.save(path)
    code, out, _ = command("answers", str(path))
    assert code == Exit.FAULTS_FOUND and "たくさん" in out
    assert command("answers", "none.xlsx")[0] == Exit.WRONG_USE
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    assert command("answers", str(other))[0] != Exit.DONE
    assert command("survey", "--shelter", "gone", "--out", str(tmp_path / "o"))[0] == Exit.WRONG_USE


def test_the_state_is_reported_and_shown(command: object, tmp_path: Path) -> None:
    """Begin, set, add, show and end an event; each says what it did, and a JSON object has it all."""
    assert callable(command)
    assert command("status", "set", "W1", "open")[0] == Exit.WRONG_USE
    assert "「台風」の記録を始めました" in command("status", "begin", "台風", "--hazard", "river_flood")[1]
    assert "ひだまり苑: 被災" in command(
        "status", "set", "W1", "damaged", "--usable", "40", "--reason", "雨漏り"
    )[1]  # fmt: skip
    assert "東町集会所" in command("status", "add", "東町集会所", "--capacity", "20")[1]
    facts = json.loads(command("status", "show", "--json", "-")[1])
    by_id = {p["shelter"]: p for p in facts["places"]}
    assert by_id["W1"]["status"]["usable_share"] == 0.4 and by_id["G1"]["status"] is None
    assert sum(p["added"] for p in facts["places"]) == 1
    assert "雨漏り" in command("status", "show", "W1")[1]
    assert "「台風」の記録を終えました" in command("status", "end")[1]
    assert command("status", "end")[0] == Exit.WRONG_USE

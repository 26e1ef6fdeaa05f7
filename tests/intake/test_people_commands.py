"""The commands of `bcp-kit people` about updates, duplicates, certificates, undoing: words, JSON, codes."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bcp_kit.cli import app
from bcp_kit.cli.common import open_context, run
from tests.intake.conftest import HEADINGS, csv_bytes

OLD = (
    ("00101", "髙橋　花子", "S12.3.4", "本町1丁目2番3号"),
    ("00102", "若葉　次郎", "S20.5.6", "海町1"),
    ("00103", "新緑　三郎", "S21.7.8", "山町2"),
    ("00105", "高橋花子", "1937-03-04", "本町1-2-3"),
)
NEW = (OLD[0], ("00102", "若葉　次郎", "S20.5.6", "川町5"), OLD[3], ("00200", "深緑　五郎", "S30.1.1", "里9"))
CARE = ("宛名番号", "氏名", "生年月日", "要介護状態区分", "認定日")


class Town:
    """A folder with files and a store, and the way to run a command on it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.folder, self._monkeypatch, self._capsys = folder, monkeypatch, capsys
        self.errors = ""

    def run(self, *words: str) -> tuple[int, str]:
        """Run `bcp-kit people …` and return exit code and standard output."""
        argv = ["bcp-kit", "people", *words, "--data", str(self.folder / "data")]
        self._monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as ended:
            run(app)
        said = self._capsys.readouterr()
        self.errors = said.err
        return int(str(ended.value.code)), said.out

    def json(self, *words: str) -> Any:
        """Run a command with --json - and return its object."""
        code, said = self.run(*words, "--json", "-")
        assert code == 0, self.errors
        return json.loads(said)

    def write(self, name: str, *rows: Any) -> str:
        """Write a CSV file and return its path."""
        path = self.folder / name
        path.write_bytes(csv_bytes(rows))
        return str(path)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Town:
    """A plain store with the old register."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    made = Town(tmp_path, monkeypatch, capsys)
    assert made.run("import", made.write("old.csv", HEADINGS, *OLD))[0] == 0
    return made


def test_an_update_is_shown_before_anything_is_stored(town: Town) -> None:
    """Without --accept the differences are said, field by field, and nothing changes."""
    new = town.write("new.csv", HEADINGS, *NEW)
    code, said = town.run("update", new)
    assert code == 0 and "住所が変わった人" in said and "「海町1」→「川町5」" in said
    assert "新緑　三郎 00103" in said and "--accept" in said
    found = town.json("update", new)
    assert {name: len(listed) for name, listed in found["lists"].items()} == {
        **{"new": 1, "changed": 0, "moved": 1, "reappeared": 0, "gone": 1}
    }
    assert found["stored"] is None


def test_accepting_and_deciding_and_undoing(town: Town) -> None:
    """--accept stores, missing lists, left decides, undo takes back step by step."""
    new = town.write("new.csv", HEADINGS, *NEW)
    stored = town.json("update", new, "--accept", "moved", "--accept", "gone")["stored"]
    assert stored["accepted"]["moved"] == 1 and stored["accepted"]["new"] == 0
    assert [p["number"] for p in town.json("missing")["people"]] == ["00103"]
    assert "転出" in town.run("left", "00103", "moved_out")[1]
    assert town.json("missing")["total"] == 0
    assert town.json("undo", "--dry-run")["done"] is False
    assert [town.json("undo")["kind"] for _ in range(2)] == ["departure", "update"]
    assert town.json("update", new)["lists"]["gone"] != []


def test_the_same_person_under_two_numbers(town: Town) -> None:
    """duplicates proposes with points and reasons, different remembers, merge merges."""
    (pair,) = town.json("duplicates")["pairs"]
    assert pair["score"] >= 90 and "birth_same" in pair["reasons"]
    assert "00101 高橋花子 にまとめました" in town.run("merge", "00101", "00105", "--take", "name")[1]
    assert town.json("list")["rows"][0]["name"] == "高橋花子"
    assert town.run("undo")[0] == 0
    assert town.run("different", "00101", "00105")[0] == 0
    assert town.json("duplicates")["total"] == 0


def test_certificates_join_when_told_so(town: Town) -> None:
    """A proposed row is stored only with --accept-row; impossible rows stop unless left out; Excel report."""
    wrong, proposed = ("77", "髙橋花子", "S12.3.4", "要介護6", ""), ("", "若葉次郎", "S20.5.6", "要介護3", "")
    care = town.write("care.csv", CARE, wrong, proposed)
    report = town.folder / "報告.xlsx"
    found = town.json("certificates", care, "--report-xlsx", str(report))
    assert [m["row"] for m in found["proposed"]] == [3] and found["bad_rows"] == 1
    assert report.stat().st_size > 0
    assert town.run("certificates", care, "--store")[0] == 3
    assert "I-401" in town.errors
    options = ("--store", "--accept-good-rows", "--accept-row", "3")
    assert town.json("certificates", care, *options)["stored"]["changed"] == 1
    assert town.json("list")["rows"][1]["needs"] == "要介護3"


def test_undo_names_what_was_changed_since(town: Town) -> None:
    """A record touched since refuses the undoing of the import; --keep-changed spares it."""
    with open_context(town.folder / "data").open_store() as uow:
        (person,) = uow.people.list(register_no="00103")
        uow.people.save(person.model_copy(update={"phone_home": "0123-45-6789"}))
        uow.commit()
    assert [found["label"] for found in town.json("undo", "--dry-run")["staying"]] == ["新緑　三郎 00103"]
    assert town.run("undo")[0] == 3
    assert "I-406" in town.errors
    assert town.run("undo", "--keep-changed")[0] == 0
    assert [row["register_no"] for row in town.json("list")["rows"]] == ["00103"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("merge", "00101", "99999"), 2),
        (("merge", "00101", "00101"), 3),
        (("merge", "00101", "00102", "--take", "no_such_field"), 2),
        (("left", "00101", "asleep"), 2),
        (("update", "no_such_file.csv"), 2),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_said(town: Town, words: tuple[str, ...], code: int) -> None:
    """Wrong numbers, fields, reasons and files end with their code and a remedy, never with a traceback."""
    assert town.run(*words)[0] == code
    assert "→" in town.errors and "Traceback" not in town.errors

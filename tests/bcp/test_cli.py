"""`bcp-kit bcp`: the way from an empty plan to paper, with its exit codes and JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from bcp_kit.cli.bcp import app
from bcp_kit.cli.common import Exit
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.services.base import Context

Run = Callable[..., Result]


@pytest.fixture
def run(ctx: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs one command over the store of `ctx`."""
    assert ctx
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")

    def command(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--data", str(tmp_path / "data")])

    return command


def test_from_start_to_paper(run: Run, tmp_path: Path, home: Facility) -> None:
    """Begin with what is known, answer from a file, see what is open, print: each step says what it did."""
    started = run("start", "--take-known", "--json", "-")
    assert started.exit_code == 0, started.output
    answers = tmp_path / "answers.yaml"
    answers.write_text("nd_basic_policy: まず利用者の命。\nnd_agreement: [under_way]\n", encoding="utf-8")
    saved = run("answer", "--file", str(answers))
    assert saved.exit_code == 0
    assert "2件" in saved.output
    shown = run("show", "--json", str(tmp_path / "show.json"))
    assert shown.exit_code == Exit.FAULTS_FOUND
    facts = json.loads((tmp_path / "show.json").read_text(encoding="utf-8"))
    items = {item["item"]: item for chapter in facts["chapters"] for item in chapter["items"]}
    assert items["nd_basic_policy"]["state"] == items["nd_cover"]["state"] == "done"
    assert items["nd_gas"]["why"]
    printed = run("print", "--out", str(tmp_path / "paper"))
    assert printed.exit_code == 0
    paper = list((tmp_path / "paper").glob("*.pdf"))
    assert len(paper) == 1
    assert paper[0].read_bytes().startswith(b"%PDF")
    assert home.name in paper[0].name


def test_facilities_are_listed(run: Run) -> None:
    """The list shows facility and plans; as JSON it is one object."""
    run("start")
    assert "ひだまり苑" in run("facilities").output
    listed = json.loads(run("facilities", "--json", "-").output)
    assert listed["facilities"][0]["id"] == "home-1"
    assert listed["plans"][0]["counts"]["open"] == 61


def test_sample_text_in_a_file_is_pointed_out(run: Run, tmp_path: Path) -> None:
    """An answer with ○○ is saved and named as not done."""
    run("start")
    answers = tmp_path / "answers.json"
    answers.write_text('{"nd_network": "○○のネットワークに参加"}', encoding="utf-8")
    output = run("answer", "--file", str(answers)).output
    assert "nd_network" in output
    assert "記入例" in output


def test_errors_pass_up_with_their_code(run: Run, tmp_path: Path) -> None:
    """No plan yet, a second plan, a file that is no text: each has its code."""
    assert _code(run("show")) is ErrorCode.WHICH_PLAN
    assert _code(run("show", "--plan", "no-such-plan")) is ErrorCode.NOT_FOUND
    run("start")
    assert _code(run("start")) is ErrorCode.PLAN_EXISTS
    binary = tmp_path / "answers.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert _code(run("answer", "--file", str(binary))) is ErrorCode.ANSWER_UNREADABLE


def test_an_empty_store_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a facility the list says so, and a plan cannot be begun."""
    monkeypatch.setenv("BCP_KIT_PLAIN", "true")
    empty = ("--data", str(tmp_path / "empty"))
    assert "施設がありません" in CliRunner().invoke(app, ["facilities", *empty]).output
    assert _code(CliRunner().invoke(app, ["start", *empty])) is ErrorCode.WHICH_FACILITY


def test_all_open_items_on_request(run: Run) -> None:
    """Short by default, everything with --all; a finished answer needs no list."""
    run("start")
    assert "nd_attachments" not in run("show").output
    assert "nd_attachments" in run("show", "--all").output


def _code(result: Result) -> ErrorCode | None:
    return result.exception.code if isinstance(result.exception, BcpKitError) else None

"""Rosters and papers out: Excel that comes back the same, PDFs that a validator passes, commands."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli import cover_sheets as cli
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Severity
from bcp_kit.domain.rosters import RosterDecisions
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import HelpRoute
from bcp_kit.intake.helpers import DAY_OFF
from bcp_kit.render.document import PrintedDocument
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, run_cover
from bcp_kit.services.cover_calls import call_list
from bcp_kit.services.roster_board import board_in_force, board_of_run, export_board, print_board
from bcp_kit.services.roster_import import RosterFile, RosterPlan, accept_roster, plan_roster
from bcp_kit.services.roster_papers import (
    RequestWords,
    calls_in_words,
    help_request,
    print_calls,
    print_request,
)
from bcp_kit.services.roster_sample import sample_roster
from tests.render.paper_checks import failed_rules, fonts_not_embedded, page_texts, squeezed

NOVEMBER = date(2026, 11, 1)
Make = Callable[..., Scenario]


@pytest.fixture
def short(ctx: Context, scenario: Make) -> CoverRun:
    """A run of three days at A without any nurse: posts stay empty, offers are used."""
    with ctx.open_store() as uow:
        for person in uow.staff.list(facility_id="A"):
            if "nurse" in person.qualifications:
                uow.staff.remove(person.id)
            else:
                uow.staff.save(person.model_copy(update={"phone": "0000-00-0001"}))
        uow.commit()
    return run_cover(ctx, CoverCommand(("A",), scenario(), work_limit=5, own_process=False))


def shifts_of(plan: RosterPlan) -> dict[tuple[str, date], str]:
    """The shifts that a plan would store."""
    return {key: shift for key, (shift, _) in plan.entries.items() if shift != DAY_OFF}


def assert_fit_for_all(document: PrintedDocument) -> None:
    """The validator has nothing against it, fonts are embedded, every character was drawn."""
    assert failed_rules(document.pdf_bytes) == []
    assert fonts_not_embedded(document.pdf_bytes) == []
    assert document.missing_glyphs == ()


def test_a_roster_in_force_goes_out_and_comes_back(ctx: Context) -> None:
    """In, out, in: the invented month, the stored roster and its own file hold the same shifts."""
    made = sample_roster(ctx, "A", NOVEMBER)
    plan = plan_roster(ctx, "A", RosterFile(made.content, "a.xlsx"))
    assert plan.is_ready and plan.shifts > 150
    accept_roster(ctx, plan)
    out = export_board(ctx, board_in_force(ctx, "A", NOVEMBER, 30), "A")
    again = plan_roster(ctx, "A", RosterFile(out.content, "b.xlsx"))
    assert not [p for _, p in again.problems if p.severity is not Severity.NOTICE]
    assert shifts_of(again) == shifts_of(plan)
    assert export_board(ctx, board_in_force(ctx, "A", NOVEMBER, 30), "A").content != b""


@pytest.mark.parametrize("first", [23, 29])
def test_a_run_goes_out_and_comes_back(ctx: Context, scenario: Make, first: int) -> None:
    """Every shift of the site's own staff in the run's Excel file reads back, over a month's end too."""
    start = scenario().starts_at.replace(day=first)
    quake = scenario().model_copy(update={"starts_at": start})
    run = run_cover(ctx, CoverCommand(("A",), quake, work_limit=5, own_process=False))
    table = board_of_run(ctx, run.id, "A")
    out = export_board(ctx, table, run.id)
    plan = plan_roster(ctx, "A", RosterFile(out.content, "run.xlsx"))
    assert plan.is_ready, plan.problems
    wanted = {(a.staff_id, table.days[a.day]): a.shift for a in run.assignments if a.staff_id}
    assert wanted and shifts_of(plan) == wanted


def test_the_excel_file_holds_text_alone(ctx: Context, short: CoverRun) -> None:
    """No cell is a formula even when a name looks like one; empty posts have a tab of their own."""
    with ctx.open_store() as uow:
        person = uow.staff.list(facility_id="A")[0]
        uow.staff.save(person.model_copy(update={"name": "=HYPERLINK(1)"}))
        uow.commit()
    out = export_board(ctx, board_of_run(ctx, short.id, "A"), short.id)
    book = openpyxl.load_workbook(BytesIO(out.content))
    cells = [cell for tab in book for row in tab.iter_rows() for cell in row if cell.value is not None]
    assert cells and not {cell.data_type for cell in cells} - {"s", "inlineStr"}
    assert book.sheetnames[0] == "勤務表" and "埋まらない持ち場" in book.sheetnames


def test_the_wall_sheet_names_people_marks_and_empty_posts(ctx: Context, short: CoverRun) -> None:
    """A3 lying, tagged; every person, the legend, and the posts that stay empty."""
    table = board_of_run(ctx, short.id, "A")
    document = print_board(ctx, table, short.id)
    assert_fit_for_all(document)
    words = "".join(page_texts(document.pdf_bytes))
    assert all(squeezed(line.name) in words for line in table.lines)
    assert "埋まらない持ち場" in words and "12時間勤務" in words and "夜12" in words
    assert table.empty and print_board(ctx, table, short.id).pdf_bytes == document.pdf_bytes


def test_the_call_list_is_printed_in_the_order_of_calling(ctx: Context, short: CoverRun) -> None:
    """The paper has every call of the service in its order, with number, boxes and what to ask."""
    calls = call_list(ctx, short.id, "A")
    document = print_calls(ctx, short.id, "A")
    assert_fit_for_all(document)
    words = "".join(page_texts(document.pdf_bytes))
    assert calls and len(calls) == len(calls_in_words(ctx, short.id, "A"))
    at = [words.index(squeezed(call.name)) for call in calls if call.name and call.route == "own_staff"]
    assert words.count("□来られない") == len(calls)
    assert sorted(set(at)) == list(dict.fromkeys(at)) and "0000-00-0001" in words


def test_a_request_asks_for_what_is_missing(ctx: Context, short: CoverRun) -> None:
    """To the prefecture: every kind of staff that empty posts need, with the most heads at one time."""
    request = help_request(
        ctx, HelpRoute.PREFECTURE, RequestWords(to="見本県", contact="事務長"), short.id, "A"
    )
    nurse = next(line for line in request.lines if "看護師" in line.qualification)
    nursing = [p for p in short.uncovered if p.post == "nurse"]
    assert nurse.people >= max(p.missing for p in nursing)
    document = print_request(ctx, request, short.id)
    assert_fit_for_all(document)
    words = "".join(page_texts(document.pdf_bytes))
    for wanted in (
        "見本県",
        "事務長",
        "社会福祉法人見本会",
        squeezed(nurse.qualification),
        "上ばき",
        "泊まる所",
    ):
        assert wanted in words


def test_only_who_may_see_staff_gets_the_papers(ctx: Context, short: CoverRun) -> None:
    """Names and numbers stay with the manager."""
    officer = replace(ctx, actor=Actor(name="見本", role=Role.DISASTER_OFFICER))
    for paper in (board_of_run, print_calls, calls_in_words):
        with pytest.raises(BcpKitError) as refused:
            paper(officer, short.id, "A")
        assert refused.value.code is ErrorCode.ACTION_DENIED


@pytest.fixture
def runner(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The commands over the invented store."""
    monkeypatch.setattr(cli, "_context", lambda data: ctx)
    return CliRunner()


def test_the_commands_write_their_files(runner: CliRunner, short: CoverRun, tmp_path: Path) -> None:
    """Each paper by its command; another ending is refused with a sentence."""
    for words in (
        ["sheet", "--out", "a.pdf"],
        ["sheet", "--out", "a.xlsx"],
        ["calls", "--out", "c.pdf"],
        ["request", "--out", "r.pdf", "--to", "partner"],
        ["request", "--out", "r.xlsx"],
    ):
        target = tmp_path / words[2]
        result = runner.invoke(cli.app, [*words[:2], str(target), *words[3:], "--facility", "A"])
        assert result.exit_code == 0, result.output
        assert target.read_bytes()[:2] in (b"%P", b"PK")
    assert runner.invoke(cli.app, ["calls", "--facility", "A"]).stdout.count("自施設の職員")
    wrong = runner.invoke(cli.app, ["sheet", "--out", str(tmp_path / "a.doc"), "--facility", "A"])
    assert isinstance(wrong.exception, BcpKitError) and wrong.exception.code is ErrorCode.WRONG_USE
    assert short.id


def test_a_roster_comes_in_by_command(runner: CliRunner, ctx: Context, tmp_path: Path) -> None:
    """Sample out, looked at without storing, stored, exported; unknown names stop with code 3."""
    file, out = tmp_path / "s.xlsx", tmp_path / "o.xlsx"
    named = ["--facility", "A", "--month", "2026-11"]
    assert runner.invoke(cli.app, ["sample-roster", "--out", str(file), *named]).exit_code == 0
    looked = runner.invoke(cli.app, ["roster-import", str(file), *named, "--check", "--json", "-"])
    told = json.loads(looked.stdout)
    assert told["stored"] is False and told["months"] == ["2026-11-01"]
    assert {m["meaning"] for m in told["marks"]} == {"early", "day", "late", "night"}
    result = runner.invoke(cli.app, ["roster-import", str(file), *named])
    assert result.exit_code == 0 and "早番" in result.stdout
    assert runner.invoke(cli.app, ["roster-export", "--out", str(out), *named]).exit_code == 0
    assert out.read_bytes()[:2] == b"PK"
    with ctx.open_store() as uow:
        for person in uow.staff.list(facility_id="B"):
            uow.staff.save(person.model_copy(update={"name": f"別館 {person.id}"}))
        uow.commit()
    elsewhere = runner.invoke(cli.app, ["roster-import", str(file), "--facility", "B"])
    assert elsewhere.exit_code == 3 and "I-375" in elsewhere.output
    skipped = plan_roster(
        ctx, "B", RosterFile(file.read_bytes(), "s.xlsx"), RosterDecisions(marks={"早": "skip"})
    )
    assert next(u for u in skipped.marks if u.mark == "早").meaning == "skip"

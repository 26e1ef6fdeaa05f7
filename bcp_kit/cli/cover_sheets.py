"""Rosters in, papers out: `cover roster-import|roster-export|sheet|calls|request|overtime|sample-roster`."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.access.policy import Role
from bcp_kit.cli.common import (
    DataOption,
    Exit,
    JsonOption,
    console,
    err_console,
    explain,
    open_context,
    write_json,
)
from bcp_kit.cli.cover import OneFacilityOption, RunOption
from bcp_kit.cli.cover import app as app  # noqa: PLC0414 - the group that this module adds to
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Severity
from bcp_kit.domain.rosters import RosterDecisions
from bcp_kit.domain.staff import HelpRoute
from bcp_kit.forms.messages import text
from bcp_kit.intake.guard import COMMAND
from bcp_kit.services.base import Context
from bcp_kit.services.cover import read_run
from bcp_kit.services.cover_overtime import export_overtime, overtime_lines
from bcp_kit.services.facilities import list_facilities
from bcp_kit.services.roster_board import board_in_force, board_of_run, export_board, print_board
from bcp_kit.services.roster_import import (
    RosterFile,
    RosterPlan,
    accept_roster,
    meaning_words,
    meanings,
    new_staff,
    plan_roster,
)
from bcp_kit.services.roster_papers import (
    RequestWords,
    calls_in_words,
    export_request,
    help_request,
    print_calls,
    print_request,
)
from bcp_kit.services.roster_sample import sample_roster

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="勤務表のExcel（.xlsx .xls）またはCSV")]
OutOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="書き出す先（.pdf または .xlsx）")]
PdfOption = Annotated[Path, typer.Option("--out", metavar="FILE", help="書き出す先（.pdf）")]
XLSX, PDF = ".xlsx", ".pdf"


def _context(data: Path | None) -> Context:
    return open_context(data, role=Role.FACILITY_MANAGER)


def _only_facility(ctx: Context, facility: str) -> str:
    """Return the facility, or the only one there is. Raises: BcpKitError B-006 when it must be named."""
    if facility:
        return facility
    known = list_facilities(ctx)
    if len(known) != 1:
        raise BcpKitError(ErrorCode.WHICH_FACILITY)
    return known[0].id


def _month(words: str) -> date:
    """Return the first day of 2026-12. Raises: BcpKitError U-001 for anything else."""
    try:
        return date.fromisoformat(f"{words}-01")
    except ValueError:
        raise BcpKitError(ErrorCode.WRONG_USE) from None


def _pairs(given: list[str]) -> dict[str, str]:
    """Return 記号=意味 as a mapping. Raises: BcpKitError U-001 for a meaning that nobody knows."""
    found = {}
    for pair in given:
        mark, _, meaning = pair.rpartition("=")
        if not mark or meaning not in meanings():
            raise BcpKitError(ErrorCode.WRONG_USE)
        found[mark] = meaning
    return found


@app.command("roster-import")
def roster_import(  # noqa: PLR0913, PLR0917 - one option for each thing that may be decided
    file: FileArgument,
    facility: OneFacilityOption = "",
    mark: Annotated[
        list[str] | None,
        typer.Option("--mark", help="記号の意味（例 --mark 研=day。off・leave・after_night・skipも）"),
    ] = None,
    month: Annotated[str, typer.Option("--month", help="勤務表の月（例 2026-12。書いてないとき）")] = "",
    new_staff_too: Annotated[
        bool, typer.Option("--new-staff", help="一覧にいない人を、新しい職員として加える")
    ] = False,
    skip_unknown: Annotated[
        bool, typer.Option("--skip-unknown", help="一覧にいない人の行を取り込まない")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="確かめるだけで、取り込まない")] = False,
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """施設の勤務表（勤務形態一覧表に似た形のExcel）を読み、記号と氏名を確かめて取り込む。"""
    ctx = _context(data)
    site = _only_facility(ctx, facility)
    handed = RosterFile(file.read_bytes() if file.is_file() else b"", file.name)
    if not handed.content:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    decisions = RosterDecisions(
        marks=_pairs(mark or []), new_for_unknown=new_staff_too, skip_unknown=skip_unknown
    )
    plan = plan_roster(ctx, site, handed, decisions, COMMAND)
    if month:
        months = {sheet.name: _month(month) for sheet in plan.reading.sheets}
        plan = plan_roster(ctx, site, handed, decisions.model_copy(update={"months": months}), COMMAND)
    out = err_console if json == "-" else console
    _print_plan(out, plan)
    stored = plan.is_ready and not check
    if stored:
        counts = accept_roster(ctx, plan).counts
        for kind, count in counts.items():
            words = text("intake.imported.counts", kind=text(f"intake.stored.{kind}"), **vars(count))
            out.print(escape(words), soft_wrap=True)
    write_json(json, lambda: _plan_json(plan, stored=stored))
    if not plan.is_ready:
        raise typer.Exit(Exit.INPUT_REFUSED)


def _print_plan(out: Any, plan: RosterPlan) -> None:
    months = "、".join(f"{s.month.year}-{s.month.month:02}" for s in plan.reading.sheets if s.month)
    words = text("rosters.import.read", people=len(plan.people), shifts=plan.shifts, months=months or "？")
    out.print(escape(words), soft_wrap=True)
    table = Table(title=text("rosters.import.marks"), title_justify="left")
    for key in ("mark", "count", "meaning", "why"):
        table.add_column(text(f"rosters.import.{key}"), overflow="fold")
    for use in plan.marks:
        why = text(f"rosters.why.{use.why}") if use.why else ""
        table.add_row(escape(use.mark), str(len(use.cells)), meaning_words(use.meaning), why)
    out.print(table)
    for _, member in new_staff(plan):
        out.print(escape(text("rosters.import.new", name=member.name)), soft_wrap=True)
    for sheet, problem in plan.problems:
        what, remedy = explain(BcpKitError(problem.code, **_located(sheet, problem.values, problem.row)))
        colour = {Severity.ERROR: "red", Severity.WARNING: "yellow"}.get(problem.severity, "cyan")
        out.print(f"[{colour}]{problem.code.value}[/] {escape(what)} → {escape(remedy)}", soft_wrap=True)


def _located(sheet: str, values: Any, row: int | None) -> dict[str, Any]:
    return {"row": row or 0, "sheet": sheet, **values}


def _plan_json(plan: RosterPlan, *, stored: bool) -> dict[str, Any]:
    return {
        "file": plan.file_name,
        "facility_id": plan.facility_id,
        "stored": stored,
        "months": [s.month.isoformat() for s in plan.reading.sheets if s.month],
        "marks": [
            {
                "mark": u.mark,
                "count": len(u.cells),
                "cells": list(u.cells),
                "meaning": u.meaning,
                "why": u.why,
            }
            for u in plan.marks
        ],
        "people": [
            {
                "cell": u.row.key,
                "name": u.row.name,
                "staff_id": u.staff_id,
                "new": u.new is not None,
                "skipped": u.skipped,
            }
            for u in plan.people
        ],
        "entries": [
            {"staff_id": staff_id, "day": day.isoformat(), "shift": shift}
            for (staff_id, day), (shift, _) in sorted(plan.entries.items())
        ],
        "problems": [{"sheet": sheet, **p.model_dump(mode="json")} for sheet, p in plan.problems],
    }


def _write(out: Path, content: bytes, json: str | None, **facts: Any) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    told = err_console if json == "-" else console
    told.print(escape(text("rosters.written", file=str(out))), soft_wrap=True)
    write_json(json, lambda: {"file": str(out), "bytes": len(content), **facts})


def _ending(out: Path, *allowed: str) -> str:
    """Return the ending of the target. Raises: BcpKitError U-001 for another one."""
    if out.suffix.lower() not in allowed:
        raise BcpKitError(ErrorCode.WRONG_USE)
    return out.suffix.lower()


@app.command("sheet")
def sheet(
    out: OutOption,
    run: RunOption = "",
    facility: OneFacilityOption = "",
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """勤務の案を、掲示用のPDF（A3）か、勤務形態一覧表に似た形のExcelに書き出す。"""
    ending, ctx = _ending(out, XLSX, PDF), _context(data)
    found = read_run(ctx, run, facility)
    table = board_of_run(ctx, found.id, facility)
    if ending == XLSX:
        content = export_board(ctx, table, found.id).content
    else:
        content = print_board(ctx, table, found.id).pdf_bytes
    _write(out, content, json, run=found.id, people=len(table.lines), days=len(table.days))


@app.command("roster-export")
def roster_export(
    out: OutOption,
    month: Annotated[str, typer.Option("--month", help="月（例 2026-12）")],
    facility: OneFacilityOption = "",
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """取り込んである勤務表を、その月だけ、同じ形のExcelかPDFに書き出す。"""
    ending, ctx = _ending(out, XLSX, PDF), _context(data)
    site, first = _only_facility(ctx, facility), _month(month)
    last = (first + timedelta(days=32)).replace(day=1)
    table = board_in_force(ctx, site, first, (last - first).days)
    if ending == XLSX:
        content = export_board(ctx, table, site).content
    else:
        content = print_board(ctx, table, site).pdf_bytes
    _write(out, content, json, facility_id=site, people=len(table.lines))


@app.command("calls")
def calls(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="書き出す先（.pdf）。省略時は画面に")
    ] = None,
    run: RunOption = "",
    facility: OneFacilityOption = "",
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """電話をかける順の一覧を示し、PDFに書き出す。"""
    ctx = _context(data)
    if out is not None:
        _ending(out, PDF)
        _write(out, print_calls(ctx, run, facility).pdf_bytes, json)
        return
    found = calls_in_words(ctx, run, facility)
    write_json(json, lambda: {"calls": [vars(call) | {"posts": list(call.posts)} for call in found]})
    if json == "-":
        return
    table = Table(title=text("rosters.calls.title"), title_justify="left")
    for key in ("order", "whom", "phone", "what"):
        table.add_column(text(f"rosters.calls.{key}"), overflow="fold")
    for call in found:
        what = "\n".join((call.ask, *call.posts))
        table.add_row(str(call.order), escape(f"{call.name}\n{call.about}"), escape(call.phone), escape(what))
    console.print(table)


@app.command("request")
def request(  # noqa: PLR0913, PLR0917 - one option for each thing that the form says
    out: OutOption,
    to: Annotated[HelpRoute, typer.Option("--to", help="頼む先の種類")] = HelpRoute.PREFECTURE,
    name: Annotated[str, typer.Option("--name", help="宛先の名前")] = "",
    contact: Annotated[str, typer.Option("--contact", help="担当者と連絡先")] = "",
    meeting: Annotated[str, typer.Option("--meeting", help="来ていただく所")] = "",
    lodging: Annotated[str, typer.Option("--lodging", help="泊まる所")] = "",
    bring: Annotated[str, typer.Option("--bring", help="持ってきていただく物")] = "",
    run: RunOption = "",
    facility: OneFacilityOption = "",
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """職員の応援のお願い（協定先・都道府県あて）を、計算の埋まらない持ち場から作る。"""
    ending, ctx = _ending(out, XLSX, PDF), _context(data)
    found = read_run(ctx, run, facility)
    words = RequestWords(to=name, contact=contact, meeting=meeting, lodging=lodging, bring=bring)
    asked = help_request(ctx, to, words, found.id, facility)
    if ending == XLSX:
        content = export_request(ctx, asked, found.id).content
    else:
        content = print_request(ctx, asked, found.id).pdf_bytes
    _write(out, content, json, run=found.id, lines=[vars(line) for line in asked.lines])


@app.command("overtime")
def overtime(
    out: OutOption,
    run: RunOption = "",
    facility: OneFacilityOption = "",
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """時間外が36協定の上限を超える見込みの人の一覧（労働基準法33条の届出のため）を書き出す。"""
    ending, ctx = _ending(out, XLSX, ".csv"), _context(data)
    found = read_run(ctx, run, facility)
    site = facility or found.facility_ids[0]
    lines = overtime_lines(ctx, found.id, site)
    content = export_overtime(ctx, found.id, site, as_csv=ending == ".csv").content
    _write(out, content, json, run=found.id, lines=[line.cells() for line in lines])


@app.command("sample-roster")
def sample(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="書き出す先（.xlsx）")],
    facility: OneFacilityOption = "",
    month: Annotated[str, typer.Option("--month", help="月（例 2026-12。省略時は今月）")] = "",
    json: JsonOption = None,
    data: DataOption = None,
) -> None:
    """登録してある職員で、架空の一か月の勤務表（勤務形態一覧表に似た形のExcel）を作る。練習用。"""
    _ending(out, XLSX)
    ctx = _context(data)
    site = _only_facility(ctx, facility)
    first = _month(month) if month else ctx.today().replace(day=1)
    made = sample_roster(ctx, site, first)
    _write(out, made.content, json, facility_id=site, month=first.isoformat())

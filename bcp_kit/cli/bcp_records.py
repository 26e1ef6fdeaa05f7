"""`bcp-kit bcp records|due|penalty`: what was done for the plans, what is due, the check of the deduction."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli import bcp_records_mend
from bcp_kit.cli.bcp_common import (
    FacilityOption,
    OutOption,
    column,
    manager_context,
    one_facility,
    say,
    write_printed,
)
from bcp_kit.cli.common import DataOption, Exit, JsonOption, console, write_json
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.practice import FindingState, PracticeKind, PracticeRecord
from bcp_kit.forms.messages import text
from bcp_kit.forms.practice.due import DueLine
from bcp_kit.forms.practice.penalty import PenaltyCheck, Verdict
from bcp_kit.forms.practice.words import (
    due_cells,
    due_heads,
    frequency_lines,
    lack_lines,
    penalty_pairs,
    plans_words,
    reading_words,
    rule_rows,
    source_cells,
    source_lines,
)
from bcp_kit.services.inspection_pack import print_blank_record, print_record
from bcp_kit.services.practice_due import read_due, read_penalty
from bcp_kit.services.practice_records import (
    Closing,
    FindingLine,
    NewFinding,
    NewRecord,
    add_record,
    close_finding,
    list_records,
    mark_changed,
    open_findings,
)

records = typer.Typer(help="周知・研修・訓練・見直しの記録", no_args_is_help=True, add_completion=False)


class Plans(StrEnum):
    """Which plans a record counts for, as typed."""

    both = "both"
    natural_disaster = PlanKind.NATURAL_DISASTER.value
    infection = PlanKind.INFECTION.value


KindOption = Annotated[PracticeKind, typer.Option("--kind", help="記録の種類")]
PlansOption = Annotated[Plans, typer.Option("--plans", help="どの計画について数えるか")]
DayOption = Annotated[
    datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="実施した日（省略時は今日）")
]
FindingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--finding", help="気づき。「文」か「文|計画の種類:項目の番号|担当|期限(年-月-日)」。何度でも"
    ),
]
ByOption = Annotated[str, typer.Option("--by", help="承認する人（記録した人・直した人とは別の人）")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group `bcp`."""
    bcp_records_mend.add_to(records)
    app.add_typer(records, name="records")
    app.command("due")(due)
    app.command("penalty")(penalty)


def _finding(told: str) -> NewFinding:
    """Return the finding that was typed: words, plan kind and item, owner, due day, parted by |."""
    words, link, owner, due_on = [part.strip() for part in (*told.split("|"), "", "", "")[:4]]
    kind, _, item_id = link.partition(":")
    try:
        return NewFinding(
            words=words,
            plan_kind=PlanKind(kind) if kind else None,
            item_id=item_id,
            owner=owner,
            due_on=date.fromisoformat(due_on) if due_on else None,
        )
    except ValueError:
        raise BcpKitError(ErrorCode.WRONG_USE) from None


def _record_facts(record: PracticeRecord) -> dict[str, Any]:
    return record.model_dump(mode="json")


@records.command("add")
def add(  # noqa: PLR0913, PLR0917 - one parameter an option
    kind: KindOption,
    plans: PlansOption = Plans.both,
    facility: FacilityOption = "",
    held_on: DayOption = None,
    title: Annotated[str, typer.Option("--title", help="題名")] = "",
    method: Annotated[str, typer.Option("--method", help="方法（机上、実動、集合研修など）")] = "",
    scenario: Annotated[str, typer.Option("--scenario", help="訓練の想定")] = "",
    leader: Annotated[str, typer.Option("--leader", help="担当・講師")] = "",
    participant: Annotated[list[str] | None, typer.Option("--participant", help="参加者。何度でも")] = None,
    people: Annotated[int | None, typer.Option("--people", min=0, help="人数")] = None,
    minutes: Annotated[int | None, typer.Option("--minutes", min=0, help="時間（分）")] = None,
    new_hires: Annotated[bool, typer.Option("--new-hires", help="新規採用者の研修を兼ねる")] = False,
    words: Annotated[str, typer.Option("--words", help="内容・結果")] = "",
    finding: FindingOption = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """周知・研修・訓練・見直しを記録します。"""
    ctx = manager_context(data)
    both = (PlanKind.INFECTION, PlanKind.NATURAL_DISASTER)
    record = add_record(
        ctx,
        NewRecord(
            facility_id=one_facility(ctx, facility),
            kind=kind,
            plan_kinds=both if plans is Plans.both else (PlanKind(plans.value),),
            held_on=held_on.date() if held_on else ctx.today(),
            title=title,
            method=method,
            scenario=scenario,
            leader=leader,
            participants=tuple(participant or ()),
            people=people,
            minutes=minutes,
            new_hires=new_hires,
            words=words,
            findings=tuple(_finding(told) for told in finding or ()),
        ),
    )
    write_json(json, lambda: _record_facts(record))
    say("records.cli.added", json, number=record.id)


@records.command("list")
def show(
    facility: FacilityOption = "",
    kind: Annotated[PracticeKind | None, typer.Option("--kind", help="この種類だけ")] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """記録と、終わっていない気づきを一覧にします。"""
    ctx = manager_context(data)
    facility_id = one_facility(ctx, facility)
    found, lines = list_records(ctx, facility_id, kind), open_findings(ctx, facility_id)
    write_json(
        json,
        lambda: {
            "records": [_record_facts(record) for record in found],
            "open_findings": [_line_facts(line) for line in lines],
        },
    )
    if json == "-":
        return
    heads = ("number", "day", "kind", "plans", "title", "findings")
    table = Table(*(column(text(f"records.cli.columns.{head}")) for head in heads))
    for record in found:
        still = sum(finding.state is not FindingState.CLOSED for finding in record.findings)
        cells = (record.held_on.isoformat(), text(f"records.kind.{record.kind.value}"))
        findings = f"{len(record.findings)}（{still}）" if record.findings else ""
        table.add_row(record.id, *cells, plans_words(record.plan_kinds), escape(record.title), findings)
    console.print(table)
    _print_findings(lines)


def _line_facts(line: FindingLine) -> dict[str, Any]:
    return {"record": line.record.id, **line.finding.model_dump(mode="json")}


def _print_findings(lines: tuple[FindingLine, ...]) -> None:
    if not lines:
        return
    heads = ("number", "finding", "words", "item", "owner", "due", "state")
    title = text("records.cli.open_findings")
    table = Table(*(column(text(f"records.cli.columns.{head}")) for head in heads), title=title)
    for line in lines:
        item = line.item.title_ja if line.item else ""
        table.add_row(
            line.record.id,
            line.finding.id,
            escape(line.finding.words),
            escape(item),
            escape(line.finding.owner),
            line.finding.due_on.isoformat() if line.finding.due_on else "",
            text(f"records.finding.state.{line.finding.state.value}"),
        )
    console.print(table)


@records.command("close")
def close(  # noqa: PLR0913, PLR0917 - one parameter an option
    record: Annotated[str, typer.Argument(help="記録の番号", metavar="記録")],
    finding: Annotated[str, typer.Argument(help="気づきの番号", metavar="気づき")],
    by: ByOption = "",
    words: Annotated[str, typer.Option("--words", help="どうなったか（計画を変えないときは理由）")] = "",
    version: Annotated[
        int, typer.Option("--version", min=0, help="反映した版。指定すると反映だけ記録する")
    ] = 0,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """気づきを、別の人の承認で閉じます（--version では、反映した版を記録します）。"""
    ctx = manager_context(data)
    if version:
        saved = mark_changed(ctx, record, finding, version, words)
        say("records.cli.changed", json, number=version)
    else:
        saved = close_finding(ctx, Closing(record, finding, by=by, words=words))
        say("records.cli.closed", json)
    write_json(json, lambda: _record_facts(saved))


@records.command("print")
def print_sheet(
    record: Annotated[
        str, typer.Argument(help="記録の番号（省略すると記入用の用紙）", metavar="[記録]")
    ] = "",
    kind: KindOption = PracticeKind.DRILL,
    facility: FacilityOption = "",
    out: OutOption = Path(),
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """記録の用紙を、参加者の署名欄つきでPDFにします。"""
    ctx = manager_context(data)
    printed = (
        print_record(ctx, record) if record else print_blank_record(ctx, one_facility(ctx, facility), kind)
    )
    write_printed(printed, out, json)


def _due_facts(line: DueLine) -> dict[str, Any]:
    return {
        "kind": line.kind.value,
        "plan": line.plan_kind.value if line.plan_kind else None,
        "state": line.state.value,
        "due_on": line.due_on,
        "required": line.required,
        "fiscal_done": line.fiscal_done,
        "rolling_done": line.rolling_done,
        "missed_last_year": line.missed_last_year,
        "why": due_cells(line)[-1],
    }


def due(facility: FacilityOption = "", data: DataOption = None, json: JsonOption = None) -> None:
    """研修・訓練・周知・見直しなどの期限を、期限切れから順に見せます。

    期限切れがあると、終了コードは5です。
    """
    ctx = manager_context(data)
    view = read_due(ctx, one_facility(ctx, facility))
    write_json(
        json,
        lambda: {
            "facility": view.facility.id,
            "overdue": len(view.overdue),
            "training_per_year": view.frequency.training,
            "drill_per_year": view.frequency.drill,
            "basis": view.settings.basis.value,
            "lines": [_due_facts(line) for line in view.lines],
        },
    )
    if json != "-":
        table = Table(*(column(head) for head in due_heads()))
        for line in view.lines:
            table.add_row(*(escape(cell) for cell in due_cells(line)))
        console.print(table)
        for sentence in frequency_lines(view.frequency):
            console.print(escape(sentence), soft_wrap=True)
    if view.overdue:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _penalty_facts(check: PenaltyCheck) -> dict[str, Any]:
    return {
        "verdict": check.verdict.value,
        "service": check.service.key if check.service else None,
        "percent": check.percent,
        "since": check.since,
        "months": len(check.shown.months),
        "running": check.shown.running,
        "month_yen": check.month_yen,
        "total_yen": check.total_yen,
        "lacks": [{"kind": lack.kind.value, "plan": lack.plan_kind.value} for lack in check.lacks],
        "readings": {
            r.reading.value: {"months": len(r.months), "own": r.reading is check.own_reading}
            for r in check.readings
        },
        "sources": [
            {"key": row.key, "sources": list(row.sources), "mark": row.verification.value}
            for row in rule_rows(check)
        ],
        "note": text("records.penalty.no_advice"),
    }


def penalty(facility: FacilityOption = "", data: DataOption = None, json: JsonOption = None) -> None:
    """業務継続計画未策定減算に当たるかを、入力された事実から確かめます（法律相談ではありません）。

    当たる、または当たるおそれがあると、終了コードは5です。
    """
    ctx = manager_context(data)
    view = read_penalty(ctx, one_facility(ctx, facility))
    check = view.check
    write_json(json, lambda: _penalty_facts(check))
    if json != "-":
        say(f"records.penalty.verdict.{check.verdict.value}")
        say("records.penalty.no_advice")
        table = Table(column(""), column(""), show_header=False)
        for name, value in penalty_pairs(check, view.facts):
            table.add_row(name, escape(value))
        for result in check.readings if check.percent else ():
            table.add_row(text(f"records.penalty.reading.{result.reading.value}"), reading_words(result))
        table.add_row(text("records.penalty.lacks"), "\n".join(lack_lines(check)))
        console.print(table)
        for cells in source_cells(rule_rows(check)):
            console.print(escape(f"・{cells[0]}［{cells[2]}］{cells[1]}"), soft_wrap=True)
        console.print(escape("\n".join(source_lines(rule_rows(check)))), soft_wrap=True)
    if check.verdict in (Verdict.APPLIES, Verdict.AT_RISK):
        raise typer.Exit(int(Exit.FAULTS_FOUND))

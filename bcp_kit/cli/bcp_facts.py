"""`bcp-kit bcp facts|import|site|close`: the fact base of a site, tables from Excel, several services."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli.bcp_common import (
    FacilityOption,
    OutOption,
    PlanOption,
    column,
    manager_context,
    one_facility,
    one_plan,
    say,
    write_file,
)
from bcp_kit.cli.common import DataOption, JsonOption, console, explain, write_json
from bcp_kit.domain.errors import BcpKitError, Problem
from bcp_kit.forms.fact_tables import fact_table, fact_tables
from bcp_kit.forms.messages import text
from bcp_kit.intake.limits import COMMAND
from bcp_kit.services.bcp_closing import accept_closings, closing_proposals
from bcp_kit.services.bcp_gather import gather
from bcp_kit.services.bcp_sisters import sister_plans
from bcp_kit.services.bcp_site import join_services, split_services
from bcp_kit.services.fact_import import (
    FactPreview,
    LineState,
    SheetPreview,
    accept_facts,
    export_facts,
    preview_facts,
)
from bcp_kit.services.site_facts import FactChange, plans_touched, read_facts, save_fact

facts = typer.Typer(
    help="基礎情報（人・連絡先・備蓄・建物など）を見る・直す・書き出す・読み込む", no_args_is_help=True
)
FILE_NAME = "site_facts.xlsx"
TableArgument = Annotated[str, typer.Argument(help="表の名前（bcp-kit bcp facts tables で一覧）")]
FileArgument = Annotated[Path, typer.Argument(help="ExcelかCSVのファイル", exists=True, dir_okay=False)]


@facts.command("tables")
def tables(json: JsonOption = None) -> None:
    """基礎情報にどんな表と列があるかを見せます。"""
    write_json(json, lambda: {t.id: [c.key for c in t.columns] for t in fact_tables().values()})
    if json == "-":
        return
    shown = Table(*(column(text(f"facts.cli.{head}")) for head in ("table", "title", "columns")))
    for table in fact_tables().values():
        names = "、".join(f"{c.label_ja}（{c.key}）" for c in table.columns if not c.hidden)
        shown.add_row(table.id, escape(table.title_ja), escape(names))
    console.print(shown)


@facts.command("show")
def show(
    table: TableArgument, facility: FacilityOption = "", data: DataOption = None, json: JsonOption = None
) -> None:
    """一つの表の行を見せます。"""
    ctx, known = manager_context(data), fact_table(table)
    rows = read_facts(ctx, one_facility(ctx, facility)).facts.tables.get(table, ())
    write_json(json, lambda: {"rows": [{"id": row.id, **row.cells} for row in rows]})
    if json == "-":
        return
    used = [c for c in known.columns if any(row.cells.get(c.key) for row in rows) and not c.hidden]
    shown = Table(column(text("facts.cli.row")), *(column(c.label_ja) for c in used))
    labels = {option.key: option.label_ja for option in known.kinds}
    for row in rows:
        cells = [labels.get(row.cells.get(c.key, ""), row.cells.get(c.key, "")) for c in used]
        shown.add_row(row.id, *map(escape, cells))
    console.print(shown)


@facts.command("set")
def change(
    fact: Annotated[str, typer.Argument(help="表の名前:行の番号（bcp-kit bcp facts show で一覧）")],
    cells: Annotated[list[str], typer.Argument(help="列の名前=内容")],
    reason: Annotated[str, typer.Option("--reason", help="改訂の理由（計画の改訂の記録に残る）")] = "",
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """一つの行を直し、それが出ている計画を全部挙げます。"""
    ctx = manager_context(data)
    facility_id = one_facility(ctx, facility)
    fresh = {cell.partition("=")[0]: cell.partition("=")[2] for cell in cells}
    table, _, row = fact.partition(":")
    saved = save_fact(ctx, facility_id, FactChange(table, fresh, row, reason))
    uses = [
        {"plan": u.plan_id, "item": u.item_id, "title": u.item_title, "how": u.how.value}
        for u in (*saved.touched, *saved.by_hand)
    ]
    write_json(json, lambda: {"row": row, "uses": uses})
    _say_uses(uses, json)


def _say_uses(uses: list[dict[str, str]], json: str | None) -> None:
    say("facts.cli.follow", json, count=sum(use["how"] != "words" for use in uses))
    by_hand = [use for use in uses if use["how"] == "words"]
    if by_hand:
        say("facts.cli.by_hand", json, count=len(by_hand))
    if json != "-":
        for use in uses:
            console.print(escape(f"  {use['item']}　{use['title']}（{text('facts.how.' + use['how'])}）"))


@facts.command("uses")
def uses(
    table: TableArgument,
    row: Annotated[str, typer.Argument(help="行の番号")],
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """一つの行が、どの計画のどこに出ているかを挙げます。"""
    ctx = manager_context(data)
    found = [
        {"plan": u.plan_id, "item": u.item_id, "title": u.item_title, "how": u.how.value}
        for u in plans_touched(ctx, one_facility(ctx, facility), table, row)
    ]
    write_json(json, lambda: {"row": row, "uses": found})
    _say_uses(found, json)


@facts.command("export")
def export(
    out: OutOption = Path(), facility: FacilityOption = "", data: DataOption = None, json: JsonOption = None
) -> None:
    """基礎情報を全部、表ごとのシートに分けてExcelに書き出します。"""
    ctx = manager_context(data)
    written = export_facts(ctx, one_facility(ctx, facility))
    target = write_file(out, FILE_NAME, written.content)
    write_json(json, lambda: {"file": str(target), "cleaned_cells": written.cleaned_cells})
    if json != "-":
        say("facts.cli.written")
        console.print(escape(str(target)), soft_wrap=True)


def take_in(
    file: FileArgument,
    accept: Annotated[bool, typer.Option("--accept", help="見た内容を取り込む（省略時は見るだけ）")] = False,
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """今ある計画の表（備蓄・連絡先・体制・連絡網など）をExcelから取り込みます。

    何もつけないと、取り込むとどうなるかを見せるだけで、何も変わりません。
    """
    ctx = manager_context(data)
    preview = preview_facts(ctx, one_facility(ctx, facility), file.read_bytes(), file.name, COMMAND)
    if accept:
        accept_facts(ctx, preview)
    write_json(json, lambda: _preview_facts(preview, accept))
    if json == "-":
        return
    for sheet in preview.sheets:
        _print_sheet(sheet)
    for name in preview.unknown:
        say("facts.cli.unknown_sheet", sheet=name)
    say("facts.cli.accepted" if accept else "facts.cli.not_yet")


def _problem_words(problem: Problem) -> str:
    what, _ = explain(BcpKitError(problem.code, **problem.values))
    return text("facts.cli.problem", row=problem.row or 0, column=problem.column, words=what)


def _print_sheet(sheet: SheetPreview) -> None:
    new, changed, same = (sheet.count(state) for state in LineState)
    name, title = sheet.sheet.sheet_name, sheet.table.title_ja
    say("facts.cli.sheet", sheet=name, table=title, new=new, changed=changed, same=same)
    if sheet.unknown_headings:
        say("facts.cli.headings", headings="、".join(sheet.unknown_headings))
    for problem in sheet.problems:
        console.print(escape(f"  {_problem_words(problem)}"), soft_wrap=True)


def _preview_facts(preview: FactPreview, accepted: bool) -> dict[str, Any]:
    return {
        "accepted": accepted,
        "sheets": [
            {
                "sheet": sheet.sheet.sheet_name,
                "table": sheet.table.id,
                "counts": {state.value: sheet.count(state) for state in LineState},
                "unknown_headings": sheet.unknown_headings,
                "problems": [
                    {"code": p.code.value, "row": p.row, "column": p.column} for p in sheet.problems
                ],
            }
            for sheet in preview.sheets
        ],
        "unknown_sheets": preview.unknown,
    }


def join(
    services: Annotated[list[str], typer.Argument(help="いっしょにする施設・事業所の番号")],
    plan: PlanOption = "",
    apart: Annotated[bool, typer.Option("--apart", help="いっしょにするのをやめる")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """同じ場所のサービス（併設）を一つの計画にまとめるか、分けます。"""
    ctx = manager_context(data)
    work = split_services if apart else join_services
    kept = work(ctx, one_plan(ctx, plan), services)
    write_json(json, lambda: {"plan": kept.id, "covers": [kept.facility_id, *kept.also_covers]})
    say("facts.cli.covers", json, count=1 + len(kept.also_covers))


def close(
    plan: PlanOption = "",
    accept: Annotated[bool, typer.Option("--accept", help="挙げた項目を、理由とともに対象外にする")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """この施設では要らない項目を、理由とともに挙げます。"""
    ctx = manager_context(data)
    plan_id = one_plan(ctx, plan)
    found = closing_proposals(ctx, plan_id)
    if accept:
        accept_closings(ctx, plan_id, [closing.item_id for closing in found])
    write_json(json, lambda: {"accepted": accept, "items": {c.item_id: c.reason for c in found}})
    if json == "-":
        return
    for closing in found:
        console.print(escape(f"{closing.item_id}　{closing.title}：{closing.reason}"), soft_wrap=True)
    say("facts.cli.closed" if accept else "facts.cli.may_close", count=len(found))


def collect(plan: PlanOption = "", data: DataOption = None, json: JsonOption = None) -> None:
    """前に書いた計画の表を基礎情報に移し、食い違いを挙げます（計画の言葉は変わりません）。"""
    ctx = manager_context(data)
    found = gather(ctx, one_plan(ctx, plan))
    lines = [
        {"item": d.item_id, "row": d.name, "column": d.column, "plan": d.plan_words, "facts": d.fact_words}
        for d in found.differences
    ]
    write_json(json, lambda: {"moved": found.moved, "differences": lines})
    if json == "-":
        return
    say("facts.cli.gathered", count=len(found.moved), differences=len(lines))
    for d in found.differences:
        plan_words, fact_words = d.plan_words, d.fact_words
        say(
            "facts.cli.difference",
            item=d.item_title,
            row=d.name,
            column=d.column,
            plan=plan_words,
            facts=fact_words,
        )


def sisters(facility: FacilityOption = "", data: DataOption = None, json: JsonOption = None) -> None:
    """避難確保計画と非常災害対策計画が要るかどうかと、それぞれまだ足りない項目を挙げます。"""
    ctx = manager_context(data)
    found = sister_plans(ctx, one_facility(ctx, facility))
    write_json(
        json,
        lambda: {
            s.need.kind.value: {
                "need": s.need.need.value,
                "begun": s.begun,
                "missing": [item.item_id for item in s.missing],
            }
            for s in found
        },
    )
    if json == "-":
        return
    for s in found:
        kind, need = text(f"bcp.kind.{s.need.kind.value}"), text(f"facts.need.{s.need.need.value}")
        say("facts.cli.sister", kind=kind, need=need, count=len(s.missing))
        for item in s.missing:
            console.print(escape(f"  {item.item_id}　{item.title_ja}"), soft_wrap=True)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the group of the plans."""
    app.add_typer(facts, name="facts")
    app.command("import")(take_in)
    app.command("join")(join)
    app.command("close")(close)
    app.command("gather")(collect)
    app.command("sisters")(sisters)

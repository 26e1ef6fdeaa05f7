"""`bcp-kit bcp damage`: begin a report, set values, print, export."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli.bcp_common import (
    FacilityOption,
    OutOption,
    column,
    manager_context,
    one_facility,
    say,
    write_file,
    write_printed,
)
from bcp_kit.cli.common import DataOption, JsonOption, console, err_console, write_json
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.damage import HandOver, damage_form, shown
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.damage_reports import (
    ReportView,
    begin_report,
    export_report,
    print_report,
    read_report,
    save_report,
)

app = typer.Typer(help="被害報告：始める、書く、刷る、書き出す", no_args_is_help=True)
ReportOption = Annotated[str, typer.Option("--report", help="報告の番号（省略すると一番新しいもの）")]
SetOption = Annotated[list[str] | None, typer.Option("--set", help="項目=値（何度でも）")]


class Sheet(StrEnum):
    """Which sheets to print."""

    report = "report"
    d24h = "d24h"
    dwat = "dwat"
    every = "all"


class FileKind(StrEnum):
    """Kinds of file."""

    xlsx = "xlsx"
    csv = "csv"


def add_to(group: typer.Typer) -> None:
    """Add the group `damage` to the group `bcp`."""
    group.add_typer(app, name="damage")


def _facts(view: ReportView) -> dict[str, Any]:
    return {
        "report": view.report.id,
        "event": view.report.event,
        "number": view.report.number,
        "drill": view.report.drill,
        "reported_at": view.report.reported_at,
        "values": dict(view.report.values),
        "changes": [{"item": c.item.id, "before": c.before, "after": c.after} for c in view.changes],
        "version": view.report.version,
    }


def _pairs(given: list[str] | None) -> dict[str, str]:
    found = {}
    for pair in given or ():
        key, sign, value = pair.partition("=")
        if not sign:
            raise BcpKitError(ErrorCode.DAMAGE_FIELD_UNKNOWN, field=pair)
        found[key.strip()] = value
    return found


def _report_id(ctx: Context, report: str, facility: str) -> str:
    return report or read_report(ctx, facility_id=one_facility(ctx, facility)).report.id


@app.command("new")
def new(
    event: Annotated[str, typer.Option("--event", help="災害の名前（同じ名前なら次の番号）")] = "",
    values: SetOption = None,
    drill: Annotated[bool, typer.Option("--drill", help="訓練の報告")] = False,
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """次の報告を始めます。前の報告と、施設の登録・安否確認からわかることが入ります。"""
    ctx = manager_context(data)
    view = begin_report(ctx, one_facility(ctx, facility), event, drill=drill)
    if values:
        view = save_report(ctx, view.report.id, _pairs(values))
    say("damage.cli.begun", json, number=view.report.number)
    write_json(json, lambda: _facts(view))
    if json != "-":
        _show(view)


@app.command("set")
def set_values(
    values: Annotated[list[str], typer.Argument(help="項目=値（値を空にすると消える）")],
    report: ReportOption = "",
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """報告の項目を書きます。"""
    ctx = manager_context(data)
    view = save_report(ctx, _report_id(ctx, report, facility), _pairs(values))
    say("damage.cli.saved", json)
    write_json(json, lambda: _facts(view))
    if json != "-":
        _show(view)


@app.command("fields")
def fields(json: JsonOption = None) -> None:
    """項目の名前と、選べる値を一覧にします。"""
    items = damage_form().items
    write_json(
        json,
        lambda: {
            "fields": [
                {"key": i.id, "title": i.title_ja, "options": [o.key for o in i.input.options]} for i in items
            ]
        },
    )
    if json == "-":
        return
    table = Table(*(column(text(f"damage.column.{key}")) for key in ("key", "item", "value")))
    for item in items:
        options = " / ".join(f"{option.key}＝{option.label_ja}" for option in item.input.options)
        table.add_row(item.id, escape(item.title_ja), options or item.input.unit)
    console.print(table)


def _show(view: ReportView) -> None:
    head = text("damage.head", event=view.report.event, number=view.report.number, moment="")
    table = Table(*(column(text(f"damage.column.{key}")) for key in ("key", "item", "value")), title=head)
    for item in damage_form().items:
        value = shown(item, view.report.values)
        if value:
            table.add_row(item.id, escape(item.title_ja), escape(value))
    console.print(table)
    open_items = [i.title_ja for i in damage_form().items if i.id not in view.report.values]
    say("damage.cli.open", count=len(open_items))


@app.command("print")
def print_pdf(
    out: OutOption = Path(),
    sheet: Annotated[Sheet, typer.Option("--sheet", help="刷る用紙")] = Sheet.every,
    report: ReportOption = "",
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """報告と、D24H・DWATへ渡す用紙をPDFにします。"""
    ctx = manager_context(data)
    chosen: dict[Sheet, tuple[HandOver | None, ...]] = {
        Sheet.report: (None,),
        Sheet.d24h: (HandOver.D24H,),
        Sheet.dwat: (HandOver.DWAT,),
        Sheet.every: (None, HandOver.D24H, HandOver.DWAT),
    }
    printed = print_report(ctx, _report_id(ctx, report, facility), chosen[sheet])
    write_printed(printed, out, json)


@app.command("export")
def export(
    out: OutOption = Path(),
    kind: Annotated[FileKind, typer.Option("--format", help="ファイルの種類")] = FileKind.xlsx,
    report: ReportOption = "",
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """報告を、項目の順に1行ずつのファイルにします。"""
    ctx = manager_context(data)
    report_id = _report_id(ctx, report, facility)
    written = export_report(ctx, report_id, as_csv=kind is FileKind.csv)
    target = write_file(out, f"damage_report_{report_id[:8]}.{kind.value}", written.content)
    (err_console if json == "-" else console).print(escape(str(target)), soft_wrap=True)
    write_json(json, lambda: {"file": str(target)})

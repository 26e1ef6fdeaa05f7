"""`bcp-kit bcp versions|pack`: versions with approval, differences in words, papers for an inspection."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli.bcp_common import (
    FacilityOption,
    PlanOption,
    column,
    manager_context,
    one_facility,
    one_plan,
    say,
    write_file,
)
from bcp_kit.cli.common import DataOption, JsonOption, console, progress_bar, write_json
from bcp_kit.domain.plan_versions import PlanVersion
from bcp_kit.forms.messages import text
from bcp_kit.forms.practice.difference import Change
from bcp_kit.render.document import PrintedDocument
from bcp_kit.services.inspection_pack import (
    facilities_of_operator,
    history_cells,
    print_packs,
    read_pack,
)
from bcp_kit.services.plan_versions import (
    Proposal,
    VersionDecision,
    compare,
    decide_version,
    plan_history,
    propose_for_all,
    propose_version,
    unversioned_plans,
)

versions = typer.Typer(help="計画の版：提案、承認、違い", no_args_is_help=True, add_completion=False)


NumberArgument = Annotated[int, typer.Argument(help="版の番号", metavar="版", min=1)]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group `bcp`."""
    app.add_typer(versions, name="versions")
    app.command("pack")(pack)


def _version_facts(version: PlanVersion) -> dict[str, Any]:
    return version.model_dump(mode="json", exclude={"answers"})


def _change_facts(change: Change) -> dict[str, str]:
    return {
        "kind": change.kind.value,
        "chapter": change.chapter,
        "item": change.item_id,
        "place": change.place,
        "before": change.before,
        "after": change.after,
    }


@versions.command("list")
def show(plan: PlanOption = "", data: DataOption = None, json: JsonOption = None) -> None:
    """版の履歴と、今の版から変わったところの数を見せます。"""
    ctx = manager_context(data)
    history = plan_history(ctx, one_plan(ctx, plan))
    write_json(
        json,
        lambda: {
            "plan": history.content.plan.id,
            "in_force": history.in_force.number if history.in_force else None,
            "changed_since": len(history.changed_since),
            "versions": [_version_facts(version) for version in history.versions],
            "lines": [
                {"on": line.on, "reason": line.reason, "author": line.author}
                for line in history.lines
                if line.version is None
            ],
        },
    )
    if json == "-":
        return
    heads = ("version", "on", "reason", "author", "state", "decided")
    table = Table(*(column(text(f"records.version.columns.{head}")) for head in heads))
    for line in history.lines:
        table.add_row(*(escape(cell) for cell in history_cells(line)))
    console.print(table)
    if not history.lines:
        say("records.version.none")
    if history.in_force:
        say("records.version.changed_since", count=len(history.changed_since))


@versions.command("propose")
def propose(  # noqa: PLR0913, PLR0917 - one parameter an option
    reason: Annotated[str, typer.Option("--reason", help="変えた理由")],
    plan: PlanOption = "",
    author: Annotated[str, typer.Option("--author", help="提案する人")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="施設の、変わった計画すべての版を一度に上げる")
    ] = False,
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """今の内容を、次の版として提案します。"""
    ctx = manager_context(data)
    if every:
        changed = unversioned_plans(ctx, one_facility(ctx, facility))
        made = propose_for_all(ctx, [each.plan.id for each in changed], reason, author)
        write_json(json, lambda: {"versions": [_version_facts(version) for version in made]})
        say("records.version.raised", json, count=len(made))
        return
    version = propose_version(ctx, Proposal(one_plan(ctx, plan), reason, author))
    write_json(json, lambda: _version_facts(version))
    say("records.cli.proposed", json, number=version.number)


@versions.command("approve")
def approve(  # noqa: PLR0913, PLR0917 - one parameter an option
    number: NumberArgument,
    by: Annotated[str, typer.Option("--by", help="承認する人（提案した人とは別の人）")],
    plan: PlanOption = "",
    reject: Annotated[bool, typer.Option("--reject", help="承認せず、却下する（--note に理由）")] = False,
    note: Annotated[str, typer.Option("--note", help="ひとこと・却下の理由")] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """提案された版を、別の人の名前で承認（または却下）します。"""
    ctx = manager_context(data)
    decision = VersionDecision(one_plan(ctx, plan), number, approve=not reject, by=by, note=note)
    version = decide_version(ctx, decision)
    write_json(json, lambda: _version_facts(version))
    say(f"records.cli.{version.state.value}", json, number=version.number)


@versions.command("diff")
def diff(
    older: NumberArgument,
    newer: Annotated[int, typer.Argument(help="比べる版（省略時は今の内容）", metavar="[版]", min=0)] = 0,
    plan: PlanOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """二つの版（または版と今の内容）の違いを、言葉で見せます。"""
    ctx = manager_context(data)
    compared = compare(ctx, one_plan(ctx, plan), older, newer)
    write_json(
        json,
        lambda: {"older": older, "newer": newer, "changes": [_change_facts(c) for c in compared.changes]},
    )
    if json == "-":
        return
    if not compared.changes:
        say("records.diff.none")
        return
    heads = ("kind", "place", "before", "after")
    table = Table(*(column(text(f"records.diff.columns.{head}")) for head in heads))
    for change in compared.changes:
        cells = (change.place, change.before, change.after)
        table.add_row(text(f"records.diff.{change.kind.value}"), *(escape(cell) for cell in cells))
    console.print(table)


def pack(
    facility: Annotated[
        str, typer.Argument(help="施設の番号（施設が一つなら省略できる）", metavar="[施設]")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="書き出すPDF（--operator ではフォルダー）")
    ] = None,
    operator: Annotated[
        str, typer.Option("--operator", help="この法人の全施設を、1施設1ファイルで", metavar="法人名")
    ] = "",
    without_personal: Annotated[
        bool, typer.Option("--without-personal", help="名簿と参加者の氏名を載せない")
    ] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """運営指導の確認資料を、一つのPDFにまとめます。"""
    ctx = manager_context(data)
    if operator:
        facilities = facilities_of_operator(ctx, operator)
    else:
        facilities = (read_pack(ctx, one_facility(ctx, facility)).facility,)
    files: list[dict[str, Any]] = []
    with progress_bar(text("records.pack.progress")) as report:
        made = print_packs(replace(ctx, progress=report), facilities, without_personal=without_personal)
        for place, printed in zip(facilities, made, strict=True):
            path = _write_pack(printed, out, many=bool(operator))
            missing = [check.key for check in read_pack(ctx, place.id).checks if check.missing]
            files.append(
                {"facility": place.id, "file": str(path), "pages": printed.pages, "missing": missing}
            )
    write_json(json, lambda: {"files": files})
    if json != "-":
        for each in files:
            console.print(escape(str(each["file"])), soft_wrap=True)


def _write_pack(printed: PrintedDocument, out: Path | None, *, many: bool) -> Path:
    """Write one pack: into the file named, or under its own name into the folder named."""
    if out is not None and out.suffix and not many:
        return write_file(out.parent, out.name, printed.pdf_bytes)
    return write_file(out or Path(), printed.file_name, printed.pdf_bytes)

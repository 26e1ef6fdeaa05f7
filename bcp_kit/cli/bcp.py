"""`bcp-kit bcp`: begin a continuity plan, see what is missing and why, answer from a file, print."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.cli import (
    bcp_cards,
    bcp_check,
    bcp_facts,
    bcp_print,
    bcp_records,
    bcp_stock,
    bcp_versions,
    damage,
)
from bcp_kit.cli.bcp_common import (
    FacilityOption,
    PlanOption,
    column,
    manager_context,
    one_facility,
    one_plan,
    say,
)
from bcp_kit.cli.common import DataOption, Exit, JsonOption, console, write_json
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.completeness import Completeness, ItemProgress, ItemState
from bcp_kit.forms.messages import text
from bcp_kit.services.bcp import (
    PlanSummary,
    list_facilities,
    list_plans,
    prefill,
    read_plan,
    save_answers,
    start_plan,
)
from bcp_kit.services.bcp_answers import parse_answers

app = typer.Typer(
    help="業務継続計画（BCP）を作る・確かめる・印刷する", no_args_is_help=True, add_completion=False
)

FIRST_OPEN = 15


class Kind(StrEnum):
    """The kinds of plan, as typed on the command line."""

    natural_disaster = PlanKind.NATURAL_DISASTER.value
    infection = PlanKind.INFECTION.value
    evacuation_securing = PlanKind.EVACUATION_SECURING.value
    emergency_disaster = PlanKind.EMERGENCY_DISASTER.value


def _progress_words(standing: Completeness) -> str:
    return text(
        "bcp.cli.progress",
        done=standing.count(ItemState.DONE),
        open=standing.count(ItemState.OPEN),
        not_applicable=standing.count(ItemState.NOT_APPLICABLE),
        minutes=standing.minutes_left,
    )


def _item_facts(item: ItemProgress) -> dict[str, Any]:
    return {
        "item": item.item_id,
        "title": item.title_ja,
        "required": item.required.value,
        "state": item.state.value,
        "fault": item.fault.value if item.fault else None,
        "why": text(item.why),
        "reason": item.reason,
        "minutes": item.minutes,
    }


def _summary_facts(summary: PlanSummary) -> dict[str, Any]:
    plan, standing = summary.plan, summary.completeness
    return {
        "plan": plan.id,
        "facility": summary.facility.id,
        "kind": plan.kind.value,
        "version": plan.version,
        "counts": {state.value: standing.count(state) for state in ItemState},
        "share_done": round(standing.share_done, 4),
    }


@app.command("facilities")
def facilities(data: DataOption = None, json: JsonOption = None) -> None:
    """計画を作れる施設と、今ある計画を一覧にします。"""
    ctx = manager_context(data)
    found, plans = list_facilities(ctx), list_plans(ctx)
    write_json(
        json,
        lambda: {
            "facilities": [{"id": f.id, "name": f.name, "category": f.category.value} for f in found],
            "plans": [_summary_facts(summary) for summary in plans],
        },
    )
    if json == "-":
        return
    if not found:
        say("bcp.cli.no_facilities")
        return
    for facility in found:
        category = text(f"bcp.category.{facility.category.value}")
        lines = [f"{facility.id}　{facility.name}（{category}）"]
        for summary in (each for each in plans if each.facility.id == facility.id):
            kind, done = text(f"bcp.kind.{summary.plan.kind.value}"), summary.completeness.share_done
            lines.append(text("bcp.cli.plan_line", kind=kind, done=f"{done:.0%}", number=summary.plan.id))
        console.print(escape("\n".join(lines)), soft_wrap=True)


@app.command("new")
@app.command("start", hidden=True)
def start(
    facility: FacilityOption = "",
    kind: Annotated[Kind, typer.Option("--kind", help="計画の種類")] = Kind.natural_disaster,
    take_known: Annotated[
        bool, typer.Option("--take-known", help="施設の登録内容などから分かることを写して始める")
    ] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """施設の計画を始めます。"""
    ctx = manager_context(data)
    plan = start_plan(ctx, one_facility(ctx, facility), PlanKind(kind.value))
    say("bcp.cli.started", json)
    if take_known:
        known = {proposal.item_id: proposal.answer for proposal in prefill(ctx, plan.id)}
        plan = save_answers(ctx, plan.id, known, plan.version).plan
        say("bcp.cli.saved", json, count=len(known))
    write_json(json, lambda: {"plan": plan.id, "answers": len(plan.answers), "version": plan.version})
    if json != "-":
        console.print(plan.id)


@app.command("show")
def show(
    plan: PlanOption = "",
    everything: Annotated[bool, typer.Option("--all", help="まだの項目を全部見せる")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """進み具合と、まだの項目、それが要るわけを見せます。

    まだの項目があると、終了コードは5です。
    """
    ctx = manager_context(data)
    view = read_plan(ctx, one_plan(ctx, plan))
    standing = view.completeness
    write_json(
        json,
        lambda: {
            **_summary_facts(PlanSummary(view.plan, view.facility, standing)),
            "minutes_left": standing.minutes_left,
            "chapters": [
                {"chapter": c.chapter_id, "title": c.title_ja, "items": [_item_facts(i) for i in c.items]}
                for c in standing.chapters
            ],
        },
    )
    if json != "-":
        _print_chapters(standing)
        _print_open(standing.open_items, len(standing.open_items) if everything else FIRST_OPEN)
    if standing.open_items:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _print_chapters(standing: Completeness) -> None:
    table = Table(
        "章", "", "済み", "まだ", "対象外", "", title=_progress_words(standing), title_justify="left"
    )
    for chapter in standing.chapters:
        counts = [str(chapter.count(state)) for state in ItemState]
        table.add_row(chapter.number, escape(chapter.title_ja), *counts, f"{chapter.share_done:.0%}")
    console.print(table)


def _print_open(items: tuple[ItemProgress, ...], limit: int) -> None:
    """Print what is open in few words, and below what each of the words means."""
    if not items:
        say("bcp.print.open_none")
        return
    shown = items[:limit]
    heads = (column(head) for head in ("見出し", "区分", "足りないこと"))
    title = text("bcp.cli.open_first")
    table = Table(Column("項目", no_wrap=True), *heads, title=title, title_justify="left")
    for item in shown:
        fault = text(item.fault.short_message) if item.fault else ""
        table.add_row(item.item_id, escape(item.title_ja), text(item.badge), fault)
    console.print(table)
    legend = {text(item.badge): text(item.why) for item in shown}
    legend |= {text(item.fault.short_message): text(item.fault.message) for item in shown if item.fault}
    for word, meaning in legend.items():
        console.print(escape(f"{word}：{meaning}"), soft_wrap=True)
    if len(items) > limit:
        say("bcp.cli.more", count=len(items) - limit)


@app.command("answer")
def answer(
    file: Annotated[
        Path, typer.Option("--file", help="回答のファイル（YAMLかJSON）", exists=True, dir_okay=False)
    ],
    plan: PlanOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """ファイルの回答を保存します。

    書き方に不足があっても回答は残り、「まだ」の理由が出ます。
    """
    ctx = manager_context(data)
    try:
        content = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BcpKitError(ErrorCode.ANSWER_UNREADABLE, item="") from None
    saved = save_answers(ctx, one_plan(ctx, plan), parse_answers(content))
    write_json(
        json,
        lambda: {"version": saved.plan.version, "items": [_item_facts(item) for item in saved.items]},
    )
    if json == "-":
        return
    say("bcp.cli.saved", count=len(saved.items))
    faulty = tuple(item for item in saved.items if item.fault)
    if faulty:
        _print_open(faulty, len(faulty))


for part in (
    bcp_cards,
    bcp_check,
    bcp_facts,
    bcp_print,
    bcp_records,
    bcp_stock,
    bcp_versions,
    damage,
):
    part.add_to(app)

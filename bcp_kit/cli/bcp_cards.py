"""`bcp-kit bcp cards | poster | pocket`: one page for each role, the wall, the pocket."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli.bcp_common import (
    OutOption,
    PlanOption,
    column,
    manager_context,
    one_plan,
    say,
    write_file,
    write_printed,
)
from bcp_kit.cli.common import DataOption, Exit, JsonOption, console, write_json
from bcp_kit.forms.messages import text
from bcp_kit.services.bcp_cards import (
    CardDesk,
    CardOrder,
    CardState,
    card_desk,
    long_words,
    print_cards,
    print_pocket,
    print_poster,
)
from bcp_kit.services.bcp_forms import FormOrder, export_forms, print_contact_tree, print_forms


class Paper(StrEnum):
    """Sizes of paper for the wall."""

    a3 = "A3"
    a4 = "A4"


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group `bcp`."""
    app.command("cards")(cards)
    app.command("poster")(poster)
    app.command("pocket")(pocket)
    app.command("tree")(tree)
    app.command("forms")(forms)


def _facts(state: CardState) -> dict[str, Any]:
    return {
        "card": state.card.id,
        "title": state.card.title,
        "missing": [{"item": m.item_id, "title": m.title} for m in state.missing],
        "lines_too_many": state.too_long.lines_over if state.too_long else 0,
    }


def cards(
    out: OutOption = Path(),
    plan: PlanOption = "",
    card: Annotated[
        list[str] | None, typer.Option("--card", help="刷る札（何度でも。省略すると入るもの全部）")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="札の一覧と足りない答えだけを見せる")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """行動カードをPDFにします（役ごとに1ページ）。

    1ページに入らない札は刷らずに、長い答えを言います（終了コード5）。足りない答えは、手で書く線になります。
    """
    ctx = manager_context(data)
    plan_id = one_plan(ctx, plan)
    desk = card_desk(ctx, plan_id)
    fit = tuple(state.card.id for state in desk.cards if state.too_long is None)
    listed = [_facts(state) for state in desk.cards]
    if show or not (card or fit):
        write_json(json, lambda: {"cards": listed})
        if json != "-":
            _print_list(desk)
    else:
        printed = print_cards(ctx, CardOrder(plan_id, tuple(card or fit)))
        write_printed(printed, out, json, cards=listed)
    _say_refused(desk, json)


def _say_refused(desk: CardDesk, json: str | None) -> None:
    refused = [(state.card, state.too_long) for state in desk.cards if state.too_long is not None]
    for card, found in refused:
        say("errors.E-001.what", json, card=card.title, lines=found.lines_over)
        say("errors.E-001.remedy", json, where=long_words(desk, found))
    if refused:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _print_list(desk: CardDesk) -> None:
    table = Table(*(column(text(f"cards.cli.{head}")) for head in ("id", "title", "missing")))
    for state in desk.cards:
        missing = "\n".join(m.title for m in state.missing)
        table.add_row(state.card.id, escape(state.card.title), escape(missing))
    console.print(table)


def poster(
    out: OutOption = Path(),
    plan: PlanOption = "",
    paper: Annotated[Paper, typer.Option("--paper", help="紙の大きさ", case_sensitive=False)] = Paper.a3,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """壁に貼る掲示をPDFにします（基準、決める人、避難先、電話）。"""
    ctx = manager_context(data)
    write_printed(print_poster(ctx, one_plan(ctx, plan), paper.value), out, json)


def pocket(
    out: OutOption = Path(), plan: PlanOption = "", data: DataOption = None, json: JsonOption = None
) -> None:
    """職員の携帯カードをPDFにします（たたんで名刺の大きさ、1枚に3人分）。"""
    ctx = manager_context(data)
    write_printed(print_pocket(ctx, one_plan(ctx, plan)), out, json)


def tree(
    out: OutOption = Path(), plan: PlanOption = "", data: DataOption = None, json: JsonOption = None
) -> None:
    """緊急連絡網をPDFにします（管理者、代わりの人、班、職員の順）。"""
    ctx = manager_context(data)
    write_printed(print_contact_tree(ctx, one_plan(ctx, plan)), out, json)


def forms(  # noqa: PLR0913, PLR0917 - one parameter an option
    out: OutOption = Path(),
    plan: PlanOption = "",
    form: Annotated[list[str] | None, typer.Option("--form", help="様式（何度でも。省略すると全部）")] = None,
    blank: Annotated[bool, typer.Option("--blank", help="何も写さない用紙")] = False,
    excel: Annotated[bool, typer.Option("--excel", help="PDFの代わりにExcelにする")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """様式1〜9と補足の表を、わかることを写して書き出します。"""
    ctx = manager_context(data)
    order = FormOrder(one_plan(ctx, plan), tuple(form or ()), blank)
    if excel:
        target = write_file(out, f"forms_{order.plan_id[:8]}.xlsx", export_forms(ctx, order).content)
        write_json(json, lambda: {"file": str(target), "bytes": target.stat().st_size})
        if json != "-":
            console.print(escape(str(target)), soft_wrap=True)
    else:
        write_printed(print_forms(ctx, order), out, json)

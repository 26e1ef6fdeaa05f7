"""`bcp-kit plans erase …`: who is due, what would go, ask, approve by another person, the set times."""

from datetime import date
from typing import Annotated, Any

import typer

from bcp_kit.catalogues.load import catalogue
from bcp_kit.cli.common import DataOption, JsonOption, open_context, write_json
from bcp_kit.cli.upkeep_common import NOBODY, ByOption, out, show_rows, tell
from bcp_kit.domain.erasure import Erasure, ErasureWay
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.erasing import (
    ask_erasure,
    decide_erasure,
    list_erasures,
    preview_erasure,
    preview_words,
    tidy_store,
)
from bcp_kit.services.erasing_due import PERIODS, Cause, DueLine, due_list, read_periods, set_period

app = typer.Typer(
    help="名簿を離れた方の記録の消去：時期が来た方・何が消えるか・頼む・別の人が承認する",
    no_args_is_help=True,
)

People = Annotated[
    list[str] | None, typer.Argument(help="名簿番号（省略時は時期が来た方すべて）", metavar="名簿番号")
]
SHOWN_ID = 8


def _row(line: DueLine) -> tuple[str, ...]:
    days = (_day(line.since), _day(line.due_on))
    return (line.person.register_no, line.person.name, text(f"erasing.cause.{line.cause.value}"), *days)


def _day(day: date | None) -> str:
    return day.isoformat() if day else text("erasing.unknown_day")


def _facts(order: Erasure) -> dict[str, Any]:
    return order.model_dump(mode="json")


@app.command("due")
def due(data: DataOption = None, json: JsonOption = None) -> None:
    """消去を待つ方と、その日を出します。"""
    ctx = open_context(data)
    lines = due_list(ctx)
    if not lines:
        tell(json, "erasing.none")
    show_rows(json, "erasing.column", ("register_no", "name", "cause", "since", "due"), map(_row, lines))
    write_json(
        json,
        lambda: {
            "people": [
                {
                    "person": line.person.id,
                    "cause": line.cause.value,
                    "since": line.since,
                    "due_on": line.due_on,
                    "is_due": line.is_due(ctx.today()),
                }
                for line in lines
            ]
        },
    )


def _chosen(ctx: Context, numbers: list[str] | None) -> list[str]:
    lines = due_list(ctx)
    if not numbers:
        return [line.person.id for line in lines if line.is_due(ctx.today())]
    known = {line.person.register_no: line.person.id for line in lines}
    return [known.get(number, number) for number in numbers]


@app.command("preview")
def preview(people: People = None, data: DataOption = None, json: JsonOption = None) -> None:
    """何が消えるかを出します（消しません）。"""
    ctx = open_context(data)
    found = preview_erasure(ctx, _chosen(ctx, people))
    for words in (*preview_words(found), text("erasing.backups"), text("erasing.audit")):
        out(json).print(words, markup=False, soft_wrap=True)
    facts = {**vars(found), "statistics": [line.model_dump() for line in found.statistics]}
    write_json(json, lambda: facts)


@app.command("ask")
def ask(
    reason: Annotated[str, typer.Option("--reason", help="消す理由（氏名は書かない）")],
    people: People = None,
    way: Annotated[ErasureWay, typer.Option("--way", help="消し方")] = ErasureWay.ERASE,
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """消去を頼みます。別の人が承認すると消えます。"""
    ctx = open_context(data, name=by)
    order = ask_erasure(ctx, _chosen(ctx, people), way, reason)
    tell(json, "erasing.page.asked")
    out(json).print(order.id[:SHOWN_ID], markup=False)
    write_json(json, lambda: _facts(order))


@app.command("list")
def list_command(data: DataOption = None, json: JsonOption = None) -> None:
    """頼まれた消去と、これまでの消去を出します。"""
    found = list_erasures(open_context(data))
    rows = (
        (
            order.id[:SHOWN_ID],
            text(f"erasing.state.{order.state.value}"),
            str(len(order.person_ids)),
            order.asked_by,
        )
        for order in found
    )
    show_rows(json, "erasing.column", ("id", "state", "people", "asked"), rows)
    write_json(json, lambda: {"erasures": [_facts(order) for order in found]})


@app.command("approve")
def approve(
    order: Annotated[str, typer.Argument(help="消去の番号（listで見られる）", metavar="番号")],
    by: Annotated[str, typer.Option("--by", help="承認する人の名前（頼んだ人とは別の人）")],
    words: Annotated[str, typer.Option("--words", help="確かめたこと")] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """承認して消します。元には戻せません。"""
    done = decide_erasure(open_context(data, name=by), order, approve=True, words=words)
    told = {"records": sum(done.order.removed.values()), "files": len(done.order.files)}
    tell(json, "erasing.page.done", **told)
    if not done.compacted:
        tell(json, "erasing.compact_later")
    tell(json, "erasing.backups")
    write_json(json, lambda: {**_facts(done.order), "compacted": done.compacted})


@app.command("refuse")
def refuse(
    order: Annotated[str, typer.Argument(help="消去の番号（listで見られる）", metavar="番号")],
    by: Annotated[str, typer.Option("--by", help="決める人の名前（頼んだ人とは別の人）")],
    reason: Annotated[str, typer.Option("--reason", help="見送る理由")],
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """消去を見送ります。"""
    done = decide_erasure(open_context(data, name=by), order, approve=False, words=reason)
    tell(json, "erasing.page.refused")
    write_json(json, lambda: _facts(done.order))


@app.command("periods")
def periods(
    cause: Annotated[Cause | None, typer.Option("--cause", help="どの期間を変えるか")] = None,
    months: Annotated[int | None, typer.Option("--months", min=0, help="消すまでの月数")] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """消すまでの期間を出します（--causeと--monthsで、市町村の決まりに変えます）。"""
    ctx = open_context(data)
    known = set_period(ctx, cause, months) if cause and months is not None else read_periods(ctx)
    rows = catalogue(PERIODS).rows
    for key, number in known.items():
        tell(json, "erasing.period", name=rows[key.value].label_ja, months=number)
    tell(json, "erasing.period_note")
    write_json(json, lambda: {"months": {key.value: number for key, number in known.items()}})


@app.command("tidy")
def tidy(data: DataOption = None, json: JsonOption = None) -> None:
    """消した文字がファイルに残らないように、ファイルを書き直します。"""
    done = tidy_store(open_context(data))
    tell(json, "erasing.tidied" if done else "erasing.not_tidied")
    write_json(json, lambda: {"compacted": done})

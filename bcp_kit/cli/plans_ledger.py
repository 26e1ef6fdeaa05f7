"""`bcp-kit plans ledger …`: where every printed copy is; and `plans runs|resume`: runs that broke off."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli.common import (
    DataOption,
    Exit,
    JsonOption,
    console,
    err_console,
    open_context,
    write_json,
)
from bcp_kit.domain.paper_copies import CopyState, HolderKind, PaperCopy
from bcp_kit.forms.messages import text
from bcp_kit.services.copies import (
    CopyQuery,
    HandOut,
    by_holder,
    close_copies,
    find_copy,
    hand_out,
    list_copies,
    stale_copies,
)
from bcp_kit.services.copies_lost import holder_words, report_lost
from bcp_kit.services.plans_print import give_up_run, unfinished_runs

app = typer.Typer(help="印刷した控えの台帳：渡す・戻る・廃棄する・なくした", no_args_is_help=True)

Numbers = Annotated[
    list[str], typer.Argument(help="紙の一番下にある控え番号（いくつでも）", metavar="控え番号")
]
ByOption = Annotated[str, typer.Option("--by", help="記録する人の名前")]
NoteOption = Annotated[str, typer.Option("--note", help="書きとめておくこと（個人の事情は書かない）")]
_SAY = "copies.cli"


def _out(json: str | None) -> Any:
    return err_console if json == "-" else console


def _table(json: str | None, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    table = Table()
    for column in columns:
        table.add_column(text(f"{_SAY}.column.{column}"), overflow="fold", no_wrap=column == "number")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    _out(json).print(table)


def _row(copy: PaperCopy) -> tuple[str, ...]:
    return (
        copy.number,
        copy.plan_number,
        text(f"plans.paper.edition.{copy.edition}"),
        text(f"copies.state.{copy.state.value}"),
        holder_words(copy),
        copy.due_on.isoformat() if copy.due_on else "",
    )


_COPY_COLUMNS = ("number", "plan", "edition", "state", "holder", "due")


def _facts(copies: Iterable[PaperCopy]) -> dict[str, Any]:
    return {"copies": [copy.model_dump(mode="json") for copy in copies]}


@app.command("list")
def list_command(
    state: Annotated[CopyState | None, typer.Option("--state", help="この状態のものだけ")] = None,
    holder: Annotated[str | None, typer.Option("--holder", help="この人・団体が持つものだけ")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="返す日を過ぎたものだけ")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """控えの一覧を出します。"""
    found = list_copies(open_context(data), CopyQuery(state=state, holder=holder, overdue_only=overdue))
    _table(json, _COPY_COLUMNS, map(_row, found))
    write_json(json, lambda: _facts(found))


@app.command("show")
def show(
    number: Annotated[str, typer.Argument(help="控え番号", metavar="控え番号")],
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """1枚の控えが、いつどこにあったかを出します。"""
    copy = find_copy(open_context(data), number)
    _table(json, _COPY_COLUMNS, [_row(copy)])
    for step in copy.steps:
        line = (
            f"{step.at:%Y-%m-%d %H:%M}　{text(f'copies.state.{step.state.value}')}　{step.actor}　{step.note}"
        )
        _out(json).print(escape(line), soft_wrap=True)
    write_json(json, lambda: _facts([copy]))


@app.command("out")
def out(  # noqa: PLR0913, PLR0917 - options of a command
    numbers: Numbers,
    to: Annotated[str, typer.Option("--to", help="渡す相手の名前・団体名（本人・家族なら省略できる）")] = "",
    kind: Annotated[
        HolderKind, typer.Option("--kind", help="person／supporter／organisation／office")
    ] = HolderKind.ORGANISATION,
    due: Annotated[
        datetime | None, typer.Option("--due", formats=["%Y-%m-%d"], help="返してもらう日（例 2027-03-31）")
    ] = None,
    note: NoteOption = "",
    by: ByOption = "コマンド操作",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """控えを渡したことを記録します。渡してよいかどうかを、もう一度確かめます。"""
    order = HandOut(kind, to, _day(due), note)
    moved = hand_out(open_context(data, name=by), numbers, order)
    _tell(json, "out", moved)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _tell(json: str | None, what: str, moved: Iterable[PaperCopy]) -> None:
    copies = list(moved)
    _out(json).print(text(f"{_SAY}.{what}", count=len(copies)), soft_wrap=True)
    write_json(json, lambda: _facts(copies))


def _closing(state: CopyState, told: str) -> Callable[..., None]:
    """Return the command that notes how copies ended; the words differ, the work does not."""

    def command(
        numbers: Numbers,
        note: NoteOption = "",
        by: ByOption = "コマンド操作",
        data: DataOption = None,
        json: JsonOption = None,
    ) -> None:
        _tell(json, told, close_copies(open_context(data, name=by), numbers, state, note))

    return command


app.command("back", help="控えが戻ったことを記録します。")(_closing(CopyState.RETURNED, "back"))
app.command("destroy", help="控えを廃棄したことを記録します。")(_closing(CopyState.DESTROYED, "destroyed"))


@app.command("lost")
def lost(
    number: Annotated[str, typer.Argument(help="控え番号", metavar="控え番号")],
    out_file: Annotated[Path, typer.Option("-o", "--out", help="対応票（PDF）の置き場所")] = Path("loss.pdf"),
    note: NoteOption = "",
    by: ByOption = "コマンド操作",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """控えをなくしたことを記録し、何が載っていたか・だれに知らせるかの対応票を作ります。"""
    sheet = report_lost(open_context(data, name=by), number, note)
    out_file.write_bytes(sheet.pdf_bytes)
    _out(json).print(text(f"{_SAY}.lost", file=str(out_file)), soft_wrap=True)
    write_json(json, lambda: {"file": str(out_file), "pages": sheet.pages})


@app.command("stale")
def stale(data: DataOption = None, json: JsonOption = None) -> None:
    """いまの内容とちがう控えの一覧を出します。あるときの終了コードは5です。"""
    found = stale_copies(open_context(data))
    _out(json).print(text(f"{_SAY}.stale", count=len(found)), soft_wrap=True)
    rows = (
        (
            each.copy.number,
            text(f"copies.state.{each.copy.state.value}"),
            holder_words(each.copy),
            text(f"copies.stale.{each.reason.value}"),
        )
        for each in found
    )
    if found:
        _table(json, ("number", "state", "holder", "why"), rows)
    write_json(
        json,
        lambda: {
            "copies": [{**each.copy.model_dump(mode="json"), "reason": each.reason.value} for each in found]
        },
    )
    if found:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


@app.command("holders")
def holders(data: DataOption = None, json: JsonOption = None) -> None:
    """だれが何枚持っているかを出します。"""
    ctx = open_context(data)
    lines = by_holder(ctx, stale_copies(ctx))
    rows = (
        (
            line.holder or text(f"copies.holder_kind.{line.kind.value if line.kind else 'person'}"),
            str(line.copies),
            str(line.overdue),
            str(line.stale),
        )
        for line in lines
    )
    _table(json, ("holder", "copies", "overdue", "stale"), rows)
    write_json(json, lambda: {"holders": [vars(line) for line in lines]})


@app.command("runs")
def runs(data: DataOption = None, json: JsonOption = None) -> None:
    """途中で止まった印刷の一覧を出します。続きは plans print（名簿は plans lists）の --resume です。"""
    found = unfinished_runs(open_context(data))
    rows = (
        (
            run.id,
            f"{run.started_at:%Y-%m-%d %H:%M}",
            text(f"plans.paper.edition.{run.edition}"),
            str(sum(file.people for file in run.files)),
            run.folder,
        )
        for run in found
    )
    _table(json, ("run", "began", "edition", "printed", "folder"), rows)
    write_json(json, lambda: {"runs": [run.model_dump(mode="json", exclude={"person_ids"}) for run in found]})


@app.command("give-up")
def give_up(
    run: Annotated[str, typer.Argument(help="印刷の番号（runs で見られる）", metavar="印刷の番号")],
    by: ByOption = "コマンド操作",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """途中で止まった印刷をやめます。できあがった控えは台帳に残ります。"""
    count = give_up_run(open_context(data, name=by), run)
    _out(json).print(text(f"{_SAY}.given_up", count=count), soft_wrap=True)
    write_json(json, lambda: {"voided": count})

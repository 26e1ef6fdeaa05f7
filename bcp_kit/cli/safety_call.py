"""`bcp-kit staff call`: the roll call of staff: start, note answers, tally, sheet, export."""

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
from bcp_kit.domain.facility_event import CanCome
from bcp_kit.forms.messages import text
from bcp_kit.forms.roll_call import Condition, horizon_words
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.services.safety_calls import (
    CallView,
    Note,
    export_call,
    note_reply,
    print_call_sheet,
    read_call,
    start_call,
)

app = typer.Typer(help="職員の安否確認：始める、答えを書く、集計する、紙に刷る", no_args_is_help=True)
CallOption = Annotated[str, typer.Option("--call", help="安否確認の番号（省略すると一番新しいもの）")]
HowOption = Annotated[Condition | None, typer.Option(help="ok＝無事、hit＝被害あり、unknown＝わからない")]


class FileKind(StrEnum):
    """Kinds of file."""

    xlsx = "xlsx"
    csv = "csv"


def _facts(view: CallView) -> dict[str, Any]:
    counts = view.tally
    return {
        "call": view.call.id,
        "title": view.call.title,
        "drill": view.call.drill,
        "started_at": view.call.started_at,
        "staff": counts.staff,
        "answered": counts.answered,
        "open": [{"id": line.person.id, "name": line.person.name} for line in view.open],
        "hit": counts.hit,
        "family_hit": counts.family_hit,
        "home_hit": counts.home_hit,
        "cannot": counts.cannot,
        "no_time": counts.no_time,
        "within": [
            {
                "hours": within.hours,
                "people": within.people,
                "by_qualification": {q.value: n for q, n in within.by_qualification.items()},
            }
            for within in counts.within
        ],
        "estimate": [vars(row) for row in view.estimate],
    }


@app.command("start")
def start(
    title: Annotated[str, typer.Option("--title", help="題（省略すると日時）")] = "",
    drill: Annotated[bool, typer.Option("--drill", help="訓練として始める")] = False,
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """安否確認を始めます。"""
    ctx = manager_context(data)
    call = start_call(ctx, one_facility(ctx, facility), title, drill=drill)
    say("calls.cli.started", json)
    write_json(json, lambda: _facts(read_call(ctx, call.id)))
    if json != "-":
        console.print(escape(f"{call.id}　{call.title}"))


@app.command("note")
def note(  # noqa: PLR0913, PLR0917 - one option for each thing that is asked
    who: Annotated[str, typer.Argument(help="職員番号か氏名")],
    safe: HowOption = None,
    family: HowOption = None,
    home: HowOption = None,
    come: Annotated[CanCome, typer.Option("--come", help="来られるか")] = CanCome.NO_ANSWER,
    when: Annotated[str, typer.Option("--when", help="来る時刻（18:30、3時間後、明日8時）")] = "",
    means: Annotated[str, typer.Option("--means", help="手段")] = "",
    words: Annotated[str, typer.Option("--words", help="メモ")] = "",
    call: CallOption = "",
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """一人の答えを書きます。前の答えは記録に残り、新しいものを数えます。"""
    ctx = manager_context(data)
    call_id = call or read_call(ctx, facility_id=one_facility(ctx, facility)).call.id
    typed = Note(
        who=who,
        safe=safe or "",
        family=family or "",
        home=home or "",
        can_come=come,
        when=when,
        means=means,
        words=words,
    )
    view = note_reply(ctx, call_id, typed)
    say("calls.cli.noted", json)
    write_json(json, lambda: _facts(view))
    if json != "-":
        _print_counts(view)


@app.command("tally")
def tally(
    call: CallOption = "", facility: FacilityOption = "", data: DataOption = None, json: JsonOption = None
) -> None:
    """集計と、まだ確認できていない人を、呼ぶ順に見せます。"""
    ctx = manager_context(data)
    view = read_call(ctx, call, "" if call else one_facility(ctx, facility))
    write_json(json, lambda: _facts(view))
    if json == "-":
        return
    _print_counts(view)
    _print_within(view)
    _print_estimate(view)
    _print_open(view)


def _print_counts(view: CallView) -> None:
    mark = f"【{text('calls.drill')}】" if view.call.drill else ""
    counts: dict[str, Any] = {**vars(view.tally)}
    words = text("calls.cli.tally", open=view.tally.open, **counts)
    console.print(escape(f"{mark}{view.call.title}"))
    console.print(escape(words), soft_wrap=True)


def _print_within(view: CallView) -> None:
    heads = [text("calls.cli.qualification"), *(horizon_words(w.hours) for w in view.tally.within)]
    table = Table(*(column(head) for head in heads), title=text("calls.cli.within_title"))
    table.add_row(text("calls.cli.all"), *(str(w.people) for w in view.tally.within))
    words = next(c.choices for c in sheet(SheetKind.STAFF).columns if c.key == "qualifications")
    for key, name in words.items():
        numbers = [next((n for q, n in w.by_qualification.items() if q == key), 0) for w in view.tally.within]
        if any(numbers):
            table.add_row(name, *(str(number) for number in numbers))
    console.print(table)


def _print_estimate(view: CallView) -> None:
    if not view.estimate:
        say("calls.cli.no_run")
        return
    heads = ("horizon", "expected", "counted", "answered", "open")
    table = Table(*(column(text(f"calls.cli.{head}")) for head in heads))
    for row in view.estimate:
        hours = horizon_words(row.hours)
        numbers = (f"{row.expected:g}", str(row.counted), str(row.answered_come), str(row.open))
        table.add_row(hours, *numbers)
    console.print(table)


def _print_open(view: CallView) -> None:
    if not view.open:
        say("calls.cli.none_open")
        return
    heads = ("number", "id", "name", "phone")
    columns = [column(text(f"calls.column.{head}")) for head in heads]
    table = Table(*columns, title=text("calls.cli.open_title"))
    for line in view.open:
        table.add_row(str(line.number), line.person.id, escape(line.person.name), line.person.phone)
    console.print(table)


@app.command("sheet")
def print_sheet(
    out: OutOption = Path(),
    call: CallOption = "",
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """安否確認シートをPDFにします。--call がなければ、まだ何も書いていない用紙です。"""
    ctx = manager_context(data)
    facility_id = read_call(ctx, call).facility.id if call else one_facility(ctx, facility)
    write_printed(print_call_sheet(ctx, facility_id, call), out, json)


@app.command("export")
def export(
    out: OutOption = Path(),
    kind: Annotated[FileKind, typer.Option("--format", help="ファイルの種類")] = FileKind.xlsx,
    call: CallOption = "",
    facility: FacilityOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """答えを表のファイルにします（1人1行）。"""
    ctx = manager_context(data)
    view = read_call(ctx, call, "" if call else one_facility(ctx, facility))
    written = export_call(ctx, view.call.id, as_csv=kind is FileKind.csv)
    target = write_file(out, f"safety_call_{view.call.id[:8]}.{kind.value}", written.content)
    (err_console if json == "-" else console).print(escape(str(target)), soft_wrap=True)
    write_json(json, lambda: {"file": str(target)})

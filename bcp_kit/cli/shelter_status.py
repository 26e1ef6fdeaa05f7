"""`bcp-kit shelters status`: begin and end an event, report and show the state of places."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.access.policy import Role
from bcp_kit.cli.common import DataOption, JsonOption, open_context, write_json
from bcp_kit.cli.shelter_surveys import say, words_beside
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelter_status import DisasterEvent, OpenState, StatusEntry
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.shelter_status import (
    Board,
    NewPlace,
    Report,
    add_place,
    begin_event,
    board,
    end_event,
    history,
    report_status,
)

app = typer.Typer(help="災害時の開設の状況：始める、記録する、見る、終える", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="災害の名前（台風15号 など）")]
HazardOption = Annotated[HazardKind | None, typer.Option("--hazard", help="おもな災害")]
OneArgument = Annotated[str, typer.Argument(metavar="SHELTER", help="避難先番号")]
PlaceArgument = Annotated[str, typer.Argument(metavar="[SHELTER]", help="避難先番号（省略時は全部の一覧）")]
StateArgument = Annotated[
    OpenState,
    typer.Argument(
        metavar="STATE", help="open＝開設、preparing＝準備、full＝満員、damaged＝被災、closed＝閉鎖"
    ),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由・様子")]
UsableOption = Annotated[
    int | None, typer.Option("--usable", min=0, max=100, help="使える割合（％）。省略時は状態ごとの値")
]
NewArgument = Annotated[str, typer.Argument(metavar="NAME", help="避難先の名前")]
AddressOption = Annotated[str, typer.Option("--address", help="所在地")]
NearOption = Annotated[
    str, typer.Option("--near", help="近くの避難先の番号（位置の目安）", metavar="SHELTER")
]
CapacityOption = Annotated[int | None, typer.Option("--capacity", min=1, help="入れる人数")]


def _moment(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def _state(entry: StatusEntry | None) -> str:
    return text(f"shelters.open_state.{entry.state.value if entry else 'none'}")


def _context(data: Path | None) -> Context:
    return open_context(data, Role.DISASTER_OFFICER)


@app.command()
def begin(
    name: NameArgument, hazard: HazardOption = None, data: DataOption = None, json: JsonOption = None
) -> None:
    """災害の記録を始めます。始めると、記録した状況が行き先の計算に使われます。"""
    event = begin_event(_context(data), name, hazard)
    say("begun", words_beside(json), name=event.name)
    write_json(json, lambda: event.model_dump(mode="json"))


@app.command()
def end(data: DataOption = None, json: JsonOption = None) -> None:
    """災害の記録を終えます。記録は残り、行き先の計算には使われなくなります。"""
    event = end_event(_context(data))
    say("ended", words_beside(json), name=event.name)
    write_json(json, lambda: event.model_dump(mode="json"))


@app.command("set")
def set_(
    shelter: OneArgument,
    state: StateArgument,
    reason: ReasonOption = "",
    usable: UsableOption = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """避難先1か所の状況を記録します。前の記録も残ります。"""
    ctx = _context(data)
    share = None if usable is None else usable / 100
    (entry,) = report_status(ctx, [Report(shelter, state, reason, share)])
    name = history(ctx, shelter).shelter.name
    say("reported", words_beside(json), name=name, state=_state(entry))
    write_json(json, lambda: entry.model_dump(mode="json"))


@app.command()
def add(
    name: NewArgument,
    address: AddressOption = "",
    capacity: CapacityOption = None,
    near: NearOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """一覧になかった避難先を、開設として加えます。"""
    added = add_place(_context(data), NewPlace(name, address, near, capacity_people=capacity))
    say("added", words_beside(json), name=added.name, shelter=added.id)
    write_json(json, lambda: {"id": added.id, "name": added.name, "added_in_event": added.added_in_event})


@app.command()
def show(shelter: PlaceArgument = "", data: DataOption = None, json: JsonOption = None) -> None:
    """いまの状況の一覧、または1か所の記録を表示します。"""
    ctx = _context(data)
    if shelter:
        _show_history(ctx, shelter, json)
    else:
        _show_board(board(ctx), json)


def _tell_event(found: DisasterEvent | None, out: Console) -> None:
    if found is None:
        say("event_none", out)
    else:
        say("event", out, name=found.name, began=_moment(found.began_at))


def _table(*keys: str) -> Table:
    return Table(*(Column(text(f"shelters.cli.column.{key}"), overflow="fold") for key in keys))


def _show_history(ctx: Context, shelter_id: str, json_target: str | None) -> None:
    told = history(ctx, shelter_id)
    table = _table("at", "state", "by", "reason")
    for entry in told.entries:
        table.add_row(_moment(entry.at), _state(entry), escape(entry.by), escape(entry.reason))
    out = words_beside(json_target)
    out.print(escape(told.shelter.name))
    out.print(table if told.entries else text("shelters.board.no_report"))
    entries = [entry.model_dump(mode="json") for entry in told.entries]
    write_json(json_target, lambda: {"shelter": shelter_id, "entries": entries})


def _show_board(now: Board, json_target: str | None) -> None:
    out = words_beside(json_target)
    _tell_event(now.event, out)
    table = _table("id", "name", "state", "at", "by", "reason")
    for line in now.lines:
        entry = line.entry
        told = (_moment(entry.at), entry.by, entry.reason) if entry else ("", "", "")
        added = text("shelters.board.added_mark") if line.added else ""
        cells = (line.shelter.id, f"{line.shelter.name}{added}", _state(entry), *told)
        table.add_row(*(escape(cell) for cell in cells))
    if now.event is not None:
        out.print(table)
    write_json(json_target, lambda: _board_facts(now))


def _board_facts(now: Board) -> dict[str, Any]:
    return {
        "event": now.event.model_dump(mode="json") if now.event else None,
        "places": [
            {
                "shelter": line.shelter.id,
                "added": line.added,
                "status": line.entry.model_dump(mode="json") if line.entry else None,
            }
            for line in now.lines
        ],
    }

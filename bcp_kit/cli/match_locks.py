"""`bcp-kit match lock|locks|unlock`: officers' decisions about places, with a reason and who."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli.common import DataOption, JsonOption, console, err_console, open_context, write_json
from bcp_kit.cli.match import app as app  # noqa: PLC0414 - the group that this module adds to
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.locks import LockKind
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.matching_locks import LockCommand, Locked, add_lock, list_locks, remove_lock

WaiveOption = Annotated[list[str] | None, typer.Option("--waive", help="外す規則（H05など、くり返せる）")]
COLUMNS = (
    "match_cli.lock_id",
    "match_cli.number",
    "desk.lock.where",
    "desk.lock.why",
    "desk.lock.by",
)
PERSON_HELP, PLACE_HELP = "名簿番号", "避難先の番号（id）か、名前の一部"


def shelter_of(ctx: Context, given: str) -> Shelter:
    """Return the place of an id or of the one name that holds `given`.

    Raises: BcpKitError U-002 for none, M-013 where several names hold it.
    """
    with ctx.open_store() as uow:
        exact = uow.shelters.get(given)
        found = [exact] if exact else uow.shelters.search(given, limit=3)
    if not found:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    if len(found) > 1:
        raise BcpKitError(ErrorCode.PLACE_NOT_CLEAR, name=given)
    return found[0]


@app.command("lock")
def lock(  # noqa: PLR0913, PLR0917 - options of a command
    number: Annotated[str, typer.Argument(help=PERSON_HELP, metavar="名簿番号")],
    reason: Annotated[str, typer.Option("--reason", help="理由の文（必ず書く）")],
    officer: Annotated[str, typer.Option("--by", help="決めた人の名前")],
    to: Annotated[str, typer.Option("--to", help=PLACE_HELP)] = "",
    kind: Annotated[LockKind, typer.Option("--kind", help="place／stays_home／hospital")] = LockKind.PLACE,
    stage: Annotated[int, typer.Option("--stage", min=1, max=2, help="1は最初の避難先、2は移る先")] = 1,
    hazard: Annotated[
        HazardKind | None, typer.Option("--hazard", help="災害の種類（省略時はすべて）")
    ] = None,
    waive: WaiveOption = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """一人の世帯の行き先を固定します。理由と決めた人が記録に残ります。"""
    ctx = open_context(data, name=officer)
    with ctx.open_store() as uow:
        found = uow.people.list(register_no=number) or uow.people.list(id=number)
    if len(found) != 1:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    shelter_id = shelter_of(ctx, to).id if to else ""
    made = add_lock(
        ctx, LockCommand(found[0].id, kind, shelter_id, reason, hazard, stage, tuple(waive or ()))
    )
    (err_console if json == "-" else console).print(text("match_cli.locked"), soft_wrap=True)
    write_json(json, lambda: {"lock": made.model_dump(mode="json")})


def _where(found: Locked) -> str:
    if found.lock.kind is not LockKind.PLACE:
        return text(f"desk.lock.{found.lock.kind.value}")
    return found.shelter.name if found.shelter else text("matching.lock_fault.place_gone")


@app.command("locks")
def locks(
    hazard: Annotated[HazardKind | None, typer.Option("--hazard", help="災害の種類")] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """固定を一覧にします。"""
    found = list_locks(open_context(data), hazard)
    out = err_console if json == "-" else console
    if not found:
        out.print(text("desk.lock.none"))
    else:
        table = Table(title=text("desk.lock.list"))
        for key in COLUMNS:
            table.add_column(text(key), overflow="fold")
        for one in found:
            who = one.person.register_no if one.person else text("desk.person_unknown")
            by = f"{one.lock.made_by} {one.lock.made_at.astimezone():%Y-%m-%d %H:%M}"
            row = (one.lock.id[:8], who, _where(one), one.lock.reason, by)
            table.add_row(*(escape(cell) for cell in row))
        out.print(table)
    write_json(json, lambda: {"locks": [one.lock.model_dump(mode="json") for one in found]})


@app.command("unlock")
def unlock(
    lock_id: Annotated[str, typer.Argument(help="固定の番号（はじめの8文字）", metavar="番号")],
    officer: Annotated[str, typer.Option("--by", help="外した人の名前")],
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """固定を外します。"""
    ctx = open_context(data, name=officer)
    found = [one.lock.id for one in list_locks(ctx) if one.lock.id.startswith(lock_id)]
    if len(found) != 1:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    remove_lock(ctx, found[0])
    (err_console if json == "-" else console).print(text("match_cli.unlocked"))
    write_json(json, lambda: {"unlocked": found[0]})

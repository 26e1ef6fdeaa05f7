"""`bcp-kit shelters survey` and `answers`: surveys for all places at once, answers read and taken over."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from bcp_kit.access.policy import Role
from bcp_kit.cli.common import (
    DataOption,
    Exit,
    JsonOption,
    console,
    err_console,
    open_context,
    progress_bar,
    write_json,
)
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.base import Context
from bcp_kit.services.shelters import SPACES
from bcp_kit.services.surveys import (
    Accepted,
    SurveyAnswers,
    SurveyOrder,
    SurveyOutcome,
    accept_survey,
    make_surveys,
    read_survey,
)

OutOption = Annotated[Path, typer.Option("--out", help="調査票の置き場所", metavar="DIR")]
PlaceOption = Annotated[
    list[str] | None,
    typer.Option("--shelter", help="この避難先だけに作る（避難先番号。何度でも指定できる）"),
]
OpenOption = Annotated[bool, typer.Option("--open-only", help="確かめることが残る所だけに作る")]
PdfOption = Annotated[bool, typer.Option("--pdf", help="紙の調査票（PDF）も作る")]
ToOption = Annotated[str, typer.Option("--return-to", help="返送先として載せる文")]
UntilOption = Annotated[str, typer.Option("--return-by", help="返送の期限として載せる文")]
FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE...", help="戻ってきた調査票（.xlsx）")]
AcceptOption = Annotated[bool, typer.Option("--accept", help="違いを取り込む（町の側で変わった項目は除く）")]
ByOption = Annotated[str, typer.Option("--answered-by", help="答えた人（調査票の記入に代えて）")]
OnOption = Annotated[
    datetime | None,
    typer.Option("--answered-on", formats=["%Y-%m-%d"], help="答えた日（調査票の記入に代えて）"),
]


def say(key: str, out: Console = console, **values: str | int | float) -> None:
    """Print one sentence; its values are shown as they are."""
    out.print(escape(text(f"shelters.cli.{key}", DEFAULT_LANGUAGE, **values)), soft_wrap=True)


def words_beside(json_target: str | None) -> Console:
    """Return where sentences go: never into a JSON on standard output."""
    return err_console if json_target == "-" else console


def survey(  # noqa: PLR0913 - one argument for each option of the command
    out: OutOption = Path("surveys"),
    *,
    shelter: PlaceOption = None,
    open_only: OpenOption = False,
    pdf: PdfOption = False,
    return_to: ToOption = "",
    return_by: UntilOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """避難先に送る調査票を、1か所1つのファイルで作ります（省略時はすべての避難先）。"""
    order = SurveyOrder(out, shelter, True, pdf, open_only, return_to, return_by)
    with progress_bar(text("shelters.progress.surveys")) as progress:
        made = make_surveys(open_context(data, Role.DISASTER_OFFICER, progress=progress), order)
    _tell_made(made, words_beside(json))
    write_json(json, lambda: _made_facts(made))
    if made.stopped:
        raise typer.Exit(int(Exit.STOPPED))


def _tell_made(made: SurveyOutcome, out: Console) -> None:
    if not made.files:
        say("nobody", out)
        return
    say("made", out, places=made.places, excel=len(made.excel), paper=len(made.paper))
    say("where", out, folder=str(made.files[0].parent))
    if made.stopped:
        say("stopped", out)


def _made_facts(made: SurveyOutcome) -> dict[str, Any]:
    return {
        "places": made.places,
        "excel": [str(path) for path in made.excel],
        "pdf": [str(path) for path in made.paper],
        "stopped": made.stopped,
    }


def answers(
    files: FilesArgument,
    *,
    accept: AcceptOption = False,
    answered_by: ByOption = "",
    answered_on: OnOption = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """戻ってきた調査票を読み、いまの内容との違いを示します。--accept を付けると取り込みます。"""
    out = words_beside(json)
    ctx = open_context(data, Role.DISASTER_OFFICER)
    told = answered_on.date() if answered_on else None
    facts, faults = [], False
    for file in files:
        read = read_survey(ctx, _content(file), file.name)
        faults = faults or bool(read.unread)
        by, on = answered_by or read.answered_by, told or read.answered_on
        _tell_answers(read, by, on, out)
        stored = _accept(ctx, read, Accepted(read.suggested, by, on), out) if accept else 0
        facts.append(_answer_facts(read, by, on, stored))
    if not accept:
        say("not_stored", out)
    write_json(json, lambda: {"accepted": accept, "surveys": facts})
    if faults:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise BcpKitError(ErrorCode.NOT_FOUND) from None


def _accept(ctx: Context, read: SurveyAnswers, accepted: Accepted, out: Console) -> int:
    if accepted.keys:
        accept_survey(ctx, read, accepted)
    say("stored", out, count=len(accepted.keys))
    return len(accepted.keys)


def _tell_answers(read: SurveyAnswers, by: str, on: date | None, out: Console) -> None:
    empty = text("shelters.cli.empty")
    day = on.isoformat() if on else empty
    names = {"name": read.shelter.name, "shelter": read.shelter.id}
    say("answers", out, by=by or empty, on=day, **names)
    for line in read.lines:
        values = {"row": line.row, "item": line.item, "old": line.old or empty}
        if line.same:
            say("line_same", out, **values)
        else:
            say("line", out, new=line.new, **values)
        if line.moved:
            say("moved", out)
    if read.rooms is not None:
        say("rooms", out, old=len(read.shelter.spaces), new=len(read.rooms))
    for wrong in read.unread:
        item = text("shelters.spaces.title") if wrong.item == SPACES else wrong.item
        what = text(f"errors.{wrong.code.value}.what", DEFAULT_LANGUAGE, **wrong.values)
        say("unread", out, row=wrong.row, item=item, value=wrong.value, what=what)
    if not read.lines and read.rooms is None:
        say("nothing", out)


def _answer_facts(read: SurveyAnswers, by: str, on: date | None, stored: int) -> dict[str, Any]:
    return {
        "shelter": read.shelter.id,
        "answered_by": by,
        "answered_on": on,
        "stored": stored,
        "changes": [
            {
                "row": line.row,
                "fact": line.key,
                "old": line.old,
                "new": line.new,
                "same": line.same,
                "changed_here_since": line.moved,
                "remark": line.remark,
            }
            for line in read.lines
        ],
        "rooms": None if read.rooms is None else [room.model_dump(mode="json") for room in read.rooms],
        "unread": [
            {"row": wrong.row, "item": wrong.item, "value": wrong.value, "code": wrong.code.value}
            for wrong in read.unread
        ],
    }

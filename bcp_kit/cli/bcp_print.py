"""`bcp-kit bcp print`: one plan, all plans of a facility, or those of an operator with many sites."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from bcp_kit.cli.bcp_common import PlanOption as VisiblePlanOption
from bcp_kit.cli.bcp_common import manager_context, one_plan, say
from bcp_kit.cli.common import DataOption, Exit, JsonOption, console, progress_bar, write_json
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_pictures import attach_picture
from bcp_kit.services.bcp_print import PaperFormat
from bcp_kit.services.bcp_print_batch import BatchOrder, BatchOutcome, facilities_of, print_batch

PlanWord = Annotated[str, typer.Argument(help="計画の番号（計画が一つなら省略できる）", metavar="[計画]")]
PlanOption = Annotated[str, typer.Option("--plan", help="計画の番号（引数と同じ）", hidden=True)]
FacilityOption = Annotated[str, typer.Option("--facility", help="この施設の計画を全部印刷する（番号）")]
OperatorOption = Annotated[
    str, typer.Option("--operator", help="この法人の全事業所の計画を印刷する（法人名）", metavar="法人名")
]
FormatOption = Annotated[
    list[PaperFormat] | None,
    typer.Option("--format", help="書き出す形（何度でも指定できる。blank は手書き用の用紙）"),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="書き出すフォルダー", file_okay=False)]
JointOption = Annotated[
    bool | None,
    typer.Option("--joint/--separate", help="自然災害と感染症を1冊にする・分ける（省略時は計画の設定）"),
]
WithoutOption = Annotated[
    bool, typer.Option("--without-personal", help="個人情報の表（職員・利用者の一覧）を載せない")
]
VersionOption = Annotated[int, typer.Option("--version", min=0, help="印刷する版の番号（省略時は今の内容）")]
AgainOption = Annotated[bool, typer.Option("--again", help="前の印刷から変わっていない計画も印刷し直す")]


def add_to(app: typer.Typer) -> None:
    """Add the command to the group `bcp`."""
    app.command("print")(print_command)
    app.command("attach")(attach)


def print_command(  # noqa: PLR0913, PLR0917 - one parameter an option
    plan_id: PlanWord = "",
    plan: PlanOption = "",
    facility: FacilityOption = "",
    operator: OperatorOption = "",
    paper: FormatOption = None,
    out: OutOption = Path(),
    joint: JointOption = None,
    without_personal: WithoutOption = False,
    version: VersionOption = 0,
    again: AgainOption = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """計画をPDF・Word・Excel・手書き用の用紙として書き出します。

    --operator で、法人の全事業所の分を続けて書き出します。

    止めても、もう一度同じ指定をすると続きから始めます。
    """
    order = BatchOrder(
        out,
        tuple(dict.fromkeys(paper or [PaperFormat.PDF])),
        joint=joint,
        without_personal=without_personal,
        version=version,
        again=again,
    )
    with progress_bar(text("paper.cli.printing")) as progress:
        ctx = replace(manager_context(data), progress=progress)
        outcome = print_batch(ctx, _meant(ctx, order, plan_id or plan, facility, operator))
    _tell(outcome, json)
    write_json(json, lambda: _facts(outcome))
    if outcome.stopped:
        raise typer.Exit(int(Exit.STOPPED))


def attach(
    files: Annotated[
        list[Path], typer.Argument(help="地図や図面の画像（PNG・JPEG）", exists=True, dir_okay=False)
    ],
    plan: VisiblePlanOption = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """ハザードマップや図面の画像を計画に添えます。

    ファイルの名前が、印刷するときの題名になります。
    """
    ctx = manager_context(data)
    plan_id = one_plan(ctx, plan)
    kept = [attach_picture(ctx, plan_id, path.stem, path.read_bytes()) for path in files]
    say("paper.cli.attached", json, count=len(kept))
    write_json(json, lambda: {"plan": plan_id, "pictures": [asdict(picture) for picture in kept]})


def _meant(ctx: Context, order: BatchOrder, plan_id: str, facility: str, operator: str) -> BatchOrder:
    """Return the order with the facilities or the plan that were named."""
    if operator:
        found = tuple(each.id for each in facilities_of(ctx, operator))
        if not found:
            raise BcpKitError(ErrorCode.NOTHING_TO_PRINT)
        return replace(order, facility_ids=found)
    if facility:
        return replace(order, facility_ids=(facility,))
    return replace(order, plan_ids=(one_plan(ctx, plan_id),))


def _tell(outcome: BatchOutcome, json: str | None) -> None:
    say("paper.cli.printed", json, files=len(outcome.written), pages=outcome.pages)
    if outcome.unchanged:
        say("paper.cli.unchanged", json, files=len(outcome.unchanged))
    if outcome.missing_glyphs:
        lost = "".join(dict.fromkeys("".join("".join(found) for found in outcome.missing_glyphs.values())))
        say("paper.cli.glyphs", json, files=len(outcome.missing_glyphs), characters=lost)
    if json != "-":
        for path in outcome.written:
            console.print(escape(str(path)), soft_wrap=True)


def _facts(outcome: BatchOutcome) -> dict[str, Any]:
    return {
        "files": [str(path) for path in outcome.written],
        "unchanged": [str(path) for path in outcome.unchanged],
        "pages": outcome.pages,
        "bytes": sum(path.stat().st_size for path in outcome.written),
        "missing_glyphs": {name: list(found) for name, found in outcome.missing_glyphs.items()},
        "stopped": outcome.stopped,
    }

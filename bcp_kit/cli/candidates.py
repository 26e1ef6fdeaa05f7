"""`bcp-kit shelters candidates`: facilities of public lists that could become shelters or keep a record."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.access.policy import Role
from bcp_kit.cli.common import DataOption, JsonOption, open_context, write_json
from bcp_kit.cli.sheet_files import (
    Cp932Option,
    LimitOption,
    MissingOption,
    save_written,
    say,
    words_beside,
)
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.units import Location
from bcp_kit.forms.messages import text
from bcp_kit.services.candidates import Wanted, adopt_as_shelters, find_candidates, start_facility
from bcp_kit.services.exporting_public import export_standard
from bcp_kit.services.exporting_sheets import Missing

app = typer.Typer(help="公開されている施設の一覧から取り込んだ、福祉避難所や病院の候補", no_args_is_help=True)

IdArgument = Annotated[
    list[str], typer.Argument(metavar="ID...", help="候補の番号（candidates list で見る）")
]
OneArgument = Annotated[str, typer.Argument(metavar="ID", help="候補の番号（candidates list で見る）")]
WordsOption = Annotated[
    str, typer.Option("--words", help="名称・住所・種類・法人名にある言葉（空白で区切る）")
]
CategoryOption = Annotated[ServiceCategory | None, typer.Option("--category", help="サービスの区分")]
NearOption = Annotated[str, typer.Option("--near", metavar="緯度,経度", help="この場所から近い順に")]
WithinOption = Annotated[float, typer.Option("--within-m", min=1, help="この距離（m）まで")]
TargetArgument = Annotated[Path, typer.Argument(metavar="FILE", help="書き出す先（.csv）")]
_COLUMNS = ("id", "name", "service_name", "beds", "address", "phone")


@app.command("list")
def list_(  # noqa: PLR0913 - one argument per option of the command
    *,
    words: WordsOption = "",
    category: CategoryOption = None,
    near: NearOption = "",
    within_m: WithinOption = 5_000,
    limit: LimitOption = 50,
    data: DataOption = None,
    json_target: JsonOption = None,
) -> None:
    """候補を一覧で表示します。"""
    out = words_beside(json_target)
    wanted = Wanted(words=words, category=category, near=_place(near), within_m=within_m)
    found, total = find_candidates(open_context(data, Role.DISASTER_OFFICER), wanted, limit)
    if found:
        heads = (text(f"intake.candidates.{name}") for name in _COLUMNS)
        table = Table(*(Column(head, overflow="fold") for head in heads))
        for candidate in found:
            cells = (getattr(candidate, name) for name in _COLUMNS)
            table.add_row(*(escape("" if cell is None else str(cell)) for cell in cells))
        out.print(table)
    say("listed.total" if total else "candidates.none", out, count=total)
    write_json(json_target, lambda: {"total": total, "rows": [c.model_dump(mode="json") for c in found]})


def _place(near: str) -> Location | None:
    if not near:
        return None
    try:
        latitude, longitude = (float(part) for part in near.split(","))
        return Location(latitude=latitude, longitude=longitude)
    except ValueError:
        raise BcpKitError(ErrorCode.WRONG_USE) from None


@app.command()
def adopt(ids: IdArgument, data: DataOption = None) -> None:
    """候補を、協定による福祉避難所（病院は病院）として避難先に加えます。人数や設備は未確認のままです。"""
    made = adopt_as_shelters(open_context(data, Role.DISASTER_OFFICER), ids)
    for shelter in made:
        say("candidates.adopted", name=shelter.name, id=shelter.id)


@app.command()
def facility(candidate: OneArgument, category: CategoryOption = None, data: DataOption = None) -> None:
    """候補から、施設の記録（業務継続計画を作る元）を始めます。"""
    made = start_facility(open_context(data, Role.FACILITY_MANAGER), candidate, category)
    say("candidates.started", name=made.name, id=made.id)


def publish(
    file: TargetArgument,
    cp932: Cp932Option = False,
    missing: MissingOption = Missing.REFUSE,
    data: DataOption = None,
    json_target: JsonOption = None,
) -> None:
    """避難先を自治体標準オープンデータの形（CSV）で書き出します。公開する項目だけが入ります。"""
    if file.suffix.lower() != ".csv":
        raise BcpKitError(ErrorCode.WRONG_USE)
    ctx = open_context(data, Role.DISASTER_OFFICER)
    written, rows = export_standard(ctx, "cp932" if cp932 else "utf-8-sig", missing)
    save_written(file, written, rows, json_target, personal=False)

"""`bcp-kit data hazards|roads`: files of maps in, what is kept, what it means for the records."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.cli.common import (
    DataOption,
    Exit,
    JsonOption,
    console,
    err_console,
    explain,
    open_context,
    write_json,
)
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.hazard_check import Conflict, check_hazards
from bcp_kit.services.hazard_maps import (
    COMMAND,
    HazardFile,
    HazardMapWords,
    inspect_hazard_map,
    keep_hazard_map,
    list_hazard_maps,
    remove_hazard_map,
)
from bcp_kit.services.map_words import depth_classes, exposure_words, hazard_words, road_rows
from bcp_kit.services.road_maps import (
    check_roads,
    inspect_roads,
    keep_roads,
    read_roads,
    remove_roads,
    road_facts,
)

T = TypeVar("T")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="ファイル")]
FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE…", help=".osm.pbf、GraphML、zip、または交点と道の2つのCSV")
]
HazardOption = Annotated[
    HazardKind | None, typer.Option("--hazard", help="災害の種類（ファイルから分からないとき）")
]
CrsOption = Annotated[
    str, typer.Option("--crs", metavar="番号", help="座標系（例：6677。ファイルに書かれていないとき）")
]
TitleOption = Annotated[str, typer.Option("--title", help="一覧に出す名前（省略時はファイル名）")]
SourceOption = Annotated[str, typer.Option("--source", help="出典（例：県 洪水浸水想定区域図）")]
YearOption = Annotated[int | None, typer.Option("--year", help="公表された年", min=1950, max=2100)]
ScenarioOption = Annotated[str, typer.Option("--scenario", help="想定（例：想定最大規模）")]
DryOption = Annotated[bool, typer.Option("--dry-run", help="調べるだけで、取り込まない")]
LimitOption = Annotated[int, typer.Option("--limit", help="表示する件数", min=1)]
KeyArgument = Annotated[str, typer.Argument(metavar="番号", help="list で表示される番号")]

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}

hazards = typer.Typer(help="災害区域の地図：取り込み、一覧、削除、点検", no_args_is_help=True)
roads = typer.Typer(help="道路：取り込み、内容、削除、点検", no_args_is_help=True)


def content_of(path: Path) -> bytes:
    """Return the bytes of a file that is not larger than a command may read.

    Raises: BcpKitError U-002 when there is none, I-001 when it is too large.
    """
    try:
        size = path.stat().st_size
        if size <= COMMAND.file_bytes:
            return path.read_bytes()
    except OSError:
        raise BcpKitError(ErrorCode.NOT_FOUND) from None
    raise BcpKitError(ErrorCode.FILE_TOO_LARGE, size_mb=size >> 20, limit_mb=COMMAND.file_bytes >> 20)


def words_beside(json_target: str | None) -> Console:
    """Return where sentences go: beside the JSON, never into it."""
    return err_console if json_target == "-" else console


def say(out: Console, key: str, /, **values: str | int | float) -> None:
    """Print one sentence of the room `maps`."""
    out.print(escape(text(f"maps.{key}", DEFAULT_LANGUAGE, **values)), soft_wrap=True)


def show_problems(out: Console, problems: Iterable[Problem]) -> None:
    """Print findings with what to do."""
    for problem in problems:
        what, remedy = explain(BcpKitError(problem.code, **problem.values))
        label = text(f"intake.severity.{problem.severity.value}")
        head = f"[{_COLOURS[problem.severity]}]{label} {problem.code.value}[/]"
        out.print(f"{head} {escape(what)}\n   → {escape(remedy)}", soft_wrap=True)


def problem_facts(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return findings for the JSON."""
    return [{"code": p.code.value, "severity": p.severity.value, "values": dict(p.values)} for p in problems]


def shown(rows: list[T], limit: int, show: Callable[[T], None], out: Console) -> None:
    """Show the first rows, and say how many more there are."""
    for row in rows[:limit]:
        show(row)
    if len(rows) > limit:
        say(out, "hazards.more", count=len(rows) - limit)


@hazards.command("add")
def add_hazards(  # noqa: PLR0913 - one option a word that the file may lack
    file: FileArgument,
    *,
    hazard: HazardOption = None,
    crs: CrsOption = "",
    title: TitleOption = "",
    source: SourceOption = "",
    year: YearOption = None,
    scenario: ScenarioOption = "",
    dry_run: DryOption = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """災害区域のファイル（GeoJSON、zipのシェープファイル）を調べて、取り込みます。"""
    out = words_beside(json)
    found = inspect_hazard_map(content_of(file), file.name, hazard=hazard, crs=crs, limits=COMMAND)
    _show_hazard_file(out, found)
    kept = None
    if dry_run:
        say(out, "hazards.not_kept")
    else:
        kept = keep_hazard_map(open_context(data), found, HazardMapWords(title, source, year, scenario))
        say(out, "hazards.kept", map_id=kept.key, title=kept.title, origin=kept.origin)
    write_json(
        json,
        lambda: {
            "file": found.name,
            "features": found.features,
            "zones": hazard_words(found.zones),
            "left_out": found.left_out,
            "mended": found.mended,
            "bounds": found.zones.bounds,
            "kept": kept.model_dump(mode="json") if kept else None,
            "problems": problem_facts(found.problems),
        },
    )


def _show_hazard_file(out: Console, found: HazardFile) -> None:
    say(out, "hazards.read", name=found.name, zones=len(found.zones.zones), features=found.features)
    for hazard, count in hazard_words(found.zones).items():
        out.print(f"   {hazard}：{count:,}")
    for label, count in depth_classes(found.zones):
        out.print(f"      {escape(label)}：{count:,}")
    west, south, east, north = (round(edge, 4) for edge in found.zones.bounds)
    say(out, "hazards.bounds", west=west, south=south, east=east, north=north)
    show_problems(out, found.problems)


@hazards.command("list")
def list_hazards(data: DataOption = None, json: JsonOption = None) -> None:
    """取り込んである災害区域の地図を、出典と年とともに一覧にします。"""
    kept = list_hazard_maps(open_context(data))
    out = words_beside(json)
    if kept:
        names = ("key", "title", "hazards", "source", "year", "scenario", "kept_on")
        table = Table(*(Column(text(f"maps.hazards.column.{name}"), overflow="fold") for name in names))
        for each in kept:
            counts = "、".join(f"{text(f'matching.hazard.{h.value}')} {n:,}" for h, n in each.zones.items())
            year = "" if each.year is None else str(each.year)
            row = (each.key, each.title, counts, each.source, year, each.scenario, each.kept_on)
            table.add_row(*(escape(cell) for cell in row))
        out.print(table)
    else:
        say(out, "hazards.none")
    write_json(json, lambda: {"maps": [each.model_dump(mode="json") for each in kept]})


@hazards.command("remove")
def remove_hazards(key: KeyArgument, data: DataOption = None) -> None:
    """災害区域の地図を1つ消します。"""
    remove_hazard_map(open_context(data), key)
    say(console, "hazards.removed", map_id=key)


@hazards.command("check")
def check_hazard_maps(limit: LimitOption = 20, data: DataOption = None, json: JsonOption = None) -> None:
    """人・避難先・施設・支援者・道を区域に重ね、台帳との食い違いを表示します。"""
    found = check_hazards(open_context(data))
    out = words_beside(json)
    heads = [text("maps.hazards.conflict_column.kind"), text("maps.hazards.conflict_column.hazard")]
    states = {"yes": "in_zone", "no": "out", "unknown": "unknown"}
    table = Table(*heads, *(Column(text(f"maps.hazards.{n}"), justify="right") for n in states.values()),
                  Column(text("maps.hazards.unplaced"), justify="right"),
                  title=text("maps.hazards.title"))  # fmt: skip
    for kind, counts in found.counts.items():
        for hazard, count in counts.items():
            numbers = (f"{sum(n for k, n in count.items() if k.value == state):,}" for state in states)
            row = (text(f"maps.kind.{kind}"), text(f"matching.hazard.{hazard.value}"), *numbers)
            table.add_row(*row, f"{found.unplaced[kind]:,}")
    out.print(table)
    for hazard, (cut, total) in found.streets.items():
        say(out, "hazards.streets", cut=cut, total=total, hazard=text(f"matching.hazard.{hazard.value}"))
    _show_conflicts(out, list(found.conflicts), limit)
    write_json(
        json,
        lambda: {
            "counts": {
                kind: {h.value: {k.value: n for k, n in c.items()} for h, c in counts.items()}
                for kind, counts in found.counts.items()
            },
            "unplaced": dict(found.unplaced),
            "streets": {h.value: {"cut": cut, "total": total} for h, (cut, total) in found.streets.items()},
            "conflicts": [_conflict_facts(c) for c in found.conflicts],
        },
    )
    if found.conflicts:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _show_conflicts(out: Console, conflicts: list[Conflict], limit: int) -> None:
    if not conflicts:
        say(out, "hazards.no_conflicts")
        return
    say(out, "hazards.conflicts", count=len(conflicts))
    names = ("kind", "number", "hazard", "what", "sheet", "maps", "origin")
    table = Table(*(Column(text(f"maps.hazards.conflict_column.{n}"), overflow="fold") for n in names))

    def add(conflict: Conflict) -> None:
        cells = (
            text(f"maps.kind.{conflict.record_kind}"),
            conflict.number,
            text(f"matching.hazard.{conflict.hazard.value}"),
            text(f"maps.hazards.conflict.{conflict.kind.value}"),
            exposure_words(conflict.sheet),
            exposure_words(conflict.maps),
            conflict.origin,
        )
        table.add_row(*(escape(cell) for cell in cells))

    for conflict in conflicts[:limit]:
        add(conflict)
    out.print(table)
    if len(conflicts) > limit:
        say(out, "hazards.more", count=len(conflicts) - limit)


def _conflict_facts(conflict: Conflict) -> dict[str, Any]:
    return {
        "kind": conflict.record_kind,
        "number": conflict.number,
        "hazard": conflict.hazard.value,
        "conflict": conflict.kind.value,
        "sheet": conflict.sheet.model_dump(mode="json"),
        "map": conflict.maps.model_dump(mode="json"),
        "origin": conflict.origin,
    }


@roads.command("add")
def add_roads(  # noqa: PLR0913 - one option a word that the file may lack
    files: FilesArgument,
    *,
    crs: CrsOption = "",
    title: TitleOption = "",
    source: SourceOption = "",
    dry_run: DryOption = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """道路のファイルを調べて、取り込みます（前のものと入れ替えます）。"""
    out = words_beside(json)
    found = inspect_roads([(content_of(f), f.name) for f in files], crs=crs, limits=COMMAND)
    facts = road_facts(found.table, title or found.name, source or found.source)
    _show_rows(out, road_rows(facts))
    show_problems(out, found.problems)
    if dry_run:
        say(out, "roads.not_kept")
    else:
        facts = keep_roads(open_context(data), found, title, source)
        say(out, "roads.kept")
    write_json(
        json,
        lambda: {
            "roads": facts.model_dump(mode="json"),
            "kept": not dry_run,
            "problems": problem_facts(found.problems),
        },
    )


def show_road_file(file: Path, out: Console) -> dict[str, Any]:
    """Print what a road file holds and which command takes it, and return its facts; nothing is kept.

    Raises: BcpKitError U-002 when there is none, I-0xx and G-0xx when it cannot be read.
    """
    found = inspect_roads([(content_of(file), file.name)], limits=COMMAND)
    facts = road_facts(found.table, found.name, found.source)
    _show_rows(out, road_rows(facts))
    show_problems(out, found.problems)
    out.print(f'   bcp-kit data roads add "{file}"', soft_wrap=True, markup=False)
    return facts.model_dump(mode="json")


def _show_rows(out: Console, rows: Iterable[tuple[str, str]]) -> None:
    table = Table(show_header=False)
    for label, value in rows:
        table.add_row(escape(label), escape(value))
    out.print(table)


@roads.command("list")
def list_roads(data: DataOption = None, json: JsonOption = None) -> None:
    """取り込んである道路の内容を表示します。"""
    kept = read_roads(open_context(data))
    out = words_beside(json)
    if kept is None:
        say(out, "roads.none")
    else:
        _show_rows(out, road_rows(kept))
    write_json(json, lambda: {"roads": kept.model_dump(mode="json") if kept else None})


@roads.command("remove")
def remove_road_net(data: DataOption = None) -> None:
    """道路のデータを消します。"""
    remove_roads(open_context(data))
    say(console, "roads.removed")


@roads.command("check")
def check_road_net(limit: LimitOption = 20, data: DataOption = None, json: JsonOption = None) -> None:
    """家と避難先が道につながるかを調べ、道から遠いものを番号で表示します。"""
    found = check_roads(open_context(data))
    out = words_beside(json)
    say(out, "roads.check", people=found.people, shelters=found.shelters, median_m=found.median_m)
    if found.without_point:
        say(out, "roads.without_point", count=found.without_point)
    if found.far:
        say(out, "roads.far", count=len(found.far), limit_m=round(found.limit_m))
    else:
        say(out, "roads.far_none")
    shown(
        list(found.far),
        limit,
        lambda f: say(
            out, "roads.far_line", kind=text(f"maps.kind.{f.kind}"), number=f.number, metres=f.metres or 0
        ),
        out,
    )
    write_json(
        json,
        lambda: {
            "people": found.people,
            "shelters": found.shelters,
            "without_point": found.without_point,
            "median_m": found.median_m,
            "far": [vars(f) for f in found.far],
        },
    )

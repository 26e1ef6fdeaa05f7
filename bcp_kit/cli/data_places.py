"""`bcp-kit data places|population`: tables of towns, codes and meshes; placing addresses; unlisted need."""

from statistics import median
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from bcp_kit.cli.common import DataOption, Exit, JsonOption, console, open_context, write_json
from bcp_kit.cli.data_maps import (
    DryOption,
    FileArgument,
    LimitOption,
    SourceOption,
    content_of,
    problem_facts,
    say,
    show_problems,
    shown,
    words_beside,
)
from bcp_kit.forms.messages import text
from bcp_kit.services.map_words import municipality_words
from bcp_kit.services.place_tables import (
    COMMAND,
    PlaceTable,
    TableFacts,
    inspect_places,
    keep_places,
    kind_of,
    list_places,
    remove_places,
)
from bcp_kit.services.placing import KINDS, Line, Placing, place_addresses, undo_placing
from bcp_kit.services.population import (
    inspect_population,
    keep_population,
    read_population,
    remove_population,
    unlisted_need,
)

TableArgument = Annotated[PlaceTable, typer.Argument(help="消す表")]
KindOption = Annotated[
    list[str] | None,
    typer.Option("--kind", help="people, supporters, shelters, facilities のどれか（省略時はすべて）"),
]
SaveOption = Annotated[bool, typer.Option("--save", help="見つかった位置を保存する")]

places = typer.Typer(
    help="町の位置と番号の表：取り込み、一覧、削除、住所から位置を求める", no_args_is_help=True
)
population = typer.Typer(
    help="人口メッシュ：取り込み、内容、削除、名簿にない人の見込み", no_args_is_help=True
)


@places.command("add")
def add_places(
    file: FileArgument,
    *,
    source: SourceOption = "",
    dry_run: DryOption = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """町の位置（位置参照情報など）、団体コード、郵便番号（KEN_ALL）のCSVを取り込みます。"""
    out = words_beside(json)
    found = inspect_places(content_of(file), file.name, COMMAND)
    table = kind_of(found)
    show_problems(out, found.problems)
    if dry_run:
        say(out, "places.not_kept")
        facts = None
    else:
        facts = keep_places(open_context(data), found, source)
        say(out, "places.kept", table=text(f"maps.places.table.{table.value}"), rows=f"{facts.rows:,}")
        if facts.municipalities:
            say(out, "places.municipalities", names=municipality_words(facts.municipalities))
    write_json(
        json,
        lambda: {
            "table": table.value,
            "kept": _table_facts(facts) if facts else None,
            "problems": problem_facts(found.problems),
        },
    )


def _table_facts(facts: TableFacts) -> dict[str, Any]:
    return {**vars(facts), "municipalities": list(facts.municipalities)}


@places.command("list")
def list_tables(data: DataOption = None, json: JsonOption = None) -> None:
    """取り込んである表を一覧にします。"""
    kept = list_places(open_context(data))
    out = words_beside(json)
    if not kept:
        say(out, "places.none")
    for facts in kept:
        name = text(f"maps.places.table.{facts.table.value}")
        say(out, "places.rows", table=name, rows=f"{facts.rows:,}", source=facts.source)
        if facts.municipalities:
            say(out, "places.municipalities", names=municipality_words(facts.municipalities))
    write_json(json, lambda: {"tables": [_table_facts(facts) for facts in kept]})


@places.command("remove")
def remove_table(table: TableArgument, data: DataOption = None) -> None:
    """表を1つ消します。求めてある位置はそのまま残ります。"""
    remove_places(open_context(data), table)
    say(console, "places.removed", table=text(f"maps.places.table.{table.value}"))


@places.command("check")
def check_places(
    *,
    kind: KindOption = None,
    save: SaveOption = False,
    limit: LimitOption = 20,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """位置のない人や場所の住所から位置を求めます。見つからないものは理由を表示します。"""
    kinds = tuple(kind or KINDS)
    if not set(kinds) <= set(KINDS):
        raise typer.BadParameter("、".join(KINDS), param_hint="--kind")
    found = place_addresses(open_context(data), kinds, save=save)
    out = words_beside(json)
    say(out, "places.had_point", count=found.had_point)
    say(out, "places.found", count=len(found.placed))
    _show_counts(found, json)
    say(out, "places.not_found", count=len(found.unplaced))
    shown(list(found.unplaced), limit, lambda line: _show_line(line, json), out)
    disagree = sum(line.postal_disagrees for line in found.lines)
    if disagree:
        say(out, "places.postal", count=disagree)
    if found.saved:
        say(out, "places.saved", count=len(found.placed))
    elif found.placed:
        say(out, "places.not_saved")
    write_json(json, lambda: _placing_facts(found))
    if found.unplaced:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def _show_counts(found: Placing, json: str | None) -> None:
    out, counts = words_beside(json), found.counts()
    for level in ("block", "chome", "town"):
        if counts.get(level):
            out.print(f"   {text(f'maps.places.level.{level}')}：{counts[level]:,}")
    doubts = [line.found.location.uncertainty_m for line in found.placed if line.found.location]
    if doubts:
        say(out, "places.uncertainty", metres=round(median(doubts)))


def _show_line(line: Line, json: str | None) -> None:
    reason = text(f"maps.places.reason.{line.found.reason}")
    kind = text(f"maps.kind.{line.kind}")
    say(words_beside(json), "places.line", kind=kind, number=line.number, reason=reason)


def _placing_facts(found: Placing) -> dict[str, Any]:
    """Return the outcome by numbers of records, without an address."""
    return {
        "had_point": found.had_point,
        "saved": found.saved,
        "counts": dict(found.counts()),
        "placed": [
            {
                "kind": line.kind,
                "number": line.number,
                "level": str(line.found.level),
                "uncertainty_m": line.found.location.uncertainty_m if line.found.location else None,
            }
            for line in found.placed
        ],
        "unplaced": [
            {"kind": line.kind, "number": line.number, "reason": str(line.found.reason)}
            for line in found.unplaced
        ],
        "postal_disagrees": [line.number for line in found.lines if line.postal_disagrees],
    }


@places.command("undo")
def undo(data: DataOption = None) -> None:
    """住所から求めて保存した位置を、位置なしに戻します。"""
    say(console, "places.undone", count=undo_placing(open_context(data)))


@population.command("add")
def add_population(
    file: FileArgument, source: SourceOption = "", data: DataOption = None, json: JsonOption = None
) -> None:
    """人口メッシュ（250mなど）のCSVを取り込みます（前のものと入れ替えます）。"""
    found = inspect_population(content_of(file), file.name, COMMAND)
    keep_population(open_context(data), found, source)
    meshes, people = f"{len(found.people):,}", f"{found.total:,}"
    say(words_beside(json), "population.kept", meshes=meshes, people=people)
    write_json(json, lambda: {"meshes": len(found.people), "people": found.total})


@population.command("list")
def show_population(data: DataOption = None, json: JsonOption = None) -> None:
    """取り込んである人口メッシュの内容を表示します。"""
    kept = read_population(open_context(data))
    out = words_beside(json)
    if kept is None:
        say(out, "population.none")
    else:
        meshes, people = f"{len(kept[0].people):,}", f"{kept[0].total:,}"
        say(out, "population.found", name=kept[0].name, meshes=meshes, people=people)
    write_json(
        json, lambda: {"meshes": len(kept[0].people) if kept else 0, "people": kept[0].total if kept else 0}
    )


@population.command("remove")
def remove_meshes(data: DataOption = None) -> None:
    """人口メッシュの表を消します。"""
    remove_population(open_context(data))
    say(console, "population.removed")


@population.command("check")
def check_population(limit: LimitOption = 20, data: DataOption = None, json: JsonOption = None) -> None:
    """いちばん近い避難先ごとに、人口と、名簿にない人の見込みを表示します。"""
    found = unlisted_need(open_context(data))
    out = words_beside(json)
    names = ("name", "population", "expected", "listed", "unlisted")
    heads = (
        Column(text(f"maps.population.column.{n}"), justify="left" if n == "name" else "right") for n in names
    )
    table = Table(*heads, title=text("maps.population.title"))
    for each in found.catchments[:limit]:
        numbers = (f"{n:,.0f}" for n in (each.population, each.expected, each.listed, each.unlisted))
        table.add_row(escape(each.name), *numbers)
    out.print(table)
    say(out, "population.note", percent=round(100 * found.rate, 1))
    if found.far_away:
        say(out, "population.far_away", people=f"{found.far_away:,}")
    write_json(
        json,
        lambda: {
            "rate": found.rate,
            "population": found.population,
            "far_away": found.far_away,
            "catchments": [{**vars(c), "unlisted": round(c.unlisted, 1)} for c in found.catchments],
        },
    )

"""`bcp-kit match`: people and destinations for one hazard; who is left over, why, and what would help."""

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
    progress_bar,
    write_json,
)
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import MatchingRun, UnknownMode
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.matching_read import (
    Line,
    RunView,
    fact_label,
    read_run,
    sentence,
    what_to_confirm_first,
)

app = typer.Typer(help="マッチング：だれがどこへ行くか、行けない人の理由", no_args_is_help=True)

HazardOption = Annotated[HazardKind, typer.Option("--hazard", help="災害の種類")]
NewestOption = Annotated[
    HazardKind | None, typer.Option("--hazard", help="災害の種類（省略時はいちばん新しい計算）")
]
ModeOption = Annotated[
    UnknownMode, typer.Option("--mode", help="未確認のことを仮に置く（assume）か、確認ずみだけか")
]
SeedOption = Annotated[int, typer.Option("--seed", help="乱数の種（同じ種なら同じ答え）")]
WorkOption = Annotated[float, typer.Option("--work", help="計算の上限（目安は秒の1〜2倍）", min=1)]
LimitOption = Annotated[int, typer.Option("--limit", help="表示する件数", min=1)]


def _context(data: Path | None) -> Context:
    return open_context(data)


@app.command("run")
def run(
    hazard: HazardOption = HazardKind.EARTHQUAKE,
    mode: ModeOption = UnknownMode.ASSUME,
    seed: SeedOption = 0,
    work: WorkOption = 15.0,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """マッチングを計算して保存し、結果のまとめを表示します。"""
    with progress_bar(text("matching.progress.start")) as bar:
        ctx = open_context(data, progress=bar)
        found = match(ctx, MatchCommand(hazard=hazard, mode=mode, seed=seed, work_limit=work))
    out = err_console if json == "-" else console
    out.print(summary_table(found))
    write_json(json, lambda: run_facts(found))
    if not any(stage.placed for stage in found.stages):
        raise typer.Exit(int(Exit.NOBODY_PLACED))


def summary_table(found: MatchingRun) -> Table:
    """Return one row a stage: placed by tier, status, gap."""
    table = Table(title=text("matching.title", hazard=text(f"matching.hazard.{found.hazard.value}")))
    for key in ("stage", "people", "placed", "tiers", "status", "gap"):
        table.add_column(text(f"matching.column.{key}"))
    for stage in found.stages:
        tiers = " / ".join(
            f"{stage.placed_by_tier.get(t, 0):,}({stage.people_by_tier.get(t, 0):,})" for t in (1, 2, 3)
        )
        gap = "－" if stage.gap is None else f"{stage.gap:.3%}"
        status = text(f"matching.status.{stage.status.value}")
        table.add_row(str(stage.stage), f"{stage.people:,}", f"{stage.placed:,}", tiers, status, gap)
    table.caption = text(f"matching.mode.{found.mode.value}")
    return table


def run_facts(found: MatchingRun) -> dict[str, Any]:
    """Return the run without its lines: what it asked, its stages, its guesses."""
    return found.model_dump(mode="json", exclude={"placements"})


@app.command("show")
def show(hazard: NewestOption = None, data: DataOption = None, json: JsonOption = None) -> None:
    """いちばん新しい計算のまとめを表示します。"""
    view = read_run(_context(data), hazard=hazard)
    (err_console if json == "-" else console).print(summary_table(view.run))
    write_json(json, lambda: run_facts(view.run))


@app.command("unplaced")
def unplaced(
    hazard: NewestOption = None, limit: LimitOption = 20, data: DataOption = None, json: JsonOption = None
) -> None:
    """行き先のない人を、理由と、いちばん小さな手当てとともに表示します。"""
    view = read_run(_context(data), hazard=hazard)
    left = (*view.unplaced, *view.waiting)
    out = err_console if json == "-" else console
    out.print(
        text("matching.left_over", first=len(view.unplaced), second=len(view.waiting),
             hospital=len(view.for_hospital))
    )  # fmt: skip
    for line in left[:limit]:
        _print_line(out, view, line)
    if len(left) > limit:
        out.print(text("matching.more", count=len(left) - limit))
    write_json(json, lambda: {"unplaced": [line_facts(view, line) for line in left]})


def _print_line(out: Any, view: RunView, line: Line) -> None:
    stage, tier = line.placement.stage, line.placement.tier
    who = escape(line.person.register_no or line.person.id)
    out.print(f"[bold]{text('matching.person', no=who, stage=stage, tier=tier)}[/]")
    for reason in line.placement.reasons[:5]:
        out.print(f"   {escape(sentence(reason, view.shelters))}", soft_wrap=True)
    for remedy in line.placement.remedies:
        out.print(f"   → {escape(sentence(remedy, view.shelters))}", soft_wrap=True)


def line_facts(view: RunView, line: Line) -> dict[str, Any]:
    """Return one line for the JSON, by number, without a name."""
    placement = line.placement
    return {
        "register_no": line.person.register_no,
        "stage": placement.stage,
        "tier": placement.tier,
        "reasons": [sentence(r, view.shelters) for r in placement.reasons],
        "remedies": [sentence(r, view.shelters) for r in placement.remedies],
    }


@app.command("confirm-first")
def confirm_first(
    hazard: NewestOption = None, limit: LimitOption = 20, data: DataOption = None, json: JsonOption = None
) -> None:
    """仮に置いたことのうち、先に確かめるとよいものを、頼る人の多い順に表示します。"""
    view = read_run(_context(data), hazard=hazard)
    found = what_to_confirm_first(view)
    table = Table(title=text("matching.confirm_first"))
    for key in ("place", "fact", "fact_people"):
        table.add_column(text(f"matching.column.{key}"))
    for item in found[:limit]:
        table.add_row(escape(item.shelter.name), fact_label(item.fact), f"{item.people:,}")
    (err_console if json == "-" else console).print(table)
    write_json(
        json,
        lambda: {"confirm": [{"shelter": i.shelter.id, "fact": i.fact, "people": i.people} for i in found]},
    )

"""`bcp-kit cover roster-file FILE`: a public shift-scheduling file, its plan and how good it is."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli.common import Exit, JsonOption, console, progress_bar, stoppable, write_json
from bcp_kit.forms.messages import text
from bcp_kit.services.roster_file import RosterCommand, RosterOutcome, solve_roster_file, write_roster

FileArgument = Annotated[Path, typer.Argument(help="公開されている勤務表の問題（テキスト）", metavar="FILE")]
SecondsOption = Annotated[float, typer.Option("--seconds", help="計算の上限（秒）", min=0.1)]
RoundsOption = Annotated[int, typer.Option("--rounds", help="組み直しの回数の上限", min=0)]
SeedOption = Annotated[int, typer.Option("--seed", help="乱数の種")]
PlanOption = Annotated[
    Path | None, typer.Option("--plan", help="勤務表を書き出すファイル（CSV）", metavar="OUT")
]
WHOLE = ("penalty", "requests", "too_few", "too_many", "bound")


def roster_file(
    file: FileArgument,
    seconds: SecondsOption = 60.0,
    rounds: RoundsOption = 1000,
    seed: SeedOption = 0,
    plan: PlanOption = None,
    json_target: JsonOption = None,
) -> None:
    """公開されている勤務表の問題を一つ解き、点数とその限度を示す。"""
    with progress_bar(text("cover.roster.first")) as bar, stoppable(bar) as progress:
        outcome = solve_roster_file(RosterCommand(file, seconds, rounds, seed), progress)
    if plan is not None:
        write_roster(outcome, plan)
    write_json(json_target, lambda: {**outcome.figures, "plan": outcome.result.plan})
    if json_target != "-":
        _print(outcome.figures)
        if plan is not None:
            console.print(escape(text("cover.roster.written", path=str(plan))), soft_wrap=True)
    _leave(outcome)


def _print(figures: Any) -> None:  # values of several types
    table = Table(text("cover.roster.item"), text("cover.roster.value"), title=text("cover.roster.title"))
    for key in WHOLE:
        table.add_row(text(f"cover.roster.{key}"), f"{figures[key]:,}")
    percent = f"{100 * figures['gap']:.2f}"
    table.add_row(text("cover.roster.gap"), text("cover.roster.gap_value", percent=percent))
    table.add_row(text("cover.roster.status"), text(f"cover.roster.{figures['status']}"))
    taken = f"{figures['seconds']:.1f}"
    table.add_row(text("cover.roster.seconds"), text("cover.roster.seconds_value", seconds=taken))
    if figures["impossible"]:
        table.add_row(text("cover.roster.impossible"), escape("、".join(figures["impossible"])))
    console.print(table)


def _leave(outcome: RosterOutcome) -> None:
    if outcome.result.impossible:
        raise typer.Exit(int(Exit.NOBODY_PLACED))
    if outcome.figures["status"] == "stopped":
        raise typer.Exit(int(Exit.STOPPED))

"""`bcp-kit match --instance FILE --plan OUT`: an instance in one file, its plan, one line of figures."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from bcp_kit.cli.common import Exit, progress_bar, stoppable
from bcp_kit.forms.messages import text
from bcp_kit.services.matching_points import PointsCommand, match_points, write_plan

InstanceOption = Annotated[
    Path | None, typer.Option("--instance", help="問題ファイル（NPZかJSON）", metavar="FILE")
]
PlanOption = Annotated[
    Path | None, typer.Option("--plan", help="計画を書き出すファイル（JSON）", metavar="OUT")
]
SecondsOption = Annotated[
    float | None, typer.Option("--limit", help="計算の上限（秒）。省略時は大きさに合わせる", min=0.1)
]
RoundsOption = Annotated[
    int | None, typer.Option("--rounds", help="秒でなく回数で止める（毎回同じ答えになる）", min=1)
]
SeedOption = Annotated[int, typer.Option("--seed", help="乱数の種")]
WorkersOption = Annotated[int, typer.Option("--workers", help="並べて使う計算の数", min=1, max=64)]


def solve_file(command: PointsCommand, plan: Path | None) -> None:
    """Solve, write the plan, print one JSON line, and end with the documented exit code."""
    with progress_bar(text("matching.progress.start")) as bar, stoppable(bar) as progress:
        outcome = match_points(command, progress)
    sys.stdout.write(json.dumps(outcome.figures, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    if plan is not None:
        write_plan(outcome, plan)
    if outcome.figures["status"] == "stopped":
        raise typer.Exit(int(Exit.STOPPED))
    if outcome.figures["households"] and not outcome.figures["placed_households"]:
        raise typer.Exit(int(Exit.NOBODY_PLACED))


def match_file(  # noqa: PLR0913, PLR0917 - one parameter an option
    context: typer.Context,
    instance: InstanceOption = None,
    plan: PlanOption = None,
    limit: SecondsOption = None,
    rounds: RoundsOption = None,
    seed: SeedOption = 0,
    workers: WorkersOption = 2,
) -> None:
    """だれがどこへ行くか、行けない人の理由。--instance で、ファイル一つの問題も解きます。"""
    if context.invoked_subcommand is not None:
        return
    if instance is None:
        typer.echo(context.get_help())
        raise typer.Exit(int(Exit.WRONG_USE))
    solve_file(PointsCommand(instance, limit, rounds, seed, workers), plan)

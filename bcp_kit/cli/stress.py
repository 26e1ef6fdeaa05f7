"""`bcp-kit stress`: what remains of a run when places do not open, and which the town cannot do without."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.catalogues.load import catalogue
from bcp_kit.cli.common import (
    DataOption,
    JsonOption,
    console,
    err_console,
    open_context,
    progress_bar,
    write_json,
)
from bcp_kit.cli.match import NewestOption, SeedOption
from bcp_kit.cli.match_locks import shelter_of
from bcp_kit.forms.messages import messages, text
from bcp_kit.services.matching_read import read_run
from bcp_kit.services.matching_stress import DEFAULT_DRAWS, StressCommand, StressReport, run_stress

TIERS = (1, 2, 3)


def stress(  # noqa: PLR0913, PLR0917 - options of a command
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help="場合（省略時は全部、くり返せる）")
    ] = None,
    close: Annotated[
        list[str] | None, typer.Option("--close", help="いっしょに使えなくなる避難先（くり返せる）")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=1, max=10_000, help="抽選の回数")] = DEFAULT_DRAWS,
    workers: Annotated[int, typer.Option("--workers", min=0, help="同時に動かす数（0は全部）")] = 0,
    seed: SeedOption = 0,
    hazard: NewestOption = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """避難先の一部が開かなかったとき、何人に行き先が残るかを試算します。"""
    out = err_console if json == "-" else console
    with progress_bar(text("matching.progress.draws")) as bar:
        ctx = open_context(data, progress=bar)
        run = read_run(ctx, hazard=hazard).run
        together = tuple(shelter_of(ctx, given).id for given in close or ())
        command = StressCommand(
            run_id=run.id,
            scenarios=tuple(scenario or ()),
            named={text("match_cli.closed_together"): together} if together else {},
            draws=draws,
            seed=seed,
            workers=workers,
        )
        report = run_stress(ctx, command)
    out.print(_table(report))
    needed = report.needed_most()
    if needed:
        out.print(f"[bold]{text('desk.stress.needed')}[/]")
        for shelter, weight, suited in needed[:10]:
            words = text("match_cli.needed", place=shelter.name, weight=weight, suited=suited)
            out.print(f"   {escape(words)}", soft_wrap=True)
    write_json(json, lambda: _facts(report))


def _label(key: str) -> str:
    if f"matching.stress.{key}" in messages("ja"):
        return text(f"matching.stress.{key}")
    row = catalogue("stress_scenarios").rows.get(key)
    return row.label_ja if row else key


def _table(report: StressReport) -> Table:
    table = Table(title=text("desk.stress.table"))
    table.add_column(text("desk.stress.scenario"), overflow="fold")
    for t in TIERS:
        table.add_column(text("desk.stress.tier", tier=t), overflow="fold")
    for key, found in report.reports.items():
        cells = [f"{found.mean_placed(t):,.0f} / {found.least_placed(t):,}" for t in TIERS]
        table.add_row(escape(_label(key)), *cells)
    return table


def _facts(report: StressReport) -> dict[str, Any]:
    """Return each case by mean and worst people placed by tier, and the places needed most; no names."""
    cases = {
        key: {
            "draws": len(found.draws),
            "before": dict(found.before.placed),
            "mean": {t: found.mean_placed(t) for t in TIERS},
            "worst": {t: found.least_placed(t) for t in TIERS},
            "gap": found.gap,
        }
        for key, found in report.reports.items()
    }
    needed = [{"shelter": s.id, "weight": w, "suited": n} for s, w, n in report.needed_most()]
    return {"cases": cases, "needed_most": needed}

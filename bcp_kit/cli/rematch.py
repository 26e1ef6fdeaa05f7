"""`bcp-kit rematch`: places are lost; three ways to go on side by side, and one of them kept."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from bcp_kit.cli.common import (
    DataOption,
    JsonOption,
    console,
    err_console,
    open_context,
    progress_bar,
    write_json,
)
from bcp_kit.cli.match import LimitOption, NewestOption
from bcp_kit.cli.match_locks import shelter_of
from bcp_kit.cores.shelter_matching.replan import Replan, Side, Variant
from bcp_kit.forms.messages import text
from bcp_kit.services.matching_read import read_run, sentence, view_of
from bcp_kit.services.matching_replan import ReplanCommand, ReplanOutcome, keep_replan, replan

TIERS, HOUR_S = (1, 2, 3), 3600


def rematch(
    close: Annotated[
        list[str] | None, typer.Option("--close", help="使えなくなった避難先（idか名前の一部、くり返せる）")
    ] = None,
    accept: Annotated[Variant | None, typer.Option("--accept", help="この案を採用して保存する")] = None,
    hazard: NewestOption = None,
    limit: LimitOption = 20,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """避難先が使えなくなったときのやり直しを、三つの案で並べます。採用するまで何も変わりません。"""
    out = err_console if json == "-" else console
    with progress_bar(text("matching.progress.start")) as bar:
        ctx = open_context(data, progress=bar)
        before = read_run(ctx, hazard=hazard)
        closed = tuple(shelter_of(ctx, given).id for given in close or ())
        outcome = replan(ctx, ReplanCommand(run_id=before.run.id, closed=closed))
        kept = keep_replan(ctx, outcome, accept) if accept else None
    out.print(_table(outcome))
    shown = outcome.option(accept or Variant.FEW_MOVES)
    out.print(f"[bold]{text(f'matching.variant.{shown.variant.value}')}[/]")
    shelters = view_of(ctx, kept or before.run).shelters
    for move in shown.moves[:limit]:
        who = "・".join(p.register_no or p.id for p in outcome.people_of(move)) or move.household_id
        places = [shelters[i].name if i in shelters else "－" for i in (move.before, move.after)]
        why = sentence(move.reason.model_copy(update={"subject_id": ""}), {})
        out.print(escape(f"   {who}　{places[0]} → {places[1]}　{why}"), soft_wrap=True)
    if len(shown.moves) > limit:
        out.print(text("matching.more", count=len(shown.moves) - limit))
    if kept:
        out.print(text("desk.replan.accepted"))
    write_json(json, lambda: _facts(outcome, kept.id if kept else ""))


def _placed(side: Side) -> str:
    return "・".join(str(side.placed_by_tier.get(t, 0)) for t in TIERS)


def _table(outcome: ReplanOutcome) -> Table:
    table = Table(title=text("desk.view.replan"))
    for key in ("variant", "placed", "moved", "lost", "least", "travel"):
        table.add_column(text(f"desk.replan.{key}"), overflow="fold")
    old = outcome.options[0].before
    table.add_row(text("desk.replan.before"), _placed(old), "", "", "", f"{old.travel_s / HOUR_S:,.1f}h")
    for option in outcome.options:
        table.add_row(
            text(f"matching.variant.{option.variant.value}"),
            _placed(option.after),
            f"{option.moved:,}",
            f"{option.lost:,}",
            "－" if option.variant is Variant.FREE else f"{option.least_moved:,}",
            f"{option.after.travel_s / HOUR_S:,.1f}h",
        )
    return table


def _facts(outcome: ReplanOutcome, kept_id: str) -> dict[str, Any]:
    """Return the ways by their figures and moves; ids and numbers only."""

    def of(option: Replan) -> dict[str, Any]:
        return {
            "moved": option.moved,
            "least_moved": option.least_moved,
            "lost": option.lost,
            "placed_by_tier": dict(option.after.placed_by_tier),
            "moves": [move.model_dump(mode="json") for move in option.moves],
        }

    return {"kept": kept_id, "ways": {o.variant.value: of(o) for o in outcome.options}}

"""`bcp-kit match alternatives`: what takes longer than a run and is kept with it."""

from dataclasses import asdict
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
from bcp_kit.cli.match_locks import app as app  # noqa: PLC0414 - the group that this module adds to
from bcp_kit.forms.messages import text
from bcp_kit.services.matching_alternatives import (
    MOST,
    alternative_words,
    second_counts,
    second_lines,
    store_alternatives,
)
from bcp_kit.services.matching_read import Line, RunView, find_run, view_of
from bcp_kit.services.matching_tables import home_of

RunArgument = Annotated[
    str, typer.Argument(help="計算の番号（はじめの数文字でよい。省略時はいちばん新しい計算）", metavar="RUN")
]
AgainOption = Annotated[bool, typer.Option("--again", help="前に調べた結果があっても、調べ直す")]


@app.command("alternatives")
def alternatives(
    run: RunArgument = "",
    hazard: NewestOption = None,
    again: AgainOption = False,
    limit: LimitOption = 20,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """2番目・3番目の避難先を求めて計算に残し、はじめの避難先とどう別かとともに表示します。"""
    with progress_bar(text("matching.progress.start")) as bar:
        ctx = open_context(data, progress=bar)
        view = find_run(ctx, run, hazard)
        if again or not view.run.second_places:
            view = view_of(ctx, store_alternatives(ctx, view.run.id))
    out = err_console if json == "-" else console
    counts = second_counts(view)
    told = text(
        "second.counts", placed=counts.placed, second=counts.second, third=counts.third, apart=counts.apart
    )
    out.print(told, soft_wrap=True)
    lines = second_lines(view)
    table = Table(title=text("second.title"))
    for key in ("match_cli.number", "second.first", "second.number_2", "second.number_3"):
        table.add_column(text(key), overflow="fold")
    for line in lines[:limit]:
        table.add_row(*(escape(cell) for cell in _cells(view, line)))
    out.print(table)
    if len(lines) > limit:
        out.print(text("matching.more", count=len(lines) - limit))
    write_json(
        json, lambda: {"run": view.run.id, **asdict(counts), "people": [_second_facts(x) for x in lines]}
    )


def _cells(view: RunView, line: Line) -> list[str]:
    hides = home_of(line.person) is None
    found = [alternative_words(view, a, hides_way=hides) for a in line.placement.alternatives]
    found += [text("second.none")] * (MOST - len(found))
    return [line.person.register_no or line.person.id, line.shelter.name if line.shelter else "", *found]


def _second_facts(line: Line) -> dict[str, Any]:
    """Return one person's places for the JSON, by number, without a name or the way of a protected home."""
    kept = (
        {"shelter_id", "shares"} if home_of(line.person) is None else {"shelter_id", "shares", "distance_m"}
    )
    return {
        "register_no": line.person.register_no,
        "first": line.placement.shelter_id,
        "further": [a.model_dump(mode="json", include=kept) for a in line.placement.alternatives],
    }

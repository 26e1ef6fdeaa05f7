"""`bcp-kit match alternatives|remedies|print`: what is kept with a run; its paper."""

from dataclasses import asdict
from pathlib import Path
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
from bcp_kit.cli.match_words import line_facts, print_line
from bcp_kit.forms.messages import text
from bcp_kit.services.matching_alternatives import (
    MOST,
    alternative_words,
    second_counts,
    second_lines,
    store_alternatives,
)
from bcp_kit.services.matching_print import PrintRun, RunEdition, print_run
from bcp_kit.services.matching_read import Line, RunView, find_run, view_of
from bcp_kit.services.matching_tables import home_of
from bcp_kit.services.matching_town import (
    REMEDY_SECONDS,
    TownChangeKept,
    kept_changes,
    mended_counts,
    store_advice,
    store_remedies,
)
from bcp_kit.services.matching_words import change_sentence

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


@app.command("remedies")
def remedies(  # noqa: PLR0913, PLR0917 - options of a command
    run: RunArgument = "",
    hazard: NewestOption = None,
    seconds: Annotated[
        float, typer.Option("--limit", help="時間の上限（秒）。続きは、もう一度実行すると探す", min=1)
    ] = REMEDY_SECONDS,
    again: AgainOption = False,
    shown: Annotated[int, typer.Option("--show", help="表示する人数", min=0)] = 20,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """行き先のない人全員のいちばん小さな手当てと、町の打つ手を、解き直して求め、計算に残します。"""
    with progress_bar(text("mending.progress")) as bar:
        ctx = open_context(data, progress=bar)
        view = find_run(ctx, run, hazard)
        found = store_remedies(ctx, view.run.id, seconds)
        told = found.run if found.run.advised and not again else store_advice(ctx, view.run.id)
        view = view_of(ctx, told)
    out = err_console if json == "-" else console
    looked, people = mended_counts(view.run)
    out.print(text("mending.done", count=found.looked))
    if found.left:
        out.print(text("mending.left", count=found.left), soft_wrap=True)
    out.print(text("mending.counts", people=people, looked=looked))
    left = (*view.unplaced, *view.waiting)
    for line in left[:shown]:
        print_line(out, view, line)
    if len(left) > shown:
        out.print(text("mending.more", count=len(left) - shown), soft_wrap=True)
    out.print(_town_table(view))
    write_json(
        json,
        lambda: {
            "run": view.run.id,
            "looked": found.looked,
            "left": found.left,
            "stopped": found.stopped,
            "unplaced": [line_facts(view, line) for line in left],
            "town": [_change_facts(view, change) for change in kept_changes(view.run)],
        },
    )


def _town_table(view: RunView) -> Table:
    """Return what the town should do first, most people placed for a change first."""
    table = Table(title=text("desk.view.first"))
    for key in (
        "match_cli.rank",
        "desk.first.change",
        "desk.first.gains",
        "desk.first.suited",
        "mending.each",
    ):
        table.add_column(text(key), overflow="fold")
    for rank, change in enumerate(kept_changes(view.run), start=1):
        words = escape(change_sentence(change.change, view.shelters))
        table.add_row(
            str(rank), words, f"{change.people:,}", f"{change.suited_people:,}", change.each_words()
        )
    return table


def _change_facts(view: RunView, change: TownChangeKept) -> dict[str, Any]:
    return {
        "change": change.change.code,
        "words": change_sentence(change.change, view.shelters),
        "placed": dict(change.placed),
        "suited": dict(change.suited),
        "people_by_unit": round(change.each, 4),
        "proven": change.proven,
    }


@app.command("print")
def print_paper(
    run: RunArgument = "",
    target: Annotated[
        Path, typer.Option("-o", "--out", help="書き出すPDF", metavar="FILE", dir_okay=False)
    ] = Path("matching.pdf"),
    edition: Annotated[
        RunEdition, typer.Option("--edition", help="officer（氏名あり）か no_names（氏名なし）")
    ] = RunEdition.OFFICER,
    hazard: NewestOption = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """一つの計算を、担当者用の紙（PDF）にします。住所と位置はのせません。"""
    with progress_bar(text("matching_paper.progress")) as bar:
        ctx = open_context(data, progress=bar)
        view = find_run(ctx, run, hazard)
        printed = print_run(ctx, PrintRun(view, edition))
    target.write_bytes(printed.pdf_bytes)
    out = err_console if json == "-" else console
    out.print(text("matching_paper.written", path=str(target), pages=printed.pages), soft_wrap=True)
    if printed.missing_glyphs:
        out.print(text("pages.pdf.missing_glyphs", count=len(printed.missing_glyphs)), soft_wrap=True)
    write_json(
        json,
        lambda: {
            "run": view.run.id,
            "file": str(target),
            "edition": edition.value,
            "pages": printed.pages,
            "missing_glyphs": list(printed.missing_glyphs),
        },
    )

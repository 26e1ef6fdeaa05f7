"""`bcp-kit plans enter|entries|resolve`: forms that came back on paper, typed by one or by two people."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bcp_kit.cli.common import DataOption, Exit, JsonOption, explain, open_context, write_json
from bcp_kit.cli.upkeep_common import NOBODY, ByOption, tell
from bcp_kit.domain.form_entries import EntryState, FormEntry
from bcp_kit.forms.messages import text
from bcp_kit.services.base import Context
from bcp_kit.services.form_entry import open_entries, resolve_rows, row_differences
from bcp_kit.services.form_entry_files import BatchOutcome, type_file


def _facts(ctx: Context, entry: FormEntry) -> dict[str, Any]:
    return {
        "copy": entry.copy_number,
        "state": entry.state.value,
        "differences": [vars(each) for each in row_differences(ctx, entry)],
    }


def _tell_differences(ctx: Context, entry: FormEntry, json: str | None) -> None:
    for each in row_differences(ctx, entry):
        read = {"first": each.first_words, "second": each.second_words}
        where = {"row": each.row, "title": each.title}
        tell(json, "entry.cli.difference", number=entry.copy_number, **where, **read)


def _tell(ctx: Context, outcome: BatchOutcome, json: str | None) -> None:
    tell(
        json,
        "entry.cli.done",
        stored=outcome.count(EntryState.STORED),
        once=outcome.count(EntryState.TYPED_ONCE),
        differs=outcome.count(EntryState.DIFFERS),
        refused=len(outcome.faults),
    )
    for fault in outcome.faults:
        tell(json, "entry.cli.refused", number=fault.number, reason=" ".join(explain(fault.error)))
    for entry in outcome.entries:
        _tell_differences(ctx, entry, json)


def enter(  # noqa: PLR0913, PLR0917 - options of a command
    file: Annotated[Path, typer.Argument(help="入力したCSV（copy, row, value の3列）", metavar="FILE.csv")],
    by: Annotated[str, typer.Option("--by", help="入力した人の名前")],
    second: Annotated[
        Path | None, typer.Option("--second", help="もう1人が同じ用紙を入力したCSV（くらべる）")
    ] = None,
    second_by: Annotated[str, typer.Option("--second-by", help="もう1人の名前")] = "",
    once: Annotated[bool, typer.Option("--once", help="1人の入力だけで計画に入れる")] = False,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """戻った紙の入力を取り込みます。2人の入力をくらべ、ちがう行を出します。

    --secondがないときは1人目（または、もう1人が先に入力した用紙の2人目）として取り込みます。
    ちがう行や受けつけなかった用紙があるときの終了コードは5です。
    """
    ctx = open_context(data, name=by)
    outcome = type_file(ctx, file, twice=not once)
    if second is not None:
        other = open_context(data, name=second_by)
        more = type_file(other, second, twice=True)
        outcome = BatchOutcome(more.entries, (*outcome.faults, *more.faults))
    _tell(ctx, outcome, json)
    write_json(
        json,
        lambda: {
            "entries": [_facts(ctx, entry) for entry in outcome.entries],
            "refused": [{"copy": fault.number, "code": fault.error.code.value} for fault in outcome.faults],
        },
    )
    if outcome.faults or outcome.count(EntryState.DIFFERS):
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def entries(data: DataOption = None, json: JsonOption = None) -> None:
    """2人目を待つ用紙と、2人の入力がちがう用紙を出します。"""
    ctx = open_context(data)
    found = open_entries(ctx)
    if not found:
        tell(json, "entry.cli.none")
    for entry in found:
        second = entry.second.by if entry.second else "－"
        state = text(f"entry.state.{entry.state.value}")
        tell(
            json,
            "entry.open_line",
            number=entry.copy_number,
            state=state,
            first=entry.first.by,
            second=second,
        )
        _tell_differences(ctx, entry, json)
    write_json(json, lambda: {"entries": [_facts(ctx, entry) for entry in found]})


def resolve(
    number: Annotated[str, typer.Argument(help="控え番号", metavar="控え番号")],
    row: Annotated[
        list[str], typer.Option("--row", help="「行=紙に書いてある内容」（何度でも。空なら「行=」）")
    ],
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """2人の入力がちがう行を、紙を見て決めます。すべて決まると計画に入ります。"""
    ctx = open_context(data, name=by)
    chosen = {}
    for each in row:
        name, given, words = each.partition("=")
        if not given:
            raise typer.BadParameter(each)
        chosen[name] = words
    entry = resolve_rows(ctx, number, chosen)
    state = text(f"entry.state.{entry.state.value}")
    tell(json, "entry.cli.resolved", number=entry.copy_number, state=state)
    write_json(json, lambda: _facts(ctx, entry))

"""`bcp-kit plans changes batches|batch|approve-batch|refuse-batch`: imported pairs, decided on as a list."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from bcp_kit.cli.common import DataOption, Exit, JsonOption, open_context, write_json
from bcp_kit.cli.upkeep_common import show_rows, tell
from bcp_kit.services.plan_pair_batches import (
    BatchDecision,
    PairBatch,
    PairDifference,
    batch_differences,
    batch_workbook,
    decide_batch,
    difference_cells,
    open_batches,
)

SHOWN_ID = 8  # the first characters are enough to name one
BatchArgument = Annotated[str, typer.Argument(help="承認の番号（batchesで見られる）", metavar="承認の番号")]
_BATCHES = ("id", "reason", "by", "day", "named", "ended", "people")
_LINES = ("register_no", "name", "address", "before", "after")


def _row(batch: PairBatch) -> tuple[str, ...]:
    counts = (str(batch.named), str(batch.ended), str(batch.people))
    day = batch.proposed_at.date().isoformat()
    return (batch.id[:SHOWN_ID], batch.reason, batch.proposed_by, day, *counts)


def batches(data: DataOption = None, json: JsonOption = None) -> None:
    """承認を待つ取り込み（支援者の組）の一覧を出します。待つものがあるときの終了コードは5です。"""
    found = open_batches(open_context(data))
    if found:
        show_rows(json, "changes.batch.column", _BATCHES, map(_row, found))
    else:
        tell(json, "changes.batch.none")
    facts = [asdict(batch) | {"proposed_at": batch.proposed_at.isoformat()} for batch in found]
    write_json(json, lambda: {"batches": facts})
    if found:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


def batch(
    number: BatchArgument,
    excel: Annotated[Path | None, typer.Option("--excel", help="Excelに保存する", metavar="FILE")] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """1つの取り込みについて、1人ずつ、いまの支援者と取り込んだあとの支援者を出します。"""
    ctx = open_context(data)
    found = batch_differences(ctx, number)
    show_rows(json, "changes.batch.column", _LINES, map(difference_cells, found))
    if excel:
        excel.write_bytes(batch_workbook(ctx, number))
        tell(json, "plan_work.cli.saved", file=str(excel))
    write_json(json, lambda: {"people": [_facts(line) for line in found]})


def _facts(line: PairDifference) -> dict[str, Any]:
    return {
        "person": line.person.id,
        "before": [supporter.id for supporter in line.before],
        "after": [supporter.id for supporter in line.after],
    }


def approve_batch(
    number: BatchArgument,
    by: Annotated[str, typer.Option("--by", help="承認する人の名前（取り込んだ人とは別の人）")],
    leave_out: Annotated[
        list[str] | None, typer.Option("--leave-out", help="見送る人の名簿番号（何度でも指定できる）")
    ] = None,
    words: Annotated[str, typer.Option("--words", help="確かめたこと（見送る人がいれば、その理由）")] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """取り込んだ支援者の組を、まとめて承認します。名簿と計画に入ります。"""
    done = decide_batch(
        open_context(data, name=by), number, approve=True, words=words, leave_out=leave_out or ()
    )
    _tell_decided(done, json)


def refuse_batch(
    number: BatchArgument,
    by: Annotated[str, typer.Option("--by", help="決める人の名前（取り込んだ人とは別の人）")],
    reason: Annotated[str, typer.Option("--reason", help="見送る理由")],
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """取り込んだ支援者の組を、理由を書いてまとめて見送ります。"""
    _tell_decided(decide_batch(open_context(data, name=by), number, approve=False, words=reason), json)


def _tell_decided(done: BatchDecision, json: str | None) -> None:
    tell(json, "changes.batch.decided", **asdict(done))
    write_json(json, lambda: asdict(done))

"""`bcp-kit bcp records correct|remove`: mend what was written down, with the reason."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer

from bcp_kit.cli.bcp_common import manager_context, say
from bcp_kit.cli.common import DataOption, JsonOption, write_json
from bcp_kit.domain.practice import PracticeKind
from bcp_kit.services.practice_records import as_written, correct_record, read_record, remove_record

RecordArgument = Annotated[str, typer.Argument(help="記録の番号", metavar="記録")]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由（操作の記録に残る）")]


def add_to(records: typer.Typer) -> None:
    """Add the commands to the group `records`."""
    records.command("correct")(correct)
    records.command("remove")(remove)


def correct(  # noqa: PLR0913, PLR0917 - one parameter an option
    record: RecordArgument,
    reason: ReasonOption = "",
    kind: Annotated[PracticeKind | None, typer.Option("--kind", help="記録の種類")] = None,
    held_on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="実施した日")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="題名")] = None,
    method: Annotated[str | None, typer.Option("--method", help="方法")] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="訓練の想定")] = None,
    leader: Annotated[str | None, typer.Option("--leader", help="担当・講師")] = None,
    participant: Annotated[
        list[str] | None, typer.Option("--participant", help="参加者（全員を書き直す）。何度でも")
    ] = None,
    people: Annotated[int | None, typer.Option("--people", min=0, help="人数")] = None,
    minutes: Annotated[int | None, typer.Option("--minutes", min=0, help="時間（分）")] = None,
    words: Annotated[str | None, typer.Option("--words", help="内容・結果")] = None,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """記録を直します。付けた項目だけが変わり、気づきはそのまま残ります。"""
    ctx = manager_context(data)
    typed: dict[str, Any] = {
        "kind": kind, "held_on": held_on.date() if held_on else None, "title": title, "method": method,
        "scenario": scenario, "leader": leader, "people": people, "minutes": minutes, "words": words,
    }  # fmt: skip
    if participant:
        typed |= {"participants": tuple(participant), "people": people or len(participant)}
    given = {key: value for key, value in typed.items() if value is not None}
    written = as_written(read_record(ctx, record))
    saved = correct_record(ctx, record, replace(written, **given), reason)
    write_json(json, lambda: saved.model_dump(mode="json"))
    say("records.cli.corrected", json)


def remove(
    record: RecordArgument, reason: ReasonOption = "", data: DataOption = None, json: JsonOption = None
) -> None:
    """まちがって書いた記録を、理由とともに取り消します。"""
    ctx = manager_context(data)
    remove_record(ctx, record, reason)
    write_json(json, lambda: {"removed": record})
    say("records.cli.removed", json)

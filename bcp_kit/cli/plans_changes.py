"""`bcp-kit plans changes …`: propose another supporter, approve or refuse what others proposed."""

from typing import Annotated, Any

import typer

from bcp_kit.cli import plans_batches
from bcp_kit.cli.common import DataOption, Exit, JsonOption, open_context, write_json
from bcp_kit.cli.upkeep_common import NOBODY, ByOption, PersonArgument, out, show_rows, tell
from bcp_kit.domain.plan_changes import PlanChange
from bcp_kit.forms.change_words import change_words, state_words
from bcp_kit.services.plan_changes import (
    ChangeLine,
    SupporterChange,
    changes_of,
    decide_change,
    open_changes,
    propose_end,
    propose_supporter,
)
from bcp_kit.services.plan_pair_batches import open_batches
from bcp_kit.services.register import one_supporter, person_by_number

app = typer.Typer(
    help="支援者などの変更：提案する・別の人が承認する・見送る・履歴を見る", no_args_is_help=True
)

ReasonOption = Annotated[str, typer.Option("--reason", help="変える理由")]
IdArgument = Annotated[str, typer.Argument(help="承認の番号（listで見られる）", metavar="承認の番号")]
SHOWN_ID = 8  # the first characters are enough to name one
_COLUMNS = ("id", "who", "what", "why", "state")
app.command("batches")(plans_batches.batches)
app.command("batch")(plans_batches.batch)
app.command("approve-batch")(plans_batches.approve_batch)
app.command("refuse-batch")(plans_batches.refuse_batch)


def _row(line: ChangeLine) -> tuple[str, ...]:
    who = f"{line.person.register_no} {line.person.name}" if line.person else line.change.person_id
    what = change_words(line.change, line.supporter, line.replaced)
    return (line.change.id[:SHOWN_ID], who, what, line.change.reason, state_words(line.change))


def _facts(change: PlanChange) -> dict[str, Any]:
    return change.model_dump(mode="json")


@app.command("list")
def list_command(
    person: Annotated[str, typer.Option("--person", help="この人の変更の履歴を出す（名簿番号）")] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """承認を待つ変更の一覧（--personで1人の履歴）を出します。待つものがあるときの終了コードは5です。"""
    ctx = open_context(data)
    found = changes_of(ctx, person_by_number(ctx, person).id) if person else open_changes(ctx)
    waiting = 0 if person else len(open_batches(ctx))
    if found:
        show_rows(json, "changes.cli.column", _COLUMNS, map(_row, found))
    elif not waiting:
        tell(json, "changes.page.history_none" if person else "changes.cli.none")
    if waiting:
        tell(json, "changes.batch.waiting", count=waiting)
    write_json(json, lambda: {"changes": [_facts(line.change) for line in found]})
    if (found or waiting) and not person:
        raise typer.Exit(int(Exit.FAULTS_FOUND))


@app.command("name")
def name(  # noqa: PLR0913, PLR0917 - options of a command
    person: PersonArgument,
    supporter: Annotated[
        str, typer.Argument(help="支援者の番号か、名前・住所の一部（1人に決まること）", metavar="支援者")
    ],
    reason: ReasonOption,
    replaces: Annotated[str, typer.Option("--replaces", help="この支援者と入れ替える")] = "",
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """支援者を加える（入れ替える）ことを提案します。別の人が承認すると決まります。"""
    ctx = open_context(data, name=by)
    before = one_supporter(ctx, replaces).id if replaces else ""
    new = SupporterChange(
        person_by_number(ctx, person).id, one_supporter(ctx, supporter).id, reason, replaces_id=before
    )
    _tell_proposed(propose_supporter(ctx, new), json)


@app.command("end")
def end(
    person: PersonArgument,
    supporter: Annotated[str, typer.Argument(help="外す支援者の番号か名前の一部", metavar="支援者")],
    reason: ReasonOption,
    by: ByOption = NOBODY,
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """支援者を外すことを提案します。別の人が承認すると決まります。"""
    ctx = open_context(data, name=by)
    found = one_supporter(ctx, supporter)
    _tell_proposed(propose_end(ctx, person_by_number(ctx, person).id, found.id, reason), json)


def _tell_proposed(change: PlanChange, json: str | None) -> None:
    tell(json, "changes.cli.proposed", id=change.id[:SHOWN_ID])
    write_json(json, lambda: _facts(change))


@app.command("approve")
def approve(
    change: IdArgument,
    by: Annotated[str, typer.Option("--by", help="承認する人の名前（提案した人とは別の人）")],
    words: Annotated[str, typer.Option("--words", help="確かめたこと")] = "",
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """提案された変更を承認します。名簿と計画に入ります。"""
    decided = decide_change(open_context(data, name=by), change, approve=True, words=words)
    out(json).print(state_words(decided), markup=False, soft_wrap=True)
    tell(json, "changes.cli.approved")
    write_json(json, lambda: _facts(decided))


@app.command("refuse")
def refuse(
    change: IdArgument,
    by: Annotated[str, typer.Option("--by", help="決める人の名前（提案した人とは別の人）")],
    reason: Annotated[str, typer.Option("--reason", help="見送る理由")],
    data: DataOption = None,
    json: JsonOption = None,
) -> None:
    """提案された変更を、理由を書いて見送ります。"""
    decided = decide_change(open_context(data, name=by), change, approve=False, words=reason)
    tell(json, "changes.cli.refused")
    write_json(json, lambda: _facts(decided))

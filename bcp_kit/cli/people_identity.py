"""`bcp-kit people duplicates|merge|different|certificates|undo`."""

from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console

from bcp_kit.cli.common import DataOption, JsonOption, open_context, write_json
from bcp_kit.cli.people_update import (
    SHOWN_PEOPLE,
    UPDATE_COMMANDS,
    NumberArgument,
    likeness_values,
    say,
)
from bcp_kit.cli.sheet_files import (
    AcceptOption,
    FileArgument,
    LimitOption,
    ReportOption,
    ReportXlsxOption,
    show_inspection,
    words_beside,
    write_reports,
)
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person
from bcp_kit.forms.messages import text
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.services.certificates import CertificateMatches, match_certificates, store_certificates
from bcp_kit.services.duplicates import (
    DuplicatePair,
    MergeCommand,
    Side,
    find_duplicates,
    mark_different,
    merge_people,
)
from bcp_kit.services.importing import COMMAND, inspect_file
from bcp_kit.services.register import person_by_number
from bcp_kit.services.undoing import UndoPlan, plan_undo, undo_last

OtherArgument = Annotated[str, typer.Argument(metavar="OTHER", help="もう一つの名簿番号")]
TakeOption = Annotated[
    list[str] | None,
    typer.Option("--take", metavar="FIELD", help="まとめる側（OTHER）の値を使う項目（何度でも）"),
]
RowOption = Annotated[
    list[int] | None, typer.Option("--accept-row", metavar="ROW", help="候補どおりでよい行（何度でも）")
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the group `people`."""
    for command in _COMMANDS:
        app.command()(command)


def duplicates(limit: LimitOption = 20, data: DataOption = None, json_target: JsonOption = None) -> None:
    """同じ人が二度載っていないかを調べ、点数と理由を付けて候補を表示します。まとめはしません。"""
    out = words_beside(json_target)
    found = find_duplicates(open_context(data), limit)
    for pair in found.pairs:
        names = {"first": _label(pair.first), "second": _label(pair.second)}
        say("duplicates.line", out, **names, **likeness_values(pair.likeness))
    if found.total:
        say("duplicates.total", out, count=found.total)
        say("duplicates.how", out)
    else:
        say("duplicates.none", out)
    write_json(json_target, lambda: {"total": found.total, "pairs": [_pair_json(p) for p in found.pairs]})


def _label(person: Person) -> str:
    return f"{person.register_no} {person.name}".strip()


def _pair_json(pair: DuplicatePair) -> dict[str, Any]:
    return {
        "first": {"number": pair.first.register_no, "name": pair.first.name},
        "second": {"number": pair.second.register_no, "name": pair.second.name},
        "score": pair.likeness.score,
        "reasons": list(pair.likeness.reasons),
    }


def merge(
    number: NumberArgument, other: OtherArgument, take: TakeOption = None, data: DataOption = None
) -> None:
    """OTHER の記録を NO の記録にまとめます（同意・支援者・計画も移します）。取り消せます。"""
    ctx = open_context(data)
    kept, second = person_by_number(ctx, number), person_by_number(ctx, other)
    if not set(take or ()) <= Person.model_fields.keys():
        raise BcpKitError(ErrorCode.WRONG_USE)
    chosen = dict.fromkeys(take or (), Side.OTHER)
    outcome = merge_people(ctx, MergeCommand(kept.id, second.id, chosen))
    say(
        "duplicates.merged",
        label=_label(outcome.person),
        consents=outcome.consents,
        links=outcome.links,
        plans=outcome.plans,
    )


def different(number: NumberArgument, other: OtherArgument, data: DataOption = None) -> None:
    """二つの記録は別人だと覚えます。もう候補に出しません。"""
    ctx = open_context(data)
    mark_different(ctx, person_by_number(ctx, number).id, person_by_number(ctx, other).id)
    say("duplicates.different")


def certificates(  # noqa: PLR0913 - one parameter for each option
    file: FileArgument,
    *,
    store: Annotated[bool, typer.Option("--store", help="突き合わせた結果を保存する")] = False,
    accept_row: RowOption = None,
    accept_good_rows: AcceptOption = False,
    report: ReportOption = None,
    report_xlsx: ReportXlsxOption = None,
    data: DataOption = None,
    json_target: JsonOption = None,
) -> None:
    """要介護認定・手帳・難病・医療機器の一覧を、番号で名簿の人に突き合わせます。"""
    out = words_beside(report, json_target)
    ctx = open_context(data)
    inspection = inspect_file(ctx, file, as_kind=SheetKind.CERTIFICATES, limits=COMMAND)
    if inspection.is_refused:
        show_inspection(inspection, out)
    found = match_certificates(ctx, inspection)
    show_inspection(found.inspection, out)
    write_reports(found.inspection, report, report_xlsx, out, file)
    counts = {"joined": len(found.joined), "proposed": len(found.proposed), "unmatched": len(found.unmatched)}
    say("certificates.counts", out, bad=found.inspection.bad_rows, **counts)
    stored: dict[str, Any] | None = None
    if store:
        outcome = store_certificates(ctx, found, accept_row or (), accept_good_rows)
        stored = vars(outcome)
        values = {"changed": outcome.changed, "unchanged": outcome.unchanged}
        say("certificates.stored", out, left_out=outcome.rows_left_out, **values)
    else:
        say("certificates.not_stored", out)
    write_json(json_target, lambda: _matches_json(found, stored))


def _matches_json(found: CertificateMatches, stored: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "file": found.inspection.name,
        "joined": [{"row": m.row, "person": m.label} for m in found.joined],
        "proposed": [
            {"row": m.row, "person": m.label, "score": m.likeness.score if m.likeness else None}
            for m in found.proposed
        ],
        "unmatched": [entry.row for entry in found.unmatched],
        "bad_rows": found.inspection.bad_rows,
        "stored": stored,
    }


def undo(
    keep_changed: Annotated[
        bool, typer.Option("--keep-changed", help="取り込んだあとに直されたものは残し、ほかを取り消す")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="何が起きるかを見るだけ")] = False,
    data: DataOption = None,
    json_target: JsonOption = None,
) -> None:
    """いちばん新しい取り込み（更新・突き合わせ・まとめを含む）を取り消します。"""
    out = words_beside(json_target)
    ctx = open_context(data)
    plan = plan_undo(ctx)
    _show_plan(plan, out)
    if not dry_run:
        plan = undo_last(ctx, keep_changed)
    say("undo.dry_run" if dry_run else "undo.done", out)
    write_json(json_target, lambda: _undo_json(plan, not dry_run))


def _show_plan(plan: UndoPlan, out: Console) -> None:
    batch = plan.batch
    at = batch.at.astimezone().strftime("%Y-%m-%d %H:%M")
    kind = text(f"identity.batch.{batch.kind.value}")
    say("undo.what", out, kind=kind, title=batch.title, at=at, actor=batch.actor)
    say("undo.plan", out, remove=plan.to_remove, restore=plan.to_restore)
    if plan.staying:
        say("undo.staying", out, count=len(plan.staying))
    for changed in plan.staying[:SHOWN_PEOPLE]:
        say("update.no_row", out, label=f"　{changed.label}")
    if len(plan.staying) > SHOWN_PEOPLE:
        say("update.more", out, count=len(plan.staying) - SHOWN_PEOPLE)


def _undo_json(plan: UndoPlan, done: bool) -> dict[str, Any]:
    return {
        "batch_id": plan.batch.id,
        "kind": plan.batch.kind.value,
        "removed": plan.to_remove,
        "restored": plan.to_restore,
        "staying": [vars(changed) for changed in plan.staying],
        "done": done,
    }


_COMMANDS: tuple[Callable[..., None], ...] = (
    *UPDATE_COMMANDS,
    duplicates,
    merge,
    different,
    certificates,
    undo,
)

"""`bcp-kit people update|missing|left`: a new register as differences, and who is gone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from bcp_kit.cli.common import DataOption, JsonOption, console, open_context, progress_bar, write_json
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
from bcp_kit.domain.people import Person, RegisterStatus
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.same_person import Likeness, reason_words
from bcp_kit.services.importing import COMMAND, inspect_file
from bcp_kit.services.register import person_by_number
from bcp_kit.services.register_accept import (
    UpdateChoice,
    UpdateOutcome,
    accept_update,
    decide_left,
    missing_people,
)
from bcp_kit.services.register_update import (
    Difference,
    PersonDifference,
    RegisterDifferences,
    compare_register,
)

SHOWN_PEOPLE = 20
ALL = "all"

AcceptListsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="LIST",
        help="取り込む一覧：new changed moved reappeared gone all（何度でも）。省くと比べるだけ",
    ),
]
WithoutOption = Annotated[
    list[str] | None, typer.Option("--without", metavar="NO", help="その名簿番号の人は変えない")
]
SameAsOption = Annotated[
    list[str] | None,
    typer.Option("--same-as", metavar="NEW=OLD", help="新しい番号の人は、前の番号の人と同じ人"),
]
LeftOption = Annotated[
    list[str] | None,
    typer.Option("--left", metavar="NO=STATUS", help="いない人の理由（moved_out died unknown）"),
]
NumberArgument = Annotated[str, typer.Argument(metavar="NO", help="名簿番号")]
StatusArgument = Annotated[RegisterStatus, typer.Argument(help="理由")]


def say(key: str, out: Console = console, **values: str | int | float) -> None:
    """Print one sentence of the room `identity`; its values are shown as they are."""
    out.print(escape(text(f"identity.{key}", DEFAULT_LANGUAGE, **values)), soft_wrap=True)


def update(  # noqa: PLR0913 - one parameter for each option
    file: FileArgument,
    *,
    accept: AcceptListsOption = None,
    without: WithoutOption = None,
    same_as: SameAsOption = None,
    left: LeftOption = None,
    accept_good_rows: AcceptOption = False,
    report: ReportOption = None,
    report_xlsx: ReportXlsxOption = None,
    data: DataOption = None,
    json_target: JsonOption = None,
) -> None:
    """新しい名簿（全員分）を今の名簿と比べ、選んだ一覧だけを取り込みます。いない人は消しません。"""
    out = words_beside(report, json_target)
    ctx = open_context(data)
    inspection = inspect_file(ctx, file, as_kind=SheetKind.PEOPLE, limits=COMMAND)
    show_inspection(inspection, out)
    write_reports(inspection, report, report_xlsx, out, file)
    found = compare_register(ctx, inspection)
    _show_differences(found, out)
    outcome: UpdateOutcome | None = None
    if accept:
        choice = _choice(found, (accept, without, same_as, left), accept_good_rows)
        with progress_bar(text("intake.progress.storing")) as progress:
            outcome = accept_update(replace(ctx, progress=progress), found, choice)
        _show_update(outcome, out)
    else:
        say("update.not_stored", out)
    write_json(json_target, lambda: _differences_json(found, outcome))


def _choice(
    found: RegisterDifferences,
    words: tuple[list[str], list[str] | None, list[str] | None, list[str] | None],
    accept_good_rows: bool,
) -> UpdateChoice:
    accept, without, same_as, left = words
    numbers = {d.number: d.person_id for listed in found.lists.values() for d in listed}
    wrong = [word for word in accept if word != ALL and word not in set(Difference)]
    if wrong:
        raise BcpKitError(ErrorCode.WRONG_USE)
    lists = frozenset(Difference) if ALL in accept else frozenset(Difference(word) for word in accept)
    statuses = {s.value: s for s in RegisterStatus}
    return UpdateChoice(
        lists=lists,
        without=frozenset(_known(numbers, number) for number in without or ()),
        same_as={_known(numbers, a): _known(numbers, b) for a, b in map(_pair, same_as or ())},
        left={_known(numbers, a): _known(statuses, b) for a, b in map(_pair, left or ())},
        accept_good_rows=accept_good_rows,
    )


def _pair(word: str) -> tuple[str, str]:
    first, equals, second = word.partition("=")
    if not equals:
        raise BcpKitError(ErrorCode.WRONG_USE)
    return first, second


def _known(table: dict[str, Any], word: str) -> Any:
    if word not in table:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return table[word]


def _show_differences(found: RegisterDifferences, out: Console) -> None:
    counts = {d.value: found.count(d) for d in Difference}
    say("update.counts", out, unchanged=found.unchanged, **counts)
    if found.unreadable:
        say("update.unreadable", out, rows=found.unreadable)
    if found.still_missing:
        say("update.still_missing", out, count=found.still_missing)
    for difference, listed in found.lists.items():
        if listed:
            say(f"difference.{difference.value}", out)
        for person in listed[:SHOWN_PEOPLE]:
            _show_person(difference, person, out)
        if len(listed) > SHOWN_PEOPLE:
            say("update.more", out, count=len(listed) - SHOWN_PEOPLE)


def _show_person(difference: Difference, person: PersonDifference, out: Console) -> None:
    if person.row is None:
        say("update.no_row", out, label=person.label)
    else:
        say("update.row", out, row=person.row, label=person.label)
    for change in person.fields:
        say("update.field", out, heading=change.heading, old=change.old, new=change.new)
    if difference is Difference.REAPPEARED:
        say("update.was", out, status=text(f"identity.status.{person.status.value}"))
    if person.likeness is not None:
        key = "likely_gone" if difference is Difference.NEW else "likely_new"
        say(f"update.{key}", out, label=person.likely_label, **likeness_values(person.likeness))


def likeness_values(likeness: Likeness) -> dict[str, str | int]:
    """Return points and reasons for a sentence."""
    return {"score": likeness.score, "reasons": reason_words(likeness.reasons, "ja")}


def _show_update(outcome: UpdateOutcome, out: Console) -> None:
    say("update.stored", out)
    for difference, count in outcome.accepted.items():
        say("update.accepted", out, list=text(f"identity.difference.{difference.value}"), count=count)
    for status, count in outcome.left.items():
        say("update.left", out, status=text(f"identity.status.{status.value}"), count=count)
    if outcome.stale:
        say("update.stale", out, labels="、".join(outcome.stale))
    if outcome.batch_id:
        say("update.undo_hint", out)


def _differences_json(found: RegisterDifferences, outcome: UpdateOutcome | None) -> dict[str, Any]:
    def person(difference: PersonDifference) -> dict[str, Any]:
        return {
            "number": difference.number,
            "label": difference.label,
            "row": difference.row,
            "fields": [vars(change) for change in difference.fields],
            "status": difference.status.value,
            "likely": difference.likely_label,
            "score": None if difference.likeness is None else difference.likeness.score,
        }

    stored = None
    if outcome is not None:
        stored = {
            "accepted": {kind.value: count for kind, count in outcome.accepted.items()},
            "left": {status.value: count for status, count in outcome.left.items()},
            "stale": list(outcome.stale),
            "batch_id": outcome.batch_id,
        }
    return {
        "file": found.inspection.name,
        "unchanged": found.unchanged,
        "unreadable_rows": found.unreadable,
        "still_missing": found.still_missing,
        "lists": {kind.value: [person(d) for d in listed] for kind, listed in found.lists.items()},
        "stored": stored,
    }


def missing(limit: LimitOption = 50, data: DataOption = None, json_target: JsonOption = None) -> None:
    """新しい名簿にいなくなり、まだ理由を決めていない人を一覧で表示します。"""
    out = words_beside(json_target)
    people, total = missing_people(open_context(data), limit)
    if not total:
        say("missing.none", out)
    for person in people:
        day = "" if person.status_on is None else person.status_on.isoformat()
        say("missing.line", out, number=person.register_no, name=person.name, day=day)
    if total:
        say("missing.total", out, count=total)
    write_json(json_target, lambda: {"total": total, "people": [_person_json(p) for p in people]})


def _person_json(person: Person) -> dict[str, Any]:
    since = None if person.status_on is None else person.status_on.isoformat()
    return {"number": person.register_no, "name": person.name, "since": since}


def left(number: NumberArgument, status: StatusArgument, data: DataOption = None) -> None:
    """名簿にいない人の理由（転出・死亡・所在不明）を決めます。在籍に戻すこともできます。"""
    ctx = open_context(data)
    person = person_by_number(ctx, number)
    decide_left(ctx, {person.id: status})
    say("missing.decided", name=person.name, status=text(f"identity.status.{status.value}"))


UPDATE_COMMANDS: tuple[Callable[..., None], ...] = (update, missing, left)

"""Erasing and anonymising after a set time: shown first, asked by one person, approved by another (F40)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bcp_kit.access.policy import Action
from bcp_kit.catalogues import load
from bcp_kit.domain.erasure import Erasure, ErasureState, ErasureWay, StatisticsLine
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import STILL_HERE
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.services.base import Context
from bcp_kit.services.erasing_due import PERIODS, DueLine, due_lines
from bcp_kit.services.erasing_records import Found, delete_files, find, take_out
from bcp_kit.services.second_name import decision, demand_reason
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class ErasurePreview:
    """What erasing would take away: people, records by table, files, copies on paper, mentions that stay.

    `files` hold other people's plans too where a batch was printed into one file.
    """

    people: int
    plan_only: int
    counts: Mapping[str, int]
    files: tuple[str, ...]
    copies_out: int
    mentions: int
    statistics: tuple[StatisticsLine, ...]


@dataclass(frozen=True)
class ErasureDone:
    """The order as it was carried out. `compacted` False: the file is in use, to be rewritten later."""

    order: Erasure
    compacted: bool


def preview_erasure(ctx: Context, person_ids: Sequence[str]) -> ErasurePreview:
    """Return what would go for these people; nothing changes.

    Raises: BcpKitError P-027 (somebody is not due), A-001.
    """
    ctx.demand(Action.ERASE_RECORDS)
    with ctx.open_store() as uow:
        lines = _due(ctx, uow, person_ids)
        found = _found(uow, lines, "-")
        return ErasurePreview(
            people=sum(not line.plan_only for line in lines),
            plan_only=sum(line.plan_only for line in lines),
            counts=_sum(each.counts for each in found),
            files=tuple(dict.fromkeys(path.name for each in found for path in each.files)),
            copies_out=sum(each.copies_out for each in found),
            mentions=sum(each.mentions for each in found),
            statistics=_statistics(uow, lines, found),
        )


def _sum(counts: Iterable[Counter[str]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def _due(ctx: Context, uow: UnitOfWork, person_ids: Sequence[str]) -> list[DueLine]:
    due = {line.person.id: line for line in due_lines(uow, ctx.today()) if line.is_due(ctx.today())}
    early = [key for key in person_ids if key not in due]
    if early or not person_ids:
        raise BcpKitError(ErrorCode.ERASURE_NOT_DUE, count=len(early))
    return [due[key] for key in dict.fromkeys(person_ids)]


def _found(uow: UnitOfWork, lines: Sequence[DueLine], order_id: str) -> list[Found]:
    return [
        find(uow, line.person, line.plan_only, f"erased-{order_id[:8]}-{number}")
        for number, line in enumerate(lines, start=1)
    ]


def _statistics(
    uow: UnitOfWork, lines: Sequence[DueLine], found: Sequence[Found]
) -> tuple[StatisticsLine, ...]:
    """Return what may stay for counting: decades, needs that many people have, numbers; no place, no name."""
    fewest = load.number(PERIODS, "fewest")
    here = uow.people.list(register_status=STILL_HERE)
    common = Counter(need for person in here for need in person.needs)
    return tuple(
        StatisticsLine(
            born=line.person.birth_date.year // 10 * 10 if line.person.birth_date else None,
            needs=tuple(need for need in line.person.needs if common[need] >= fewest),
            had_plan=each.had_plan,
            supporters=each.supporters,
            left_by=line.cause.value,
            ended=line.since.year if line.since else None,
        )
        for line, each in zip(lines, found, strict=True)
        if not line.plan_only
    )


def ask_erasure(ctx: Context, person_ids: Sequence[str], way: ErasureWay, reason: str) -> Erasure:
    """Ask for people to be erased; nothing happens before another person approves.

    Raises: BcpKitError P-027 (somebody is not due), B-030 (no reason), A-001.
    """
    ctx.demand(Action.ERASE_RECORDS)
    with ctx.open_store() as uow:
        lines = _due(ctx, uow, person_ids)
        order = Erasure(
            id=ctx.new_id(),
            way=way,
            person_ids=tuple(line.person.id for line in lines),
            plan_only=tuple(line.person.id for line in lines if line.plan_only),
            reason=demand_reason(reason),
            asked_by=ctx.actor.name,
            asked_at=ctx.clock.now(),
        )
        uow.erasures.add(order)
        uow.commit()
    return order


def list_erasures(ctx: Context) -> tuple[Erasure, ...]:
    """Return all orders, the newest first."""
    ctx.demand(Action.ERASE_RECORDS)
    with ctx.open_store() as uow:
        return tuple(reversed(uow.erasures.list()))


def decide_erasure(ctx: Context, order_id: str, approve: bool, words: str = "", by: str = "") -> ErasureDone:
    """Approve an order, which carries it out, or refuse it with the reason; never by who asked.

    Everybody is looked at anew: who came back on the register meanwhile is not erased. Raises: BcpKitError
    B-031 (the same name), B-030 (refused without a reason), P-028 (decided already), P-027 (somebody is not
    due any more), P-029 (copies are still on paper), U-002, A-001.
    """
    ctx.demand(Action.ERASE_RECORDS)
    with ctx.open_store() as uow:
        uow.lock()
        order = _need(uow, order_id)
        if order.state is not ErasureState.ASKED:
            raise BcpKitError(ErrorCode.ERASURE_DECIDED)
        decided = {
            "state": ErasureState.DONE if approve else ErasureState.REFUSED,
            **decision(ctx, order.asked_by, approve=approve, words=words, by=by),
        }
        told = _carry_out(ctx, uow, order) if approve else {}
        stored = uow.erasures.need(order.id)
        saved = uow.erasures.save(stored.model_copy(update=decided | told), "erase")
        uow.commit()
        compacted = uow.compact() if approve else True
    return ErasureDone(saved, compacted)


def _need(uow: UnitOfWork, typed: str) -> Erasure:
    found = [key for key in uow.erasures.ids() if typed and key.startswith(typed)]
    if typed not in found and len(found) != 1:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return uow.erasures.need(typed if typed in found else found[0])


def _carry_out(ctx: Context, uow: UnitOfWork, order: Erasure) -> dict[str, object]:
    lines = _due(ctx, uow, order.person_ids)
    names = [f"erased-{order.id[:8]}-{number}" for number in range(1, len(lines) + 1)]
    counts: list[Counter[str]] = []
    files: list[Path] = []
    kept: list[Found] = []
    out, mentions = 0, 0
    for line, name in zip(lines, names, strict=True):  # one after the other: records may name two of them
        each = find(uow, line.person, line.plan_only, name)
        out += each.copies_out
        kept.append(each)
        if not out:
            take_out(uow, each)
        counts.append(each.counts)
        files += each.files
        mentions += each.mentions
    if out:
        raise BcpKitError(ErrorCode.ERASURE_BLOCKED, count=out)
    statistics = _statistics(uow, lines, kept) if order.way is ErasureWay.ANONYMISE else ()
    deleted, missing = delete_files(files)
    return {
        "removed": dict(_sum(counts)),
        "files": deleted,
        "files_missing": missing,
        "mentions": mentions,
        "statistics": statistics,
    }


def tidy_store(ctx: Context) -> bool:
    """Write the store's file anew without free pages; False when somebody else is using it."""
    ctx.demand(Action.ERASE_RECORDS)
    with ctx.open_store() as uow:
        return uow.compact()


def preview_words(preview: ErasurePreview, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Return what would go, a line each; lines with nothing in them are left out."""
    lines = [("people", preview.people), ("plan_only", preview.plan_only)]
    words = [text(f"erasing.will.{name}", language, count=count) for name, count in lines if count]
    words += [
        text("erasing.will.table", language, name=text(f"storage.kind.{table}", language), count=count)
        for table, count in preview.counts.items()
    ]
    lines = [
        ("files", len(preview.files)),
        ("copies", preview.copies_out),
        ("mentions", preview.mentions),
        ("statistics", len(preview.statistics)),
    ]
    return (
        *words,
        *(text(f"erasing.will.{name}", language, count=count) for name, count in lines if count),
    )

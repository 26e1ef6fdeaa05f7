"""Records that a plan is lived: notices, training, drills, reviews, and what came of their findings."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.practice import Finding, FindingState, PracticeKind, PracticeRecord
from bcp_kit.forms.schema import Item, form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import form_id
from bcp_kit.services.plan_versions import numbered, versions_of, with_finding
from bcp_kit.services.second_name import demand_reason, demand_second_name
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class NewFinding:
    """A finding to be written down, linked to an item of the plan of one kind where it concerns one."""

    words: str
    plan_kind: PlanKind | None = None
    item_id: str = ""
    owner: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class NewRecord:
    """What was done, to be written down. `people` and `minutes` None: not written down."""

    facility_id: str
    kind: PracticeKind
    plan_kinds: tuple[PlanKind, ...]
    held_on: date
    title: str = ""
    method: str = ""
    scenario: str = ""
    leader: str = ""
    participants: tuple[str, ...] = ()
    people: int | None = None
    minutes: int | None = None
    new_hires: bool = False
    words: str = ""
    findings: tuple[NewFinding, ...] = ()


@dataclass(frozen=True)
class FindingLine:
    """One finding of the worklist with its record and the title of the item that it is linked to."""

    record: PracticeRecord
    finding: Finding
    item: Item | None


@dataclass(frozen=True)
class Closing:
    """Close a finding: `by` is another person than who changed the plan (or wrote the record)."""

    record_id: str
    finding_id: str
    by: str = ""
    words: str = ""


def item_of(finding: Finding) -> Item | None:
    """Return the item of the plan that a finding is linked to, None where it is linked to none."""
    if finding.plan_kind is None or not finding.item_id:
        return None
    return form(form_id(finding.plan_kind)).item(finding.item_id)


def _finding(ctx: Context, new: NewFinding) -> Finding:
    if not new.words.strip():
        raise BcpKitError(ErrorCode.FINDING_EMPTY)
    finding = Finding(
        id=ctx.new_id(),
        words=new.words.strip(),
        plan_kind=new.plan_kind,
        item_id=new.item_id,
        owner=new.owner.strip(),
        due_on=new.due_on,
    )
    item_of(finding)
    return finding


def _told(ctx: Context, new: NewRecord) -> dict[str, Any]:
    """Return what a record says of what was done, without who wrote it and its findings."""
    if new.held_on > ctx.today():
        raise BcpKitError(ErrorCode.RECORD_IN_FUTURE)
    if not new.plan_kinds:
        raise BcpKitError(ErrorCode.RECORD_WITHOUT_PLAN)
    words = {key: getattr(new, key).strip() for key in ("title", "method", "scenario", "leader", "words")}
    same = {key: getattr(new, key) for key in ("kind", "plan_kinds", "held_on", "participants")}
    people = new.people if new.people is not None else len(new.participants) or None
    return {**words, **same, "people": people, "minutes": new.minutes, "new_hires": new.new_hires}


def add_record(ctx: Context, new: NewRecord) -> PracticeRecord:
    """Write down a notice, training, drill or review with its findings.

    Raises: BcpKitError B-034 (a day to come), B-035 (no plan named), B-038 (a finding without words), B-002
    (an item that the form lacks), U-002, A-001.
    """
    ctx.demand(Action.EDIT_BCP, new.facility_id)
    record = PracticeRecord(
        id=ctx.new_id(),
        facility_id=new.facility_id,
        **_told(ctx, new),
        findings=tuple(_finding(ctx, finding) for finding in new.findings),
        recorded_by=ctx.actor.name,
    )
    with ctx.open_store() as uow:
        uow.facilities.need(new.facility_id)
        uow.practice_records.add(record)
        uow.commit()
    return record


def records_of(uow: UnitOfWork, facility_id: str) -> tuple[PracticeRecord, ...]:
    """Return the records of a facility, newest first."""
    found = uow.practice_records.list(facility_id=facility_id)
    return tuple(sorted(found, key=lambda record: record.held_on, reverse=True))


def list_records(
    ctx: Context, facility_id: str, kind: PracticeKind | None = None
) -> tuple[PracticeRecord, ...]:
    """Return the records of a facility (of one kind when given), newest first.

    Raises: BcpKitError A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        return tuple(r for r in records_of(uow, facility_id) if kind is None or r.kind is kind)


def read_record(ctx: Context, record_id: str) -> PracticeRecord:
    """Return one record.

    Raises: BcpKitError U-002, A-001.
    """
    with ctx.open_store() as uow:
        record = uow.practice_records.need(record_id)
    ctx.demand(Action.SEE_BCP, record.facility_id)
    return record


def _changeable(ctx: Context, uow: UnitOfWork, record_id: str) -> PracticeRecord:
    uow.lock()
    record = uow.practice_records.need(record_id)
    ctx.demand(Action.EDIT_BCP, record.facility_id)
    return record


def add_finding(ctx: Context, record_id: str, new: NewFinding) -> PracticeRecord:
    """Write a further finding under a record.

    Raises: BcpKitError B-038, B-002, U-002, A-001.
    """
    with ctx.open_store() as uow:
        record = _changeable(ctx, uow, record_id)
        added = (*record.findings, _finding(ctx, new))
        saved = uow.practice_records.save(record.model_copy(update={"findings": added}))
        uow.commit()
    return saved


def as_written(record: PracticeRecord) -> NewRecord:
    """Return what a record says, to be corrected; its findings are not part of it."""
    kept = {
        field.name: getattr(record, field.name) for field in fields(NewRecord) if field.name != "findings"
    }
    return NewRecord(**kept)


def correct_record(ctx: Context, record_id: str, new: NewRecord, why: str) -> PracticeRecord:
    """Correct a record; its findings and who wrote it stay, the audit log keeps who corrected it and why.

    Raises: BcpKitError B-030 (no reason), B-034 (a day to come), B-035 (no plan named), U-002, A-001.
    """
    reason = demand_reason(why)
    with ctx.open_store() as uow:
        record = _changeable(ctx, uow, record_id)
        saved = uow.practice_records.save(record.model_copy(update=_told(ctx, new)), reason)
        uow.commit()
    return saved


def remove_record(ctx: Context, record_id: str, why: str) -> None:
    """Take back a record that was written by mistake; the audit log keeps who and why.

    Raises: BcpKitError B-030 (no reason), U-002, A-001.
    """
    reason = demand_reason(why)
    with ctx.open_store() as uow:
        record = _changeable(ctx, uow, record_id)
        uow.practice_records.remove(record.id, reason)
        uow.commit()


def _finding_of(record: PracticeRecord, finding_id: str) -> Finding:
    found = next((finding for finding in record.findings if finding.id == finding_id), None)
    if found is None:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return found


def _plan_ids(uow: UnitOfWork, facility_id: str, kind: PlanKind) -> list[str]:
    plans = uow.continuity_plans.list(kind=kind)
    return [p.id for p in plans if facility_id in (p.facility_id, *p.also_covers)]


def mark_changed(
    ctx: Context, record_id: str, finding_id: str, number: int, words: str = ""
) -> PracticeRecord:
    """Say which version of the plan answered a finding.

    Raises: BcpKitError B-036 (closed already, or linked to no plan), B-023 (no such version), U-002, A-001.
    """
    with ctx.open_store() as uow:
        record = _changeable(ctx, uow, record_id)
        finding = _finding_of(record, finding_id)
        if finding.state is FindingState.CLOSED or finding.plan_kind is None:
            raise BcpKitError(ErrorCode.FINDING_STATE)
        plans = _plan_ids(uow, record.facility_id, finding.plan_kind)
        version = numbered([v for plan_id in plans for v in versions_of(uow, plan_id)], number)
        update = {
            "state": FindingState.CHANGED,
            "version_number": version.number,
            "change_words": words.strip() or version.reason,
            "changed_on": ctx.today(),
            "changed_by": ctx.actor.name,
        }
        saved = uow.practice_records.save(with_finding(record, finding_id, update))
        uow.commit()
    return saved


def close_finding(ctx: Context, closing: Closing) -> PracticeRecord:
    """Close a finding, by a second name: after the plan was changed, or without change with the reason.

    Raises: BcpKitError B-036 (closed already), B-030 (unchanged and no reason), B-031 (the same name), U-002,
    A-001.
    """
    with ctx.open_store() as uow:
        record = _changeable(ctx, uow, closing.record_id)
        finding = _finding_of(record, closing.finding_id)
        if finding.state is FindingState.CLOSED:
            raise BcpKitError(ErrorCode.FINDING_STATE)
        changed = finding.state is FindingState.CHANGED
        words = closing.words.strip() if changed else demand_reason(closing.words)
        first = finding.changed_by if changed else record.recorded_by
        update = {
            "state": FindingState.CLOSED,
            "closing_words": words,
            "closed_on": ctx.today(),
            "closed_by": demand_second_name(closing.by or ctx.actor.name, first),
        }
        saved = uow.practice_records.save(with_finding(record, closing.finding_id, update))
        uow.commit()
    return saved


def open_findings(ctx: Context, facility_id: str) -> tuple[FindingLine, ...]:
    """Return the findings that are not closed, by due date; those without one come last.

    Raises: BcpKitError A-001.
    """
    lines = [
        FindingLine(record, finding, item_of(finding))
        for record in list_records(ctx, facility_id)
        for finding in record.findings
        if finding.state is not FindingState.CLOSED
    ]
    return tuple(sorted(lines, key=lambda line: (line.finding.due_on or date.max, line.record.held_on)))

"""What a drill showed: a finding becomes a proposed change, approved by another person, closed (F76)."""

from collections.abc import Mapping
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_changes import ChangeState, PlanChange
from bcp_kit.domain.plan_drills import DrillFinding, DrillState, PlanDrill
from bcp_kit.domain.practice import FindingState
from bcp_kit.services.base import Context
from bcp_kit.services.plan_changes import AnswerChange, SupporterChange, answer_change, supporter_change
from bcp_kit.services.plan_drills import drill_lines, running_drill
from bcp_kit.services.second_name import demand_reason, demand_second_name
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class FindingRef:
    """Which finding of which drill."""

    drill_id: str
    finding_id: str


def gather_findings(ctx: Context, drill_id: str) -> PlanDrill:
    """Write a finding for every difference from the plan that has none yet.

    Raises: BcpKitError P-023, U-002, A-001.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        drill = running_drill(uow, drill_id)
        known = {(finding.person_id, finding.key) for finding in drill.findings}
        fresh = [
            _finding(ctx, difference.words(), line.subject.person.id, difference.key)
            for line in drill_lines(drill)
            for difference in line.differences
            if (line.subject.person.id, difference.key) not in known
        ]
        saved = drill
        if fresh:
            saved = uow.plan_drills.save(drill.model_copy(update={"findings": (*drill.findings, *fresh)}))
            uow.commit()
    return saved


def add_drill_finding(ctx: Context, drill_id: str, words: str, person_id: str = "") -> PlanDrill:
    """Write a finding in own words, of one person's plan or of the whole drill.

    Raises: BcpKitError B-038 (no words), P-023, P-026, U-002, A-001.
    """
    ctx.demand(Action.MAKE_PLANS)
    if not words.strip():
        raise BcpKitError(ErrorCode.FINDING_EMPTY)
    with ctx.open_store() as uow:
        uow.lock()
        drill = running_drill(uow, drill_id)
        if person_id and drill.subject(person_id) is None:
            raise BcpKitError(ErrorCode.NOT_IN_DRILL)
        added = (*drill.findings, _finding(ctx, words.strip(), person_id, ""))
        saved = uow.plan_drills.save(drill.model_copy(update={"findings": added}))
        uow.commit()
    return saved


def _finding(ctx: Context, words: str, person_id: str, key: str) -> DrillFinding:
    return DrillFinding(id=ctx.new_id(), words=words, person_id=person_id, key=key, written_by=ctx.actor.name)


def need_finding(drill: PlanDrill, typed: str) -> DrillFinding:
    """Return the finding by id or by its number in the list (from 1). Raises: BcpKitError U-002."""
    found = [each for each in drill.findings if each.id == typed]
    if not found and typed.isdecimal() and 0 < int(typed) <= len(drill.findings):
        found = [drill.findings[int(typed) - 1]]
    if not found:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return found[0]


def _replaced(drill: PlanDrill, finding: DrillFinding) -> Mapping[str, object]:
    return {"findings": tuple(finding if each.id == finding.id else each for each in drill.findings)}


def propose_answer_for(ctx: Context, ref: FindingRef, field_id: str, after: str) -> PlanChange:
    """Propose for a finding to change one answer of the person's plan.

    Raises: BcpKitError B-002, P-023, P-026 (a finding of the whole drill, of nobody's plan), U-002, A-001.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        drill, finding = _of_a_person(uow, ref)
        reason = f"{drill.title}（{drill.held_on:%Y-%m-%d}）：{finding.words}"
        new = AnswerChange(finding.person_id, field_id, after, reason, drill.id, finding.id)
        change = answer_change(ctx, uow, new)
        _keep(uow, drill, finding, change)
    return change


def propose_supporter_for(
    ctx: Context, ref: FindingRef, supporter_id: str, replaces_id: str = ""
) -> PlanChange:
    """Propose for a finding to name a supporter for the person, in another's place where one is given.

    Raises: BcpKitError P-022, P-023, P-026, U-002, A-001.
    """
    ctx.demand(Action.EDIT_PERSON)
    with ctx.open_store() as uow:
        uow.lock()
        drill, finding = _of_a_person(uow, ref)
        reason = f"{drill.title}（{drill.held_on:%Y-%m-%d}）：{finding.words}"
        new = SupporterChange(finding.person_id, supporter_id, reason, replaces_id=replaces_id)
        made = supporter_change(ctx, uow, new)
        change = made.model_copy(update={"drill_id": drill.id, "finding_id": finding.id})
        _keep(uow, drill, finding, change)
    return change


def _of_a_person(uow: UnitOfWork, ref: FindingRef) -> tuple[PlanDrill, DrillFinding]:
    drill = running_drill(uow, ref.drill_id)
    finding = need_finding(drill, ref.finding_id)
    if not finding.person_id:
        raise BcpKitError(ErrorCode.NOT_IN_DRILL)
    if finding.state is FindingState.CLOSED:
        raise BcpKitError(ErrorCode.FINDING_STATE)
    return drill, finding


def _keep(uow: UnitOfWork, drill: PlanDrill, finding: DrillFinding, change: PlanChange) -> None:
    linked = finding.model_copy(update={"change_ids": (*finding.change_ids, change.id)})
    uow.plan_changes.add(change)
    uow.plan_drills.save(drill.model_copy(update=_replaced(drill, linked)))
    uow.commit()


def changes_for(ctx: Context, drill: PlanDrill) -> Mapping[str, PlanChange]:
    """Return the changes that were proposed for findings of the drill, by id."""
    ctx.demand(Action.MAKE_PLANS)
    ids = [key for finding in drill.findings for key in finding.change_ids]
    with ctx.open_store() as uow:
        return {change.id: change for change in uow.plan_changes.list(id=ids)}


def finding_state(finding: DrillFinding, changes: Mapping[str, PlanChange]) -> FindingState:
    """Return CLOSED when it is, CHANGED when a change for it was approved, else OPEN."""
    if finding.state is FindingState.CLOSED:
        return FindingState.CLOSED
    known = (changes[key] for key in finding.change_ids if key in changes)
    approved = any(change.state is ChangeState.APPROVED for change in known)
    return FindingState.CHANGED if approved else FindingState.OPEN


def close_drill_finding(ctx: Context, ref: FindingRef, words: str = "", by: str = "") -> PlanDrill:
    """Close a finding by a second name: after a change was approved, or without one and with the reason.

    Raises: BcpKitError B-036 (closed already, or a change for it waits for approval), B-030 (unchanged and
    no reason), B-031 (the same name as who wrote it down), P-023, U-002, A-001.
    """
    ctx.demand(Action.APPROVE_CHANGES)
    with ctx.open_store() as uow:
        uow.lock()
        drill = running_drill(uow, ref.drill_id)
        finding = need_finding(drill, ref.finding_id)
        changes = {change.id: change for change in uow.plan_changes.list(id=list(finding.change_ids))}
        waiting = any(change.state is ChangeState.OPEN for change in changes.values())
        if finding.state is FindingState.CLOSED or waiting:
            raise BcpKitError(ErrorCode.FINDING_STATE)
        changed = finding_state(finding, changes) is FindingState.CHANGED
        closed = finding.model_copy(
            update={
                "state": FindingState.CLOSED,
                "closing_words": words.strip() if changed else demand_reason(words),
                "closed_by": demand_second_name(by or ctx.actor.name, finding.written_by),
                "closed_on": ctx.today(),
            }
        )
        saved = uow.plan_drills.save(drill.model_copy(update=_replaced(drill, closed)))
        uow.commit()
    return saved


def close_drill(ctx: Context, drill_id: str) -> PlanDrill:
    """End a drill once every finding is closed.

    Raises: BcpKitError P-025 (findings are open), P-023, U-002, A-001.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        drill = running_drill(uow, drill_id)
        left = sum(finding.state is not FindingState.CLOSED for finding in drill.findings)
        if left:
            raise BcpKitError(ErrorCode.DRILL_FINDINGS_OPEN, count=left)
        ended = {"state": DrillState.CLOSED, "closed_by": ctx.actor.name, "closed_on": ctx.today()}
        saved = uow.plan_drills.save(drill.model_copy(update=ended))
        uow.commit()
    return saved

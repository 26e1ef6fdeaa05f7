"""Versions of a plan: propose with a reason, approve or reject by another person, compare in words.

A version holds the resolved answers, so that an old one says what it said then. The newest approved one is
the plan in force. Lines that were written into the plan's history before (`Revision`) are shown beside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import Answer, ContinuityPlan
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_versions import PlanVersion, VersionState
from bcp_kit.domain.practice import FindingState, PracticeRecord
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.practice.difference import Change, differences
from bcp_kit.forms.schema import Chapter, chapters_for, form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import PlanContent, content_of
from bcp_kit.services.second_name import demand_reason, demand_second_name
from bcp_kit.storage.unit_of_work import UnitOfWork

NOW = 0  # in place of a version's number: what stands in the plan now


@dataclass(frozen=True)
class Proposal:
    """A version to be proposed. `findings`: (record id, finding id) of those that it answers."""

    plan_id: str
    reason: str
    author: str = ""
    findings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class VersionDecision:
    """Yes or no to a proposed version; `by` is another person than its author. A no needs a note."""

    plan_id: str
    number: int
    approve: bool
    by: str = ""
    note: str = ""


@dataclass(frozen=True)
class HistoryLine:
    """One line of the history: a version, or a line that was written without one (`version` None)."""

    on: date
    reason: str
    author: str
    version: PlanVersion | None = None


@dataclass(frozen=True)
class PlanHistory:
    """All versions of a plan, newest first, the one in force, the joint history, and whether now differs."""

    content: PlanContent
    versions: tuple[PlanVersion, ...]
    in_force: PlanVersion | None
    lines: tuple[HistoryLine, ...]
    changed_since: tuple[Change, ...]


@dataclass(frozen=True)
class Compared:
    """The difference of two states; a number of 0 is what stands now."""

    plan: ContinuityPlan
    older: int
    newer: int
    changes: tuple[Change, ...]


def chapters_of(content: PlanContent) -> tuple[Chapter, ...]:
    """Return the chapters that the facilities of a plan are asked."""
    return chapters_for(content.form, *dict.fromkeys(f.category for f in content.facilities))


def versions_of(uow: UnitOfWork, plan_id: str) -> tuple[PlanVersion, ...]:
    """Return the versions of a plan, newest first."""
    found = uow.plan_versions.list(plan_id=plan_id)
    return tuple(sorted(found, key=lambda version: version.number, reverse=True))


def in_force(versions: Sequence[PlanVersion]) -> PlanVersion | None:
    """Return the newest approved version of those given newest first."""
    return next((v for v in versions if v.state is VersionState.APPROVED), None)


def said(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the answers that say something, without the moments at which they were saved."""
    bare = {key: answer.model_copy(update={"changed_at": None}) for key, answer in answers.items()}
    return {key: answer for key, answer in bare.items() if answer != Answer()}


def _make(ctx: Context, uow: UnitOfWork, asked: Proposal) -> PlanVersion | None:
    """Store the proposed version within an open unit of work; None when nothing has changed."""
    content = content_of(ctx, uow, asked.plan_id)
    ctx.demand(Action.EDIT_BCP, content.plan.facility_id)
    known = versions_of(uow, asked.plan_id)
    if known and said(known[0].answers) == said(content.plan.answers) and known[0].state.value != "rejected":
        return None
    author = asked.author.strip() or ctx.actor.name
    for open_one in (v for v in known if v.state is VersionState.PROPOSED):
        update = {
            "state": VersionState.REJECTED,
            "decided_by": author,
            "decided_on": ctx.today(),
            "decision_note": text("records.version.superseded"),
        }
        uow.plan_versions.save(open_one.model_copy(update=update))
    version = PlanVersion(
        id=ctx.new_id(),
        plan_id=asked.plan_id,
        number=known[0].number + 1 if known else 1,
        form_id=content.plan.form_id,
        title=content.plan.title,
        answers=content.plan.answers,
        author=author,
        reason=demand_reason(asked.reason),
        made_at=ctx.clock.now(),
    )
    uow.plan_versions.add(version, asked.reason)
    _tie_findings(ctx, uow, asked, version)
    return version


def _tie_findings(ctx: Context, uow: UnitOfWork, asked: Proposal, version: PlanVersion) -> None:
    for record_id, finding_id in asked.findings:
        record = uow.practice_records.need(record_id)
        update = {
            "state": FindingState.CHANGED,
            "version_number": version.number,
            "change_words": version.reason,
            "changed_on": ctx.today(),
            "changed_by": version.author,
        }
        uow.practice_records.save(with_finding(record, finding_id, update))


def with_finding(record: PracticeRecord, finding_id: str, update: Mapping[str, object]) -> PracticeRecord:
    """Return the record with one finding changed.

    Raises: BcpKitError U-002 when the record has no such finding.
    """
    if finding_id not in {finding.id for finding in record.findings}:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    changed = tuple(f.model_copy(update=dict(update)) if f.id == finding_id else f for f in record.findings)
    return record.model_copy(update={"findings": changed})


def propose_version(ctx: Context, asked: Proposal) -> PlanVersion:
    """Store what stands now as the next version, to be approved by somebody else.

    A proposal that is still open is replaced. Raises: BcpKitError B-030 (no reason), B-033 (nothing changed
    since the newest version), U-002, A-001.
    """
    demand_reason(asked.reason)
    with ctx.open_store() as uow:
        uow.lock()
        version = _make(ctx, uow, asked)
        if version is None:
            raise BcpKitError(ErrorCode.NOTHING_CHANGED)
        uow.commit()
    return version


def propose_for_all(
    ctx: Context, plan_ids: Sequence[str], reason: str, author: str = ""
) -> tuple[PlanVersion, ...]:
    """Raise the version of each of these plans in one step, with the same reason; unchanged plans stay.

    For a fact that stands in several plans (a phone number). All or none. Raises: BcpKitError B-030, U-002,
    A-001, B-033 when none of them has changed.
    """
    demand_reason(reason)
    with ctx.open_store() as uow:
        uow.lock()
        made = [_make(ctx, uow, Proposal(plan_id, reason, author)) for plan_id in plan_ids]
        found = tuple(version for version in made if version is not None)
        if not found:
            raise BcpKitError(ErrorCode.NOTHING_CHANGED)
        uow.commit()
    return found


@dataclass(frozen=True)
class Unversioned:
    """A plan whose content is not in its newest version yet, with what has changed since."""

    plan: ContinuityPlan
    changes: tuple[Change, ...]


def unversioned_plans(
    ctx: Context, facility_id: str, language: str = DEFAULT_LANGUAGE
) -> tuple[Unversioned, ...]:
    """Return the plans of a facility that were written on since their newest version (or whose facts were).

    Raises: BcpKitError A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    found = []
    with ctx.open_store() as uow:
        for plan in uow.continuity_plans.list(facility_id=facility_id):
            versions = [v for v in versions_of(uow, plan.id) if v.state is not VersionState.REJECTED]
            content = content_of(ctx, uow, plan.id)
            if versions and said(versions[0].answers) != said(content.plan.answers):
                now = content.plan.answers
                changes = differences(chapters_of(content), versions[0].answers, now, language)
                found.append(Unversioned(content.plan, changes))
    return tuple(found)


def decide_version(ctx: Context, decision: VersionDecision) -> PlanVersion:
    """Approve or reject a proposed version.

    A rejection opens the findings again that the version was to answer. Raises: BcpKitError B-023 (no such
    version), B-032 (decided already), B-031 (the author's own name), B-030 (a no without a note), A-001.
    """
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.continuity_plans.need(decision.plan_id)
        ctx.demand(Action.EDIT_BCP, plan.facility_id)
        version = numbered(versions_of(uow, plan.id), decision.number)
        if version.state is not VersionState.PROPOSED:
            raise BcpKitError(ErrorCode.VERSION_DECIDED, number=version.number)
        by = demand_second_name(decision.by or ctx.actor.name, version.author)
        note = decision.note.strip() if decision.approve else demand_reason(decision.note)
        state = VersionState.APPROVED if decision.approve else VersionState.REJECTED
        update = {"state": state, "decided_by": by, "decided_on": ctx.today(), "decision_note": note}
        saved = uow.plan_versions.save(version.model_copy(update=update))
        if not decision.approve:
            _open_again(uow, plan, version.number)
        uow.commit()
    return saved


def _open_again(uow: UnitOfWork, plan: ContinuityPlan, number: int) -> None:
    for record in uow.practice_records.list(facility_id=[plan.facility_id, *plan.also_covers]):
        for finding in record.findings:
            mine = finding.plan_kind is plan.kind and finding.version_number == number
            if mine and finding.state is FindingState.CHANGED:
                update = {"state": FindingState.OPEN, "version_number": None}
                record = uow.practice_records.save(with_finding(record, finding.id, update))  # noqa: PLW2901


def numbered(versions: Sequence[PlanVersion], number: int) -> PlanVersion:
    """Return the version of that number.

    Raises: BcpKitError B-023 when there is none.
    """
    found = next((version for version in versions if version.number == number), None)
    if found is None:
        raise BcpKitError(ErrorCode.VERSION_MISSING, number=number)
    return found


def history_lines(plan: ContinuityPlan, versions: Sequence[PlanVersion]) -> tuple[HistoryLine, ...]:
    """Return versions and earlier lines of the history together, newest first."""
    lines = [HistoryLine(v.made_at.date(), v.reason, v.author, v) for v in versions]
    lines += [HistoryLine(r.on, r.reason, r.author) for r in reversed(plan.revisions)]
    return tuple(sorted(lines, key=lambda line: line.on, reverse=True))


def history_of(ctx: Context, uow: UnitOfWork, plan_id: str, language: str = DEFAULT_LANGUAGE) -> PlanHistory:
    """Return the history of a plan within an open unit of work."""
    content = content_of(ctx, uow, plan_id)
    versions = versions_of(uow, plan_id)
    standing = in_force(versions)
    changes: tuple[Change, ...] = ()
    if standing is not None:
        changes = differences(chapters_of(content), standing.answers, content.plan.answers, language)
    return PlanHistory(content, versions, standing, history_lines(content.plan, versions), changes)


def plan_history(ctx: Context, plan_id: str, language: str = DEFAULT_LANGUAGE) -> PlanHistory:
    """Return all versions of a plan, the one in force, and what was changed since.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        return history_of(ctx, uow, plan_id, language)


def compare(
    ctx: Context, plan_id: str, older: int, newer: int = NOW, language: str = DEFAULT_LANGUAGE
) -> Compared:
    """Return what changed between two versions in words; 0 stands for what the plan says now.

    Raises: BcpKitError B-023, U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        content = content_of(ctx, uow, plan_id)
        versions = versions_of(uow, plan_id)
    sides = [content.plan.answers if n == NOW else numbered(versions, n).answers for n in (older, newer)]
    asked_of = content
    if newer != NOW:
        asked_of = replace(content, form=form(numbered(versions, newer).form_id))
    changes = differences(chapters_of(asked_of), sides[0], sides[1], language)
    return Compared(content.plan, older, newer, changes)

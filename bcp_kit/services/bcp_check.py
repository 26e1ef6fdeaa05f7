"""The check of a facility's plans: what was found, what somebody let stand with a reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from bcp_kit.access.policy import Action, decide
from bcp_kit.domain.base import Known
from bcp_kit.domain.bcp import ContinuityPlan, PlanKind, SetAside
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.hazards import Exposure
from bcp_kit.domain.site_facts import SiteFacts
from bcp_kit.forms.checks.case import Case, PlanPart, Severity
from bcp_kit.forms.checks.run import CHECKS, Finding, run_checks
from bcp_kit.forms.fact_tables import stale_rows
from bcp_kit.geo.floors import dry_floor_of
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import PlanContent, content_of
from bcp_kit.services.hazard_maps import ask_maps
from bcp_kit.storage.unit_of_work import UnitOfWork

Kept = Mapping[str, SetAside]
REASON_MIN = 4  # characters; shorter says nothing


@dataclass(frozen=True)
class LetStand:
    """A finding that was set aside, and by whom, when and why."""

    finding: Finding
    set_aside: SetAside


@dataclass(frozen=True)
class CheckReport:
    """What the checks found in the plans of one facility.

    `findings` come by weight; `let_stand` are those set aside with a reason. `plan_ids` by kind. `checks` is
    the number of checks that were made.
    """

    facility: Facility
    findings: tuple[Finding, ...]
    let_stand: tuple[LetStand, ...] = ()
    plan_ids: Mapping[PlanKind, str] = field(default_factory=dict)
    checks: int = len(CHECKS)

    def count(self, severity: Severity) -> int:
        """Return how many findings weigh so much."""
        return sum(one.severity is severity for one in self.findings)


def case_of(ctx: Context, uow: UnitOfWork, contents: tuple[PlanContent, ...]) -> Case:
    """Return what the checks look at: the plans of one facility, staff, maps and shelters as far as seen."""
    first = contents[0]
    facility, covers = first.facility, first.facilities[1:]
    own = {one.id for one in first.facilities}
    sees_staff = decide(ctx.actor, Action.SEE_STAFF, facility.id).allowed
    exposures = _exposures(uow, facility)
    dry = [floor for one in exposures if (floor := dry_floor_of(one)) is not None]
    return Case(
        plans={one.plan.kind: PlanPart(one.plan.kind, one.form, one.plan.answers) for one in contents},
        facility=facility,
        today=ctx.today(),
        covers=covers,
        staff_count=uow.staff.count(facility_id=list(own)),
        staff=tuple(uow.staff.list(facility_id=list(own))) if sees_staff else (),
        run=uow.cover_runs.latest(facility_id=facility.id) if sees_staff else None,
        exposures=exposures,
        dry_floor=max(dry, default=None),
        stale_contacts=_stale(first.facts, ctx.today()),
        other_names=tuple(one.name for one in uow.facilities.list() if one.id not in own),
        places={one.name: one.exposures for one in uow.shelters.list()},
    )


def _stale(facts: SiteFacts | None, today: date) -> Mapping[str, str] | None:
    """Return the contacts that are due to be rung again, with the last day on which somebody did."""
    if facts is None or not facts.version:
        return None
    due = [(table, row) for table, row in stale_rows(facts, today) if row.confirmed_on is not None]
    return {table.words_of(row.cells): str(row.confirmed_on) for table, row in due}


def _exposures(uow: UnitOfWork, facility: Facility) -> tuple[Exposure, ...]:
    """Return what the record says of the site, and what the maps say where the record is silent."""
    looked_up = tuple(one for one in facility.exposures if one.in_zone is not Known.UNKNOWN)
    own = {one.hazard for one in looked_up}
    if facility.location is None:
        return looked_up
    asked = ask_maps(uow, [facility.location])[0]
    return (*looked_up, *(said.exposure for said in asked if said.exposure.hazard not in own))


def plans_of(uow: UnitOfWork, facility_id: str) -> tuple[ContinuityPlan, ...]:
    """Return the facility's plans: its own, and those of a neighbour at the site that cover it."""
    own = uow.continuity_plans.list(facility_id=facility_id)
    kinds = {plan.kind for plan in own}
    shared = [
        plan
        for plan in uow.continuity_plans.list()
        if facility_id in plan.also_covers and plan.kind not in kinds
    ]
    return (*own, *shared)


def check_facility(ctx: Context, facility_id: str) -> CheckReport:
    """Return what the checks find in all plans of one facility.

    Raises: BcpKitError U-002 (no such facility), B-050 when it has no plan yet, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        facility = uow.facilities.need(facility_id)
        plans = plans_of(uow, facility_id)
        if not plans:
            raise BcpKitError(ErrorCode.NOTHING_TO_CHECK)
        contents = tuple(content_of(ctx, uow, plan.id) for plan in plans)
        case = case_of(ctx, uow, contents)
    aside = {key: kept for plan in plans for key, kept in plan.set_aside.items()}
    found = run_checks(case)
    return CheckReport(
        facility=facility,
        findings=tuple(one for one in found if one.key not in aside),
        let_stand=tuple(LetStand(one, aside[one.key]) for one in found if one.key in aside),
        plan_ids={plan.kind: plan.id for plan in plans},
    )


def let_stand(ctx: Context, facility_id: str, key: str, reason: str) -> SetAside:
    """Set one finding aside with a reason; it comes back when the words change.

    Raises: BcpKitError B-051 for a reason that says nothing, U-002 for a finding that there is not (any
    more), A-001.
    """
    ctx.demand(Action.EDIT_BCP, facility_id)
    if len(reason.strip()) < REASON_MIN:
        raise BcpKitError(ErrorCode.LET_STAND_REASON)
    report = check_facility(ctx, facility_id)
    finding = next((one for one in report.findings if one.key == key), None)
    if finding is None:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    kept = SetAside(code=finding.code, reason=reason.strip(), who=ctx.actor.name, on=ctx.clock.now())
    plan_id = report.plan_ids.get(finding.kind) or next(iter(report.plan_ids.values()))
    _change(ctx, plan_id, lambda present: {**present, key: kept})
    return kept


def bring_back(ctx: Context, facility_id: str, key: str) -> None:
    """Take back that a finding was set aside; nothing happens when it was not."""
    ctx.demand(Action.EDIT_BCP, facility_id)
    with ctx.open_store() as uow:
        holding = [plan.id for plan in plans_of(uow, facility_id) if key in plan.set_aside]
    for plan_id in holding:
        _change(ctx, plan_id, lambda present: {name: kept for name, kept in present.items() if name != key})


def _change(ctx: Context, plan_id: str, change: Callable[[Kept], Kept]) -> None:
    with ctx.open_store() as uow:
        uow.lock()
        plan = uow.continuity_plans.need(plan_id)
        uow.continuity_plans.save(plan.model_copy(update={"set_aside": change(plan.set_aside)}), "check")
        uow.commit()

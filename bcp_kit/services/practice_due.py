"""What a facility owes: its own settings, due dates, and the check of the deduction (減算)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bcp_kit.access.policy import Action, decide
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.bcp import CONTINUITY_KINDS, ContinuityPlan, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.plan_versions import PlanVersion, VersionState
from bcp_kit.domain.practice_settings import PracticeSettings
from bcp_kit.domain.site_facts import SiteFacts
from bcp_kit.forms.practice.due import (
    DueFacts,
    DueLine,
    DueState,
    Frequency,
    PlanDates,
    due_lines,
    frequency_for,
)
from bcp_kit.forms.practice.penalty import PenaltyCheck, PenaltyFacts, check_penalty
from bcp_kit.forms.practice.years import months_later
from bcp_kit.intake.dates import read_date
from bcp_kit.services.base import Context
from bcp_kit.services.practice_records import records_of
from bcp_kit.storage.unit_of_work import UnitOfWork

CONTACT_TABLES = ("people", "contacts")
_MONTH = re.compile(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*月?")
STOCK_TABLE, STOCK_NAME, STOCK_EXPIRY = "stock", "article", "use_by"


@dataclass(frozen=True)
class DueView:
    """The due dates of one facility, what is overdue first, and how often it has to train."""

    facility: Facility
    frequency: Frequency
    settings: PracticeSettings
    lines: tuple[DueLine, ...]

    @property
    def overdue(self) -> tuple[DueLine, ...]:
        """Return what is overdue."""
        return tuple(line for line in self.lines if line.state is DueState.OVERDUE)


@dataclass(frozen=True)
class PenaltyView:
    """The check of the deduction of one facility with the facts that it rests on."""

    facility: Facility
    settings: PracticeSettings
    facts: PenaltyFacts
    check: PenaltyCheck


def settings_of(uow: UnitOfWork, facility_id: str) -> PracticeSettings:
    """Return the settings of a facility, empty ones while nothing was entered."""
    return uow.practice_settings.get(facility_id) or PracticeSettings(id=facility_id)


def read_settings(ctx: Context, facility_id: str) -> PracticeSettings:
    """Return the settings of a facility.

    Raises: BcpKitError A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        return settings_of(uow, facility_id)


def save_settings(ctx: Context, settings: PracticeSettings) -> PracticeSettings:
    """Store the settings of a facility.

    Raises: BcpKitError B-037 (counts that differ without a reason), Conflict (D-001), U-002, A-001.
    """
    ctx.demand(Action.EDIT_BCP, settings.id)
    own = settings.training_per_year is not None or settings.drill_per_year is not None
    if own and not settings.override_reason.strip():
        raise BcpKitError(ErrorCode.OVERRIDE_WITHOUT_REASON)
    with ctx.open_store() as uow:
        uow.lock()
        uow.facilities.need(settings.id)
        if uow.practice_settings.get(settings.id) is None:
            uow.practice_settings.add(settings)
            saved = settings
        else:
            saved = uow.practice_settings.save(settings)
        uow.commit()
    return saved


def plans_for(uow: UnitOfWork, facility_id: str) -> dict[PlanKind, ContinuityPlan]:
    """Return the continuity plans that are for a facility, its own before one that covers it too."""
    found: dict[PlanKind, ContinuityPlan] = {}
    for plan in uow.continuity_plans.list(kind=list(CONTINUITY_KINDS)):
        if facility_id == plan.facility_id or (facility_id in plan.also_covers and plan.kind not in found):
            found[plan.kind] = plan
    return found


def _approved(uow: UnitOfWork, plan: ContinuityPlan) -> list[PlanVersion]:
    versions = uow.plan_versions.list(plan_id=plan.id, state=VersionState.APPROVED)
    return sorted(versions, key=lambda version: version.number)


def plan_dates(uow: UnitOfWork, plan: ContinuityPlan) -> PlanDates:
    """Return when a plan was begun, approved last, and looked through last (a line of its history counts)."""
    approved = _approved(uow, plan)
    days = [line.on for line in plan.revisions] + [v.decided_on for v in approved if v.decided_on]
    newest = approved[-1].decided_on if approved else None
    return PlanDates(plan.created_on, newest, max(days, default=None))


def made_on(uow: UnitOfWork, facility_id: str, settings: PracticeSettings) -> dict[PlanKind, date]:
    """Return since when each plan counts as made: the day stated, else the first approval."""
    found = {kind: day for kind, day in settings.plans_made_on.items() if kind in CONTINUITY_KINDS}
    for kind, plan in plans_for(uow, facility_id).items():
        first = next((v.decided_on for v in _approved(uow, plan) if v.decided_on), None)
        if first is not None:
            found[kind] = min(first, found.get(kind, first))
    return found


def facts_for(uow: UnitOfWork, facility_id: str) -> SiteFacts | None:
    """Return the facts of the facility's site, None while nobody entered any."""
    return next(iter(uow.site_facts.list(facility_id=facility_id)), None)


def _contacts(facts: SiteFacts | None) -> Iterator[date | None]:
    for table in CONTACT_TABLES:
        for row in facts.tables.get(table, ()) if facts else ():
            if any(cell.strip() for cell in row.cells.values()):
                yield row.confirmed_on


def stock_expiries(facts: SiteFacts | None) -> Iterator[tuple[str, date]]:
    """Yield name and expiry of each stock item whose expiry can be read as a day or month."""
    for row in facts.tables.get(STOCK_TABLE, ()) if facts else ():
        expires_on = expiry_day(row.cells.get(STOCK_EXPIRY, ""))
        if expires_on is not None:
            yield row.cells.get(STOCK_NAME, ""), expires_on


def expiry_day(words: str) -> date | None:
    """Return the last good day that a use-by date names; a month means its last day, None for other words."""
    try:
        if month := _MONTH.fullmatch(words.strip()):
            return months_later(date(int(month[1]), int(month[2]), 1), 1) - timedelta(days=1)
        return read_date(words)
    except ValueError:
        return None


def due_view(ctx: Context, uow: UnitOfWork, facility: Facility) -> DueView:
    """Return the due dates of a facility within an open unit of work."""
    settings = settings_of(uow, facility.id)
    frequency = frequency_for(facility.service_key, facility.category, settings)
    facts = facts_for(uow, facility.id)
    plans = {kind: plan_dates(uow, plan) for kind, plan in plans_for(uow, facility.id).items()}
    lines = due_lines(
        DueFacts(
            today=ctx.today(),
            frequency=frequency,
            settings=settings,
            plans=plans,
            records=records_of(uow, facility.id),
            contacts=tuple(_contacts(facts)),
            stock=tuple(stock_expiries(facts)),
        )
    )
    return DueView(facility, frequency, settings, lines)


def read_due(ctx: Context, facility_id: str) -> DueView:
    """Return the due dates of a facility, what is overdue first.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        return due_view(ctx, uow, uow.facilities.need(facility_id))


def overdue_count(ctx: Context, facility_id: str = "") -> int:
    """Return how many due dates are overdue, in all facilities that the actor may see (or in one)."""
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        facilities = [uow.facilities.need(facility_id)] if facility_id else uow.facilities.list()
        seen = (f for f in facilities if decide(ctx.actor, Action.SEE_BCP, f.id).allowed)
        begun = (f for f in seen if plans_for(uow, f.id))
        return sum(len(due_view(ctx, uow, facility).overdue) for facility in begun)


def penalty_view(ctx: Context, uow: UnitOfWork, facility: Facility) -> PenaltyView:
    """Return the check of the deduction within an open unit of work."""
    settings = settings_of(uow, facility.id)
    facts = PenaltyFacts(
        service_key=facility.service_key,
        checked_on=ctx.today(),
        designated_on=settings.designated_on,
        plans_made_on=made_on(uow, facility.id, settings),
        measures=settings.measures,
        guideline_on=settings.guideline_on,
        disaster_plan_on=settings.disaster_plan_on,
        monthly_units=settings.monthly_units,
        unit_price_yen=settings.unit_price_yen,
    )
    return PenaltyView(facility, settings, facts, check_penalty(facts))


def read_penalty(ctx: Context, facility_id: str) -> PenaltyView:
    """Return whether the deduction applies to a facility by what is stored; no legal advice.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP, facility_id)
    with ctx.open_store() as uow:
        return penalty_view(ctx, uow, uow.facilities.need(facility_id))


def dates_by_kind(values: Mapping[PlanKind, date | None]) -> dict[PlanKind, date]:
    """Return only the kinds that have a day."""
    return {kind: day for kind, day in values.items() if day is not None}


def save_service(ctx: Context, facility_id: str, service_key: str) -> Facility:
    """Store which service (catalogue `service_types`) a facility is; empty for not chosen.

    Raises: BcpKitError K-002 for a service that the catalogue lacks, U-002, A-001.
    """
    ctx.demand(Action.EDIT_FACILITY, facility_id)
    if service_key:
        catalogue("service_types").need(service_key)
    with ctx.open_store() as uow:
        uow.lock()
        stored = uow.facilities.need(facility_id)
        saved = uow.facilities.save(stored.model_copy(update={"service_key": service_key}))
        uow.commit()
    return saved

"""From operations and staffing standards to heads per post, and from a roster back to operations.

Heads stack up in tiers, because the same person who keeps people alive also counts for the standard:
life = the least minutes of life-keeping operations; standard = what the law asks for on top of that; other =
what the day's service level asks for on top of both. Minutes become heads per shift and post group.
"""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import Annotated

from pydantic import Field

from bcp_kit.cores.staff_cover.instance import Demand, Shift
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.cover import OperationLevel
from bcp_kit.domain.placements import Reason
from bcp_kit.domain.units import Hours, Persons, Share

KEPT, THINNED, STOPPED = "kept", "thinned", "stopped"
KEPT_FROM, STOPPED_BELOW = 0.95, 0.1  # shares of the usual minutes
TIER_STEPS = ((0.4, "a30"), (0.6, "a50"), (0.8, "a70"), (0.95, "a90"))
FULL = "full"
EASE = 1e-9  # keeps 2.0000001 heads from becoming 3


class Operation(DomainModel):
    """One operation: who does it, its usual minutes per head and slot of the day, and its share by tier.

    `per` names the people it is done for. `least_heads` are needed in a slot whatever the minutes.
    """

    key: str
    life: bool
    group: str
    order: int
    per: str
    minutes: Mapping[str, float]
    share: Mapping[str, Share]
    least_heads: Mapping[str, Persons] = Field(default_factory=dict)

    def share_at(self, level: str) -> float:
        """Return the share of the usual minutes at a service level."""
        return 1.0 if level == FULL else self.share[level]


class Standard(DomainModel):
    """What the staffing standard asks of one site: heads at night, and carers' hours per day in all."""

    night_heads: Persons = 0
    care_hours_per_day: Hours = 0.0


class SiteNeeds(DomainModel):
    """One site: whom it cares for, what it does for them, its standard, and its service level by day."""

    site: str
    residents: Persons
    residents_medical: Persons
    operations: tuple[Operation, ...]
    standard: Standard
    level_by_day: tuple[str, ...]

    def people_for(self, operation: Operation) -> int:
        """Return for how many people the operation is done."""
        return self.residents_medical if operation.per == "resident_medical" else self.residents


class PostPlan(DomainModel):
    """How post groups work together: whose spare minutes help which group, and which count as carers."""

    spare_helps: Mapping[str, str] = Field(default_factory=dict)
    carers: tuple[str, ...] = ()
    slots_of: Mapping[str, tuple[str, ...]]
    productive_share: Annotated[float, Field(gt=0, le=1)] = 0.85


def service_level(attendance: float) -> str:
    """Return the service level for a share of staff that can come (tiers of the template's example)."""
    for below, level in TIER_STEPS:
        if attendance < below:
            return level
    return FULL


def productive_min(shift: Shift, plan: PostPlan) -> float:
    """Return the minutes of one person's shift that reach the people cared for."""
    return shift.work_min * plan.productive_share


def minutes_of(needs: SiteNeeds, operation: Operation, level: str, slots: Sequence[str]) -> float:
    """Return the minutes that an operation takes in some slots of one day at a service level."""
    usual = sum(operation.minutes.get(slot, 0.0) for slot in slots)
    return usual * operation.share_at(level) * needs.people_for(operation)


def _heads(
    needs: SiteNeeds, operations: Sequence[Operation], level: str, shift: Shift, plan: PostPlan
) -> dict[str, int]:
    """Return heads by post group for some operations in one shift; spare minutes help other groups first."""
    slots, each = plan.slots_of[shift.key], productive_min(shift, plan)
    minutes: dict[str, float] = {}
    least: dict[str, int] = {}
    for operation in operations:
        if not needs.people_for(operation):
            continue
        group = operation.group
        minutes[group] = minutes.get(group, 0.0) + minutes_of(needs, operation, level, slots)
        asked = max((operation.least_heads.get(slot, 0) for slot in slots), default=0)
        least[group] = max(least.get(group, 0), asked)
    heads = {}
    for group in sorted(minutes, key=lambda g: plan.spare_helps.get(g, "") == ""):
        heads[group] = max(ceil(max(0.0, minutes[group]) / each - EASE), least[group])
        helped = plan.spare_helps.get(group, "")
        if helped in minutes:
            minutes[helped] -= heads[group] * each - minutes[group]
    return heads


def demands(
    needs: SiteNeeds, shifts_by_day: Mapping[int, Sequence[Shift]], plan: PostPlan, care_group: str = "care"
) -> tuple[Demand, ...]:
    """Return the heads that a site needs on each shift of each day, by post group and tier."""
    return tuple(
        demand
        for day, shifts in shifts_by_day.items()
        for demand in _demands_of_day(needs, day, shifts, plan, care_group)
        if demand.heads
    )


def _demands_of_day(
    needs: SiteNeeds, day: int, shifts: Sequence[Shift], plan: PostPlan, care_group: str
) -> list[Demand]:
    life_operations = [o for o in needs.operations if o.life]
    least = {s.key: _heads(needs, life_operations, "a30", s, plan) for s in shifts}
    level = needs.level_by_day[day]
    usual = {s.key: _heads(needs, needs.operations, level, s, plan) for s in shifts}
    standard = _standard_heads(needs, shifts, plan, usual)
    found = []
    for shift in shifts:
        asked = {**dict.fromkeys(usual[shift.key], 0), **least[shift.key]}
        for group, life in asked.items():
            legal = 0
            if group == care_group:
                others = sum(n for g, n in least[shift.key].items() if g in plan.carers and g != care_group)
                legal = max(0, standard.get(shift.key, 0) - others - life)
            other = max(0, usual[shift.key].get(group, 0) - life - legal)
            found.append(
                Demand(
                    site=needs.site,
                    day=day,
                    shift=shift.key,
                    group=group,
                    life=life,
                    standard=legal,
                    other=other,
                )
            )
    return found


def _standard_heads(
    needs: SiteNeeds, shifts: Sequence[Shift], plan: PostPlan, usual: Mapping[str, Mapping[str, int]]
) -> dict[str, int]:
    """Return the carers that the standard asks for on each shift.

    The night table gives nights. The hours of the full-time equivalent, less the nights, are spread over the
    other shifts as the work of the day is; where people stay for 24 hours, that shift must hold both.
    """
    nights = {s.key: needs.standard.night_heads for s in shifts if s.night}
    days = [s for s in shifts if not s.night]
    if not days:
        each_h = {s.key: s.work_min / 60 for s in shifts}
        both = {key: ceil(needs.standard.care_hours_per_day / h - EASE) for key, h in each_h.items()}
        return {key: max(nights[key], heads) for key, heads in both.items()}
    night_h = sum(needs.standard.night_heads * s.work_min / 60 for s in shifts if s.night)
    left_h = max(0.0, needs.standard.care_hours_per_day - night_h)
    weights = {s.key: sum(n for g, n in usual[s.key].items() if g in plan.carers) or 1 for s in days}
    total = sum(weights.values())
    spread = {s.key: ceil(left_h * weights[s.key] / total / (s.work_min / 60) - EASE) for s in days}
    return {**nights, **spread}


class Workforce(DomainModel):
    """Productive minutes that the roster gives to each post group on one day, and the slots asked then."""

    day: int
    minutes: Mapping[str, float]
    slots: tuple[str, ...]


def operation_levels(needs: SiteNeeds, force: Workforce, plan: PostPlan) -> tuple[OperationLevel, ...]:
    """Return how far each operation runs on one day with the minutes that the roster gives.

    Life-keeping operations get their least minutes first; then all are filled up in order to the level of the
    day. A group with minutes to spare hands them to the group that it helps.
    """
    level, slots = needs.level_by_day[force.day], force.slots
    left, given = dict(force.minutes), {o.key: 0.0 for o in needs.operations}
    ordered = sorted(needs.operations, key=lambda o: (plan.spare_helps.get(o.group, "") == "", o.order))
    for only_life, at in ((True, "a30"), (False, level)):
        for operation in ordered:
            if only_life and not operation.life:
                continue
            wanted = minutes_of(needs, operation, at, slots) - given[operation.key]
            for group in (
                operation.group,
                *(g for g, to in plan.spare_helps.items() if to == operation.group),
            ):
                used = min(max(0.0, wanted), left.get(group, 0.0))
                left[group] = left.get(group, 0.0) - used
                given[operation.key] += used
                wanted -= used
    return tuple(
        _level(needs, o, given[o.key], force)
        for o in sorted(needs.operations, key=lambda o: o.order)
        if minutes_of(needs, o, FULL, slots)
    )


def _level(needs: SiteNeeds, operation: Operation, given: float, force: Workforce) -> OperationLevel:
    usual = minutes_of(needs, operation, FULL, force.slots)
    planned = minutes_of(needs, operation, needs.level_by_day[force.day], force.slots)
    share = given / usual
    name = KEPT if share >= KEPT_FROM else STOPPED if share < STOPPED_BELOW else THINNED
    reasons = []
    if planned < usual * KEPT_FROM:
        reasons.append(("service_level", {"percent": round(100 * planned / usual)}))
    if given < planned * KEPT_FROM:
        reasons.append(("too_few", {"minutes": round(planned - given)}))
    return OperationLevel(
        day=force.day,
        facility_id=needs.site,
        operation=operation.key,
        level=name,
        reasons=tuple(Reason(rule=k, message=f"cover.operation.{k}", values=v) for k, v in reasons),
    )


def own_load_min(needs: SiteNeeds, day: int, shifts: Sequence[Shift], plan: PostPlan) -> dict[str, float]:
    """Return carers' minutes that the site's own people need per shift of one day at the day's level."""
    level = needs.level_by_day[day]
    operations = [o for o in needs.operations if o.group in plan.carers]
    return {s.key: sum(minutes_of(needs, o, level, plan.slots_of[s.key]) for o in operations) for s in shifts}

"""Attendance alone, at once: a scenario moved by sliders, who can come by day, by hour, by shift, by person.

Nothing is solved and nothing is stored. The facts are loaded once and asked again for each moved slider.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.catalogues import load
from bcp_kit.cores.staff_cover import attendance
from bcp_kit.cores.staff_cover.attendance import Presence
from bcp_kit.cores.staff_cover.attendance_factors import SUDDEN
from bcp_kit.cores.staff_cover.instance import CoverInstance, Worker
from bcp_kit.domain.cover import AttendanceEstimate
from bcp_kit.domain.placements import Reason
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import StaffMember
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, facts_of
from bcp_kit.services.cover_inputs import CoverFacts, question, who_can_come
from bcp_kit.services.cover_settings import CoverSettings

HOURS_SHOWN = (0, 1, 2, 3, 6, 12, 24)


class Tier(StrEnum):
    """How far one can count on somebody on one day; the steps are rows of `cover_defaults`."""

    SURE = "sure"
    LIKELY = "likely"
    HARD = "hard"
    NOT = "not"


@dataclass(frozen=True)
class Wave:
    """One wave of illness: its first day, how many days people go on falling ill, the share that does."""

    first_day: int
    length: int
    share: float


@dataclass(frozen=True)
class Moved:
    """What the sliders say, over a scenario. None leaves the scenario's own value.

    Days are the first day on which something runs again (0: nothing is cut); shares are 0–1.
    """

    hour: int | None = None
    road_back_day: int | None = None
    road_cut_share: float | None = None
    train_back_day: int | None = None
    train_cut_share: float | None = None
    schools_reopen_day: int | None = None
    homes_damaged_share: float | None = None
    waves: tuple[Wave, ...] | None = None


@dataclass(frozen=True)
class DayView:
    """One day: heads expected in all and by post group (a person counts in each that they may fill)."""

    day: int
    expected: float
    by_tier: Mapping[Tier, int]
    by_group: Mapping[str, float]


@dataclass(frozen=True)
class ShiftView:
    """One shift of one day: heads who may be expected to be free for it, and life-keeping heads asked."""

    day: int
    shift: str
    expected: float
    asked: int


@dataclass(frozen=True)
class HourView:
    """So many hours after a sudden event: heads expected on site, and the share of the template's example."""

    hours: int
    expected: float
    template_percent: float | None


@dataclass(frozen=True)
class PersonView:
    """One member of staff: tier, chance and reasons by day, and the hour from which they can be there."""

    staff: StaffMember
    tiers: tuple[Tier, ...]
    chances: tuple[float, ...]
    reasons: tuple[tuple[Reason, ...], ...]
    arrival_h: float | None


@dataclass(frozen=True)
class AttendanceView:
    """Attendance under one scenario; people stand in order of the first day, those who come last first."""

    scenario: Scenario
    staff: int
    days: tuple[DayView, ...]
    shifts: tuple[ShiftView, ...]
    hours: tuple[HourView, ...]
    people: tuple[PersonView, ...]


def wave_shares(waves: Sequence[Wave], days: int) -> tuple[float, ...]:
    """Return the share of staff that falls ill on each day: each wave rises and falls evenly; at most 1."""
    shares = [0.0] * days
    for wave in waves:
        weights = [min(n, wave.length + 1 - n) for n in range(1, wave.length + 1)]
        for n, weight in enumerate(weights):
            if wave.first_day + n < days:
                shares[wave.first_day + n] += wave.share * weight / sum(weights)
    return tuple(min(1.0, s) for s in shares)


def moved_scenario(base: Scenario, moved: Moved) -> Scenario:
    """Return the scenario with the sliders' values over it."""
    update: dict[str, object] = {}
    if moved.hour is not None:
        update["starts_at"] = base.starts_at.replace(hour=moved.hour)
    for name in ("road_back_day", "train_back_day", "schools_reopen_day"):
        day = getattr(moved, name)
        if day is not None:
            update[name] = day or None
    if moved.road_back_day is not None and base.bus_back_day is not None:
        update["bus_back_day"] = max(moved.road_back_day, base.bus_back_day) if moved.road_back_day else None
    for name in ("road_cut_share", "train_cut_share", "homes_damaged_share"):
        share = getattr(moved, name)
        if share is not None:
            update[name] = share
    if moved.waves is not None:
        update["infected_share_by_day"] = wave_shares(moved.waves, base.days)
    return base.model_copy(update=update)


def attendance_facts(ctx: Context, facility_id: str, scenario: Scenario) -> CoverFacts:
    """Return what is asked again for each slider: staff, rosters, offers and numbers of one facility.

    Raises: BcpKitError U-002 for an unknown facility.
    """
    ctx.demand(Action.RUN_COVER, facility_id)
    ctx.demand(Action.SEE_STAFF, facility_id)
    return facts_of(ctx, CoverCommand((facility_id,), scenario))


def attendance_view(facts: CoverFacts, scenario: Scenario) -> AttendanceView:
    """Return attendance under a scenario for facts at hand."""
    presences = who_can_come(facts, scenario, 0)
    sure = tuple(
        p.model_copy(update={"estimates": tuple(e.model_copy(update={"counted": True}) for e in p.estimates)})
        for p in presences
    )
    instance = question(facts, scenario, sure).instance
    people = sorted(
        (
            _person(s, p, scenario, facts.settings[s.facility_id])
            for s, p in zip(facts.staff, presences, strict=True)
        ),
        key=lambda p: (p.chances[0], p.staff.id),
    )
    workers = {w.id: w for w in instance.workers}
    chances = {(e.staff_id, e.day): e.chance for p in presences for e in p.estimates}
    return AttendanceView(
        scenario=scenario,
        staff=len(facts.staff),
        days=tuple(_day(d, people, instance, workers) for d in range(scenario.days)),
        shifts=_shifts(instance, chances),
        hours=_hours(presences, scenario),
        people=tuple(people),
    )


def tier_of(chance: float, numbers: CoverSettings) -> Tier:
    """Return the tier of a chance."""
    steps = ((Tier.SURE, "tier_sure"), (Tier.LIKELY, "tier_maybe"), (Tier.HARD, "tier_hard"))
    return next((tier for tier, key in steps if chance >= numbers.number(key)), Tier.NOT)


def _person(staff: StaffMember, presence: Presence, scenario: Scenario, numbers: CoverSettings) -> PersonView:
    found: Sequence[AttendanceEstimate] = presence.estimates
    sudden = scenario.event in SUDDEN and presence.on_duty_from_min is None
    late_min = presence.arrival_min - attendance.strike_minute(scenario)
    return PersonView(
        staff=staff,
        tiers=tuple(tier_of(e.chance, numbers) for e in found),
        chances=tuple(e.chance for e in found),
        reasons=tuple(e.reasons for e in found),
        arrival_h=max(0.0, late_min / 60) if sudden else None,
    )


def _day(
    day: int, people: Sequence[PersonView], instance: CoverInstance, workers: Mapping[str, Worker]
) -> DayView:
    groups: dict[str, float] = {g.key: 0.0 for g in instance.groups}
    for person in people:
        for group in instance.groups_of(workers[person.staff.id]):
            groups[group] += person.chances[day]
    return DayView(
        day=day,
        expected=sum(p.chances[day] for p in people),
        by_tier={tier: sum(p.tiers[day] is tier for p in people) for tier in Tier},
        by_group=groups,
    )


def _shifts(instance: CoverInstance, chances: Mapping[tuple[str, int], float]) -> tuple[ShiftView, ...]:
    asked: dict[tuple[int, str], int] = {}
    for d in instance.demands:
        asked[d.day, d.shift] = asked.get((d.day, d.shift), 0) + d.life
    free = dict.fromkeys(asked, 0.0)
    for worker in instance.workers:
        if worker.route is not None:
            continue
        for day, keys in worker.available.items():
            for key in keys:
                if (day, key) in free and (worker.night_ok or not instance.shift_of[key].night):
                    free[day, key] += chances[worker.id, day]
    order = {s.key: n for n, s in enumerate(instance.shifts)}
    found = (ShiftView(day, key, free[day, key], life) for (day, key), life in asked.items() if life)
    return tuple(sorted(found, key=lambda v: (v.day, order[v.shift])))


def _hours(presences: Sequence[Presence], scenario: Scenario) -> tuple[HourView, ...]:
    """Return heads on site by hours after a sudden event; who is on duty is there from the start."""
    if scenario.event not in SUDDEN:
        return ()
    strike = attendance.strike_minute(scenario)
    stages = load.catalogue("attendance_stages")
    template = {0: "night", 6: "h6", 24: "d1"}
    found = []
    for hours in HOURS_SHOWN:
        here = sum(
            p.estimates[0].chance
            for p in presences
            if p.estimates[0].on_site or p.arrival_min <= strike + 60 * hours
        )
        stage = template.get(hours)
        found.append(HourView(hours, here, stages.need(stage).value if stage else None))
    return tuple(found)

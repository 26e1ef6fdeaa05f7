"""How many people in need each facility can take in, day by day, from the answer of a cover run."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from bcp_kit.access.policy import Action
from bcp_kit.cores.staff_cover import attendance_factors, demand
from bcp_kit.cores.staff_cover.capacity import Outage, StaffLeft, Supplies, capacity, limits
from bcp_kit.cores.staff_cover.capacity_inputs import inputs
from bcp_kit.cores.staff_cover.check import by_worker, week_minutes
from bcp_kit.cores.staff_cover.demand import PostPlan, SiteNeeds
from bcp_kit.cores.staff_cover.instance import WEEK_DAYS, Assignment, Shift, Tier, Worker
from bcp_kit.domain.cover import CapacityByNeed, UncoveredPost
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.staff import Qualification
from bcp_kit.services import cover_catalogue as known
from bcp_kit.services.base import Context
from bcp_kit.services.cover_inputs import CoverFacts, CoverQuestion

SHIFT_MIN = 480  # one spare person gives at most one ordinary shift a day to people taken in
NURSE_POSTS = frozenset({"nurse", "medical"})


def capacities(
    facts: CoverFacts,
    scenario: Scenario,
    question: CoverQuestion,
    assignments: Sequence[Assignment],
    posts: Sequence[UncoveredPost],
) -> tuple[CapacityByNeed, ...]:
    """Return the places of each facility, day and need class."""
    short = {(p.facility_id, p.day) for p in posts if p.operation_class == Tier.LIFE.value}
    found = []
    for facility in facts.facilities:
        numbers = facts.settings[facility.id]
        settings = numbers.capacity
        for day in range(scenario.days):
            left = _staff_left(facility, day, question, assignments, numbers.number("consultant_busy_share"))
            left = left.model_copy(update={"life_is_short": (facility.id, day) in short})
            supplies = supplies_on(scenario, day, round(numbers.number("food_days")))
            for need in known.need_classes():
                each = limits(facility, need, left, supplies, settings)
                counted = capacity(facility, day, need, each, settings.reserve_ratio)
                behind = inputs(facility, need, left, supplies, settings)
                known_limits = {name: behind[name] for name, places in each.items() if places is not None}
                found.append(
                    counted.model_copy(update={"inputs": known_limits, "reserve": settings.reserve_ratio})
                )
    return tuple(found)


def supplies_on(scenario: Scenario, day: int, food_days: int) -> Supplies:
    """Return what a facility must live on its own for, seen from one day; food for `food_days` if sudden."""
    sudden = scenario.event in attendance_factors.SUDDEN
    return Supplies(
        power=Outage.seen_from(day, scenario.power_back_day),
        water=Outage.seen_from(day, scenario.water_back_day),
        food=Outage.seen_from(day, food_days if sudden else None),
    )


def _staff_left(
    facility: Facility,
    day: int,
    question: CoverQuestion,
    assignments: Sequence[Assignment],
    busy_share: float,
) -> StaffLeft:
    """Idle minutes inside the shifts, and the hours of people who can come and are off.

    A life consultant on another post of the day counts with `busy_share`; helpers are here for the
    facility's own people and count for nobody else.
    """
    here = [a for a in assignments if a.site == facility.id and a.day == day]
    day_min, night_min, nurse_min = _idle(facility.id, day, question, here)
    spare = spare_minutes(question, assignments, day)
    mine = [(w, spare[w.id]) for w in question.instance.workers if w.home == facility.id and w.id in spare]
    share = question.plan.productive_share
    carers = [(w, m) for w, m in mine if is_carer(w) and not is_nurse(w)]
    shift_of, worker_of = question.instance.shift_of, question.instance.worker_of
    busy = sum(
        is_consultant(worker_of[a.worker_id]) and worker_of[a.worker_id].route is None
        for a in here
        if not shift_of[a.shift].night
    )
    return StaffLeft(
        day_min=day_min,
        night_min=night_min,
        spare_min=share * sum(m for _, m in carers),
        spare_night_min=share * sum(m for w, m in carers if w.night_ok),
        nurse_min=nurse_min + share * sum(m for w, m in mine if is_nurse(w)),
        consultants=busy * busy_share + sum(m for w, m in mine if is_consultant(w)) / SHIFT_MIN,
        staff_present=len(here),
    )


def _idle(
    site: str, day: int, question: CoverQuestion, here: Sequence[Assignment]
) -> tuple[float, float, float]:
    """Return idle carers' minutes by day and by night, and nurses' idle minutes, which are in neither."""
    needs, plan, shift_of = question.needs[site], question.plan, question.instance.shift_of
    shifts = question.shifts[site][day]
    load = demand.own_load_min(needs, day, shifts, plan)
    nurse_load = nurse_load_min(needs, day, shifts, plan)
    given: dict[bool, float] = defaultdict(float)
    nurse_given = 0.0
    for a in here:
        minutes = demand.productive_min(shift_of[a.shift], plan)
        if a.group in plan.carers:
            given[shift_of[a.shift].night] += minutes
        if a.group in NURSE_POSTS:
            nurse_given += minutes
    idle = {
        night: max(0.0, given[night] - sum(load[s.key] for s in shifts if s.night is night))
        for night in (False, True)
    }
    nurse_idle = min(max(0.0, nurse_given - nurse_load), idle[False])
    return idle[False] - nurse_idle, idle[True], nurse_idle


def nurse_load_min(needs: SiteNeeds, day: int, shifts: Sequence[Shift], plan: PostPlan) -> float:
    """Return the minutes of nursing that the site's own people need on one day at the day's level."""
    slots = [slot for s in shifts for slot in plan.slots_of[s.key]]
    level = needs.level_by_day[day]
    nursing = [o for o in needs.operations if o.group in NURSE_POSTS]
    return sum(demand.minutes_of(needs, o, level, slots) for o in nursing)


def spare_minutes(question: CoverQuestion, assignments: Sequence[Assignment], day: int) -> dict[str, float]:
    """Return the minutes that own staff who are off on `day` could give without going over their contract.

    What a contract has left in the week is spread evenly over the days on which the person can come and is
    off, at most one ordinary shift a day.
    """
    plans = by_worker(assignments)
    week = day // WEEK_DAYS
    found = {}
    for worker in question.instance.workers:
        own = plans.get(worker.id, [])
        if worker.route is not None or not worker.available.get(day) or any(a.day == day for a in own):
            continue
        busy = {a.day for a in own}
        free = [
            d for d, keys in worker.available.items() if keys and d // WEEK_DAYS == week and d not in busy
        ]
        left = max(0, worker.week_min - week_minutes(question.instance, own).get(week, 0))
        found[worker.id] = min(SHIFT_MIN, left / len(free))
    return found


def is_nurse(worker: Worker) -> bool:
    """Return whether the worker nurses."""
    return bool(worker.qualifications & {Qualification.NURSE, Qualification.ASSISTANT_NURSE})


def is_carer(worker: Worker) -> bool:
    """Return whether the worker cares for people by qualification."""
    carers = {
        Qualification.CARE_WORKER,
        Qualification.CERTIFIED_CARE_WORKER,
        Qualification.SUCTION_TRAINED,
    }
    return bool(worker.qualifications & carers)


def is_consultant(worker: Worker) -> bool:
    """Return whether the worker is a life consultant."""
    return Qualification.LIFE_CONSULTANT in worker.qualifications


def capacity_for(ctx: Context, facility_id: str, day: int, need_class: str) -> CapacityByNeed | None:
    """Return the places that the newest cover run of a facility gives; None without a run or such a day."""
    ctx.demand(Action.SEE_SHELTER, facility_id)
    with ctx.open_store() as uow:
        run = uow.cover_runs.latest(facility_id=facility_id)
    if run is None:
        return None
    return next(
        (
            c
            for c in run.capacity
            if c.facility_id == facility_id and c.day == day and c.need_class == need_class
        ),
        None,
    )


def places_by_day(run_capacity: Sequence[CapacityByNeed]) -> Mapping[str, Mapping[int, Mapping[str, int]]]:
    """Return places by facility, day and need class."""
    found: dict[str, dict[int, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for c in run_capacity:
        found[c.facility_id][c.day][c.need_class] = c.places
    return {site: dict(days) for site, days in found.items()}

"""The answer without a solver: posts in order of urgency, each given to the person whom it costs least.

It is the start that the solver improves, and the marked fallback when no solver answers.
"""

from collections import Counter, defaultdict
from collections.abc import Container

from bcp_kit.cores.staff_cover import check, rules
from bcp_kit.cores.staff_cover.instance import (
    DAY_MIN,
    WEEK_DAYS,
    Assignment,
    CoverInstance,
    Demand,
    Shift,
    Tier,
    Worker,
)


def greedy(instance: CoverInstance) -> tuple[Assignment, ...]:
    """Return a roster that breaks no hard rule: life-keeping posts of all days first, then the rest."""
    draft = _Draft(instance)
    able = {group: len(plans) for group, plans in draft.able.items()}
    ordered = sorted(instance.demands, key=lambda d: _urgency(instance, d, able[d.group]))
    for tier in Tier:
        for demand in ordered:
            for _ in range(int(getattr(demand, tier.value))):
                if not draft.fill(demand):
                    break
    return tuple(sorted(draft.made, key=lambda a: (a.day, a.shift, a.site, a.group, a.worker_id)))


def _urgency(instance: CoverInstance, demand: Demand, able: int) -> tuple[int, int, int, str, str]:
    """Day by day, nights first, the post that fewest people can fill first."""
    night = instance.shift_of[demand.shift].night
    return (demand.day, 0 if night else 1, able, demand.site, demand.shift)


class _Plan:
    """What one person does so far, with the rules of check.py for one more shift, asked step by step."""

    def __init__(self, instance: CoverInstance, worker: Worker) -> None:
        self.instance, self.worker = instance, worker
        self.days: dict[int, Shift] = {}
        self.minutes: Counter[int] = Counter()
        self.load = 0
        self.skills = len(instance.groups_of(worker))

    def binds(self, rule: str) -> bool:
        """Whether nobody waived the rule for this person."""
        return (rule, self.worker.id) not in self.instance.waived

    def may(self, demand: Demand, shift: Shift) -> bool:
        """Whether the shift can be added without breaking a rule of one person."""
        day, worker = demand.day, self.worker
        out = self.instance.locked_out
        if day in self.days or (worker.id, day, shift.key) in out or (worker.id, day, "") in out:
            return False
        if shift.night and not worker.night_ok and self.binds(rules.NIGHT_OK):
            return False
        return self._rested(day, shift) and self._spaced(day, shift) and self._has_hours(day, shift)

    def _rested(self, day: int, shift: Shift) -> bool:
        if not self.binds(rules.REST):
            return True
        rest, start, end = self.instance.limits.rest_min, shift.start_min, shift.end_min
        before = [s.end_min - (day - d) * DAY_MIN for d, s in self.days.items() if d < day]
        if not before and self.worker.free_from_min is not None:
            before = [self.worker.free_from_min - day * DAY_MIN]
        after = [s.start_min + (d - day) * DAY_MIN for d, s in self.days.items() if d > day]
        return max(before, default=start - rest) + rest <= start and end + rest <= min(
            after, default=end + rest
        )

    def _spaced(self, day: int, shift: Shift) -> bool:
        limits, worker = self.instance.limits, self.worker
        days, nights = self.days, {d for d, s in self.days.items() if s.night}
        too_long = _run(days, day, worker.days_before) > limits.consecutive_days
        if too_long and self.binds(rules.CONSECUTIVE_DAYS):
            return False
        too_many = shift.night and _run(nights, day, worker.nights_before) > limits.consecutive_nights
        return not (too_many and self.binds(rules.CONSECUTIVE_NIGHTS))

    def _has_hours(self, day: int, shift: Shift) -> bool:
        limits, worker, week = self.instance.limits, self.worker, day // WEEK_DAYS
        minutes = self.minutes[week] + shift.work_min
        if minutes > worker.week_min + limits.overtime_week_min and self.binds(rules.WEEK_HOURS):
            return False
        if limits.overtime_month_min is None or not self.binds(rules.MONTH_HOURS):
            return True
        over = sum(
            max(0, (minutes if w == week else m) - worker.week_min)
            for w, m in {**self.minutes, week: minutes}.items()
        )
        return not over or worker.overtime_before_min + over <= limits.overtime_month_min

    def price(self, demand: Demand, shift: Shift) -> tuple[int, int, bool, int, int, str]:
        """In the order of the goals: help, overtime, the old roster, load; then who could do least else."""
        worker = self.worker
        over = max(0, self.minutes[demand.day // WEEK_DAYS] + shift.work_min - worker.week_min)
        moved = worker.in_force.get(demand.day) != demand.shift
        rank = check.help_rank(worker, demand.site)
        return (rank, over, moved, self.load, self.skills, worker.id)


def _run(days: Container[int], day: int, before: int) -> int:
    """Length of the run of days in a row through `day`; `before` days precede day 0."""
    first, last = day, day
    while first - 1 in days:
        first -= 1
    while last + 1 in days:
        last += 1
    return last - first + 1 + (before if first == 0 else 0)


class _Draft:
    """A roster in the making; `fill` adds one assignment that breaks no rule."""

    def __init__(self, instance: CoverInstance) -> None:
        self.instance = instance
        self.made: list[Assignment] = []
        self.plans = {w.id: _Plan(instance, w) for w in instance.workers}
        self.lodged: dict[str, set[str]] = defaultdict(set)
        self.seniors: Counter[tuple[str, int, str]] = Counter()
        self.able: dict[str, list[_Plan]] = {
            g.key: [self.plans[w.id] for w in instance.workers if instance.may_fill(w, g.key)]
            for g in instance.groups
        }

    def fill(self, demand: Demand) -> bool:
        """Put the cheapest worker who may on `demand`; False when nobody may."""
        shift, instance = self.instance.shift_of[demand.shift], self.instance
        travels = instance.travel_from_day is not None and demand.day >= instance.travel_from_day
        near: list[_Plan] = []
        away: list[_Plan] = []
        for plan in self.able[demand.group]:
            if demand.shift in plan.worker.available.get(demand.day, ()):
                if plan.worker.home == demand.site:
                    near.append(plan)
                elif travels and plan.worker.route is None:
                    away.append(plan)
        own = [p for p in near if p.worker.route is None]
        for people in (own, away, [p for p in near if p.worker.route is not None]):
            able = [p for p in people if self._may(p, demand, shift)]
            if able:
                self._put(min(able, key=lambda p: p.price(demand, shift)), demand, shift)
                return True
        return False

    def _may(self, plan: _Plan, demand: Demand, shift: Shift) -> bool:
        worker = plan.worker
        if self._would_be_alone(plan, demand, shift):
            return False
        if worker.route is not None and worker.needs_lodging and not self._bed(worker):
            return False
        return plan.may(demand, shift)

    def _would_be_alone(self, plan: _Plan, demand: Demand, shift: Shift) -> bool:
        if not (plan.worker.newcomer and self.instance.limits.newcomer_pair and shift.night):
            return False
        return plan.binds(rules.NEWCOMER_PAIR) and not self.seniors[demand.site, demand.day, demand.shift]

    def _bed(self, worker: Worker) -> bool:
        beds = self.instance.site_of[worker.home].lodging_places
        lodged = self.lodged[worker.home]
        return beds is None or worker.id in lodged or len(lodged) < beds

    def _put(self, plan: _Plan, demand: Demand, shift: Shift) -> None:
        worker = plan.worker
        self.made.append(
            Assignment(
                worker_id=worker.id, site=demand.site, day=demand.day, shift=demand.shift, group=demand.group
            )
        )
        plan.days[demand.day] = shift
        plan.minutes[demand.day // WEEK_DAYS] += shift.work_min
        plan.load += shift.work_min * (self.instance.limits.night_hour_weight if shift.night else 1)
        if worker.route is not None and worker.needs_lodging:
            self.lodged[worker.home].add(worker.id)
        if check.is_experienced(worker):
            self.seniors[demand.site, demand.day, demand.shift] += 1

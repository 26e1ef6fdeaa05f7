"""The answer without a solver: posts in order of urgency, each given to the person whom it costs least.

It is the start that the solver improves, and the marked fallback when no solver answers.
"""

from collections import Counter, defaultdict

from bcp_kit.cores.staff_cover import check, rules
from bcp_kit.cores.staff_cover.instance import (
    WEEK_DAYS,
    Assignment,
    CoverInstance,
    Demand,
    Tier,
    Worker,
)


def greedy(instance: CoverInstance) -> tuple[Assignment, ...]:
    """Return a roster that breaks no hard rule: life-keeping posts of all days first, then the rest."""
    draft = _Draft(instance)
    for tier in Tier:
        for demand in sorted(instance.demands, key=lambda d: _urgency(instance, d)):
            for _ in range(int(getattr(demand, tier.value))):
                if not draft.fill(demand):
                    break
    return tuple(sorted(draft.made, key=lambda a: (a.day, a.shift, a.site, a.group, a.worker_id)))


def _urgency(instance: CoverInstance, demand: Demand) -> tuple[int, int, int, str, str]:
    """Day by day, nights first, the post that fewest people can fill first."""
    able = sum(demand.group in instance.groups_of(w) for w in instance.workers)
    night = instance.shift_of[demand.shift].night
    return (demand.day, 0 if night else 1, able, demand.site, demand.shift)


class _Draft:
    """A roster in the making; `fill` adds one assignment that breaks no rule."""

    def __init__(self, instance: CoverInstance) -> None:
        self.instance = instance
        self.made: list[Assignment] = []
        self.own: dict[str, list[Assignment]] = defaultdict(list)
        self.load: Counter[str] = Counter()
        self.minutes: Counter[tuple[str, int]] = Counter()
        self.skills = {w.id: len(instance.groups_of(w)) for w in instance.workers}
        self.lodged: dict[str, set[str]] = defaultdict(set)
        self.seniors: Counter[tuple[str, int, str]] = Counter()
        self.able: dict[str, list[Worker]] = {
            g.key: [w for w in instance.workers if instance.may_fill(w, g.key)] for g in instance.groups
        }

    def fill(self, demand: Demand) -> bool:
        """Put the cheapest worker who may on `demand`; False when nobody may."""
        present = [w for w in self.able[demand.group] if w.is_present(demand.day, demand.shift)]
        for worker in sorted(present, key=lambda w: self._price(w, demand)):
            new = Assignment(
                worker_id=worker.id, site=demand.site, day=demand.day, shift=demand.shift, group=demand.group
            )
            if self._may(worker, new):
                self._put(worker, new)
                return True
        return False

    def _price(self, worker: Worker, demand: Demand) -> tuple[int, int, bool, int, int, str]:
        """In the order of the goals: help, overtime, the old roster, load; then who could do least else."""
        rank = check.help_rank(worker, demand.site)
        shift, key = self.instance.shift_of[demand.shift], (worker.id, demand.day // WEEK_DAYS)
        over = max(0, self.minutes[key] + shift.work_min - worker.week_min)
        moved = worker.in_force.get(demand.day) != demand.shift
        return (rank, over, moved, self.load[worker.id], self.skills[worker.id], worker.id)

    def _may(self, worker: Worker, new: Assignment) -> bool:
        if self._would_be_alone(worker, new):
            return False
        if worker.route is not None and worker.needs_lodging and not self._bed(worker):
            return False
        return not check.worker_violations(self.instance, worker, [*self.own[worker.id], new])

    def _would_be_alone(self, worker: Worker, new: Assignment) -> bool:
        asked = self.instance
        if not (worker.newcomer and asked.limits.newcomer_pair and asked.shift_of[new.shift].night):
            return False
        is_waived = (rules.NEWCOMER_PAIR, worker.id) in asked.waived
        return not is_waived and not self.seniors[new.site, new.day, new.shift]

    def _bed(self, worker: Worker) -> bool:
        beds = self.instance.site_of[worker.home].lodging_places
        lodged = self.lodged[worker.home]
        return beds is None or worker.id in lodged or len(lodged) < beds

    def _put(self, worker: Worker, new: Assignment) -> None:
        self.made.append(new)
        self.own[worker.id].append(new)
        shift = self.instance.shift_of[new.shift]
        self.minutes[worker.id, new.day // WEEK_DAYS] += shift.work_min
        self.load[worker.id] += check.load_min(self.instance, [new])
        if worker.route is not None and worker.needs_lodging:
            self.lodged[worker.home].add(worker.id)
        if check.is_experienced(worker):
            self.seniors[new.site, new.day, new.shift] += 1

"""A part of the roster decided anew while everybody else keeps what they have.

Who is chosen depends on the goal: people who cost it something, with people of the same site who could take
it over. The draw is seeded, so the same question gives the same parts.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.attendance_factors import uniform
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, Demand, Goal, Tier, Worker
from bcp_kit.cores.staff_cover.model import Beside, Cell

TIER_OF = {Goal.LIFE: Tier.LIFE, Goal.STANDARD: Tier.STANDARD, Goal.OTHER: Tier.OTHER}
BAD_SHARE = 0.5  # of the people chosen, at most this share are those who cost the goal something


def part_of(
    instance: CoverInstance, roster: Sequence[Assignment], free: frozenset[str]
) -> tuple[CoverInstance, Beside]:
    """Return the question for the people in `free`, all others staying where `roster` has them."""
    fixed = [a for a in roster if a.worker_id not in free]
    filled = check.filled_posts(fixed)
    demands = []
    for key, demand in instance.demand_of.items():
        gaps = demand.missing(filled[key])
        if any(gaps.values()):
            demands.append(_left(demand, gaps))
    lodged: dict[str, set[str]] = defaultdict(set)
    for a in fixed:
        guest = instance.worker_of[a.worker_id]
        if guest.route is not None and guest.needs_lodging:
            lodged[guest.home].add(guest.id)
    sites = tuple(
        s
        if s.lodging_places is None
        else s.model_copy(update={"lodging_places": s.lodging_places - len(lodged[s.id])})
        for s in instance.sites
    )
    question = instance.changed(
        sites=sites,
        workers=tuple(w for w in instance.workers if w.id in free),
        demands=tuple(demands),
        locks=tuple(k for k in instance.locks if k.worker_id in free),
    )
    return question, _beside(instance, fixed)


def _left(demand: Demand, gaps: Mapping[Tier, int]) -> Demand:
    return demand.model_copy(
        update={"life": gaps[Tier.LIFE], "standard": gaps[Tier.STANDARD], "other": gaps[Tier.OTHER]}
    )


def _beside(instance: CoverInstance, fixed: Sequence[Assignment]) -> Beside:
    seniors: set[Cell] = set()
    newcomers: set[Cell] = set()
    for a in fixed:
        if instance.shift_of[a.shift].night:
            worker = instance.worker_of[a.worker_id]
            if check.is_experienced(worker):
                seniors.add((a.day, a.shift, a.site))
            elif check.must_be_paired(instance, worker):
                newcomers.add((a.day, a.shift, a.site))
    return Beside(frozenset(seniors), frozenset(newcomers - seniors))


def cost_by_worker(
    instance: CoverInstance, roster: Sequence[Assignment], goal: Goal, target: int
) -> dict[str, int]:
    """Return what each person costs `goal`; for fair shares, the load beyond `target`.

    For the goals of posts it counts the empty posts that a person could fill.
    """
    plans = check.by_worker(roster)
    if goal in TIER_OF:
        return _near_gaps(instance, roster, TIER_OF[goal])
    costs: Counter[str] = Counter()
    for worker in instance.workers:
        own = plans.get(worker.id, ())
        if goal is Goal.OUTSIDE_HELP:
            costs[worker.id] = sum(check.help_rank(worker, a.site) for a in own)
        elif goal is Goal.OVERLOAD:
            costs[worker.id] = check.overload_min(instance, worker, own)
        elif worker.route is None and goal is Goal.FAIR_SHARES:
            costs[worker.id] = max(0, check.load_min(instance, own) - target)
        elif worker.route is None:
            of_goal = check.unmet_wishes if goal is Goal.WISHES else check.changed_shifts
            costs[worker.id] = of_goal(worker, own)
    return {key: cost for key, cost in costs.items() if cost}


def _near_gaps(instance: CoverInstance, roster: Sequence[Assignment], tier: Tier) -> dict[str, int]:
    found: Counter[str] = Counter()
    gaps = [key for key, gap in check.missing(instance, roster).items() if gap[tier]]
    for worker in instance.workers:
        groups = instance.groups_of(worker)
        found[worker.id] = sum(
            1
            for site, day, shift, group in gaps
            if group in groups and site == worker.home and worker.is_present(day, shift)
        )
    return {key: count for key, count in found.items() if count}


def chosen(
    instance: CoverInstance, costs: Mapping[str, int], people: int, draw: tuple[int, str, int]
) -> frozenset[str]:
    """Return the ids of about `people` people around one who costs something; `draw`: seed, goal, round."""
    seed, goal, number = draw

    def luck(worker: Worker) -> float:
        return uniform(seed, goal, number, worker.id)

    bad = sorted((instance.worker_of[key] for key in costs), key=luck)
    if not bad:
        return frozenset()
    focus = bad[0]
    near = [w for w in instance.workers if w.home == focus.home]
    if number % 4 == 3 and instance.travel_from_day is not None:
        near = list(instance.workers)
    first = [w for w in bad if w in near][: max(1, round(people * BAD_SHARE))]
    taken = {w.id for w in first}
    rest = sorted((w for w in near if w.id not in taken), key=luck)
    return frozenset(taken | {w.id for w in rest[: people - len(taken)]})

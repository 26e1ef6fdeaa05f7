"""From a solution of the model to a roster, and from a roster to a complete start for the solver."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from ortools.sat.python import cp_model

from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.instance import Assignment, Worker
from bcp_kit.cores.staff_cover.model import AWAY, CoverModel, Crew


def read_back(built: CoverModel, value: Callable[[cp_model.IntVar], int]) -> tuple[Assignment, ...]:
    """Return the roster of a solution: workers of a crew are put on its posts in order of their ids."""
    crews: dict[Crew, list[Worker]] = defaultdict(list)
    for worker in built.instance.workers:
        for cell, variable in built.works[worker.id].items():
            if value(variable):
                crews[built.crew_of(worker, cell)].append(worker)
    found = []
    for crew, people in crews.items():
        posts = [post for post, count in built.stands[crew].items() for _ in range(value(count))]
        day, shift, place = crew[0]
        for worker in sorted(people, key=lambda w: w.id):
            site, group = posts.pop(_post_of(worker, posts) if place == AWAY else 0)
            found.append(Assignment(worker_id=worker.id, site=site, day=day, shift=shift, group=group))
    return sorted_roster(found)


def _post_of(worker: Worker, posts: Sequence[tuple[str, str]]) -> int:
    """Return a post at another site, where there is one left."""
    return next((n for n, (site, _) in enumerate(posts) if site != worker.home), 0)


def sorted_roster(assignments: Sequence[Assignment]) -> tuple[Assignment, ...]:
    """Return assignments in the order in which every answer gives them."""
    return tuple(sorted(assignments, key=lambda a: (a.day, a.shift, a.site, a.group, a.worker_id)))


def hint(built: CoverModel, assignments: Sequence[Assignment]) -> None:
    """Hand the solver a complete start: every variable gets the value it has in `assignments`."""
    cp, instance = built.cp, built.instance
    cp.clear_hints()  # type: ignore[no-untyped-call]
    at_work = set()
    standing: dict[tuple[Crew, str, str], int] = defaultdict(int)
    for a in assignments:
        worker = instance.worker_of[a.worker_id]
        cell = (a.day, a.shift, a.site if a.site == worker.home else AWAY)
        at_work.add((a.worker_id, cell))
        standing[built.crew_of(worker, cell), a.site, a.group] += 1
    for worker_id, cells in built.works.items():
        for cell, variable in cells.items():
            cp.add_hint(variable, (worker_id, cell) in at_work)
    for crew, stands in built.stands.items():
        for (site, group), variable in stands.items():
            cp.add_hint(variable, standing[crew, site, group])
    filled = check.filled_posts(assignments)
    for ((day, shift, site), group), tiers in built.filled.items():
        demand = instance.demand_of[site, day, shift, group]
        gaps = demand.missing(filled[site, day, shift, group])
        for tier, variable in tiers.items():
            cp.add_hint(variable, int(getattr(demand, tier.value)) - gaps[tier])
    _hint_sums(built, check.by_worker(assignments))


def _hint_sums(built: CoverModel, plans: Mapping[str, Sequence[Assignment]]) -> None:
    instance = built.instance
    for worker_id, lodged in built.lodged.items():
        built.cp.add_hint(lodged, worker_id in plans)
    for (worker_id, week), over in built.over.items():
        minutes = check.week_minutes(instance, plans.get(worker_id, ())).get(week, 0)
        built.cp.add_hint(over, max(0, minutes - instance.worker_of[worker_id].week_min))
    for lock, kept in built.kept_locks.items():
        works = {(a.day, a.shift) for a in plans.get(lock.worker_id, ())}
        built.cp.add_hint(kept, (lock.day, lock.shift) in works)
    if built.heaviest is not None:
        staff = [w for w in instance.workers if w.route is None]
        loads = [check.load_min(instance, plans.get(w.id, ())) for w in staff]
        built.cp.add_hint(built.heaviest, max(loads, default=0))

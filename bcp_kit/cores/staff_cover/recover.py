"""Somebody is missing: the roster in force with the fewest changes that still fills what can be filled.

Days before the call stay as they were. Posts come first, in their tiers; then as little outside help as that
takes; then the fewest changes of what people were told. Other goals are counted, and not worked on.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.instance import (
    Assignment,
    CoverInstance,
    CoverResult,
    Goal,
    Lock,
    LockKind,
    Worker,
)
from bcp_kit.cores.staff_cover.reading import sorted_roster
from bcp_kit.cores.staff_cover.solve import Asked, Preference, WorkBudget, solve
from bcp_kit.domain.progress import Progress, silent


@dataclass(frozen=True)
class Change:
    """What one person does otherwise on one day; None: nothing."""

    worker_id: str
    day: int
    before: Assignment | None
    after: Assignment | None


def asked_again(
    instance: CoverInstance, roster: Sequence[Assignment], absent: Mapping[str, int]
) -> CoverInstance:
    """Return the question after the absences; `absent` gives each missing person the day from which.

    Raises: KeyError for a person whom the instance does not know.
    """
    for worker_id in absent:
        instance.worker_of[worker_id]
    first = min(absent.values(), default=0)
    plans = check.by_worker(roster)
    locks = [
        Lock(worker_id=a.worker_id, day=a.day, kind=LockKind.WORKS, shift=a.shift)
        for a in roster
        if a.day < first
    ]
    known = {(lock.worker_id, lock.day) for lock in locks}
    locks += [lock for lock in instance.locks if (lock.worker_id, lock.day) not in known]
    workers = tuple(
        _after(w, plans.get(w.id, ()), first, absent.get(w.id, instance.days)) for w in instance.workers
    )
    return instance.changed(
        workers=workers, locks=tuple(k for k in locks if k.day < absent.get(k.worker_id, instance.days))
    )


def without(instance: CoverInstance, absent: Mapping[str, int]) -> CoverInstance:
    """Return the question in which each missing person is not there from the given day on."""
    workers = tuple(
        w.model_copy(update={"available": {d: k for d, k in w.available.items() if d < absent[w.id]}})
        if w.id in absent
        else w
        for w in instance.workers
    )
    return instance.changed(workers=workers)


def _after(worker: Worker, own: Sequence[Assignment], first: int, gone_from: int) -> Worker:
    """Before `first` only what was worked is open; from `gone_from` on the person is not there."""
    worked = {a.day: a.shift for a in own}
    available = {
        day: keys if day >= first else tuple(k for k in keys if k == worked.get(day))
        for day, keys in worker.available.items()
        if day < gone_from
    }
    return worker.model_copy(
        update={"available": available, "in_force": worked, "in_force_known": worker.route is None}
    )


def recover(
    asked: CoverInstance,
    roster: Sequence[Assignment],
    budget: WorkBudget | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> CoverResult:
    """Return the roster with the fewest changes for a question made by `asked_again`."""
    kept = tuple(a for a in roster if asked.worker_of[a.worker_id].is_present(a.day, a.shift))
    how = Asked(preference=Preference.CHANGE, start=kept, upto=Goal.CHANGE)
    found = solve(asked, budget, seed, progress, how)
    return found.model_copy(update={"assignments": same_posts(asked, roster, found.assignments)})


def same_posts(
    instance: CoverInstance, before: Sequence[Assignment], after: Sequence[Assignment]
) -> tuple[Assignment, ...]:
    """Return `after` with people of a crew put back on the posts they had, where that is the same roster."""
    old = {(a.day, a.worker_id): a for a in before}
    crews: dict[tuple[int, str, str, tuple[str, ...]], list[Assignment]] = defaultdict(list)
    for a in after:
        profile = instance.groups_of(instance.worker_of[a.worker_id])
        crews[a.day, a.shift, a.site, profile].append(a)
    found: list[Assignment] = []
    for crew in crews.values():
        posts = [a.group for a in crew]
        others = []
        for a in crew:
            was = old.get((a.day, a.worker_id))
            if was is not None and (was.shift, was.site) == (a.shift, a.site) and was.group in posts:
                posts.remove(was.group)
                found.append(was)
            else:
                others.append(a)
        found += [a.model_copy(update={"group": group}) for a, group in zip(others, posts, strict=True)]
    return sorted_roster(found)


def changes(before: Sequence[Assignment], after: Sequence[Assignment]) -> tuple[Change, ...]:
    """Return who does something else than before, in order of day and person; another post counts too."""
    old: dict[tuple[int, str], Assignment] = {(a.day, a.worker_id): a for a in before}
    new: dict[tuple[int, str], Assignment] = {(a.day, a.worker_id): a for a in after}
    found = []
    for day, worker_id in sorted({*old, *new}):
        was, now = old.get((day, worker_id)), new.get((day, worker_id))
        if was != now:
            found.append(Change(worker_id, day, was, now))
    return tuple(found)

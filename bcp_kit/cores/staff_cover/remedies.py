"""The smallest remedy for an empty post: tried on the question itself and solved again before it is told.

A remedy is applied as a manager would: those who stand on the post stay there, and the new people join them.
Then the whole roster is decided again; the remedy counts only where the post is full, no lock is released and
no goal of posts is worse than before.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from bcp_kit.cores.staff_cover import check, rules
from bcp_kit.cores.staff_cover.explain import Roster, blockers
from bcp_kit.cores.staff_cover.instance import (
    Assignment,
    CoverInstance,
    Demand,
    Goal,
    Lock,
    LockKind,
    Waiver,
    Worker,
)
from bcp_kit.cores.staff_cover.solve import POSTS, Asked, WorkBudget, solve
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.staff import HelpOffer, HelpRoute, Qualification

MORE_PEOPLE = 3  # people beyond the missing ones that are tried when a post that comes first takes them
MOST_OWN = 4  # own people of one kind of remedy that are tried
TRAINABLE = frozenset({Qualification.SUCTION_TRAINED, Qualification.CARE_WORKER, Qualification.COOK})
WORK = WorkBudget(deterministic_s=3.0, linear_s=5.0)


class RemedyKind(StrEnum):
    """What is changed."""

    LEND = "lend"
    WAIVE = "waive"
    QUALIFY = "qualify"


class Remedy(DomainModel):
    """One change that fills one post.

    LEND: `people` with `qualification` by `route` for that one shift (`offer_id` "": nobody promised any).
    WAIVE: `rule` does not bind `worker_id`. QUALIFY: `worker_id` learns `qualification`.
    """

    kind: RemedyKind
    site: str
    day: int
    shift: str
    group: str
    people: int = 1
    qualification: Qualification | None = None
    route: HelpRoute | None = None
    offer_id: str = ""
    worker_id: str = ""
    rule: str = ""


def smallest(
    roster: Roster, demand: Demand, offers: Sequence[HelpOffer], most: int = 1, seed: int = 0
) -> tuple[Remedy, ...]:
    """Return the smallest remedies that were proven by solving again, at most `most`, fewest people first."""
    missing = sum(demand.missing(check.filled_posts(roster.assignments)[_key(demand)]).values())
    if not missing:
        return ()
    before = check.score(roster.instance, roster.assignments)
    found: list[Remedy] = []
    for remedy in _candidates(roster, demand, offers, missing):
        if found and remedy.people > found[0].people:
            break
        if fills(roster, demand, remedy, [before[g] for g in POSTS], seed):
            found.append(remedy)
            if len(found) == most:
                break
    return tuple(found)


def fills(roster: Roster, demand: Demand, remedy: Remedy, before: Sequence[int], seed: int = 0) -> bool:
    """Apply a remedy, decide the roster again, and tell whether the post is full and nothing is worse."""
    asked = applied(roster, demand, remedy)
    result = solve(asked, WORK, seed, asked=Asked(upto=Goal.OTHER))
    filled = check.filled_posts(result.assignments)[_key(demand)]
    after = [result.values[g] for g in POSTS]
    return not result.released and not any(demand.missing(filled).values()) and after <= list(before)


def _key(demand: Demand) -> tuple[str, int, str, str]:
    return (demand.site, demand.day, demand.shift, demand.group)


def applied(roster: Roster, demand: Demand, remedy: Remedy) -> CoverInstance:
    """Return the question with the remedy in it, and those who stand on the shift held there."""
    instance = roster.instance
    here = (demand.site, demand.day, demand.shift)
    stay = [a.worker_id for a in roster.assignments if (a.site, a.day, a.shift) == here]
    workers, waivers, joins = list(instance.workers), list(instance.waivers), [remedy.worker_id]
    if remedy.kind is RemedyKind.LEND:
        lent = [_lent(remedy, number) for number in range(1, remedy.people + 1)]
        workers, joins = [*workers, *lent], [w.id for w in lent]
    elif remedy.kind is RemedyKind.WAIVE:
        waivers.append(Waiver(rule=remedy.rule, worker_id=remedy.worker_id))
    else:
        workers = [_trained(w, remedy) if w.id == remedy.worker_id else w for w in workers]
    held = {(k.worker_id, k.day) for k in instance.locks}
    locks = [
        Lock(worker_id=worker_id, day=demand.day, kind=LockKind.WORKS, shift=demand.shift)
        for worker_id in dict.fromkeys([*stay, *joins])
        if (worker_id, demand.day) not in held
    ]
    return instance.changed(workers=tuple(workers), waivers=tuple(waivers), locks=(*instance.locks, *locks))


def _lent(remedy: Remedy, number: int) -> Worker:
    """One person for that one shift, who brings their own bed."""
    return Worker(
        id=f"lent#{number}",
        home=remedy.site,
        qualifications=frozenset({remedy.qualification} if remedy.qualification else ()),
        available={remedy.day: (remedy.shift,)},
        route=remedy.route,
        offer_id=remedy.offer_id or "lent",
    )


def _trained(worker: Worker, remedy: Remedy) -> Worker:
    more = frozenset({remedy.qualification} if remedy.qualification else ())
    return worker.model_copy(update={"qualifications": worker.qualifications | more})


def _candidates(
    roster: Roster, demand: Demand, offers: Sequence[HelpOffer], missing: int
) -> Iterator[Remedy]:
    """Yield remedies, fewest people first; of as many: lent, own people with a waiver, own training."""
    if missing == 1:
        yield from _lend(roster, demand, offers, 1)
        yield from _waivers(roster, demand)
        yield from _training(roster, demand)
    for people in range(max(2, missing), missing + MORE_PEOPLE + 1):
        yield from _lend(roster, demand, offers, people)


def _at(demand: Demand, kind: RemedyKind) -> Remedy:
    return Remedy(kind=kind, site=demand.site, day=demand.day, shift=demand.shift, group=demand.group)


def _lend(roster: Roster, demand: Demand, offers: Sequence[HelpOffer], people: int) -> Iterator[Remedy]:
    """Yield one for each fitting qualification: promised ones first, else a partner to find."""
    group = roster.instance.group_of[demand.group]
    fitting = [o for o in offers if o.facility_id == demand.site and group.may_fill((o.qualification,))]
    fitting.sort(key=lambda o: (check.ROUTE_RANK[o.route], o.qualification not in group.qualified, o.id))
    promised = {o.qualification: o for o in reversed(fitting)}
    for qualification in (*dict.fromkeys(o.qualification for o in fitting), *sorted(group.qualified)):
        offer = promised.get(qualification)
        change = {
            "people": people,
            "qualification": qualification,
            "route": offer.route if offer else HelpRoute.PARTNER,
            "offer_id": offer.id if offer else "",
        }
        if offer or qualification not in promised:
            yield _at(demand, RemedyKind.LEND).model_copy(update=change)


def _own(roster: Roster, demand: Demand) -> Iterator[tuple[Worker, tuple[str, ...]]]:
    for worker in roster.instance.workers:
        if worker.route is None and worker.home == demand.site:
            yield worker, blockers(roster, worker, demand)


def _waivers(roster: Roster, demand: Demand) -> Iterator[Remedy]:
    """Yield own people whom exactly one rule keeps away that somebody may waive."""
    found = 0
    for worker, broken in _own(roster, demand):
        if len(broken) == 1 and broken[0] in rules.WAIVABLE and found < MOST_OWN:
            found += 1
            change = {"worker_id": worker.id, "rule": broken[0]}
            yield _at(demand, RemedyKind.WAIVE).model_copy(update=change)


def _training(roster: Roster, demand: Demand) -> Iterator[Remedy]:
    """Yield own people who could stand there after a course (no state examination can be sat in days)."""
    courses = sorted(roster.instance.group_of[demand.group].qualified & TRAINABLE)
    free = [w for w, broken in _own(roster, demand) if broken == (rules.QUALIFIED,)]
    for worker in free[:MOST_OWN] if courses else ():
        change = {"worker_id": worker.id, "qualification": courses[0]}
        yield _at(demand, RemedyKind.QUALIFY).model_copy(update=change)


def breaks_without(
    instance: CoverInstance, assignments: Sequence[Assignment], worker_id: str, seed: int = 0
) -> int:
    """Return how many more life-keeping heads are missing when one person falls out for good, solved again.

    0 where the others can take over all that keeps people alive. The answer is exact where the solver proves
    it, else an upper bound.
    """
    before = check.score(instance, assignments)[Goal.LIFE]
    without = tuple(w for w in instance.workers if w.id != worker_id)
    asked = instance.changed(
        workers=without,
        waivers=tuple(w for w in instance.waivers if w.worker_id != worker_id),
        locks=tuple(k for k in instance.locks if k.worker_id != worker_id),
    )
    start = tuple(a for a in assignments if a.worker_id != worker_id)
    result = solve(asked, WORK, seed, asked=Asked(start=start, upto=Goal.LIFE))
    return result.values[Goal.LIFE] - before

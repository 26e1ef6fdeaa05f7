"""Solver-free specification of staff cover: which rules a roster breaks, and what each goal counts.

Written before the model and sharing nothing with it. It runs on every answer in production.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bcp_kit.cores.staff_cover import rules
from bcp_kit.cores.staff_cover.instance import (
    DAY_MIN,
    WEEK_DAYS,
    Assignment,
    CoverInstance,
    Goal,
    Tier,
    Worker,
)
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.staff import HelpRoute

AWAY_RANK = 1
ROUTE_RANK = {
    HelpRoute.SISTER_SITE: 2,
    HelpRoute.PARTNER: 3,
    HelpRoute.PREFECTURE: 4,
    HelpRoute.DWAT: 5,
}


class Violation(DomainModel):
    """One broken rule, and where: `worker_id` is empty when a post and not a person breaks it."""

    rule: str
    worker_id: str = ""
    site: str = ""
    day: int = -1
    shift: str = ""


def _at(rule: str, assignment: Assignment) -> Violation:
    return Violation(
        rule=rule,
        worker_id=assignment.worker_id,
        site=assignment.site,
        day=assignment.day,
        shift=assignment.shift,
    )


def by_worker(assignments: Iterable[Assignment]) -> dict[str, list[Assignment]]:
    """Return the assignments of each worker in order of day."""
    found: dict[str, list[Assignment]] = defaultdict(list)
    for assignment in sorted(assignments, key=lambda a: (a.day, a.shift, a.site, a.group)):
        found[assignment.worker_id].append(assignment)
    return dict(found)


def _one_shift(instance: CoverInstance, worker: Worker, own: Sequence[Assignment]) -> Iterator[Violation]:
    del instance, worker
    seen: set[int] = set()
    for assignment in own:
        if assignment.day in seen:
            yield _at(rules.ONE_SHIFT, assignment)
        seen.add(assignment.day)


def _qualified(instance: CoverInstance, worker: Worker, own: Sequence[Assignment]) -> Iterator[Violation]:
    for assignment in own:
        if not instance.may_fill(worker, assignment.group):
            yield _at(rules.QUALIFIED, assignment)


def _present(instance: CoverInstance, worker: Worker, own: Sequence[Assignment]) -> Iterator[Violation]:
    del instance
    for assignment in own:
        if not worker.is_present(assignment.day, assignment.shift):
            yield _at(rules.PRESENT, assignment)


def _night_ok(instance: CoverInstance, worker: Worker, own: Sequence[Assignment]) -> Iterator[Violation]:
    if worker.night_ok:
        return
    for assignment in own:
        if instance.shift_of[assignment.shift].night:
            yield _at(rules.NIGHT_OK, assignment)


def _rest(instance: CoverInstance, worker: Worker, own: Sequence[Assignment]) -> Iterator[Violation]:
    free_from = worker.free_from_min
    for assignment in sorted(own, key=lambda a: (a.day, instance.shift_of[a.shift].start_min)):
        shift = instance.shift_of[assignment.shift]
        start = assignment.day * DAY_MIN + shift.start_min
        if free_from is not None and start < free_from + instance.limits.rest_min:
            yield _at(rules.REST, assignment)
        free_from = assignment.day * DAY_MIN + shift.end_min


def _runs(days: Iterable[int], before: int, most: int) -> Iterator[int]:
    """Yield each day on which a run of days in a row is longer than `most`; `before` days precede day 0."""
    length, last = before, -1
    for day in sorted(set(days)):
        length = length + 1 if day == last + 1 else 1
        last = day
        if length > most:
            yield day


def _consecutive_days(
    instance: CoverInstance, worker: Worker, own: Sequence[Assignment]
) -> Iterator[Violation]:
    days = {a.day: a for a in own}
    for day in _runs(days, worker.days_before, instance.limits.consecutive_days):
        yield _at(rules.CONSECUTIVE_DAYS, days[day])


def _consecutive_nights(
    instance: CoverInstance, worker: Worker, own: Sequence[Assignment]
) -> Iterator[Violation]:
    nights = {a.day: a for a in own if instance.shift_of[a.shift].night}
    for day in _runs(nights, worker.nights_before, instance.limits.consecutive_nights):
        yield _at(rules.CONSECUTIVE_NIGHTS, nights[day])


def week_minutes(instance: CoverInstance, own: Iterable[Assignment]) -> dict[int, int]:
    """Return minutes at work by block of seven days."""
    minutes: dict[int, int] = defaultdict(int)
    for assignment in own:
        minutes[assignment.day // WEEK_DAYS] += instance.shift_of[assignment.shift].work_min
    return dict(minutes)


def _week_hours(instance: CoverInstance, worker: Worker, own: Sequence[Assignment]) -> Iterator[Violation]:
    most = worker.week_min + instance.limits.overtime_week_min
    for week, minutes in week_minutes(instance, own).items():
        if minutes > most:
            last = max((a for a in own if a.day // WEEK_DAYS == week), key=lambda a: a.day)
            yield _at(rules.WEEK_HOURS, last)


def _month_hours(instance: CoverInstance, worker: Worker, own: Sequence[Assignment]) -> Iterator[Violation]:
    """Minutes beyond the contract, with those of the four weeks before, stay within the month's limit."""
    most = instance.limits.overtime_month_min
    if most is None or not own:
        return
    over = overload_min(instance, worker, own)
    if over and worker.overtime_before_min + over > most:
        yield _at(rules.MONTH_HOURS, max(own, key=lambda a: a.day))


def _locked_out(instance: CoverInstance, worker: Worker, own: Sequence[Assignment]) -> Iterator[Violation]:
    for assignment in own:
        if not instance.locked_out.isdisjoint(
            {(worker.id, assignment.day, assignment.shift), (worker.id, assignment.day, "")}
        ):
            yield _at(rules.LOCKED, assignment)


def _travel(instance: CoverInstance, worker: Worker, own: Sequence[Assignment]) -> Iterator[Violation]:
    first = instance.travel_from_day
    for assignment in own:
        away = assignment.site != worker.home
        if away and (worker.route is not None or first is None or assignment.day < first):
            yield _at(rules.TRAVEL, assignment)


_OF_ONE_WORKER = (
    _one_shift,
    _qualified,
    _present,
    _night_ok,
    _rest,
    _consecutive_days,
    _consecutive_nights,
    _week_hours,
    _month_hours,
    _locked_out,
    _travel,
)


def worker_violations(
    instance: CoverInstance, worker: Worker, own: Sequence[Assignment]
) -> tuple[Violation, ...]:
    """Return the rules that one worker's own assignments break, waived ones left out."""
    found = [v for rule in _OF_ONE_WORKER for v in rule(instance, worker, own)]
    return tuple(v for v in found if (v.rule, worker.id) not in instance.waived)


def _newcomer_pair(instance: CoverInstance, assignments: Sequence[Assignment]) -> Iterator[Violation]:
    """At night a newcomer works beside at least one experienced member of the own staff."""
    if not instance.limits.newcomer_pair:
        return
    crews: dict[tuple[str, int, str], list[Assignment]] = defaultdict(list)
    for assignment in assignments:
        if instance.shift_of[assignment.shift].night:
            crews[assignment.site, assignment.day, assignment.shift].append(assignment)
    for crew in crews.values():
        workers = [instance.worker_of[a.worker_id] for a in crew]
        if any(is_experienced(w) for w in workers):
            continue
        for worker, assignment in zip(workers, crew, strict=True):
            if must_be_paired(instance, worker):
                yield _at(rules.NEWCOMER_PAIR, assignment)


def is_experienced(worker: Worker) -> bool:
    """Return whether a newcomer may lean on this worker at night: own staff, and no newcomer."""
    return worker.route is None and not worker.newcomer


def must_be_paired(instance: CoverInstance, worker: Worker) -> bool:
    """Return whether `worker` may work a night only beside somebody experienced."""
    waived = (rules.NEWCOMER_PAIR, worker.id) in instance.waived
    return worker.newcomer and instance.limits.newcomer_pair and not waived


def _locked_work(instance: CoverInstance, assignments: Sequence[Assignment]) -> Iterator[Violation]:
    """Whom a lock puts on a shift is on it."""
    works = {(a.worker_id, a.day, a.shift) for a in assignments}
    for lock in instance.locked_work:
        if (lock.worker_id, lock.day, lock.shift) not in works:
            yield Violation(rule=rules.LOCKED, worker_id=lock.worker_id, day=lock.day, shift=lock.shift)


def _lodging(instance: CoverInstance, assignments: Sequence[Assignment]) -> Iterator[Violation]:
    """Helpers who need a bed take one from their first day to the end of the horizon."""
    lodged: dict[str, set[str]] = defaultdict(set)
    for assignment in assignments:
        worker = instance.worker_of[assignment.worker_id]
        if worker.route is not None and worker.needs_lodging:
            lodged[worker.home].add(worker.id)
    for site in instance.sites:
        if site.lodging_places is not None and len(lodged[site.id]) > site.lodging_places:
            yield Violation(rule=rules.LODGING, site=site.id)


def _asked_posts(instance: CoverInstance, assignments: Sequence[Assignment]) -> Iterator[Violation]:
    """Nobody is put on a post that no demand asks for, nor more people than it asks for."""
    for (site, day, shift, group), people in filled_posts(assignments).items():
        demand = instance.demand_of.get((site, day, shift, group))
        if demand is None or people > demand.heads:
            yield Violation(rule=rules.ASKED_POSTS, site=site, day=day, shift=shift)


def filled_posts(assignments: Iterable[Assignment]) -> Counter[tuple[str, int, str, str]]:
    """Return how many people stand on each post (site, day, shift, group)."""
    return Counter((a.site, a.day, a.shift, a.group) for a in assignments)


def violations(instance: CoverInstance, assignments: Sequence[Assignment]) -> tuple[Violation, ...]:
    """Return every hard rule that the roster breaks; an empty tuple is a sound roster."""
    unknown = [a for a in assignments if a.worker_id not in instance.worker_of or _has_no_place(instance, a)]
    if unknown:
        return tuple(_at(rules.ASKED_POSTS, a) for a in unknown)
    found = [
        v
        for worker_id, own in by_worker(assignments).items()
        for v in worker_violations(instance, instance.worker_of[worker_id], own)
    ]
    for rule in (_newcomer_pair, _locked_work, _lodging, _asked_posts):
        found += rule(instance, assignments)
    return tuple(found)


def _has_no_place(instance: CoverInstance, assignment: Assignment) -> bool:
    return assignment.shift not in instance.shift_of or assignment.site not in instance.site_of


def missing(
    instance: CoverInstance, assignments: Sequence[Assignment]
) -> dict[tuple[str, int, str, str], dict[Tier, int]]:
    """Return the missing heads of each post by tier; posts that lack nobody are left out."""
    filled = filled_posts(assignments)
    gaps = {key: d.missing(filled[key]) for key, d in instance.demand_of.items()}
    return {key: gap for key, gap in gaps.items() if any(gap.values())}


def help_rank(worker: Worker, site: str) -> int:
    """Return the price of one shift in outside help: 0 at home, then by the order of the routes."""
    if worker.route is not None:
        return ROUTE_RANK[worker.route]
    return 0 if site == worker.home else AWAY_RANK


def load_min(instance: CoverInstance, own: Iterable[Assignment]) -> int:
    """Return the load of one person: minutes at work, those of nights counted with their weight."""
    shifts = [instance.shift_of[a.shift] for a in own]
    return sum(s.work_min * (instance.limits.night_hour_weight if s.night else 1) for s in shifts)


def overload_min(instance: CoverInstance, worker: Worker, own: Iterable[Assignment]) -> int:
    """Return the minutes beyond the person's contract, week by week."""
    return sum(max(0, minutes - worker.week_min) for minutes in week_minutes(instance, own).values())


def changed_shifts(worker: Worker, own: Iterable[Assignment]) -> int:
    """Return on how many days the person does something else than the old roster said.

    Only days count on which the person can come and an old roster is known at all.
    """
    if not worker.in_force and not worker.in_force_known:
        return 0
    now = {a.day: a.shift for a in own}
    return sum(now.get(day) != worker.in_force.get(day) for day, keys in worker.available.items() if keys)


def unmet_wishes(worker: Worker, own: Iterable[Assignment]) -> int:
    """Return on how many days the person works although they asked to be off."""
    return len(worker.wishes_off & {a.day for a in own})


def score(instance: CoverInstance, assignments: Sequence[Assignment]) -> Mapping[Goal, int]:
    """Return the value of each goal, in their strict order; all are to be small."""
    plans = by_worker(assignments)
    staff = [w for w in instance.workers if w.route is None]
    gaps = missing(instance, assignments).values()
    return {
        Goal.LIFE: sum(gap[Tier.LIFE] for gap in gaps),
        Goal.STANDARD: sum(gap[Tier.STANDARD] for gap in gaps),
        Goal.OTHER: sum(gap[Tier.OTHER] for gap in gaps),
        Goal.OUTSIDE_HELP: sum(help_rank(instance.worker_of[a.worker_id], a.site) for a in assignments),
        Goal.OVERLOAD: sum(overload_min(instance, w, plans.get(w.id, ())) for w in instance.workers),
        Goal.FAIR_SHARES: max((load_min(instance, plans.get(w.id, ())) for w in staff), default=0),
        Goal.WISHES: sum(unmet_wishes(w, plans.get(w.id, ())) for w in staff),
        Goal.CHANGE: sum(changed_shifts(w, plans.get(w.id, ())) for w in staff),
    }


def order(values: Mapping[Goal, int]) -> tuple[int, ...]:
    """Return the values as a tuple that sorts better answers first."""
    return tuple(values[goal] for goal in Goal)

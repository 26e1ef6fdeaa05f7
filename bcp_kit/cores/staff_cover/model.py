"""The CP-SAT model of staff cover: variables, and one small function per rule.

`works[worker, day, shift, place]` says who works where. A place is the person's own site, or `AWAY`: which
other site people travel to is counted per *crew* (all people who may fill the same posts are alike for that),
and so is the post on which they stand: `stands[crew][site, group]`. That keeps the model small, and any split
of a crew can be read back. Somebody sent "away" to the own site would cost more and be the same; reading back
mends it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from bcp_kit.cores.staff_cover import check, rules
from bcp_kit.cores.staff_cover.instance import (
    DAY_MIN,
    WEEK_DAYS,
    Assignment,
    CoverInstance,
    Goal,
    Lock,
    Shift,
    Tier,
    Worker,
)

AWAY = ""
Cell = tuple[int, str, str]  # day, shift, place
Profile = tuple[str, ...]
Crew = tuple[Cell, Profile, str]  # cell, posts they may fill, part in the pair of a newcomer
Expression = cp_model.LinearExprT
SENIOR, NEWCOMER, NEITHER = "senior", "newcomer", ""


@dataclass(frozen=True)
class Beside:
    """What the people who are not decided here mean for those who are, when only a part is decided.

    `seniors`: night cells in which somebody experienced stands already; `leaned`: night cells in which a
    newcomer waits for one.
    """

    seniors: frozenset[Cell] = frozenset()
    leaned: frozenset[Cell] = frozenset()


ALONE = Beside()


@dataclass
class CoverModel:
    """The model, its variables by meaning, and one expression per goal."""

    instance: CoverInstance
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    works: dict[str, dict[Cell, cp_model.IntVar]] = field(default_factory=dict)
    daily: dict[str, dict[int, list[tuple[Shift, cp_model.IntVar]]]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    stands: dict[Crew, dict[tuple[str, str], cp_model.IntVar]] = field(default_factory=dict)
    filled: dict[tuple[Cell, str], dict[Tier, cp_model.IntVar]] = field(default_factory=dict)
    lodged: dict[str, cp_model.IntVar] = field(default_factory=dict)
    over: dict[tuple[str, int], cp_model.IntVar] = field(default_factory=dict)
    kept_locks: dict[Lock, cp_model.IntVar] = field(default_factory=dict)
    heaviest: cp_model.IntVar | None = None
    goals: dict[Goal, Expression] = field(default_factory=dict)

    def cells_of(self, worker_id: str, day: int) -> Sequence[tuple[Shift, cp_model.IntVar]]:
        """Return shift and variable of everything the worker could do on `day`."""
        return self.daily[worker_id].get(day, ())

    def binds(self, rule: str, worker: Worker) -> bool:
        """Return whether `rule` binds this worker (nobody waived it)."""
        return (rule, worker.id) not in self.instance.waived

    def crew_of(self, worker: Worker, cell: Cell) -> Crew:
        """Return the crew to which `worker` belongs in `cell`."""
        return cell, self.profiles[worker.id], self.part_of(worker) if self._pairs(cell) else NEITHER

    def _pairs(self, cell: Cell) -> bool:
        """At home each newcomer has a variable; only those who travel are counted by their part."""
        at_night = self.instance.shift_of[cell[1]].night
        return cell[2] == AWAY and at_night and self.instance.limits.newcomer_pair

    def part_of(self, worker: Worker) -> str:
        """Return the part of `worker` in the rule on newcomers at night."""
        if check.is_experienced(worker):
            return SENIOR
        bound = worker.newcomer and self.binds(rules.NEWCOMER_PAIR, worker)
        return NEWCOMER if bound else NEITHER


def build(instance: CoverInstance, beside: Beside = ALONE) -> CoverModel:
    """Return the model of `instance` with all rules, without goals."""
    built = CoverModel(instance)
    _add_works(built)
    for worker in instance.workers:
        _one_shift(built, worker)
        _rest(built, worker)
        _consecutive_days(built, worker)
        _consecutive_nights(built, worker)
        _week_hours(built, worker)
        _month_hours(built, worker)
    _locked_work(built)
    _lodging(built)
    _asked_posts(built)
    _newcomer_pair(built, beside)
    return built


def _add_works(built: CoverModel) -> None:
    """One Boolean per worker and cell; the rules of one assignment alone leave out what may not be."""
    instance = built.instance
    wanted: dict[Cell, set[str]] = defaultdict(set)
    for d in instance.demands:
        if d.heads:
            wanted[d.day, d.shift, d.site].add(d.group)
    elsewhere: dict[tuple[int, str], list[tuple[str, set[str]]]] = defaultdict(list)
    for (day, shift, site), groups in wanted.items():
        elsewhere[day, shift].append((site, groups))
    for worker in instance.workers:
        profile = built.profiles[worker.id] = instance.groups_of(worker)
        cells: dict[Cell, cp_model.IntVar] = {}
        daily: dict[int, list[tuple[Shift, cp_model.IntVar]]] = defaultdict(list)
        for (day, shift), sites in elsewhere.items() if profile else ():
            if not worker.is_present(day, shift):
                continue
            for place in _places(built, worker, (day, shift), sites):
                variable = cells[day, shift, place] = built.cp.new_bool_var("")
                daily[day].append((instance.shift_of[shift], variable))
        built.works[worker.id], built.daily[worker.id] = cells, daily


def _places(
    built: CoverModel, worker: Worker, at: tuple[int, str], sites: Sequence[tuple[str, set[str]]]
) -> Iterator[str]:
    """Yield where the worker may be put, asking check.py about the one assignment alone."""
    profile, seen = built.profiles[worker.id], set()
    for site, groups in sites:
        place = site if site == worker.home else AWAY
        if place in seen or groups.isdisjoint(profile):
            continue
        alone = Assignment(worker_id=worker.id, site=site, day=at[0], shift=at[1], group=profile[0])
        seen.add(place)
        if not check.worker_violations(built.instance, worker, (alone,)):
            yield place


def _one_shift(built: CoverModel, worker: Worker) -> None:
    for cells in built.daily[worker.id].values():
        if len(cells) > 1:
            built.cp.add_at_most_one(v for _, v in cells)


def _rest(built: CoverModel, worker: Worker) -> None:
    """For each start of a day: what ends too late on the days before excludes it and every earlier start."""
    if not built.binds(rules.REST, worker):
        return
    rest = built.instance.limits.rest_min
    longest = max((s.end_min for s in built.instance.shifts), default=0) + rest
    for day, today in built.daily[worker.id].items():
        for back in range(1, longest // DAY_MIN + 1):
            before = built.cells_of(worker.id, day - back)
            for start in sorted({s.start_min for s, _ in today}):
                late = [v for s, v in before if s.end_min + rest > back * DAY_MIN + start]
                if late:
                    built.cp.add_at_most_one(late + [v for s, v in today if s.start_min <= start])


def _window(built: CoverModel, daily: Mapping[int, list[cp_model.IntVar]], most: int, before: int) -> None:
    """At most `most` of any `most` + 1 days in a row; `before` days in a row precede day 0."""
    for first in range(-before, built.instance.days - most):
        window = range(first, first + most + 1)
        past = sum(1 for day in window if day < 0)
        variables = [v for day in window for v in daily.get(day, ())]
        if len(variables) + past > most:
            built.cp.add(cp_model.LinearExpr.sum(variables) <= max(0, most - past))


def _consecutive_days(built: CoverModel, worker: Worker) -> None:
    if built.binds(rules.CONSECUTIVE_DAYS, worker):
        daily = {d: [v for _, v in built.cells_of(worker.id, d)] for d in range(built.instance.days)}
        _window(built, daily, built.instance.limits.consecutive_days, worker.days_before)


def _consecutive_nights(built: CoverModel, worker: Worker) -> None:
    if built.binds(rules.CONSECUTIVE_NIGHTS, worker):
        nightly = {
            d: [v for s, v in built.cells_of(worker.id, d) if s.night] for d in range(built.instance.days)
        }
        _window(built, nightly, built.instance.limits.consecutive_nights, worker.nights_before)


def _week_hours(built: CoverModel, worker: Worker) -> None:
    """Contract plus overtime is the limit; what exceeds the contract is counted in `over`."""
    allowed = built.instance.limits.overtime_week_min
    for week in range(built.instance.weeks):
        cells = {c: v for c, v in built.works[worker.id].items() if c[0] // WEEK_DAYS == week}
        minutes = [built.instance.shift_of[shift].work_min for _, shift, _ in cells]
        most = _most_minutes(cells, minutes)
        if most <= worker.week_min:
            continue
        slack = most - worker.week_min
        if built.binds(rules.WEEK_HOURS, worker):
            slack = min(slack, allowed)
        over = built.over[worker.id, week] = built.cp.new_int_var(0, slack, "")
        built.cp.add(
            cp_model.LinearExpr.weighted_sum(list(cells.values()), minutes) <= worker.week_min + over
        )


def _most_minutes(cells: Iterable[Cell], minutes: Sequence[int]) -> int:
    longest: dict[int, int] = {}
    for (day, _, _), length in zip(cells, minutes, strict=True):
        longest[day] = max(length, longest.get(day, 0))
    return sum(longest.values())


def _month_hours(built: CoverModel, worker: Worker) -> None:
    most = built.instance.limits.overtime_month_min
    over = [
        built.over[key] for week in range(built.instance.weeks) if (key := (worker.id, week)) in built.over
    ]
    if most is not None and over and built.binds(rules.MONTH_HOURS, worker):
        built.cp.add(cp_model.LinearExpr.sum(over) <= max(0, most - worker.overtime_before_min))


def _locked_work(built: CoverModel) -> None:
    """Each lock that puts somebody on a shift has a variable that says whether it is kept."""
    for lock in built.instance.locked_work:
        here = [v for s, v in built.cells_of(lock.worker_id, lock.day) if s.key == lock.shift]
        kept = built.kept_locks[lock] = built.cp.new_bool_var("")
        built.cp.add(cp_model.LinearExpr.sum(here) == kept)


def keep_locks(built: CoverModel) -> None:
    """Bind every lock of the instance."""
    for kept in built.kept_locks.values():
        built.cp.add(kept == 1)


def locks_kept(built: CoverModel) -> Expression:
    """Return how many locks are kept."""
    return cp_model.LinearExpr.sum(list(built.kept_locks.values()))


def _lodging(built: CoverModel) -> None:
    for site in built.instance.sites:
        guests = [
            w
            for w in built.instance.workers
            if w.route is not None and w.needs_lodging and w.home == site.id and built.works[w.id]
        ]
        if site.lodging_places is None or len(guests) <= site.lodging_places:
            continue
        for guest in guests:
            lodged = built.lodged[guest.id] = built.cp.new_bool_var("")
            for variable in built.works[guest.id].values():
                built.cp.add(variable <= lodged)
        beds = [built.lodged[g.id] for g in guests]
        built.cp.add(cp_model.LinearExpr.sum(beds) <= site.lodging_places)


def _asked_posts(built: CoverModel) -> None:
    """Everybody at work stands on an asked post, and no post holds more people than it asks for."""
    instance = built.instance
    crews: dict[Crew, list[cp_model.IntVar]] = defaultdict(list)
    for worker in instance.workers:
        for cell, variable in built.works[worker.id].items():
            crews[built.crew_of(worker, cell)].append(variable)
    sites_of: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    for d in instance.demands:
        sites_of[d.day, d.shift][d.site] = None
    on_post: dict[tuple[Cell, str], list[cp_model.IntVar]] = defaultdict(list)
    for ((day, shift, place), profile, part), crew in crews.items():
        stands = {}
        for site in sites_of[day, shift] if place == AWAY else (place,):
            for group in profile:
                demand = instance.demand_of.get((site, day, shift, group))
                if demand and demand.heads:
                    stands[site, group] = built.cp.new_int_var(0, min(len(crew), demand.heads), "")
                    on_post[(day, shift, site), group].append(stands[site, group])
        built.stands[(day, shift, place), profile, part] = stands
        built.cp.add(cp_model.LinearExpr.sum(crew) == cp_model.LinearExpr.sum(list(stands.values())))
    for key, people in on_post.items():
        built.filled[key] = _filled(built, key, people)


def _filled(
    built: CoverModel, key: tuple[Cell, str], people: Sequence[cp_model.IntVar]
) -> dict[Tier, cp_model.IntVar]:
    (day, shift, site), group = key
    demand = built.instance.demand_of[site, day, shift, group]
    asked = {Tier.LIFE: demand.life, Tier.STANDARD: demand.standard, Tier.OTHER: demand.other}
    tiers = {tier: built.cp.new_int_var(0, heads, "") for tier, heads in asked.items() if heads}
    built.cp.add(cp_model.LinearExpr.sum(people) == cp_model.LinearExpr.sum(list(tiers.values())))
    return tiers


def _newcomer_pair(built: CoverModel, beside: Beside) -> None:
    """In each night cell, newcomers stand beside at least one experienced person."""
    if not built.instance.limits.newcomer_pair:
        return
    seniors: dict[Cell, list[cp_model.IntVar]] = defaultdict(list)
    newcomers: dict[Cell, list[cp_model.IntVar]] = defaultdict(list)
    for cell, part, people in _parts_at_night(built):
        if part == SENIOR:
            seniors[cell].append(people)
        elif part == NEWCOMER:
            newcomers[cell].append(people)
    for cell, found in newcomers.items():
        if cell not in beside.seniors:
            for people in found:
                most = list(people.proto.domain)[-1]
                built.cp.add(people <= most * cp_model.LinearExpr.sum(seniors[cell]))
    for cell in beside.leaned:
        built.cp.add(cp_model.LinearExpr.sum(seniors[cell]) >= 1)


def _parts_at_night(built: CoverModel) -> Iterator[tuple[Cell, str, cp_model.IntVar]]:
    """Yield, for each night and site, who may come (one at home, a count from away) and their part."""
    for worker in built.instance.workers:
        for cell, variable in built.works[worker.id].items():
            if cell[2] != AWAY and built.instance.shift_of[cell[1]].night:
                yield cell, built.part_of(worker), variable
    for ((day, shift, place), _, part), stands in built.stands.items():
        if place == AWAY and built.instance.shift_of[shift].night:
            for (site, _), count in stands.items():
                yield (day, shift, site), part, count

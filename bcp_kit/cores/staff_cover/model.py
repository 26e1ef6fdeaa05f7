"""The CP-SAT model of staff cover: variables, one small function per rule, one expression per goal.

`works[worker, day, shift, site]` says who works where. Which post they stand on is counted per *profile* (all
workers who may fill the same post groups are alike for that), not per person: `stands[profile, group, …]`.
That keeps the model small, and any split of a profile over its groups can be read back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model

from bcp_kit.cores.staff_cover import check, rules
from bcp_kit.cores.staff_cover.instance import (
    DAY_MIN,
    WEEK_DAYS,
    Assignment,
    CoverInstance,
    Goal,
    Shift,
    Tier,
    Worker,
)

Cell = tuple[int, str, str]  # day, shift, site
Profile = tuple[str, ...]
Expression = cp_model.LinearExprT
INFINITE = 10**15


@dataclass
class CoverModel:
    """The model, its variables by meaning, and one expression per goal."""

    instance: CoverInstance
    cp: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    works: dict[str, dict[Cell, cp_model.IntVar]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    stands: dict[tuple[Cell, Profile], dict[str, cp_model.IntVar]] = field(default_factory=dict)
    filled: dict[tuple[Cell, str], dict[Tier, cp_model.IntVar]] = field(default_factory=dict)
    lodged: dict[str, cp_model.IntVar] = field(default_factory=dict)
    over: dict[tuple[str, int], cp_model.IntVar] = field(default_factory=dict)
    heaviest: cp_model.IntVar | None = None
    goals: dict[Goal, Expression] = field(default_factory=dict)

    def cells_of(self, worker_id: str, day: int) -> Iterator[tuple[Shift, cp_model.IntVar]]:
        """Yield shift and variable of everything the worker could do on `day`."""
        for (at, shift, _site), variable in self.works[worker_id].items():
            if at == day:
                yield self.instance.shift_of[shift], variable

    def binds(self, rule: str, worker: Worker) -> bool:
        """Return whether `rule` binds this worker (nobody waived it)."""
        return (rule, worker.id) not in self.instance.waived


def build(instance: CoverInstance) -> CoverModel:
    """Return the model of `instance` with all rules and goals, without an objective."""
    built = CoverModel(instance)
    _add_works(built)
    for worker in instance.workers:
        _one_shift(built, worker)
        _rest(built, worker)
        _consecutive_days(built, worker)
        _consecutive_nights(built, worker)
        _week_hours(built, worker)
    _newcomer_pair(built)
    _lodging(built)
    _asked_posts(built)
    _add_goals(built)
    return built


def _add_works(built: CoverModel) -> None:
    """One Boolean per worker and cell; qualified, present, night_ok and travel leave out what may not be."""
    instance = built.instance
    wanted: dict[Cell, set[str]] = defaultdict(set)
    for d in instance.demands:
        if d.heads:
            wanted[d.day, d.shift, d.site].add(d.group)
    for worker in instance.workers:
        groups = instance.groups_of(worker)
        built.profiles[worker.id] = groups
        built.works[worker.id] = {
            cell: built.cp.new_bool_var("")
            for cell, asked in wanted.items()
            if not asked.isdisjoint(groups) and _may_work(built, worker, cell)
        }


def _may_work(built: CoverModel, worker: Worker, cell: Cell) -> bool:
    """The rules of one assignment alone are those of check.py, applied to it."""
    day, shift, site = cell
    group = built.profiles[worker.id][0]
    alone = Assignment(worker_id=worker.id, site=site, day=day, shift=shift, group=group)
    return worker.is_present(day, shift) and not check.worker_violations(built.instance, worker, (alone,))


def _one_shift(built: CoverModel, worker: Worker) -> None:
    for day in range(built.instance.days):
        built.cp.add_at_most_one(v for _, v in built.cells_of(worker.id, day))


def _rest(built: CoverModel, worker: Worker) -> None:
    """For each start on the next day: what ends too late today excludes it and every earlier start."""
    if not built.binds(rules.REST, worker):
        return
    rest = built.instance.limits.rest_min
    for day in range(1, built.instance.days):
        today = list(built.cells_of(worker.id, day))
        before = list(built.cells_of(worker.id, day - 1))
        for start in sorted({s.start_min for s, _ in today}):
            late = [v for s, v in before if s.end_min + rest > DAY_MIN + start]
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


def _newcomer_pair(built: CoverModel) -> None:
    if not built.instance.limits.newcomer_pair:
        return
    seniors: dict[Cell, list[cp_model.IntVar]] = defaultdict(list)
    for worker in built.instance.workers:
        if check.is_experienced(worker):
            for cell, variable in built.works[worker.id].items():
                seniors[cell].append(variable)
    for worker in built.instance.workers:
        if worker.newcomer and built.binds(rules.NEWCOMER_PAIR, worker):
            for cell, variable in built.works[worker.id].items():
                if built.instance.shift_of[cell[1]].night:
                    built.cp.add(variable <= cp_model.LinearExpr.sum(seniors[cell]))


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
    crews: dict[tuple[Cell, Profile], list[cp_model.IntVar]] = defaultdict(list)
    for worker_id, cells in built.works.items():
        for cell, variable in cells.items():
            crews[cell, built.profiles[worker_id]].append(variable)
    on_post: dict[tuple[Cell, str], list[cp_model.IntVar]] = defaultdict(list)
    for (cell, profile), crew in crews.items():
        stands = {}
        for group in profile:
            demand = built.instance.demand_of.get((cell[2], cell[0], cell[1], group))
            if demand and demand.heads:
                most = min(len(crew), demand.heads)
                stands[group] = built.cp.new_int_var(0, most, "")
                on_post[cell, group].append(stands[group])
        built.stands[cell, profile] = stands
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


def _add_goals(built: CoverModel) -> None:
    for goal, tier in ((Goal.LIFE, Tier.LIFE), (Goal.STANDARD, Tier.STANDARD), (Goal.OTHER, Tier.OTHER)):
        asked = sum(int(getattr(d, tier.value)) for d in built.instance.demands)
        covered = [tiers[tier] for tiers in built.filled.values() if tier in tiers]
        built.goals[goal] = asked - cp_model.LinearExpr.sum(covered)
    built.goals[Goal.OUTSIDE_HELP] = _outside_help(built)
    built.goals[Goal.OVERLOAD] = cp_model.LinearExpr.sum(list(built.over.values()))
    built.goals[Goal.FAIR_SHARES] = _heaviest(built)
    built.goals[Goal.CHANGE] = _changes(built)


def _outside_help(built: CoverModel) -> Expression:
    terms: list[cp_model.IntVar] = []
    ranks: list[int] = []
    for worker in built.instance.workers:
        for (_, _, site), variable in built.works[worker.id].items():
            rank = check.help_rank(worker, site)
            if rank:
                terms.append(variable)
                ranks.append(rank)
    return cp_model.LinearExpr.weighted_sum(terms, ranks)


def _heaviest(built: CoverModel) -> Expression:
    weight = built.instance.limits.night_hour_weight
    longest = max((s.work_min for s in built.instance.shifts), default=0) * weight * built.instance.days
    heaviest = built.heaviest = built.cp.new_int_var(0, longest, "")
    for worker in built.instance.workers:
        cells = built.works[worker.id]
        if worker.route is None and cells:
            shifts = [built.instance.shift_of[shift] for _, shift, _ in cells]
            loads = [s.work_min * (weight if s.night else 1) for s in shifts]
            built.cp.add(cp_model.LinearExpr.weighted_sum(list(cells.values()), loads) <= heaviest)
    return heaviest


def _changes(built: CoverModel) -> Expression:
    """A day counts once: 1 − kept where the old roster had a shift, else 1 for any shift."""
    changes: list[Expression] = []
    for worker in built.instance.workers:
        if worker.route is not None or not worker.in_force:
            continue
        for day, keys in worker.available.items():
            if not keys:
                continue
            old = worker.in_force.get(day)
            same = [v for s, v in built.cells_of(worker.id, day) if s.key == old]
            anything = [v for _, v in built.cells_of(worker.id, day)]
            if old is None:
                changes.append(cp_model.LinearExpr.sum(anything))
            else:
                changes.append(1 - cp_model.LinearExpr.sum(same))
    return cp_model.LinearExpr.sum(changes)


def read_back(built: CoverModel, value: Callable[[cp_model.IntVar], int]) -> tuple[Assignment, ...]:
    """Return the roster of a solution: workers of a profile are put on its posts in order of their ids."""
    crews: dict[tuple[Cell, Profile], list[str]] = defaultdict(list)
    for worker_id, cells in built.works.items():
        for cell, variable in cells.items():
            if value(variable):
                crews[cell, built.profiles[worker_id]].append(worker_id)
    found = []
    for (cell, profile), crew in crews.items():
        stands = built.stands[cell, profile]
        posts = [group for group, count in stands.items() for _ in range(value(count))]
        for worker_id, group in zip(sorted(crew), posts, strict=True):
            day, shift, site = cell
            found.append(Assignment(worker_id=worker_id, site=site, day=day, shift=shift, group=group))
    return tuple(sorted(found, key=lambda a: (a.day, a.shift, a.site, a.group, a.worker_id)))


def hint(built: CoverModel, assignments: Sequence[Assignment]) -> None:
    """Hand the solver a complete start: every variable gets the value it has in `assignments`."""
    cp, instance = built.cp, built.instance
    cp.clear_hints()  # type: ignore[no-untyped-call]
    at_work = {(a.worker_id, (a.day, a.shift, a.site)) for a in assignments}
    for worker_id, cells in built.works.items():
        for cell, variable in cells.items():
            cp.add_hint(variable, (worker_id, cell) in at_work)
    standing: dict[tuple[Cell, Profile, str], int] = defaultdict(int)
    for a in assignments:
        standing[(a.day, a.shift, a.site), built.profiles[a.worker_id], a.group] += 1
    for (cell, profile), stands in built.stands.items():
        for group, variable in stands.items():
            cp.add_hint(variable, standing[cell, profile, group])
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
    if built.heaviest is not None:
        staff = [w for w in instance.workers if w.route is None]
        loads = [check.load_min(instance, plans.get(w.id, ())) for w in staff]
        built.cp.add_hint(built.heaviest, max(loads, default=0))


def as_linear(
    built: CoverModel, whole: bool = True
) -> tuple[model_builder.Model, list[model_builder.Variable]]:
    """Return the same model, with its objective, for a linear solver, and its variables by index.

    The model consists of linear constraints and at-most-ones only, so nothing is lost. Without `whole` the
    variables may be fractions: the value of that relaxation is a bound.
    """
    proto = built.cp.proto
    linear = model_builder.Model()  # type: ignore[no-untyped-call]
    variables = []
    for variable in proto.variables:
        domain = list(variable.domain)
        variables.append(linear.new_var(domain[0], domain[-1], whole, ""))
    for constraint in proto.constraints:
        if constraint.has_at_most_one():
            literals = list(constraint.at_most_one.literals)
            linear.add(model_builder.LinearExpr.sum([variables[i] for i in literals]) <= 1)
            continue
        row = constraint.linear
        terms = [variables[i] for i in list(row.vars)]
        domain = list(row.domain)
        low, high = _bound(domain[0]), _bound(domain[-1])
        linear.add_linear_constraint(
            model_builder.LinearExpr.weighted_sum(terms, list(row.coeffs)), low, high
        )
    goal = proto.objective
    terms = [variables[i] for i in list(goal.vars)]
    linear.minimize(model_builder.LinearExpr.weighted_sum(terms, list(goal.coeffs)) + goal.offset)
    return linear, variables


def _bound(limit: int) -> float:
    """CP-SAT writes "no limit" as a number near the end of 64 bits."""
    return limit if abs(limit) < INFINITE else (inf if limit > 0 else -inf)

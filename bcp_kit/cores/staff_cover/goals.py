"""One expression per goal of staff cover, in their strict order; each counts what check.py counts."""

from ortools.sat.python import cp_model

from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.instance import Goal, Tier, Worker
from bcp_kit.cores.staff_cover.model import AWAY, CoverModel, Expression


def add_goals(built: CoverModel) -> None:
    """Add the expressions of all goals, without an objective."""
    for goal, tier in ((Goal.LIFE, Tier.LIFE), (Goal.STANDARD, Tier.STANDARD), (Goal.OTHER, Tier.OTHER)):
        asked = sum(int(getattr(d, tier.value)) for d in built.instance.demands)
        covered = [tiers[tier] for tiers in built.filled.values() if tier in tiers]
        built.goals[goal] = asked - cp_model.LinearExpr.sum(covered)
    built.goals[Goal.OUTSIDE_HELP] = _outside_help(built)
    built.goals[Goal.OVERLOAD] = cp_model.LinearExpr.sum(list(built.over.values()))
    built.goals[Goal.FAIR_SHARES] = _heaviest(built)
    built.goals[Goal.WISHES] = _wishes(built)
    built.goals[Goal.CHANGE] = _changes(built)


def _own_staff(built: CoverModel) -> list[Worker]:
    return [w for w in built.instance.workers if w.route is None and built.works[w.id]]


def _outside_help(built: CoverModel) -> Expression:
    terms: list[cp_model.IntVar] = []
    ranks: list[int] = []
    for worker in built.instance.workers:
        for (_, _, place), variable in built.works[worker.id].items():
            rank = check.help_rank(worker, place)
            if place == AWAY or rank:
                terms.append(variable)
                ranks.append(rank)
    return cp_model.LinearExpr.weighted_sum(terms, ranks)


def load_of(built: CoverModel, worker: Worker) -> Expression:
    """Return the load of one person in minutes, nights with their weight."""
    cells, weight = built.works[worker.id], built.instance.limits.night_hour_weight
    shifts = [built.instance.shift_of[shift] for _, shift, _ in cells]
    loads = [s.work_min * (weight if s.night else 1) for s in shifts]
    return cp_model.LinearExpr.weighted_sum(list(cells.values()), loads)


def most_load(built: CoverModel) -> int:
    """Return a load that nobody can exceed."""
    longest = max((s.work_min for s in built.instance.shifts), default=0)
    return longest * built.instance.limits.night_hour_weight * built.instance.days


def _heaviest(built: CoverModel) -> Expression:
    heaviest = built.heaviest = built.cp.new_int_var(0, most_load(built), "")
    for worker in _own_staff(built):
        built.cp.add(load_of(built, worker) <= heaviest)
    return heaviest


def excess(built: CoverModel, target: int) -> Expression:
    """Return the minutes of load beyond `target`, over all own staff."""
    beyond = []
    for worker in _own_staff(built):
        over = built.cp.new_int_var(0, most_load(built), "")
        built.cp.add(load_of(built, worker) <= target + over)
        beyond.append(over)
    return cp_model.LinearExpr.sum(beyond)


def _wishes(built: CoverModel) -> Expression:
    return cp_model.LinearExpr.sum(
        [v for w in _own_staff(built) for day in w.wishes_off for _, v in built.cells_of(w.id, day)]
    )


def _changes(built: CoverModel) -> Expression:
    """A day counts once: 1 − kept where the old roster had a shift, else 1 for any shift."""
    changes: list[Expression] = []
    for worker in built.instance.workers:
        if worker.route is not None or not (worker.in_force or worker.in_force_known):
            continue
        for day, keys in worker.available.items():
            if not keys:
                continue
            old = worker.in_force.get(day)
            here = built.cells_of(worker.id, day)
            if old is None:
                changes.append(cp_model.LinearExpr.sum([v for _, v in here]))
            else:
                changes.append(1 - cp_model.LinearExpr.sum([v for s, v in here if s.key == old]))
    return cp_model.LinearExpr.sum(changes)

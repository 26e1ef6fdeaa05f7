"""Solve staff cover goal by goal in strict order, each with its value, its proven bound and its status.

The answer is the same, byte for byte, for the same instance, seed and `deterministic_s` with one worker,
unless a wall-clock limit ended a search: then `repeatable` is False. The checker runs on every answer.
"""

from enum import StrEnum
from importlib.metadata import version

from ortools.sat.python import cp_model

from bcp_kit.cores.staff_cover import check, model
from bcp_kit.cores.staff_cover.greedy import greedy
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, CoverResult, Goal, Lock
from bcp_kit.cores.staff_cover.reading import read_back
from bcp_kit.cores.staff_cover.search import Search, Stage, WorkBudget
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.progress import Progress, silent

__all__ = ["Asked", "Preference", "WorkBudget", "order_of", "solve"]
LOCKS_S = 20.0  # deterministic seconds for finding which locks can be kept together


class Preference(StrEnum):
    """Which goal comes first once all posts that can be filled are filled."""

    OUTSIDE_HELP = "least_outside_help"
    OVERLOAD = "least_overload"
    CHANGE = "least_change"


POSTS = (Goal.LIFE, Goal.STANDARD, Goal.OTHER)
FIRST = {
    Preference.OUTSIDE_HELP: (Goal.OUTSIDE_HELP,),
    Preference.OVERLOAD: (Goal.OVERLOAD, Goal.FAIR_SHARES),
    Preference.CHANGE: (Goal.OUTSIDE_HELP, Goal.CHANGE),
}


class Asked(DomainModel):
    """How to solve: which preference, a roster to start from where one is known, the last goal to work on.

    Goals after `upto` are counted and not worked on; gap and status leave them out.
    """

    preference: Preference = Preference.OUTSIDE_HELP
    start: tuple[Assignment, ...] | None = None
    upto: Goal | None = None


def order_of(preference: Preference) -> tuple[Goal, ...]:
    """Return the goals in the order of a preference: posts, what is preferred, then all others as usual."""
    return tuple(dict.fromkeys((*POSTS, *FIRST[preference], *Goal)))


def solve(
    instance: CoverInstance,
    budget: WorkBudget | None = None,
    seed: int = 0,
    progress: Progress = silent,
    asked: Asked | None = None,
) -> CoverResult:
    """Return the best roster found, with each goal's value and proven bound.

    `asked` prefers another order of goals, or hands over a roster to start from.

    The status is OPTIMAL only when every goal is proven; STOPPED when `progress` asked to stop; GREEDY when
    the solver gave nothing. It is never INFEASIBLE: what cannot be covered is counted, not forbidden, and
    locks that cannot be kept together are released and named.
    """
    budget, asked = budget or WorkBudget(), asked or Asked()
    released, start = keepable(instance)
    if asked.start is not None and not check.violations(instance, asked.start):
        start = asked.start
    goals = order_of(asked.preference)
    if asked.upto is not None:
        goals = goals[: goals.index(asked.upto) + 1]
    kept = instance.changed(locks=tuple(k for k in instance.locks if k not in released))
    search = Search(
        instance=kept,
        budget=budget,
        seed=seed,
        progress=progress,
        best=start,
        left_s=budget.deterministic_s,
        goals=goals,
        steady=asked.start is not None,
    )
    bounds = dict.fromkeys(Goal, 0)
    for number, goal in enumerate(goals):
        stage = Stage(search, goal, number)
        search.stopped = search.stopped or not stage.report()
        if search.score()[goal] > 0 and not search.stopped:
            bounds[goal] = stage.prove()
        search.built.cp.add(search.built.goals[goal] <= search.score()[goal])
    progress(1.0, "cover.stage.done")
    return _result(search, bounds, released)


def keepable(instance: CoverInstance) -> tuple[tuple[Lock, ...], tuple[Assignment, ...]]:
    """Return the fewest locks to release so that the rest can be kept, and a roster to start from."""
    if not instance.locked_work:
        return (), greedy(instance)
    built = model.build(instance)
    built.cp.maximize(model.locks_kept(built))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = LOCKS_S
    status = solver.solve(built.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return instance.locked_work, greedy(instance)
    released = tuple(lock for lock, kept in built.kept_locks.items() if not solver.value(kept))
    return released, read_back(built, solver.value)


def _result(search: Search, bounds: dict[Goal, int], released: tuple[Lock, ...]) -> CoverResult:
    values = search.score()
    gap = max((values[g] - bounds[g]) / max(values[g], 1) for g in search.goals)
    return CoverResult(
        status=_status(search, gap),
        assignments=search.best,
        values=values,
        bounds=bounds,
        gap=gap,
        seed=search.seed,
        repeatable=search.repeatable and not search.stopped and search.budget.workers == 1,
        software=f"ortools {version('ortools')}",
        released=released,
    )


def _status(search: Search, gap: float) -> SolveStatus:
    if gap <= 0:
        return SolveStatus.OPTIMAL
    if search.stopped:
        return SolveStatus.STOPPED
    return SolveStatus.FEASIBLE if search.from_solver else SolveStatus.GREEDY

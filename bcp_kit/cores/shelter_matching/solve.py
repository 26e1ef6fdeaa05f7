"""Solve one stage: goal by goal in strict order, each with a value and a proven bound.

For every goal: a bound that needs no search, often enough; else prices, columns chosen by profit, the
relaxation over them, and whole-number models that start from the best answer so far. Nothing is accepted
that is worse or breaks a rule.
"""

from collections.abc import Callable
from importlib.metadata import version

from bcp_kit.cores.shelter_matching.bounds import first_bound, loosest_bound
from bcp_kit.cores.shelter_matching.check import Places
from bcp_kit.cores.shelter_matching.greedy import greedy, returned
from bcp_kit.cores.shelter_matching.improve import improve
from bcp_kit.cores.shelter_matching.instance import GoalValue, Instance, Result
from bcp_kit.cores.shelter_matching.search import Search
from bcp_kit.cores.shelter_matching.tables import build
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.progress import Progress, keeper, silent

SOLVER_FAILURES = (RuntimeError, ValueError, ArithmeticError)
DEFAULT_WORK = 15.0  # deterministic time of the whole-number models; a unit is one to two seconds


def solve(
    instance: Instance,
    limit: float = DEFAULT_WORK,
    seed: int = 0,
    progress: Progress = silent,
    start: Places | None = None,
) -> Result:
    """Return the best answer found within `limit` units of work (deterministic time).

    The search sets out from what is still possible of `start`, an earlier answer, where there is one.

    The same instance, limit and seed give the same result. `progress` returning False ends the search with
    the best answer so far. The status is OPTIMAL only when every goal's value equals its proven bound.
    """
    tables = build(instance)
    first = greedy(tables, returned(tables, start) if start else None)
    search = Search(tables, seed, limit, progress, first)
    solved = _solve_all(search, keeper(progress))
    progress(1.0, "matching.progress.done")
    return _result(search, _status(search, solved))


def _result(search: Search, status: SolveStatus) -> Result:
    """Return the best answer so far; goals not yet looked at with the bound that needs no look."""
    bounds = {g: search.bounds.get(g, loosest_bound(search.tables, g)) for g in search.tables.instance.goals}
    return Result(
        status=status,
        places=dict(sorted(search.places.items())),
        goals=tuple(GoalValue(goal=g, value=search.values[g], bound=b) for g, b in bounds.items()),
        seed=search.seed,
        work=round(search.spent, 6),
        software=f"ortools {version('ortools')}",
    )


def _solve_all(search: Search, keep: Callable[[object], None]) -> bool:
    """Take the goals one by one; return False when a model failed and only bounds went on.

    The best answer so far is handed over before each goal, for whoever does not wait for the end.
    """
    goals, solved = search.tables.instance.goals, True
    for step, goal in enumerate(goals):
        search.stage, search.done = f"matching.progress.{goal.value}", (step + 2) / (len(goals) + 2)
        keep(_result(search, SolveStatus.STOPPED))
        if not search.go_on():
            search.bounds[goal] = loosest_bound(search.tables, goal)
            continue
        bound = first_bound(search, goal)
        if solved and search.values[goal] != bound:
            try:
                bound = improve(search, goal, bound)
            except SOLVER_FAILURES:
                solved = False
        search.bounds[goal] = bound
    return solved


def _status(search: Search, solved: bool) -> SolveStatus:
    """Return the status word: proven best, else greedy where a model failed, stopped, or at the limit."""
    if all(search.values[g] == bound for g, bound in search.bounds.items()):
        return SolveStatus.OPTIMAL
    if not solved:
        return SolveStatus.GREEDY
    return SolveStatus.STOPPED if search.stopped else SolveStatus.FEASIBLE

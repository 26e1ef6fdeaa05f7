"""Solve one stage: goal by goal in strict order, each with a value and a proven bound.

For every goal: a bound that needs no search, often enough; else prices, columns chosen by profit, the
relaxation over them, and whole-number models that start from the best answer so far. Nothing is accepted
that is worse or breaks a rule.
"""

from importlib.metadata import version

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.greedy import greedy
from bcp_kit.cores.shelter_matching.improve import Search, first_bound, improve
from bcp_kit.cores.shelter_matching.instance import GoalValue, Instance, Result
from bcp_kit.cores.shelter_matching.tables import build
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.progress import Progress, silent

DEFAULT_WORK = 40.0  # deterministic time of the whole-number models, about seconds on one core


def solve(
    instance: Instance, limit: float = DEFAULT_WORK, seed: int = 0, progress: Progress = silent
) -> Result:
    """Return the best answer found within `limit` units of work (deterministic time).

    The same instance, limit and seed give the same result. `progress` returning False ends the search with
    the best answer so far. The status is OPTIMAL only when every goal's value equals its proven bound.
    """
    tables = build(instance)
    search = Search(tables, seed, limit, progress, greedy(tables))
    search.values = check.score(instance, search.places)
    failed = False
    for step, goal in enumerate(instance.goals):
        search.stage, search.done = f"matching.progress.{goal.value}", step / len(instance.goals)
        bound = first_bound(search, goal)
        if search.go_on() and not failed and search.values[goal] != bound:
            try:
                bound = improve(search, goal, bound)
            except (RuntimeError, ValueError, ArithmeticError):
                failed = True
        search.bounds[goal] = bound
    progress(1.0, "matching.progress.done")
    goals = tuple(GoalValue(goal=g, value=search.values[g], bound=b) for g, b in search.bounds.items())
    return Result(
        status=_status(search, failed),
        places=dict(sorted(search.places.items())),
        goals=goals,
        seed=seed,
        work=round(search.spent, 6),
        software=f"ortools {version('ortools')}",
    )


def _status(search: Search, failed: bool) -> SolveStatus:
    """Return the status word: proven best, else stopped, greedy where a model failed, else at the limit."""
    if all(search.values[g] == bound for g, bound in search.bounds.items()):
        return SolveStatus.OPTIMAL
    if failed:
        return SolveStatus.GREEDY
    return SolveStatus.STOPPED if search.stopped else SolveStatus.FEASIBLE

"""Solve staff cover goal by goal in strict order, each with its value, its proven bound and its status.

The answer is the same, byte for byte, for the same instance, seed and `deterministic_s` with one worker. The
checker runs on every answer; an answer that it refuses is never returned.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated

import ortools
from ortools.sat.python import cp_model
from pydantic import Field

from bcp_kit.cores.staff_cover import check, model
from bcp_kit.cores.staff_cover.greedy import greedy
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, CoverResult, Goal
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.progress import Progress, silent

POLL_S = 0.2
SHARE_OF_REST = 0.5  # of the work that is left, one goal may use this much; the last goal may use it all


class WorkBudget(DomainModel):
    """How much work a solve may do: CP-SAT's deterministic time, about seconds on one core.

    `wall_s` is a second limit in real seconds; when it ends the search, the promise of equal bytes is off.
    """

    deterministic_s: Annotated[float, Field(gt=0)] = 30.0
    wall_s: Annotated[float, Field(gt=0)] | None = None
    workers: Annotated[int, Field(ge=1)] = 1


@dataclass
class _Search:
    """What the stages hand on: the best roster so far, what is proven, and the work that is left."""

    best: tuple[Assignment, ...]
    left_s: float
    used_s: float = 0.0
    stopped: bool = False
    from_solver: bool = False


class _Watch:
    """Asks `progress` a few times a second, in a thread, whether to go on; stops the solver when not."""

    def __init__(self, progress: Progress, done: float, stage: str) -> None:
        self.progress, self.done, self.stage = progress, done, stage
        self.stopped = False
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self, solver: cp_model.CpSolver, cp: cp_model.CpModel) -> int:
        """Solve and return CP-SAT's status."""
        self._thread = threading.Thread(target=self._ask, args=(solver,), daemon=True)
        self._thread.start()
        try:
            return int(solver.solve(cp))
        finally:
            self._over.set()
            self._thread.join()

    def _ask(self, solver: cp_model.CpSolver) -> None:
        while not self._over.wait(POLL_S):
            if self.stopped or not self.progress(self.done, self.stage):
                self.stopped = True
                solver.stop_search()


def solve(
    instance: CoverInstance, budget: WorkBudget | None = None, seed: int = 0, progress: Progress = silent
) -> CoverResult:
    """Return the best roster found, with each goal's value and proven bound.

    The status is OPTIMAL only when every goal is proven; STOPPED when `progress` asked to stop; GREEDY when
    the solver gave nothing. It is never INFEASIBLE: what cannot be covered is counted, not forbidden.
    """
    budget = budget or WorkBudget()
    search = _Search(best=greedy(instance), left_s=budget.deterministic_s)
    built = model.build(instance)
    bounds = dict.fromkeys(Goal, 0)
    for number, goal in enumerate(Goal):
        search.stopped = search.stopped or not progress(number / len(Goal), f"cover.stage.{goal.value}")
        value = check.score(instance, search.best)[goal]
        if value > 0 and not search.stopped:
            bounds[goal] = _stage(built, search, goal, _Order(budget, seed, progress, number))
            value = check.score(instance, search.best)[goal]
        built.cp.add(built.goals[goal] <= value)
    progress(1.0, "cover.stage.done")
    return _result(instance, search, bounds, seed)


@dataclass(frozen=True)
class _Order:
    budget: WorkBudget
    seed: int
    progress: Progress
    number: int

    @property
    def is_last(self) -> bool:
        return self.number == len(Goal) - 1


def _solver(order: _Order, left_s: float) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = order.seed
    solver.parameters.num_workers = order.budget.workers
    solver.parameters.max_deterministic_time = left_s if order.is_last else left_s * SHARE_OF_REST
    solver.parameters.linearization_level = 2
    if order.budget.wall_s is not None:
        solver.parameters.max_time_in_seconds = order.budget.wall_s / len(Goal)
    return solver


def _stage(built: model.CoverModel, search: _Search, goal: Goal, order: _Order) -> int:
    """Improve `goal` with all earlier goals held; return its proven bound."""
    built.cp.minimize(built.goals[goal])
    model.hint(built, search.best)
    solver = _solver(order, search.left_s)
    watch = _Watch(order.progress, order.number / len(Goal), f"cover.stage.{goal.value}")
    status = watch.run(solver, built.cp)
    spent = solver.response_proto.deterministic_time
    search.left_s, search.used_s = max(0.01, search.left_s - spent), search.used_s + spent
    search.stopped = search.stopped or watch.stopped
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        _keep_better(built, search, model.read_back(built, solver))
    elif status != cp_model.UNKNOWN:
        return 0
    return max(0, ceil(solver.best_objective_bound - 1e-6))


def _keep_better(built: model.CoverModel, search: _Search, found: Sequence[Assignment]) -> None:
    """Take the new roster when the checker accepts it and it is not worse than the one at hand."""
    instance = built.instance
    if check.violations(instance, found):
        return
    search.from_solver = True
    if check.order(check.score(instance, found)) <= check.order(check.score(instance, search.best)):
        search.best = tuple(found)


def _result(instance: CoverInstance, search: _Search, bounds: dict[Goal, int], seed: int) -> CoverResult:
    values = check.score(instance, search.best)
    gaps = [(values[g] - bounds[g]) / max(values[g], 1) for g in Goal]
    return CoverResult(
        status=_status(search, max(gaps)),
        assignments=search.best,
        values=values,
        bounds=bounds,
        gap=max(gaps),
        seed=seed,
        deterministic_s=search.used_s,
        software=f"ortools {ortools.__version__}",
    )


def _status(search: _Search, gap: float) -> SolveStatus:
    if gap <= 0:
        return SolveStatus.OPTIMAL
    if search.stopped:
        return SolveStatus.STOPPED
    return SolveStatus.FEASIBLE if search.from_solver else SolveStatus.GREEDY

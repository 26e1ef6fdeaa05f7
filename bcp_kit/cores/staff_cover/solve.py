"""Solve staff cover goal by goal in strict order, each with its value, its proven bound and its status.

Each goal is tried three ways, until one proves it: CP-SAT for a short while (small wards end here), HiGHS on
the same model as a linear one (it proves sums over many people, where CP-SAT does not), CP-SAT again from the
best roster known. The answer is the same, byte for byte, for the same instance, seed and `deterministic_s`
with one worker, unless a wall-clock limit ended a search: then `repeatable` is False. The checker runs on
every answer.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import ceil
from typing import Annotated, Any

from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model
from pydantic import Field

from bcp_kit.cores.staff_cover import check, model
from bcp_kit.cores.staff_cover.greedy import greedy
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, CoverResult, Goal
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.progress import Progress, silent

POLL_S = 0.2  # how often a running search asks whether to go on
FIRST_TRY_S = 0.3  # deterministic seconds of the first, short attempt at a goal
SHARE_OF_REST = 0.5  # of the work that is left, one goal may use this much; the last goal may use it all
NOT_LINEAR = (Goal.FAIR_SHARES,)  # a maximum over people: HiGHS finds no roster for it in time
TOLERANCE = 1e-6


class WorkBudget(DomainModel):
    """How much work a solve may do.

    `deterministic_s`: CP-SAT's deterministic time in all, about seconds on one core. `linear_s`: real seconds
    that HiGHS may take for one goal; a search that this ends is not repeatable. `workers`: CP-SAT's threads.
    """

    deterministic_s: Annotated[float, Field(gt=0)] = 20.0
    linear_s: Annotated[float, Field(ge=0)] = 60.0
    workers: Annotated[int, Field(ge=1)] = 1


@dataclass
class _Search:
    """What the stages hand on: the model, the best roster so far, and the work that is left."""

    built: model.CoverModel
    budget: WorkBudget
    seed: int
    progress: Progress
    best: tuple[Assignment, ...]
    left_s: float
    stopped: bool = False
    repeatable: bool = True
    from_solver: bool = False

    def score(self) -> dict[Goal, int]:
        """Return the goals' values of the best roster."""
        return dict(check.score(self.built.instance, self.best))

    def offer(self, found: Sequence[Assignment]) -> None:
        """Take a roster that the checker accepts and that is not worse than the one at hand."""
        instance = self.built.instance
        if check.violations(instance, found):
            return
        self.from_solver = True
        if check.order(check.score(instance, found)) <= check.order(self.score()):
            self.best = tuple(found)


def solve(
    instance: CoverInstance, budget: WorkBudget | None = None, seed: int = 0, progress: Progress = silent
) -> CoverResult:
    """Return the best roster found, with each goal's value and proven bound.

    The status is OPTIMAL only when every goal is proven; STOPPED when `progress` asked to stop; GREEDY when
    the solver gave nothing. It is never INFEASIBLE: what cannot be covered is counted, not forbidden.
    """
    budget = budget or WorkBudget()
    search = _Search(
        built=model.build(instance),
        budget=budget,
        seed=seed,
        progress=progress,
        best=greedy(instance),
        left_s=budget.deterministic_s,
    )
    bounds = dict.fromkeys(Goal, 0)
    for number, goal in enumerate(Goal):
        stage = _Stage(search, goal, number)
        search.stopped = search.stopped or not stage.report()
        if search.score()[goal] > 0 and not search.stopped:
            bounds[goal] = stage.prove()
        search.built.cp.add(search.built.goals[goal] <= search.score()[goal])
    progress(1.0, "cover.stage.done")
    return _result(search, bounds)


@dataclass
class _Stage:
    """One goal, with all earlier goals held at their values."""

    search: _Search
    goal: Goal
    number: int
    bound: int = 0

    def report(self) -> bool:
        """Tell how far the work is; False asks to stop."""
        return self.search.progress(self.number / len(Goal), f"cover.stage.{self.goal.value}")

    def prove(self) -> int:
        """Improve the goal until it is proven, stopped, or out of work; return its proven bound."""
        search = self.search
        search.built.cp.minimize(search.built.goals[self.goal])
        share = 1.0 if self.number == len(Goal) - 1 else SHARE_OF_REST
        self._cp_sat(min(FIRST_TRY_S, search.left_s * share))
        if self._is_open() and search.budget.linear_s:
            self._relaxed() if self.goal in NOT_LINEAR else self._highs()
        if self._is_open():
            self._cp_sat(search.left_s * share)
        return self.bound

    def _is_open(self) -> bool:
        return not self.search.stopped and self.bound < self.search.score()[self.goal]

    def _cp_sat(self, work_s: float) -> None:
        search = self.search
        model.hint(search.built, search.best)
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = search.seed
        solver.parameters.num_workers = search.budget.workers
        solver.parameters.max_deterministic_time = max(work_s, 0.01)
        solver.parameters.linearization_level = 2
        status = self._watched(lambda: solver.solve(search.built.cp), solver.stop_search)
        search.left_s -= solver.response_proto.deterministic_time
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            search.offer(model.read_back(search.built, solver.value))
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
            self.bound = max(self.bound, ceil(solver.best_objective_bound - TOLERANCE))

    def _highs(self) -> None:
        """The same model for HiGHS. It cannot be interrupted: after a stop its thread is left to itself."""
        search = self.search
        linear, variables = model.as_linear(search.built)
        solver = model_builder.Solver("highs")
        solver.set_time_limit_in_seconds(search.budget.linear_s)
        solver.set_solver_specific_parameters("output_flag=false")  # its banner would spoil standard output
        status = self._watched(lambda: solver.solve(linear), None)
        if status is None or solver.best_objective_bound is None:
            return
        if status != model_builder.SolveStatus.OPTIMAL:
            search.repeatable = False
        if status in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE):
            search.offer(model.read_back(search.built, lambda v: round(solver.value(variables[v.index]))))
            self.bound = max(self.bound, ceil(solver.best_objective_bound - TOLERANCE))

    def _relaxed(self) -> None:
        """A bound from the linear relaxation, where the whole linear model would take too long."""
        linear, _ = model.as_linear(self.search.built, whole=False)
        solver = model_builder.Solver("glop")
        solver.set_time_limit_in_seconds(self.search.budget.linear_s)
        if self._watched(lambda: solver.solve(linear), None) == model_builder.SolveStatus.OPTIMAL:
            self.bound = max(self.bound, ceil(solver.objective_value - TOLERANCE))

    def _watched(self, run: Callable[[], Any], stop: Callable[[], None] | None) -> Any:  # a solver's status
        """Run a search in a thread and ask now and then whether to go on; None when it was left behind."""
        answers: list[Any] = []
        thread = threading.Thread(target=lambda: answers.append(run()), daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(POLL_S)
            if not self.search.stopped and not self.report():
                self.search.stopped = True
            if self.search.stopped:
                if stop is None:
                    break
                stop()
        return answers[0] if answers else None


def _result(search: _Search, bounds: dict[Goal, int]) -> CoverResult:
    values = search.score()
    gap = max((values[g] - bounds[g]) / max(values[g], 1) for g in Goal)
    return CoverResult(
        status=_status(search, gap),
        assignments=search.best,
        values=values,
        bounds=bounds,
        gap=gap,
        seed=search.seed,
        repeatable=search.repeatable and not search.stopped and search.budget.workers == 1,
        software=f"ortools {version('ortools')}",
    )


def _status(search: _Search, gap: float) -> SolveStatus:
    if gap <= 0:
        return SolveStatus.OPTIMAL
    if search.stopped:
        return SolveStatus.STOPPED
    return SolveStatus.FEASIBLE if search.from_solver else SolveStatus.GREEDY

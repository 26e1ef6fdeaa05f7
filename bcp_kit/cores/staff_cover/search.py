"""The search behind `solve`: goal by goal, the best roster known, the proven bound, the work that is left.

Each goal is tried until it is proven: small questions by CP-SAT; then the linear relaxation gives a bound,
parts of the roster are decided anew, HiGHS solves the same model as a linear one, and CP-SAT the whole
question again from the best roster known.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Annotated, Any

from ortools.linear_solver.python import model_builder
from ortools.sat.python import cp_model
from pydantic import Field

from bcp_kit.cores.staff_cover import check, model, neighbourhood
from bcp_kit.cores.staff_cover.goals import add_goals, excess
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, Goal
from bcp_kit.cores.staff_cover.linear import as_linear
from bcp_kit.cores.staff_cover.reading import hint, read_back, sorted_roster
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.progress import Progress

POLL_S = 0.2  # how often a running search asks whether to go on
FIRST_TRY_S = 0.3  # deterministic seconds of the first, short attempt at a goal
SHARE_OF_REST = 0.5  # of the work that is left, one goal may use this much; the last goal may use it all
TINY, SMALL = 3_000, 12_000  # Booleans up to which CP-SAT proves the whole question first, or last
PART_S = 0.3  # deterministic seconds for one part
PART_CELLS = {Goal.FAIR_SHARES: 340, Goal.CHANGE: 560}  # person-days of the first part, else USUAL_CELLS
USUAL_CELLS = 400  # parts grow while they are proven
FRUITLESS = 30  # parts in a row without gain after which a goal is left to the exact solvers
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
class Search:
    """What the stages hand on: the model, the best roster so far, and the work that is left."""

    instance: CoverInstance
    budget: WorkBudget
    seed: int
    progress: Progress
    best: tuple[Assignment, ...]
    left_s: float
    goals: tuple[Goal, ...] = tuple(Goal)
    steady: bool = False  # parts change as little as possible while an earlier goal improves
    built: model.CoverModel = field(init=False)
    stopped: bool = False
    repeatable: bool = True
    from_solver: bool = False

    def __post_init__(self) -> None:
        self.built = model.build(self.instance)
        model.keep_locks(self.built)
        add_goals(self.built)

    @property
    def size(self) -> int:
        """Booleans of the whole question."""
        return sum(len(cells) for cells in self.built.works.values())

    def score(self) -> dict[Goal, int]:
        """Return the goals' values of the best roster."""
        return dict(check.score(self.instance, self.best))

    def offer(self, found: Sequence[Assignment], goal: Goal) -> bool:
        """Take a roster that the checker accepts and that is not worse up to `goal`."""
        if check.violations(self.instance, found):
            return False
        self.from_solver = True
        upto = self.goals[: self.goals.index(goal) + 1]
        new, old = check.score(self.instance, found), self.score()
        if [new[g] for g in upto] > [old[g] for g in upto]:
            return False
        self.best = tuple(found)
        return True

    def run_cp_sat(self, built: model.CoverModel, work_s: float, go_on: Callable[[], bool]) -> Any:
        """Solve with CP-SAT for at most `work_s` deterministic seconds; return solver and status."""
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = self.seed
        solver.parameters.num_workers = self.budget.workers
        solver.parameters.max_deterministic_time = max(work_s, 0.01)
        solver.parameters.linearization_level = 2
        status = self.watched(lambda: solver.solve(built.cp), go_on, solver.stop_search)
        self.left_s -= solver.response_proto.deterministic_time
        return solver, status

    def watched(
        self, run: Callable[[], Any], go_on: Callable[[], bool], stop: Callable[[], None] | None
    ) -> Any:  # a solver's status
        """Run a search in a thread and ask now and then whether to go on; None when it was left behind."""
        answers: list[Any] = []
        thread = threading.Thread(target=lambda: answers.append(run()), daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(POLL_S)
            if not self.stopped and not go_on():
                self.stopped = True
            if self.stopped:
                if stop is None:
                    break
                stop()
        return answers[0] if answers else None


@dataclass
class Stage:
    """One goal, with all earlier goals held at their values."""

    search: Search
    goal: Goal
    number: int
    bound: int = 0

    def report(self) -> bool:
        """Tell how far the work is; False asks to stop."""
        return self.search.progress(self.number / len(self.search.goals), f"cover.stage.{self.goal.value}")

    def prove(self) -> int:
        """Improve the goal until it is proven, stopped, or out of work; return its proven bound."""
        search = self.search
        share = 1.0 if self.number == len(search.goals) - 1 else SHARE_OF_REST
        search.built.cp.minimize(search.built.goals[self.goal])
        if search.size <= TINY:
            self._cp_sat(min(FIRST_TRY_S, search.left_s * share))
        if self._is_open() and search.budget.linear_s:
            self._relaxed()
        if self._is_open() and search.size <= TINY:
            self._cp_sat(search.left_s * share)
        if self._is_open():
            self._parts(search.left_s * share)
        if self._is_open() and search.budget.linear_s and self.goal is not Goal.FAIR_SHARES:
            self._highs()
        if self._is_open() and TINY < search.size <= SMALL:
            self._cp_sat(search.left_s * share)
        return self.bound

    def _is_open(self) -> bool:
        return not self.search.stopped and self.bound < self.search.score()[self.goal]

    def _prove(self, bound: float) -> None:
        """Take a bound, rounded up to what the goal can be at all."""
        least = ceil(bound - TOLERANCE)
        if self.goal is Goal.FAIR_SHARES:
            least = next_load(self.search.instance, least)
        self.bound = max(self.bound, least)

    def _cp_sat(self, work_s: float) -> None:
        search = self.search
        hint(search.built, search.best)
        solver, status = search.run_cp_sat(search.built, work_s, self.report)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            search.offer(read_back(search.built, solver.value), self.goal)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
            self._prove(solver.best_objective_bound)

    def _highs(self) -> None:
        """The same model for HiGHS. It cannot be interrupted: after a stop its thread is left to itself."""
        search = self.search
        linear, variables = as_linear(search.built)
        solver = model_builder.Solver("highs")
        solver.set_time_limit_in_seconds(search.budget.linear_s)
        solver.set_solver_specific_parameters("output_flag=false")  # its banner would spoil standard output
        status = search.watched(lambda: solver.solve(linear), self.report, None)
        if status is None or solver.best_objective_bound is None:
            return
        if status != model_builder.SolveStatus.OPTIMAL:
            search.repeatable = False
        if status in (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE):
            search.offer(
                read_back(search.built, lambda v: round(solver.value(variables[v.index]))), self.goal
            )
            self._prove(solver.best_objective_bound)

    def _relaxed(self) -> None:
        """A bound from the linear relaxation."""
        linear, _ = as_linear(self.search.built, whole=False)
        solver = model_builder.Solver("glop")
        solver.set_time_limit_in_seconds(self.search.budget.linear_s)
        status = self.search.watched(lambda: solver.solve(linear), self.report, None)
        if status == model_builder.SolveStatus.OPTIMAL:
            self._prove(solver.objective_value)

    def _parts(self, work_s: float) -> None:
        """Decide parts of the roster anew, until the goal is proven or nothing is gained any more."""
        search, floor = self.search, self.search.left_s - work_s
        people = min(
            len(search.instance.workers),
            max(8, PART_CELLS.get(self.goal, USUAL_CELLS) // search.instance.days),
        )
        fruitless = number = 0
        while self._is_open() and search.left_s > floor and fruitless < 2 * FRUITLESS:
            target = self._target(fruitless)
            before = self._standing(target)
            costs = neighbourhood.cost_by_worker(search.instance, search.best, self.goal, target)
            free = neighbourhood.chosen(
                search.instance, costs, people, (search.seed, self.goal.value, number)
            )
            if not free:
                return
            proven = self._part(free, target)
            gained = self._standing(target) < before
            fruitless = 0 if gained else fruitless + 1
            people = min(len(search.instance.workers), people + 2) if proven else max(8, people - 2)
            number += 1

    def _target(self, fruitless: int) -> int:
        """The load to which shares are to come down: the proven bound, later only below the heaviest."""
        if self.goal is not Goal.FAIR_SHARES:
            return 0
        return self.bound if fruitless < FRUITLESS else self.search.score()[self.goal] - 1

    def _standing(self, target: int) -> tuple[int, int]:
        """What is to fall: the goal's value, and for fair shares the load beyond the target in all."""
        value = self.search.score()[self.goal]
        if self.goal is not Goal.FAIR_SHARES:
            return value, 0
        beyond = neighbourhood.cost_by_worker(self.search.instance, self.search.best, self.goal, target)
        return sum(beyond.values()), value

    def _minimize(self, built: model.CoverModel, question: CoverInstance) -> None:
        terms, weights = [built.goals[self.goal]], [1]
        if self.search.steady:
            terms.append(built.goals[Goal.CHANGE])
            weights = [len(question.workers) * question.days + 1, 1]
        built.cp.minimize(cp_model.LinearExpr.weighted_sum(terms, weights))

    def _part(self, free: frozenset[str], target: int) -> bool:
        """Decide one part anew; True when its best is proven."""
        search = self.search
        question, beside = neighbourhood.part_of(search.instance, search.best, free)
        own = [a for a in search.best if a.worker_id in free]
        built = model.build(question, beside)
        model.keep_locks(built)
        add_goals(built)
        values = {**check.score(question, own), Goal.FAIR_SHARES: search.score()[Goal.FAIR_SHARES]}
        for goal in search.goals[: self.number]:
            built.cp.add(built.goals[goal] <= values[goal])
        if self.goal is Goal.FAIR_SHARES:
            built.cp.add(built.goals[self.goal] <= search.score()[self.goal])
            built.cp.minimize(excess(built, target))
        else:
            self._minimize(built, question)
        hint(built, own)
        solver, status = search.run_cp_sat(built, min(PART_S, search.left_s), self.report)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            kept = [a for a in search.best if a.worker_id not in free]
            search.offer(sorted_roster([*kept, *read_back(built, solver.value)]), self.goal)
        return bool(status == cp_model.OPTIMAL)


def next_load(instance: CoverInstance, least: int) -> int:
    """Return the smallest load from `least` on that a sequence of shifts, one a day, can have.

    Unit: weighted minutes. `least` itself when no such load exists.
    """
    weight = instance.limits.night_hour_weight
    asked = [instance.shift_of[key] for key in {d.shift for d in instance.demands if d.heads}]
    loads = {s.work_min * (weight if s.night else 1) for s in asked}
    reached = {0}
    for _ in range(instance.days):
        more = reached | {r + load for r in reached if r < least for load in loads}
        if more == reached:
            break
        reached = more
    return min((r for r in reached if r >= least), default=least)

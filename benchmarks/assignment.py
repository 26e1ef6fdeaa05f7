"""Public generalized assignment files through the matching engine: objective against the best known.

    python benchmarks/assignment.py FOLDER [--seconds 60] [--files c05100 d05100] [--engine-only]

A file holds m n, m rows of n costs, m rows of n uses, m capacities; every job goes to one agent, costs are to
be small. Each job is a household of one person, each agent an option; staying unassigned costs more than all.
Beside the engine in the same run: plain CP-SAT in the same time with two workers.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from ortools.sat.python import cp_model
from scipy import sparse

from bcp_kit.cores.shelter_matching.engine.optimise import optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits
from bcp_kit.cores.shelter_matching.engine.problem import NEVER, Array, Columns, Problem

BEST_KNOWN = {
    "gap1-0": 261,
    "gap6-2": 519,
    "gap12-4": 945,
    "c05100": 1931,
    "c10200": 2806,
    "d05100": 6353,
    "d10100": 6347,
    "e05100": 12681,
    "e10200": 23307,
}


class Assignment(Problem):
    """Jobs and agents."""

    def __init__(self, text: str) -> None:
        numbers = np.array(text.split(), np.int64)
        self.options, jobs = int(numbers[0]), int(numbers[1])
        cells = self.options * jobs
        self.cost = numbers[2 : 2 + cells].reshape(self.options, jobs).T
        self.use = numbers[2 + cells : 2 + 2 * cells].reshape(self.options, jobs).T
        self.limit = numbers[2 + 2 * cells : 2 + 2 * cells + self.options]
        self.size = np.ones(jobs, np.int64)
        self.position = np.column_stack([np.arange(self.options), np.zeros(self.options)]).astype(float)
        self.bonus = 20 * int(self.cost.max())

    def worth(self, columns: Columns) -> Array:
        """Return the bonus of being assigned less the cost."""
        return np.asarray(self.bonus - self.cost[columns.home, columns.option], float)

    def net(self, rows: Array, homes: Array | slice, exact: bool = False) -> Array:
        """Return worth minus price of all agents for some jobs."""
        del exact
        net = self.bonus - self.cost[homes] - self.use[homes] * rows[None, :]
        return np.where(self.use[homes] <= self.limit[None, :], net, NEVER).astype(float)

    def taken(self, columns: Columns) -> sparse.csr_matrix:
        """Return what each column takes of each agent."""
        count = len(columns)
        use = self.use[columns.home, columns.option]
        return sparse.csr_matrix((use, (columns.option, np.arange(count))), shape=(self.options, count))


def plain_cpsat(problem: Assignment, seconds: float) -> tuple[int, int]:
    """Return the total cost and the jobs left over of the plain model, two workers."""
    model, jobs = cp_model.CpModel(), range(problem.homes)
    pick = [[model.new_bool_var("") for _ in range(problem.options)] for _ in jobs]
    for row in pick:
        model.add_exactly_one(row)
    for agent in range(problem.options):
        used = cp_model.LinearExpr.weighted_sum(
            [pick[j][agent] for j in jobs], problem.use[:, agent].tolist()
        )
        model.add(used <= int(problem.limit[agent]))
    flat = [variable for row in pick for variable in row]
    model.minimize(cp_model.LinearExpr.weighted_sum(flat, problem.cost.ravel().tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 2
    found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return (int(solver.objective_value), 0) if found else (0, problem.homes)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--files", nargs="+", default=list(BEST_KNOWN), choices=list(BEST_KNOWN))
    parser.add_argument("--engine-only", action="store_true")
    wanted = parser.parse_args()
    for name in wanted.files:
        best = BEST_KNOWN[name]
        path = wanted.folder / name
        if not path.exists():
            continue
        problem = Assignment(path.read_text())
        began = time.perf_counter()
        plan = optimise(problem, Limits(seconds=wanted.seconds, workers=2))
        columns = problem.columns_of(plan.chosen)
        total = int(problem.cost[columns.home, columns.option].sum())
        left = problem.homes - len(columns)
        seconds = time.perf_counter() - began
        told = f"{name:8} best known {best}; engine {apart(total, best, left)}, {seconds:.1f} s"
        if not wanted.engine_only:
            began = time.perf_counter()
            plain, lost = plain_cpsat(problem, wanted.seconds)
            told += f"; plain CP-SAT {apart(plain, best, lost)}, {time.perf_counter() - began:.1f} s"
        print(told, flush=True)


def apart(total: int, best: int, left: int) -> str:
    """Return a total with its distance from the best known, or how many jobs are left over."""
    return f"{left} left over" if left else f"{total} ({100 * abs(total - best) / best:.3f} % off)"


if __name__ == "__main__":
    main()

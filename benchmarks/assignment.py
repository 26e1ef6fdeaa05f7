"""Public generalized assignment files through the matching engine: objective against the best known.

    python benchmarks/assignment.py FOLDER [--seconds 60]

A file holds m n, m rows of n costs, m rows of n uses, m capacities; every job goes to one agent, costs are to
be small. Each job is a household of one person, each agent an option; staying unassigned costs more than all.
"""

import argparse
import time
from pathlib import Path

import numpy as np
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


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    wanted = parser.parse_args()
    for name, best in BEST_KNOWN.items():
        path = wanted.folder / name
        if not path.exists():
            continue
        problem = Assignment(path.read_text())
        began = time.perf_counter()
        plan = optimise(problem, Limits(seconds=wanted.seconds, workers=2))
        columns = problem.columns_of(plan.chosen)
        total = int(problem.cost[columns.home, columns.option].sum())
        left = problem.homes - len(columns)
        print(
            f"{name:8} {total} best known {best} ({100 * abs(total - best) / best:.3f} %), {left} left, "
            f"{time.perf_counter() - began:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()

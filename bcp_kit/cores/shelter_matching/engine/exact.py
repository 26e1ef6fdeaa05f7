"""The exact relaxation where it is soon solved: columns near the prices, and those that its own prices want.

Columns are added until no option over all pairs would be profitable: then the prices are the best there are.
"""

from collections.abc import Callable

import numpy as np

from bcp_kit.cores.shelter_matching.engine.columns import Look, merged, near
from bcp_kit.cores.shelter_matching.engine.crew import Crew
from bcp_kit.cores.shelter_matching.engine.model import Choice, relax
from bcp_kit.cores.shelter_matching.engine.problem import Array, Columns, Problem

CLOSE = 1 / 800  # of a person's worth: how near to the best a column is that enters at once
WIDEST = 24  # options of a household that enter at once
FEW_PAIRS = 60_000  # up to here all pairs enter at once
ROUNDS = 8
PROFIT = 1e-5  # of a person's worth: what a missing column must bring to be added
ENOUGH = 1e-7  # of the bound


def soon(problem: Problem) -> bool:
    """True where the relaxation over all pairs at once is solved sooner than any prices are found."""
    return problem.homes * problem.options <= FEW_PAIRS


def sharpened(
    problem: Problem, rows: Array, bound: float, crew: Crew, go_on: Callable[[], bool]
) -> tuple[Array, float]:
    """Return the prices of the relaxation over all pairs and the bound they prove, or the best found.

    `rows` are good prices, to begin with few columns; any will do where `soon`, for all columns enter there.
    """
    unit = problem.unit()
    best = rows
    first = Look(np.inf, problem.options) if soon(problem) else Look(CLOSE * unit, WIDEST)
    columns = near(problem, rows, first, crew=crew)
    for _ in range(ROUNDS):
        if not len(columns) or not go_on():
            break
        found = _relaxed(problem, columns, unit)
        if found is None:
            break
        proven = problem.bound(found, crew)
        gained = bound - proven
        if gained > 0:
            best, bound = found, proven
        more = _wanting(problem, found, columns, unit, crew)
        if not len(more) or 0 < gained < ENOUGH * abs(bound):
            break
        columns = merged(problem, columns, more)
    return best, bound


def _relaxed(problem: Problem, columns: Columns, unit: float) -> Array | None:
    home = np.unique(columns.home, return_inverse=True)[1]
    taken = problem.taken(columns)
    nobody = np.zeros(len(columns), bool)
    return relax(Choice(home, problem.worth(columns), taken, problem.limit, nobody), unit)


def _wanting(problem: Problem, rows: Array, columns: Columns, unit: float, crew: Crew) -> Columns:
    """Return the options that would be more profitable at these prices than what a household has."""
    has = np.zeros(problem.homes)
    net = problem.worth(columns) - problem.taken(columns).T @ rows
    np.maximum.at(has, columns.home, net)
    found = near(problem, rows, Look(0.0, 4), crew=crew)  # only the very best can be so
    best = problem.worth(found) - problem.taken(found).T @ rows
    wanted = best > has[found.home] + PROFIT * unit * problem.size[found.home]
    return Columns(found.home[wanted], found.option[wanted])

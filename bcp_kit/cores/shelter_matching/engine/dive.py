"""A first answer for many households: the surest choices are kept, then prices are found anew for the rest.

Prices alone leave many households undecided between options that are nearly as good. Rounding them all at
once leaves room unused in one place and none in another, and neighbourhoods take long to carry it across a
map. Here some are rounded at a time; the prices of what is left then draw the others to where room remains.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bcp_kit.cores.shelter_matching.engine.columns import picked
from bcp_kit.cores.shelter_matching.engine.crew import ALONE, Crew
from bcp_kit.cores.shelter_matching.engine.dual import REACH, Smooth, Step
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE, Array, Columns, Problem

HEAT = 1 / 6700  # of a person's worth: the first temperature, that of the last prices
COOLING = 0.8
COLDEST = 0.1  # of the first
ITERATIONS = 30
STEPS = 14
SUREST, LESS_SURE, LEAST_SURE = 0.99, 0.04, 0.5  # share from which a choice is kept: first, step, least


@dataclass
class _Answer:
    """The answer so far, the room it leaves, and who is decided (H)."""

    chosen: Array
    room: Array
    decided: Array


def dived(problem: Problem, rows: Array, columns: Columns, unit: float, crew: Crew = ALONE) -> Array:
    """Return a first answer among some columns (ordered by household), led by good row prices.

    Limits must not be negative. `unit` is what a person's place is worth.
    """
    taken = problem.taken(columns).T.tocsr()
    answer = _Answer(
        np.full(problem.homes, NOWHERE), problem.limit.copy(), np.zeros(problem.homes, dtype=bool)
    )
    heat, live = HEAT, np.arange(len(columns))
    for turn in range(STEPS):
        live = live[~answer.decided[columns.home[live]]]
        live = live[_fitting(taken[live], answer.room)]
        if not len(live):
            break
        some, sure = picked(columns, live), max(LEAST_SURE, SUREST - LESS_SURE * turn)
        smooth = Smooth(problem, some, crew=crew, limit=answer.room)
        step = Step(max(heat, COLDEST * HEAT), ITERATIONS)
        rows = smooth.minimise(rows, step, unit, REACH[1])
        _keep(answer, some, taken[live], smooth.shares(rows, step.heat * unit), sure)
        heat *= COOLING
    _fill(answer, problem, columns, taken, rows)
    return answer.chosen


def _fitting(taken: sparse.csr_matrix, room: Array) -> Array:
    """Return which columns (n) of a table by column (n, R) fit into the room, each alone."""
    fits = np.ones(taken.shape[0], bool)
    column = np.repeat(np.arange(taken.shape[0]), np.diff(taken.indptr))
    fits[column[taken.data > room[taken.indices]]] = False
    return fits


def _keep(answer: _Answer, columns: Columns, taken: sparse.csr_matrix, wanted: Array, sure: float) -> None:
    """Keep the choices wanted so much, the surest first where not all fit; who surely stays out stays out."""
    likely = np.flatnonzero(wanted >= sure)
    likely = likely[np.argsort(-wanted[likely], kind="stable")]
    kept = likely[_in_turn(taken[likely], answer.room)]
    answer.chosen[columns.home[kept]] = columns.option[kept]
    answer.room = answer.room - np.asarray(taken[kept].sum(axis=0)).ravel()
    homes = np.unique(columns.home)
    out = np.bincount(columns.home, wanted, len(answer.decided))[homes] <= 1 - sure
    answer.decided[homes[out]] = True
    answer.decided[columns.home[kept]] = True


def _in_turn(taken: sparse.csr_matrix, room: Array) -> Array:
    """Return which columns (n), one a household, fit when all before them have taken theirs."""
    column = np.repeat(np.arange(taken.shape[0]), np.diff(taken.indptr))
    order = np.lexsort((column, taken.indices))
    row, amount = taken.indices[order], taken.data[order]
    begins = np.searchsorted(row, row)
    sums = np.concatenate([[0], np.cumsum(amount)])
    over = sums[1:] - sums[begins] > room[row]
    fits = np.ones(taken.shape[0], bool)
    fits[column[order[over]]] = False
    return fits


def _fill(answer: _Answer, problem: Problem, columns: Columns, taken: sparse.csr_matrix, rows: Array) -> None:
    """Place who is left where room remains, the most profitable a person first."""
    left = np.flatnonzero(answer.chosen[columns.home] == NOWHERE)
    left = left[_fitting(taken[left], answer.room)]
    home, option, table = columns.home[left], columns.option[left], taken[left]
    net = (problem.worth(picked(columns, left)) - table @ rows) / problem.size[home]
    for c in np.argsort(-net, kind="stable").tolist():
        if answer.chosen[home[c]] == NOWHERE:
            part = slice(table.indptr[c], table.indptr[c + 1])
            row, amount = table.indices[part], table.data[part]
            if (amount <= answer.room[row]).all():
                answer.chosen[home[c]] = option[c]
                answer.room[row] -= amount

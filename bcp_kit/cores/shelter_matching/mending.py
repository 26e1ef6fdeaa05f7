"""The cheapest changes of one kind that let a household in: one small whole-number model.

Columns are the pairs that are possible now and those that the changes on offer would make possible. The
household must be placed, every goal before its own keeps its value, its own goal rises. What is minimised is
how much is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.linear_solver.python import model_builder_helper
from scipy import sparse

from bcp_kit.cores.shelter_matching.changes import Change
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

PARAMETERS = "num_workers:1,linearization_level:2"  # the relaxation is tight here: it leads the search
SECONDS = 20.0  # for one model; they take hundredths of one


@dataclass(frozen=True)
class Offer:
    """A change on offer: its cost by unit, how many units at most, and the rows that a unit widens by one."""

    change: Change
    cost: int
    most: int = 1
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Need:
    """Column `column` needs `amount` units in all of the offers named (indices)."""

    column: int
    amount: int
    offers: tuple[int, ...]


@dataclass(frozen=True)
class Floor:
    """What the columns must reach together, and what each is worth towards it."""

    worth: Array
    least: int


@dataclass(frozen=True)
class Question:
    """Columns and room of those who may move, what must be reached, and who must be placed (-1: nobody)."""

    columns: Columns
    room: Array
    floors: tuple[Floor, ...]
    must: int = -1
    offers: tuple[Offer, ...] = ()
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True)
class Mended:
    """Units by offer and the mask of picked columns. `proven`: nothing better exists."""

    units: Array
    picked: Array
    proven: bool


def cheapest(tables: Tables, asked: Question) -> Mended | None:
    """Return the offers of least cost with their columns; None where none helps (or is found in time)."""
    cost = np.array([o.cost for o in asked.offers], float)
    return _solved(tables, asked, np.concatenate([np.zeros(len(asked.columns)), -cost]))


def best(tables: Tables, asked: Question, worth: Array) -> Mended | None:
    """Return the columns of greatest worth; None where the floors are not reached (in time)."""
    return _solved(tables, asked, np.concatenate([worth, np.zeros(len(asked.offers))]))


def _solved(tables: Tables, asked: Question, worth: Array) -> Mended | None:
    """Return whole values of columns and offers of greatest worth, None where there are none."""
    most = np.array([o.most for o in asked.offers], float)
    count = len(asked.columns)
    upper = np.concatenate([np.ones(count), most])
    if asked.must >= 0 and not (asked.columns.home == asked.must).any():
        return None
    if not count:
        nothing = np.zeros(len(upper), np.int64)
        return None if any(f.least > 0 for f in asked.floors) else Mended(nothing, nothing[:0] > 0, True)
    matrix, low, high = _rows(tables, asked)
    builder: Any = model_builder_helper.ModelBuilderHelper()  # its stubs know no array shapes
    builder.fill_model_from_sparse_data(np.zeros(len(upper)), upper, worth, low, high, matrix)
    for variable in range(len(upper)):
        builder.set_var_integrality(variable, True)
    builder.set_maximize(True)
    solver = model_builder_helper.ModelSolverHelper("sat")
    solver.set_solver_specific_parameters(PARAMETERS)
    solver.set_time_limit_in_seconds(SECONDS)
    solver.solve(builder)
    if not solver.has_solution():
        return None
    values = np.asarray(np.rint(np.array(solver.variable_values())).astype(np.int64))
    proven = solver.status() == model_builder_helper.SolveStatus.OPTIMAL
    return Mended(values[count:], values[:count] > 0, proven)


def _rows(tables: Tables, asked: Question) -> tuple[sparse.csr_matrix, Array, Array]:
    """Return the constraints: one place a household, room, needs of columns, floors."""
    count, offers = len(asked.columns), len(asked.offers)
    homes, home = np.unique(asked.columns.home, return_inverse=True)
    once = sparse.csr_matrix((np.ones(count), (home, np.arange(count))), shape=(len(homes), count))
    taken = tables.taken(asked.columns)
    used = np.flatnonzero(np.diff(taken.indptr))
    reached = np.array([f.worth for f in asked.floors], float).reshape(-1, count)
    blocks = [
        (once, sparse.csr_matrix((len(homes), offers))),
        (taken[used].astype(float), _widened(asked.offers, used.tolist())),
        _needs(asked.needs, count, offers),
        (sparse.csr_matrix(reached), sparse.csr_matrix((len(asked.floors), offers))),
    ]
    matrix = sparse.vstack([sparse.hstack(pair) for pair in blocks]).tocsr()
    must = (homes == asked.must).astype(float)
    none = np.full(len(used) + len(asked.needs), -np.inf)
    low = np.concatenate([must, none, [float(f.least) for f in asked.floors]])
    high = np.concatenate(
        [
            np.ones(len(homes)),
            np.asarray(asked.room[used], float),
            np.zeros(len(asked.needs)),
            np.full(len(asked.floors), np.inf),
        ]
    )
    return matrix, low, high


def _widened(offers: Sequence[Offer], rows: Sequence[int]) -> sparse.csr_matrix:
    """Return what a unit of each offer takes off each of `rows`: one less where it widens the row."""
    at = {row: i for i, row in enumerate(rows)}
    entries = [(at[r], o) for o, offer in enumerate(offers) for r in offer.rows if r in at]
    where = np.array(entries, np.int64).reshape(-1, 2)
    return sparse.csr_matrix(
        (-np.ones(len(where)), (where[:, 0], where[:, 1])), shape=(len(rows), len(offers))
    )


def _needs(needs: Sequence[Need], columns: int, offers: int) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Return, by need, what its column asks and what its offers give."""
    row, column, amount = np.arange(len(needs)), [n.column for n in needs], [n.amount for n in needs]
    asks = sparse.csr_matrix((amount, (row, column)), shape=(len(needs), columns), dtype=float)
    return asks, _less([(i, o) for i, n in enumerate(needs) for o in n.offers], len(needs), offers)


def _less(pairs: Sequence[tuple[int, int]], rows: int, offers: int) -> sparse.csr_matrix:
    """Return a matrix of -1 at the pairs."""
    at = np.array(pairs, np.int64).reshape(-1, 2)
    return sparse.csr_matrix((-np.ones(len(at)), (at[:, 0], at[:, 1])), shape=(rows, offers))

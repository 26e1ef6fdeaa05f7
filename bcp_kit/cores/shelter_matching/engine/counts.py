"""Counting those who are alike together: how many of which kind go where, so that most heads have a place.

What counts above all, heads, is the same for every household of a kind, wherever it goes. So the most heads
there can be is a small model of whole numbers, solved to its proof where a model with one variable a
household has endless equal twins. A second one finds the nearest counts with so many heads; who of a kind
takes which of its seats is an assignment (Crouse 2016, as scipy brings it).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp

from bcp_kit.cores.shelter_matching.engine.problem import NEVER, NOWHERE, Array, Columns, Kinds, Problem

NEAR_ENOUGH = 0.2  # of what the change costs: nearer counts are not worth the time
STEP = 1 / 200  # of a person's worth: what a seat more of a kind costs, before what it costs by prices
NODES = 100
EASE = 1e-6  # of a head: what a solver may be off


@dataclass(frozen=True)
class Tally:
    """Some options, and everybody who has one of them or none, counted by kind.

    Column i stands for kind `kind[i]` (0..K-1) at `columns.option[i]`, `now[i]` of them at present, each of
    them `heads[i]`; `taken` (R, n) of `room` (R). `home` (h) are the households, `of` (h) their kinds.
    """

    columns: Columns
    kind: Array
    now: Array
    heads: Array
    taken: sparse.csr_matrix
    room: Array
    home: Array
    of: Array

    @property
    def heads_now(self) -> int:
        """Return how many heads have a place among these options."""
        return int(self.heads @ self.now)


@dataclass(frozen=True)
class Most:
    """How many heads can have a place, the counts that show it, and the most that is proven possible."""

    heads: int
    picked: Array
    bound: int


def tallied(problem: Problem, kinds: Kinds, chosen: Array, option: Array, busy: Array | None = None) -> Tally:
    """Return the tally of some options (ascending), with everybody who has one of them or waits.

    Without those who are `busy` (H) elsewhere.
    """
    mine = np.isin(chosen, option) | (chosen < 0)
    home = np.flatnonzero(mine if busy is None else mine & ~busy)
    _, first, of = np.unique(kinds.of_home[home], return_index=True, return_inverse=True)
    alike = home[first]
    worth = problem.net(np.zeros(len(problem.limit)), alike)[:, option]
    kind, at = np.nonzero(worth > NEVER / 2)
    columns = Columns(alike[kind], option[at])
    now = np.zeros((len(alike), len(option)), np.int64)
    has = chosen[home] >= 0
    np.add.at(now, (of[has], np.searchsorted(option, chosen[home[has]])), 1)
    taken, counts = problem.taken(columns), now[kind, at]
    rows = np.flatnonzero(np.diff(taken.indptr))
    room = (problem.limit - problem.load(chosen) + taken @ counts)[rows]
    heads = kinds.heads[columns.home]
    return Tally(columns, kind, counts, heads, taken[rows], room, home, of)


def most_heads(tally: Tally, seconds: float) -> Most:
    """Return the most heads that these options can take; the present ones when nothing better is found."""
    count = len(tally.now)
    matrix, room = _limits(tally)
    found = milp(
        -tally.heads.astype(float),
        constraints=LinearConstraint(matrix, -np.inf, room),
        bounds=Bounds(0, _of_kind(tally)[tally.kind]),
        integrality=np.ones(count),
        options={"time_limit": seconds, "node_limit": NODES, "mip_rel_gap": 0.0},
    )
    proven = found.mip_dual_bound
    known = proven is not None and np.isfinite(proven)
    bound = int(np.floor(EASE - proven)) if known else int(tally.heads @ _of_kind(tally)[tally.kind])
    picked = _whole(tally, found.x)
    if picked is None or tally.heads @ picked < tally.heads_now:
        picked = tally.now
    return Most(int(tally.heads @ picked), picked, bound)


def nearest(problem: Problem, tally: Tally, rows: Array, least: int, seconds: float) -> Array | None:
    """Return counts with at least so many heads that change little, by what changes cost at row prices."""
    count = len(tally.now)
    matrix, room = _limits(tally)
    none, one = sparse.csr_matrix((matrix.shape[0], count)), sparse.eye(count)
    heads = sparse.hstack([sparse.csr_matrix(tally.heads.astype(float)), sparse.csr_matrix((1, count))])
    rule = sparse.vstack([sparse.hstack([matrix, none]), sparse.hstack([one, -one]), heads]).tocsr()
    low = np.append(np.full(len(room) + count, -np.inf), least)
    most = _of_kind(tally)[tally.kind]
    found = milp(
        np.concatenate([np.zeros(count), _costs(problem, tally, rows)]),
        constraints=LinearConstraint(rule, low, np.concatenate([room, tally.now, [np.inf]])),
        bounds=Bounds(0, np.concatenate([most, most])),
        integrality=np.repeat([1, 0], count),
        options={"time_limit": seconds, "node_limit": NODES, "mip_rel_gap": NEAR_ENOUGH},
    )
    return _whole(tally, None if found.x is None else found.x[:count])


def seated(problem: Problem, tally: Tally, picked: Array, chosen: Array) -> Array:
    """Return the answer with so many of each kind at each option, each kind's seats worth the most in all."""
    after = chosen.copy()
    free = np.zeros(len(problem.limit))
    for kind in np.unique(tally.kind[picked != tally.now]):
        mine, column = tally.home[tally.of == kind], tally.kind == kind
        seat = np.repeat(tally.columns.option[column], picked[column])
        after[mine] = NOWHERE
        if len(seat):
            worth = problem.net(free, mine, exact=True)[:, seat]
            who, which = linear_sum_assignment(worth, maximize=True)
            after[mine[who]] = seat[which]
    return after


def bettered(problem: Problem, tally: Tally, chosen: Array, rows: Array, seconds: float) -> tuple[Array, int]:
    """Return an answer with more heads at the options of a tally, else the same, and the most proven.

    Only the households of the tally may have another option than before.
    """
    if not len(tally.now):
        return chosen, 0
    most = most_heads(tally, seconds)
    if most.heads <= tally.heads_now:
        return chosen, most.bound
    near = nearest(problem, tally, rows, most.heads, seconds)
    for picked in (near, most.picked):
        if picked is not None:
            after = seated(problem, tally, picked, chosen)
            if problem.value(after) > problem.value(chosen):
                return after, most.bound
    return chosen, most.bound


def _of_kind(tally: Tally) -> Array:
    """Return how many households each kind has, (K)."""
    return np.bincount(tally.of)


def _limits(tally: Tally) -> tuple[sparse.csr_matrix, Array]:
    """Return the rows of the model: as many of a kind as there are, then the limits."""
    count = len(tally.now)
    of_kind = _of_kind(tally)
    once = sparse.csr_matrix((np.ones(count), (tally.kind, np.arange(count))), shape=(len(of_kind), count))
    return sparse.vstack([once, tally.taken.astype(float)]).tocsr(), np.concatenate([of_kind, tally.room])


def _whole(tally: Tally, found: Array | None) -> Array | None:
    """Return a solver's counts where they keep every limit in whole numbers: it is not trusted for it."""
    if found is None:
        return None
    picked, most = np.rint(found).astype(np.int64), _of_kind(tally)
    fits = (picked >= 0).all() and (tally.taken @ picked <= tally.room).all()
    return picked if fits and (np.bincount(tally.kind, picked, len(most)) <= most).all() else None


def _costs(problem: Problem, tally: Tally, rows: Array) -> Array:
    """Return what one more of each column costs at row prices: what the fittest of its kind would lose."""
    unit, cost = problem.unit(), np.zeros(len(tally.now))
    for kind, column in _columns_by_kind(tally):
        mine = tally.home[tally.of == kind]
        net = problem.net(rows, mine)
        loss = np.maximum(net.max(axis=1), 0)[:, None] - net[:, tally.columns.option[column]]
        cost[column] = np.maximum(loss.min(axis=0), 0) / unit + STEP * problem.size[mine].mean()
    return cost


def _columns_by_kind(tally: Tally) -> Iterator[tuple[int, Array]]:
    for kind in np.unique(tally.kind):
        yield int(kind), np.flatnonzero(tally.kind == kind)

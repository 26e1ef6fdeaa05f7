"""Households that are alike are counted together: how many of which kind go where.

For the goals that count people, households of the same needs are the same. A group of places is decided anew
by one small model of whole numbers. It sees exchanges that a model with one variable a household does not,
for there each exchange has many equal twins. Who of a kind takes which of its seats is an assignment by
ways, solved exactly (Crouse 2016, as scipy brings it).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from bcp_kit.cores.shelter_matching.engine.model import Choice, Effort, solve
from bcp_kit.cores.shelter_matching.engine.neighbourhood import cut
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE
from bcp_kit.cores.shelter_matching.instance import Goal
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

NEAR, SCATTERED = 10, 12  # places decided anew together: near each other, scattered
STEP = 3.0  # how much more a goal weighs than the next one
FIRST = 20.0  # how much more the goal that is bettered weighs
TRAVEL_S = 40_000.0  # seconds of travel that weigh as much as the last goal
EFFORT = Effort(nodes=20, gap=1e-6, seconds=10.0)
MOST_SEATS = 1_500  # of one kind, assigned at once
NO_WAY = 1e12


@dataclass(frozen=True)
class Order:
    """Goals that count people: those `kept` at what they are, then those `wanted`, the first above all."""

    kept: tuple[Goal, ...]
    wanted: tuple[Goal, ...]


def kinds(tables: Tables, familiar: bool) -> Array:
    """Return the kind (H) of each household: the same people, needs, pins, on wish familiar places."""
    parts = [*tables.demand, tables.members, tables.size[:, None], tables.pinned[:, None]]
    table = np.column_stack([*parts, tables.familiar] if familiar else parts)
    return np.asarray(np.unique(table, axis=0, return_inverse=True)[1].ravel())


def groups_of_places(position: Array, turn: int, scattered: bool) -> Iterator[Array]:
    """Yield the places (indices) to be decided anew together: those near each other, or scattered ones."""
    count = len(position)
    if not scattered:
        yield from cut(position, np.arange(count), NEAR, turn)
        return
    order = np.argsort(position[:, turn % 2], kind="stable")
    parts = -(-count // SCATTERED)
    yield from (np.sort(order[first::parts]) for first in range(parts))


def seated(tables: Tables, home: Array, seat: Array) -> Array:
    """Return which of some households of one kind takes which of the seats (options), NOWHERE if none.

    The least travel in all; everybody who fits nowhere else keeps a seat, for there is such an assignment.
    """
    found = np.full(len(home), NOWHERE)
    seconds = tables.instance.travel_s[np.ix_(home, seat % tables.places)].astype(float)
    seconds[~tables.allowed[np.ix_(home, seat)]] = NO_WAY
    who, which = linear_sum_assignment(seconds)
    found[who] = seat[which]
    return found


def reseated(tables: Tables, kind: Array, chosen: Array) -> Array:
    """Return the answer with the seats of each kind given anew: the same in counts, the least travel."""
    after = chosen.copy()
    order = np.argsort(kind, kind="stable")
    for mine in np.split(order, np.flatnonzero(np.diff(kind[order])) + 1) if len(order) else ():
        near = mine[np.argsort(tables.instance.travel_s[mine].argmin(axis=1), kind="stable")]
        for some in np.array_split(near, -(-len(near) // MOST_SEATS)):
            seat = chosen[some]
            if (seat >= 0).any():
                after[some] = seated(tables, some, seat[seat >= 0])
    return after


def regrouped(tables: Tables, kind: Array, chosen: Array, places: Array, order: Order) -> Array:
    """Return the answer with some places decided anew, (H): better in the order's goals, else the same.

    `kind` (H) as `kinds` tells it; with goals of familiar places it must tell them apart.
    """
    option = np.sort(np.concatenate([places, places + tables.places]))
    group = _Group(tables, kind, chosen, option)
    if not len(group.columns):
        return chosen
    picked = solve(group.choice(order), 1.0, EFFORT).picked
    after = group.answer(picked)
    return after if group.rank(order, after) > group.rank(order, chosen) else chosen


class _Group:
    """Some options, everybody who has one of them or waits, counted by kind and by what is possible."""

    def __init__(self, tables: Tables, kind: Array, chosen: Array, option: Array) -> None:
        self._tables, self._chosen = tables, chosen
        there = np.isin(chosen, option)
        waits = (chosen < 0) & tables.allowed[:, option].any(axis=1)
        self._home = np.flatnonzero(there | waits)
        key = np.column_stack([kind[self._home], tables.allowed[np.ix_(self._home, option)]])
        _, first, of, count = np.unique(
            key, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        self._of, self._count = of.ravel(), count
        alike = self._home[first]
        self._alike, at = np.nonzero(tables.allowed[np.ix_(alike, option)])
        self.columns = Columns(alike[self._alike], option[at])
        now = np.zeros((len(alike), len(option)), np.int64)
        seat = np.searchsorted(option, chosen[self._home[there[self._home]]])
        np.add.at(now, (self._of[there[self._home]], seat), 1)
        self._now = now[self._alike, at]

    def choice(self, order: Order) -> Choice:
        """Return the model: how many of which kind take which option."""
        tables, columns = self._tables, self.columns
        taken = tables.taken(columns)
        placed = np.flatnonzero(self._chosen >= 0)
        load = tables.taken(Columns(placed, self._chosen[placed])).sum(axis=1)
        room = tables.limit - np.asarray(load).ravel() + taken @ self._now
        held = [self._worth(goal) for goal in (*order.kept, order.wanted[0])]
        least = [-int(worth @ self._now) for worth in held]
        rows = np.flatnonzero(np.diff(taken.indptr))
        worth = -self._ways() * tables.size[columns.home] / TRAVEL_S
        for step, goal in enumerate(reversed(order.wanted)):
            worth += STEP**step * (FIRST if goal is order.wanted[0] else 1.0) * self._worth(goal)
        return Choice(
            home=self._alike,
            worth=worth,
            taken=sparse.vstack([taken[rows], *(sparse.csr_matrix(-one) for one in held)]).tocsr(),
            room=np.concatenate([room[rows], least]),
            present=self._now,
            count=self._count,
        )

    def answer(self, picked: Array) -> Array:
        """Return the answer with so many of each kind at each option, those there whose way is short."""
        after = self._chosen.copy()
        after[self._home] = NOWHERE
        for alike in np.unique(self._alike):
            mine, column = self._home[self._of == alike], self._alike == alike
            seat = np.repeat(self.columns.option[column], picked[column])
            if len(seat):
                after[mine] = seated(self._tables, mine, seat)
        return after

    def rank(self, order: Order, chosen: Array) -> tuple[int, ...]:
        """Return what an answer gives here to each goal in order, then its travel, to be compared."""
        home = self._home[chosen[self._home] >= 0]
        goals = (*order.kept, *order.wanted, Goal.TRAVEL)
        return tuple(int(self._tables.worth(g, home, chosen[home]).sum()) for g in goals)

    def _worth(self, goal: Goal) -> Array:
        return self._tables.worth(goal, self.columns.home, self.columns.option)

    def _ways(self) -> Array:
        """Return the seconds that a column's next taker may need: the mean of as many nearest as have it."""
        found, place = np.zeros(len(self.columns)), self.columns.option % self._tables.places
        for alike in np.unique(self._alike):
            mine, column = self._home[self._of == alike], np.flatnonzero(self._alike == alike)
            seconds = np.sort(self._tables.instance.travel_s[np.ix_(mine, place[column])], axis=0)
            mean = np.cumsum(seconds, axis=0) / np.arange(1, len(mine) + 1)[:, None]
            nearest = np.clip(self._now[column], 1, len(mine)) - 1
            found[column] = mean[nearest, np.arange(len(column))]
        return found

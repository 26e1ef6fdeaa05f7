"""Row prices: the dual of the relaxation, smoothed, at falling temperatures.

With prices every household wants the option of best net worth; smoothed, it wants each option a little, the
more the better. Prices at which what is wanted fits the limits prove the bound `Problem.bound`. Hot and
coarse first (households that stand for many), then cool and exact; the columns of each step are those of
best profit over all pairs. Nothing here has to be trusted: any prices prove a valid bound.

Method: smoothed dual by L-BFGS (Nesterov 2005, "Smooth minimization of non-smooth functions").
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from bcp_kit.cores.shelter_matching.engine.columns import Look, merged, near, picked
from bcp_kit.cores.shelter_matching.engine.crew import ALONE, Crew
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE, Array, Columns, Problem

COLDEST = 60.0  # exponents below minus this count as nothing
FIRST_LIST = 64  # options by worth alone with which everybody starts
MORE_LIST = 16  # options of best profit that each step adds
GROUPS = 14_000
CENTRE_REACH = 28.0
PARTS = 4  # of the columns, done side by side; fixed, so that sums come out the same each time


@dataclass(frozen=True)
class Step:
    """One temperature, in parts of what a person's place is worth, and the columns to look at.

    Columns within `margin` temperatures of the best, at most `most` a household.
    """

    heat: float
    iterations: int
    margin: float = np.inf
    most: int = MORE_LIST


COARSE = (Step(1 / 10, 60), Step(1 / 40, 80), Step(1 / 133, 80))
HOT = (8.0, 2.0, 0.5)
WARM = Step(1 / 200, 60)
COOL = (Step(1 / 670, 80, 20), Step(1 / 2000, 100, 20), Step(1 / 6700, 100, 30))
CYCLES = 8  # of the cool steps
ENOUGH = 1e-5  # of the bound: a cycle that betters it by less is the last
REACH = (0.5, 14.0, 200.0)  # least, first and most that prices may move, in temperatures per usual demand


class _Part:
    """The smoothed dual over the columns of some households."""

    def __init__(self, problem: Problem, columns: Columns, count: Array | None) -> None:
        homes, self._start, self._at = np.unique(columns.home, return_index=True, return_inverse=True)
        self._worth = problem.worth(columns)
        self.taken = problem.taken(columns).astype(float)
        self._paid = self.taken.T.tocsr()
        self._count = np.ones(len(homes)) if count is None else count[homes]
        self._size = problem.size[homes].astype(float)

    def shares(self, rows: Array, heat: float) -> tuple[float, Array]:
        """Return what its households add to the dual, and how much of each column they want."""
        net = self._worth - self._paid @ rows
        best = np.maximum(np.maximum.reduceat(net, self._start), 0)
        cool = heat * self._size
        net -= best[self._at]
        net /= cool[self._at]
        np.maximum(net, -COLDEST, out=net)
        net = np.exp(net.astype(np.float32)).astype(float)  # enough digits for shares
        total = np.add.reduceat(net, self._start) + np.exp(np.maximum(-best / cool, -COLDEST))
        net *= (self._count / total)[self._at]
        return float((self._count * (best + cool * np.log(total))).sum()), net

    def told(self, rows: Array, heat: float) -> tuple[float, Array]:
        """Return what its households add to the dual, and what they want of each row."""
        value, wanted = self.shares(rows, heat)
        return value, np.asarray(self.taken @ wanted)


class Smooth:
    """The smoothed dual over some columns; `count` (H) says how many households each stands for.

    `limit` (R) stands for the problem's own where part of it is taken already.
    """

    def __init__(
        self,
        problem: Problem,
        columns: Columns,
        count: Array | None = None,
        crew: Crew = ALONE,
        limit: Array | None = None,
    ) -> None:
        cuts = np.linspace(0, len(columns), PARTS + 1).astype(int)[1:-1]
        cuts = np.unique(np.searchsorted(columns.home, columns.home[cuts]))
        edges = zip([0, *cuts], [*cuts, len(columns)], strict=True)
        slices = [picked(columns, slice(low, high)) for low, high in edges if low < high]
        self._parts = crew.map(lambda some: _Part(problem, some, count), slices)
        self._limit, self._crew = (problem.limit if limit is None else limit).astype(float), crew
        entries = sum(np.diff(part.taken.indptr) for part in self._parts)
        total = sum(np.asarray(abs(part.taken).sum(axis=1)).ravel() for part in self._parts)
        self.demand = np.where(entries > 0, total / np.maximum(entries, 1), 1.0)  # usual demand of a row

    def shares(self, rows: Array, heat: float) -> Array:
        """Return how much of each column is wanted at row prices."""
        return np.concatenate([part.shares(rows, heat)[1] for part in self._parts])

    def minimise(self, rows: Array, step: Step, unit: float, reach: float = np.inf) -> Array:
        """Return row prices of a lower smoothed dual, at most `reach` away from `rows`.

        `unit` is a person's worth. The columns hold around `rows` only, hence the reach.
        """
        heat = step.heat * unit
        scale = unit / 2 / np.maximum(self.demand, 1e-9)
        start, away = rows / scale, reach * heat / np.maximum(self.demand, 1e-9) / scale

        def dual(scaled: Array) -> tuple[float, Array]:
            prices = scaled * scale
            told = self._crew.map(lambda part: part.told(prices, heat), self._parts)
            value = self._limit @ prices + sum(value for value, _ in told)
            slope = self._limit - sum(wanted for _, wanted in told)
            return float(value) / (5 * unit), np.asarray(slope * scale / (5 * unit))

        found = minimize(
            dual,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(np.maximum(0, start - away), start + away, strict=True)),
            options={
                "maxiter": step.iterations,
                "maxfun": step.iterations * 13 // 10,
                "maxcor": 20,
                "ftol": 1e-14,
                "gtol": 1e-12,
            },
        )
        return np.asarray(np.maximum(0, found.x * scale))


def coarse_steps(spread: float) -> tuple[Step, ...]:
    """Return the first temperatures: hotter ones before, where some places are worth much more."""
    hotter = tuple(Step(heat, 40) for heat in HOT if heat < spread / 5)
    return hotter + COARSE


def first_prices(problem: Problem, unit: float, crew: Crew, go_on: Callable[[], bool]) -> Array:
    """Return prices from households that stand for many, hot to warm."""
    rows = np.zeros(len(problem.limit))
    homes, count = problem.groups(GROUPS)
    everybody = np.zeros(problem.homes)
    everybody[homes] = count
    columns = near(problem, rows, Look(np.inf, FIRST_LIST), homes, crew)
    for step in coarse_steps(problem.spread):
        if not go_on() or not len(columns):
            break
        rows = Smooth(problem, columns, everybody, crew).minimise(rows, step, unit)
        columns = merged(problem, columns, near(problem, rows, Look(np.inf, MORE_LIST), homes, crew))
    return rows


def cooled(
    problem: Problem,
    rows: Array,
    unit: float,
    crew: Crew,
    go_on: Callable[[], bool],
    cycles: int = CYCLES,
) -> tuple[Array, float]:
    """Return better prices and the bound they prove: everybody, cooler and cooler, in several cycles.

    Prices move as far as the last step showed to be safe.
    """
    best, bound = rows, problem.bound(rows, crew)
    least, reach, most = REACH
    for cycle in range(cycles):
        before = bound
        for step in (WARM, *COOL) if cycle == 0 else COOL:
            columns = near(problem, best, Look(step.margin * step.heat * unit, step.most), crew=crew)
            if not go_on() or not len(columns):
                return best, bound
            found = Smooth(problem, columns, crew=crew).minimise(best, step, unit, reach)
            proven = problem.bound(found, crew)
            reach = float(np.clip(reach * (1.6 if proven < bound else 0.3), least, most))
            if proven < bound:
                best, bound = found, proven
        if before - bound < ENOUGH * abs(bound):
            break
    return best, bound


def centred(problem: Problem, rows: Array, unit: float, crew: Crew) -> Array:
    """Return prices in the midst of those that are as good as `rows`.

    The best prices are seldom the only ones; a solver gives extreme ones, at which many options look as good
    as chosen or hopeless by accident. A search is led better from the middle.
    """
    for step in COOL[1:]:
        columns = near(problem, rows, Look(step.margin * step.heat * unit, step.most), crew=crew)
        if len(columns):
            rows = Smooth(problem, columns, crew=crew).minimise(rows, step, unit, CENTRE_REACH)
    return rows


def rounded(problem: Problem, rows: Array, columns: Columns, heat: float) -> Array:
    """Return a first answer: what is wanted most at these prices first, as far as the limits go."""
    chosen = np.full(problem.homes, NOWHERE)
    if not len(columns):
        return chosen
    wanted = Smooth(problem, columns).shares(rows, heat)
    taken = problem.taken(columns).T.tocsr()
    net = problem.worth(columns) - taken @ rows
    room = problem.limit.copy()
    order = np.lexsort((-net, -np.round(wanted, 1)))
    for c in order.tolist():
        h = columns.home[c]
        if chosen[h] < 0:
            part = slice(taken.indptr[c], taken.indptr[c + 1])
            row, amount = taken.indices[part], taken.data[part]
            if (amount <= room[row]).all():
                chosen[h] = columns.option[c]
                room[row] -= amount
    return chosen

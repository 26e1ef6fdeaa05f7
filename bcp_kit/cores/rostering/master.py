"""The relaxation: a mix of rosters for each person, so that heads too few and too many cost least.

Columns are found by pricing at worths between those of the linear program and the best known ones (which
keeps worths from swinging); any worths prove a bound.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp  # type: ignore[attr-defined]

from bcp_kit.cores.rostering.pool import Pool
from bcp_kit.cores.rostering.pricing import Pricer
from bcp_kit.cores.rostering.tables import Array

CALM = 0.7  # how much of the best known worths is kept in the next ones
STEP = 0.35  # by how much that falls when nothing new was found
TOLERANCE = 1e-6
FIRST_COLUMNS = 40  # of each person, that a relaxation starts with


@dataclass(frozen=True)
class Part:
    """A part of the plan to find anew: some people, and the heads (C) that the others give."""

    people: Array
    present: Array


@dataclass(frozen=True)
class Relaxed:
    """`columns` (n) of the pool with their `weights` (n), the worth (C) of rows, value and proven bound."""

    columns: Array
    weights: Array
    worth: Array
    value: float
    bound: float


class Master:
    """The linear program over columns of a pool; solved again quickly after columns were added."""

    def __init__(self, pool: Pool, part: Part) -> None:
        self.pool, self.part, tables = pool, part, pool.tables
        solver = self._solver = pywraplp.Solver.CreateSolver("GLOP")
        solver.SetSolverSpecificParametersAsString("use_preprocessing: false")
        heads = (tables.heads - part.present).tolist()
        self._rows = [solver.Constraint(float(h), float(h)) for h in heads]
        self._whose = {int(p): solver.Constraint(1.0, 1.0) for p in part.people}
        self._goal = solver.Objective()
        self._goal.SetMinimization()
        for row, under, over in zip(self._rows, tables.under.tolist(), tables.over.tolist(), strict=True):
            for cost, sign in ((under, 1.0), (over, -1.0)):
                deviation = solver.NumVar(0.0, solver.infinity(), "")
                row.SetCoefficient(deviation, sign)
                self._goal.SetCoefficient(deviation, float(cost))
        self._variables: dict[int, pywraplp.Variable] = {}

    def add(self, columns: Array) -> int:
        """Add columns of the pool that belong to its people; return how many were new."""
        before = len(self._variables)
        for column in columns.tolist():
            if column not in self._variables and int(self.pool.person[column]) in self._whose:
                variable = self._solver.NumVar(0.0, self._solver.infinity(), "")
                self._variables[column] = variable
                self._goal.SetCoefficient(variable, float(self.pool.cost[column]))
                self._whose[int(self.pool.person[column])].SetCoefficient(variable, 1.0)
                for row in np.flatnonzero(self.pool.fills[column]).tolist():
                    self._rows[row].SetCoefficient(variable, 1.0)
        return len(self._variables) - before

    def solve(self) -> Relaxed:
        """Return the best mix; its bound is not known yet."""
        self._solver.Solve()
        return Relaxed(
            columns=np.fromiter(self._variables, dtype=np.int64),
            weights=np.array([v.solution_value() for v in self._variables.values()]),
            worth=np.array([row.dual_value() for row in self._rows]),
            value=self._goal.Value(),
            bound=-np.inf,
        )


@dataclass
class Effort:
    """How hard to look for columns: pricing rounds, columns a person and round, when to stop.

    `close`: bound and value are near enough, as a part of the value. `content`: a value that is good enough
    without looking for columns at all.
    """

    go_on: Callable[[], bool]
    rounds: int = 1000
    most: int = 3
    close: float = 1e-3
    content: float = -np.inf


def relax(pricer: Pricer, pool: Pool, part: Part, start: Array, effort: Effort) -> Relaxed:
    """Return the relaxation of a part over all rosters, `start` (C) being worths to begin with.

    The pool must hold a column of each of the part's people. It takes up all columns found.
    """
    master = Master(pool, part)
    master.add(_promising(pool, part, start))
    search = _Search(pricer, pool, part, effort)
    if np.isfinite(effort.content):
        found = master.solve()
        if found.value <= effort.content:
            return found
    master.add(search.look(pricer.rounded(start)))
    found = master.solve()
    while search.rounds < effort.rounds and effort.go_on() and not search.done(found.value):
        if not search.extend(master, found.worth):
            break
        found = master.solve()
    return Relaxed(found.columns, found.weights, found.worth, found.value, search.bound)


def _promising(pool: Pool, part: Part, worth: Array) -> Array:
    """Return the columns of least reduced cost of each of the part's people."""
    ours = np.flatnonzero(np.isin(pool.person, part.people))
    ours = ours[np.lexsort((pool.reduced(ours, worth), pool.person[ours]))]
    _, first, whose = np.unique(pool.person[ours], return_index=True, return_inverse=True)
    return np.asarray(ours[np.arange(len(ours)) - first[whose] < FIRST_COLUMNS])


class _Search:
    """The search for columns: the best bound so far and the worths that prove it."""

    def __init__(self, pricer: Pricer, pool: Pool, part: Part, effort: Effort) -> None:
        self._pricer, self._pool, self._part, self._effort = pricer, pool, part, effort
        self.bound, self.rounds = -np.inf, 0
        self._best = np.zeros(len(part.present))

    def look(self, worth: Array) -> Array:
        """Price at `worth` and return the columns found."""
        self.rounds += 1
        priced = self._pricer.price(worth, self._part.people, self._effort.most)
        bound = self._pricer.bound(worth, priced.best, self._part.present, self._part.people)
        if bound > self.bound:
            self.bound, self._best = bound, worth
        return self._pool.add(priced.people, priced.rosters)

    def extend(self, master: Master, worth: Array) -> bool:
        """Price closer and closer to the worths of the linear program until a column is new."""
        calm = CALM
        while True:
            mixed = calm * self._best + (1 - calm) * worth
            if master.add(self.look(self._pricer.rounded(mixed))):
                return True
            if calm <= 0:
                return False
            calm = max(0.0, calm - STEP)

    def done(self, value: float) -> bool:
        """Whether bound and value meet, as far as whole penalties go."""
        near = value - self.bound <= self._effort.close * max(1.0, abs(value))
        return near or np.ceil(self.bound - TOLERANCE) >= value - TOLERANCE

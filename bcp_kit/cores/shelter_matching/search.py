"""The state of one solve, and what its steps share: floors, work, acceptance of a better answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import floor

import numpy as np

from bcp_kit.cores.shelter_matching import check, model, prices
from bcp_kit.cores.shelter_matching.greedy import place_of
from bcp_kit.cores.shelter_matching.instance import Goal, Place
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables
from bcp_kit.domain.progress import Progress

SLACK = 1e-6  # of one unit of a goal: rounding of floats in a bound
SIDE_GOALS = (Goal.LONGEST, Goal.LOAD)  # goals that do not add up over pairs


@dataclass
class Search:
    """The best answer so far, the bounds proven, the prices that prove them, and the work left."""

    tables: Tables
    seed: int
    work: float
    progress: Progress
    places: dict[str, Place]
    values: dict[Goal, int] = field(init=False)
    chosen: Array = field(init=False)
    bounds: dict[Goal, int] = field(default_factory=dict)
    proofs: list[prices.Prices] = field(default_factory=list)
    shortened: bool = False  # whether ways were ever looked at
    stopped: bool = False
    spent: float = 0.0
    stage: str = "matching.progress.start"
    done: float = 0.0
    _held: list[tuple[tuple[Goal, int], Tables]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self.keep(self.places)

    def keep(self, found: Mapping[str, Place]) -> None:
        """Make `found` the best answer so far."""
        self.places, self.values = dict(found), check.score(self.tables.instance, found)
        self.chosen = self.tables.chosen(found)

    def go_on(self) -> bool:
        """Report progress; False, now and for ever, once the caller wants to stop."""
        if not self.stopped and not self.progress(self.done, self.stage):
            self.stopped = True
        return not self.stopped

    def may_work(self) -> bool:
        """True while there is work left and nobody asked to stop."""
        return self.spent < self.work and self.go_on()

    def floors(self) -> dict[Goal, int]:
        """Return the goals already settled that add up over pairs, with the values that must be kept."""
        return {g: self.values[g] for g in self.bounds if g not in SIDE_GOALS}

    def held(self) -> Tables:
        """Return the tables without what no answer holds that keeps the goals settled already.

        For LONGEST and LOAD: what would break them; for goals that add up: what their prices rule out.
        """
        settled = tuple((g, self.values[g]) for g in self.bounds)
        while self._held and settled[: len(self._held)] != tuple(step for step, _ in self._held):
            self._held.pop()
        for goal, value in settled[len(self._held) :]:
            before = self._held[-1][1] if self._held else self.tables
            self._held.append(((goal, value), self._without(before, goal, value)))
        return self._held[-1][1] if self._held else self.tables

    def _without(self, tables: Tables, goal: Goal, value: int) -> Tables:
        if goal in SIDE_GOALS:
            return within(tables, goal, value)
        proof = next((p for p in reversed(self.proofs) if set(p.aim) == {goal}), None)
        if proof is None:
            return tables
        allowed = prices.ruled_in(tables, proof, prices.floor_of(goal, value))
        self.keep_open(allowed)
        return replace(tables, allowed=allowed)

    def keep_open(self, allowed: Array) -> None:
        """Leave everybody the present place in `allowed` (H, 2M), whatever rounding made of it."""
        home = np.flatnonzero(self.chosen >= 0)
        allowed[home, self.chosen[home]] = True

    def take(self, found: Mapping[str, Place]) -> bool:
        """Keep `found` when it is better and breaks no rule; return whether it was kept."""
        instance = self.tables.instance
        values = check.score(instance, found)
        if check.rank(instance, values) <= check.rank(instance, self.values):
            return False
        return self.replace(found)

    def replace(self, found: Mapping[str, Place]) -> bool:
        """Keep `found` when it breaks no rule; return whether it was kept."""
        if check.violations(self.tables.instance, found):
            return False
        self.keep(found)
        return True

    def own_columns(self, homes: Array) -> Columns:
        """Return the present places of some households (mask) as columns."""
        at = np.flatnonzero((self.chosen >= 0) & homes)
        return Columns(at, self.chosen[at])

    def hint(self, columns: Columns) -> Array:
        """Return which columns are the present places of their households."""
        return np.flatnonzero(self.chosen[columns.home] == columns.option)

    def allowed_work(self, share: float) -> model.Work:
        """Return a share of the work left, for one model."""
        return model.Work(share * max(0.0, self.work - self.spent), self.seed, self.go_on)

    def remaining(self, columns: Columns, fixed: Columns) -> model.Part:
        """Return what is left to decide over `columns` once `fixed` are taken."""
        tables = self.tables
        room = tables.limit - np.asarray(tables.taken(fixed).sum(axis=1)).ravel()
        floors = {}
        for goal in self.bounds:
            floors[goal] = prices.floor_of(goal, self.values[goal])
            if goal not in SIDE_GOALS:
                floors[goal] -= int(tables.worth(goal, fixed.home, fixed.option).sum())
        return model.Part(columns, room, floors)


def within(tables: Tables, goal: Goal, at_most: int) -> Tables:
    """Return the tables without what would make LONGEST or LOAD more than `at_most`."""
    if goal is Goal.LONGEST:
        near = np.tile(tables.instance.travel_s <= at_most, 2)
        return replace(tables, allowed=tables.allowed & near)
    limit = tables.limit.copy()
    rows = model.load_rows(tables)
    limit[rows] = limit[rows] * at_most // check.FULL
    return replace(tables, limit=limit)


def whole(goal: Goal, signed: float) -> int:
    """Return a bound, signed so that more is better, as a whole number in the goal's own sense."""
    least = floor(signed + SLACK * prices.unit(goal))
    return least if goal.wants_more else -least


def tighter(goal: Goal, one: int, other: int) -> int:
    """Return the stronger of two bounds."""
    return min(one, other) if goal.wants_more else max(one, other)


def as_places(tables: Tables, columns: Columns, picked: Array | None = None) -> dict[str, Place]:
    """Return the picked columns (default: all) as places by household id."""
    homes = tables.instance.households
    at = np.arange(len(columns)) if picked is None else picked
    pairs = zip(columns.home[at].tolist(), columns.option[at].tolist(), strict=True)
    return {homes[h].id: place_of(tables, o) for h, o in pairs}

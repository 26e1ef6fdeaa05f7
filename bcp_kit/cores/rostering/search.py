"""The best plan so far and how it gets better: columns that can still matter, chosen anew in parts."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bcp_kit.cores.rostering.choose import choose
from bcp_kit.cores.rostering.dive import Depth, Engine, dive, respond
from bcp_kit.cores.rostering.master import TOLERANCE, Effort, Part, Relaxed, relax
from bcp_kit.cores.rostering.tables import Array

MOST_COLUMNS = 1500  # of a whole-number model
MOST_NODES = 20_000
MODEL_S = 6.0  # seconds that one whole-number model may take
PART_ROUNDS = 12
FIRST_WORTH = 5  # worth of a head at first: what one too few costs, divided by this


@dataclass
class Search:
    """`chosen` (P): columns of the best plan. `root`: the relaxation of all people, once it is known."""

    engine: Engine
    chosen: Array
    depth: Depth
    seconds_left: Callable[[], float]

    def __post_init__(self) -> None:
        self.value = self.cost(self.chosen)
        nothing = np.empty(0, dtype=np.int64)
        rows = np.zeros(len(self.engine.pool.tables.day))
        self.root = Relaxed(nothing, nothing.astype(float), rows, np.inf, -np.inf)

    def relax(self, go_on: Callable[[], bool], close: float) -> None:
        """Find the relaxation of everybody, and its bound, as close as asked."""
        part = self._part(self.engine.people)
        tables, before = self.engine.pool.tables, self.root.bound
        start = self.root.worth
        if not len(self.root.columns):
            start = np.where(tables.heads > 0, tables.under / FIRST_WORTH, 0)
        found = relax(self.engine.pricer, self.engine.pool, part, start, Effort(go_on, close=close))
        self.root = replace(found, bound=max(before, found.bound))

    @property
    def bound(self) -> int:
        """No plan costs less: penalties are whole."""
        absent = np.setdiff1d(np.arange(len(self.chosen)), self.engine.people)
        rest = float(self.engine.pool.cost[self.chosen[absent]].sum())
        return int(np.ceil(self.root.bound + rest - TOLERANCE)) if np.isfinite(self.root.bound) else 0

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.value <= self.bound

    def cost(self, chosen: Array) -> int:
        """Return what a plan costs."""
        pool = self.engine.pool
        present = pool.fills[chosen].sum(axis=0)
        return round(float(pool.cost[chosen].sum() + pool.tables.cover_cost(present).sum()))

    def offer(self, chosen: Array | None) -> bool:
        """Take a plan that is not worse; return whether it is better."""
        if chosen is None:
            return False
        cost = self.cost(chosen)
        better = cost < self.value
        if cost <= self.value:
            self.chosen, self.value = chosen, cost
        return better

    def dive(self) -> bool:
        """Go from the relaxation of everybody to a plan, and let each person answer to it."""
        people = self.engine.people
        found = dive(self.engine, self._part(people), self.root, self.depth)
        return found is not None and self.offer(respond(self.engine, self._with(people, found), 3))

    def again(self, people: Array) -> bool:
        """Find the rosters of some people anew: relaxation, dive, then a model over their columns."""
        part = self._part(people)
        effort = Effort(self.engine.go_on, PART_ROUNDS)
        found = relax(self.engine.pricer, self.engine.pool, part, self.root.worth, effort)
        if np.ceil(found.bound - TOLERANCE) >= self._part_value(people, part) - TOLERANCE:
            return False
        dived = dive(self.engine, part, found, self.depth)
        better = dived is not None and self.offer(self._with(people, dived))
        return self.model(people) or better

    def model(self, people: Array) -> bool:
        """Choose for some people among the columns that can still matter."""
        part, seconds = self._part(people), min(MODEL_S, self.seconds_left())
        if seconds <= 0:
            return False
        found = choose(self.engine.pool, part, self._worthwhile(people), seconds, MOST_NODES)
        return found is not None and self.offer(self._with(people, found))

    def some(self, size: int, around: bool) -> Array:
        """Return so many people: by chance, or half of them such as can best fill a costly cover row."""
        dice, everybody = self.engine.dice, self.engine.people.tolist()
        first = self._around()[: size // 2] if around else []
        others = [p for p in everybody if p not in first]
        return np.array(sorted([*first, *dice.sample(others, min(len(others), size - len(first)))]))

    def _around(self) -> list[int]:
        """Return the people in the order of what it costs them to fill a row that is costly now."""
        pool = self.engine.pool
        costs = pool.tables.cover_cost(pool.fills[self.chosen].sum(axis=0))
        if not costs.any():
            return []
        (row,) = self.engine.dice.choices(range(len(costs)), costs.tolist())
        worth = self.engine.pricer.rounded(self.root.worth)
        filling = np.flatnonzero(pool.fills[:, row])
        extra = np.full(len(self.chosen), np.inf)
        cost = pool.reduced(filling, worth) - self._least(worth)[pool.person[filling]]
        np.minimum.at(extra, pool.person[filling], cost)
        order = self.engine.people[np.argsort(extra[self.engine.people], kind="stable")]
        return [int(p) for p in order if np.isfinite(extra[p])]

    def _part(self, people: Array) -> Part:
        others = np.setdiff1d(np.arange(len(self.chosen)), people)
        return Part(people, self.engine.pool.fills[self.chosen[others]].sum(axis=0))

    def _part_value(self, people: Array, part: Part) -> float:
        pool = self.engine.pool
        present = part.present + pool.fills[self.chosen[people]].sum(axis=0)
        return float(pool.cost[self.chosen[people]].sum() + pool.tables.cover_cost(present).sum())

    def _with(self, people: Array, columns: Array) -> Array:
        chosen = self.chosen.copy()
        chosen[people] = columns
        return chosen

    def _worthwhile(self, people: Array) -> Array:
        """Return columns of people that a better plan can hold: their reduced cost fits in the gap.

        At most so many, the best ones, and the present ones always.
        """
        engine, root = self.engine, self.root
        worth = engine.pricer.rounded(root.worth)
        least = self._least(worth)
        ours = np.flatnonzero(np.isin(engine.pool.person, people))
        extra = engine.pool.reduced(ours, worth) - least[engine.pool.person[ours]]
        order = np.argsort(extra, kind="stable")[:MOST_COLUMNS]
        kept = ours[order[extra[order] <= self.value - self.bound + 1]]
        return np.union1d(kept, self.chosen[people])

    def _least(self, worth: Array) -> Array:
        """Return each person's least reduced cost over the pool."""
        pool = self.engine.pool
        everything = np.arange(len(pool))
        least = np.full(len(self.chosen), np.inf)
        np.minimum.at(least, pool.person, pool.reduced(everything, worth))
        return least

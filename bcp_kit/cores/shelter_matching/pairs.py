"""The stage's tables as the engine sees them: one aim over goals that add up, rows as they stand.

Options are those of `tables.py`: destination `j` suited, `M + j` the same as a stop-over.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
from scipy import sparse

from bcp_kit.cores.shelter_matching import alike, prices
from bcp_kit.cores.shelter_matching.engine.problem import NEVER, Array, Columns, Problem
from bcp_kit.cores.shelter_matching.instance import Goal
from bcp_kit.cores.shelter_matching.tables import Columns as TableColumns
from bcp_kit.cores.shelter_matching.tables import Tables

FAR = 2.0  # an unreachable place counts as this many times the longest way, for likeness only
FARTHEST_S = 240_000.0  # seconds of travel that outweigh one more person of a lower goal in a draft
KEPT_PAIRS = 8_000_000  # up to here what options count is kept
SAMPLE = 2000  # households by whose ways places are laid out


class Pairs(Problem):
    """An aim over the pairs of one stage; the goals already settled keep their values.

    Each `floors` entry (goal: value reached) is one more row: what is lost of the goal may not exceed what is
    above the value, so its limit is below zero and only an answer that keeps it can be bettered.
    """

    def __init__(self, tables: Tables, aim: prices.Aim, floors: Mapping[Goal, int] | None = None) -> None:
        self._tables, self._aim, self.floors = tables, aim, dict(floors or {})
        self.size, self.options = tables.size, 2 * tables.places
        self._rows = len(tables.limit)
        least = [prices.floor_of(goal, value) for goal, value in self.floors.items()]
        usable = np.fromiter(_usable(tables), np.int64, self._rows)
        self.limit = np.concatenate([usable, -np.array(least, np.int64)])
        self.position = np.tile(layout(tables), (2, 1))
        self.spread = max(1.0, max(weight * prices.unit(g) for g, weight in aim.items()) / self.unit())
        few = self.homes * self.options * (1 + len(self.floors)) <= KEPT_PAIRS
        self._kept = self._worths(np.arange(self.homes)) if few else None

    def unit(self) -> float:
        """Return what a usual person's place is worth: as much as a way that nobody would go."""
        if Goal.TRAVEL in self._aim:
            return FARTHEST_S * self._aim[Goal.TRAVEL]
        return min(self._aim.values())

    def worth(self, columns: Columns) -> Array:
        """Return what each column counts for the aim."""
        return np.asarray(prices.worth_of(self._tables, self._aim, columns.home, columns.option))

    def net(self, rows: Array, homes: Array | slice, exact: bool = False) -> Array:
        """Return the aim minus the price for all options of some households."""
        del exact  # always in double precision
        home = np.arange(self.homes)[homes]
        worths = [w[homes] for w in self._kept] if self._kept else self._worths(home)
        found = worths[0] - self._tables.price_of_option(rows[: self._rows], home)
        for price, kept in zip(rows[self._rows :].tolist(), worths[1:], strict=True):
            if price:
                found += price * kept
        found[~self._tables.allowed[home]] = NEVER
        return np.asarray(found)

    def eased(self, chosen: Array) -> Array:
        """Return the answer with the seats of those who are alike given anew, where only ways count."""
        if set(self._aim) != {Goal.TRAVEL}:
            return chosen
        return alike.reseated(self._tables, self._kind, chosen)

    @cached_property
    def _kind(self) -> Array:
        return alike.kinds(self._tables, Goal.FAMILIAR in self.floors)

    def _worths(self, home: Array) -> list[Array]:
        """Return what all options of some households count for the aim, then for each floor."""
        aims = [self._aim, *({goal: 1.0} for goal in self.floors)]
        option = np.arange(self.options)[None, :]
        return [prices.worth_of(self._tables, aim, home[:, None], option) for aim in aims]

    def taken(self, columns: Columns) -> sparse.csr_matrix:
        """Return what each column takes of each row, and gives to each floor, sparse (R, n)."""
        taken = self._tables.taken(TableColumns(columns.home, columns.option))
        if not self.floors:
            return taken
        given = [-self._tables.worth(goal, columns.home, columns.option) for goal in self.floors]
        return sparse.vstack([taken, *map(sparse.csr_matrix, given)]).tocsr()

    def groups(self, most: int) -> tuple[Array, Array]:
        """Return one household of those who ask for the same from the same direction, and their number."""
        del most
        tables = self._tables
        seconds = np.where(tables.instance.travel_s < 0, np.iinfo(np.int64).max, tables.instance.travel_s)
        nearest = seconds.argmin(axis=1) if self.options else np.zeros(self.homes, np.int64)
        profile = np.array([h.profile for h in tables.instance.households], np.int64)
        asked = np.column_stack([nearest, profile, tables.members, tables.size, *tables.demand])
        _, first, count = np.unique(asked, axis=0, return_index=True, return_counts=True)
        order = np.argsort(first)
        return first[order], count[order].astype(float)


def _usable(tables: Tables) -> Iterator[int]:
    """Yield what of each limit can be used at all when everybody takes multiples of one number."""
    kinds = tables.demand[0].shape[1]
    steps = [np.gcd.reduce(np.concatenate([d[:, k] for d in tables.demand]), initial=0) for k in range(kinds)]
    for row, limit in enumerate(tables.limit.tolist()):
        part = tables.rate.getrow(row)
        step = 0
        for cell, factor in zip(part.indices.tolist(), part.data.tolist(), strict=True):
            step = int(np.gcd(step, int(factor) * int(steps[cell % kinds])))
        yield limit // step * step if step else limit


def layout(tables: Tables) -> Array:
    """Return positions (M, 2) at which places that are near the same homes lie together.

    The two main directions in which the ways from a sample of homes differ.
    """
    seconds = tables.instance.travel_s[:: max(1, len(tables.size) // SAMPLE)].astype(float)
    if not seconds.size:
        return np.zeros((tables.places, 2))
    seconds[seconds < 0] = FAR * max(1.0, seconds.max())
    apart = (seconds - seconds.mean(axis=1, keepdims=True)).T
    strength, along = np.linalg.eigh(apart @ apart.T)
    found, width = np.zeros((tables.places, 2)), min(2, tables.places)
    found[:, :width] = (along * np.sqrt(np.maximum(strength, 0)))[:, ::-1][:, :width]
    return found

"""The best roster of many people at given worths of the cover rows, and the bound that this proves."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2

import numpy as np

from bcp_kit.cores.rostering.contracts import Contract
from bcp_kit.cores.rostering.paths import Paths
from bcp_kit.cores.rostering.tables import Array, Tables

EXACT_BITS = 23  # whole numbers that a 32-bit float holds exactly
MOST_DIGITS, LEAST_DIGITS = 8, 3  # binary digits after the point of a worth
PEOPLE_AT_ONCE_CELLS = 60_000_000


@dataclass(frozen=True)
class Priced:
    """`best` (P): each person's least cost, 0 for people not asked for; rosters (n, D) and whose they are."""

    best: Array
    people: Array
    rosters: Array


class Pricer:
    """Prices rosters. Worths are rounded so that all sums are exact, hence the bounds are too."""

    def __init__(self, tables: Tables, contracts: Sequence[Contract]) -> None:
        self.tables, self.contracts = tables, contracts
        finite = np.abs(tables.own[np.isfinite(tables.own)]).max(initial=1)
        heaviest = max(1.0, finite, *tables.under.tolist(), *tables.over.tolist())
        digits = EXACT_BITS - ceil(log2(2 * heaviest * tables.days))
        self._type = np.float32 if digits >= LEAST_DIGITS else np.float64
        self._step = 2.0 ** -(min(MOST_DIGITS, digits) if digits >= LEAST_DIGITS else MOST_DIGITS)
        self._chunks = {id(c): _people_at_once(c) for c in contracts}

    def rounded(self, worth: Array) -> Array:
        """Return worths with as many digits as sums can hold exactly, within what a head can cost."""
        worth = np.clip(worth, -self.tables.over, self.tables.under)
        return np.asarray(np.round(worth / self._step) * self._step)

    def price(self, worth: Array, people: Array, most: int) -> Priced:
        """Return the best rosters of `people`, at most `most` each, at rounded worths (C)."""
        tables = self.tables
        cost = tables.priced(worth).astype(self._type)
        best = np.zeros(tables.people)
        found: list[tuple[Array, Array]] = []
        for contract in self.contracts:
            ours = np.intersect1d(contract.people, people)
            size = self._chunks[id(contract)]
            for start in range(0, len(ours), size):
                some = ours[start : start + size]
                paths = Paths(contract, cost, tables.off, some)
                best[some] = paths.best()
                if most:
                    found.append(paths.rosters(most))
        if not found:
            return Priced(best, np.empty(0, dtype=np.int64), np.empty((0, tables.days), dtype=np.int64))
        return Priced(best, *(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def bound(self, worth: Array, best: Array, present: Array, people: Array) -> float:
        """Return what all plans cost at least: `people` as `best` says, others `present` (C) heads."""
        tables = self.tables
        room = tables.counts[:, people].sum(axis=1)
        heads = np.clip(tables.heads - present, 0, room)
        rows = tables.cover_cost(present + heads) + worth * heads
        return float((best + tables.basic)[people].sum() + rows.sum())


def _people_at_once(contract: Contract) -> int:
    rules, days = contract.rules, contract.instance.days
    weekends = min(rules.max_weekends, len(contract.instance.weekends)) + 1
    states = len(contract.groups) * rules.max_consecutive + rules.min_days_off
    return max(1, PEOPLE_AT_ONCE_CELLS // max(1, days * len(contract.points) * weekends * states))

"""The best roster of many people at given worths of the cover rows, and the bound that this proves."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import ceil, log2

import numpy as np

from bcp_kit.cores.rostering.contracts import Contract
from bcp_kit.cores.rostering.limit_prices import TRIES, LimitPrices
from bcp_kit.cores.rostering.paths import Paths
from bcp_kit.cores.rostering.tables import Array, Tables

EXACT_BITS = 23  # whole numbers that a 32-bit float holds exactly
MOST_DIGITS, LEAST_DIGITS = 8, 3  # binary digits after the point of a worth
CELLS_AT_ONCE = 30_000_000  # states of the people who go through the days together
CELLS_TO_SHARE = 2_000_000  # fewer states are not worth a second thread
MOST_PRICE = 4  # times the heaviest weight, a limited shift costs at most
SWAY = 0.02  # of the heaviest weight: by how much the price of a limited shift rises at first
CELLS_A_SECOND = 3e8  # of one kind of shift, on a usual processor
DAY_S = 2e-4  # of a day for all people of a contract, beside that
Rosters = tuple[Array, Array]  # whose they are (n), and the rosters (n, D)
Job = tuple[Contract, Array]


@dataclass(frozen=True)
class Priced:
    """`best` (P): each person's least cost, 0 for people not asked for; rosters (n, D) and whose they are."""

    best: Array
    people: Array
    rosters: Array


class Pricer:
    """Prices rosters. Worths are rounded so that all sums are exact, hence the bounds are too."""

    def __init__(self, tables: Tables, contracts: Sequence[Contract], workers: int = 1) -> None:
        self.tables, self.contracts, self._workers = tables, contracts, workers
        heaviest = _heaviest(tables)
        extra = MOST_PRICE if any(c.loose for c in contracts) else 1
        digits = EXACT_BITS - ceil(log2((1 + extra) * heaviest * tables.days))
        self._type = np.float32 if digits >= LEAST_DIGITS else np.float64
        self._step = 2.0 ** -(min(MOST_DIGITS, digits) if digits >= LEAST_DIGITS else MOST_DIGITS)
        sway = float(np.ceil(SWAY * heaviest / self._step)) * self._step
        self._limit_prices = {
            id(c): LimitPrices(c, tables.people, (self._step, sway, MOST_PRICE * heaviest))
            for c in contracts
            if c.loose
        }

    def rounded(self, worth: Array) -> Array:
        """Return worths with as many digits as sums can hold exactly, within what a head can cost."""
        worth = np.clip(worth, -self.tables.over, self.tables.under)
        return np.asarray(np.round(worth / self._step) * self._step)

    def price(self, worth: Array, people: Array, most: int) -> Priced:
        """Return the best rosters of `people`, at most `most` each, at rounded worths (C)."""
        tables = self.tables
        cost = tables.priced(worth).astype(self._type)
        best = np.zeros(tables.people)
        found: list[Rosters] = []
        jobs = list(self._jobs(people))
        for (_, some), (least, rosters) in zip(jobs, self._done(cost, jobs, most), strict=True):
            best[some] = least
            found.append(rosters)
        if not found:
            return Priced(best, np.empty(0, dtype=np.int64), np.empty((0, tables.days), dtype=np.int64))
        return Priced(best, *(np.concatenate(parts) for parts in zip(*found, strict=True)))

    def _jobs(self, people: Array) -> Iterator[Job]:
        """Yield people of one contract each, as many as go through the days together."""
        for contract in self.contracts:
            ours = np.intersect1d(contract.people, people)
            size = max(1, CELLS_AT_ONCE // max(1, contract.cells))
            if len(ours) * contract.cells > CELLS_TO_SHARE:
                size = min(size, -(-len(ours) // self._workers))
            for start in range(0, len(ours), size):
                yield contract, ours[start : start + size]

    def _done(self, cost: Array, jobs: Sequence[Job], most: int) -> Iterable[tuple[Array, Rosters]]:
        """Return least costs and rosters, job by job; side by side where arrays are long enough for it."""

        def do(job: Job) -> tuple[Array, Rosters]:
            contract, some = job
            if contract.loose:
                return self._limited(contract, cost, some, most)
            paths = Paths(contract, cost, self.tables.off, some)
            return paths.best(), paths.rosters(most)

        cells = sum(contract.cells * len(some) for contract, some in jobs)
        if self._workers == 1 or len(jobs) == 1 or cells < CELLS_TO_SHARE:
            return map(do, jobs)
        with ThreadPoolExecutor(self._workers) as pool:
            return list(pool.map(do, jobs))

    def _limited(self, contract: Contract, cost: Array, some: Array, most: int) -> tuple[Array, Rosters]:
        """The same where limits of shifts are priced: any prices give a bound, not all give a roster."""
        prices, left = self._limit_prices[id(contract)], some
        paid = prices.paid(some)
        best: Array | None = None
        kept: list[Rosters] = []
        for tried in range(TRIES + 1):
            paths = Paths(contract, prices.added(cost, left, tried), self.tables.off, left)
            best = paths.best() - paid if best is None else best
            who, rosters = paths.rosters(max(1, most))
            fits = prices.learn(who, rosters, left, tried)
            kept.append((who[fits], rosters[fits]))
            left = np.setdiff1d(left, who[fits])
            if not len(left):
                break
        people, found = (np.concatenate(parts) for parts in zip(*kept, strict=True))
        return (paid if best is None else best), (people, found)

    def effort(self, people: Array) -> float:
        """Return about how many seconds it takes to price people once."""
        seconds = 0.0
        for contract in self.contracts:
            ours = len(np.intersect1d(contract.people, people))
            cells = ours * contract.cells * len(contract.kinds)
            seconds += cells / CELLS_A_SECOND + (DAY_S * self.tables.days if ours else 0)
        return seconds

    def bound(self, worth: Array, best: Array, present: Array, people: Array) -> float:
        """Return what all plans cost at least: `people` as `best` says, others `present` (C) heads."""
        tables = self.tables
        room = tables.counts[:, people].sum(axis=1)
        heads = np.clip(tables.heads - present, 0, room)
        rows = tables.cover_cost(present + heads) + worth * heads
        return float((best + tables.basic)[people].sum() + rows.sum())


def _heaviest(tables: Tables) -> float:
    """Return the most that one day can cost or be worth."""
    rows = np.zeros((tables.days, tables.shifts + 1))
    np.add.at(rows, (tables.day, tables.number), np.maximum(tables.under, tables.over))
    own = np.abs(tables.own[np.isfinite(tables.own)]).max(initial=0)
    return max(1.0, float(own + rows.max(initial=0)))

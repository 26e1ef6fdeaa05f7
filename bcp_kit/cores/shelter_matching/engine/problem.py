"""What the engine asks of an instance: what an option is worth to whom, and what it takes of which limit.

H households, O options, R limits (*rows*). A household takes at most one option. Pairs are never kept all at
once: the engine asks for them by ranges of households, or for single columns.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from bcp_kit.cores.shelter_matching.engine.crew import ALONE, Crew

Array: TypeAlias = np.ndarray[Any, Any]
CHUNK_PAIRS = 1_000_000
NEVER = -1e12  # the worth of a forbidden option; far below any real worth
UNIT_SAMPLE = 5000  # households by which the usual worth is told
NOWHERE = -1  # the option of a household without a place


@dataclass(frozen=True)
class Columns:
    """Some options of some households: one entry each in `home` and `option`."""

    home: Array
    option: Array

    def __len__(self) -> int:
        return len(self.home)


@dataclass(frozen=True)
class Kinds:
    """Households that are alike in what they take and where they may go, and the heads that count above all.

    `of_home` (H) tells the kind, `heads` (H) in whole numbers what one household counts for, the same for all
    of a kind wherever they go. One head must be worth more than any way, and each row belong to one option.
    """

    of_home: Array
    heads: Array


class Problem(ABC):
    """One instance as the engine sees it.

    `limit` (R) what each row has; `size` (H) people by household: worth and margins are told by person;
    `options` number O of options; `position` (O, 2) where options lie, for neighbourhoods; `spread` how many
    times the place of the most important person is worth what a usual one's is.
    """

    limit: Array
    size: Array
    options: int
    position: Array
    spread: float = 1.0

    def unit(self) -> float:
        """Return what a usual person's place is worth: all distances of worth are told in parts of it.

        Here the best option's worth a person, the median over those who have one.
        """
        free = np.zeros(len(self.limit))
        some = np.arange(0, self.homes, max(1, self.homes // UNIT_SAMPLE))
        best = self.net(free, some).max(axis=1) / self.size[some] if self.options else np.zeros(0)
        best = best[best > 0]
        return float(np.median(best)) if len(best) else 1.0

    @property
    def homes(self) -> int:
        """Number H of households."""
        return len(self.size)

    @abstractmethod
    def worth(self, columns: Columns) -> Array:
        """Return what each allowed column is worth, (n)."""

    @abstractmethod
    def net(self, rows: Array, homes: Array | slice, exact: bool = False) -> Array:
        """Return worth minus price of all options of some households at row prices (R), (n, O).

        NEVER where an option is forbidden. `exact` asks for double precision, as a proof needs.
        """

    @abstractmethod
    def taken(self, columns: Columns) -> sparse.csr_matrix:
        """Return what each column takes of each row, sparse (R, n)."""

    def groups(self, most: int) -> tuple[Array, Array]:
        """Return households that stand for all, about `most` of them, and how many each stands for.

        Only for first prices: every proof is over all households. Without a notion of likeness: everybody.
        """
        del most
        return np.arange(self.homes), np.ones(self.homes)

    def alike(self) -> Kinds | None:
        """Return who is alike and what counts above all; None where households are not counted that way."""
        return None

    def eased(self, chosen: Array) -> Array:
        """Return a valid answer at least as good, found without a model: asked after every round."""
        return chosen

    def chunks(self) -> Iterator[slice]:
        """Yield ranges of households whose pairs fit into memory at once."""
        step = max(1, CHUNK_PAIRS // max(1, self.options))
        for first in range(0, self.homes, step):
            yield slice(first, min(self.homes, first + step))

    def columns_of(self, chosen: Array) -> Columns:
        """Return an answer, option or NOWHERE by household, as columns."""
        home = np.flatnonzero(chosen >= 0)
        return Columns(home, chosen[home])

    def load(self, chosen: Array) -> Array:
        """Return what an answer takes of each row, (R)."""
        return np.asarray(self.taken(self.columns_of(chosen)).sum(axis=1)).ravel()

    def value(self, chosen: Array) -> float:
        """Return what an answer is worth."""
        return float(self.worth(self.columns_of(chosen)).sum())

    def bound(self, rows: Array, crew: Crew = ALONE) -> float:
        """Return the bound that row prices prove for every answer (weak duality); negative prices count as 0.

        best answer <= sum of limit x price + sum over households of max(0, best net worth)
        """
        rows = np.maximum(rows, 0)
        total = float(self.limit @ rows)

        def wanted(some: slice) -> float:
            return float(np.maximum(self.net(rows, some, exact=True).max(axis=1), 0).sum())

        return total + sum(crew.map(wanted, self.chunks())) if self.options else total

"""Limits of shifts that are not counted on the way through the days are given a price.

At any price the least cost, less what the limit would pay at most, is a bound. A roster that breaks a limit
is not used: the price of the shift rises until one keeps it, and falls slowly when nobody breaks it.
"""

import numpy as np

from bcp_kit.cores.rostering.contracts import Contract
from bcp_kit.cores.rostering.tables import Array

TRIES = 12  # prices, each step twice the last, before such shifts are left out


class LimitPrices:
    """Prices by limit and person of the instance; `moves`: the least change, the first rise, the most."""

    def __init__(self, contract: Contract, people: int, moves: tuple[float, float, float]) -> None:
        self._limits = contract.loose
        self._step, self._sway, self._most = moves
        self._prices = np.zeros((len(contract.loose), people))

    def added(self, cost: Array, people: Array, tried: int) -> Array:
        """Return costs (D, S, P) with the prices of `people`; at last the shifts are left out."""
        dear = cost.copy()
        for (shift, _), price in zip(self._limits, self._prices, strict=True):
            dear[:, shift, people] += np.inf if tried >= TRIES else price[people].astype(cost.dtype)
        return dear

    def paid(self, people: Array) -> Array:
        """Return what people pay at most while they keep the limits."""
        most = np.array([most for _, most in self._limits], dtype=float)
        return np.asarray(most @ self._prices[:, people])

    def learn(self, people: Array, rosters: Array, asked: Array, tried: int) -> Array:
        """Change the prices of those `asked`; return which rosters (n, D) of `people` (n) keep the limits."""
        fits = np.ones(len(people), dtype=bool)
        for (shift, most), price in zip(self._limits, self._prices, strict=True):
            over = (rosters == shift).sum(axis=1) > most
            fits &= ~over
            breaks = np.isin(asked, people[over])
            price[asked] += np.where(breaks, self._sway * 2**tried, -self._step)
            price[asked] = np.clip(price[asked], 0, self._most)
        return fits

"""A problem with one more limit: no answer can have more heads than were proven possible.

Prices of the relaxation alone are led by heads that no whole answer has; with the limit they tell what places
are worth where only ways are left to choose, and prove a bound that is far tighter.
"""

import numpy as np
from scipy import sparse

from bcp_kit.cores.shelter_matching.engine.problem import NEVER, Array, Columns, Kinds, Problem


class Capped(Problem):
    """`problem` under at most `heads` heads in all; the last row is that limit."""

    def __init__(self, problem: Problem, kinds: Kinds, heads: int) -> None:
        """Take what is asked of households and options from `problem`."""
        self._of, self._kinds = problem, kinds
        self.size, self.options = problem.size, problem.options
        self.position, self.spread = problem.position, problem.spread
        self.limit = np.append(problem.limit, heads)

    def unit(self) -> float:
        """Return what a usual person's place is worth."""
        return self._of.unit()

    def worth(self, columns: Columns) -> Array:
        """Return what each allowed column is worth, (n)."""
        return self._of.worth(columns)

    def net(self, rows: Array, homes: Array | slice, exact: bool = False) -> Array:
        """Return worth minus price of all options of some households at row prices (R + 1), (n, O)."""
        found = self._of.net(rows[:-1], homes, exact)
        price = (rows[-1] * self._kinds.heads[homes]).astype(found.dtype)[:, None]
        return np.where(found > NEVER / 2, found - price, found)

    def taken(self, columns: Columns) -> sparse.csr_matrix:
        """Return what each column takes of each row, sparse (R + 1, n)."""
        heads = sparse.csr_matrix(self._kinds.heads[columns.home][None, :])
        return sparse.vstack([self._of.taken(columns), heads]).tocsr()

    def groups(self, most: int) -> tuple[Array, Array]:
        """Return households that stand for all, and how many each stands for."""
        return self._of.groups(most)

    def eased(self, chosen: Array) -> Array:
        """Return a valid answer at least as good."""
        return self._of.eased(chosen)

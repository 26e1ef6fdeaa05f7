"""Neighbourhoods: groups of places that lie together, and the households whose place there is decided anew.

The borders move from round to round: closed districts would forbid the exchange that places rare needs. The
groups of one round share no household, so they can be solved side by side with the same outcome.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.shelter_matching.engine.columns import Look, merged, near, picked
from bcp_kit.cores.shelter_matching.engine.model import Choice
from bcp_kit.cores.shelter_matching.engine.problem import Array, Columns, Problem

SHIFTS = (0.0, 0.12, -0.1, 0.06, -0.15, 0.2, -0.05)  # of the cuts, round by round
WIDEST = 24  # options of a household that are ever looked at
DEEPEST = 1 / 40  # of a person's worth: how far below the best they may be


@dataclass(frozen=True)
class Width:
    """How wide a neighbourhood is, in parts of what a person's place is worth.

    `places` lie together; households with another option within `margin` are decided anew, over options
    within `depth` of their best.
    """

    places: int
    margin: float = 1 / 670
    depth: float = 1 / 80


@dataclass(frozen=True)
class Piece:
    """The columns of one neighbourhood, and the choice among them."""

    columns: Columns
    choice: Choice


class State:
    """The answer so far, the room it leaves, and the columns that prices find worth a look."""

    def __init__(self, problem: Problem, rows: Array, chosen: Array, unit: float) -> None:
        self.problem, self.rows, self.unit = problem, rows, unit
        self._good = near(problem, rows, Look(DEEPEST * unit, WIDEST))
        self.begin(chosen)

    def begin(self, chosen: Array) -> None:
        """Begin anew from any answer."""
        problem = self.problem
        self.columns = merged(problem, self._good, problem.columns_of(chosen))
        taken = problem.taken(self.columns)
        self._by_column = taken.T.tocsr()
        self._net = problem.worth(self.columns) - self._by_column @ self.rows
        self._best = np.zeros(problem.homes)
        np.maximum.at(self._best, self.columns.home, self._net)
        entries = taken.tocoo()
        self._row_option = np.zeros(len(self.rows), np.int64)
        self._row_option[entries.row] = self.columns.option[entries.col]
        self.chosen = chosen.copy()
        self.room = problem.limit - problem.load(chosen)
        self.value = problem.value(chosen)

    def accept(self, piece: Piece, which: Array) -> bool:
        """Keep the choice of a piece where it is better and fits; return whether it was kept."""
        gain = piece.choice.worth[which].sum() - piece.choice.worth[piece.choice.present].sum()
        change = piece.choice.taken @ (which.astype(np.int64) - piece.choice.present)
        if gain <= 0 or (self.room < change).any():
            return False
        old, new = picked(piece.columns, piece.choice.present), picked(piece.columns, which)
        self.chosen[old.home] = -1
        self.chosen[new.home] = new.option
        self.room = self.room - change
        self.value += float(gain)
        return True

    def order(self, block: Array) -> list[int]:
        """Return the neighbourhoods, most hopeful first: by room unused and by who is not where best."""
        count = int(block.max(initial=-1)) + 1
        hope = np.bincount(block[self._row_option], np.maximum(self.rows * self.room, 0), count)
        present = self.chosen[self.columns.home] == self.columns.option
        lost = self._best[self.columns.home[present]] - self._net[present]
        hope += np.bincount(block[self.columns.option[present]], lost, count)
        return [int(b) for b in np.argsort(-hope, kind="stable")]

    def far_from(self, option: Array) -> Array:
        """Return who (H) has no column worth a look among these options."""
        far = np.ones(self.problem.homes, bool)
        far[self.columns.home[np.isin(self.columns.option, option)]] = False
        return far

    def piece(self, block: Array, number: int, width: Width, busy: Array) -> Piece | None:
        """Return one neighbourhood to be decided anew, without the `busy` households (H) that wait.

        Whoever has a place there belongs to it, and whoever waits for a place and would like one there.
        """
        part = np.flatnonzero(block[self.columns.option] == number)
        home, option = self.columns.home[part], self.columns.option[part]
        now = self.chosen[home]
        mine = np.where(now < 0, ~busy[home], block[now] == number)
        depth = width.depth * self.unit * self.problem.size[home]
        wanted = mine & ((self._net[part] >= self._best[home] - depth) | (now == option))
        return self._piece(part[wanted], width) if wanted.any() else None

    def _piece(self, part: Array, width: Width) -> Piece | None:
        """Return the piece over some columns of one neighbourhood; None where nothing is to be decided."""
        home, net = self.columns.home[part], self._net[part]
        present = self.chosen[home] == self.columns.option[part]
        homes, start, at = np.unique(home, return_index=True, return_inverse=True)
        first = np.maximum.reduceat(net, start)
        is_first = net >= first[at]
        second = np.maximum(np.maximum.reduceat(np.where(is_first, -np.inf, net), start), 0)
        settled = np.zeros(len(homes), bool)
        settled[at[is_first & present]] = True
        settled &= first - second >= width.margin * self.unit * self.problem.size[homes]
        part, present = part[~settled[at]], present[~settled[at]]
        if not len(part):
            return None
        columns = picked(self.columns, part)
        taken = self._by_column[part].T.tocsr()
        choice = Choice(
            home=np.unique(columns.home, return_inverse=True)[1],
            worth=self.problem.worth(columns),
            taken=taken,
            room=self.room + np.asarray(taken[:, present].sum(axis=1)).ravel(),
            present=present,
        )
        return Piece(columns, choice)

    def blocks(self, places: int, turn: int) -> Array:
        """Return the neighbourhood of each option: cuts through the positions, shifted from turn to turn."""
        sites, site_of = np.unique(self.problem.position, axis=0, return_inverse=True)
        block = np.zeros(len(sites), np.int64)
        for number, part in enumerate(cut(sites, np.arange(len(sites)), places, turn)):
            block[part] = number
        return block[site_of.ravel()]


def cut(sites: Array, part: Array, places: int, turn: int, axis: int | None = None) -> Iterator[Array]:
    """Yield groups of at most `places` sites, by cuts across and along in turn."""
    axis = turn % 2 if axis is None else axis
    if len(part) <= max(1, places):
        yield part
        return
    order = part[np.argsort(sites[part, axis], kind="stable")]
    middle = int(len(order) * (0.5 + SHIFTS[turn % len(SHIFTS)]))
    middle = min(len(order) - 1, max(1, middle))
    yield from cut(sites, order[:middle], places, turn, 1 - axis)
    yield from cut(sites, order[middle:], places, turn, 1 - axis)

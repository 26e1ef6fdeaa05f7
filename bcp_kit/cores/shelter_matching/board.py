"""Who keeps a place when some places do not open: a quick repair by urgency, guided by prices.

A board is set once for an instance; any number of losses are then played on it. First those of the first
tier whose place is open stay, then those of the first tier who lost theirs are placed, then the second tier,
and so on; at last one household makes room for a weightier one. A bound says how far that may be from best.
"""

from dataclasses import dataclass, replace

import numpy as np

from bcp_kit.cores.shelter_matching import model, prices, tables
from bcp_kit.cores.shelter_matching.check import Places
from bcp_kit.cores.shelter_matching.greedy import Limits
from bcp_kit.cores.shelter_matching.instance import TIERS, Goal, Instance
from bcp_kit.cores.shelter_matching.prices import NEVER
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

WEIGHT = (9, 3, 1)  # of a listed person by tier, as in the public generator
PERSON_S = 200_000.0  # what placing a person of weight 1 is worth, in seconds of travel
SUITED_PART = 0.1  # of it, for a suited place instead of a stop-over
COLUMNS, ROUNDS = 4, 2  # of the relaxation that gives the prices
SWAPS = 300  # households left over that look for one to make room, the weightiest first
SWAP_LOOKS = 12  # options at which a household left over looks for one that could make room
AIM = {
    **{Goal(f"tier_{t}"): PERSON_S * w for t, w in zip(TIERS, WEIGHT, strict=True)},
    **{Goal(f"suited_{t}"): PERSON_S * w * SUITED_PART for t, w in zip(TIERS, WEIGHT, strict=True)},
    Goal.TRAVEL: 1.0,
}
WEIGHT_AIM = {Goal(f"tier_{t}"): float(w) for t, w in zip(TIERS, WEIGHT, strict=True)}


@dataclass(frozen=True)
class Board:
    """An instance ready for losses: profits of all options at the prices, who is where, what each is worth.

    `profit` (H, 2M), NEVER where forbidden; `base` (H) option or -1; `rows` (R) the prices; `weight`, `tier`
    (H); `meetings` by destination, which meetings of `limits` are there.
    """

    tables: Tables
    profit: Array
    base: Array
    rows: Array
    weight: Array
    tier: Array
    limits: Limits
    meetings: tuple[Array, ...]
    has_option: Array

    @property
    def places(self) -> int:
        """Number of destinations."""
        return self.tables.places


def board(instance: Instance, places: Places) -> Board:
    """Return the board of an instance and its answer; the prices are those of a relaxation of all goals."""
    built = tables.build(instance)
    chosen = built.chosen(places)
    proof = _priced(built, chosen, AIM)
    homes = len(instance.households)
    profit = prices.profits(built, proof, 0, homes) if built.places else np.zeros((homes, 0))
    weight = built.members @ np.array(WEIGHT)
    tier = np.array([h.tier for h in instance.households], int)
    limits = Limits(built)
    return Board(
        tables=built,
        profit=profit.astype(np.float32),
        base=chosen,
        rows=proof.rows,
        weight=weight,
        tier=tier,
        limits=limits,
        meetings=tuple(np.flatnonzero(limits.place == j) for j in range(built.places)),
        has_option=np.asarray(built.allowed.any(axis=1)),
    )


def _priced(built: Tables, chosen: Array, aim: prices.Aim) -> prices.Prices:
    """Return the row prices of the relaxation over the best columns."""
    proof = prices.zero_prices(built, aim, {})
    everybody = prices.concerned(built, aim, {})
    if not everybody.any():
        return proof
    placed = np.flatnonzero(chosen >= 0)
    own = Columns(placed, chosen[placed])
    columns = prices.merged(built, own, prices.spread_options(built, everybody, COLUMNS))
    for _ in range(ROUNDS):
        relaxed = model.relax(built, columns, aim, {}, lambda: True, np.ones(len(built.size)))
        if relaxed is None:
            return proof
        proof = relaxed.proof
        more = prices.merged(built, columns, prices.best_options(built, proof, everybody, COLUMNS))
        if len(more) == len(columns):
            return proof
        columns = more
    return proof


class Play:
    """One loss played on a board."""

    def __init__(self, board: Board, closed: Array) -> None:
        self.board, self.tables = board, board.tables
        shut = np.zeros(board.places, bool)
        shut[closed] = True
        self.shut = np.concatenate([shut, shut])
        self.chosen = np.full(len(board.base), -1)
        self.room = board.tables.limit.copy()
        self._held: dict[int, Array] = {}  # by household, what it takes at the meetings of its place

    def run(self) -> Array:
        """Return the option of each household, -1 for none."""
        base = self.board.base
        stays = (base >= 0) & ~self.shut[np.maximum(base, 0)] if self.board.places else base >= 0
        for tier in TIERS:
            own = self.board.tier == tier
            self._return(np.flatnonzero(own & stays))
            for h in self._by_weight(own & (self.chosen < 0)):
                self._settle(h)
        for h in self._by_weight(self.chosen < 0)[:SWAPS]:
            self._swap(h)
        return self.chosen

    def _by_weight(self, which: Array) -> list[int]:
        """Return households of a mask who could be somewhere, most weight for a place first."""
        homes = np.flatnonzero(which & self.board.has_option)
        dense = self.board.weight[homes] / np.maximum(1, self.tables.size[homes])
        order = np.lexsort((homes, -self.board.weight[homes], -dense))
        return [int(h) for h in homes[order]]

    def _return(self, homes: Array) -> None:
        """Put households back where they were; one by one where not all of them fit any more."""
        columns = Columns(homes, self.board.base[homes])
        taken = self.tables.taken(columns).tocsc()
        tight = np.asarray(taken.sum(axis=1)).ravel() > self.room
        doubtful = np.asarray(taken[np.flatnonzero(tight)].sum(axis=0)).ravel() > 0
        sure = np.flatnonzero(~doubtful)
        self.chosen[homes[sure]] = columns.option[sure]
        self.room -= np.asarray(taken[:, sure].sum(axis=1)).ravel()
        for h in homes[doubtful][np.argsort(-self.board.weight[homes[doubtful]], kind="stable")]:
            self._take(int(h), int(self.board.base[h]))

    def _amounts(self, home: int, option: int) -> Array:
        """Return what a household takes at the meetings of an option's place."""
        level, place = divmod(option, self.board.places)
        taken = self.board.limits.taken(self.tables.demand[level][home])
        return np.asarray(taken[self.board.meetings[place]])

    def _take(self, home: int, option: int) -> bool:
        """Place a household where it fits; False where it does not."""
        meeting = self.board.meetings[option % self.board.places]
        rows, amounts = self.board.limits.row[meeting], self._amounts(home, option)
        if (amounts > self.room[rows]).any():
            return False
        self.room[rows] -= amounts
        self.chosen[home], self._held[home] = option, amounts
        return True

    def _profit(self, home: int) -> Array:
        return np.where(self.shut, NEVER, self.board.profit[home])

    def _settle(self, home: int) -> None:
        """Give a household the open option of best profit that has room, if there is one."""
        limits, demand = self.board.limits, self.tables.demand
        fits = np.concatenate([limits.fitting(limits.taken(d[home]), self.room) for d in demand])
        profit = np.where(fits, self._profit(home), NEVER)
        best = int(profit.argmax())
        if profit[best] > NEVER / 2:
            self._take(home, best)

    def _swap(self, home: int) -> None:
        """Place a household in the stead of a lighter one, which looks for another place."""
        profit = self._profit(home)
        for option in np.argsort(-profit, kind="stable")[:SWAP_LOOKS].tolist():
            if profit[option] <= NEVER / 2 or self._take(home, option):
                return
            place = option % self.board.places
            meeting = self.board.meetings[place]
            short = self._amounts(home, option) - self.room[self.board.limits.row[meeting]]
            for other in self._lighter(home, place):
                if (self._holding(other) >= short).all():
                    self.room[self.board.limits.row[meeting]] += self._holding(other)
                    self.chosen[other] = -1
                    self._take(home, option)
                    self._settle(other)
                    return

    def _holding(self, home: int) -> Array:
        if home not in self._held:
            self._held[home] = self._amounts(home, int(self.chosen[home]))
        return self._held[home]

    def _lighter(self, home: int, place: int) -> list[int]:
        """Return some at the place who weigh less, the lightest first."""
        weight = self.board.weight
        there = np.flatnonzero((self.chosen >= 0) & (self.chosen % self.board.places == place))
        there = there[weight[there] < weight[home]]
        return [int(h) for h in there[np.argsort(weight[there], kind="stable")][:SWAP_LOOKS]]


def play(board: Board, closed: Array) -> Array:
    """Return the option of each household, -1 for none, when the destinations `closed` (indices) are lost."""
    return Play(board, closed).run()


def weight_bound(board: Board, closed: Array) -> float:
    """Return a proven bound on the weight that any answer places when some destinations are lost.

    Losing places never helps, so the bound without loss (`closed` empty) holds for every draw.
    """
    open_ = np.ones(board.places, bool)
    open_[closed] = False
    left = replace(board.tables, allowed=board.tables.allowed & np.tile(open_, 2)[None, :])
    can = float(board.weight[left.allowed.any(axis=1)].sum())
    return min(can, prices.dual_bound(left, _priced(left, np.full(len(board.base), -1), WEIGHT_AIM)))

"""Do life-keeping posts hold? One roster for each of many drawn attendances, all draws side by side.

Two answers bracket the truth. `rosters` builds, day by day, a roster for each draw that keeps every hard rule
of check.py: what it covers can be covered for sure (a lower bound). `ceilings` asks each day alone by maximum
flow, without what other days forbid: what it cannot cover nobody can (an upper bound).
Only the life-keeping heads of the instance are asked for. Both take who is present as draws × workers × days.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bcp_kit.cores.staff_cover.draws import Presence
from bcp_kit.cores.staff_cover.instance import DAY_MIN, WEEK_DAYS, CoverInstance
from bcp_kit.cores.staff_cover.waves_board import NOBODY, Board, Bools, Ints, Rosters
from bcp_kit.cores.staff_cover.waves_mend import mend

NIGHT_AGAIN = 2000.0  # hours of load
NEVER = -(10**6)
FEW_GROUPS = 1000.0  # hours of load that one point of scarcity outweighs: who can do little else goes first
HELPER_LAST, NEWCOMER_LAST = 10.0**4, 10.0**5


@dataclass(frozen=True)
class Order:
    """One way of building: posts of a day by `first`; people by hours of load, groups and outside help."""

    name: str
    first: Callable[[Board, int], tuple[int, ...]]
    few_groups: float = FEW_GROUPS
    helper: float = HELPER_LAST
    night_again: float = 0.0


def _able(board: Board, post: int) -> int:
    return int(board.may[post].sum())


def _scarce_first(board: Board, post: int) -> tuple[int, ...]:
    return (_able(board, post) // 2, 0 if board.shift(post).night else 1, post)


def _nights_first(board: Board, post: int) -> tuple[int, ...]:
    return (0 if board.shift(post).night else 1, _able(board, post), post)


def _days_first(board: Board, post: int) -> tuple[int, ...]:
    return (board.shift(post).start_min, _able(board, post), post)


ORDERS = (
    Order("scarce", _scarce_first),
    Order("nights", _nights_first),
    Order("rested", _nights_first, few_groups=20.0, helper=0.0),
    Order("load", _scarce_first, few_groups=5.0, helper=0.0),
    Order("days", _days_first),
    Order("light", _days_first, few_groups=10.0, helper=0.0),
    Order("even", _days_first, few_groups=0.0, helper=0.0),
    Order("turns", _days_first, few_groups=0.0, helper=0.0, night_again=NIGHT_AGAIN),
    Order("scarce turns", _scarce_first, few_groups=0.0, helper=0.0, night_again=NIGHT_AGAIN),
)


@dataclass
class _State:
    """Everybody in every draw up to the day at hand; arrays are draws × workers.

    `free` holds, by post of the day, who could be put on it if they did nothing else that day.
    """

    board: Board
    free_from: Ints
    run_days: Ints
    run_nights: Ints
    week: Ints
    load: Ints
    free: dict[int, Bools] = field(default_factory=dict)

    @classmethod
    def of(cls, board: Board, draws: int) -> "_State":
        workers = board.instance.workers

        def row(values: Sequence[int]) -> Ints:
            return np.tile(np.array(values, dtype=np.int32), (draws, 1))

        return cls(
            board=board,
            free_from=row([NEVER if w.free_from_min is None else w.free_from_min for w in workers]),
            run_days=row([w.days_before for w in workers]),
            run_nights=row([w.nights_before for w in workers]),
            week=row([0] * len(workers)),
            load=row([0] * len(workers)),
        )

    def begin(self, day: int, here: Bools) -> None:
        """Begin a day: weeks begin anew, and who is here is looked at against the rules of their own days."""
        board, limits = self.board, self.board.instance.limits
        if day % WEEK_DAYS == 0:
            self.week[:] = 0
        fresh = here & (self.run_days < limits.consecutive_days)
        contract = np.array([w.week_min for w in board.instance.workers], dtype=np.int32)
        for post in board.days[day]:
            shift = board.shift(post)
            free = fresh & board.may[post]
            free &= self.free_from + limits.rest_min <= day * DAY_MIN + shift.start_min
            free &= self.week + shift.work_min <= contract + limits.overtime_week_min
            if shift.night:
                free &= self.run_nights < limits.consecutive_nights
            self.free[post] = free

    def end(self, at: NDArray[np.int16], day: int) -> None:
        """End a day with who stood where (draws × workers)."""
        busy, board = at != NOBODY, self.board
        nights = np.array([board.shift(p).night for p in range(len(board.posts))] + [False])[at]
        minutes = np.array([board.shift(p).work_min for p in range(len(board.posts))] + [0])[at]
        ends = np.array([board.shift(p).end_min for p in range(len(board.posts))] + [0])[at]
        self.run_days = np.where(busy, self.run_days + 1, 0)
        self.run_nights = np.where(nights, self.run_nights + 1, 0)
        self.free_from = np.where(busy, day * DAY_MIN + ends, self.free_from)
        self.week += minutes.astype(np.int32)
        self.load += (minutes * np.where(nights, board.instance.limits.night_hour_weight, 1)).astype(np.int32)
        self.free.clear()


def guests_of(instance: CoverInstance, site: str) -> list[int]:
    """Return the numbers of the helpers who need a bed at a site."""
    return [
        n
        for n, w in enumerate(instance.workers)
        if w.route is not None and w.needs_lodging and w.home == site
    ]


def lodged(instance: CoverInstance, present: Presence) -> Presence:
    """Return who is present with helpers left out for whom there is no bed: the first who come sleep."""
    found = present.copy()
    for site in instance.sites:
        if site.lodging_places is None:
            continue
        guests = guests_of(instance, site.id)
        come = found[:, guests, :].any(axis=2)
        no_bed = np.cumsum(come, axis=1) > site.lodging_places
        found[:, guests, :] &= ~no_bed[:, :, None]
    return found


def rosters(
    instance: CoverInstance, present: Presence, orders: Sequence[Order] = ORDERS, held: Rosters | None = None
) -> Rosters:
    """Return for each draw the best of the rosters that the orders build (fewest life-keeping heads missing).

    `held`: rosters of the same draws with fewer people or rules, kept where nothing is missing in them.
    """
    board = Board(instance)
    present = lodged(instance, present)
    best = _none(board, present) if held is None else _widened(held, board, present)
    for order in orders:
        short = best.short()
        open_draws = np.flatnonzero(short > 0)
        if not len(open_draws):
            break
        found = _built(board, present[open_draws], order)
        better = found.short() < short[open_draws]
        best.filled[open_draws[better]] = found.filled[better]
        best.at[open_draws[better]] = found.at[better]
    return Rosters(board, best.filled, best.at)


def _none(board: Board, present: Presence) -> Rosters:
    filled = np.zeros((len(present), len(board.posts)), dtype=np.int32)
    return Rosters(board, filled, np.full(present.shape, NOBODY, dtype=np.int16))


def _widened(held: Rosters, board: Board, present: Presence) -> Rosters:
    """Return earlier rosters over the workers of `board`, who are the earlier ones and perhaps more.

    A roster is kept where everybody in it is still there for their post.
    """
    found = _none(board, present)
    number = held.at.shape[1]
    who = np.arange(number)[None, :, None]
    fits = (held.at == NOBODY) | (board.may[held.at, who] & present[:, :number, :])
    kept = fits.all(axis=(1, 2))
    found.at[kept, :number, :] = held.at[kept]
    found.filled[kept] = held.filled[kept]
    return found


def _built(board: Board, present: Presence, order: Order) -> Rosters:
    made = _none(board, present)
    state = _State.of(board, len(present))
    price = order.few_groups * _scarcity(board)
    price += np.array([order.helper * (w.route is not None) for w in board.instance.workers])
    for day, posts in enumerate(board.days):
        state.begin(day, present[:, :, day])
        crews: dict[tuple[str, str], Ints] = {}
        score = price + state.load / 60
        for post in sorted(posts, key=lambda p: order.first(board, p)):
            again = order.night_again * (state.run_nights > 0) if board.shift(post).night else 0.0
            _fill(state, made, post, score + again, crews)
        mend(made, state.free, day)
        state.end(made.at[:, :, day], day)
    return made


def _scarcity(board: Board) -> NDArray[np.float64]:
    """Return how much each worker would be missed elsewhere: heads asked per able person, over one day."""
    asked = np.array([p.life for p in board.posts], dtype=np.float64)
    able = np.maximum(1, board.may.sum(axis=1))
    found: NDArray[np.float64] = (asked / able) @ board.may / max(1, board.instance.days)
    return found


def _fill(
    state: _State,
    made: Rosters,
    post: int,
    price: NDArray[np.float64],
    crews: dict[tuple[str, str], Ints],
) -> None:
    """Fill one post in every draw, head by head, each with the cheapest person who may."""
    board, demand = state.board, state.board.posts[post]
    pairs = board.shift(post).night and board.instance.limits.newcomer_pair
    score = price + NEWCOMER_LAST * board.newcomers if pairs else price
    free = state.free[post] & (made.at[:, :, demand.day] == NOBODY)
    seniors = crews.setdefault((demand.site, demand.shift), np.zeros(len(free), dtype=np.int32))
    for _ in range(demand.life):
        now = free & ~(board.newcomers & (seniors == 0)[:, None]) if pairs else free
        draws = np.flatnonzero(now.any(axis=1))
        if not len(draws):
            return
        people = np.where(now[draws], score[draws], np.inf).argmin(axis=1)
        free[draws, people] = False
        made.filled[draws, post] += 1
        made.at[draws, people, demand.day] = post
        seniors[draws] += board.seniors[people]


def holds_by_shift(board: Board, missing: Ints) -> Mapping[tuple[int, str], Bools]:
    """Return by day and shift in which draws nothing life-keeping is missing."""
    found: dict[tuple[int, str], Bools] = {}
    for number, post in enumerate(board.posts):
        key = (post.day, post.shift)
        held = missing[:, number] == 0
        found[key] = held & found[key] if key in found else held
    return found

"""Do life-keeping posts hold? One roster for each of many drawn attendances, all draws side by side.

Two answers bracket the truth. `rosters` builds, day by day, a roster for each draw that keeps every hard rule
of check.py: what it covers can be covered for sure (a lower bound). `ceilings` asks each day alone by maximum
flow, without what other days forbid: what it cannot cover nobody can (an upper bound).
Only the life-keeping heads of the instance are asked for. Both take who is present as draws × workers × days.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.draws import Presence
from bcp_kit.cores.staff_cover.instance import (
    DAY_MIN,
    WEEK_DAYS,
    Assignment,
    CoverInstance,
    Demand,
    Shift,
)

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Numbers = NDArray[np.intp]
NOBODY = -1
NEVER = -(10**6)
FEW_GROUPS, LEAST_LOAD = 1000.0, 1.0  # weights of a score: who can do little else goes first, then who rested
HELPER_LAST, NEWCOMER_LAST = 10.0**4, 10.0**5


@dataclass(frozen=True)
class Board:
    """What one instance says, as arrays: life-keeping posts, and who may stand on which of them at all."""

    instance: CoverInstance

    @cached_property
    def posts(self) -> tuple[Demand, ...]:
        """Posts with life-keeping heads, in the order of the instance."""
        return tuple(d for d in self.instance.demands if d.life)

    @cached_property
    def may(self) -> Bools:
        """Posts × workers: qualified, at that site, free to work at night, the shift open to them."""
        asked = self.instance
        found = np.zeros((len(self.posts), len(asked.workers)), dtype=bool)
        for number, worker in enumerate(asked.workers):
            groups = set(asked.groups_of(worker))
            for at, post in enumerate(self.posts):
                if post.group in groups and worker.is_present(post.day, post.shift):
                    alone = Assignment(
                        worker_id=worker.id, site=post.site, day=post.day, shift=post.shift, group=post.group
                    )
                    found[at, number] = not check.worker_violations(asked, worker, (alone,))
        return found

    @cached_property
    def days(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the posts of each day."""
        return tuple(
            tuple(n for n, p in enumerate(self.posts) if p.day == d) for d in range(self.instance.days)
        )

    def shift(self, post: int) -> Shift:
        """Return the shift of a post."""
        return self.instance.shift_of[self.posts[post].shift]


@dataclass(frozen=True)
class Order:
    """One way of building: posts of a day by `first`; people by hours of load, groups and outside help."""

    name: str
    first: Callable[[Board, int], tuple[int, ...]]
    few_groups: float = FEW_GROUPS
    helper: float = HELPER_LAST


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
)


@dataclass
class _State:
    """Everybody in every draw up to the day at hand; arrays are draws × workers."""

    board: Board
    free_from: Ints
    run_days: Ints
    run_nights: Ints
    week: Ints
    load: Ints
    here: Bools
    busy: Bools
    nights: Bools
    seniors: dict[tuple[str, str], NDArray[np.int32]] = field(default_factory=dict)

    @classmethod
    def of(cls, board: Board, draws: int) -> "_State":
        workers = board.instance.workers

        def row(values: Sequence[int]) -> Ints:
            return np.tile(np.array(values, dtype=np.int32), (draws, 1))

        empty = np.zeros((draws, len(workers)), dtype=bool)
        return cls(
            board=board,
            free_from=row([NEVER if w.free_from_min is None else w.free_from_min for w in workers]),
            run_days=row([w.days_before for w in workers]),
            run_nights=row([w.nights_before for w in workers]),
            week=row([0] * len(workers)),
            load=row([0] * len(workers)),
            here=empty.copy(),
            busy=empty.copy(),
            nights=empty.copy(),
        )

    def begin(self, day: int, here: Bools) -> None:
        """Begin a day: runs end for those who were off, weeks begin anew."""
        if day:
            self.run_days = np.where(self.busy, self.run_days + 1, 0)
            self.run_nights = np.where(self.nights, self.run_nights + 1, 0)
        if day % WEEK_DAYS == 0:
            self.week[:] = 0
        self.here, self.seniors = here, {}
        self.busy, self.nights = np.zeros_like(self.busy), np.zeros_like(self.nights)

    def free_for(self, post: int) -> Bools:
        """Return who may be put on a post now, all rules of their own days kept."""
        board, limits = self.board, self.board.instance.limits
        shift, demand = board.shift(post), board.posts[post]
        found: Bools = self.here & board.may[post] & ~self.busy
        found &= self.free_from + limits.rest_min <= demand.day * DAY_MIN + shift.start_min
        found &= self.run_days < limits.consecutive_days
        if shift.night:
            found &= self.run_nights < limits.consecutive_nights
        contract = np.array([w.week_min for w in board.instance.workers], dtype=np.int32)
        found &= self.week + shift.work_min <= contract + limits.overtime_week_min
        return found

    def put(self, post: int, draws: Numbers, people: Numbers) -> None:
        """Put one person on the post in each of some draws."""
        shift, demand = self.board.shift(post), self.board.posts[post]
        self.busy[draws, people] = True
        self.nights[draws, people] = shift.night
        self.free_from[draws, people] = demand.day * DAY_MIN + shift.end_min
        self.week[draws, people] += shift.work_min
        weight = self.board.instance.limits.night_hour_weight if shift.night else 1
        self.load[draws, people] += shift.work_min * weight


@dataclass(frozen=True)
class Rosters:
    """One roster for each draw: `filled` is draws × posts in heads, `at` draws × workers × days in posts."""

    board: Board
    filled: Ints
    at: NDArray[np.int16]

    @cached_property
    def asked(self) -> Ints:
        """Life-keeping heads of each post."""
        return np.array([p.life for p in self.board.posts], dtype=np.int32)

    @cached_property
    def missing(self) -> Ints:
        """Draws × posts: heads that stay empty."""
        found: Ints = self.asked - self.filled
        return found

    def assignments(self, draw: int) -> tuple[Assignment, ...]:
        """Return the roster of one draw, as the checker reads it."""
        workers, posts = self.board.instance.workers, self.board.posts
        return tuple(
            Assignment(
                worker_id=workers[w].id,
                site=posts[post].site,
                day=day,
                shift=posts[post].shift,
                group=posts[post].group,
            )
            for w, day in np.argwhere(self.at[draw] != NOBODY).tolist()
            for post in (int(self.at[draw, w, day]),)
        )


def lodged(instance: CoverInstance, present: Presence) -> Presence:
    """Return who is present with helpers left out for whom there is no bed: the first who come sleep."""
    found = present.copy()
    for site in instance.sites:
        if site.lodging_places is None:
            continue
        guests = [
            n
            for n, w in enumerate(instance.workers)
            if w.route is not None and w.needs_lodging and w.home == site.id
        ]
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
        open_draws = np.flatnonzero(best.missing.sum(axis=1) > 0)
        if not len(open_draws):
            break
        found = _built(board, present[open_draws], order)
        better = found.missing.sum(axis=1) < best.missing[open_draws].sum(axis=1)
        best.filled[open_draws[better]] = found.filled[better]
        best.at[open_draws[better]] = found.at[better]
    return Rosters(board, best.filled, best.at)


def _none(board: Board, present: Presence) -> Rosters:
    filled = np.zeros((len(present), len(board.posts)), dtype=np.int32)
    return Rosters(board, filled, np.full(present.shape, NOBODY, dtype=np.int16))


def _widened(held: Rosters, board: Board, present: Presence) -> Rosters:
    """Return earlier rosters over the workers of `board`, who are the earlier ones and perhaps more."""
    found = _none(board, present)
    found.at[:, : held.at.shape[1], :] = held.at
    found.filled[:] = held.filled
    return found


def _built(board: Board, present: Presence, order: Order) -> Rosters:
    made = _none(board, present)
    state = _State.of(board, len(present))
    flexible = order.few_groups * np.array(
        [len(board.instance.groups_of(w)) for w in board.instance.workers], dtype=np.float64
    )
    flexible += np.array([order.helper * (w.route is not None) for w in board.instance.workers])
    newcomers = np.array([w.newcomer for w in board.instance.workers])
    for day, posts in enumerate(board.days):
        state.begin(day, present[:, :, day])
        for post in sorted(posts, key=lambda p: order.first(board, p)):
            _fill(state, made, post, flexible + NEWCOMER_LAST * newcomers * board.shift(post).night)
    return made


def _fill(state: _State, made: Rosters, post: int, price: NDArray[np.float64]) -> None:
    """Fill one post in every draw, head by head, each with the cheapest person who may."""
    board = state.board
    demand, shift = board.posts[post], board.shift(post)
    free = state.free_for(post)
    score = price + LEAST_LOAD * state.load / 60
    pairs = shift.night and board.instance.limits.newcomer_pair
    seniors = state.seniors.setdefault((demand.site, demand.shift), np.zeros(len(free), dtype=np.int32))
    is_new = np.array([w.newcomer for w in board.instance.workers])
    leads = np.array([check.is_experienced(w) for w in board.instance.workers])
    for _ in range(demand.life):
        now = free & ~(is_new & (seniors == 0)[:, None]) if pairs else free
        draws = np.flatnonzero(now.any(axis=1))
        if not len(draws):
            return
        people = np.where(now[draws], score[draws], np.inf).argmin(axis=1)
        state.put(post, draws, people)
        free[draws, people] = False
        made.filled[draws, post] += 1
        made.at[draws, people, demand.day] = post
        seniors[draws] += leads[people]


def holds_by_shift(board: Board, missing: Ints) -> Mapping[tuple[int, str], Bools]:
    """Return by day and shift in which draws nothing life-keeping is missing."""
    found: dict[tuple[int, str], Bools] = {}
    for number, post in enumerate(board.posts):
        key = (post.day, post.shift)
        held = missing[:, number] == 0
        found[key] = held & found[key] if key in found else held
    return found

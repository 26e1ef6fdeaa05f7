"""What no roster can cover: each day, and each shift of a day, alone, by maximum flow over kinds of people.

Left out are the rules between days (rest, days and nights in a row, hours of the week), pairs at night, and
which helpers get the beds. So the answer is an upper bound: what it leaves empty stays empty in every roster.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

from bcp_kit.cores.staff_cover.draws import Presence
from bcp_kit.cores.staff_cover.waves import guests_of
from bcp_kit.cores.staff_cover.waves_board import Board, Ints


@dataclass(frozen=True)
class Kinds:
    """People alike for some posts: `posts` × kinds (who may), and workers × kinds (who is what)."""

    posts: tuple[int, ...]
    may: NDArray[np.bool_]
    of: NDArray[np.int32]

    @classmethod
    def of_posts(cls, board: Board, posts: Sequence[int]) -> "Kinds":
        """Group the workers by the posts that they may fill; who may fill none is no kind."""
        may = board.may[list(posts)]
        patterns = sorted({tuple(column) for column in may.T.tolist() if any(column)})
        number = {pattern: n for n, pattern in enumerate(patterns)}
        of = np.zeros((may.shape[1], len(patterns)), dtype=np.int32)
        for worker, column in enumerate(may.T.tolist()):
            if tuple(column) in number:
                of[worker, number[tuple(column)]] = 1
        shape = (len(posts), len(patterns))
        return cls(tuple(posts), np.array(patterns, dtype=bool).reshape(shape[::-1]).T, of)


def most_filled(kinds: Kinds, people: Sequence[int], asked: Sequence[int]) -> int:
    """Return how many heads can be filled at best with `people` of each kind, one post for each person."""
    posts, count = kinds.may.shape
    source, sink = posts + count, posts + count + 1
    rows, columns, limits = [], [], []
    for kind in range(count):
        rows.append(source)
        columns.append(kind)
        limits.append(people[kind])
        for post in np.flatnonzero(kinds.may[:, kind]).tolist():
            rows.append(kind)
            columns.append(count + post)
            limits.append(min(people[kind], asked[post]))
    for post in range(posts):
        rows.append(count + post)
        columns.append(sink)
        limits.append(asked[post])
    size = posts + count + 2
    graph = csr_matrix((np.array(limits, dtype=np.int32), (rows, columns)), shape=(size, size))
    return int(maximum_flow(graph, source, sink).flow_value)


def least_missing(board: Board, present: Presence, posts: Sequence[int]) -> Ints:
    """Return for each draw the heads of some posts of one day that must stay empty.

    `present` is draws × workers × days. Draws with equal numbers of each kind
    are worked out once.
    """
    if not posts:
        return np.zeros(len(present), dtype=np.int32)
    kinds = Kinds.of_posts(board, posts)
    day = board.posts[posts[0]].day
    asked = [board.posts[p].life for p in posts]
    counts = present[:, :, day].astype(np.int32) @ kinds.of
    unique, where = np.unique(counts, axis=0, return_inverse=True)
    found = np.array([sum(asked) - most_filled(kinds, row, asked) for row in unique.tolist()], dtype=np.int32)
    missing: Ints = found[where.reshape(-1)]
    return missing


@dataclass(frozen=True)
class Ceilings:
    """Least missing heads by day (draws × days), and by day and shift (a dict of arrays over draws)."""

    by_day: Ints
    by_shift: dict[tuple[int, str], Ints]


def ceilings(board: Board, present: Presence, missing: Ints) -> Ceilings:
    """Return what must stay empty. `missing` (draws × posts) of some roster: where it is 0, so is this."""
    present = present.copy()
    for site in board.instance.sites:
        if site.lodging_places == 0:
            present[:, guests_of(board.instance, site.id), :] = False
    by_day = np.zeros((len(present), board.instance.days), dtype=np.int32)
    by_shift: dict[tuple[int, str], Ints] = {}
    for day, posts in enumerate(board.days):
        _least(board, present, missing, posts, by_day[:, day])
        for shift in dict.fromkeys(board.posts[p].shift for p in posts):
            found = by_shift[day, shift] = np.zeros(len(present), dtype=np.int32)
            _least(board, present, missing, [p for p in posts if board.posts[p].shift == shift], found)
    return Ceilings(by_day, by_shift)


def _least(board: Board, present: Presence, missing: Ints, posts: Sequence[int], into: Ints) -> None:
    """Write the least missing heads of some posts into `into`, for the draws in which any is missing."""
    short = np.flatnonzero(missing[:, list(posts)].sum(axis=1) > 0)
    if len(short):
        into[short] = least_missing(board, present[short], posts)

"""Empty posts of one day filled by chains of moves: the posts of a day as a matching, draw by draw."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bcp_kit.cores.staff_cover.waves_board import NOBODY, Board, Bools, Rosters


def mend(made: Rosters, free: Mapping[int, Bools], day: int) -> None:
    """Fill empty posts of a day by chains: somebody moves to the empty post, somebody free to theirs.

    The longest chains are looked for, so that no other distribution of the same people over the posts of the
    day covers more. Pairs at night stay as they are.
    """
    posts = made.board.days[day]
    short = np.flatnonzero(made.missing_of(posts).sum(axis=1) > 0)
    for draw in short.tolist():
        may = {post: free[post][draw] & _movable(made.board, post) for post in posts}
        where = made.at[draw, :, day]
        fixed = _fixed(made.board, where)
        for post in posts:
            for _ in range(made.board.posts[post].life - int(made.filled[draw, post])):
                if not _chain(post, may, where, fixed):
                    break
                made.filled[draw, post] += 1


def _movable(board: Board, post: int) -> Bools:
    """Newcomers are never moved to a night: they would need somebody beside them."""
    if board.shift(post).night and board.instance.limits.newcomer_pair:
        return ~board.newcomers
    return np.ones(len(board.instance.workers), dtype=bool)


def _fixed(board: Board, where: NDArray[np.int16]) -> Bools:
    """Return who stays where they are: the crew of a night on which a newcomer works."""
    fixed = np.zeros(len(where), dtype=bool)
    if not board.instance.limits.newcomer_pair:
        return fixed
    at_work = np.flatnonzero(where != NOBODY).tolist()
    crew = {w: (board.posts[where[w]].site, board.posts[where[w]].shift) for w in at_work}
    nights = {crew[w] for w in at_work if board.newcomers[w] and board.shift(int(where[w])).night}
    fixed[[w for w in at_work if crew[w] in nights]] = True
    return fixed


def _chain(start: int, may: Mapping[int, Bools], where: NDArray[np.int16], fixed: Bools) -> bool:
    """Fill one head of `start` by the shortest chain of moves in `where`; False when there is none."""
    came: dict[int, tuple[int, int]] = {}  # post: the person who would leave it, and for which post
    seen, queue = fixed.copy(), [start]
    for post in queue:
        near = may[post] & ~seen
        idle = np.flatnonzero(near & (where == NOBODY))
        if len(idle):
            person = int(idle[0])
            while True:
                where[person] = post
                if post == start:
                    return True
                person, post = came[post]  # noqa: PLW2901 - the walk back ends the loop
        for person in np.flatnonzero(near).tolist():
            seen[person] = True
            theirs = int(where[person])
            if theirs not in came and theirs != start:
                came[theirs] = (person, post)
                queue.append(theirs)
    return False

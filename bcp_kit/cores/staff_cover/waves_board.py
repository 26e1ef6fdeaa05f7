"""What many drawn attendances are asked about: the posts as arrays, and one roster for each draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.instance import Assignment, CoverInstance, Demand, Shift

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
NOBODY = -1


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

    @cached_property
    def newcomers(self) -> Bools:
        """Who of the workers is a newcomer."""
        return np.array([w.newcomer for w in self.instance.workers], dtype=bool)

    @cached_property
    def seniors(self) -> Ints:
        """1 for each worker on whom a newcomer may lean at night, else 0."""
        return np.array([check.is_experienced(w) for w in self.instance.workers], dtype=np.int32)

    def shift(self, post: int) -> Shift:
        """Return the shift of a post."""
        return self.instance.shift_of[self.posts[post].shift]


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

    def short(self) -> Ints:
        """Return the heads missing in each draw so far."""
        found: Ints = self.asked.sum() - self.filled.sum(axis=1)
        return found

    def missing_of(self, posts: Sequence[int]) -> Ints:
        """Draws × the given posts: heads that stay empty so far."""
        found: Ints = np.array([self.board.posts[p].life for p in posts]) - self.filled[:, list(posts)]
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

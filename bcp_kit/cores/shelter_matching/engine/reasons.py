"""Why not me, for everybody at once: what each household without a place lacks near it, and who holds that.

On arrays, option by option, so that the thousands left over in a prefecture are answered in a second. The
same look tells whether a plan is fair one for one: nobody lighter holds what somebody heavier lacks.
"""

from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.shelter_matching.engine.problem import CHUNK_PAIRS, NEVER, NOWHERE, Array, Columns, Problem

NEAREST = 5  # options told for each household
FITS = -2  # instead of a holder: there is room
NOBODY = -1  # instead of a holder: nobody's leaving alone makes room


@dataclass(frozen=True)
class Reasons:
    """For n households without an option: their best K options, what is short there, who would give way.

    `home` (n). `option` (n, K), NOWHERE where fewer are possible. `short` (n, K) the rows that lack room, as
    bits in the order of `rows_of` the option. `holder` (n, K): the lightest household, then the one of least
    worth, whose leaving makes room; NOBODY where none does alone, FITS where there is room already.
    """

    home: Array
    option: Array
    short: Array
    holder: Array

    @property
    def told(self) -> Array:
        """Return which households have a reason: an option that is short, or no possible option at all."""
        return np.asarray((self.option == NOWHERE).all(axis=1) | (self.short > 0).any(axis=1))


class _Held:
    """An answer option by option: who is there, and what is left of the limits."""

    def __init__(self, problem: Problem, chosen: Array, weight: Array) -> None:
        self.problem, self.chosen, self.weight = problem, chosen, weight
        self.room = problem.limit - problem.load(chosen)
        placed = np.flatnonzero(chosen >= 0)
        worth = problem.worth(Columns(placed, chosen[placed]))
        order = placed[np.lexsort((placed, worth, weight[placed], chosen[placed]))]
        self._order = order
        self._start = np.searchsorted(chosen[order], np.arange(problem.options + 1))

    def at(self, option: int) -> Array:
        """Return who has an option, the lightest first, then who is worth least there."""
        return np.asarray(self._order[self._start[option] : self._start[option + 1]])

    def compare(self, homes: Array, option: int) -> tuple[Array, Array, Array]:
        """Return what households lack at an option and what its holders would give, and the rows.

        (n, r), (holders, r), (r): only rows of which the households or the holders take.
        """
        holders = self.at(option)
        both = np.concatenate([homes, holders])
        taken = self.problem.taken(Columns(both, np.full(len(both), option))).tocsr()
        rows = np.flatnonzero(np.diff(taken.indptr))
        amounts = taken[rows].toarray().T
        mine, theirs = amounts[: len(homes)], amounts[len(homes) :]
        return np.where(mine > 0, np.maximum(mine - self.room[rows], 0), 0), theirs, rows


def _first_giving(short: Array, gives: Array) -> Array:
    """Return for each of n the first holder who gives all that is short, NOBODY if none, (n)."""
    if not len(gives):
        return np.full(len(short), NOBODY)
    enough = np.ones((len(short), len(gives)), bool)
    for row in range(short.shape[1]):
        enough &= short[:, row, None] <= gives[None, :, row]
    first = enough.argmax(axis=1)
    return np.where(enough[np.arange(len(short)), first], first, NOBODY)


def reasons(problem: Problem, chosen: Array, weight: Array, nearest: int = NEAREST) -> Reasons:
    """Return why each household without an option has none, at its best options."""
    home = np.flatnonzero(chosen < 0)
    best = _best_options(problem, home, nearest)
    short, holder = np.zeros(best.shape, np.int64), np.full(best.shape, NOBODY)
    held = _Held(problem, chosen, weight)
    at, rank = np.nonzero(best >= 0)
    option = best[at, rank]
    order = np.argsort(option, kind="stable")
    edges = np.flatnonzero(np.diff(option[order], prepend=-1))
    for part in np.split(order, edges[1:]) if len(order) else ():
        lack, gives, _ = held.compare(home[at[part]], int(option[part[0]]))
        first = _first_giving(lack, gives)
        there = held.at(int(option[part[0]]))
        who = np.where(first >= 0, there[np.maximum(first, 0)] if len(there) else NOBODY, NOBODY)
        short[at[part], rank[part]] = ((lack > 0) * (1 << np.arange(lack.shape[1]))).sum(axis=1)
        holder[at[part], rank[part]] = np.where((lack > 0).any(axis=1), who, FITS)
    return Reasons(home, best, short, holder)


def _best_options(problem: Problem, home: Array, most: int) -> Array:
    """Return the options of greatest worth, the best first, NOWHERE where fewer are possible, (n, most)."""
    most = min(most, problem.options)
    free = np.zeros(len(problem.limit))
    net = problem.net(free, home) if problem.options else np.zeros((len(home), 0))
    if not most:
        return np.full((len(home), 0), NOWHERE)
    top = np.argpartition(-net, most - 1, axis=1)[:, :most]
    worth = np.take_along_axis(net, top, 1)
    order = np.argsort(-worth, axis=1, kind="stable")
    top, worth = np.take_along_axis(top, order, 1), np.take_along_axis(worth, order, 1)
    return np.where(worth > NEVER / 2, top, NOWHERE)


def complaints(problem: Problem, chosen: Array, weight: Array) -> Array:
    """Return who could justly complain: without an option, though a lighter one holds all that is lacking.

    Indices of households, ascending. Room that stands empty counts as held by nobody: also a complaint.
    """
    return np.unique(_claims(problem, chosen, weight)[0])


def _claims(problem: Problem, chosen: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Return one justified claim of each household: who, which option, whose it is (FITS: nobody's)."""
    home = np.flatnonzero(chosen < 0)
    held = _Held(problem, chosen, weight)
    option_of, holder_of = np.full(len(home), NOWHERE), np.full(len(home), NOBODY)
    possible = _possible(problem, home)
    for option in range(problem.options):
        mine = np.flatnonzero(possible[:, option] & (option_of == NOWHERE))
        if not len(mine):
            continue
        lack, gives, _ = held.compare(home[mine], option)
        there, first = held.at(option), _first_giving(lack, gives)
        holder = there[np.maximum(first, 0)] if len(there) else np.full(len(mine), NOBODY)
        empty = ~(lack > 0).any(axis=1)
        lighter = (first >= 0) & (weight[holder] < weight[home[mine]])
        claimed = mine[lighter | empty]
        option_of[claimed] = option
        holder_of[claimed] = np.where(empty, FITS, holder)[lighter | empty]
    claims = option_of >= 0
    return home[claims], option_of[claims], holder_of[claims]


def _possible(problem: Problem, home: Array) -> Array:
    """Return which households could have which options if they were empty, (n, O)."""
    found = np.zeros((len(home), problem.options), bool)
    step = max(1, CHUNK_PAIRS // max(1, problem.options))
    free = np.zeros(len(problem.limit))
    for first in range(0, len(home) if problem.options else 0, step):
        some = home[first : first + step]
        found[first : first + step] = problem.net(free, some) > NEVER / 2
    return found


def satisfied(problem: Problem, chosen: Array, weight: Array, rounds: int = 50) -> Array:
    """Return the answer without justified complaints: heavier households in the stead of lighter ones.

    The heaviest first; each option gives way to one claim a round. A lighter one that gave way may claim in
    turn. Ends when nobody can complain, for weight only grows.
    """
    chosen = chosen.copy()
    for _ in range(rounds):
        home, option, holder = _claims(problem, chosen, weight)
        if not len(home):
            return chosen
        order = np.lexsort((home, -weight[home]))
        _, first = np.unique(option[order], return_index=True)
        for i in order[np.sort(first)]:
            if holder[i] >= 0:
                chosen[holder[i]] = NOWHERE
            chosen[home[i]] = option[i]
    return chosen

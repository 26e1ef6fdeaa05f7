"""Placing anew in seconds after a loss: the plan's prices stay, few are decided anew, moving has a price.

Free to move are those who lost their place, those who wait near the places that they want, and those who are
at these places and have another good option, or weigh little. Everybody else stays. A move costs as much as
so many metres, so the answer reaches what a new plan reaches and moves a part of the people.
"""

from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.shelter_matching.engine.columns import Look, merged, near, picked
from bcp_kit.cores.shelter_matching.engine.model import Choice, Effort, solve
from bcp_kit.cores.shelter_matching.engine.problem import NEVER, NOWHERE, Array, Columns, Problem

WANTED = 1 / 50  # of a person's worth: how near to the best an option is that the affected want
GOOD = 1 / 130  # how near to the best an option of those who may move is
WAITING = 1 / 100  # how near to being worth a place somebody is who waits
OPTIONS = 24  # of a household
PLACES = 20  # options whose people may move
FEW_PAIRS = 20_000  # up to here everybody is decided anew
EFFORT = Effort(nodes=20, gap=1e-4, seconds=20.0)
TO_THE_END = Effort(nodes=100_000, gap=0.0, seconds=20.0)


@dataclass(frozen=True)
class Calm:
    """How a plan is kept calm: what a moved person costs, in worth, and whether somebody may lose out."""

    move_price: float = 0.0
    nobody_loses: bool = False


def still_fitting(problem: Problem, before: Array) -> Array:
    """Return an old answer without those whose option is gone, or has no room for all who were there.

    Those of least worth leave first.
    """
    chosen = before.copy()
    placed = np.flatnonzero(chosen >= 0)
    step = max(1, 3_000_000 // max(1, problem.options))
    free = np.zeros(len(problem.limit))
    for first in range(0, len(placed), step):
        some = placed[first : first + step]
        net = problem.net(free, some)
        chosen[some[net[np.arange(len(some)), chosen[some]] <= NEVER / 2]] = NOWHERE
    columns = problem.columns_of(chosen)
    taken = problem.taken(columns).tocsc()
    over = np.asarray(taken.sum(axis=1)).ravel() - problem.limit
    for i in np.argsort(problem.worth(columns), kind="stable") if (over > 0).any() else ():
        own = slice(taken.indptr[i], taken.indptr[i + 1])
        if (over[taken.indices[own]] > 0).any():
            over[taken.indices[own]] -= taken.data[own]
            chosen[columns.home[i]] = NOWHERE
    return chosen


def replan(problem: Problem, before: Array, rows: Array, weight: Array, calm: Calm) -> Array:
    """Return a new answer to the changed `problem`, from the old one and the prices of its plan.

    `weight` (H) tells who counts how much: the lightest may be asked to give way.
    """
    start = still_fitting(problem, before)
    affected = (before >= 0) & (start < 0)
    if not affected.any():
        return start
    unit = problem.unit()
    few = problem.homes * problem.options <= FEW_PAIRS
    if few:
        columns, free = _everything(problem), np.ones(problem.homes, bool)
    else:
        columns = _columns(problem, start, rows, affected, unit)
        free = _free(problem, start, rows, (columns, affected, weight), unit)
        columns = picked(columns, free[columns.home])
    if not len(columns):
        return start
    fixed = np.where(free, NOWHERE, start)
    present = start[columns.home] == columns.option
    choice = Choice(
        home=np.unique(columns.home, return_inverse=True)[1],
        worth=_worth(problem, columns, start, calm, unit),
        taken=problem.taken(columns),
        room=problem.limit - problem.load(fixed),
        present=present,
    )
    found = picked(columns, solve(choice, unit, TO_THE_END if few else EFFORT).picked)
    fixed[found.home] = found.option
    return fixed


def _worth(problem: Problem, columns: Columns, start: Array, calm: Calm, unit: float) -> Array:
    """Return the worth of columns, less the price of moving, or with a prize for keeping a place."""
    placed = start[columns.home] >= 0
    moved = placed & (start[columns.home] != columns.option)
    size = problem.size[columns.home]
    worth = problem.worth(columns) - calm.move_price * size * moved
    return np.asarray(worth + 25 * unit * size * placed if calm.nobody_loses else worth)


def _everything(problem: Problem) -> Columns:
    return near(problem, np.zeros(len(problem.limit)), Look(np.inf, problem.options))


def _columns(problem: Problem, start: Array, rows: Array, affected: Array, unit: float) -> Columns:
    """Return the good options at the places wanted by those affected, for all who are concerned there."""
    wanted = near(problem, rows, Look(WANTED * unit, OPTIONS), np.flatnonzero(affected))
    count = np.bincount(wanted.option, problem.size[wanted.home], problem.options)
    around = np.zeros(problem.options, bool)
    around[np.argsort(-count, kind="stable")[:PLACES]] = True
    around &= count > 0
    here = (start >= 0) & around[np.maximum(start, 0)]
    concerned = np.flatnonzero(here | (start < 0))
    good = near(problem, rows, Look(GOOD * unit, OPTIONS), concerned)
    good = picked(good, around[good.option])
    own = Columns(np.flatnonzero(here), start[here])
    return merged(problem, good, picked(wanted, around[wanted.option]), own)


def _free(
    problem: Problem, start: Array, rows: Array, about: tuple[Columns, Array, Array], unit: float
) -> Array:
    """Return who is decided anew: affected, waiting and nearly worth a place, or placed with a choice."""
    columns, affected, weight = about
    net = problem.worth(columns) - problem.taken(columns).T @ rows
    best = np.full(problem.homes, -np.inf)
    np.maximum.at(best, columns.home, net)
    choices = np.bincount(columns.home, minlength=problem.homes)
    waits = (start < 0) & (best > -WAITING * unit * problem.size)
    light = weight <= np.median(weight)
    return np.asarray((choices > 0) & (affected | waits | ((start >= 0) & ((choices > 1) | light))))

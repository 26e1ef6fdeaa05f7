"""Bounds that need no search, and bounds for the two goals that do not add up over pairs."""

from dataclasses import replace

import numpy as np

from bcp_kit.cores.shelter_matching import prices
from bcp_kit.cores.shelter_matching.instance import Goal
from bcp_kit.cores.shelter_matching.search import SIDE_GOALS, SLACK, Search, whole, within
from bcp_kit.cores.shelter_matching.tables import Tables

STEPS = 257  # values of LONGEST or LOAD among which the bound is sought
BIG = 1e7  # a floor price that outweighs any way, for goals that nothing stands in the way of


def loosest_bound(tables: Tables, goal: Goal) -> int:
    """Return the bound that needs no look at limits or pairs: everybody, or nothing at all."""
    if not goal.wants_more:
        return 0
    if goal is Goal.LOCKED:
        return int(tables.pinned.sum())
    if goal is Goal.FAMILIAR:
        return int(tables.familiar.max(axis=1, initial=0).sum())
    return int(tables.members[:, int(goal.value[-1]) - 1].sum())


def first_bound(search: Search, goal: Goal) -> int:
    """Return the bound at which everybody who can be placed gets what serves the goal best."""
    if goal in SIDE_GOALS:
        return side_bound(search, goal)
    proof = prices.zero_prices(search.held(), {goal: 1.0}, search.floors())
    unhindered = {
        g: (v, BIG if v == _at_most(search.tables, g) else 0.0) for g, (v, _) in proof.floors.items()
    }
    proof = replace(proof, floors=unhindered)
    search.proofs.append(proof)
    return whole(goal, prices.dual_bound(search.held(), proof))


def _at_most(tables: Tables, goal: Goal) -> int:
    """Return what a goal of people placed would reach if nobody stood in anybody's way; -1 for others."""
    tail = goal.value[-1]
    if not tail.isdigit():
        return -1
    width = tables.places if goal.value.startswith("suited_") else 2 * tables.places
    can = tables.allowed[:, :width].any(axis=1)
    return int(tables.members[can, int(tail) - 1].sum())


def side_bound(search: Search, goal: Goal) -> int:
    """Return the least value of LONGEST or LOAD that the prices of earlier goals do not rule out.

    A limit is ruled out when, with it, the bound of an earlier goal falls below that goal's value.
    """
    reached = search.values[goal]
    steps = np.unique(np.linspace(0, reached, STEPS).astype(np.int64))
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if _ruled_out(search, goal, int(steps[middle])):
            low = middle + 1
        else:
            high = middle
    return int(steps[low - 1]) + 1 if low else 0


def _ruled_out(search: Search, goal: Goal, at_most: int) -> bool:
    tables = search.held()
    changed = within(tables, goal, at_most)
    proof = search.proofs[-1]
    (proven,) = proof.aim
    signed = prices.floor_of(proven, search.values[proven])
    return prices.dual_bound(changed, proof) < signed - SLACK * prices.unit(proven)

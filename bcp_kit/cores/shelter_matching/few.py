"""Where the goals settled before leave few pairs open: the relaxation over all of them, then one model.

Prices of earlier goals rule most options out (`Search.held`), above all after a loss, where few may move.
What is left is small enough to be decided as a whole, often to its proof.
"""

from dataclasses import replace

import numpy as np

from bcp_kit.cores.shelter_matching import model, prices
from bcp_kit.cores.shelter_matching.engine.model import Choice, Effort, solve
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE, Columns
from bcp_kit.cores.shelter_matching.instance import Goal
from bcp_kit.cores.shelter_matching.pairs import Pairs
from bcp_kit.cores.shelter_matching.search import Search, as_places, tighter, whole
from bcp_kit.cores.shelter_matching.tables import Array, Tables
from bcp_kit.cores.shelter_matching.tables import Columns as TableColumns

MOST_PAIRS = 40_000  # up to here all open options enter, for ways
MOST_COUNTED = 6_000  # up to here for people, of whom many are equal twins to the model
EFFORT = Effort(nodes=50, gap=0.0, seconds=60.0)
WORK = 1.0  # what the model counts as


def are_few(tables: Tables, goal: Goal) -> bool:
    """True where all open options fit into one model."""
    return bool(tables.allowed.sum() <= (MOST_PAIRS if goal is Goal.TRAVEL else MOST_COUNTED))


def improve_few(search: Search, goal: Goal, bound: int) -> int:
    """Better the answer for one goal that adds up over pairs; return the bound, tightened where proven."""
    tables, floors = search.held(), search.floors()
    columns = TableColumns(*np.nonzero(tables.allowed))
    relaxed = model.relax(tables, columns, {goal: 1.0}, floors, search.go_on, np.ones(len(tables.size)))
    if relaxed is None:
        return bound
    search.proofs.append(relaxed.proof)
    bound = tighter(goal, bound, whole(goal, prices.dual_bound(tables, relaxed.proof)))
    if search.values[goal] == bound or not search.may_work():
        return bound
    allowed = prices.ruled_in(tables, relaxed.proof, prices.floor_of(goal, search.values[goal]))
    search.keep_open(allowed)
    open_ = replace(tables, allowed=allowed)
    chosen, best, proven = _one_model(open_, goal, floors, search.chosen)
    search.spent += WORK
    home = np.flatnonzero(chosen >= 0)
    search.take(as_places(tables, TableColumns(home, chosen[home])))
    if proven:
        return search.values[goal]
    return tighter(goal, bound, whole(goal, best))


def _one_model(
    tables: Tables, goal: Goal, floors: dict[Goal, int], chosen: Array
) -> tuple[Array, float, bool]:
    """Return the best options (H) found, the best value there can be, and whether that is proven reached."""
    problem = Pairs(tables, {goal: 1.0}, floors)
    columns = Columns(*np.nonzero(tables.allowed))
    choice = Choice(
        home=np.unique(columns.home, return_inverse=True)[1],
        worth=problem.worth(columns),
        taken=problem.taken(columns),
        room=problem.limit,
        present=(chosen[columns.home] == columns.option).astype(np.int64),
    )
    found = solve(choice, prices.unit(goal), EFFORT)
    after, at = np.full(len(chosen), NOWHERE), np.flatnonzero(found.picked)
    after[columns.home[at]] = columns.option[at]
    reached = choice.of(found.picked)
    return after, found.bound, found.proven and reached >= found.bound - prices.SAFE * prices.unit(goal)

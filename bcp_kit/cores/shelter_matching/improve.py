"""One goal of the search: bounds, prices, columns, relaxation, and whole-number models that start warm."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import floor

import numpy as np

from bcp_kit.cores.shelter_matching import check, model, prices
from bcp_kit.cores.shelter_matching.greedy import greedy, place_of
from bcp_kit.cores.shelter_matching.instance import Goal, Place
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables
from bcp_kit.domain.progress import Progress

SMALL_PAIRS = 4_000  # up to here one model over all pairs is solved to proof
SLACK = 1e-6  # of one unit of a goal: rounding of floats in a bound
NEAR = 0.05  # options within this share of a goal's unit, per person, enter the relaxation
CLOSE = (0.0, 0.02, 0.2)  # households whose second option is this close are decided anew, widening
SIDE_GOALS = (Goal.LONGEST, Goal.LOAD)  # goals that do not add up over pairs
BIG = 1e7  # a floor price that outweighs any way, for goals that nothing stands in the way of


@dataclass
class Search:
    """The state of one solve: the best answer so far, what is proven, and the work left."""

    tables: Tables
    seed: int
    work: float
    progress: Progress
    places: dict[str, Place]
    values: dict[Goal, int] = field(default_factory=dict)
    bounds: dict[Goal, int] = field(default_factory=dict)
    proofs: list[prices.Prices] = field(default_factory=list)
    stopped: bool = False
    spent: float = 0.0
    stage: str = "matching.progress.start"
    done: float = 0.0

    def go_on(self) -> bool:
        """Report progress; False, now and for ever, once the caller wants to stop."""
        if not self.stopped and not self.progress(self.done, self.stage):
            self.stopped = True
        return not self.stopped

    def floors(self) -> dict[Goal, int]:
        """Return the goals already settled, with the values that must be kept."""
        return {g: self.values[g] for g in self.bounds}

    def additive_floors(self) -> dict[Goal, int]:
        """Return the floors that add up over pairs, which are those that prices can hold."""
        return {g: v for g, v in self.floors().items() if g not in SIDE_GOALS}

    def take(self, found: dict[str, Place]) -> bool:
        """Keep `found` when it is better and breaks no rule; return whether it was kept."""
        instance = self.tables.instance
        values = check.score(instance, found)
        if check.rank(instance, values) <= check.rank(instance, self.values):
            return False
        if check.violations(instance, found):
            return False
        self.places, self.values = found, values
        return True

    def allowance(self) -> float:
        """Return the share of the remaining work that one model may use."""
        return max(0.0, self.work - self.spent) / 4


def whole(goal: Goal, signed: float) -> int:
    """Return a bound, signed so that more is better, as a whole number in the goal's own sense."""
    least = floor(signed + SLACK * prices.unit(goal))
    return least if goal.wants_more else -least


def tighter(goal: Goal, one: int, other: int) -> int:
    """Return the stronger of two bounds."""
    return min(one, other) if goal.wants_more else max(one, other)


def first_bound(search: Search, goal: Goal) -> int:
    """Return the bound that needs no search: everybody who can be placed gets what serves the goal best."""
    if goal in SIDE_GOALS:
        return side_bound(search, goal)
    proof = prices.zero_prices(search.tables, goal, search.additive_floors())
    unhindered = {
        g: (v, BIG if v == _at_most(search.tables, g) else 0.0) for g, (v, _) in proof.floors.items()
    }
    proof = replace(proof, floors=unhindered)
    search.proofs.append(proof)
    return whole(goal, prices.dual_bound(search.tables, proof))


def _at_most(tables: Tables, goal: Goal) -> int:
    """Return what a goal would reach if nobody stood in anybody's way (goals of people placed only)."""
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
    steps = _longest_steps(search) if goal is Goal.LONGEST else range(search.values[goal] + 1)
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if _ruled_out(search, goal, int(steps[middle])):
            low = middle + 1
        else:
            high = middle
    return int(steps[low]) if len(steps) else 0


def _longest_steps(search: Search) -> Array:
    seconds = np.unique(np.append(search.tables.instance.travel_s, 0))
    return seconds[(seconds >= 0) & (seconds <= search.values[Goal.LONGEST])]


def _ruled_out(search: Search, goal: Goal, at_most: int) -> bool:
    tables = search.tables
    if goal is Goal.LONGEST:
        near = np.tile(tables.instance.travel_s <= at_most, 2)
        changed = replace(tables, allowed=tables.allowed & near)
    else:
        limit = tables.limit.copy()
        rows = model.load_rows(tables)
        limit[rows] = limit[rows] * at_most // check.FULL
        changed = replace(tables, limit=limit)
    for proof in search.proofs[-2:]:
        signed = prices.floor_of(proof.goal, search.values[proof.goal])
        if prices.dual_bound(changed, proof) < signed - SLACK * prices.unit(proof.goal):
            return True
    return False


def improve(search: Search, goal: Goal, bound: int) -> int:
    """Better the answer for one goal; return the bound, tightened where that could be proven."""
    if search.tables.allowed.sum() <= SMALL_PAIRS:
        return _improve_small(search, goal, bound)
    if goal in SIDE_GOALS:
        return _improve_side(search, goal, bound)
    return _improve_large(search, goal, bound)


def _own_columns(search: Search, homes: Array) -> Columns:
    chosen = search.tables.chosen(search.places)
    at = np.flatnonzero((chosen >= 0) & homes)
    return Columns(at, chosen[at])


def _hint(search: Search, columns: Columns) -> Array:
    return np.flatnonzero(search.tables.chosen(search.places)[columns.home] == columns.option)


def _signed_floors(search: Search) -> dict[Goal, int]:
    return {g: prices.floor_of(g, v) for g, v in search.floors().items()}


def _run(search: Search, part: model.Part, goal: Goal, bound: int) -> model.Answer:
    limits = (bound, search.values[goal])
    hint = _hint(search, part.columns)
    work = model.Work(search.allowance(), search.seed, search.go_on)
    answer = model.place(search.tables, part, goal, limits, hint, work)
    search.spent += answer.work
    return answer


def _improve_small(search: Search, goal: Goal, bound: int) -> int:
    """One model over all pairs: solved to the end it proves its own bound."""
    columns = Columns(*np.nonzero(search.tables.allowed))
    part = model.Part(columns, search.tables.limit, _signed_floors(search))
    answer = _run(search, part, goal, bound)
    if answer.picked is None:
        return bound
    search.take(_places(search.tables, columns, answer.picked))
    if answer.proven:
        return search.values[goal]
    return tighter(goal, bound, round(answer.bound) if goal in SIDE_GOALS else whole(goal, answer.bound))


def _places(tables: Tables, columns: Columns, picked: Array) -> dict[str, Place]:
    homes = tables.instance.households
    pairs = zip(columns.home[picked].tolist(), columns.option[picked].tolist(), strict=True)
    return {homes[h].id: place_of(tables, o) for h, o in pairs}


def _improve_large(search: Search, goal: Goal, bound: int) -> int:
    """Prices, columns by profit, relaxation, then models over the households that are not settled by it."""
    tables, floors = search.tables, search.additive_floors()
    homes = prices.concerned(tables, goal, floors)
    soft = prices.smooth(tables, goal, floors, search.go_on)
    search.proofs.append(soft)
    bound = tighter(goal, bound, whole(goal, prices.dual_bound(tables, soft)))
    near = prices.near_options(tables, soft, homes, NEAR * prices.unit(goal))
    columns = prices.merged(tables, near, _own_columns(search, homes))
    last = None
    for last in _relaxations(search, goal, columns, homes):
        search.proofs.append(last.proof)
        bound = tighter(goal, bound, whole(goal, prices.dual_bound(tables, last.proof)))
    for close in CLOSE:
        settled = search.values[goal] == bound or search.allowance() <= 0
        if last is None or settled or not search.go_on():
            break
        _decide_close(search, goal, last, close * prices.unit(goal))
    return bound


def _relaxations(search: Search, goal: Goal, columns: Columns, homes: Array) -> Iterator[model.Relaxed]:
    """Yield the relaxation over columns, then over columns with what its prices still want."""
    for _ in range(3):
        if not search.go_on():
            return
        relaxed = model.relax(search.tables, columns, goal, search.additive_floors(), search.go_on)
        if relaxed is None:
            return
        yield relaxed
        wanted = prices.near_options(search.tables, relaxed.proof, homes, 0.0)
        more = prices.merged(search.tables, columns, wanted)
        if len(more) == len(columns):
            return
        columns = more


def _decide_close(search: Search, goal: Goal, relaxed: model.Relaxed, close: float) -> None:
    """Fix the households that the relaxation settles clearly, decide the others by a whole-number model."""
    tables, columns, share = search.tables, relaxed.columns, relaxed.share
    profit = _column_profits(tables, columns, relaxed.proof)
    free = _unsettled(tables, columns, share, profit, close)
    settled = (share > 1 - 1e-6) & ~free[columns.home]
    fixed = Columns(columns.home[settled], columns.option[settled])
    near = (
        profit
        >= _best_by_home(tables, columns, profit)[columns.home]
        - max(close, 1e-6) * 10 * (tables.size[columns.home])
    )
    open_ = free[columns.home] & (near | (share > 1e-6))
    part = _remaining(search, Columns(columns.home[open_], columns.option[open_]), fixed)
    answer = _run(search, part, goal, search.values[goal])
    if answer.picked is None:
        return
    found = _places(tables, part.columns, answer.picked)
    found |= _places(tables, fixed, np.arange(len(fixed)))
    search.take(greedy(tables, found))


def _column_profits(tables: Tables, columns: Columns, proof: prices.Prices) -> Array:
    """Return the profit of each column at the prices of a relaxation."""
    found = tables.worth(proof.goal, columns.home, columns.option).astype(float)
    for goal, (_, price) in proof.floors.items():
        found += price * tables.worth(goal, columns.home, columns.option)
    return np.asarray(found - tables.taken(columns).T @ proof.rows)


def _best_by_home(tables: Tables, columns: Columns, profit: Array) -> Array:
    best = np.zeros(len(tables.size))
    np.maximum.at(best, columns.home, profit)
    return best


def _unsettled(tables: Tables, columns: Columns, share: Array, profit: Array, close: float) -> Array:
    """Return which households the relaxation splits, or leaves with another option almost as good."""
    best = _best_by_home(tables, columns, profit)
    split = (share > 1e-6) & (share < 1 - 1e-6)
    rival = (share <= 1e-6) & (profit >= best[columns.home] - close * tables.size[columns.home] - 1e-9)
    placed = np.zeros(len(tables.size), bool)
    placed[columns.home[share > 1e-6]] = True
    free = np.zeros(len(tables.size), bool)
    free[columns.home[split]] = True
    free[columns.home[rival & (placed[columns.home] & (close > 0) | ~placed[columns.home])]] = True
    return free


def _remaining(search: Search, columns: Columns, fixed: Columns) -> model.Part:
    """Return what is left to decide once the columns of `fixed` are taken."""
    tables = search.tables
    room = tables.limit - np.asarray(tables.taken(fixed).sum(axis=1)).ravel()
    floors = _signed_floors(search)
    for goal in search.additive_floors():
        floors[goal] -= int(tables.worth(goal, fixed.home, fixed.option).sum())
    return model.Part(columns, room, floors)


def _improve_side(search: Search, goal: Goal, bound: int) -> int:
    """Better LONGEST or LOAD by moving those alone whom the last prices leave a choice."""
    tables, proof = search.tables, search.proofs[-1]
    everybody = np.ones(len(tables.size), bool)
    near = prices.near_options(tables, proof, everybody, 1e-6)
    own = _own_columns(search, everybody)
    columns = prices.merged(tables, near, own)
    choice = np.bincount(columns.home, minlength=len(tables.size)) > 1
    fixed = Columns(own.home[~choice[own.home]], own.option[~choice[own.home]])
    open_ = choice[columns.home]
    part = _remaining(search, Columns(columns.home[open_], columns.option[open_]), fixed)
    answer = _run(search, part, goal, bound)
    if answer.picked is not None:
        found = _places(tables, part.columns, answer.picked)
        search.take(found | _places(tables, fixed, np.arange(len(fixed))))
    return bound

"""How an answer gets better: a draft for all goals together, then goal by goal with what is settled kept.

Both use the same steps: prices, columns by profit, relaxation, a whole-number model over the households that
the relaxation does not settle, and models over small groups of neighbouring places around the best answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.shelter_matching import check, model, prices
from bcp_kit.cores.shelter_matching.greedy import greedy
from bcp_kit.cores.shelter_matching.instance import Goal, Place
from bcp_kit.cores.shelter_matching.search import (
    SIDE_GOALS,
    Search,
    as_places,
    tighter,
    together,
    whole,
)
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

SMALL_PAIRS = 4_000  # up to here one model over all pairs is solved to proof
NEAR = 0.05  # options within this share of a goal's unit, per person, enter the relaxation
CLOSE = 0.05  # households whose second option is this close are decided anew
BLOCK = 6  # places whose people are placed anew together
BLOCK_HOMES = 250
DRAFT_SHARE = 0.4  # of all work
MODEL_SHARE = 0.1  # of the work left, for one model
QUIET = 1  # rounds over all places without gain that end the search


@dataclass(frozen=True)
class Wish:
    """What a step works for: the aim, and whether answers are compared by it alone or by all goals."""

    aim: prices.Aim
    by_rank: bool


def is_small(tables: Tables) -> bool:
    """True where one model over all pairs is no effort."""
    return bool(tables.allowed.sum() <= SMALL_PAIRS)


def draft(search: Search) -> None:
    """Find an answer that is good in all goals together; keep it when it ranks above the present one."""
    tables = search.tables
    wish = Wish(together(tables.instance.goals), by_rank=False)
    kept, values, work = search.places, search.values, search.work
    search.work *= DRAFT_SHARE
    last = _relaxed(search, wish.aim, {})
    if last is not None:
        whole_ones = last.share > 1 - 1e-6
        start = as_places(tables, last.columns, np.flatnonzero(whole_ones))
        _accept(search, wish, greedy(tables, start))
        _decide_unsettled(search, wish, last)
        _renew_blocks(search, wish, last.proof)
    search.work = work
    if check.rank(tables.instance, search.values) < check.rank(tables.instance, values):
        search.places, search.values = kept, values


def improve(search: Search, goal: Goal, bound: int) -> int:
    """Better the answer for one goal; return the bound, tightened where that could be proven."""
    if is_small(search.tables):
        return _improve_small(search, goal, bound)
    if goal in SIDE_GOALS:
        return _improve_side(search, goal, bound)
    last = _relaxed(search, {goal: 1.0}, search.floors())
    for proof in search.proofs[-4:]:
        if proof.aim == {goal: 1.0}:
            bound = tighter(goal, bound, whole(goal, prices.dual_bound(search.tables, proof)))
    if last is None or search.values[goal] == bound:
        return bound
    aim = together(search.tables.instance.goals, goal)
    wish = Wish(aim | {goal: aim[goal] * 50}, by_rank=True)
    for step in (_decide_unsettled, lambda s, w, r: _renew_blocks(s, w, r.proof, bound)):
        if search.values[goal] != bound and search.may_work():
            step(search, wish, last)
    return bound


def _relaxed(search: Search, aim: prices.Aim, floors: Mapping[Goal, int]) -> model.Relaxed | None:
    """Return the relaxation over the columns that its own prices call for; proofs of one goal are kept."""
    tables = search.tables
    homes = prices.concerned(tables, aim, floors)
    soft = prices.smooth(tables, aim, floors, search.go_on)
    near = prices.near_options(tables, soft, homes, NEAR * prices.scale_of(aim))
    columns = prices.merged(tables, near, search.own_columns(homes))
    proofs, last = [soft], None
    for last in _relaxations(search, aim, floors, columns):
        proofs.append(last.proof)
    if len(aim) == 1:
        search.proofs += proofs
    return last


def _relaxations(
    search: Search, aim: prices.Aim, floors: Mapping[Goal, int], columns: Columns
) -> Iterator[model.Relaxed]:
    """Yield the relaxation over columns, then over columns with what its prices still want."""
    homes = prices.concerned(search.tables, aim, floors)
    for _ in range(3):
        if not len(columns) or not search.go_on():
            return
        relaxed = model.relax(search.tables, columns, aim, floors, search.go_on)
        if relaxed is None:
            return
        yield relaxed
        wanted = prices.best_options(search.tables, relaxed.proof, homes, 2)
        more = prices.merged(search.tables, columns, wanted)
        if len(more) == len(columns):
            return
        columns = more


def _value(tables: Tables, aim: prices.Aim, places: Mapping[str, Place]) -> float:
    values = check.score(tables.instance, places)
    return sum(w * prices.floor_of(g, values[g]) for g, w in aim.items())


def _accept(search: Search, wish: Wish, found: Mapping[str, Place]) -> bool:
    """Keep a better answer: better in rank, or for a draft in the aim."""
    if wish.by_rank:
        return search.take(found)
    gain = _value(search.tables, wish.aim, found) - _value(search.tables, wish.aim, search.places)
    return gain > 0 and search.replace(found)


def _run(search: Search, wish: Wish, columns: Columns, fixed: Columns) -> bool:
    """Decide `columns` anew while `fixed` stay; return whether a better answer was found."""
    part = search.remaining(columns, fixed)
    answer = model.place(
        search.tables, part, wish.aim, search.hint(columns), search.allowed_work(MODEL_SHARE)
    )
    search.spent += answer.work
    if answer.picked is None:
        return False
    found = as_places(search.tables, columns, answer.picked) | as_places(search.tables, fixed)
    return _accept(search, wish, greedy(search.tables, found))


def _decide_unsettled(search: Search, wish: Wish, relaxed: model.Relaxed) -> None:
    """Keep what the relaxation settles clearly, decide the others by a whole-number model."""
    tables, columns, share = search.tables, relaxed.columns, relaxed.share
    close = CLOSE * prices.scale_of(relaxed.proof.aim)
    profit = _column_profits(tables, columns, relaxed.proof)
    best = np.zeros(len(tables.size))
    np.maximum.at(best, columns.home, profit)
    near = profit >= best[columns.home] - close * tables.size[columns.home]
    free = np.zeros(len(tables.size), bool)
    free[columns.home[(share > 1e-6) & (share < 1 - 1e-6)]] = True
    free[columns.home[near & (share <= 1e-6)]] = True
    settled = (share > 1 - 1e-6) & ~free[columns.home]
    open_ = free[columns.home] & (near | (share > 1e-6))
    fixed = Columns(columns.home[settled], columns.option[settled])
    _run(search, wish, Columns(columns.home[open_], columns.option[open_]), fixed)


def _column_profits(tables: Tables, columns: Columns, proof: prices.Prices) -> Array:
    """Return the profit of each column at given prices."""
    held = {g: price for g, (_, price) in proof.floors.items()}
    found = prices.worth_of(tables, proof.aim, columns.home, columns.option)
    found += prices.worth_of(tables, held, columns.home, columns.option)
    return np.asarray(found - tables.taken(columns).T @ proof.rows)


def _renew_blocks(search: Search, wish: Wish, proof: prices.Prices, bound: int | None = None) -> None:
    """Place the people of neighbouring places anew, group by group, until a round brings nothing."""
    goal = next(iter(wish.aim))
    everybody = np.ones(len(search.tables.size), bool)
    good = prices.best_options(search.tables, proof, everybody, 8)
    quiet = 0
    while quiet < QUIET and search.may_work():
        quiet += 1
        for block in _blocks(search.tables):
            if not search.may_work() or (bound is not None and search.values[goal] == bound):
                return
            if _renew_block(search, wish, good, block):
                quiet = 0


def _blocks(tables: Tables) -> Iterator[Array]:
    """Yield groups of neighbouring places: each place with those that are as near to the same homes."""
    seconds = tables.instance.travel_s[:: max(1, len(tables.size) // 500)].astype(float)
    for j in range(0, tables.places, max(1, BLOCK // 2)):
        apart = np.abs(seconds - seconds[:, [j]]).mean(axis=0)
        yield np.argsort(apart, kind="stable")[:BLOCK]


def _renew_block(search: Search, wish: Wish, good: Columns, block: Array) -> bool:
    """Place anew those at the places of the block, and those without a place who would like one there."""
    tables = search.tables
    inside = np.zeros(2 * tables.places, bool)
    inside[block] = inside[block + tables.places] = True
    chosen = tables.chosen(search.places)
    here = (chosen >= 0) & inside[np.maximum(chosen, 0)]
    hoping = np.zeros(len(chosen), bool)
    hoping[good.home[inside[good.option] & (chosen[good.home] < 0)]] = True
    free = here | hoping
    if free.sum() > BLOCK_HOMES:
        choice = np.bincount(good.home[inside[good.option]], minlength=len(chosen))
        order = np.argsort(np.where(free, -choice - 100 * hoping, 1), kind="stable")
        free = np.zeros(len(chosen), bool)
        free[order[:BLOCK_HOMES]] = True
    own = search.own_columns(free)
    wanted = free[good.home] & inside[good.option]
    columns = prices.merged(tables, own, Columns(good.home[wanted], good.option[wanted]))
    if len(columns) == len(own):
        return False
    return _run(search, wish, columns, search.own_columns(~free))


def _improve_small(search: Search, goal: Goal, bound: int) -> int:
    """One model over all pairs: solved to the end it proves its own bound."""
    tables = search.tables
    columns = Columns(*np.nonzero(tables.allowed))
    part = search.remaining(columns, Columns(columns.home[:0], columns.option[:0]))
    hint, work = search.hint(columns), search.allowed_work(0.5)
    if goal in SIDE_GOALS:
        limits = (bound, search.values[goal])
        answer = model.place_evenly(tables, part, goal, limits, hint, work)
    else:
        answer = model.place(tables, part, {goal: 1.0}, hint, work)
    search.spent += answer.work
    if answer.picked is None:
        return bound
    search.take(as_places(tables, columns, answer.picked))
    if answer.proven:
        return search.values[goal]
    return tighter(goal, bound, round(answer.bound) if goal in SIDE_GOALS else whole(goal, answer.bound))


def _improve_side(search: Search, goal: Goal, bound: int) -> int:
    """Better LONGEST or LOAD by moving those alone whom the last prices leave a choice."""
    tables = search.tables
    everybody = np.ones(len(tables.size), bool)
    near = prices.near_options(tables, search.proofs[-1], everybody, 1e-6)
    own = search.own_columns(everybody)
    columns = prices.merged(tables, near, own)
    choice = np.bincount(columns.home, minlength=len(tables.size)) > 1
    fixed = Columns(own.home[~choice[own.home]], own.option[~choice[own.home]])
    open_ = choice[columns.home]
    part = search.remaining(Columns(columns.home[open_], columns.option[open_]), fixed)
    limits, work = (bound, search.values[goal]), search.allowed_work(MODEL_SHARE)
    answer = model.place_evenly(tables, part, goal, limits, search.hint(part.columns), work)
    search.spent += answer.work
    if answer.picked is not None:
        search.take(as_places(tables, part.columns, answer.picked) | as_places(tables, fixed))
    return bound

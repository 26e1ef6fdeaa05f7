"""How an answer gets better: a draft for all goals together, then goal by goal with what is settled kept.

Both use the same steps: prices, columns by profit, relaxation, a whole-number model over the households that
the relaxation does not settle, and models over small groups of neighbouring places around the best answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

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
COLUMNS = 4  # options of a household that enter the first relaxation
MORE_COLUMNS = 4  # options of a household that its prices may add in a round
ROUNDS = 8  # of relaxing and adding columns
ENOUGH = 1e-7  # relative distance of bound and relaxation that needs no further round
CLOSE = (0.05, 0.3, 1.0)  # households whose second option is this close are decided anew, widening
BLOCK = 6  # places whose people are placed anew together
BLOCK_HOMES = 250
BLOCK_ROUNDS = 2
BLOCK_WORK = 0.2  # for one group of places
CHOICES = 4  # options of a household that the relaxation does not settle
DRAFT_SHARE = 0.3  # of all work
GOAL_SHARE = {Goal.TRAVEL: 0.8}  # of the work left, for one goal
OTHER_SHARE = 0.12
MODEL_SHARE = 0.5  # of the work of a step, for one model


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
    everybody = prices.concerned(tables, wish.aim, {})
    columns = prices.spread_options(tables, everybody, COLUMNS)
    last = _relaxed(search, prices.zero_prices(tables, wish.aim, {}), columns)
    if last is not None:
        search.guide = last
        start = as_places(tables, last.columns, np.flatnonzero(last.share > 1 - 1e-6))
        search.replace(greedy(tables, start))
        if not _decide_unsettled(search, wish, last):
            _renew_blocks(search, wish, last)
        search.replace(greedy(tables, search.places))
    search.work = work
    if check.rank(tables.instance, search.values) < check.rank(tables.instance, values):
        search.keep(kept)


def improve(search: Search, goal: Goal, bound: int) -> int:
    """Better the answer for one goal; return the bound, tightened where that could be proven."""
    if is_small(search.tables):
        return _improve_small(search, goal, bound)
    if goal in SIDE_GOALS:
        return _improve_side(search, goal, bound)
    tables, last = search.tables, search.guide
    if last is None:
        return bound
    for sharpen in (_warm, _relaxed_again):
        found = sharpen(search, goal, last)
        if found is not None:
            last = found
            search.proofs.append(last.proof)
            bound = tighter(goal, bound, whole(goal, prices.dual_bound(tables, last.proof)))
        if search.values[goal] == bound:
            return bound
    aim = together(tables.instance.goals, goal)
    wish = Wish(aim | {goal: aim[goal] * (50 if len(aim) > 1 else 1)}, by_rank=True)
    work = search.work
    search.work = search.spent + GOAL_SHARE.get(goal, OTHER_SHARE) * max(0.0, work - search.spent)
    if goal is not Goal.TRAVEL or not _decide_unsettled(search, wish, last):
        _renew_blocks(search, wish, last, bound)
    search.take(greedy(tables, search.places))
    search.work = work
    return bound


def _warm(search: Search, goal: Goal, guide: model.Relaxed) -> model.Relaxed:
    """Return the relaxation of all goals together, its prices in units of one goal."""
    return replace(guide, proof=prices.warmed(guide.proof, goal, search.floors()))


def _relaxed_again(search: Search, goal: Goal, guide: model.Relaxed) -> model.Relaxed | None:
    """Return the relaxation of one goal with the floors of those before it."""
    start = prices.zero_prices(search.tables, {goal: 1.0}, search.floors())
    return _relaxed(search, start, guide.columns)


def _relaxed(search: Search, start: prices.Prices, columns: Columns) -> model.Relaxed | None:
    """Return the relaxation over `columns` and whatever columns its own prices call for."""
    tables, last = search.tables, None
    floors = {g: v for g, (v, _) in start.floors.items()}
    homes = prices.concerned(tables, start.aim, floors)
    columns = prices.merged(tables, search.own_columns(homes), _of_homes(columns, homes))
    for _ in range(ROUNDS):
        if not len(columns) or not search.go_on():
            return last
        relaxed = model.relax(tables, columns, start.aim, floors, search.go_on)
        if relaxed is None:
            return last
        last = relaxed
        bound = prices.dual_bound(tables, last.proof)
        if bound - last.value <= ENOUGH * max(1.0, abs(bound)) or _same_whole(start.aim, bound, last.value):
            return last
        wanted = prices.best_options(tables, _nearer(last.proof), homes, MORE_COLUMNS)
        more = prices.merged(tables, columns, wanted)
        if len(more) == len(columns):
            return last
        columns = more
    return last


def _same_whole(aim: prices.Aim, bound: float, value: float) -> bool:
    """True when, for a single goal, more columns could not move the bound to another whole number."""
    (goal, *others) = aim
    return not others and whole(goal, bound) == whole(goal, value)


def _of_homes(columns: Columns, homes: Array) -> Columns:
    return Columns(columns.home[homes[columns.home]], columns.option[homes[columns.home]])


def _nearer(proof: prices.Prices) -> prices.Prices:
    """Return the prices with a breath of travel, so that among equals the nearer option comes first."""
    return replace(proof, aim={Goal.TRAVEL: 1e-7 * prices.scale_of(proof.aim), **proof.aim})


def _value(tables: Tables, aim: prices.Aim, places: Mapping[str, Place]) -> float:
    values = check.score(tables.instance, places)
    return sum(w * prices.floor_of(g, values[g]) for g, w in aim.items())


def _accept(search: Search, wish: Wish, found: Mapping[str, Place]) -> None:
    """Keep a better answer: better in rank, or for a draft in the aim."""
    if wish.by_rank:
        search.take(found)
    elif _value(search.tables, wish.aim, found) > _value(search.tables, wish.aim, search.places):
        search.replace(found)


def _run(
    search: Search, wish: Wish, columns: Columns, fixed: Columns, most: float = float("inf")
) -> model.Answer:
    """Decide `columns` anew while `fixed` stay, with at most `most` work, and keep what is better."""
    part, hint = search.remaining(columns, fixed), search.hint(columns)
    work = search.allowed_work(MODEL_SHARE)
    answer = model.place(search.tables, part, wish.aim, hint, replace(work, amount=min(most, work.amount)))
    search.spent += answer.work
    if answer.picked is not None and not np.array_equal(answer.picked, hint):
        homes = search.tables.instance.households
        anew = {homes[h].id for h in np.unique(columns.home)}
        kept = {key: place for key, place in search.places.items() if key not in anew}
        _accept(search, wish, kept | as_places(search.tables, columns, answer.picked))
    return answer


def _decide_unsettled(search: Search, wish: Wish, relaxed: model.Relaxed) -> bool:
    """Keep those whom the relaxation places where they are, decide the others by a whole-number model.

    Solved to the end, it is repeated with more households free; True when the widest was solved to the end.
    """
    profit = _column_profits(search.tables, relaxed.columns, relaxed.proof)
    for close in CLOSE:
        free = _unsettled(search, relaxed, profit, close * prices.scale_of(relaxed.proof.aim))
        wanted = free[relaxed.columns.home] & (relaxed.share > 1e-6)
        open_ = prices.merged(
            search.tables,
            Columns(relaxed.columns.home[wanted], relaxed.columns.option[wanted]),
            prices.best_options(search.tables, _nearer(relaxed.proof), free, CHOICES),
            search.own_columns(free),
        )
        answer = _run(search, wish, open_, search.own_columns(~free))
        if not answer.proven or not search.may_work():
            return False
    return True


def _unsettled(search: Search, relaxed: model.Relaxed, profit: Array, close: float) -> Array:
    """Return whom the relaxation places elsewhere, in parts, or with another option almost as good."""
    tables, columns, share = search.tables, relaxed.columns, relaxed.share
    here = search.chosen[columns.home] == columns.option
    free = np.ones(len(tables.size), bool)
    free[columns.home[here & (share > 1 - 1e-6)]] = False
    best = np.zeros(len(tables.size))
    np.maximum.at(best, columns.home, profit)
    rival = profit >= best[columns.home] - close * tables.size[columns.home]
    free[columns.home[rival & (share <= 1e-6)]] = True
    return free


def _column_profits(tables: Tables, columns: Columns, proof: prices.Prices) -> Array:
    """Return the profit of each column at given prices."""
    held = {g: price for g, (_, price) in proof.floors.items()}
    found = prices.worth_of(tables, proof.aim, columns.home, columns.option)
    found += prices.worth_of(tables, held, columns.home, columns.option)
    return np.asarray(found - tables.taken(columns).T @ proof.rows)


def _renew_blocks(search: Search, wish: Wish, relaxed: model.Relaxed, bound: int | None = None) -> None:
    """Place the people of neighbouring places anew, group by group, twice or until a round brings nothing."""
    goal = next(iter(wish.aim))
    everybody = np.ones(len(search.tables.size), bool)
    good = prices.best_options(search.tables, _nearer(relaxed.proof), everybody, 2 * CHOICES)
    for _ in range(BLOCK_ROUNDS):
        before = dict(search.values)
        for block in _blocks(search.tables):
            if not search.may_work() or (bound is not None and search.values[goal] == bound):
                return
            _renew_block(search, wish, good, block)
        if before == search.values:
            return


def _blocks(tables: Tables) -> Iterator[Array]:
    """Yield groups of neighbouring places: each place with those that are as near to the same homes."""
    seconds = tables.instance.travel_s[:: max(1, len(tables.size) // 500)].astype(float)
    for j in range(0, tables.places, max(1, BLOCK // 2)):
        apart = np.abs(seconds - seconds[:, [j]]).mean(axis=0)
        yield np.argsort(apart, kind="stable")[:BLOCK]


def _renew_block(search: Search, wish: Wish, good: Columns, block: Array) -> None:
    """Place anew those at the places of the block, and those without a place who would like one there."""
    tables = search.tables
    inside = np.zeros(2 * tables.places, bool)
    inside[block] = inside[block + tables.places] = True
    chosen = search.chosen
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
    if len(columns) > len(own):
        _run(search, wish, columns, search.own_columns(~free), BLOCK_WORK)


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

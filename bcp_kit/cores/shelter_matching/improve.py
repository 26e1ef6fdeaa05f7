"""How an answer gets better: a draft for all goals together, then goal by goal with what is settled kept.

The engine does both: prices prove a bound over all pairs, neighbourhoods around the best answer are decided
anew. Where pairs are few, one model over all of them proves its own bound.
"""

from dataclasses import replace

import numpy as np

from bcp_kit.cores.shelter_matching import check, model, prices
from bcp_kit.cores.shelter_matching.engine.columns import Look, near
from bcp_kit.cores.shelter_matching.engine.optimise import optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits
from bcp_kit.cores.shelter_matching.greedy import greedy
from bcp_kit.cores.shelter_matching.instance import Goal, Place
from bcp_kit.cores.shelter_matching.pairs import FARTHEST_S, Pairs
from bcp_kit.cores.shelter_matching.search import (
    SIDE_GOALS,
    Search,
    as_places,
    tighter,
    whole,
)
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

SMALL_PAIRS = 4_000  # up to here one model over all pairs is solved to proof
STEP = 3.0  # how much more a goal weighs than the next one in a draft
FIRST = 9.0  # how much more the goal that is bettered weighs than all after it
DRAFT_SHARE = 0.4  # of all work
GOAL_SHARE = {Goal.TRAVEL: 0.8}  # of the work left, for one goal
OTHER_SHARE = 0.2
MODEL_SHARE = 0.5  # of the work of a step, for one model
ROUND_WORK = 0.5  # what one round of neighbourhoods counts as
WORKERS = 2
DEPTH = 80.0  # options within this part of a person's worth enter the first relaxation
COLUMNS = 6  # of them at most
MORE_COLUMNS = 4  # options of a household that its prices may add in a round
ROUNDS = 8  # of relaxing and adding columns
ENOUGH = 1e-7  # relative distance of bound and relaxation that needs no further round


def is_small(tables: Tables) -> bool:
    """True where one model over all pairs is no effort."""
    return bool(tables.allowed.sum() <= SMALL_PAIRS)


def weights(goals: tuple[Goal, ...], first: Goal | None = None) -> dict[Goal, float]:
    """Return weights for the goals that add up, from `first` on; travel in its own seconds.

    Only to find good answers: strictness comes from the floors and from comparing ranks.
    """
    wanted = [g for g in goals if g not in SIDE_GOALS]
    wanted = wanted[wanted.index(first) :] if first else wanted
    others = [g for g in wanted if g is not Goal.TRAVEL]
    found: dict[Goal, float] = {g: FARTHEST_S * STEP**k for k, g in enumerate(reversed(others))}
    if first in found:
        found[first] *= FIRST
    if Goal.TRAVEL in wanted:
        found[Goal.TRAVEL] = 1.0
    return {g: found[g] for g in wanted}


def draft(search: Search) -> None:
    """Find an answer that is good in all goals together; keep it when it ranks above the present one."""
    kept, values = search.places, search.values
    aim = weights(search.tables.instance.goals)
    if aim:
        problem = Pairs(search.tables, aim)
        plan = optimise(problem, _limits(search, DRAFT_SHARE), search.chosen)
        search.spent += ROUND_WORK * plan.rounds
        search.guide_rows = plan.rows
        near_best = near(problem, plan.rows, Look(FARTHEST_S / DEPTH, COLUMNS))
        search.guide_columns = Columns(near_best.home, near_best.option)
        search.replace(_as_answer(search, plan.chosen))
        search.replace(greedy(search.tables, search.places))
    if check.rank(search.tables.instance, search.values) < check.rank(search.tables.instance, values):
        search.keep(kept)


def improve(search: Search, goal: Goal, bound: int) -> int:
    """Better the answer for one goal; return the bound, tightened where that could be proven."""
    if is_small(search.tables):
        return _improve_small(search, goal, bound)
    if goal in SIDE_GOALS:
        return _improve_side(search, goal, bound)
    tables, floors = search.tables, search.floors()
    start = prices.zero_prices(tables, {goal: 1.0}, floors)
    relaxed = _relaxed(search, start, search.guide_columns) if search.guide_columns else None
    if relaxed is not None:
        search.proofs.append(relaxed.proof)
        bound = tighter(goal, bound, whole(goal, prices.dual_bound(tables, relaxed.proof)))
    if search.values[goal] != bound and search.go_on():
        problem = Pairs(tables, weights(tables.instance.goals, goal), floors)
        rows = np.concatenate([search.guide_rows, np.zeros(len(floors))])
        plan = optimise(problem, _limits(search, GOAL_SHARE.get(goal, OTHER_SHARE)), search.chosen, rows)
        search.spent += ROUND_WORK * plan.rounds
        search.take(_as_answer(search, plan.chosen))
        search.take(greedy(tables, search.places))
    return bound


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


def _as_answer(search: Search, chosen: Array) -> dict[str, Place]:
    home = np.flatnonzero(chosen >= 0)
    return as_places(search.tables, Columns(home, chosen[home]))


def _limits(search: Search, share: float) -> Limits:
    """Return what the engine may do with a share of the work left."""
    rounds = max(2, int(share * max(0.0, search.work - search.spent) / ROUND_WORK))
    return Limits(
        rounds=rounds, workers=WORKERS, seed=search.seed, go_on=lambda _done, _stage: search.go_on()
    )


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

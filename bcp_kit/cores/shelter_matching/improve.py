"""How an answer gets better, goal by goal, with what is settled kept.

Goals that count people are bettered by counting those who are alike together (`alike.py`), travel by the
engine. Prices prove a bound over all pairs. Where pairs are few, one model over all of them proves its own.
"""

from dataclasses import replace

import numpy as np

from bcp_kit.cores.shelter_matching import alike, model, prices
from bcp_kit.cores.shelter_matching.engine.neighbourhood import Width
from bcp_kit.cores.shelter_matching.engine.optimise import Manner, optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits, Plan
from bcp_kit.cores.shelter_matching.few import are_few, improve_few
from bcp_kit.cores.shelter_matching.greedy import greedy
from bcp_kit.cores.shelter_matching.instance import Goal, Place
from bcp_kit.cores.shelter_matching.pairs import FARTHEST_S, Pairs, layout
from bcp_kit.cores.shelter_matching.search import (
    SIDE_GOALS,
    Search,
    as_places,
    tighter,
    whole,
)
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

SMALL_PAIRS = 4_000  # up to here one model over all pairs is solved to proof
ENGINE_SHARE = 0.8  # of the work left, for the ways
MODEL_SHARE = 0.5  # of the work of a step, for one model
ROUND_WORK = 1.25  # what one round of neighbourhoods counts as
COUNT_WORK = 0.25  # what one round over all places counts as, where those who are alike are counted
COUNT_ROUNDS = 8
WORKERS = 2
NARROW = (Width(20, 1 / 2000, 1 / 200),) * 2
WIDE = tuple(Width(places, 1 / 1300, 1 / 130) for places in (20, 16, 24, 20, 28, 18))
WAYS = Manner(NARROW, WIDE, nodes=1)
ALL_COLUMNS = 40_000  # up to here all options of those who stand for their like enter
SPREAD = 16  # else so many each, near and scattered
MORE_COLUMNS = 4  # options of a household that its prices may add in a round
ROUNDS = 8  # of relaxing and adding columns
ENOUGH_WAYS = 1e-4  # relative distance of ways to their bound that needs no further search
ENOUGH = 1e-7  # relative distance of bound and relaxation that needs no further round


def is_small(tables: Tables) -> bool:
    """True where one model over all pairs is no effort."""
    return bool(tables.allowed.sum() <= SMALL_PAIRS)


def improve(search: Search, goal: Goal, bound: int) -> int:
    """Better the answer for one goal; return the bound, tightened where that could be proven."""
    if is_small(search.tables):
        return _improve_small(search, goal, bound)
    if goal in SIDE_GOALS:
        return _improve_side(search, goal, bound)
    if are_few(search.held(), goal):
        bound = improve_few(search, goal, bound)
        if _near_enough(search, goal, bound):
            return bound
    if goal is Goal.TRAVEL or Goal.TRAVEL in search.bounds:
        return _improve_by_engine(search, goal, bound)
    return _improve_counts(search, goal, bound)


def _near_enough(search: Search, goal: Goal, bound: int) -> bool:
    """True where a goal is proven best, or ways are so near that searching on gains nothing to speak of."""
    apart = abs(search.values[goal] - bound)
    return apart == 0 or (goal is Goal.TRAVEL and apart <= ENOUGH_WAYS * abs(bound))


def _improve_counts(search: Search, goal: Goal, bound: int) -> int:
    """Better a goal that counts people: group after group of places, those who are alike counted together."""
    goals = search.tables.instance.goals
    kept = tuple(search.floors())
    later = goals[goals.index(goal) :]
    cut = next((i for i, g in enumerate(later) if g in (*SIDE_GOALS, Goal.TRAVEL)), len(later))
    order = alike.Order(kept, later[:cut])
    relaxed = _relaxed(search, goal, Goal.FAMILIAR in (*kept, goal))
    if relaxed is not None:
        search.proofs.append(relaxed.proof)
        bound = tighter(goal, bound, whole(goal, prices.dual_bound(search.held(), relaxed.proof)))
    if search.values[goal] != bound:
        _count_anew(search, order, bound)
    return bound


def _count_anew(search: Search, order: alike.Order, bound: int) -> None:
    """Decide group after group of places anew, round by round: near ones first, then scattered ones."""
    tables, goal = search.held(), order.wanted[0]
    kind = alike.kinds(tables, Goal.FAMILIAR in (*order.kept, *order.wanted))
    position, scattered = layout(tables), False
    for turn in range(COUNT_ROUNDS):
        before, chosen = search.values[goal], search.chosen
        if before == bound or not search.may_work():
            return
        for places in alike.groups_of_places(position, turn, scattered):
            if search.go_on():
                chosen = alike.regrouped(tables, kind, chosen, places, order)
        chosen = alike.reseated(tables, kind, chosen)
        search.spent += COUNT_WORK
        search.take(_as_answer(search, chosen))
        if search.values[goal] == before:
            if scattered:
                return
            scattered = True


def _improve_by_engine(search: Search, goal: Goal, bound: int) -> int:
    """Better travel, or what comes after it: prices for the goal, neighbourhoods by them."""
    tables, floors = search.held(), search.floors()
    aim = {goal: 1.0 if goal is Goal.TRAVEL else FARTHEST_S}
    problem = Pairs(tables, aim, floors)
    rounds = max(2, int(ENGINE_SHARE * max(0.0, search.work - search.spent) / ROUND_WORK))
    plan = optimise(problem, _limits(search, rounds), search.chosen, manner=WAYS)
    search.spent += ROUND_WORK * plan.rounds
    search.take(_as_answer(search, plan.chosen))
    search.take(greedy(search.tables, search.places))
    proof = _proof(search, aim, floors, plan)
    reached = prices.dual_bound(tables, proof)
    if goal is Goal.TRAVEL and whole(goal, reached) <= 0:  # prices without end: floors met exactly do that
        relaxed = _relaxed(search, goal, Goal.FAMILIAR in floors)
        proof = proof if relaxed is None else relaxed.proof
        reached = prices.dual_bound(tables, proof)
    search.proofs.append(proof)
    return tighter(goal, bound, whole(goal, reached))


def _proof(search: Search, aim: prices.Aim, floors: dict[Goal, int], plan: Plan) -> prices.Prices:
    """Return the prices of a plan of the engine in the words of the tables, per unit of the goal."""
    rows = len(search.tables.limit)
    (factor,) = aim.values()
    held = {g: (v, float(p) / factor) for (g, v), p in zip(floors.items(), plan.rows[rows:], strict=True)}
    return prices.Prices(dict.fromkeys(aim, 1.0), plan.rows[:rows] / factor, held)


def _relaxed(search: Search, goal: Goal, familiar: bool) -> model.Relaxed | None:
    """Return the relaxation for a goal: over those who stand for their like, and columns it calls for."""
    tables, last = search.held(), None
    start = prices.zero_prices(tables, {goal: 1.0}, search.floors())
    floors = {g: v for g, (v, _) in start.floors.items()}
    matter = prices.concerned(tables, start.aim, floors)
    homes, count = _standing(tables, matter, familiar)
    columns = _first_columns(tables, homes)
    for _ in range(ROUNDS):
        if not len(columns) or not search.go_on():
            return last
        relaxed = model.relax(tables, columns, start.aim, floors, search.go_on, count)
        if relaxed is None:
            return last
        last = relaxed
        bound = prices.dual_bound(tables, last.proof)
        if bound - last.value <= ENOUGH * max(1.0, abs(bound)) or whole(goal, bound) == whole(
            goal, last.value
        ):
            return last
        wanted = prices.best_options(tables, _nearer(last.proof), homes, MORE_COLUMNS)
        more = prices.merged(tables, columns, wanted)
        if len(more) == len(columns):
            return last
        columns = more
    return last


def _standing(tables: Tables, matter: Array, familiar: bool) -> tuple[Array, Array]:
    """Return who stands for all that are alike, bool (H), and for how many, (H)."""
    home = np.flatnonzero(matter)
    possible = np.packbits(tables.allowed[home], axis=1)
    key = np.column_stack([alike.kinds(tables, familiar)[home], possible])
    _, first, count = np.unique(key, axis=0, return_index=True, return_counts=True)
    stands, of = np.zeros(len(matter), bool), np.zeros(len(matter))
    stands[home[first]] = True
    of[home[first]] = count
    return stands, of


def _first_columns(tables: Tables, homes: Array) -> Columns:
    """Return the options of some households with which a relaxation begins: all, else some of each."""
    if tables.allowed[homes].sum() > ALL_COLUMNS:
        return prices.spread_options(tables, homes, SPREAD)
    possible = tables.allowed & homes[:, None]
    return Columns(*np.nonzero(possible))


def _nearer(proof: prices.Prices) -> prices.Prices:
    """Return the prices with a breath of travel, so that among equals the nearer option comes first."""
    return replace(proof, aim={Goal.TRAVEL: 1e-7 * prices.scale_of(proof.aim), **proof.aim})


def _as_answer(search: Search, chosen: Array) -> dict[str, Place]:
    home = np.flatnonzero(chosen >= 0)
    return as_places(search.tables, Columns(home, chosen[home]))


def _limits(search: Search, rounds: int) -> Limits:
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
    tables = search.held()
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

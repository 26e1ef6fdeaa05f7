"""Answers about large plans, on arrays: reasons, justified complaints, and placing anew after a loss."""

from itertools import product

import numpy as np
import pytest

from bcp_kit.cores.shelter_matching.engine.optimise import optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits
from bcp_kit.cores.shelter_matching.engine.points import Points
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE
from bcp_kit.cores.shelter_matching.engine.reasons import FITS, complaints, reasons, satisfied
from bcp_kit.cores.shelter_matching.engine.replan import Calm, replan, still_fitting


def fields(seed: int, homes: int = 40, sites: int = 6, room: float = 0.6) -> dict[str, np.ndarray]:
    """Invented households and shelters with two resources and three categories."""
    draw = np.random.default_rng(seed)
    size = draw.integers(1, 4, homes)
    use = np.column_stack([4 * size, draw.random(homes) < 0.3]).astype(int)
    share = draw.dirichlet(np.full(sites, 4.0))
    cap = np.column_stack([np.round(share * use[:, 0].sum() * room), draw.integers(0, 4, sites)]).astype(int)
    return {
        "hxy": draw.uniform(0, 9000, (homes, 2)),
        "sxy": draw.uniform(0, 9000, (sites, 2)),
        "size": size,
        "use": use,
        "mask": 1 << draw.integers(0, 3, homes),
        "tier": draw.integers(1, 4, homes),
        "cap": cap,
        "acc": draw.integers(1, 8, sites),
    }


def by_hand(problem: Points) -> np.ndarray:
    """Households in the order of the tiers, each to the nearest shelter with room: what is done on paper."""
    room, chosen = problem.limit.copy(), np.full(problem.homes, NOWHERE)
    for h in np.argsort(problem.tier, kind="stable").tolist():
        worth = problem.net(np.zeros(len(room)), np.array([h]))[0]
        for option in np.argsort(-worth, kind="stable").tolist():
            amounts = problem.load(np.where(np.arange(problem.homes) == h, option, NOWHERE))
            if problem.allowed(np.array([h]))[0, option] and (amounts <= room).all():
                chosen[h], room = option, room - amounts
                break
    return chosen


def complaining(problem: Points, chosen: np.ndarray) -> set[int]:
    """Who could complain, found by trying every exchange."""
    found = set()
    for h, option in product(np.flatnonzero(chosen < 0).tolist(), range(problem.options)):
        if not problem.allowed(np.array([h]))[0, option]:
            continue
        for other in [-1, *np.flatnonzero(chosen == option).tolist()]:
            if other >= 0 and problem.weight[other] >= problem.weight[h]:
                continue
            tried = chosen.copy()
            tried[h] = option
            if other >= 0:
                tried[other] = NOWHERE
            if (problem.load(tried) <= problem.limit).all():
                found.add(h)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_complaints_are_those_that_trying_finds(seed: int) -> None:
    """N3: exactly those complain for whom one lighter household, or empty room, would do."""
    problem = Points(fields(seed))
    for chosen in (by_hand(problem), np.full(problem.homes, NOWHERE)):
        assert set(complaints(problem, chosen, problem.weight).tolist()) == complaining(problem, chosen)


@pytest.mark.parametrize("seed", range(12))
def test_nobody_can_complain_about_a_satisfied_plan(seed: int) -> None:
    """N3: the exchanges end with a plan that fits, places no less weight, and leaves no complaint."""
    problem = Points(fields(seed))
    before = by_hand(problem)
    after = satisfied(problem, before, problem.weight)
    assert (problem.load(after) <= problem.limit).all()
    assert problem.weight[after >= 0].sum() >= problem.weight[before >= 0].sum()
    assert not complaining(problem, after)


@pytest.mark.parametrize("seed", range(12))
def test_everybody_left_over_has_a_reason(seed: int) -> None:
    """N3: what is short is short, a holder's leaving makes room, and no lighter one could have left."""
    problem = Points(fields(seed))
    chosen = by_hand(problem)
    found = reasons(problem, chosen, problem.weight)
    assert found.told.all() and (found.home == np.flatnonzero(chosen < 0)).all()
    for i, k in np.argwhere(found.option >= 0):
        h, option, holder = int(found.home[i]), int(found.option[i, k]), int(found.holder[i, k])
        assert problem.allowed(np.array([h]))[0, option]
        tried = chosen.copy()
        tried[h] = option
        assert ((problem.load(tried) <= problem.limit).all()) == (holder == FITS) == (found.short[i, k] == 0)
        if holder >= 0:
            tried[holder] = NOWHERE
            assert (problem.load(tried) <= problem.limit).all() and chosen[holder] == option
            for other in np.flatnonzero((chosen == option) & (problem.weight < problem.weight[holder])):
                worse = tried.copy()
                worse[[holder, other]] = option, NOWHERE
                assert (problem.load(worse) > problem.limit).any()


def lost(given: dict[str, np.ndarray], shelter: int) -> Points:
    """The same instance without a shelter."""
    cap, acc = given["cap"].copy(), given["acc"].copy()
    cap[shelter], acc[shelter] = 0, 0
    return Points({**given, "cap": cap, "acc": acc})


@pytest.mark.parametrize("seed", range(8))
def test_placing_anew_reaches_what_a_new_plan_reaches(seed: int) -> None:
    """N2: after a loss the answer fits and is worth what a new plan is; a price on moves moves no more."""
    given = fields(seed)
    problem = Points(given)
    plan = optimise(problem, Limits())
    changed = lost(given, seed % problem.options)
    anew = optimise(changed, Limits())
    found = {}
    for price in (0.0, 5_000.0):
        chosen = replan(changed, plan.chosen, plan.rows, problem.weight, Calm(price))
        assert (changed.load(chosen) <= changed.limit).all()
        stay = (plan.chosen >= 0) & (chosen == plan.chosen)
        found[price] = (changed.value(chosen), problem.size[(plan.chosen >= 0) & ~stay].sum())
    assert found[0.0][0] >= anew.value - 1e-6
    assert found[5_000.0][1] <= found[0.0][1]


@pytest.mark.parametrize("seed", range(8))
def test_nobody_loses_a_place_where_that_is_asked(seed: int) -> None:
    """N2: whoever can stay has a place afterwards."""
    given = fields(seed)
    plan = optimise(Points(given), Limits())
    changed = lost(given, 0)
    chosen = replan(changed, plan.chosen, plan.rows, changed.weight, Calm(nobody_loses=True))
    could_stay = (plan.chosen >= 0) & (plan.chosen != 0)
    assert (chosen[could_stay] >= 0).all() and (changed.load(chosen) <= changed.limit).all()


def test_a_fallen_capacity_lets_the_least_worth_leave() -> None:
    """N2: where a shelter's room falls, as many as have to leave do, and the rest of the plan stays."""
    given = fields(1)
    problem = Points(given)
    plan = optimise(problem, Limits())
    cap = given["cap"].copy()
    cap[2, 0] //= 2
    changed = Points({**given, "cap": cap})
    kept = still_fitting(changed, plan.chosen)
    assert (changed.load(kept) <= changed.limit).all()
    left = np.flatnonzero(kept != plan.chosen)
    assert len(left) and (plan.chosen[left] == 2).all()


def test_nothing_lost_changes_nothing() -> None:
    """N2: without a loss the plan stays as it is; nobody and nowhere are answers too."""
    problem = Points(fields(2))
    plan = optimise(problem, Limits())
    assert (replan(problem, plan.chosen, plan.rows, problem.weight, Calm()) == plan.chosen).all()
    shut = Points({**fields(2), "acc": np.zeros(6, int)})
    nowhere = np.full(shut.homes, NOWHERE)
    assert not len(complaints(shut, nowhere, shut.weight)) and reasons(shut, nowhere, shut.weight).told.all()
    assert (replan(shut, plan.chosen, plan.rows, shut.weight, Calm()) == nowhere).all()

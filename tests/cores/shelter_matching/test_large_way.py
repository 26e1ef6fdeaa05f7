"""The way for many pairs, on worlds where every answer can be tried: bounds hold, stops are told."""

import time

import numpy as np
import pytest
from matching_worlds import best_by_trying_all, home, random_world, site, world

from bcp_kit.cores.shelter_matching import check, few, improve, model, prices
from bcp_kit.cores.shelter_matching.greedy import greedy
from bcp_kit.cores.shelter_matching.instance import Goal, Instance
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.cores.shelter_matching.tables import build
from bcp_kit.domain.placements import SolveStatus


@pytest.fixture
def always_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every instance as too large for one model over all pairs."""
    monkeypatch.setattr(improve, "SMALL_PAIRS", 0)


def crowded(homes: int = 300, sites: int = 12) -> Instance:
    """A world too large to try all answers."""
    return random_world(5, homes=homes, sites=sites)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.usefixtures("always_large")
def test_bounds_are_never_passed_by_the_best_answer(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By prices and columns too the answer is valid, and no answer passes the bounds in their order.

    Every other world does without one model over what earlier goals leave open.
    """
    if seed % 2:
        monkeypatch.setattr(few, "MOST_PAIRS", 0)
        monkeypatch.setattr(few, "MOST_COUNTED", 0)
    instance = random_world(seed, homes=3 + seed % 5)
    result = solve(instance)
    values = check.score(instance, result.places)
    assert not check.violations(instance, result.places)
    best = best_by_trying_all(instance)
    assert check.rank(instance, values) <= best
    for at, goal in enumerate(result.goals):
        signed = goal.bound if goal.goal.wants_more else -goal.bound
        assert best[at] <= signed, f"{goal.goal} has a bound below the best answer"
        if check.rank(instance, values)[at] != best[at]:
            break
    if result.status is SolveStatus.OPTIMAL:
        assert check.rank(instance, values) == best


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.usefixtures("always_large")
def test_bounds_hold_where_ways_come_before_people(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order of goals with travel before suited and familiar places: no value passes its bound."""
    monkeypatch.setattr(few, "MOST_PAIRS", 0)
    monkeypatch.setattr(few, "MOST_COUNTED", 0)
    people = (Goal.TIER_1, Goal.TIER_2, Goal.TIER_3)
    suited = (Goal.SUITED_1, Goal.SUITED_2, Goal.SUITED_3, Goal.FAMILIAR)
    instance = random_world(seed, homes=40, sites=5)
    result = solve(instance.model_copy(update={"goals": (*people, Goal.TRAVEL, *suited)}), limit=3.0)
    for goal in result.goals:
        assert goal.value <= goal.bound if goal.goal.wants_more else goal.value >= goal.bound


@pytest.mark.parametrize("seed", range(20))
def test_any_prices_prove_a_bound(seed: int) -> None:
    """Whatever the prices, the dual bound is at least what the best answer reaches for the goal."""
    instance = random_world(seed, homes=5)
    tables, draw = build(instance), np.random.default_rng(seed)
    best = best_by_trying_all(instance)[0]
    nothing = prices.zero_prices(tables, {Goal.TIER_1: 1.0}, {})
    rows = draw.normal(0.2, 0.5, len(tables.limit))
    for proof in (nothing, prices.Prices(nothing.aim, rows, {})):
        assert prices.dual_bound(tables, proof) >= best - 1e-9


@pytest.mark.usefixtures("always_large")
def test_many_households_are_placed_with_a_small_gap() -> None:
    """300 households and 12 crowded places: people placed are proven best to one in a hundred."""
    result = solve(crowded(), limit=3.0)
    assert not check.violations(crowded(), result.places)
    placed = [g for g in result.goals if g.goal.value.startswith("tier_")]
    assert all(g.gap <= 0.01 for g in placed)
    assert result.status in (SolveStatus.OPTIMAL, SolveStatus.FEASIBLE)


@pytest.mark.usefixtures("always_large")
def test_same_seed_same_bytes_by_prices() -> None:
    """The way by prices gives the same bytes twice too."""
    first, second = (solve(crowded(60, 6), limit=1.0, seed=3).model_dump_json() for _ in range(2))
    assert first == second


@pytest.mark.usefixtures("always_large")
def test_a_stop_keeps_the_best_answer_so_far() -> None:
    """Asked to stop at once, it hands back a valid answer, says so, and does not go on working."""
    instance = crowded()
    began = time.monotonic()
    result = solve(instance, limit=1000.0, progress=lambda done, stage: False)
    assert result.status is SolveStatus.STOPPED
    assert result.places and not check.violations(instance, result.places)
    assert result.work < 5.0 and time.monotonic() - began < 60


def test_a_failing_solver_leaves_the_greedy_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the model fails, the greedy answer comes back, valid and marked as such."""

    def fail(*_args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(model, "place", fail)
    monkeypatch.setattr(model, "place_evenly", fail)
    instance = random_world(8, homes=7)
    result = solve(instance)
    assert result.status is SolveStatus.GREEDY
    assert result.places == dict(sorted(greedy(build(instance)).items()))
    assert not check.violations(instance, result.places)


def test_greedy_breaks_no_rule_and_takes_the_urgent_first() -> None:
    """The officer's way by hand is valid, and gives the one place to the more urgent of two."""
    instance = world([home("b", (3,)), home("a", (1,))], [site("s", 1)])
    assert set(greedy(build(instance))) == {"a"}


def test_nobody_and_nowhere() -> None:
    """Without households, or without a single place, the answer is empty and proven."""
    for instance in (world([], [site("s")]), world([home("a")], []), world([], [])):
        result = solve(instance)
        assert result.places == {} and result.status is SolveStatus.OPTIMAL

"""Counting those who are alike: the most heads there can be, seats for them, and the limit it proves."""

import itertools

import numpy as np
import pytest
from points_worlds import best_by_trying_all, fields, points

from bcp_kit.cores.shelter_matching.engine.capped import Capped
from bcp_kit.cores.shelter_matching.engine.counts import bettered, most_heads, nearest, seated, tallied
from bcp_kit.cores.shelter_matching.engine.optimise import optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits
from bcp_kit.cores.shelter_matching.engine.points import Points

SECONDS = 20.0


def alike(seed: int, homes: int, shelters: int) -> Points:
    """Return a crowded town of single people: few kinds, many of each."""
    table = fields(seed, homes, shelters)
    table["size"][:] = 1
    table["use"][:, 0] = 4
    table["cap"][:, 0] //= 2
    return Points(table)


def nobody(problem: Points) -> np.ndarray:
    """Nobody has a place."""
    return np.full(problem.homes, -1)


def everywhere(problem: Points) -> np.ndarray:
    """All options."""
    return np.arange(problem.options)


def most_by_trying_all(problem: Points) -> int:
    """Return the most weighted people of all valid answers, found from the fields alone."""
    answers = map(np.array, itertools.product(range(-1, problem.options), repeat=problem.homes))
    return max(problem.score(chosen).weighted for chosen in answers if not problem.broken(chosen))


@pytest.mark.parametrize("seed", range(12))
def test_the_most_heads_are_those_of_the_best_of_all_answers(seed: int) -> None:
    """Counts reach what trying every answer finds, prove there is no more; seats can be given for them."""
    problem = points(seed, 6, 3, room=0.6)
    tally = tallied(problem, problem.alike(), nobody(problem), everywhere(problem))
    most = most_heads(tally, SECONDS)
    assert most.heads == most.bound == most_by_trying_all(problem)
    chosen = seated(problem, tally, most.picked, nobody(problem))
    assert problem.broken(chosen) == [] and problem.score(chosen).weighted == most.heads


@pytest.mark.parametrize("seed", range(6))
def test_with_the_limit_of_heads_any_prices_prove_a_bound(seed: int) -> None:
    """No answer is better than the bound of the capped problem, whatever the prices."""
    problem = points(seed, 6, 3, room=0.6)
    capped = Capped(problem, problem.alike(), most_by_trying_all(problem))
    draw = np.random.default_rng(seed)
    for scale in (0, 1e3, 1e5):
        rows = draw.uniform(0, scale or 1, len(capped.limit)) * bool(scale)
        assert capped.bound(rows) >= best_by_trying_all(problem)


@pytest.mark.parametrize("seed", range(3))
def test_an_answer_gets_more_heads_and_keeps_every_rule(seed: int) -> None:
    """From any answer, parts of the places too: never fewer heads, no rule broken, never worse."""
    problem = alike(seed, 200, 8)
    rows, start = np.zeros(len(problem.limit)), nobody(problem)
    for option in (np.arange(0, 4), np.arange(4, 8), everywhere(problem)):
        tally = tallied(problem, problem.alike(), start, option)
        after, _ = bettered(problem, tally, start, rows, SECONDS)
        assert problem.broken(after) == [] and problem.value(after) >= problem.value(start)
        start = after
    whole = tallied(problem, problem.alike(), start, everywhere(problem))
    most = most_heads(whole, SECONDS)
    assert problem.score(start).weighted <= most.heads <= most.bound


def test_near_counts_change_less_than_any() -> None:
    """Counts with one head more leave nearly everybody where they are."""
    problem = alike(3, 200, 8)
    plan = optimise(problem, Limits(rounds=1))
    tally = tallied(problem, problem.alike(), plan.chosen, everywhere(problem))
    picked = nearest(problem, tally, plan.rows, tally.heads_now, SECONDS)
    assert picked is not None and np.array_equal(picked, tally.now)


def test_the_engine_places_the_most_heads() -> None:
    """In a crowded town the answer has as many weighted people as are proven possible, with a small gap."""
    problem = alike(5, 300, 10)
    plan = optimise(problem, Limits(rounds=6))
    tally = tallied(problem, problem.alike(), plan.chosen, everywhere(problem))
    assert problem.score(plan.chosen).weighted == most_heads(tally, SECONDS).bound
    assert plan.gap < 0.001

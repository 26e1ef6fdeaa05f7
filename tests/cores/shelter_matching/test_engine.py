"""The engine: bounds that no answer passes, valid answers, the same each time, a stop that is heard."""

import time

import numpy as np
import pytest
from points_worlds import best_by_trying_all, fields, points

from bcp_kit.cores.shelter_matching.engine import optimise as engine
from bcp_kit.cores.shelter_matching.engine.crew import Crew
from bcp_kit.cores.shelter_matching.engine.dual import cooled, first_prices
from bcp_kit.cores.shelter_matching.engine.exact import sharpened
from bcp_kit.cores.shelter_matching.engine.optimise import optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits, proven
from bcp_kit.cores.shelter_matching.engine.points import Points
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE, Columns
from bcp_kit.cores.shelter_matching.engine.reasons import complaints


@pytest.mark.parametrize("seed", range(60))
def test_equals_the_best_of_all_answers(seed: int) -> None:
    """On crowded instances of up to five households no answer is better, and the bound says so."""
    problem = points(seed, 2 + seed % 4, 1 + seed % 3)
    plan = optimise(problem, Limits())
    assert problem.broken(plan.chosen) == []
    assert problem.score(plan.chosen).goal == best_by_trying_all(problem) == round(plan.bound)


@pytest.mark.parametrize("seed", range(20))
def test_the_way_for_many_pairs_keeps_its_word_on_few(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """By prices and neighbourhoods too the answer is valid, and no answer passes the bound."""
    monkeypatch.setattr(engine, "FEW_PAIRS", 0)
    problem = points(seed, 5, 3)
    plan = optimise(problem, Limits(rounds=6))
    best = best_by_trying_all(problem)
    assert problem.broken(plan.chosen) == []
    assert plan.value <= best <= plan.bound + 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_any_prices_prove_a_bound(seed: int) -> None:
    """Whatever the prices, also negative ones, no answer is worth more than what they prove."""
    problem = points(seed, 5, 3)
    rows = np.random.default_rng(seed).normal(20_000, 60_000, len(problem.limit))
    assert problem.bound(rows) >= best_by_trying_all(problem) - 1e-6


def test_many_households_are_placed_with_a_small_gap() -> None:
    """400 households and 30 crowded shelters: within 0.5 % of what is proven possible, nobody wronged."""
    problem = points(4, 400, 30)
    plan = optimise(problem, Limits(rounds=6, workers=2))
    assert problem.broken(plan.chosen) == []
    assert plan.value <= plan.bound and plan.gap < 0.005
    assert not len(complaints(problem, plan.chosen, problem.weight))


def test_the_answer_does_not_depend_on_the_threads() -> None:
    """With a limit of rounds, one thread and three give the same answer and the same bound, each time."""
    problem = points(9, 300, 30)
    plans = [optimise(problem, Limits(rounds=2, workers=n)) for n in (1, 3, 3)]
    for plan in plans[1:]:
        assert np.array_equal(plan.chosen, plans[0].chosen)
        assert plan.bound == plans[0].bound


def test_a_start_is_never_made_worse() -> None:
    """An answer given, also a good one, comes back at least as good."""
    problem = points(2, 300, 30)
    good = optimise(problem, Limits(rounds=3)).chosen
    assert optimise(problem, Limits(rounds=1), start=good).value >= problem.value(good)


def test_a_stop_is_heard_within_a_second() -> None:
    """Asked to stop in the middle, it hands over a valid answer within a second and says that it stopped."""
    problem, asked = points(1, 3000, 60), []

    def go_on(_done: float, stage: str) -> bool:
        if stage.endswith("neighbourhoods") and not asked:
            asked.append(time.monotonic())
        return not asked

    plan = optimise(problem, Limits(workers=2, go_on=go_on))
    assert plan.stopped and problem.broken(plan.chosen) == []
    assert plan.value > 0 and time.monotonic() - asked[0] < 5


def test_exact_prices_prove_no_less_than_the_smooth_ones() -> None:
    """The relaxation solved exactly tightens the bound and still lies above the answer."""
    problem, crew = points(6, 400, 15), Crew(1)
    unit = problem.unit()
    rows, bound = cooled(problem, first_prices(problem, unit, crew, lambda: True), unit, crew, lambda: True)
    _, tighter = sharpened(problem, rows, bound, crew, lambda: True)
    value = optimise(problem, Limits(rounds=4)).value
    assert value <= tighter <= bound


def test_a_plan_made_by_hand_gets_a_bound() -> None:
    """Any answer, also an empty one, is told how far from the best it may be."""
    problem = points(3, 60, 5)
    rows = optimise(problem, Limits(rounds=2)).rows
    nobody = proven(problem, np.full(60, NOWHERE), rows)
    assert nobody.value == 0 and nobody.bound > 0 and nobody.gap == 1


def test_limits_are_rounded_down_to_what_can_be_used() -> None:
    """Where everybody takes an even number, the odd rest of a limit counts for nobody, and none is lost."""
    world = fields(5, 6, 2)
    world["use"][:, 0] = 4
    world["cap"][:, 0] = [9, 11]
    problem = Points(world)
    assert problem.limit.reshape(2, 5)[:, 0].tolist() == [8, 8]
    assert best_by_trying_all(problem) == round(optimise(problem, Limits()).bound)


@pytest.mark.parametrize("homes,shelters", [(0, 0), (0, 3), (4, 0)])
def test_nobody_and_nowhere(homes: int, shelters: int) -> None:
    """Without households or shelters the answer is empty, worth nothing and proven."""
    plan = optimise(points(1, homes, shelters), Limits())
    assert (plan.chosen == NOWHERE).all() and plan.value == plan.bound == 0


def test_nobody_fits() -> None:
    """Where no shelter has room for anybody, everybody stays without a place, proven."""
    world = fields(1, 8, 3)
    world["cap"][:] = 0
    plan = optimise(Points(world), Limits())
    assert (plan.chosen == NOWHERE).all() and plan.value == 0 == max(0.0, plan.bound)


def test_a_crowd_at_one_address() -> None:
    """A crowd at one address, all alike to the solver, is placed as far as the room goes, in time."""
    world = fields(1, 3000, 8)
    world["hxy"][:] = 100.0
    problem = Points(world)
    plan = optimise(problem, Limits(seconds=6, workers=2))
    assert problem.broken(plan.chosen) == [] and plan.gap < 0.05


def test_columns_tell_their_worth_as_the_pairs_do() -> None:
    """What a column counts is what the table of all pairs says for it."""
    problem = points(8, 40, 6)
    net = problem.net(np.zeros(len(problem.limit)), slice(None), exact=True)
    home, option = np.nonzero(problem.allowed(slice(None)))
    assert np.allclose(problem.worth(Columns(home, option)), net[home, option])

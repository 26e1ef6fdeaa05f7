"""Goals that count people come first: in crowded towns the answer is as good as any, or next to it."""

import numpy as np
import pytest
from crowded_towns import crowded_town

from bcp_kit.cores.shelter_matching import alike, check
from bcp_kit.cores.shelter_matching.greedy import greedy
from bcp_kit.cores.shelter_matching.instance import Goal
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.cores.shelter_matching.tables import build

TOWNS = ((1, 300, 12), (2, 400, 15), (3, 600, 20))
SHORT_OF_BOUND = 2  # people of one tier in a suited place


@pytest.mark.parametrize(("seed", "people", "places"), TOWNS)
def test_as_many_people_are_placed_as_can_be(seed: int, people: int, places: int) -> None:
    """Nobody of any tier is left over whom a better answer places; suited places are all but the best."""
    instance = crowded_town(seed, people, places)
    result = solve(instance, limit=4.0)
    assert not check.violations(instance, result.places)
    for goal in result.goals:
        if goal.goal.value.startswith("tier_"):
            assert goal.value == goal.bound, goal
        if goal.goal.value.startswith("suited_"):
            assert goal.bound - goal.value <= SHORT_OF_BOUND, goal
    (left,) = (sum(len(h.member_ids) for h in instance.households if h.id not in result.places),)
    assert left, "a town in which everybody finds room proves nothing"


def test_seats_of_a_kind_are_given_by_the_least_travel() -> None:
    """Seats given anew leave every count as it was, break nothing, and never lengthen the ways in all."""
    instance = crowded_town(4, 200, 8)
    tables = build(instance)
    chosen = tables.chosen(greedy(tables))
    after = alike.reseated(tables, alike.kinds(tables, familiar=False), chosen)

    def total(goal: Goal, answer: np.ndarray) -> int:
        home = np.flatnonzero(answer >= 0)
        return int(tables.worth(goal, home, answer[home]).sum())

    assert (np.sort(after) == np.sort(chosen)).all()
    assert tables.allowed[np.flatnonzero(after >= 0), after[after >= 0]].all()
    for goal in (Goal.TIER_1, Goal.TIER_2, Goal.TIER_3, Goal.SUITED_1, Goal.SUITED_2, Goal.SUITED_3):
        assert total(goal, after) == total(goal, chosen)
    assert total(Goal.TRAVEL, after) > total(Goal.TRAVEL, chosen)


def test_ways_are_shortened_within_the_longest_settled_before() -> None:
    """With the longest way before travel in the order, travel still comes within 1 % of its bound."""
    order = ("tier_1", "tier_2", "tier_3", "suited_1", "suited_2", "suited_3", "longest", "load", "travel")
    instance = crowded_town(2, 400, 15).model_copy(update={"goals": tuple(map(Goal, order))})
    result = solve(instance, limit=4.0)
    assert not check.violations(instance, result.places)
    values = {g.goal: g for g in result.goals}
    assert values[Goal.TRAVEL].gap < 0.01

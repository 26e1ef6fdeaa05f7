"""Stress (W12): what remains when places do not open, drawn from a seed, valid, and near a proven bound."""

from collections.abc import Iterator

import numpy as np
import pytest
from answer_worlds import crowded_town
from matching_worlds import GENERAL, WELFARE, home, random_world, site, world

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.board import WEIGHT, board, play, weight_bound
from bcp_kit.cores.shelter_matching.greedy import place_of
from bcp_kit.cores.shelter_matching.instance import Goal, Instance, Resource
from bcp_kit.cores.shelter_matching.replan import without_places
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.cores.shelter_matching.stress import (
    Loss,
    opening_draws,
    single_losses,
    stress,
    suffered,
)

TIERS = (Goal.TIER_1, Goal.TIER_2, Goal.TIER_3)


def weight_of(instance: Instance, places: check.Places) -> int:
    """The weight placed, counted by hand."""
    return sum(WEIGHT[t - 1] for h in instance.households if h.id in places for t in h.tiers)


def chances(seed: int, count: int) -> list[np.random.Generator]:
    """One stream of chance for each draw."""
    return [np.random.default_rng([seed, number]) for number in range(count)]


@pytest.mark.parametrize("seed", range(20))
def test_a_repair_breaks_no_rule_and_stays_below_the_bound(seed: int) -> None:
    """W12: the answer keeps every rule, uses no lost place, and no best answer beats the bound."""
    instance = crowded_town(seed, homes=16, sites=5, ratio=0.8)
    set_up = board(instance, solve(instance).places)
    lost = np.flatnonzero(np.random.default_rng(seed).random(5) < 0.4)
    chosen = play(set_up, lost)
    places = {
        instance.households[h].id: place_of(set_up.tables, int(o)) for h, o in enumerate(chosen) if o >= 0
    }
    left = without_places(instance, [instance.destinations[j].id for j in lost])
    assert not check.violations(left, places)
    best = solve(left.model_copy(update={"goals": TIERS}))
    bound = weight_bound(set_up, lost)
    assert weight_of(left, best.places) <= bound + 1e-6
    assert weight_of(left, places) <= bound + 1e-6


def test_repairs_are_near_the_best() -> None:
    """W12: over 40 small crowded worlds the repair places at least 95 % of the weight of the best by tier."""
    reached = possible = 0
    for seed in range(40):
        instance = random_world(seed, homes=12, sites=4)
        lost = np.array([seed % 4])
        set_up = board(instance, solve(instance).places)
        reached += int(set_up.weight[play(set_up, lost) >= 0].sum())
        left = without_places(instance, [f"s{seed % 4}"]).model_copy(update={"goals": TIERS})
        possible += weight_of(left, solve(left).places)
    assert reached >= 0.95 * possible


def test_nobody_moves_where_nothing_is_lost() -> None:
    """W12: without loss everybody stays where the plan put them."""
    instance = crowded_town(3)
    set_up = board(instance, solve(instance).places)
    chosen = play(set_up, np.zeros(0, int))
    placed = set_up.base >= 0
    assert (chosen[placed] == set_up.base[placed]).all()


def test_a_more_urgent_person_takes_the_place_of_a_less_urgent_one() -> None:
    """W12: who loses a place and is of the first tier is placed before the third tier's come back."""
    instance = world(
        [home("urgent", (1,)), home("calm", (3,))], [site("a", 1), site("b", 1)], [[1, 9], [9, 1]]
    )
    report = stress(board(instance, solve(instance).places), "single", single_losses(instance))
    assert [(d.placed[1], d.placed[3]) for d in report.draws] == [(1, 0), (1, 0)]
    assert report.remains == {"urgent": 2, "calm": 0}
    assert report.needed_most() == (("a", 1, 1), ("b", 1, 1))
    assert report.least_placed(3) == 0 and report.mean_placed(1) == 1.0
    assert report.gap == report.worst_gap == 0.0 and report.measured == 2


def test_draws_repeat_and_grow() -> None:
    """W12: the same seed gives the same draws, a longer list begins with the shorter, the rate is exact."""
    instance = world(
        [home("a")], [site(f"s{j}", kind=WELFARE) for j in range(9)] + [site("hall", kind=GENERAL)]
    )
    subject = [f"s{j}" for j in range(9)]
    first, second = (opening_draws(instance, subject, 0.22, chances(7, n)) for n in (5, 9))
    assert second[:5] == first and len(set(second)) > 1
    assert {len(shut) for shut in second} == {7} and not any("hall" in shut for shut in second)
    assert opening_draws(instance, subject, 0.22, chances(8, 5)) != first
    assert opening_draws(instance, subject, 1.0, chances(7, 2)) == ((), ())


def test_whoever_plays_the_draws_the_report_is_the_same() -> None:
    """W12: a runner that deals the draws out in another order gives the same report."""
    instance = crowded_town(5)
    set_up = board(instance, solve(instance).places)
    draws = opening_draws(instance, [d.id for d in instance.destinations], 0.5, chances(1, 8))

    def backwards(work: object, shared: object, items: list[object]) -> Iterator[object]:
        done = {i: work(shared, items[i]) for i in reversed(range(len(items)))}
        yield from (done[i] for i in range(len(items)))

    assert stress(set_up, "x", draws, backwards) == stress(set_up, "x", draws)


def test_counts_by_person_add_up() -> None:
    """W12: each person's count is the number of draws with a place; suited never exceeds it."""
    instance = crowded_town(8)
    draws = opening_draws(instance, [d.id for d in instance.destinations], 0.5, chances(2, 10))
    report = stress(board(instance, solve(instance).places), "x", draws)
    for tier in (1, 2, 3):
        by_person = sum(report.remains[h.id] * h.tiers.count(tier) for h in instance.households)
        assert by_person == sum(d.placed[tier] for d in report.draws)
    assert all(report.suited[k] <= n <= 10 for k, n in report.remains.items())


def test_losses_of_power_and_night_change_the_places_only() -> None:
    """W12: without power nothing can be plugged in; at night a place opens later; others stay."""
    instance = world([home("a")], [site("s", capacity={Resource.OUTLETS: 2}), site("t")])
    changed = suffered(
        instance, [Loss(destination_id="s", without=(Resource.OUTLETS,), opens_after_h=12.0)]
    ).destinations
    assert changed[0].capacity[Resource.OUTLETS] == 0 and changed[0].capacity[Resource.PEOPLE] == 10
    assert changed[0].opens_after_h == 12.0 and changed[1] == instance.destinations[1]


@pytest.mark.parametrize("instance", [world([], [site("s")]), world([home("a")], []), world([], [])])
def test_nobody_and_nowhere_can_be_stressed(instance: Instance) -> None:
    """Bad input: no people or no places give empty lines, not a failure."""
    report = stress(board(instance, {}), "single", [*single_losses(instance), ("unknown",)])
    assert all(sum(line.placed.values()) == 0 for line in report.draws)

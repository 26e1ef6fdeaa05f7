"""Placing anew (N2, F51, F54): fewest moves for the best placing, each with a reason, locks kept."""

import pytest
from answer_worlds import crowded_town
from matching_worlds import at, best_by_trying_all, home, random_world, site, world

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.greedy import returned
from bcp_kit.cores.shelter_matching.instance import Goal, Instance, Pin, Resource, SharedCapacity
from bcp_kit.cores.shelter_matching.pins import settle
from bcp_kit.cores.shelter_matching.replan import (
    Outcome,
    Variant,
    asked,
    replan,
    without_households,
    without_places,
)
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.cores.shelter_matching.tables import build

TIERS = (Goal.TIER_1, Goal.TIER_2, Goal.TIER_3)


def by_tier(instance: Instance, places: check.Places) -> tuple[int, ...]:
    """Listed people placed by tier."""
    values = check.score(instance.model_copy(update={"goals": TIERS}), places)
    return tuple(values[g] for g in TIERS)


def stayed(before: check.Places, after: check.Places) -> set[str]:
    """Households that are where they were."""
    return {k for k, p in after.items() if k in before and before[k].destination_id == p.destination_id}


@pytest.mark.parametrize("seed", range(18))
def test_few_moves_is_the_best_of_all_answers(seed: int) -> None:
    """F54: people by tier as in a full solve, then the fewest moved, then the rest: no answer is better."""
    instance = random_world(seed, homes=3 + seed % 4)
    before = solve(instance).places
    changed = without_places(instance, [f"s{seed % 3}"])
    found = replan(before, changed, Variant.FEW_MOVES)
    wanted = asked(before, changed, Variant.FEW_MOVES)
    assert not check.violations(changed, found.result.places)
    assert check.rank(wanted, check.score(wanted, found.result.places)) == best_by_trying_all(wanted)
    assert by_tier(changed, found.result.places) == by_tier(changed, solve(changed).places)
    assert found.moved == found.least_moved


@pytest.mark.parametrize("seed", range(6))
def test_variants_trade_places_for_calm(seed: int) -> None:
    """N2: to stay moves and places no more than few moves; both bounds hold; all moves have reasons."""
    instance = crowded_town(seed, homes=16, sites=5, ratio=0.7)
    before = solve(instance).places
    changed = without_places(instance, ["s1"])
    found = {v: replan(before, changed, v) for v in Variant}
    ranks = {v: by_tier(changed, r.result.places) for v, r in found.items()}
    assert ranks[Variant.STAY] <= ranks[Variant.FEW_MOVES] == ranks[Variant.FREE]
    assert found[Variant.STAY].moved <= found[Variant.FEW_MOVES].moved <= found[Variant.FREE].moved
    for one in found.values():
        assert one.least_moved <= one.moved
        assert not check.violations(changed, one.result.places)
        assert all(m.reason.message.startswith("matching.move.") for m in one.moves)
        told = {m.household_id for m in one.moves}
        assert told == {
            h.id
            for h in instance.households
            if h.id not in stayed(before, one.result.places) and (h.id in before or h.id in one.result.places)
        }


def test_staying_takes_no_place_from_anybody() -> None:
    """N2: with STAY nobody outside the closed place moves, though somebody more urgent is left without."""
    instance = world([home("urgent", (1,)), home("calm", (3,))], [site("a", 1), site("b", 1)])
    before = at(urgent="a", calm="b")
    changed = without_places(instance, ["a"])
    staying = replan(before, changed, Variant.STAY)
    assert stayed(before, staying.result.places) == {"calm"}
    few = replan(before, changed, Variant.FEW_MOVES)
    assert few.result.places["urgent"].destination_id == "b" and few.lost == 1
    (gave_way,) = [m for m in few.moves if m.household_id == "calm"]
    assert gave_way.outcome is Outcome.LOST and gave_way.reason.message == "matching.move.made_room"
    assert gave_way.reason.values == {"for": "urgent", "tier": 1, "own_tier": 3, "people": 1}


def test_each_cause_of_a_move_has_its_reason() -> None:
    """N2: closed, barred, less room, found and left: each move says which."""
    homes = [home(k) for k in ("closed", "barred", "squeezed", "new")]
    sites = [site("a", 1), site("b", 1), site("c", 1), site("d", 4)]
    instance = world([*homes, home("gone")], sites)
    before = at(closed="a", barred="b", squeezed="c", gone="d")
    changed = without_households(without_places(instance, ["a"]), ["gone"])
    places = [
        d.model_copy(update={"opens_after_h": 99.0})
        if d.id == "b"
        else d.model_copy(update={"capacity": {Resource.PEOPLE: 0 if d.id == "c" else 4}})
        for d in changed.destinations
    ]
    found = replan(before, changed.model_copy(update={"destinations": tuple(places)}))
    told = {m.household_id: (m.outcome, m.reason.message.rsplit(".", 1)[-1]) for m in found.moves}
    assert told == {
        "closed": (Outcome.MOVED, "closed"),
        "barred": (Outcome.MOVED, "barred"),
        "squeezed": (Outcome.MOVED, "barred"),  # no room for anybody at all
        "new": (Outcome.PLACED, "place_found"),
        "gone": (Outcome.LEFT, "left"),
    }


def test_less_room_is_told_where_some_may_stay() -> None:
    """N2: where the capacity falls and nobody new comes, those who leave are told there is less room."""
    instance = world([home("a", (1,)), home("b", (2,))], [site("s", 1)])
    found = replan(at(a="s", b="s"), instance)
    (move,) = found.moves
    assert (move.household_id, move.outcome) == ("b", Outcome.LOST)
    assert move.reason.message == "matching.move.less_room"


def test_a_locked_household_keeps_its_place() -> None:
    """F55: who is locked stays, though a free plan would give the place to somebody more urgent."""
    homes = [home("held", (3,), pin=Pin(destination_id="b")), home("urgent", (1,))]
    instance = world(homes, [site("a", 1), site("b", 1)])
    changed, faults = settle(without_places(instance, ["a"]))
    assert not faults
    for variant in Variant:
        found = replan(at(held="b", urgent="a"), changed, variant)
        assert found.result.places["held"].destination_id == "b"


def test_a_lock_on_a_closed_place_is_told() -> None:
    """F55: a lock that the closing broke is reported, and the household is placed like others."""
    homes = [home("held", pin=Pin(destination_id="a"))]
    changed, (fault,) = settle(without_places(world(homes, [site("a"), site("b")]), ["a"]))
    assert (fault.household_id, fault.kind.value) == ("held", "place_gone")
    assert replan(at(held="a"), changed).result.places["held"].destination_id == "b"


def test_a_building_keeps_its_limit_when_one_role_closes() -> None:
    """H12: the role that stays open takes no more than the building could."""
    limit = SharedCapacity(
        building="school", resource=Resource.PEOPLE, destination_ids=("hall", "room"), capacity=3
    )
    instance = world([home("a")], [site("hall", 9), site("room", 2)], shared=(limit,))
    changed = without_places(instance, ["room"])
    assert changed.destinations[0].capacity[Resource.PEOPLE] == 3 and not changed.shared


def test_everything_closed_and_nobody_left_are_answers() -> None:
    """Bad input: no place open, or nobody to place, is a plan with moves, not a failure."""
    instance = world([home("a")], [site("s")])
    closed = replan(at(a="s"), without_places(instance, ["s"]))
    assert closed.lost == closed.moved == closed.least_moved == 1
    nobody = replan(at(a="s"), without_households(instance, ["a"]))
    assert [m.outcome for m in nobody.moves] == [Outcome.LEFT] and nobody.moved == 0


@pytest.mark.parametrize("seed", (0, 1, 3))
def test_a_search_sets_out_from_what_is_still_possible(seed: int) -> None:
    """F54: who can still be where they were is put back, nobody over a limit; who is gone is left out."""
    instance = crowded_town(seed, homes=20, sites=4, ratio=0.7)
    before = dict(solve(instance).places)
    assert returned(build(instance), before) == before
    smaller = tuple(
        d.model_copy(update={"capacity": {r: n // 2 for r, n in d.capacity.items()}})
        for d in instance.destinations
    )
    gone = instance.households[0].id
    changed = without_households(instance.model_copy(update={"destinations": smaller}), [gone])
    changed = without_places(changed, ["s1"])
    kept = returned(build(changed), before)
    assert kept and not check.violations(changed, kept)
    assert all(before[key] == place and key != gone for key, place in kept.items())

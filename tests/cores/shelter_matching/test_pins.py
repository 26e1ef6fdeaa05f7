"""Officers' decisions (F55): kept before everything else, overrides heeded, contradictions told."""

import pytest
from matching_worlds import NEEDS_WELFARE, WELFARE, at, best_by_trying_all, home, random_world, site, world

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.instance import Goal, Level, Pin, Profile, Resource
from bcp_kit.cores.shelter_matching.pins import PinFaultKind, settle
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.domain.base import Known
from bcp_kit.domain.placements import SolveStatus


def places(instance):
    """Where the solver puts each household; the checker finds nothing wrong."""
    result = solve(instance, limit=5.0)
    assert not check.violations(instance, result.places)
    return {key: place.destination_id for key, place in result.places.items()}


def test_a_pinned_household_is_kept_before_a_more_urgent_one() -> None:
    """F55: the last place goes to whom the officer put there, though another is of the first tier."""
    homes = [home("mine", (3,), pin=Pin(destination_id="s")), home("urgent", (1,))]
    instance, faults = settle(world(homes, [site("s", 1)]))
    assert not faults and instance.goals[0] is Goal.LOCKED
    assert places(instance) == {"mine": "s"}


def test_a_pin_leaves_one_place_only() -> None:
    """F55: the near place is not taken when the far one is decided; the checker calls the near one broken."""
    homes = [home("a", pin=Pin(destination_id="far"))]
    instance, _ = settle(world(homes, [site("near"), site("far")], [[60, 3000]]))
    assert places(instance) == {"a": "far"}
    assert {v.rule for v in check.violations(instance, at(a="near"))} == {"F55"}


def test_an_overridden_rule_no_longer_stands_in_the_way() -> None:
    """F55: with the rule overridden the place is used; without, the pin is told as a fault and given up."""
    frail = Profile(usual=NEEDS_WELFARE, required=("care_bed",), critical=("care_bed",))
    sites = [site("w", kind=WELFARE, features={"care_bed": Known.NO})]
    plain = world([home("a", pin=Pin(destination_id="w"))], sites, profiles=(frail,))
    instance, (fault,) = settle(plain)
    assert fault.kind is PinFaultKind.RULE_BROKEN and fault.rules == ("H05",)
    assert instance.households[0].pin is None and instance.goals[0] is not Goal.LOCKED
    waived = world(
        [home("a", pin=Pin(destination_id="w", waived=frozenset({"H05"})))], sites, profiles=(frail,)
    )
    assert places(settle(waived)[0]) == {"a": "w"}


def test_an_overridden_capacity_takes_nobody_elses_room() -> None:
    """F55, H03: who is let in above the capacity is not counted against the others."""
    over = Pin(destination_id="s", waived=frozenset({"H03"}))
    instance, faults = settle(world([home("a", (1, 1), pin=over), home("b")], [site("s", 1)]))
    assert not faults
    assert places(instance) == {"a": "s", "b": "s"}


def test_overridden_care_takes_no_hands() -> None:
    """F55, H04: care that an officer answers for is not taken from the facility's."""
    careful = Profile(usual=NEEDS_WELFARE, care_classes=("care",))
    over = Pin(destination_id="f", waived=frozenset({"H04"}))
    homes = [home("a", care={"care": 1}, pin=over), home("b", care={"care": 1})]
    sites = [site("f", kind=WELFARE, care_places={"care": 1})]
    instance, faults = settle(world(homes, sites, profiles=(careful,)))
    assert not faults and set(places(instance)) == {"a", "b"}


def test_contradicting_pins_are_told_each_with_its_word() -> None:
    """F55: a place that is gone and one full of other pins each have a word; the urgent pin is kept."""
    homes = [
        home("late", (3,), pin=Pin(destination_id="s")),
        home("urgent", (1,), pin=Pin(destination_id="s")),
        home("ghost", pin=Pin(destination_id="closed")),
    ]
    instance, faults = settle(world(homes, [site("s", 1)]))
    assert [(f.household_id, f.kind) for f in faults] == [
        ("ghost", PinFaultKind.PLACE_GONE),
        ("late", PinFaultKind.FULL),
    ]
    assert places(instance) == {"urgent": "s"}


def test_a_pin_falls_back_to_a_stop_over() -> None:
    """F55: where the place can only be a stop-over for this household, the pin is kept as one."""
    homes = [home("a", profile=1, pin=Pin(destination_id="hall"))]
    instance, faults = settle(world(homes, [site("hall"), site("w", kind=WELFARE)]))
    assert not faults
    assert solve(instance, 5.0).places["a"].level is Level.STOP_OVER


def test_without_pins_nothing_changes() -> None:
    """An instance without decisions is handed back as it is."""
    instance = random_world(1)
    assert settle(instance) == (instance, ())


@pytest.mark.parametrize("seed", range(20))
def test_pinned_worlds_are_solved_to_the_best(seed: int) -> None:
    """With two pins the answer equals the best of all answers, and all pins that were kept are reached."""
    raw = random_world(seed, homes=5)
    waived = frozenset({"H03"} if seed % 2 else ())
    homes = [
        h.model_copy(update={"pin": Pin(destination_id=f"s{i % 3}", waived=waived)}) if i < 2 else h
        for i, h in enumerate(raw.households)
    ]
    instance, _ = settle(raw.model_copy(update={"households": tuple(homes)}))
    result = solve(instance)
    assert result.status is SolveStatus.OPTIMAL
    values = check.score(instance, result.places)
    assert check.rank(instance, values) == best_by_trying_all(instance)
    assert values.get(Goal.LOCKED, 0) == sum(len(h.member_ids) for h in instance.households if h.pin)


def test_demand_counts_everybody_but_what_is_overridden() -> None:
    """A waived rule takes its resource out of the demand, and no other."""
    pinned = home("a", pin=Pin(destination_id="s", waived=frozenset({"H07"})), demand={Resource.OUTLETS: 2})
    assert pinned.demanded(Level.SUITED) == {Resource.PEOPLE: 1, Resource.OUTLETS: 0}

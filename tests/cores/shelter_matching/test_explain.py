"""Reasons (N3): the rule in the way of each near place, and who holds what is short there."""

import pytest
from answer_worlds import crowded_town
from matching_worlds import GENERAL, WELFARE, at, home, site, world

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.explain import explain, reasons, unsettled
from bcp_kit.cores.shelter_matching.instance import Instance, Level, Place, Resource
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.domain.base import Known


def causes(instance: Instance, household: int, **places: str) -> list[tuple[str, str]]:
    """The last part of each reason's key, with the place."""
    scene = Scene(instance, at(**places))
    return [(r.message.rsplit(".", 1)[-1], r.subject_id) for r in reasons(scene, household)]


def test_the_holder_is_named_by_id_with_tier_and_way() -> None:
    """N3: of those who could give way the least urgent, then the farthest, is told; ids and numbers only."""
    homes = [home("urgent", (1,)), home("near", (2,)), home("far", (2,)), home("me", (3,))]
    instance = world(homes, [site("s", 3)], [[60], [300], [900], [60]])
    (reason,) = reasons(Scene(instance, at(urgent="s", near="s", far="s")), 3)
    assert reason.message == "matching.reason.held_by_more_urgent"
    assert reason.values == {
        "resource": "people", "short": 1, "holder": "far", "tier": 2, "own_tier": 3, "holder_m": 900
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tier", "cause"), [(1, "held_by_more_urgent"), (2, "held_by_as_urgent"), (3, "held_by_less_urgent")]
)
def test_the_holder_is_compared_by_tier(tier: int, cause: str) -> None:
    """N3: more urgent, as urgent, or less urgent: each has its own word; the last is a fault of the plan."""
    instance = world([home("a", (tier,)), home("me", (2,))], [site("s", 1)])
    assert causes(instance, 1, a="s") == [(cause, "s")]


def test_nobody_alone_could_give_way() -> None:
    """N3: where no single household's leaving would make room, that is said instead of a holder."""
    instance = world([home("a"), home("b"), home("me", (1, 1))], [site("s", 2)])
    assert causes(instance, 2, a="s", b="s") == [("full_of_many", "s")]


def test_a_holder_makes_room_only_with_all_that_is_short() -> None:
    """N3: who holds a place but not the socket that is short is not the one who would have to give way."""
    plug = {"demand": {Resource.OUTLETS: 1}, "demand_stop_over": {Resource.OUTLETS: 1}}
    homes = [home("plain", (3,)), home("plugged", (1,), **plug), home("me", (2,), **plug)]
    instance = world(homes, [site("s", 9, capacity={Resource.OUTLETS: 1})])
    (reason,) = reasons(Scene(instance, at(plain="s", plugged="s")), 2)
    assert (reason.values["holder"], reason.values["resource"]) == ("plugged", "outlets")


def test_rules_come_first_and_room_only_where_no_rule_bars() -> None:
    """N3: a barred place tells its rules, not that it is full; no place meant for the person has its word."""
    sites = [site("wet", safe=Known.NO), site("late", opens_after_h=99.0)]
    instance = world([home("me")], sites, open_by_h=6)
    assert sorted(causes(instance, 0)) == [("in_hazard_zone", "wet"), ("not_open", "late")]
    assert causes(world([home("me", profile=1)], [site("x", kind=WELFARE, direct=Known.NO)]), 0)
    nothing = world([home("me", profile=1)], [])
    assert causes(nothing, 0) == [("no_kind", "")]


def test_room_that_is_there_is_said() -> None:
    """N3: a household that fits as it is learns that the calculation ended early, and gets no remedy."""
    instance = world([home("me")], [site("s")])
    told = explain(Scene(instance, {}), 0)
    assert [r.message for r in told.reasons] == ["matching.reason.would_fit"] and not told.remedies


def test_who_stops_over_is_unsettled_and_told_about_suited_places() -> None:
    """N3: stop-overs are explained too, at the level they still need."""
    instance = world([home("a", profile=1)], [site("hall", kind=GENERAL), site("w", 0, WELFARE)])
    scene = Scene(instance, {"a": Place(destination_id="hall", level=Level.STOP_OVER)})
    assert list(unsettled(scene)) == [0]
    assert [(r.message, r.subject_id) for r in reasons(scene, 0)] == [("matching.reason.too_small", "w")]


@pytest.mark.parametrize("seed", range(12))
def test_reasons_agree_with_the_rules(seed: int) -> None:
    """N3: everybody unsettled has a reason; a holder's leaving makes the place possible, by the checker."""
    instance = crowded_town(seed, homes=14, sites=4)
    result = solve(instance)
    scene = Scene(instance, result.places)
    for h in unsettled(scene):
        told = explain(scene, h)
        assert told.reasons
        for reason in told.reasons:
            if "holder" not in reason.values:
                continue
            places = dict(result.places)
            del places[str(reason.values["holder"])]
            level = min(scene.levels(h))
            places[told.household_id] = Place(destination_id=reason.subject_id, level=level)
            assert not check.violations(instance, places)

"""One test for each rule: the checker finds it broken on a tiny world, and the solver never breaks it."""

import numpy as np
import pytest
from matching_worlds import FRAIL, GENERAL, NEEDS_WELFARE, PLAIN, WELFARE, at, home, site, world

from bcp_kit.catalogues.vocabulary import UsualDestination
from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.instance import (
    RESOURCE_RULE,
    Household,
    Instance,
    Level,
    Profile,
    Resource,
    SharedCapacity,
)
from bcp_kit.cores.shelter_matching.rules import RULES
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind


def broken(instance: Instance, **places: object) -> set[str]:
    """The rules that an answer breaks."""
    return {v.rule for v in check.violations(instance, at(**places))}


def solved(instance: Instance) -> dict[str, str]:
    """Where the solver puts each household; the checker finds nothing wrong."""
    result = solve(instance, limit=5.0)
    assert not check.violations(instance, result.places)
    return {key: place.destination_id for key, place in result.places.items()}


def test_h01_a_place_in_the_hazard_zone_is_not_used() -> None:
    """H01: a place in the zone, or not known to be outside, takes nobody."""
    for safe in (Known.NO, Known.UNKNOWN):
        instance = world([home("a")], [site("wet", safe=safe), site("dry")], hazard=HazardKind.RIVER_FLOOD)
        assert broken(instance, a="wet") == {"H01"}
        assert solved(instance) == {"a": "dry"}


def test_h02_only_accepted_groups_are_taken() -> None:
    """H02: a welfare shelter takes the groups that it accepts, and nobody while that is not settled."""
    frail = Profile(usual=NEEDS_WELFARE, accept_any_of=(("elderly", "care_level_3"),))
    sites = [
        site("other", kind=WELFARE, accepts=("maternal",)),
        site("open", kind=WELFARE, accepts_known=False),
        site("right", kind=WELFARE, accepts=("elderly",)),
    ]
    instance = world([home("a")], sites, profiles=(frail,), group_kinds=frozenset({WELFARE}))
    assert broken(instance, a="other") == broken(instance, a="open") == {"H02"}
    assert solved(instance) == {"a": "right"}


def test_h03_companions_take_places_too() -> None:
    """H03: the person and everybody who comes along count towards the capacity."""
    instance = world([home("a", companions=2)], [site("small", 2), site("large", 3)])
    assert broken(instance, a="small") == {"H03"}
    assert solved(instance) == {"a": "large"}


def test_h04_area_and_hands_limit_a_place() -> None:
    """H04: floor area and the care that the staff can give are never overrun."""
    area = world([home("a", demand={Resource.AREA: 600})], [site("tight", capacity={Resource.AREA: 500})])
    assert "H04" in broken(area, a="tight")
    careful = Profile(usual=NEEDS_WELFARE, care_classes=("care",))
    homes = [home("a", care={"care": 1}), home("b", care={"care": 1})]
    care = world(homes, [site("f", kind=WELFARE, care_places={"care": 1})], profiles=(careful,))
    assert "H04" in broken(care, a="f", b="f")
    assert sum(1 for p in solve(care, 5.0).places.values() if p.level is Level.SUITED) == 1


def test_h05_required_features_must_be_there() -> None:
    """H05: a feature that is missing or unknown keeps a place from being suited; an assumed one does not."""
    needs = Profile(usual=NEEDS_WELFARE, required=("care_bed",))
    sites = [
        site("no", kind=WELFARE, features={"care_bed": Known.NO}),
        site("unknown", kind=WELFARE),
        site("guess", kind=WELFARE, assumed=frozenset({"care_bed"})),
    ]
    instance = world([home("a")], sites, profiles=(needs,))
    assert broken(instance, a="no") == broken(instance, a="unknown") == {"H05"}
    assert broken(instance, a="guess") == set()
    assert solve(instance, 5.0).places["a"].level is Level.SUITED


def test_h05_life_critical_features_are_needed_at_a_stop_over_too() -> None:
    """H05: a stop-over may lack comfort, never what life depends on."""
    needs = Profile(usual=NEEDS_WELFARE, required=("backup_power", "care_bed"), critical=("backup_power",))
    hall = site("hall", kind=GENERAL, features={"backup_power": Known.NO})
    instance = world([home("a")], [hall], profiles=(needs,))
    assert broken(instance, a=("hall", Level.STOP_OVER)) == {"H05"}
    assert solved(instance) == {}


def test_h06_ten_people_a_consultant() -> None:
    """H06: no more people than the consultants may look after."""
    one = {Resource.CONSULTANTS: 1}
    homes = [home(k, demand=one, profile=1) for k in "abc"]
    instance = world(homes, [site("w", kind=WELFARE, capacity={Resource.CONSULTANTS: 2})])
    assert "H06" in broken(instance, a="w", b="w", c="w")
    assert len([p for p in solve(instance, 5.0).places.values() if p.level is Level.SUITED]) == 2


@pytest.mark.parametrize("resource", [Resource.OUTLETS, Resource.POWER, Resource.ENERGY])
def test_h07_power_and_energy_stay_within_backup(resource: Resource) -> None:
    """H07: outlets, watts and watt-hours are never overrun, at a stop-over neither."""
    wants = {resource: 60}
    homes = [home(k, demand=wants, demand_stop_over=wants) for k in "ab"]
    instance = world(homes, [site("s", capacity={resource: 100})])
    assert broken(instance, a="s", b="s") == {"H07"}
    assert len(solved(instance)) == 1


def test_h08_no_first_place_that_refuses_direct_arrival() -> None:
    """H08: a place that does not take people directly is not the first place; later it may be."""
    sites = [site("w", kind=WELFARE, direct=Known.NO)]
    assert broken(world([home("a", profile=1)], sites), a="w") == {"H08"}
    assert broken(world([home("a", profile=1)], sites, stage=2), a="w") == set()


def test_h09_a_place_that_opens_later_is_not_the_first() -> None:
    """H09: a place that opens too late, or nobody knows when, takes nobody in that stage."""
    for opens in (72.0, None):
        instance = world([home("a")], [site("late", opens_after_h=opens), site("now")], open_by_h=6)
        assert broken(instance, a="late") == {"H09"}
        assert solved(instance) == {"a": "now"}


def test_h10_no_shelter_for_people_who_need_a_hospital() -> None:
    """H10: people whose usual destination is a hospital are matched with no other kind of place."""
    patient = Profile(usual=UsualDestination.HOSPITAL_FIRST)
    instance = world([home("a")], [site("hall")], profiles=(patient,))
    assert broken(instance, a="hall") == {"H10"}
    assert solved(instance) == {}


def test_h11_a_household_goes_as_one() -> None:
    """H11: two listed people of a household go to one place, or both nowhere; they are one unit."""
    instance = world([home("a", tiers=(1, 3))], [site("one", 1), site("two", 2)])
    assert solved(instance) == {"a": "two"}


def test_h12_one_building_one_capacity_and_one_place_each() -> None:
    """H12: two roles of a building share its room; a stranger or an unknown place is a fault."""
    shared = SharedCapacity(
        building="school", resource=Resource.PEOPLE, destination_ids=("hall", "room"), capacity=3
    )
    sites = [site("hall", 3, building="school"), site("room", 2, building="school")]
    instance = world([home("a", companions=1), home("b", companions=1)], sites, shared=(shared,))
    assert broken(instance, a="hall", b="room") == {"H12"}
    assert len(solved(instance)) == 1
    assert broken(instance, ghost="hall") == broken(instance, a="nowhere") == {"H12"}


def test_h17_too_late_for_the_wave() -> None:
    """H17: who cannot be there before the wave is not sent there."""
    late = home("a", arrival_min=20, prep_min=10)
    instance = world([late], [site("far"), site("near")], [[900, 300]], hazard=HazardKind.TSUNAMI)
    assert broken(instance, a="far") == {"H17"}
    assert solved(instance) == {"a": "near"}


def test_s01_a_way_that_nobody_knows_is_not_taken() -> None:
    """S01: without a way, or beyond the officer's own limit, a place is out of reach; nearer is better."""
    instance = world([home("a")], [site("x"), site("y"), site("z")], [[-1, 900, 300]])
    assert broken(instance, a="x") == {"S01"}
    assert solved(instance) == {"a": "z"}
    assert broken(instance.model_copy(update={"max_distance_m": 500.0}), a="y") == {"S01"}


def test_s02_s03_the_known_place_is_preferred_to_the_near_one() -> None:
    """S02, S03: the facility that the person uses comes before the shorter way, the own district too."""
    known = home("a", usual_facility_id="f", district="d")
    sites = [site("near"), site("known", facility_id="f")]
    assert solved(world([known], sites, [[100, 900]])) == {"a": "known"}


def test_s04_the_urgent_come_first() -> None:
    """S04: with one place for two, the more urgent tier gets it, however far."""
    homes = [home("near", (3,)), home("urgent", (1,))]
    assert solved(world(homes, [site("s", 1)], [[10], [3000]])) == {"urgent": "s"}


def test_s05_load_is_levelled_where_nothing_else_decides() -> None:
    """S05: two like households do not both go to one of two like places."""
    instance = world([home("a"), home("b")], [site("s", 4), site("t", 4)])
    assert set(solved(instance).values()) == {"s", "t"}


def test_s06_reserve_is_taken_off_before() -> None:
    """S06 and H18, H14: what is settled before the solve is named as such in the table of rules."""
    ways = {r.key: r.way.value for r in RULES}
    assert ways["S06"] == "capacity" and ways["H18"] == ways["H10"] == "before" and ways["H14"] == "later"


def test_moving_on_is_for_suited_places_only() -> None:
    """H05 in the second stage: nobody is moved to a place that lacks what is needed."""
    needs = Profile(usual=NEEDS_WELFARE, required=("care_bed",))
    instance = world([home("a")], [site("w", kind=WELFARE)], profiles=(needs,), stage=2)
    assert broken(instance, a=("w", Level.STOP_OVER)) == {"H02"}
    assert solved(instance) == {}


def test_every_resource_has_its_rule() -> None:
    """Each resource that can run out names the rule that a shortage breaks."""
    assert set(RESOURCE_RULE) == set(Resource)


def test_bounds_prove_the_values() -> None:
    """Each goal carries a bound that its value never passes, and a small world is proven."""
    instance = world([home("a", (1,)), home("b", (2,)), home("c")], [site("s", 2)], [[60], [70], [80]])
    result = solve(instance, 5.0)
    assert result.status.value == "optimal" and result.gap == 0
    for goal in result.goals:
        assert goal.value <= goal.bound if goal.goal.wants_more else goal.value >= goal.bound
    assert {g.goal for g in result.goals} == set(instance.goals)


def test_wrong_input_is_refused() -> None:
    """An instance that contradicts itself is refused when it is made."""
    with pytest.raises(ValueError, match="an id stands twice"):
        world([home("a"), home("a")], [site("s")])
    with pytest.raises(ValueError, match="one row a household"):
        instance = world([home("a")], [site("s")])
        Instance.model_validate(dict(instance) | {"travel_s": np.zeros((2, 2), dtype=int)})
    with pytest.raises(ValueError, match="never negative"):
        Household(
            id="a", member_ids=("p",), tiers=(1,), profile=0,
            demand={Resource.PEOPLE: 1, Resource.OUTLETS: -1}, demand_stop_over={Resource.PEOPLE: 1},
        )  # fmt: skip
    assert PLAIN != FRAIL

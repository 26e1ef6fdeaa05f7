"""Rooms inside a site: sums against the whole, floors above the water, what they tell the matching."""

import pytest
from shelter_makers import HOME, SCHOOL

from bcp_kit.cores.shelter_matching.instance import Resource
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.placements import UnknownMode
from bcp_kit.domain.shelter_spaces import above_water, disagreements, sums_of, with_room_facts
from bcp_kit.domain.shelters import ConfirmedHow, Shelter, Space, SpaceKind
from bcp_kit.forms.shelter_capacity import capacity_estimate, room_disagreements
from bcp_kit.services.base import Context
from bcp_kit.services.matching_places import Situation, destination_of
from bcp_kit.services.matching_settings import matching_settings
from bcp_kit.services.shelters import HowConfirmed, read_shelter, save_spaces
from bcp_kit.storage.faults import Conflict

GYM = Space(name="体育館", kind=SpaceKind.GYM, floor=1, area_m2=600, capacity_people=150)
ROOM = Space(
    name="2年1組",
    kind=SpaceKind.CLASSROOM,
    floor=2,
    area_m2=60,
    capacity_people=15,
    accessible_toilet=Known.YES,
)
QUIET = Space(name="相談室", kind=SpaceKind.QUIET, floor=3, area_m2=20, capacity_people=4)
PETS = Space(name="自転車置き場", kind=SpaceKind.PETS, area_m2=30)
FLOODED = Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES, depth_m=3.5)
STOREY = 3.0


def with_rooms(*spaces: Space, **fields: object) -> Shelter:
    """The school with rooms."""
    return SCHOOL.model_copy(update={"spaces": spaces, **fields})


def test_rooms_are_summed_without_those_for_pets() -> None:
    """Areas and people add up; a room for pets holds nobody; rooms that do not tell are counted."""
    sums = sums_of((GYM, ROOM, PETS, Space(name="廊下")))
    assert (sums.area_m2, sums.people, sums.area_missing, sums.people_missing) == (660, 165, 1, 1)


@pytest.mark.parametrize(("area", "found"), [(660, 0), (700, 0), (735, 1), (500, 1), (None, 0)], ids=str)
def test_a_sum_that_disagrees_is_told(area: float | None, found: int) -> None:
    """A difference of more than a tenth between rooms and whole is named, none smaller."""
    assert len(room_disagreements(with_rooms(GYM, ROOM, area_m2=area))) == found


def test_an_incomplete_sum_disagrees_only_when_it_is_too_large() -> None:
    """While some rooms do not tell, a sum below the whole says nothing."""
    untold = Space(name="廊下")
    assert not disagreements(with_rooms(GYM, untold, area_m2=2000), 0.1)
    assert disagreements(with_rooms(GYM, untold, area_m2=100), 0.1)


def test_floors_above_the_water() -> None:
    """Only rooms whose floor is known to be higher than the water are dry."""
    dry = above_water((GYM, ROOM, QUIET, PETS), 3.5, STOREY)
    assert dry == (QUIET,)
    told = ROOM.model_copy(update={"floor_height_m": 4.0})
    assert above_water((told,), 3.5, STOREY) == (told,)


def test_rooms_fill_what_the_whole_leaves_unknown() -> None:
    """Sums, features and the dry part come from the rooms; what the whole says is not overruled."""
    shelter = with_rooms(GYM, ROOM, QUIET, exposures=(FLOODED,))
    filled = with_room_facts(shelter, HazardKind.RIVER_FLOOD, STOREY)
    assert (filled.area_m2, filled.capacity_people) == (680, 169)
    assert (filled.safe_area_m2, filled.safe_floor_height_m) == (20, 6.0)
    assert filled.feature("accessible_toilet") is filled.feature("quiet_room") is Known.YES
    denied = shelter.model_copy(update={"features": {"quiet_room": Known.NO}, "area_m2": 100})
    kept = with_room_facts(denied, HazardKind.RIVER_FLOOD, STOREY)
    assert kept.feature("quiet_room") is Known.NO and kept.area_m2 == 100


def test_rooms_that_do_not_tell_give_no_sum() -> None:
    """A sum over some of the rooms never stands in for the whole."""
    filled = with_room_facts(with_rooms(GYM, Space(name="廊下")), HazardKind.EARTHQUAKE, STOREY)
    assert filled.area_m2 is None and filled.capacity_people is None


def seen(hazard: HazardKind) -> Situation:
    """Only confirmed facts count."""
    return Situation(hazard, UnknownMode.CONFIRMED_ONLY, matching_settings(), {})


def test_the_matching_uses_the_dry_rooms() -> None:
    """In a flood a site with a room above the water is safe, with that room's area alone."""
    shelter = with_rooms(GYM, ROOM, QUIET, exposures=(FLOODED,))
    place = destination_of(shelter, seen(HazardKind.RIVER_FLOOD))
    assert place.safe is Known.YES
    assert place.capacity[Resource.AREA] == int(20 * 100 * 0.85)
    drowned = destination_of(with_rooms(GYM, ROOM, exposures=(FLOODED,)), seen(HazardKind.RIVER_FLOOD))
    assert drowned.safe is Known.NO


def test_a_told_floor_counts_by_its_storey() -> None:
    """The lowest usable floor alone tells how high it lies; a told height counts more."""
    told = SCHOOL.model_copy(update={"safe_floor": 3, "safe_area_m2": 50, "exposures": (FLOODED,)})
    assert with_room_facts(told, HazardKind.RIVER_FLOOD, STOREY).safe_floor_height_m == 6.0
    assert destination_of(told, seen(HazardKind.RIVER_FLOOD)).safe is Known.YES
    low = told.model_copy(update={"safe_floor_height_m": 2.0})
    assert destination_of(low, seen(HazardKind.RIVER_FLOOD)).safe is Known.NO


def test_a_building_that_is_not_earthquake_proof_is_not_safe() -> None:
    """Known not to stand an earthquake, a place takes nobody in one."""
    weak = SCHOOL.model_copy(update={"earthquake_resistant": Known.NO})
    assert destination_of(weak, seen(HazardKind.EARTHQUAKE)).safe is Known.NO
    assert destination_of(SCHOOL, seen(HazardKind.EARTHQUAKE)).safe is Known.YES


def test_rooms_are_stored_and_guarded(ctx: Context) -> None:
    """Rooms are kept with who confirmed them; two windows do not overwrite each other."""
    how = HowConfirmed(ConfirmedHow.VISIT)
    saved = save_spaces(ctx, HOME, (QUIET,), how)
    assert (
        read_shelter(ctx, "W1").spaces == (QUIET,) and saved.confirmations["spaces"].how is ConfirmedHow.VISIT
    )
    with pytest.raises(Conflict):
        save_spaces(ctx, HOME, (ROOM,), how)


def test_the_estimate_names_its_limit() -> None:
    """The smallest limit less the reserve is what a place can really take; unknown facts are named."""
    shelter = HOME.model_copy(
        update={"area_m2": 120, "beds": 10, "toilets": 4, "staff_day": 30, "own_residents": 40}
    )
    found = capacity_estimate(shelter)
    assert found.limits == {"area": 20, "toilets": 80, "beds": 10, "staff_day": 35}
    assert (found.binding, found.people, found.missing) == ("beds", 8, ("staff_night",))
    assert capacity_estimate(SCHOOL).people is None

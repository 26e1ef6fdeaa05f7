"""Rooms and spaces of a destination: their sums, which lie above the water, what they say of the whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelters import Shelter, Space, SpaceKind
from bcp_kit.domain.units import Metres

_FEATURE_OF_KIND: Mapping[SpaceKind, str] = {
    SpaceKind.PRIVATE: "private_room",
    SpaceKind.QUIET: "quiet_room",
    SpaceKind.PETS: "pet_space",
    SpaceKind.INFANT: "nursing_room",
    SpaceKind.ISOLATION: "isolation_room",
}


def floor_height_m(space: Space, storey_m: Metres) -> Metres | None:
    """Return the height of the room's floor above the ground: as told, else reckoned from its storey."""
    if space.floor_height_m is not None:
        return space.floor_height_m
    return None if space.floor is None else max(0, space.floor - 1) * storey_m


def above_water(spaces: Iterable[Space], depth_m: Metres, storey_m: Metres) -> tuple[Space, ...]:
    """Return the rooms whose floor is known to lie higher than water of this depth."""
    heights = ((space, floor_height_m(space, storey_m)) for space in spaces)
    return tuple(space for space, height in heights if height is not None and height > depth_m)


@dataclass(frozen=True)
class SpaceSums:
    """Sums over rooms: None where no room tells; `*_missing` counts the rooms that do not tell."""

    area_m2: float | None
    people: int | None
    area_missing: int
    people_missing: int


def sums_of(spaces: Iterable[Space]) -> SpaceSums:
    """Return the sums over rooms. Rooms for pets hold no people and do not count."""
    counted = [space for space in spaces if space.kind is not SpaceKind.PETS]
    areas = [s.area_m2 for s in counted if s.area_m2 is not None]
    people = [s.capacity_people for s in counted if s.capacity_people is not None]
    return SpaceSums(
        area_m2=sum(areas) if areas else None,
        people=sum(people) if people else None,
        area_missing=len(counted) - len(areas),
        people_missing=len(counted) - len(people),
    )


@dataclass(frozen=True)
class Disagreement:
    """A sum over the rooms that is not what stands for the whole: `fact` is a field of the destination."""

    fact: str
    whole: float
    rooms: float


def disagreements(shelter: Shelter, tolerance: float) -> tuple[Disagreement, ...]:
    """Return where the rooms' sum is off from the whole by more than the share `tolerance`.

    Where some rooms do not tell, only a sum that already exceeds the whole disagrees.
    """
    sums = sums_of(shelter.spaces)
    pairs = (
        ("area_m2", shelter.area_m2, sums.area_m2, sums.area_missing),
        ("capacity_people", shelter.capacity_people, sums.people, sums.people_missing),
    )
    found = []
    for fact, whole, rooms, missing in pairs:
        if whole is None or rooms is None:
            continue
        off = rooms - whole if missing else abs(rooms - whole)
        if off > tolerance * whole:
            found.append(Disagreement(fact, whole, rooms))
    return tuple(found)


def with_room_facts(shelter: Shelter, hazard: HazardKind, storey_m: Metres) -> Shelter:
    """Return the destination with what its rooms tell, where the whole leaves it unknown.

    Sums stand in only where every room tells. Under water, the rooms that are known to lie above it count.
    """
    if shelter.safe_floor is not None and shelter.safe_floor_height_m is None:
        height = floor_height_m(Space(name="", floor=shelter.safe_floor), storey_m)
        shelter = shelter.model_copy(update={"safe_floor_height_m": height})
    if not shelter.spaces:
        return shelter
    update: dict[str, Any] = {}
    sums = sums_of(shelter.spaces)
    if shelter.area_m2 is None and sums.area_m2 is not None and not sums.area_missing:
        update["area_m2"] = sums.area_m2
    if shelter.capacity_people is None and sums.people is not None and not sums.people_missing:
        update["capacity_people"] = sums.people
    if shelter.private_rooms is None:
        private = sum(s.kind is SpaceKind.PRIVATE for s in shelter.spaces)
        update |= {"private_rooms": private} if private else {}
    update |= _dry_part(shelter, hazard, storey_m)
    update["features"] = {**_features(shelter.spaces), **_known(shelter.features)}
    return shelter.model_copy(update=update)


def _known(features: Mapping[str, Known]) -> dict[str, Known]:
    return {key: state for key, state in features.items() if state is not Known.UNKNOWN}


def _features(spaces: Iterable[Space]) -> dict[str, Known]:
    """Return what is there because a room has it; a room never tells that something is missing."""
    found = set()
    for space in spaces:
        found |= {_FEATURE_OF_KIND[space.kind]} if space.kind in _FEATURE_OF_KIND else set()
        found |= {"accessible_toilet"} if space.accessible_toilet is Known.YES else set()
        found |= {"ground_floor_room"} if space.floor == 1 and space.kind is not SpaceKind.PETS else set()
    return dict.fromkeys(sorted(found), Known.YES)


def _dry_part(shelter: Shelter, hazard: HazardKind, storey_m: Metres) -> dict[str, Any]:
    exposure = shelter.exposure_to(hazard)
    told = shelter.safe_area_m2 is not None and shelter.safe_floor_height_m is not None
    if told or exposure is None or exposure.in_zone is not Known.YES or exposure.depth_m is None:
        return {}
    dry = above_water(shelter.spaces, exposure.depth_m, storey_m)
    area = sums_of(dry).area_m2
    heights = [h for space in dry if (h := floor_height_m(space, storey_m)) is not None]
    if not heights or area is None:
        return {}
    update: dict[str, Any] = {}
    if shelter.safe_area_m2 is None:
        update["safe_area_m2"] = area
    if shelter.safe_floor_height_m is None:
        update["safe_floor_height_m"] = min(heights)
    return update

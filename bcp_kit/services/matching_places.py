"""From the shelter list to destinations of the matching: unknowns settled by the mode, guesses named."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor

from bcp_kit.cores.shelter_matching.instance import Destination, Resource, SharedCapacity
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import UnknownMode
from bcp_kit.domain.shelter_spaces import with_room_facts
from bcp_kit.domain.shelter_status import OpenState
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.geo.ways import TownRoads
from bcp_kit.services.matching_settings import MatchingSettings
from bcp_kit.services.shelter_status import BoardLine

POWER, POWER_72H = "backup_power", "power_72h"
_BY_LAW_OPEN = (DestinationKind.GENERAL, DestinationKind.SPECIAL_SPACE)


@dataclass(frozen=True)
class Situation:
    """What places are seen under: hazard, mode, defaults, places by facility and need class, and roads.

    `in_event` holds by place what was reported in the running event; empty in peacetime.
    """

    hazard: HazardKind
    mode: UnknownMode
    settings: MatchingSettings
    care_places: Mapping[str, Mapping[str, int]]
    roads: TownRoads | None = None
    in_event: Mapping[str, BoardLine] = field(default_factory=dict)

    @property
    def assumes(self) -> bool:
        """True where unknown facts get a planning default."""
        return self.mode is UnknownMode.ASSUME


class _Facts:
    """Collects capacity, what was guessed and what stayed unconfirmed for one place."""

    def __init__(self, shelter: Shelter, seen: Situation) -> None:
        self.shelter, self.seen = shelter, seen
        self.capacity: dict[Resource, int] = {}
        self.guessed: set[str] = set()
        self.unconfirmed: set[str] = set()

    def settle(self, resource: Resource, known: float | None, guess: float | None) -> None:
        """Set a limit from the known number, else the guess, else zero, and remember which."""
        if known is not None:
            self.capacity[resource] = floor(known)
        elif self.seen.assumes and guess is not None:
            self.capacity[resource] = floor(guess)
            self.guessed.add(resource.value)
        else:
            self.capacity[resource] = 0
            self.unconfirmed.add(resource.value)

    def default(self, name: str) -> float:
        """Return the default `name` of this kind of place."""
        return self.seen.settings.of_kind(name, self.shelter.kind)


def _people_and_area(facts: _Facts) -> None:
    shelter, numbers = facts.shelter, facts.seen.settings.numbers
    left = 1 - numbers["reserve_ratio"]
    known = None if shelter.capacity_people is None else shelter.capacity_people * left
    facts.settle(Resource.PEOPLE, known, facts.default("capacity") * left)
    area = shelter.safe_area_m2 if _floods(shelter, facts.seen.hazard) else shelter.area_m2
    if area is not None:
        facts.capacity[Resource.AREA] = floor(area * 100 * left)


def _power(facts: _Facts) -> None:
    """Settle outlets, watts and watt-hours; where backup power is not there, nothing can be plugged in."""
    shelter, numbers = facts.shelter, facts.seen.settings.numbers
    if shelter.feature(POWER) is Known.NO:
        facts.capacity |= {Resource.OUTLETS: 0, Resource.POWER: 0, Resource.ENERGY: 0}
        return
    facts.settle(Resource.OUTLETS, shelter.medical_outlets, None)
    facts.settle(Resource.POWER, shelter.backup_power_w, None)
    hours = (
        numbers["power_horizon_h"]
        if shelter.feature(POWER_72H) is Known.YES
        else numbers["guessed_power_hours"]
    )
    watts = shelter.backup_power_w
    facts.settle(Resource.ENERGY, shelter.backup_power_wh, None if watts is None else watts * hours)


def _rooms_and_staff(facts: _Facts) -> None:
    shelter, numbers = facts.shelter, facts.seen.settings.numbers
    facts.settle(Resource.ROOMS, shelter.private_rooms, None)
    if shelter.kind.is_welfare:
        per_consultant = numbers["life_consultant_ratio"]
        known = None if shelter.consultants is None else shelter.consultants * per_consultant
        facts.settle(Resource.CONSULTANTS, known, per_consultant)


def _floods(shelter: Shelter, hazard: HazardKind) -> bool:
    exposure = shelter.exposure_to(hazard)
    return exposure is not None and exposure.in_zone is Known.YES


def _safe(facts: _Facts) -> Known:
    """H01: outside the zone, or with a safe floor above the water; in an earthquake, a sound building."""
    shelter, seen = facts.shelter, facts.seen
    if seen.hazard is HazardKind.EARTHQUAKE and shelter.earthquake_resistant is Known.NO:
        return Known.NO
    if seen.hazard in seen.settings.everyone_leaves:
        return Known.YES
    exposure = shelter.exposure_to(seen.hazard)
    if exposure is None or exposure.in_zone is Known.UNKNOWN:
        if not seen.assumes:
            return Known.UNKNOWN
        facts.guessed.add("outside_hazard")
        return Known.YES
    if exposure.in_zone is Known.NO:
        return Known.YES
    floor_m, depth_m = shelter.safe_floor_height_m, exposure.depth_m
    above = floor_m is not None and depth_m is not None and floor_m > depth_m
    return Known.of(above and bool(shelter.safe_area_m2))


def _direct(facts: _Facts) -> Known:
    shelter, seen = facts.shelter, facts.seen
    if shelter.kind in _BY_LAW_OPEN:
        return Known.YES
    if shelter.direct_evacuation is not Known.UNKNOWN:
        return shelter.direct_evacuation
    if shelter.kind is DestinationKind.AGREEMENT_WELFARE or not seen.assumes:
        return Known.NO if shelter.kind is DestinationKind.AGREEMENT_WELFARE else Known.UNKNOWN
    facts.guessed.add("direct_evacuation")
    return Known.of(bool(facts.default("direct")))


def _opens(facts: _Facts) -> float | None:
    shelter = facts.shelter
    if _reported(facts) is OpenState.OPEN:
        return 0.0
    if shelter.opens_after_h is not None:
        return shelter.opens_after_h
    if shelter.kind in _BY_LAW_OPEN:
        return facts.default("opens_after_h")
    if facts.seen.assumes:
        facts.guessed.add("opens_after_h")
        return facts.default("opens_after_h")
    return None


def _reported(facts: _Facts) -> OpenState | None:
    line = facts.seen.in_event.get(facts.shelter.id)
    return line.entry.state if line and line.entry else None


def usable_share(shelter_id: str, seen: Situation) -> float:
    """Return the part of a place that can be used in the running event; 1 where nobody reported."""
    line = seen.in_event.get(shelter_id)
    return line.entry.usable_share if line and line.entry else 1.0


def _accepts(facts: _Facts) -> tuple[tuple[str, ...] | None, bool]:
    """Return the accepted groups (None: no group specified) and whether that is settled (H02)."""
    shelter = facts.shelter
    if shelter.accepts_confirmed or not (shelter.accepts or shelter.accepts_text):
        return shelter.accepts or None, True
    if not facts.seen.assumes:
        return shelter.accepts or None, False
    facts.guessed.add("accepts")
    return shelter.accepts or None, True


def destination_of(shelter: Shelter, seen: Situation) -> Destination:
    """Return the place under the situation; what was guessed stands in `guessed` and `assumed`."""
    shelter = with_room_facts(shelter, seen.hazard, seen.settings.numbers["storey_height_m"])
    share = usable_share(shelter.id, seen)
    facts = _Facts(shelter, seen)
    _people_and_area(facts)
    _power(facts)
    _rooms_and_staff(facts)
    accepts, settled = _accepts(facts)
    assumed = seen.settings.assumed_features[shelter.kind] if seen.assumes else frozenset()
    return Destination(
        id=shelter.id,
        kind=shelter.kind,
        building=shelter.building,
        safe=_safe(facts),
        direct=_direct(facts),
        opens_after_h=_opens(facts),
        accepts=accepts,
        accepts_known=settled,
        features=dict(shelter.features),
        assumed=frozenset(f for f in assumed if shelter.feature(f) is Known.UNKNOWN),
        capacity={r: floor(n * share) for r, n in facts.capacity.items()},
        guessed=frozenset(facts.guessed),
        unconfirmed=frozenset(facts.unconfirmed),
        care_places={c: floor(n * share) for c, n in _care_places(shelter, seen).items()},
        facility_id=shelter.facility_id,
        district=shelter.district,
    )


def _care_places(shelter: Shelter, seen: Situation) -> Mapping[str, int]:
    return seen.care_places.get(shelter.facility_id, {}) if shelter.facility_id else {}


def shared_capacities(places: Sequence[Destination]) -> tuple[SharedCapacity, ...]:
    """Return the limits that destinations of one building share: the largest of their own (H12)."""
    buildings: dict[str, list[Destination]] = defaultdict(list)
    for place in places:
        buildings[place.building].append(place)
    found = []
    for building, roles in sorted(buildings.items()):
        for resource in (Resource.PEOPLE, Resource.AREA):
            limits = [p.capacity[resource] for p in roles if resource in p.capacity]
            if len(roles) > 1 and len(limits) == len(roles):
                ids = tuple(p.id for p in roles)
                found.append(
                    SharedCapacity(
                        building=building, resource=resource, destination_ids=ids, capacity=max(limits)
                    )
                )
    return tuple(found)

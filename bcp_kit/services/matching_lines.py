"""People for whom no place is searched, and who may stay at home: residents, hospital, no address."""

from bcp_kit.catalogues.vocabulary import UsualDestination
from bcp_kit.cores.shelter_matching.rules import LOCK
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.locks import LockKind, MatchingLock
from bcp_kit.domain.people import Person
from bcp_kit.domain.placements import Placement, Reason
from bcp_kit.services.matching_people import Register, leaves_home, priority_tier, usual_destination
from bcp_kit.services.matching_places import Situation
from bcp_kit.services.matching_settings import MatchingSettings

_WATER = (HazardKind.RIVER_FLOOD, HazardKind.INLAND_FLOOD, HazardKind.STORM_SURGE)


def stay_home_blocks(person: Person, hazard: HazardKind, settings: MatchingSettings) -> tuple[str, ...]:
    """Return which conditions of H18 do not hold for staying at home; none where it may be decided.

    Nobody knows from the register whether the supplies last as long as the water stands, nor whether a
    battery does: an officer who decides to leave somebody at home writes that down.
    """
    if not leaves_home(person, hazard, settings):
        return ()
    exposure = person.exposure_to(hazard)
    found = []
    if hazard not in _WATER:
        found.append("not_water")
    elif exposure is None or exposure.in_zone is Known.UNKNOWN:
        found.append("zone_unknown")
    else:
        found += ["collapse_zone"] if exposure.special else []
        found += _room_below(person, exposure.depth_m, settings)
    if any(device.life_support for device in person.devices):
        found.append("life_support")
    return tuple(found)


def _room_below(person: Person, depth_m: float | None, settings: MatchingSettings) -> list[str]:
    """Return what is wrong with the room: depth or floor unknown, or the floor not above the water."""
    if depth_m is None or person.home_floor is None:
        return ["depth_unknown"]
    floor_m = (person.home_floor - 1) * settings.numbers["storey_height_m"]
    return [] if person.home_floor >= 2 and floor_m > depth_m else ["room_below_water"]


def line_without_search(
    person: Person, register: Register, seen: Situation, lock: MatchingLock | None = None
) -> Placement | None:
    """Return the line of a person for whom no place is searched (H10, H18, W14), None for the others.

    A decision to stay or for the hospital is such a line; a decision for a place asks for the search.
    """
    tier = priority_tier(person, person.id in register.supported, seen.settings)

    def line(rule: str, cause: str, **more: object) -> Placement:
        reason = Reason(rule=rule, message=f"matching.reason.{cause}")
        fields = {"person_id": person.id, "stage": 1, "shelter_id": None, "tier": tier, "reasons": (reason,)}
        return Placement.model_validate({**fields, **more})

    if lock is not None and lock.kind is not LockKind.PLACE:
        stays = lock.kind is LockKind.STAYS_HOME
        cause = "locked_home" if stays else "locked_hospital"
        return line(
            LOCK, cause, stays_home=stays, hospital=not stays, lock_id=lock.id, waived=tuple(lock.waived)
        )
    found: Placement | None = None
    if lock is not None:
        found = None
    elif person.facility_resident:
        found = line("W15", "facility_resident", stays_home=True)
    elif usual_destination(person) is UsualDestination.HOSPITAL_FIRST:
        found = line("H10", "hospital_first", hospital=True)
    elif not leaves_home(person, seen.hazard, seen.settings):
        found = line("H18", "outside_zone", stays_home=True)
    elif person.location is None:
        found = line("W14", "no_location")
    return found

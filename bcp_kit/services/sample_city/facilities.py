"""Facilities that run welfare shelters, with their offers of help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.staff import HelpOffer
from bcp_kit.services.sample_city.names import draw_grown_up
from bcp_kit.services.sample_city.places import Home
from bcp_kit.services.sample_city.settings import CitySettings, FacilityKind, HelpSettings, scaled

WATTS_PER_RESIDENT = 65
MEALS_PER_RESIDENT = 9
WATER_PER_RESIDENT_L = 9
FULL_SHARE = (0.90, 1.0)
LEADING_AGES = (48, 72)


@dataclass(frozen=True)
class Workplace:
    """A facility, the shelter that it runs, and where it stands."""

    facility: Facility
    shelter_id: str
    home: Home


def draw_workplaces(
    rng: Random, shelters: Sequence[Shelter], homes: Mapping[str, Home], people: int, city: CitySettings
) -> list[Workplace]:
    """Return facilities in the buildings of welfare shelters of their kind; `homes` by building."""
    kinds = city.invention.facilities.kinds
    found: list[Workplace] = []
    for kind in kinds[: scaled(len(kinds), people)]:
        label = city.invention.shelters.kinds[kind.site].label
        taken = {place.shelter_id for place in found}
        free = (s for s in shelters if s.facility_type == label and s.id not in taken)
        shelter = next(free, None)
        if shelter is not None:
            facility = _facility(rng, len(found) + 1, kind, shelter, city)
            found.append(Workplace(facility, shelter.id, homes[shelter.building]))
    return found


def _facility(rng: Random, number: int, kind: FacilityKind, shelter: Shelter, city: CitySettings) -> Facility:
    beds = rng.randint(*kind.beds)
    residents = round(beds * rng.uniform(*FULL_SHARE))
    area = shelter.area_m2
    values = {
        **_identity(rng, number, kind, shelter, city),
        "beds": beds,
        "residents": residents,
        "residents_medical": round(residents * rng.uniform(0.05, 0.15)),
        "units": max(1, beds // 10),
        "free_area_m2": area,
        "private_rooms_free": shelter.private_rooms,
        "toilets": max(2, beds // 3),
        "generator_w": shelter.backup_power_w,
        "generator_fuel_h": rng.choice((12, 24, 48)) if shelter.backup_power_w else None,
        "own_power_w": residents * WATTS_PER_RESIDENT,
        "medical_outlets_free": shelter.medical_outlets,
        "water_l": residents * WATER_PER_RESIDENT_L,
        "food_meals": residents * MEALS_PER_RESIDENT,
        "lodging_places": rng.randint(2, 8),
        "exposures": shelter.exposures,
        "confirmed_on": shelter.confirmed_on,
    }
    return Facility.model_validate(values)


def _identity(
    rng: Random, number: int, kind: FacilityKind, shelter: Shelter, city: CitySettings
) -> dict[str, object]:
    def somebody() -> str:
        return draw_grown_up(rng, city.invention.people.rare_kanji, LEADING_AGES).name

    return {
        "id": f"F{number:03d}",
        "name": f"{kind.name}　{shelter.name}",
        "operator": f"社会福祉法人　{shelter.name}の会",
        "category": kind.category,
        "service_key": kind.service_key,
        "office_number": f"{number:010d}",
        "representative": f"理事長　{somebody()}",
        "manager": f"施設長　{somebody()}",
        "address": shelter.address,
        "municipality": city.name,
        "location": shelter.location,
        "phone": shelter.phone,
    }


def help_offers(workplaces: Sequence[Workplace], offers: Sequence[HelpSettings]) -> list[HelpOffer]:
    """Return the same offers of help for each facility, numbered through."""
    pairs = [(place.facility.id, offer) for place in workplaces for offer in offers]
    return [
        HelpOffer(
            id=f"O{number:03d}",
            facility_id=facility_id,
            route=offer.route,
            name=offer.name,
            qualification=offer.qualification,
            people=offer.people,
            from_day=offer.from_day,
            contact=f"0000-90-{number:04d}",
        )
        for number, (facility_id, offer) in enumerate(pairs, start=1)
    ]

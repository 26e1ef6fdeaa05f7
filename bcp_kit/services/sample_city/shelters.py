"""Destinations of the city: welfare shelters, general shelters with their spaces, hospitals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from bcp_kit.catalogues.vocabulary import shelter_features
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.services.sample_city.draws import dealt, hits, pick, quotas, told_apart
from bcp_kit.services.sample_city.places import Home, draw_site
from bcp_kit.services.sample_city.settings import CitySettings, ShelterSettings, ratio, scaled
from bcp_kit.services.sample_city.terrain import Terrain

FACILITY_TYPES = ("elderly", "disability", "child", "other_welfare", "special_school", "other")
GENERATORS_W = (2000, 3000, 5500, 10_000, 20_000)
GENERATOR_HOURS = (6, 12, 24, 48)
WELFARE = (DestinationKind.DESIGNATED_WELFARE, DestinationKind.AGREEMENT_WELFARE)
NUMBER_UNKNOWN_SHARE = 0.3


@dataclass(frozen=True)
class Site:
    """A building before its details: kind of destination, kind of building, place."""

    kind: DestinationKind
    site: str
    home: Home
    number: int


def draw_sites(rng: Random, terrain: Terrain, people: int, city: CitySettings) -> list[Site]:
    """Return the buildings; exact shares of the shelters lie in flood, landslide and tsunami zones."""
    counts = {
        DestinationKind.DESIGNATED_WELFARE: scaled(ratio("city_welfare_designated"), people),
        DestinationKind.AGREEMENT_WELFARE: scaled(ratio("city_welfare_agreement"), people, 2),
        DestinationKind.GENERAL: scaled(ratio("city_general_shelters"), people, 4),
    }
    shelters = sum(counts.values())
    hazards = _hazards(rng, shelters)
    types = _facility_types(rng, counts[WELFARE[0]] + counts[WELFARE[1]])
    kinds = [kind for kind, count in counts.items() for _ in range(count)]
    hospitals = scaled(city.invention.terrain.hospitals, people)
    kinds += [DestinationKind.HOSPITAL] * hospitals
    sites = []
    for number, kind in enumerate(kinds, start=1):
        building = types.pop() if kind in WELFARE else kind.value
        hazard = hazards.pop() if kind is not DestinationKind.HOSPITAL else None
        home = draw_site(rng, terrain, hazard, city.invention.terrain.district_spread_m)
        sites.append(Site(kind, building, home, number))
    return sites


def _hazards(rng: Random, shelters: int) -> list[HazardKind | None]:
    """Return one hazard (or none) per shelter, in the shares of the catalogue."""
    inside: dict[HazardKind | None, float] = {
        HazardKind.RIVER_FLOOD: ratio("shelters_in_hazard_flood"),
        HazardKind.LANDSLIDE: ratio("shelters_in_hazard_landslide"),
        HazardKind.TSUNAMI: ratio("shelters_in_hazard_tsunami"),
    }
    return dealt(rng, {**inside, None: 1 - sum(inside.values())}, shelters)


def _facility_types(rng: Random, count: int) -> list[str]:
    """Return kinds of welfare buildings; small cities too have one of the first two kinds each."""
    weights = {name: ratio(f"welfare_shelters_facility_types_{name}") for name in FACILITY_TYPES}
    found = [name for name, times in quotas(weights, count).items() for _ in range(times)]
    if count > 1 and "disability" not in found:
        found[-1] = "disability"
    rng.shuffle(found)
    return found


def draw_shelters(rng: Random, sites: Sequence[Site], city: CitySettings) -> list[Shelter]:
    """Return the destinations; about half of the general shelters have a space for people with needs."""
    rules = city.invention.shelters
    general = [site.number for site in sites if site.kind is DestinationKind.GENERAL]
    with_space = set(rng.sample(general, round(len(general) * rules.space_share)))
    capacities = iter(_welfare_capacities(rng, sum(site.kind in WELFARE for site in sites), rules))
    found = []
    names = told_apart(_name(rng, site, rules) for site in sites)
    for site, name in zip(sites, names, strict=True):
        people = next(capacities) if site.kind in WELFARE else _capacity(rng, site.kind, rules)
        found.append(_shelter(rng, site, name, people, city))
        if site.number in with_space:
            space = Site(DestinationKind.SPECIAL_SPACE, "space", site.home, site.number)
            room = f"{name}　{rules.kinds['space'].names[0]}"
            found.append(_shelter(rng, space, room, rng.randint(*rules.space_capacity), city))
    return found


def _name(rng: Random, site: Site, rules: ShelterSettings) -> str:
    return f"{site.home.district}{rng.choice(rules.kinds[site.site].names)}"


def _welfare_capacities(rng: Random, count: int, rules: ShelterSettings) -> list[int]:
    """Return capacities that spread widely and average what the catalogue gives."""
    raw = [rng.triangular(*rules.capacity_spread, 0.8) for _ in range(count)]
    mean = ratio("welfare_shelters_capacity_per_shelter")
    return [max(4, round(mean * value * count / sum(raw))) for value in raw]


def _capacity(rng: Random, kind: DestinationKind, rules: ShelterSettings) -> int:
    hospital = kind is DestinationKind.HOSPITAL
    return rng.randint(*(rules.hospital_capacity if hospital else rules.general_capacity))


def _shelter(rng: Random, site: Site, name: str, people: int, city: CitySettings) -> Shelter:
    rules = city.invention.shelters
    kind = rules.kinds[site.site]
    features = _features(rng, site.site, rules)
    confirmed = hits(rng, rules.accepts_confirmed.get(site.kind, 0.0))
    values = {
        **_identity(site, name, city),
        **_numbers(rng, site.kind, people, features, rules),
        **_opening(rng, site.kind, rules),
        "location": site.home.location,
        "exposures": site.home.exposures,
        "facility_type": kind.label,
        "accepts": kind.accepts if confirmed else (),
        "accepts_text": kind.text,
        "accepts_confirmed": confirmed,
        "features": features,
        "confirmed_on": _confirmed_on(rng, city),
        "source": "見本（架空）",
    }
    return Shelter.model_validate(values)


def _identity(site: Site, name: str, city: CitySettings) -> dict[str, object]:
    letters = {DestinationKind.GENERAL: "G", DestinationKind.HOSPITAL: "M"}
    letter = letters.get(site.kind, "W")
    own = f"{letter}{site.number:03d}"
    space = site.kind is DestinationKind.SPECIAL_SPACE
    return {
        "id": f"G{site.number:03d}S" if space else own,
        "site_id": f"B{site.number:03d}",
        "name": name,
        "kind": site.kind,
        "operator": "" if site.kind in WELFARE else city.name,
        "address": f"{city.name}{site.home.address}",
        "municipality": city.name,
        "phone": f"0000-80-{site.number:04d}",
    }


def _features(rng: Random, building: str, rules: ShelterSettings) -> dict[str, Known]:
    """Return what is confirmed to be there or missing; features that nobody confirmed are left out."""
    share, usual = rules.features[building], rules.kinds[building].usual
    found = {}
    for key in shelter_features():
        if key != "known_to_person" and hits(rng, share.known):
            there = hits(rng, share.usual if key in usual else share.other)
            found[key] = Known.of(there)
    return found


def _numbers(
    rng: Random, kind: DestinationKind, people: int, features: dict[str, Known], rules: ShelterSettings
) -> dict[str, object]:
    """Return capacity, area, power and staff; what is unknown stays None."""
    spaces = {DestinationKind.GENERAL: "general", DestinationKind.SPECIAL_SPACE: "space"}
    per_person = rng.uniform(*rules.area_per_person_m2[spaces.get(kind, "welfare")])
    generator = features.get("backup_power") is Known.YES
    power = rng.choice(GENERATORS_W)
    unknown = hits(rng, rules.capacity_unknown_share) and kind in WELFARE
    small = kind is not DestinationKind.GENERAL
    return {
        "capacity_people": None if unknown else people,
        "area_m2": None if hits(rng, rules.area_unknown_share) else round(people * per_person),
        "backup_power_w": _known(rng, power if generator else None),
        "backup_power_wh": _known(rng, power // 2 * rng.choice(GENERATOR_HOURS) if generator else None),
        "medical_outlets": _if_there(rng, features, "sine_wave_outlet", (1, 6)),
        "private_rooms": _if_there(rng, features, "private_room", (1, 4)),
        "beds": _if_there(rng, features, "care_bed", (2, max(2, people // 2))),
        "toilets": _known(rng, max(1, people // 15)),
        "water_l": _known(rng, people * rng.choice((3, 9, 12))),
        "consultants": _if_there(rng, features, "life_consultant", (1, 2)),
        "staff_day": _known(rng, max(1, people // 8)) if small else None,
        "staff_night": _known(rng, max(1, people // 20)) if small else None,
    }


def _known(rng: Random, value: int | None) -> int | None:
    return None if hits(rng, NUMBER_UNKNOWN_SHARE) else value


def _if_there(rng: Random, features: dict[str, Known], key: str, limits: tuple[int, int]) -> int | None:
    """Return a number for a feature that is there, 0 for one that is missing, None for an unknown one."""
    state = features.get(key, Known.UNKNOWN)
    if state is Known.NO:
        return 0
    return _known(rng, rng.randint(*limits)) if state is Known.YES else None


def _opening(rng: Random, kind: DestinationKind, rules: ShelterSettings) -> dict[str, object]:
    if kind in WELFARE:
        direct = Known(pick(rng, rules.direct[kind]))
        late = kind is DestinationKind.AGREEMENT_WELFARE
        hours = rng.choice((12, 24, 48)) if late else rng.choice((2, 3, 6))
        condition = "要請後" if direct is Known.NO else "警戒レベル3で開く"
        night = rng.choice((Known.YES, Known.NO, Known.UNKNOWN))
    else:
        direct, hours, condition, night = Known.YES, 1, "警戒レベル3で開く", Known.YES
    if kind is DestinationKind.HOSPITAL:
        direct, condition = Known.UNKNOWN, "医師の判断"
    return {
        "direct_evacuation": direct,
        "opens_after_h": hours,
        "open_condition": condition,
        "night_open": night,
    }


def _confirmed_on(rng: Random, city: CitySettings) -> date:
    """Return when the record was confirmed; some are long out of date."""
    limit = city.invention.people.stale_after_days
    old = hits(rng, city.invention.shelters.stale_share)
    age = rng.randint(limit + 1, limit * 3) if old else rng.randint(10, limit)
    return city.reference_date - timedelta(days=age)

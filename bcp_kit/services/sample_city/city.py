"""The invented city as a whole: everything drawn from one seed, with the counts of what was planted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bcp_kit.catalogues.vocabulary import UsualDestination, needs
from bcp_kit.domain.base import Known
from bcp_kit.domain.consent import Consent
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.domain.progress import Progress, silent
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.staff import HelpOffer, RosterEntry, StaffMember
from bcp_kit.services.sample_city.consents import Given, draw_consents
from bcp_kit.services.sample_city.facilities import Workplace, draw_workplaces, help_offers
from bcp_kit.services.sample_city.households import Household, Listed, draw_households, draw_listed
from bcp_kit.services.sample_city.landscape import draw_terrain
from bcp_kit.services.sample_city.planted import PlantedCounts
from bcp_kit.services.sample_city.register import Picked, draw_register, pick_traits
from bcp_kit.services.sample_city.roads import RoadNet, draw_roads
from bcp_kit.services.sample_city.settings import CitySettings, settings
from bcp_kit.services.sample_city.shelters import draw_shelters, draw_sites
from bcp_kit.services.sample_city.staff import draw_rosters, draw_staff
from bcp_kit.services.sample_city.supporters import Support, draw_support
from bcp_kit.services.sample_city.terrain import Terrain


@dataclass(frozen=True)
class City:
    """All objects of the city, its land and roads, and what was planted."""

    settings: CitySettings
    seed: int
    terrain: Terrain
    roads: RoadNet
    people: tuple[Person, ...]
    consents: tuple[Consent, ...]
    supporters: tuple[Supporter, ...]
    links: tuple[SupportLink, ...]
    shelters: tuple[Shelter, ...]
    facilities: tuple[Facility, ...]
    staff: tuple[StaffMember, ...]
    rosters: tuple[RosterEntry, ...]
    help_offers: tuple[HelpOffer, ...]
    planted: PlantedCounts


@dataclass(frozen=True)
class _Places:
    """The part of the city that stands before anybody is listed."""

    terrain: Terrain
    roads: RoadNet
    shelters: tuple[Shelter, ...]
    workplaces: tuple[Workplace, ...]
    staff: tuple[StaffMember, ...]


@dataclass(frozen=True)
class _Drawn:
    """The people and what was chosen for them while drawing."""

    register: Sequence[Person]
    households: Sequence[Household]
    picked: Picked
    given: Given
    support: Support


def build_city(seed: int, people: int, progress: Progress = silent) -> City:
    """Return the city with `people` listed people; the same seed gives the same city.

    Numbers of shelters, hospitals and facilities shrink or grow with the people.
    """
    city, rng = settings(), Random(seed)  # noqa: S311 - an invented city, no secret
    places = _draw_places(rng, people, city)
    progress(0.2, "world.progress.people")
    listed = draw_listed(rng, people, city.invention)
    lodging = _lodging(rng, listed, places.workplaces)
    homes = {number: place.home for number, place in lodging.items()}
    households = draw_households(rng, listed, places.terrain, city.invention, homes)
    picked = pick_traits(rng, households, city)
    usual = {number: place.facility.id for number, place in lodging.items()}
    facility_ids = [place.facility.id for place in places.workplaces]
    register = draw_register(rng, households, picked, city, usual, facility_ids)
    progress(0.7, "world.progress.support")
    given = draw_consents(rng, register, city)
    support = draw_support(rng, register, given.plan_people, places.terrain, city)
    rosters = draw_rosters(places.staff, city)
    offers = help_offers(places.workplaces, city.invention.facilities.help)
    drawn = _Drawn(register, households, picked, given, support)
    work = {"staff": len(places.staff), "roster_entries": len(rosters), "help_offers": len(offers)}
    return City(
        settings=city,
        seed=seed,
        terrain=places.terrain,
        roads=places.roads,
        people=tuple(register),
        consents=(*given.consents, *support.consents),
        supporters=support.supporters,
        links=support.links,
        shelters=places.shelters,
        facilities=tuple(place.facility for place in places.workplaces),
        staff=places.staff,
        rosters=tuple(rosters),
        help_offers=tuple(offers),
        planted=_planted(drawn, places, work),
    )


def _draw_places(rng: Random, people: int, city: CitySettings) -> _Places:
    terrain = draw_terrain(rng, city)
    roads = draw_roads(rng, terrain, city.invention.terrain)
    sites = draw_sites(rng, terrain, people, city)
    shelters = draw_shelters(rng, sites, city)
    homes = {f"B{site.number:03d}": site.home for site in sites}
    workplaces = draw_workplaces(rng, shelters, homes, people, city)
    run_by = {place.shelter_id: place.facility for place in workplaces}
    staff = draw_staff(rng, workplaces, terrain, city)
    return _Places(
        terrain, roads, tuple(_run(s, run_by.get(s.id)) for s in shelters), tuple(workplaces), tuple(staff)
    )


def _run(shelter: Shelter, facility: Facility | None) -> Shelter:
    if facility is None:
        return shelter
    return shelter.model_copy(update={"facility_id": facility.id, "operator": facility.operator})


def _lodging(rng: Random, listed: Sequence[Listed], workplaces: Sequence[Workplace]) -> dict[int, Workplace]:
    """Return in which facility each resident lives."""
    return {person.number: rng.choice(workplaces) for person in listed if person.resident}


def _planted(drawn: _Drawn, places: _Places, work: Mapping[str, int]) -> PlantedCounts:
    register = drawn.register
    sharable = drawn.given.sharing_people & drawn.support.agreed
    hospital = {n.key for n in needs().values() if n.usual_destination is UsualDestination.HOSPITAL_FIRST}
    by_need = Counter(need for person in register for need in person.needs)
    return PlantedCounts(
        listed=len(register),
        households=len(drawn.households),
        plan_consents=len(drawn.given.plan_people),
        supporter_copies=len(sharable),
        protected=len(drawn.picked.protected),
        hospital_first=sum(1 for person in register if hospital & set(person.needs)),
        no_location=len(drawn.picked.without_place),
        in_flood_zone=sum(1 for person in register if _floods(person)),
        stale=len(drawn.picked.stale),
        facility_residents=sum(1 for person in register if person.facility_resident),
        by_need=dict(sorted(by_need.items())),
        shelters=dict(sorted(Counter(shelter.kind.value for shelter in places.shelters).items())),
        supporters=len(drawn.support.supporters),
        facilities=len(places.workplaces),
        **work,
    )


def _floods(person: Person) -> bool:
    exposure = person.exposure_to(HazardKind.RIVER_FLOOD)
    return exposure is not None and exposure.in_zone is Known.YES

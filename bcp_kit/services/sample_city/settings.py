"""What the invented city is made from: city.yaml as types, and counts from the catalogues."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import yaml
from pydantic import Field

from bcp_kit.catalogues import load
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.people import HouseholdType, Sex
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.domain.staff import CommuteMeans, HelpRoute, Qualification
from bcp_kit.resources import locate

Weights = Mapping[str, float]
Range = tuple[float, float]


class Box(DomainModel):
    """The city's frame in degrees."""

    west: float
    south: float
    east: float
    north: float


class TerrainSettings(DomainModel):
    """River, coast, slopes, roads and districts; lengths in metres."""

    river_bands_m: tuple[float, float, float]
    river_depths_m: tuple[float, float, float]
    river_amplitude_m: float
    water_m: float
    coast_m: float
    tsunami_depths_m: Range
    tsunami_arrival_min: Range
    landslides: int
    landslide_length_m: Range
    landslide_special_share: float
    bridges: int
    road_spacing_m: float
    road_kept_share: float
    hospitals: int
    districts: tuple[str, ...]
    district_spread_m: float
    coordinate_unknown_share: float


class HouseholdSettings(DomainModel):
    """Who lives together; `companions` are those who are not listed, by household type."""

    shared_people_share: float
    three_share: float
    companions: Mapping[str, tuple[int, ...]]


class NeedSettings(DomainModel):
    """Weights inside a category; `extra` gives the chance of a further need by the need that is there."""

    internal_rest: Weights
    limb: Weights
    dialysis: Weights
    ventilator: Weights
    intractable: Weights
    self_applied_child: Weights
    self_applied_adult: Weights
    self_applied_elderly: Weights
    extra: Mapping[str, Weights]
    most: int


class Phrases(DomainModel):
    """Words about one need for the person's plan."""

    considerations: str
    never_do: str
    must_carry: tuple[str, ...]


class DeviceSettings(DomainModel):
    """A device that goes with a need; its power stands in the catalogue."""

    kind: str
    battery_h: tuple[float, ...]
    life_support: bool


class Relation(DomainModel):
    """A relative to call: sex and kinds of household and person for whom there may be one.

    `of_sex` None means anybody; no `kinds` means every kind of household. `younger_by` gives how many years
    the relative is younger than the person (negative: older).
    """

    word: str
    sex: Sex
    of_sex: Sex | None = None
    ages: tuple[int, int]
    younger_by: int
    kinds: tuple[HouseholdType, ...] = ()
    own_family: bool = False


class PeopleSettings(DomainModel):
    """Shares of listed people, and what is drawn for each."""

    facility_resident_share: float
    protected: float
    rare_kanji: float
    jsl_share_of_deaf: float
    never_checked_share: float
    stale_share: float
    stale_after_days: int
    female: float
    floors: tuple[int, ...]
    flats: tuple[str, ...]
    flats_from_floor: int
    contact_share: float
    relations: tuple[Relation, ...]
    prep_minutes: tuple[float, ...]
    usual_facility_share: float
    phrases: Mapping[str, Phrases]
    devices: Mapping[str, DeviceSettings]


class ConsentSettings(DomainModel):
    """Shares of answers; how many people consent to a plan or to sharing stands in the catalogue."""

    plan_refused: float
    plan_withdrawn: float
    plan_unanswered: float
    register_refused: float
    register_withdrawn: float
    register_unanswered: float
    plan_among_register: float
    share_plan: Weights
    be_named: Weights
    oldest_days: int


class SupporterSettings(DomainModel):
    """How many supporters a plan names, and how many people a supporter has."""

    per_plan: Mapping[int, float]
    people_each: Mapping[int, float]
    organisation_share: float
    limit_unknown_share: float
    overloaded_share: float
    willing_share: float
    distance_m: float
    relations: tuple[str, ...]
    organisations: tuple[str, ...]


class SiteKind(DomainModel):
    """A kind of building: its label, what its names end in, whom it takes, what it usually has."""

    label: str
    names: tuple[str, ...]
    accepts: tuple[str, ...]
    text: str
    usual: tuple[str, ...]


class FeatureShares(DomainModel):
    """Share of features that are known, and of these the share that is there."""

    known: float
    usual: float
    other: float


class ShelterSettings(DomainModel):
    """Destinations: spread around the mean capacity, unknowns, kinds of buildings."""

    capacity_spread: Range
    capacity_unknown_share: float
    general_capacity: tuple[int, int]
    space_share: float
    space_capacity: tuple[int, int]
    hospital_capacity: tuple[int, int]
    area_per_person_m2: Mapping[str, Range]
    area_unknown_share: float
    stale_share: float
    direct: Mapping[DestinationKind, Weights]
    accepts_confirmed: Mapping[DestinationKind, float]
    features: Mapping[str, FeatureShares]
    kinds: Mapping[str, SiteKind]


class FacilityKind(DomainModel):
    """One facility of the city: its service and the kind of welfare shelter that it runs."""

    category: ServiceCategory
    service_key: str
    site: str
    name: str
    beds: tuple[int, int]


class HelpSettings(DomainModel):
    """One offer of help that each facility has."""

    route: HelpRoute
    name: str
    qualification: Qualification
    people: int
    from_day: int


class FacilitySettings(DomainModel):
    """Facilities, their staff and the week's roster."""

    kinds: tuple[FacilityKind, ...]
    staff: tuple[int, int]
    staff_per_bed: float
    posts: Mapping[Qualification, int]
    nurse_share: float
    certified_share: float
    suction_share: float
    driver_share: float
    patterns: Mapping[str, tuple[str, ...]]
    help: tuple[HelpSettings, ...]
    child_share: float
    family_care_share: float
    newcomer_share: float
    part_time_share: float
    night_share: float
    home_spread_m: float
    roster_days: int
    commute: Mapping[CommuteMeans, float]
    commute_limit_m: Mapping[CommuteMeans, float]


class Invention(DomainModel):
    """Every number that no source gives and that was made up for this city."""

    terrain: TerrainSettings
    households: HouseholdSettings
    category_age_weights: Mapping[str, tuple[float, ...]]
    needs: NeedSettings
    people: PeopleSettings
    consents: ConsentSettings
    supporters: SupporterSettings
    shelters: ShelterSettings
    facilities: FacilitySettings


class CitySettings(DomainModel):
    """sample_data/city/city.yaml."""

    name: str
    code: str
    code_note: str
    reference_date: date
    ordinance: Mapping[str, Any] | None
    seed: int = Field(ge=0)
    box: Box
    invention: Invention


@cache
def settings() -> CitySettings:
    """Return the city's settings; read once."""
    path = locate("sample_data") / "city" / "city.yaml"
    return CitySettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def ratio(key: str) -> float:
    """Return a number of the catalogue `population_ratios`."""
    return load.number("population_ratios", key)


def shares(catalogue: str) -> dict[str, float]:
    """Return the value of every row of a catalogue by key."""
    return {key: row.value for key, row in load.catalogue(catalogue).rows.items() if row.value is not None}


def scaled(count: float, people: int, at_least: int = 1) -> int:
    """Return a count of the full-sized city for a city with `people` listed people."""
    return max(at_least, round(count * people / ratio("city_listed")))

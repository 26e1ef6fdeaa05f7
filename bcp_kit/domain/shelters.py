"""Destinations of the five kinds, with what is confirmed, denied or unknown about each."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.units import (
    Days,
    Hours,
    Litres,
    Location,
    Metres,
    Persons,
    Share,
    SquareMetres,
    WattHours,
    Watts,
)


class DestinationKind(StrEnum):
    """The five kinds of destination (decision 1 of the design)."""

    DESIGNATED_WELFARE = "designated_welfare"
    AGREEMENT_WELFARE = "agreement_welfare"
    SPECIAL_SPACE = "special_space"
    GENERAL = "general"
    HOSPITAL = "hospital"

    @property
    def is_welfare(self) -> bool:
        """True for the two kinds of welfare evacuation shelter."""
        return self in (DestinationKind.DESIGNATED_WELFARE, DestinationKind.AGREEMENT_WELFARE)


class FamilyRule(StrEnum):
    """Who of the family may stay with a person."""

    HOUSEHOLD = "household"
    ONE_CARER = "one_carer"
    NONE = "none"
    UNKNOWN = "unknown"


class ConfirmedHow(StrEnum):
    """How somebody came to know a fact about a place."""

    VISIT = "visit"
    PHONE = "phone"
    SURVEY = "survey"
    DOCUMENT = "document"
    MEETING = "meeting"


class Confirmation(DomainModel):
    """Who confirmed one fact, when and how; `value` is what was confirmed, as text.

    A value that was changed since (by a list that was brought in) is no longer confirmed. `answered_by` says
    who answered at the place.
    """

    by: str
    on: date
    how: ConfirmedHow
    answered_by: str = ""
    value: str = ""


class SpaceKind(StrEnum):
    """What a room or space inside a place is used for."""

    GYM = "gym"
    CLASSROOM = "classroom"
    HALL = "hall"
    PRIVATE = "private"
    QUIET = "quiet"
    BARRIER_FREE = "barrier_free"
    PETS = "pets"
    INFANT = "infant"
    ISOLATION = "isolation"
    OTHER = "other"


class Space(DomainModel):
    """One room or space inside a place. `floor` 1 is the ground floor, -1 the first basement.

    `floor_height_m` is the height of its floor above the ground; None: reckoned from `floor`.
    """

    name: str
    kind: SpaceKind = SpaceKind.OTHER
    floor: int | None = None
    floor_height_m: Metres | None = None
    area_m2: SquareMetres | None = None
    capacity_people: Persons | None = None
    accessible_toilet: Known = Known.UNKNOWN
    note: str = ""


class Shelter(DomainModel):
    """One destination. `None` in a number and UNKNOWN in a feature mean that nobody confirmed it.

    Two destinations in one building share `site_id`, and thus the building's space. `accepts` are need keys
    or need groups of the catalogue; empty with `accepts_text` means the sentence awaits confirmation; empty
    without text means no group is specified. `facility_id` names the care facility whose staff runs it.
    `capacity_people` counts everybody, family included; `capacity_nominal` is the figure that was published.
    `area_m2` excludes the part that own users need. `pre_assigned` are register numbers. `confirmations`
    holds by fact (field, or "feature.<key>") who confirmed it. `added_in_event` names the event in which a
    place was opened that was never on the list.
    """

    id: str
    site_id: str = ""
    common_id: str = ""
    name: str
    name_kana: str = ""
    kind: DestinationKind
    operator: str = ""
    facility_id: str = ""
    facility_type: str = ""
    address: str = ""
    municipality: str = ""
    district: str = ""
    location: Location | None = None
    phone: str = ""
    phone_night: str = ""
    phone_satellite: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    designated_on: date | None = None
    published: Known = Known.UNKNOWN
    agreement_terms: str = ""
    capacity_nominal: Persons | None = None
    capacity_people: Persons | None = None
    own_residents: Persons | None = None
    area_m2: SquareMetres | None = None
    accepts: tuple[str, ...] = ()
    accepts_text: str = ""
    accepts_confirmed: bool = False
    accepts_family: FamilyRule = FamilyRule.UNKNOWN
    family_max: Persons | None = None
    pre_assigned: tuple[str, ...] = ()
    direct_evacuation: Known = Known.UNKNOWN
    opens_after_h: Hours | None = None
    opens_after_night_h: Hours | None = None
    open_condition: str = ""
    night_open: Known = Known.UNKNOWN
    closed_days: str = ""
    features: Mapping[str, Known] = Field(default_factory=dict)
    medical_outlets: Persons | None = None
    backup_power_w: Watts | None = None
    backup_power_wh: WattHours | None = None
    fuel_h: Hours | None = None
    private_rooms: Persons | None = None
    beds: Persons | None = None
    toilets: Persons | None = None
    toilets_wheelchair: Persons | None = None
    toilets_ostomate: Persons | None = None
    toilets_western: Persons | None = None
    water_l: Litres | None = None
    food_days: Days | None = None
    consumables: str = ""
    vehicles: Persons | None = None
    vehicle_wheelchair_seats: Persons | None = None
    vehicle_stretchers: Persons | None = None
    consultants: Persons | None = None
    staff_day: Persons | None = None
    staff_night: Persons | None = None
    staff_by_type: Mapping[str, Persons] = Field(default_factory=dict)
    staff_available_ratio: Share | None = None
    exposures: tuple[Exposure, ...] = ()
    flood_duration_h: Hours | None = None
    earthquake_resistant: Known = Known.UNKNOWN
    safe_floor: int | None = None
    safe_area_m2: SquareMetres | None = None
    safe_floor_height_m: float | None = None
    spaces: tuple[Space, ...] = ()
    last_drill: date | None = None
    confirmed_on: date | None = None
    confirmations: Mapping[str, Confirmation] = Field(default_factory=dict)
    added_in_event: str = ""
    source: str = ""
    note: str = ""
    version: int = 0

    def feature(self, key: str) -> Known:
        """Return what is known about feature `key` (a key of the catalogue `shelter_features`)."""
        return self.features.get(key, Known.UNKNOWN)

    def exposure_to(self, hazard: HazardKind) -> Exposure | None:
        """Return how the site lies to `hazard`, or None when nothing is recorded."""
        return next((e for e in self.exposures if e.hazard is hazard), None)

    @property
    def building(self) -> str:
        """The key under which destinations of one building share space."""
        return self.site_id or self.id

"""Destinations of the five kinds, with what is confirmed, denied or unknown about each."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.units import Hours, Litres, Location, Persons, SquareMetres, WattHours, Watts


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


class Shelter(DomainModel):
    """One destination. `None` in a number and UNKNOWN in a feature mean that nobody confirmed it.

    Two destinations in one building share `site_id`, and thus the building's space. `accepts` are need keys
    or need groups of the catalogue; empty with `accepts_text` means the sentence awaits confirmation; empty
    without text means no group is specified. `facility_id` names the care facility whose staff runs it.
    `capacity_people` counts everybody, family included. `area_m2` excludes the part that own users need.
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
    location: Location | None = None
    phone: str = ""
    capacity_people: Persons | None = None
    area_m2: SquareMetres | None = None
    accepts: tuple[str, ...] = ()
    accepts_text: str = ""
    accepts_confirmed: bool = False
    direct_evacuation: Known = Known.UNKNOWN
    opens_after_h: Hours | None = None
    open_condition: str = ""
    night_open: Known = Known.UNKNOWN
    features: Mapping[str, Known] = Field(default_factory=dict)
    medical_outlets: Persons | None = None
    backup_power_w: Watts | None = None
    backup_power_wh: WattHours | None = None
    private_rooms: Persons | None = None
    beds: Persons | None = None
    toilets: Persons | None = None
    water_l: Litres | None = None
    consultants: Persons | None = None
    staff_day: Persons | None = None
    staff_night: Persons | None = None
    exposures: tuple[Exposure, ...] = ()
    safe_area_m2: SquareMetres | None = None
    safe_floor_height_m: float | None = None
    confirmed_on: date | None = None
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

"""Staff: what they may do, where they live, how they come, what may keep them at home."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.hazards import Exposure
from bcp_kit.domain.units import Location, Metres, Minutes, Persons


class Qualification(StrEnum):
    """Qualifications that decide who may fill a post."""

    CARE_WORKER = "care_worker"
    CERTIFIED_CARE_WORKER = "certified_care_worker"
    NURSE = "nurse"
    ASSISTANT_NURSE = "assistant_nurse"
    SUCTION_TRAINED = "suction_trained"
    LIFE_CONSULTANT = "life_consultant"
    CARE_MANAGER = "care_manager"
    DIETITIAN = "dietitian"
    COOK = "cook"
    THERAPIST = "therapist"
    DRIVER = "driver"
    CLERK = "clerk"
    MANAGER = "manager"


class CommuteMeans(StrEnum):
    """The usual way to work."""

    FOOT = "foot"
    BICYCLE = "bicycle"
    MOTORBIKE = "motorbike"
    CAR = "car"
    TRAIN = "train"
    BUS = "bus"


class Employment(StrEnum):
    """Full-time or part-time."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"


class StaffMember(DomainModel):
    """One member of staff of one facility.

    `home_distance_m` may be given instead of `home_location`; `walk_min` (minutes on foot, as the person
    told) goes before both. `comes_at_night` is what the person answers to a call at night.
    `youngest_child_age` and `cares_for_family` are the family constraints that school closure and night calls
    touch. `weekly_hours_max` is contractual.
    """

    id: str
    facility_id: str
    name: str
    name_kana: str = ""
    phone: str = ""
    qualifications: tuple[Qualification, ...] = ()
    employment: Employment = Employment.FULL_TIME
    weekly_hours_max: Annotated[float, Field(ge=0, le=168)] = 40.0
    night_ok: bool = True
    newcomer: bool = False
    home_address: str = ""
    home_location: Location | None = None
    home_distance_m: Metres | None = None
    walk_min: Minutes | None = None
    home_exposures: tuple[Exposure, ...] = ()
    commute: CommuteMeans = CommuteMeans.CAR
    other_means: tuple[CommuteMeans, ...] = ()
    youngest_child_age: Annotated[int, Field(ge=0, le=30)] | None = None
    other_parent_at_home: bool = False
    cares_for_family: bool = False
    comes_at_night: Known = Known.UNKNOWN
    languages: tuple[str, ...] = ("ja",)
    procedures: tuple[str, ...] = ()
    roster_group: str = ""
    verified_on: date | None = None
    version: int = 0


class HelpRoute(StrEnum):
    """Where outside help comes from, in the order in which it is asked for."""

    SISTER_SITE = "sister_site"
    PARTNER = "partner"
    PREFECTURE = "prefecture"
    DWAT = "dwat"


class HelpOffer(DomainModel):
    """People that a route can send, from which day, and whether they need lodging."""

    id: str
    facility_id: str
    route: HelpRoute
    name: str
    qualification: Qualification
    people: Persons
    from_day: Annotated[int, Field(ge=0)]
    needs_lodging: bool = True
    contact: str = ""
    version: int = 0


WISH_OFF = "wish_off"
"""Stands in a roster in the place of a shift: the person asked to be off that day."""


class RosterEntry(DomainModel):
    """One person's shift on one day of the roster in force (key of the catalogue `shifts`)."""

    staff_id: str
    day: date
    shift: str
    version: int = 0

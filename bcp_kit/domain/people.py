"""People who cannot get away alone, their households, devices and supporters."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.certificates import Certificate
from bcp_kit.domain.devices import Device
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.units import Location, Minutes, Persons

__all__ = [
    "STILL_HERE",
    "Device",
    "EmergencyContact",
    "HouseholdType",
    "Person",
    "RegisterStatus",
    "Sex",
    "SupportLink",
    "SupportRole",
    "Supporter",
    "SupporterKind",
]


class Sex(StrEnum):
    """Values of the register item 性別."""

    MALE = "male"
    FEMALE = "female"
    OTHER = "other"
    NO_ANSWER = "no_answer"


class HouseholdType(StrEnum):
    """Living situation, as the plan form lists it."""

    ALONE = "alone"
    DAYTIME_ALONE = "daytime_alone"
    ELDERLY_ONLY = "elderly_only"
    DISABLED_ONLY = "disabled_only"
    WITH_ABLE = "with_able"
    OTHER = "other"


class RegisterStatus(StrEnum):
    """Whether the person is still on the register.

    MISSING: the last register that was accepted does not name the person, and nobody has decided why.
    """

    LISTED = "listed"
    MISSING = "missing"
    MOVED_OUT = "moved_out"
    DIED = "died"
    UNKNOWN = "unknown"

    @property
    def has_left(self) -> bool:
        """True for people who live here no more: no destination and no plan is made for them."""
        return self in (RegisterStatus.MOVED_OUT, RegisterStatus.DIED)


STILL_HERE = tuple(status for status in RegisterStatus if not status.has_left)


class EmergencyContact(DomainModel):
    """Someone to call for the person."""

    name: str
    relation: str = ""
    phone: str = ""


class Person(DomainModel):
    """One person on the register of people requiring evacuation support (Basic Act on Disasters, Art. 49-10).

    Text is kept exactly as written (no Unicode normalisation); `name_kana` is katakana. `needs` are keys of
    the catalogue `needs`. `companions` counts family or carers who come along but are not on the register.
    `resident_no` is the number of the resident record (住民番号・宛名番号), by which certificates find the
    person.
    """

    id: str
    register_no: str = ""
    resident_no: str = ""
    name: str
    name_kana: str = ""
    birth_date: date | None = None
    sex: Sex = Sex.NO_ANSWER
    postal_code: str = ""
    address: str
    address_building: str = ""
    location: Location | None = None
    district: str = ""
    school_district: str = ""
    phone_home: str = ""
    phone_mobile: str = ""
    fax: str = ""
    email: str = ""
    language: str = "ja"
    needs: tuple[str, ...] = ()
    reason_text: str = ""
    certificates: tuple[Certificate, ...] = ()
    household_id: str = ""
    household_type: HouseholdType = HouseholdType.OTHER
    companions: Persons = 0
    devices: tuple[Device, ...] = ()
    emergency_contacts: tuple[EmergencyContact, ...] = ()
    home_exposures: tuple[Exposure, ...] = ()
    home_floor: int | None = None
    usual_facility_id: str = ""
    protected_address: bool = False
    facility_resident: bool = False
    prep_minutes: Minutes | None = None
    considerations: str = ""
    never_do: str = ""
    must_carry: tuple[str, ...] = ()
    usual_room: str = ""
    primary_doctor: str = ""
    care_provider: str = ""
    medicines: str = ""
    allergy: str = ""
    verified_on: date | None = None
    register_status: RegisterStatus = RegisterStatus.LISTED
    status_on: date | None = None
    version: int = 0

    def exposure_to(self, hazard: HazardKind) -> Exposure | None:
        """Return how the home lies to `hazard`, or None when nothing is recorded."""
        return next((e for e in self.home_exposures if e.hazard is hazard), None)


class SupporterKind(StrEnum):
    """Who the designated supporter (避難支援等実施者) is."""

    PERSON = "person"
    ORGANISATION = "organisation"


class SupportRole(StrEnum):
    """What a supporter does."""

    INFORM = "inform"
    CHECK = "check"
    CARRY_OUT = "carry_out"
    TRANSPORT = "transport"
    STAY = "stay"
    MEDICAL = "medical"


class Supporter(DomainModel):
    """A designated supporter: name, address and contact are lawful content of the plan (Art. 49-14(3)(i))."""

    id: str
    kind: SupporterKind = SupporterKind.PERSON
    name: str
    name_kana: str = ""
    address: str = ""
    phone: str = ""
    relation: str = ""
    location: Location | None = None
    max_people: Persons | None = None
    willing_to_take_more: bool = False
    version: int = 0


class SupportLink(DomainModel):
    """Supporter named for a person, in the order of calling (rank 1 first)."""

    person_id: str
    supporter_id: str
    rank: Annotated[int, Field(ge=1)] = 1
    roles: tuple[SupportRole, ...] = ()
    version: int = 0

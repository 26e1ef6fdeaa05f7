"""Care and disability facilities: what they are, whom they serve, what they have."""

from datetime import date
from enum import StrEnum

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import Exposure
from bcp_kit.domain.units import Hours, Litres, Location, Persons, SquareMetres, Watts


class ServiceCategory(StrEnum):
    """The eight categories of the BCP guidelines (catalogue `service_categories`)."""

    CARE_RESIDENTIAL = "care_residential"
    CARE_DAY = "care_day"
    CARE_HOME_VISIT = "care_home_visit"
    CARE_MANAGEMENT = "care_management"
    DIS_RESIDENTIAL = "dis_residential"
    DIS_DAY = "dis_day"
    DIS_HOME_VISIT = "dis_home_visit"
    DIS_CONSULTATION = "dis_consultation"


class Facility(DomainModel):
    """One facility of one operator. `residents` are those it cares for now; `beds` its licensed number.

    `free_area_m2` is what could hold evacuees without own users; `own_power_w` is the load that its own
    residents need kept running. None means unknown, never zero.
    """

    id: str
    name: str
    operator: str = ""
    category: ServiceCategory
    service_key: str = ""
    office_number: str = ""
    representative: str = ""
    manager: str = ""
    address: str = ""
    municipality: str = ""
    location: Location | None = None
    phone: str = ""
    beds: Persons = 0
    residents: Persons = 0
    residents_medical: Persons = 0
    units: Persons | None = None
    free_area_m2: SquareMetres | None = None
    private_rooms_free: Persons | None = None
    toilets: Persons | None = None
    generator_w: Watts | None = None
    generator_fuel_h: Hours | None = None
    own_power_w: Watts | None = None
    medical_outlets_free: Persons | None = None
    water_l: Litres | None = None
    food_meals: Persons | None = None
    lodging_places: Persons | None = None
    exposures: tuple[Exposure, ...] = ()
    confirmed_on: date | None = None
    version: int = 0

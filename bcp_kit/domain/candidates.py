"""Facilities from public lists: who could be asked to become a welfare shelter, not who is one."""

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.domain.units import Location, Persons


class FacilityCandidate(DomainModel):
    """One service of one office, as a public list states it.

    `service_name` is as written; `service_key` (catalogue `service_types`) and `category` are empty where
    the list's word is none of ours. `beds` None means that the list states no number. A hospital is no
    welfare shelter: it can become a destination of its own kind only.
    """

    id: str
    name: str
    operator: str = ""
    service_name: str = ""
    service_key: str = ""
    category: ServiceCategory | None = None
    hospital: bool = False
    office_number: str = ""
    address: str = ""
    municipality: str = ""
    location: Location | None = None
    phone: str = ""
    beds: Persons | None = None

"""Designated emergency evacuation sites (指定緊急避難場所): where to run to, not where to stay."""

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.units import Location, Persons


class EmergencySite(DomainModel):
    """One site and the hazards for which it is designated (hazard kinds, and large_fire and volcano).

    A hazard that is missing says nothing about safety or danger. `capacity_people` None means unknown.
    A site in the building of a shelter shares its `site_id`.
    """

    id: str
    site_id: str = ""
    name: str
    address: str = ""
    municipality: str = ""
    location: Location | None = None
    designated_for: tuple[str, ...] = ()
    capacity_people: Persons | None = None
    note: str = ""

"""How many of what a sample world holds: counted while it is made, never by the program under test."""

from collections.abc import Mapping

from bcp_kit.domain.base import DomainModel


class PlantedCounts(DomainModel):
    """What was planted; rules in docs/sample_world.md.

    `plan_consents`: people whose consent to a plan holds. `supporter_copies`: of these, people who also let
    the plan be shared and whose named supporters, if any, all agreed (a protected address is masked on
    paper). `hospital_first`: people with a need that usually goes to a hospital first. `stale`: people
    checked longer ago than the limit of the settings (never checked does not count).
    """

    listed: int
    households: int
    plan_consents: int
    supporter_copies: int
    protected: int
    hospital_first: int
    no_location: int
    in_flood_zone: int
    stale: int
    facility_residents: int
    by_need: Mapping[str, int]
    shelters: Mapping[str, int]
    supporters: int
    facilities: int
    staff: int
    roster_entries: int
    help_offers: int

"""Makers of invented people and places."""

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.services.matching import MatchCommand

HERE = Location(latitude=33.92, longitude=137.61)


def person(key: str, *needs: str, **fields: object) -> Person:
    """An invented person at a known place."""
    return Person.model_validate(
        {"id": key, "name": key, "address": "架空", "needs": needs, "location": HERE} | fields
    )


def hall(key: str = "g", **fields: object) -> Shelter:
    """A general shelter at the same place."""
    base = {"id": key, "name": key, "kind": DestinationKind.GENERAL, "location": HERE, "capacity_people": 50}
    return Shelter.model_validate(base | fields)


def quick(hazard: HazardKind = HazardKind.EARTHQUAKE, **fields: object) -> MatchCommand:
    """A command that solves in the test's own process."""
    return MatchCommand(hazard, own_process=False, **fields)

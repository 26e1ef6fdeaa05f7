"""What is remembered about a facility's rosters, as one named document of the store."""

from bcp_kit.domain.rosters import RosterMapping
from bcp_kit.storage.unit_of_work import UnitOfWork

LAYER = "roster_mappings"


def stored_mapping(uow: UnitOfWork, facility_id: str) -> RosterMapping:
    """Return what is remembered for a facility; an empty mapping before its first roster."""
    document = uow.layers.get(LAYER) or {}
    return RosterMapping.model_validate(document.get(facility_id, {}))


def put_mapping(uow: UnitOfWork, facility_id: str, mapping: RosterMapping) -> None:
    """Remember a mapping in place of the facility's one before."""
    document = uow.layers.get(LAYER) or {}
    uow.layers.put(LAYER, {**document, facility_id: mapping.model_dump(mode="json")}, "roster")

"""What happens to destinations in an event: open, preparing, closed, damaged, full; the history stays."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.units import Persons, Share


class OpenState(StrEnum):
    """How a place stands in an event (catalogue `shelter_states`)."""

    OPEN = "open"
    PREPARING = "preparing"
    FULL = "full"
    DAMAGED = "damaged"
    CLOSED = "closed"


class DisasterEvent(DomainModel):
    """One event, from its beginning until it is ended; at most one is not ended."""

    id: str
    name: str
    began_at: datetime
    began_by: str = ""
    hazard: HazardKind | None = None
    ended_at: datetime | None = None
    version: int = 0

    @property
    def is_running(self) -> bool:
        """True until it is ended."""
        return self.ended_at is None


class StatusEntry(DomainModel):
    """One report about one place. `usable_share` is the part of its capacity that can still be used.

    `people` is how many are there, where somebody counted. Entries are only ever added: a mistake is
    followed by a right one.
    """

    id: str
    event_id: str
    shelter_id: str
    state: OpenState
    at: datetime
    by: str
    usable_share: Share
    reason: str = ""
    people: Persons | None = None
    version: int = 0


def newest_by_place(entries: Iterable[StatusEntry]) -> Mapping[str, StatusEntry]:
    """Return the newest entry of each place; of two at one moment the one reported last counts."""
    newest: dict[str, StatusEntry] = {}
    for entry in entries:
        known = newest.get(entry.shelter_id)
        if known is None or entry.at >= known.at:
            newest[entry.shelter_id] = entry
    return newest

"""What an officer decided about one household's place, against or before the computation (F55)."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import HazardKind


class LockKind(StrEnum):
    """What was decided: one place, no place (stays at home), or the hospital."""

    PLACE = "place"
    STAYS_HOME = "stays_home"
    HOSPITAL = "hospital"


class LockFault(DomainModel):
    """One decision that could not be kept: the cause is the last part of a message key, with the rules."""

    lock_id: str
    person_id: str
    cause: str
    shelter_id: str = ""
    rules: tuple[str, ...] = ()


class MatchingLock(DomainModel):
    """One decision with its written reason and who took it; it holds for the whole household (H11).

    `hazard` None means every hazard. `stage` 1 is the first place, 2 the place to move on to. `waived` are
    keys of rules that the officer overrides and answers for. `reason` is the officer's own sentence; the
    service takes no decision without one.
    """

    id: str
    person_id: str
    kind: LockKind = LockKind.PLACE
    shelter_id: str = ""
    hazard: HazardKind | None = None
    stage: int = Field(default=1, ge=1, le=2)
    waived: tuple[str, ...] = ()
    reason: str
    made_by: str
    made_at: datetime
    version: int = 0

    def holds_for(self, hazard: HazardKind) -> bool:
        """True when the decision counts for this hazard."""
        return self.hazard in (None, hazard)

    def meets(self, other: "MatchingLock") -> bool:
        """True when both decide about the same stage of the same hazard."""
        same_hazard = self.hazard is None or other.hazard is None or self.hazard is other.hazard
        both_places = self.kind is other.kind is LockKind.PLACE
        return same_hazard and (self.stage == other.stage or not both_places)

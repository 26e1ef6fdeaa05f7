"""A town's drill of individual evacuation plans, run on a copy of the plans as they stood when it began."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.domain.practice import FindingState
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.units import Minutes


class DrillState(StrEnum):
    """RUNNING until everything that was found is closed and somebody ended the drill."""

    RUNNING = "running"
    CLOSED = "closed"


class Outcome(StrEnum):
    """What became of one person's way in the drill."""

    CAME = "came"
    STAYED_HOME = "stayed_home"
    NOT_CAME = "not_came"


class Inject(DomainModel):
    """One thing that the leader of the drill says: minutes after the start, and the words."""

    minute: int = Field(ge=0)
    words: str


class DrillSubject(DomainModel):
    """One person's plan as it stood when the copy was taken. `may_share`: it could be given to others."""

    person: Person
    plan: EvacuationPlan
    supporters: tuple[Supporter, ...] = ()
    links: tuple[SupportLink, ...] = ()
    may_share: bool = False


class DrillResult(DomainModel):
    """What happened with one person. `way` is a key of `transport_modes`, `minutes` from leaving to arriving.

    `shelter_id` is where the person arrived; "" where that is the planned place or nobody wrote it down.
    """

    person_id: str
    outcome: Outcome
    way: str = ""
    minutes: Minutes | None = None
    supporter_came: Known = Known.UNKNOWN
    device_worked: Known = Known.UNKNOWN
    shelter_id: str = ""
    words: str = ""
    recorded_by: str
    recorded_at: datetime


class DrillFinding(DomainModel):
    """Something that the drill showed, of one person's plan or (without `person_id`) of the whole.

    `key` names the difference from the plan that it was made from, "" for one in own words. `change_ids` are
    the changes that were proposed for it.
    """

    id: str
    words: str
    person_id: str = ""
    key: str = ""
    state: FindingState = FindingState.OPEN
    change_ids: tuple[str, ...] = ()
    written_by: str = ""
    closing_words: str = ""
    closed_by: str = ""
    closed_on: date | None = None


class PlanDrill(DomainModel):
    """One drill. `subjects` and `shelters` are the copy; nothing in it leads back to the live records.

    `district` "" is the whole town. `participants` are names of groups as written. `papers` are the numbers
    of the lists that were printed for the day, with what they are.
    """

    id: str
    title: str
    held_on: date
    district: str = ""
    hazard: HazardKind
    scenario: str = ""
    participants: tuple[str, ...] = ()
    injects: tuple[Inject, ...] = ()
    copied_at: datetime
    subjects: tuple[DrillSubject, ...] = ()
    shelters: tuple[Shelter, ...] = ()
    results: Mapping[str, DrillResult] = Field(default_factory=dict)
    findings: tuple[DrillFinding, ...] = ()
    made_by: str = ""
    state: DrillState = DrillState.RUNNING
    closed_by: str = ""
    closed_on: date | None = None
    version: int = 0

    def subject(self, person_id: str) -> DrillSubject | None:
        """Return the person's copy, None for somebody who is not in this drill."""
        return next((each for each in self.subjects if each.person.id == person_id), None)

    def place(self, shelter_id: str) -> Shelter | None:
        """Return a place of the copy."""
        return next((each for each in self.shelters if each.id == shelter_id), None)

"""Records that a plan is lived: notice, training, drill, review, and what came of their findings."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.units import Persons


class PracticeKind(StrEnum):
    """What was done."""

    NOTICE = "notice"
    TRAINING = "training"
    DRILL = "drill"
    REVIEW = "review"


class FindingState(StrEnum):
    """What became of a finding: seen, changed in the plan, closed without change (with the reason)."""

    OPEN = "open"
    CHANGED = "changed"
    CLOSED = "closed"


class Finding(DomainModel):
    """One thing that was found, linked to the item of the plan (`plan_kind`, `item_id`) that it changed.

    `version_number`: the version of the plan that changed it. Who closes is another person than who changed
    it, or than who wrote the record down where nothing was changed.
    """

    id: str
    words: str
    plan_kind: PlanKind | None = None
    item_id: str = ""
    owner: str = ""
    due_on: date | None = None
    state: FindingState = FindingState.OPEN
    change_words: str = ""
    changed_on: date | None = None
    changed_by: str = ""
    closing_words: str = ""
    closed_on: date | None = None
    closed_by: str = ""
    version_number: int | None = None


class PracticeRecord(DomainModel):
    """One notice, training, drill or review of one facility.

    `plan_kinds`: the plans that it counts for. `participants`: names or groups as written; `people` how many
    took part (None: not written down). `new_hires` marks the training of new staff.
    """

    id: str
    facility_id: str
    kind: PracticeKind
    plan_kinds: tuple[PlanKind, ...] = ()
    held_on: date
    title: str = ""
    method: str = ""
    scenario: str = ""
    leader: str = ""
    participants: tuple[str, ...] = ()
    people: Persons | None = None
    minutes: Annotated[int, Field(ge=0)] | None = None
    new_hires: bool = False
    words: str = ""
    findings: tuple[Finding, ...] = ()
    recorded_by: str = ""
    version: int = 0

"""How far the making of a plan is (seven steps), and the work that offices did on it."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class StepScope(StrEnum):
    """For whom a step was done: the whole town, one district, or one person."""

    TOWN = "town"
    DISTRICT = "district"
    PERSON = "person"


class StepState(StrEnum):
    """How far a step is. TAKEN_BACK: an entry was wrong; what was there before counts no more."""

    BEGUN = "begun"
    DONE = "done"
    TAKEN_BACK = "taken_back"


class PlanStep(DomainModel):
    """One entry: a step (1–7, catalogue `process_steps`) was begun or done, by whom, on which day.

    `scope_id` is a person's id or a district's name, empty for the town. Entries are only added to; of
    several for a step the one that was added last counts.
    """

    id: str
    step: Annotated[int, Field(ge=1, le=7)]
    scope: StepScope
    scope_id: str = ""
    state: StepState = StepState.DONE
    on: date
    by: str
    note: str = ""
    version: int = 0


class EffortKind(StrEnum):
    """What an office did on a plan. Which kinds are paid stands in the town's fees."""

    NEW_PLAN = "new_plan"
    RENEWAL = "renewal"
    DRILL = "drill"
    OTHER = "other"


class PlanEffort(DomainModel):
    """Work of one office on one person's plan: minutes, and whether it finished what is paid by piece."""

    id: str
    person_id: str
    plan_id: str = ""
    office: str
    kind: EffortKind
    on: date
    minutes: Annotated[int, Field(ge=0, le=24 * 60)]
    by: str = ""
    finished: bool = False
    version: int = 0


class PlanFees(DomainModel):
    """What the town pays an office for one finished piece of work, in yen, by kind."""

    new_plan: Annotated[int, Field(ge=0)] = 0
    renewal: Annotated[int, Field(ge=0)] = 0
    drill: Annotated[int, Field(ge=0)] = 0
    other: Annotated[int, Field(ge=0)] = 0
    since: date | None = None
    basis: str = ""

    def of(self, kind: EffortKind) -> int:
        """Return the fee for one finished piece of this kind, in yen."""
        fee: int = getattr(self, kind.value)
        return fee

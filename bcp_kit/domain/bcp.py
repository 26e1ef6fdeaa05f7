"""The business continuity plan (業務継続計画): answers of one facility to the items of one form."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class PlanKind(StrEnum):
    """The two plans that the standards require."""

    NATURAL_DISASTER = "natural_disaster"
    INFECTION = "infection"


class AnswerState(StrEnum):
    """How far an item is."""

    OPEN = "open"
    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"


class Answer(DomainModel):
    """The answer to one item: text, number, choices or rows, by the item's input type.

    NOT_APPLICABLE needs `reason`. `rows` maps column keys to cell texts.
    """

    state: AnswerState = AnswerState.OPEN
    text: str = ""
    number: float | None = None
    choices: tuple[str, ...] = ()
    rows: tuple[Mapping[str, str], ...] = ()
    reason: str = ""
    changed_at: datetime | None = None


class Revision(DomainModel):
    """One line of the plan's history."""

    on: date
    reason: str
    author: str = ""


class ContinuityPlan(DomainModel):
    """One facility's plan of one kind; `answers` by item id of the form `form_id`."""

    id: str
    facility_id: str
    kind: PlanKind
    form_id: str
    title: str = ""
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()
    created_on: date
    updated_at: datetime
    version: int = 0

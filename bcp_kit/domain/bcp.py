"""The business continuity plan (業務継続計画): answers of one facility to the items of one form."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class PlanKind(StrEnum):
    """The plans of a facility; the first two are those that the standards require.

    EVACUATION_SECURING is the 避難確保計画, EMERGENCY_DISASTER the 非常災害対策計画: sister plans that print
    from the same facts.
    """

    NATURAL_DISASTER = "natural_disaster"
    INFECTION = "infection"
    EVACUATION_SECURING = "evacuation_securing"
    EMERGENCY_DISASTER = "emergency_disaster"


CONTINUITY_KINDS = (PlanKind.NATURAL_DISASTER, PlanKind.INFECTION)


class AnswerState(StrEnum):
    """How far an item is."""

    OPEN = "open"
    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"


class Answer(DomainModel):
    """The answer to one item: text, number, choices or rows, by the item's input type.

    NOT_APPLICABLE needs `reason`. `rows` maps column keys to cell texts. `from_example` marks a copy of the
    example that nobody has made their own yet; `own_words` says why it fits as it is.
    """

    state: AnswerState = AnswerState.OPEN
    text: str = ""
    number: float | None = None
    choices: tuple[str, ...] = ()
    rows: tuple[Mapping[str, str], ...] = ()
    reason: str = ""
    from_example: bool = False
    own_words: str = ""
    changed_at: datetime | None = None


class Revision(DomainModel):
    """One line of the plan's history."""

    on: date
    reason: str
    author: str = ""


class SetAside(DomainModel):
    """A finding of the checks that somebody looked at and let stand, with the reason in writing."""

    code: str
    reason: str
    who: str
    on: datetime


class ContinuityPlan(DomainModel):
    """One facility's plan of one kind; `answers` by item id of the form `form_id`.

    `also_covers`: further services at the same site (併設) that this plan is for. `joint`: the two continuity
    plans of the facility are kept as one document. `set_aside`: findings let stand, by their key.
    `figures`: the facility's own numbers for the count of stock, in place of the catalogue's.
    """

    id: str
    facility_id: str
    also_covers: tuple[str, ...] = ()
    joint: bool = False
    kind: PlanKind
    form_id: str
    title: str = ""
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    revisions: tuple[Revision, ...] = ()
    set_aside: Mapping[str, SetAside] = Field(default_factory=dict)
    figures: Mapping[str, float] = Field(default_factory=dict)
    created_on: date
    updated_at: datetime
    version: int = 0

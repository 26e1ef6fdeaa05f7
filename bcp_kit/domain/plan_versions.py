"""Versions of a continuity plan: what stood in it, who changed it and why, who approved it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.bcp import Answer


class VersionState(StrEnum):
    """How far a version is. Only an approved one is the plan in force."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class PlanVersion(DomainModel):
    """One version of a plan as it was printed or could be.

    `answers` are resolved: facts of the site stand in them as words, so that an old version says what it said
    then. The approver is another person than the author.
    """

    id: str
    plan_id: str
    number: int = Field(ge=1)
    form_id: str
    title: str
    answers: Mapping[str, Answer]
    author: str
    reason: str
    made_at: datetime
    state: VersionState = VersionState.PROPOSED
    decided_by: str = ""
    decided_on: date | None = None
    decision_note: str = ""
    version: int = 0

"""What a facility records when it strikes: the roll call of its staff (安否確認), its damage report."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel


class CanCome(StrEnum):
    """Whether a member of staff can come to work; NO_ANSWER until somebody answered."""

    NO_ANSWER = "no_answer"
    NOW = "now"
    LATER = "later"
    CANNOT = "cannot"


class SafetyReply(DomainModel):
    """One answer of one member of staff, as somebody wrote it down."""

    staff_id: str
    safe: str = ""
    family: str = ""
    home: str = ""
    whereabouts: str = ""
    can_come: CanCome = CanCome.NO_ANSWER
    expected_at: datetime | None = None
    means: str = ""
    note: str = ""
    noted_by: str = ""
    noted_at: datetime


class SafetyCall(DomainModel):
    """One roll call of the staff of one facility; `replies` in the order of writing, the newest counts."""

    id: str
    facility_id: str
    title: str
    started_at: datetime
    drill: bool = False
    replies: tuple[SafetyReply, ...] = ()
    version: int = 0


class DamageReport(DomainModel):
    """What one facility reports after an event, by field key of templates/forms/damage_report.yaml."""

    id: str
    facility_id: str
    event: str
    number: int = Field(ge=1)
    reported_at: datetime
    values: Mapping[str, str] = Field(default_factory=dict)
    drill: bool = False
    version: int = 0

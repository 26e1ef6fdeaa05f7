"""The individual evacuation plan (個別避難計画, Art. 49-14) as it is kept and printed."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import AlertLevel, HazardKind
from bcp_kit.domain.placements import Alternative
from bcp_kit.domain.plan_answers import AnswerOrigin, Signature
from bcp_kit.domain.units import Hours, Metres, Minutes


class PlanStatus(StrEnum):
    """State of a plan."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    AGREED = "agreed"
    SHARED = "shared"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class PlannedStage(DomainModel):
    """One stage of the way for one hazard: where, how far, when it opens, on what it rests.

    `shelter_id` is empty where the stage is no shelter: `stays_home` (屋内安全確保) or `hospital`. `waived`
    are the rules that an officer overrode, with a written reason, to have it so (F55). `alternatives` are the
    second and third place, for when the first is lost (F61).
    """

    hazard: HazardKind
    stage: int
    shelter_id: str
    distance_m: Metres | None = None
    travel_min: Minutes | None = None
    distance_is_straight: bool = True
    opens_after_h: Hours | None = None
    transport: str = ""
    route_text: str = ""
    rests_on_guess: bool = False
    stays_home: bool = False
    hospital: bool = False
    waived: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


class EvacuationPlan(DomainModel):
    """One person's plan. `answers` holds what the person or family added, by field id of the form.

    `answers` are words (keys of choices joined by commas, dates as 2026-10-01, yes or no), `tables` rows of
    cells by column; `origins` says of a field from whom, in which way and when it came. `basis` are digests
    of what the plan rested on when it was made or last checked, by part (services.plan_touched).
    `leave_at` is the alert level at which the person leaves. A plan past `next_review_on` is shown and
    printed as 未確認. Stages are ordered by hazard and stage; `unplaced` are hazards for which no place was
    found. `number` is what people read and write; it says nothing about the person.
    """

    id: str
    number: str = ""
    person_id: str
    status: PlanStatus = PlanStatus.DRAFT
    created_on: date
    updated_on: date
    verified_on: date | None = None
    next_review_on: date | None = None
    author: str = ""
    matching_run_ids: tuple[str, ...] = ()
    stages: tuple[PlannedStage, ...] = ()
    unplaced: tuple[HazardKind, ...] = ()
    leave_at: AlertLevel = AlertLevel.ELDERLY_EVACUATE
    stays_home: bool = False
    hospital: bool = False
    missing: tuple[str, ...] = ()
    answers: Mapping[str, str] = Field(default_factory=dict)
    tables: Mapping[str, tuple[Mapping[str, str], ...]] = Field(default_factory=dict)
    origins: Mapping[str, AnswerOrigin] = Field(default_factory=dict)
    signature: Signature | None = None
    basis: Mapping[str, str] = Field(default_factory=dict)
    version: int = 0

    @property
    def place_ids(self) -> tuple[str, ...]:
        """Ids of all places that the plan leads to, second and third ones too, each once."""
        wanted = [stage.shelter_id for stage in self.stages]
        wanted += [other.shelter_id for stage in self.stages for other in stage.alternatives]
        return tuple(dict.fromkeys(filter(None, wanted)))

    def is_stale(self, today: date) -> bool:
        """True when nobody verified the plan or its review date has passed."""
        return self.verified_on is None or (self.next_review_on is not None and self.next_review_on < today)

"""What a matching run and a cover run leave behind: answers with status, bound, gap and reasons."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.units import Metres, Minutes


class SolveStatus(StrEnum):
    """How an answer ended. A time limit is never optimal and never infeasible."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible_at_limit"
    STOPPED = "stopped"
    GREEDY = "greedy_fallback"
    INFEASIBLE = "infeasible"


class UnknownMode(StrEnum):
    """What to do with unknown features and capacities (decision 2 of the design)."""

    CONFIRMED_ONLY = "confirmed_only"
    ASSUME = "assume"


class Reason(DomainModel):
    """One computed reason: the rule's key, the place or post it concerns, and the numbers of its sentence.

    `message` is a key of templates/messages; `values` fill it. No name or address goes into `values`.
    """

    rule: str
    message: str
    subject_id: str = ""
    values: Mapping[str, str | int | float] = Field(default_factory=dict)


class Placement(DomainModel):
    """Where one person goes in one stage, or why nowhere.

    Stage 1 is the first place; stage 2 the place to move on to. `guesses` are the planning defaults that the
    answer rests on. `hospital` marks people listed for hospital admission, never matched silently.
    """

    person_id: str
    stage: int
    shelter_id: str | None
    distance_m: Metres | None = None
    travel_min: Minutes | None = None
    distance_is_straight: bool = True
    tier: int = 3
    hospital: bool = False
    stays_home: bool = False
    vehicle_kind: str = ""
    guesses: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    remedies: tuple[Reason, ...] = ()


class StageResult(DomainModel):
    """One solved stage: counts by tier, objective values by name, proven bounds by name, relative gap."""

    stage: int
    status: SolveStatus
    people: int
    placed: int
    placed_by_tier: Mapping[int, int] = Field(default_factory=dict)
    people_by_tier: Mapping[int, int] = Field(default_factory=dict)
    values: Mapping[str, float] = Field(default_factory=dict)
    bounds: Mapping[str, float] = Field(default_factory=dict)
    gap: float | None = None
    seconds: float = 0.0
    violations: int = 0


class MatchingRun(DomainModel):
    """One matching for one hazard scenario over all destinations."""

    id: str
    hazard: HazardKind
    mode: UnknownMode
    made_at: datetime
    made_by: str = ""
    seed: int = 0
    software: str = ""
    settings: Mapping[str, str | int | float | bool] = Field(default_factory=dict)
    stages: tuple[StageResult, ...] = ()
    placements: tuple[Placement, ...] = ()
    guess_counts: Mapping[str, int] = Field(default_factory=dict)
    version: int = 0

    def of_person(self, person_id: str) -> tuple[Placement, ...]:
        """Return the person's placements in order of stage."""
        found = [p for p in self.placements if p.person_id == person_id]
        return tuple(sorted(found, key=lambda p: p.stage))

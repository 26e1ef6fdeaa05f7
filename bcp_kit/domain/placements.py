"""What a matching run and a cover run leave behind: answers with status, bound, gap and reasons."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.locks import LockFault, MatchingLock
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


class Alternative(DomainModel):
    """A place to go when the ones before are lost; `shares` names what it has in common with them."""

    shelter_id: str
    distance_m: Metres | None = None
    shares: tuple[str, ...] = ()


class KeptChange(DomainModel):
    """A change for the town that was tried by solving again: its code, and who gains a place, by tier.

    `suited` counts those who gain a place that suits. `proven`: tried over the whole town, to the end.
    """

    change: str
    placed: Mapping[int, int]
    suited: Mapping[int, int]
    proven: bool = False


class Placement(DomainModel):
    """Where one person goes in one stage, or why nowhere.

    Stage 1 is the first place; stage 2 the place to move on to. `guesses` are the planning defaults that the
    answer rests on. `hospital` marks people listed for hospital admission, never matched silently.
    `stop_over`: the place has what life depends on, not all that the needs require. `lock_id` names the
    officer's decision that put them there, `waived` the rules overridden with it. `alternatives` are second
    and third places, for when the first is lost. `mended`: the smallest changes were looked for by solving.
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
    stop_over: bool = False
    lock_id: str = ""
    waived: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    reasons: tuple[Reason, ...] = ()
    remedies: tuple[Reason, ...] = ()
    mended: bool = False


class StageResult(DomainModel):
    """One solved stage: counts by tier, objective values by name, proven bounds by name, relative gap.

    `person_metres` and `longest_m` are lengths of the ways of everybody placed, companions included.
    """

    stage: int
    status: SolveStatus
    people: int
    placed: int
    placed_by_tier: Mapping[int, int] = Field(default_factory=dict)
    people_by_tier: Mapping[int, int] = Field(default_factory=dict)
    values: Mapping[str, float] = Field(default_factory=dict)
    bounds: Mapping[str, float] = Field(default_factory=dict)
    gap: float | None = None
    person_metres: float = 0.0
    longest_m: Metres = 0.0
    seconds: float = 0.0
    violations: int = 0


class MatchingRun(DomainModel):
    """One matching for one hazard scenario over all destinations.

    `preset` is the order of goals. `closed` are places taken as not open, `what_if` changes tried out: a run
    with either is a trial. `locks` are the decisions that were kept, `lock_faults` those that could not be;
    `notes` what has to be said about the whole run. `second_places`: further places were looked for.
    `advice` is what the town should do first, once `advised`.
    """

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
    preset: str = ""
    closed: tuple[str, ...] = ()
    what_if: tuple[str, ...] = ()
    locks: tuple[MatchingLock, ...] = ()
    lock_faults: tuple[LockFault, ...] = ()
    notes: tuple[Reason, ...] = ()
    second_places: bool = False
    advised: bool = False
    advice: tuple[KeptChange, ...] = ()
    version: int = 0

    @property
    def is_trial(self) -> bool:
        """True for a run over changed facts: looked at, never kept as the town's plan by itself."""
        return bool(self.what_if)

    def of_person(self, person_id: str) -> tuple[Placement, ...]:
        """Return the person's placements in order of stage."""
        found = [p for p in self.placements if p.person_id == person_id]
        return tuple(sorted(found, key=lambda p: p.stage))

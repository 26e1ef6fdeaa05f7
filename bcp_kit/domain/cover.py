"""What a staff-cover run leaves behind, and the capacity that follows from it."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.placements import Reason, SolveStatus
from bcp_kit.domain.units import Persons, Share


class AttendanceEstimate(DomainModel):
    """Chance that one person can work on one day, 0–1, with the reasons that set it.

    `counted` says whether the roster counts on the person that day.
    """

    staff_id: str
    day: int
    chance: Share
    on_site: bool = False
    counted: bool = False
    reasons: tuple[Reason, ...] = ()


class ShiftAssignment(DomainModel):
    """Who works which shift and post on which day. `helper_id` names an outside offer instead of staff."""

    day: int
    shift: str
    post: str
    staff_id: str = ""
    helper_id: str = ""
    facility_id: str = ""


class UncoveredPost(DomainModel):
    """A post that nobody fills, the rules and people that stand in the way, and the smallest change."""

    day: int
    shift: str
    post: str
    missing: Persons
    reasons: tuple[Reason, ...] = ()
    remedies: tuple[Reason, ...] = ()
    facility_id: str = ""
    operation_class: str = ""


class OperationLevel(DomainModel):
    """How far one operation runs on one day: kept, thinned or stopped."""

    day: int
    operation: str
    level: str
    reasons: tuple[Reason, ...] = ()
    facility_id: str = ""


class SinglePoint(DomainModel):
    """A task that only one person can do on a day."""

    day: int
    task: str
    staff_id: str
    facility_id: str = ""


class CapacityByNeed(DomainModel):
    """Places that a facility can offer on one day to one need class.

    `limits` gives each limit in places (None: unknown); `binding` names the smallest. `inputs` gives the
    numbers that each known limit was counted from, `reserve` the share that is held back.
    """

    facility_id: str
    day: int
    need_class: str
    places: Persons
    binding: str
    limits: Mapping[str, float | None] = Field(default_factory=dict)
    inputs: Mapping[str, Mapping[str, float]] = Field(default_factory=dict)
    reserve: Share = 0.0


class CoverRun(DomainModel):
    """One staff-cover computation for the sites of one operator."""

    id: str
    facility_ids: tuple[str, ...]
    scenario_id: str
    made_at: datetime
    made_by: str = ""
    seed: int = 0
    software: str = ""
    settings: Mapping[str, str | int | float | bool] = Field(default_factory=dict)
    status: SolveStatus
    values: Mapping[str, float] = Field(default_factory=dict)
    bounds: Mapping[str, float] = Field(default_factory=dict)
    gap: float | None = None
    seconds: float = 0.0
    violations: int = 0
    attendance: tuple[AttendanceEstimate, ...] = ()
    assignments: tuple[ShiftAssignment, ...] = ()
    uncovered: tuple[UncoveredPost, ...] = ()
    operations: tuple[OperationLevel, ...] = ()
    single_points: tuple[SinglePoint, ...] = ()
    capacity: tuple[CapacityByNeed, ...] = ()
    version: int = 0

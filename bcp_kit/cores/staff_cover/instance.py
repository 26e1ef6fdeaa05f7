"""What staff cover is asked and what it answers: shifts, posts, workers, demands, roster, goals.

Days count from 0, the day on which the event starts. Minutes count from midnight of day 0 where they end in
`_min` and name a moment, and are plain lengths where they name a time span. Nothing here reads the catalogue.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.staff import HelpRoute, Qualification
from bcp_kit.domain.units import Persons

DAY_MIN = 24 * 60
WEEK_DAYS = 7

Day = Annotated[int, Field(ge=0)]
WholeMinutes = Annotated[int, Field(ge=0)]


class Tier(StrEnum):
    """Classes of operations, in the order in which they are covered."""

    LIFE = "life"
    STANDARD = "standard"
    OTHER = "other"


class Goal(StrEnum):
    """The goals in their strict order; every one is a count that should be small."""

    LIFE = "life_uncovered"
    STANDARD = "standard_uncovered"
    OTHER = "other_uncovered"
    OUTSIDE_HELP = "outside_help"
    OVERLOAD = "overload_min"
    FAIR_SHARES = "heaviest_load_min"
    WISHES = "unmet_wishes"
    CHANGE = "changed_shifts"


class Shift(DomainModel):
    """One kind of shift. `end_min` lies beyond 1440 when the shift ends on the next day."""

    key: str
    start_min: Annotated[int, Field(ge=0, lt=DAY_MIN)]
    end_min: Annotated[int, Field(gt=0, le=2 * DAY_MIN)]
    break_min: WholeMinutes = 0
    night: bool = False

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.end_min - self.start_min <= self.break_min:
            raise ValueError("a shift ends after it starts and is longer than its break")
        return self

    @property
    def work_min(self) -> int:
        """Minutes at work, without the break."""
        return self.end_min - self.start_min - self.break_min


class PostGroup(DomainModel):
    """A kind of post, who is qualified for it and who may stand in for them in an emergency.

    Somebody who may carry out one of `procedures` is qualified as well. Where `languages` are named, one of
    them must be spoken, whatever the qualification.
    """

    key: str
    qualified: frozenset[Qualification]
    stand_ins: frozenset[Qualification] = frozenset()
    procedures: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    def may_fill(
        self,
        qualifications: Iterable[Qualification],
        procedures: Iterable[str] = (),
        languages: Iterable[str] | None = None,
    ) -> bool:
        """Return whether somebody with these may fill the post. `languages` None: unknown, taken to fit."""
        able = not (self.qualified | self.stand_ins).isdisjoint(qualifications)
        able = able or not self.procedures.isdisjoint(procedures)
        return able and (languages is None or not self.languages or not self.languages.isdisjoint(languages))


class Site(DomainModel):
    """One facility. `lodging_places` None: nobody has counted them, so they limit nothing."""

    id: str
    lodging_places: Persons | None = None


class Worker(DomainModel):
    """One member of staff, or one outside helper (then `route` and `offer_id` are set).

    `available` lists, by day, the shifts for which the roster may count on the person. `free_from_min` is
    when the duty ended during which the event struck: rest counts from there. `days_before` and
    `nights_before` are the days and nights in a row that were worked right before day 0,
    `overtime_before_min` the minutes beyond the contract in the four weeks before. `in_force` is the old
    roster (`in_force_known`: it is known, even if it holds no shift), `wishes_off` are the days on which the
    person asked to be off. `languages` None: nobody asked.
    """

    id: str
    home: str
    qualifications: frozenset[Qualification]
    procedures: frozenset[str] = frozenset()
    languages: frozenset[str] | None = None
    week_min: WholeMinutes = 2400
    night_ok: bool = True
    newcomer: bool = False
    available: Mapping[Day, tuple[str, ...]] = Field(default_factory=dict)
    free_from_min: int | None = None
    days_before: int = 0
    nights_before: int = 0
    overtime_before_min: WholeMinutes = 0
    in_force: Mapping[Day, str] = Field(default_factory=dict)
    in_force_known: bool = False
    wishes_off: frozenset[Day] = frozenset()
    route: HelpRoute | None = None
    offer_id: str = ""
    needs_lodging: bool = False

    def is_present(self, day: int, shift: str) -> bool:
        """Return whether the roster may count on the person for that shift."""
        return shift in self.available.get(day, ())


class Demand(DomainModel):
    """Heads that one post group needs on one shift, by tier. Tiers add up."""

    site: str
    day: Day
    shift: str
    group: str
    life: Persons = 0
    standard: Persons = 0
    other: Persons = 0

    @property
    def heads(self) -> int:
        """All heads asked for."""
        return self.life + self.standard + self.other

    def missing(self, filled: int) -> dict[Tier, int]:
        """Return the heads missing by tier when `filled` people are there: life is covered first."""
        left, gaps = filled, {}
        for tier, asked in ((Tier.LIFE, self.life), (Tier.STANDARD, self.standard), (Tier.OTHER, self.other)):
            used = min(left, asked)
            gaps[tier], left = asked - used, left - used
        return gaps


class WorkLimits(DomainModel):
    """Limits of working time. `overtime_week_min` comes on top of a person's own contract (Art. 33).

    `overtime_month_min` limits what comes on top over the horizon and the four weeks before; None: no limit.
    """

    rest_min: WholeMinutes = 540
    consecutive_days: Annotated[int, Field(ge=1)] = 6
    consecutive_nights: Annotated[int, Field(ge=1)] = 2
    overtime_week_min: WholeMinutes = 1200
    overtime_month_min: WholeMinutes | None = None
    newcomer_pair: bool = True
    night_hour_weight: Annotated[int, Field(ge=1)] = 2


class Waiver(DomainModel):
    """One rule that does not bind one person, because somebody decided so."""

    rule: str
    worker_id: str


class LockKind(StrEnum):
    """What somebody decided for one person and day."""

    WORKS = "works"
    NOT_THIS = "not_this"
    OFF = "off"


class Lock(DomainModel):
    """One person works a shift on a day, does not work it, or is off that day (`shift` is then "")."""

    worker_id: str
    day: Day
    kind: LockKind
    shift: str = ""


class CoverInstance(DomainModel):
    """One question: all sites of one operator, their demands and everybody who could work.

    Raises: ValueError for a key that stands twice or that nothing defines, or a day beyond the horizon.
    """

    days: Annotated[int, Field(ge=1, le=28)]
    shifts: tuple[Shift, ...]
    groups: tuple[PostGroup, ...]
    sites: tuple[Site, ...]
    workers: tuple[Worker, ...]
    demands: tuple[Demand, ...]
    limits: WorkLimits = WorkLimits()
    travel_from_day: int | None = None
    waivers: tuple[Waiver, ...] = ()
    locks: tuple[Lock, ...] = ()

    @model_validator(mode="after")
    def _keys_fit(self) -> Self:
        for name, keys in (
            ("shift", [s.key for s in self.shifts]),
            ("group", [g.key for g in self.groups]),
            ("site", [s.id for s in self.sites]),
            ("worker", [w.id for w in self.workers]),
            ("demand", [(d.site, d.day, d.shift, d.group) for d in self.demands]),
        ):
            if len(set(keys)) != len(keys):
                raise ValueError(f"a {name} stands twice")
        return self

    @model_validator(mode="after")
    def _references_fit(self) -> Self:
        sites, shifts = {s.id for s in self.sites}, {s.key for s in self.shifts}
        groups = {g.key for g in self.groups}
        for d in self.demands:
            if d.site not in sites or d.shift not in shifts or d.group not in groups or d.day >= self.days:
                raise ValueError("a demand names a site, shift, group or day that does not exist")
        for w in self.workers:
            named = {key for keys in w.available.values() for key in keys} | set(w.in_force.values())
            if w.home not in sites or not named <= shifts:
                raise ValueError("a worker names a site or shift that does not exist")
        ids = {w.id for w in self.workers}
        for lock in self.locks:
            if lock.worker_id not in ids or (lock.shift or next(iter(shifts), "")) not in shifts:
                raise ValueError("a lock names a worker or shift that does not exist")
            if (lock.kind is LockKind.OFF) == bool(lock.shift):
                raise ValueError("a lock names a shift unless it gives the day off")
        return self

    @cached_property
    def shift_of(self) -> dict[str, Shift]:
        """Shifts by key."""
        return {s.key: s for s in self.shifts}

    @cached_property
    def group_of(self) -> dict[str, PostGroup]:
        """Post groups by key."""
        return {g.key: g for g in self.groups}

    @cached_property
    def worker_of(self) -> dict[str, Worker]:
        """Workers by id."""
        return {w.id: w for w in self.workers}

    @cached_property
    def site_of(self) -> dict[str, Site]:
        """Sites by id."""
        return {s.id: s for s in self.sites}

    @cached_property
    def demand_of(self) -> dict[tuple[str, int, str, str], Demand]:
        """Demands by site, day, shift and group."""
        return {(d.site, d.day, d.shift, d.group): d for d in self.demands}

    @cached_property
    def waived(self) -> frozenset[tuple[str, str]]:
        """Pairs of rule and worker for which the rule does not bind."""
        return frozenset((w.rule, w.worker_id) for w in self.waivers)

    @cached_property
    def weeks(self) -> int:
        """Blocks of seven days, counted from day 0; the last may be shorter."""
        return -(-self.days // WEEK_DAYS)

    def changed(self, **fields: object) -> "CoverInstance":
        """Return this question with some fields replaced, checked like a new one."""
        kept = {name: getattr(self, name) for name in type(self).model_fields}
        return CoverInstance(**{**kept, **fields})

    def groups_of(self, worker: Worker) -> tuple[str, ...]:
        """Return the post groups that `worker` may fill, in the order of the instance."""
        return tuple(g.key for g in self.groups if self.may_fill(worker, g.key))

    def may_fill(self, worker: Worker, group: str) -> bool:
        """Return whether `worker` may fill posts of `group`; no for a group that does not exist."""
        found = self.group_of.get(group)
        return found is not None and found.may_fill(
            worker.qualifications, worker.procedures, worker.languages
        )

    @cached_property
    def locked_work(self) -> tuple[Lock, ...]:
        """Locks that put somebody on a shift."""
        return tuple(lock for lock in self.locks if lock.kind is LockKind.WORKS)

    @cached_property
    def locked_out(self) -> frozenset[tuple[str, int, str]]:
        """Worker, day and shift of what locks forbid; the shift is "" for a whole day."""
        return frozenset((k.worker_id, k.day, k.shift) for k in self.locks if k.kind is not LockKind.WORKS)


class Assignment(DomainModel):
    """One worker on one post of one shift."""

    worker_id: str
    site: str
    day: Day
    shift: str
    group: str


class CoverResult(DomainModel):
    """The answer: the roster, each goal's value and proven lower bound, and how the search ended.

    `gap` is the largest of (value − bound) ÷ max(value, 1) over the goals; 0 when every goal is proven.
    `repeatable`: no wall clock had a part in it, so the same question gives the same bytes. `released` are
    the locks that cannot be kept together with the rules and the other locks; the roster keeps all others.
    """

    status: SolveStatus
    assignments: tuple[Assignment, ...]
    values: Mapping[Goal, int]
    bounds: Mapping[Goal, int]
    gap: float
    seed: int
    repeatable: bool = True
    software: str = ""
    released: tuple[Lock, ...] = ()

"""What a roster is asked for: shift types, people with their rules and requests, heads on each day and shift.

Days count from 0; day 0 has the weekday `first_weekday` (0 = Monday). A roster is one shift key a day, OFF
for a day off. Nothing that is short is forbidden: too few or too many heads cost their weight.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, model_validator

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.placements import SolveStatus

OFF = ""
SATURDAY, WEEK_DAYS = 5, 7

Day = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=0)]
WholeMinutes = Annotated[int, Field(ge=0)]
Weight = Annotated[int, Field(ge=0)]
Roster = tuple[str, ...]
Plan = Mapping[str, Roster]


class ShiftType(DomainModel):
    """A kind of shift, its working time, and the shifts that nobody may work on the day after it."""

    key: str = Field(min_length=1)
    minutes: WholeMinutes
    not_before: frozenset[str] = frozenset()


class Person(DomainModel):
    """One person's rules.

    `most_shifts`: most shifts of a type; a type that is absent has no limit, 0 means never.
    `max_consecutive` and `min_consecutive` count days at work in a row, `min_days_off` days off in a row. A
    row cut off by the end of the horizon may be shorter than its minimum; so may one at its start, unless
    `before` says what was worked on the last days before day 0 (OFF for a day off).
    `max_weekends`: weekends with work on Saturday or Sunday. `fixed`: days that are already decided.
    """

    id: str = Field(min_length=1)
    min_minutes: WholeMinutes = 0
    max_minutes: WholeMinutes
    max_consecutive: Annotated[int, Field(ge=1)]
    min_consecutive: Annotated[int, Field(ge=1)] = 1
    min_days_off: Annotated[int, Field(ge=1)] = 1
    max_weekends: Count
    most_shifts: Mapping[str, Count] = Field(default_factory=dict)
    days_off: frozenset[Day] = frozenset()
    fixed: Mapping[Day, str] = Field(default_factory=dict)
    before: Roster = ()


class Request(DomainModel):
    """A wish to work a shift on a day, or (`wanted` False) not to; `weight` is paid when it is not met."""

    person: str
    day: Day
    shift: str
    weight: Weight
    wanted: bool = True


class Cover(DomainModel):
    """Heads wanted on a shift of a day, and what each head too few or too many costs.

    `people`: who counts; empty means everybody.
    """

    day: Day
    shift: str
    heads: Count
    under: Weight
    over: Weight
    people: frozenset[str] = frozenset()


class RosterInstance(DomainModel):
    """Everything that a roster is made from."""

    days: Annotated[int, Field(ge=1)]
    shifts: tuple[ShiftType, ...]
    people: tuple[Person, ...]
    requests: tuple[Request, ...] = ()
    covers: tuple[Cover, ...] = ()
    first_weekday: Annotated[int, Field(ge=0, lt=WEEK_DAYS)] = 0

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        keys, ids = {s.key for s in self.shifts}, {p.id for p in self.people}
        if len(keys) != len(self.shifts) or len(ids) != len(self.people):
            raise ValueError("two shifts or two people have the same name")
        _known("shift", (k for s in self.shifts for k in s.not_before), keys)
        _known("shift", (r.shift for r in self.requests), keys)
        _known("shift", (c.shift for c in self.covers), keys)
        _known("person", (r.person for r in self.requests), ids)
        _known("person", (p for c in self.covers for p in c.people), ids)
        for person in self.people:
            _known("shift", person.most_shifts, keys)
            _known("shift", (*person.before, *person.fixed.values()), keys | {OFF})
        days = [*(r.day for r in self.requests), *(c.day for c in self.covers)]
        days += [d for p in self.people for d in (*p.days_off, *p.fixed)]
        if any(day >= self.days for day in days):
            raise ValueError(f"day {max(days)} lies beyond the horizon")
        return self

    @cached_property
    def weekends(self) -> tuple[tuple[int, ...], ...]:
        """The days of each weekend; the first and last may have one day only."""
        ends: dict[int, list[int]] = {}
        for day in range(self.days):
            week, weekday = divmod(day + self.first_weekday, WEEK_DAYS)
            if weekday >= SATURDAY:
                ends.setdefault(week, []).append(day)
        return tuple(tuple(days) for days in ends.values())

    @cached_property
    def shift(self) -> Mapping[str, ShiftType]:
        """Shift types by key."""
        return {s.key: s for s in self.shifts}


class RosterResult(DomainModel):
    """A plan with its penalty and what is proven about it.

    `bound`: no plan costs less. `violations` counts broken rules of people for whom no roster at all was
    found; they stay off on every day, and `status` is INFEASIBLE. `repeatable`: the same seed and a time
    that is not shorter give the same plan.
    """

    status: SolveStatus
    plan: Plan
    penalty: int
    bound: int
    seed: int
    columns: int
    repeatable: bool
    impossible: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """How far the plan may be above the best one, as a part of its penalty."""
        return (self.penalty - self.bound) / max(self.penalty, 1)


def _known(kind: str, named: Iterable[str], known: Iterable[str]) -> None:
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise ValueError(f"unknown {kind}: {unknown[0]}")

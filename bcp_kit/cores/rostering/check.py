"""Judge a plan without a solver: its broken rules and its penalty. This is the specification."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import groupby

from bcp_kit.cores.rostering.instance import OFF, Person, Plan, Roster, RosterInstance
from bcp_kit.domain.base import DomainModel


class Rule(StrEnum):
    """The rules of one person, none of which a plan may break."""

    LENGTH = "length"
    UNKNOWN_SHIFT = "unknown_shift"
    DAY_OFF = "day_off"
    FIXED = "fixed"
    MOST_SHIFTS = "most_shifts"
    MIN_MINUTES = "min_minutes"
    MAX_MINUTES = "max_minutes"
    SEQUENCE = "sequence"
    MAX_CONSECUTIVE = "max_consecutive"
    MIN_CONSECUTIVE = "min_consecutive"
    MIN_DAYS_OFF = "min_days_off"
    MAX_WEEKENDS = "max_weekends"


class Violation(DomainModel):
    """One broken rule; `day` is where it shows, None where it concerns the whole roster."""

    person: str
    rule: Rule
    day: int | None = None


def violations(instance: RosterInstance, plan: Plan) -> tuple[Violation, ...]:
    """Return every broken rule of every person; somebody without a roster breaks LENGTH."""
    return tuple(
        Violation(person=person.id, rule=rule, day=day)
        for person in instance.people
        for rule, day in broken(instance, person, plan.get(person.id, ()))
    )


def broken(instance: RosterInstance, person: Person, roster: Roster) -> Iterator[tuple[Rule, int | None]]:
    """Yield the rules that one person's roster breaks, each with its day."""
    if len(roster) != instance.days:
        yield Rule.LENGTH, None
        return
    unknown = [day for day, key in enumerate(roster) if key and key not in instance.shift]
    if unknown:
        yield Rule.UNKNOWN_SHIFT, unknown[0]
        return
    yield from _days(person, roster)
    yield from _sequences(instance, person, roster)
    yield from _rows(person, roster)
    yield from _totals(instance, person, roster)


def _days(person: Person, roster: Roster) -> Iterator[tuple[Rule, int | None]]:
    for day in sorted(person.days_off):
        if roster[day]:
            yield Rule.DAY_OFF, day
    for day, key in sorted(person.fixed.items()):
        if roster[day] != key:
            yield Rule.FIXED, day


def _sequences(instance: RosterInstance, person: Person, roster: Roster) -> Iterator[tuple[Rule, int | None]]:
    last = person.before[-1] if person.before else OFF
    for day, key in enumerate(roster):
        if last and key in instance.shift[last].not_before:
            yield Rule.SEQUENCE, day
        last = key


def _rows(person: Person, roster: Roster) -> Iterator[tuple[Rule, int | None]]:
    """Rows of days at work and off; those that were over before day 0 are no longer judged."""
    known = len(person.before)
    whole = [*person.before, *roster]
    start = 0
    for works, row in groupby(whole, key=bool):
        length = len(list(row))
        end = start + length
        inside = start > 0 and end < len(whole)
        day = max(start - known, 0)
        if works and end > known and length > person.max_consecutive:
            yield Rule.MAX_CONSECUTIVE, day
        if end >= known:
            if works and inside and length < person.min_consecutive:
                yield Rule.MIN_CONSECUTIVE, day
            if not works and inside and length < person.min_days_off:
                yield Rule.MIN_DAYS_OFF, day
        start = end


def _totals(instance: RosterInstance, person: Person, roster: Roster) -> Iterator[tuple[Rule, int | None]]:
    for key, most in person.most_shifts.items():
        if roster.count(key) > most:
            yield Rule.MOST_SHIFTS, None
    minutes = sum(instance.shift[key].minutes for key in roster if key)
    if minutes < person.min_minutes:
        yield Rule.MIN_MINUTES, None
    if minutes > person.max_minutes:
        yield Rule.MAX_MINUTES, None
    if sum(any(roster[day] for day in days) for days in instance.weekends) > person.max_weekends:
        yield Rule.MAX_WEEKENDS, None


class Penalty(DomainModel):
    """What a plan costs: requests not met, heads too few, heads too many."""

    requests: int
    too_few: int
    too_many: int

    @property
    def total(self) -> int:
        """Everything together."""
        return self.requests + self.too_few + self.too_many


def penalty_parts(instance: RosterInstance, plan: Plan) -> Penalty:
    """Return what a plan costs, by cause."""
    few = many = 0
    for cover in instance.covers:
        counted = cover.people or plan.keys()
        present = sum(plan[person][cover.day] == cover.shift for person in counted)
        few += cover.under * max(0, cover.heads - present)
        many += cover.over * max(0, present - cover.heads)
    missed = sum(r.weight for r in instance.requests if (plan[r.person][r.day] == r.shift) != r.wanted)
    return Penalty(requests=missed, too_few=few, too_many=many)


def penalty(instance: RosterInstance, plan: Plan) -> int:
    """Return what a plan costs in all."""
    return penalty_parts(instance, plan).total

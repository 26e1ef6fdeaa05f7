"""An instance as arrays: what each day costs each person, what each cover row wants and who counts in it.

D days, S shifts, P people, C cover rows. A roster is a row of D shift numbers; S stands for a day off.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bcp_kit.cores.rostering.instance import OFF, Person, Plan, RosterInstance

Array = NDArray[Any]


@dataclass(frozen=True)
class Tables:
    """`own` (D, S, P): cost of working a shift, infinite where it may not be; `off` (D, P): of a day off.

    `basic` (P): what a person costs with no request met. Per cover row: `day`, `number` of the shift,
    `heads`, `under`, `over`, and `counts` (C, P): who counts.
    """

    instance: RosterInstance
    own: Array
    off: Array
    basic: Array
    day: Array
    number: Array
    heads: Array
    under: Array
    over: Array
    counts: Array

    @property
    def days(self) -> int:
        """D."""
        return self.instance.days

    @property
    def shifts(self) -> int:
        """S, which is also the number that stands for a day off."""
        return len(self.instance.shifts)

    @property
    def people(self) -> int:
        """P."""
        return len(self.instance.people)

    def cover_cost(self, present: Array) -> Array:
        """Return what `present` heads (C, or C rows of anything) cost, row by row."""
        short = (self.heads - present.T).T
        return np.asarray((self.under * np.maximum(short, 0).T + self.over * np.maximum(-short, 0).T).T)

    def covered(self, person: int, rosters: Array) -> Array:
        """Return (n, C) which rows each of a person's rosters (n, D) fills."""
        return np.asarray((rosters[:, self.day] == self.number) & self.counts[:, person])

    def own_cost(self, person: int, rosters: Array) -> Array:
        """Return what a person's rosters (n, D) cost without covers."""
        padded = np.concatenate([self.own[:, :, person], self.off[:, person : person + 1]], axis=1)
        return np.asarray(padded[np.arange(self.days), rosters].sum(axis=1) + self.basic[person])

    def priced(self, worth: Array) -> Array:
        """Return `own` less what filling each cover row is worth (C)."""
        cost = self.own.copy()
        for row in np.flatnonzero(worth):
            cost[self.day[row], self.number[row], self.counts[row]] -= worth[row]
        return cost

    def plan(self, rosters: Array) -> Plan:
        """Return rosters (P, D) in words."""
        keys = [*(s.key for s in self.instance.shifts), OFF]
        return {
            person.id: tuple(keys[number] for number in row)
            for person, row in zip(self.instance.people, rosters.tolist(), strict=True)
        }

    def rosters(self, plan: Plan) -> Array:
        """Return a plan as numbers (P, D)."""
        number = {s.key: n for n, s in enumerate(self.instance.shifts)} | {OFF: self.shifts}
        return np.array([[number[key] for key in plan[person.id]] for person in self.instance.people])


def tables(instance: RosterInstance, absent: Collection[int] = ()) -> Tables:
    """Return the arrays of an instance; those `absent` are off on all days, whatever their rules."""
    number = {s.key: n for n, s in enumerate(instance.shifts)}
    people = {p.id: n for n, p in enumerate(instance.people)}
    shape = (instance.days, len(number), len(people))
    own, off, basic = np.zeros(shape), np.zeros((shape[0], shape[2])), np.zeros(shape[2])
    for request in instance.requests:
        at = people[request.person]
        own[request.day, number[request.shift], at] += -request.weight if request.wanted else request.weight
        basic[at] += request.weight if request.wanted else 0
    for at, person in enumerate(instance.people):
        if at in absent:
            own[:, :, at] = np.inf
        else:
            _forbid(own, off, at, person, number)
    covers = instance.covers
    counts = np.ones((len(covers), len(people)), dtype=bool)
    for row, cover in enumerate(covers):
        if cover.people:
            counts[row] = [p in cover.people for p in people]
    return Tables(
        instance,
        own,
        off,
        basic,
        day=_ints(c.day for c in covers),
        number=_ints(number[c.shift] for c in covers),
        heads=_ints(c.heads for c in covers),
        under=_ints(c.under for c in covers),
        over=_ints(c.over for c in covers),
        counts=counts,
    )


def _ints(values: Iterable[int]) -> Array:
    return np.array(list(values), dtype=np.int64)


def _forbid(own: Array, off: Array, at: int, person: Person, number: dict[str, int]) -> None:
    for key, most in person.most_shifts.items():
        if most == 0:
            own[:, number[key], at] = np.inf
    own[sorted(person.days_off), :, at] = np.inf
    for day, key in person.fixed.items():
        others = [n for k, n in number.items() if k != key]
        own[day, others, at] = np.inf
        if key:
            off[day, at] = np.inf

"""People with the same rules, and the states that their use of minutes and limited shifts can be in.

A roster's use so far is a point: minutes worked, and the count of each limited shift. The reachable points
are listed once for all people of a contract, in the order of their minutes; a shift leads from one point to
another. Shifts that lead alike, may follow alike and may be followed alike are one *kind*: on each day only
the cheapest of a kind can matter.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import gcd

import numpy as np

from bcp_kit.cores.rostering.instance import Person, RosterInstance
from bcp_kit.cores.rostering.tables import Array

MOST_CELLS = 8_000_000  # more states of one person than this: limits of shifts are not counted but priced
MOST_POINTS = 20_000  # more points of minutes and limits than this are too many as well


@dataclass(frozen=True)
class Kind:
    """Shifts that are alike: the class they belong to afterwards, the classes that may come before.

    `source` (points): the point from which the kind leads to each point; the number of points where none.
    """

    shifts: tuple[int, ...]
    group: int
    before: tuple[int, ...]
    source: Array


Where = slice | Array


@dataclass(frozen=True)
class Step:
    """A day: the points that a roster can be in after it, and where they come from.

    `sources` by kind and `same` (for a day off) say where, among the points of the day before, each point
    comes from; the place after the last of them stands for nowhere.
    """

    window: slice
    sources: tuple[Where, ...]
    same: Where


@dataclass(frozen=True)
class Contract:
    """The rules that `people` (their numbers) have in common."""

    instance: RosterInstance
    people: Array
    rules: Person
    limits: tuple[tuple[int, int], ...]  # (shift, most) that are counted in the points
    loose: tuple[tuple[int, int], ...]  # (shift, most) that are not: too many points

    @cached_property
    def uses(self) -> dict[int, tuple[int, ...]]:
        """What a shift adds to a point; shifts that the contract never allows are absent."""
        limited = [shift for shift, _ in self.limits]
        return {
            n: (s.minutes // self._unit, *(int(n == shift) for shift in limited))
            for n, s in enumerate(self.instance.shifts)
            if self.rules.most_shifts.get(s.key, 1)
        }

    @cached_property
    def _unit(self) -> int:
        return gcd(*(s.minutes for s in self.instance.shifts)) or 1

    @cached_property
    def points(self) -> Array:
        """Return (points, 1 + limits) reachable points in the order of minutes."""
        cap = MOST_POINTS + 1 if self.limits else None  # without limits all are needed
        found = _reachable(self.uses.values(), self._most(), cap)
        return np.array(sorted(found), dtype=np.int64)

    def _most(self) -> tuple[int, ...]:
        minutes = min(
            self.rules.max_minutes // self._unit, self._longest * self._most_days(self.instance.days)
        )
        return (minutes, *(most for _, most in self.limits))

    @property
    def _longest(self) -> int:
        return max((use[0] for use in self.uses.values()), default=0)

    @property
    def enough(self) -> Array:
        """Which points have the least minutes."""
        return np.asarray(self.points[:, 0] * self._unit >= self.rules.min_minutes)

    @cached_property
    def groups(self) -> tuple[frozenset[str], ...]:
        """The classes of shifts by what may not follow them."""
        return tuple(dict.fromkeys(s.not_before for s in self.instance.shifts))

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of shifts of this contract."""
        alike: dict[tuple[tuple[int, ...], int, tuple[int, ...]], list[int]] = {}
        for number, use in self.uses.items():
            shift = self.instance.shifts[number]
            before = tuple(g for g, barred in enumerate(self.groups) if shift.key not in barred)
            alike.setdefault((use, self.groups.index(shift.not_before), before), []).append(number)
        return tuple(
            Kind(tuple(shifts), group, before, self._source(use))
            for (use, group, before), shifts in alike.items()
        )

    def _source(self, use: tuple[int, ...]) -> Array:
        at = {tuple(point): n for n, point in enumerate(self.points.tolist())}
        came = (self.points - np.array(use)).tolist()
        return np.array([at.get(tuple(point), len(at)) for point in came])

    def windows(self) -> list[slice]:
        """Return by day the points that a roster can be in after it: reached by now, still on the way."""
        days, minutes = self.instance.days, self.points[:, 0]
        longest = self._longest
        least = -(-self.rules.min_minutes // self._unit)
        found = []
        for day in range(days):
            low = least - longest * self._most_days(days - 1 - day)
            high = longest * self._most_days(day + 1)
            found.append(slice(*np.searchsorted(minutes, [low, high + 1]).tolist()))
        return found

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The days in their order."""
        found, last = [], slice(0, 1)
        for window in self.windows():
            here = np.arange(window.start, window.stop)
            sources = tuple(_where(kind.source[here], last) for kind in self.kinds)
            found.append(Step(window, sources, _where(here, last)))
            last = window
        return tuple(found)

    @cached_property
    def sources(self) -> Array:
        """(kinds, points + 1) from where each kind leads to each point; the last stands for nowhere."""
        nowhere = len(self.points)
        return np.array([[*kind.source.tolist(), nowhere] for kind in self.kinds]).reshape(-1, nowhere + 1)

    @cached_property
    def may_follow(self) -> Array:
        """(groups, kinds) whether a kind may follow a group."""
        return np.array([[g in kind.before for kind in self.kinds] for g in range(len(self.groups))])

    def rows_that_end(self, day: int) -> Array:
        """Return how many days at work in a row may end before `day`, less one."""
        rules, first = self.rules, self.first_row
        lengths = set(range(rules.min_consecutive, rules.max_consecutive + 1))
        if first is not None and 0 < first + day < rules.min_consecutive:
            lengths.add(min(first + day, rules.max_consecutive))
        return np.array(sorted(lengths), dtype=np.int64) - 1

    @property
    def cells(self) -> int:
        """How many states of one person there are on all days."""
        weekends = min(self.rules.max_weekends, len(self.instance.weekends)) + 1
        states = len(self.groups) * self.rules.max_consecutive + self.rules.min_days_off
        heights = (window.stop - window.start for window in self.windows())
        return int(sum(heights) * weekends * states)

    def _most_days(self, days: int) -> int:
        """Return on how many of some days in a row one can work at most."""
        whole, rest = divmod(days, self.rules.max_consecutive + self.rules.min_days_off)
        return whole * self.rules.max_consecutive + min(rest, self.rules.max_consecutive)

    @property
    def first_row(self) -> int | None:
        """Days of the row at work that may be too short, before day 0; None when every row is judged."""
        if not self.rules.before:
            return 0
        return len(self.rules.before) if all(self.rules.before) else None


def _where(points: Array, window: slice) -> Where:
    """Return the places of points in a window, the one after its last for others; a slice where possible."""
    inside = (points >= window.start) & (points < window.stop)
    places = np.where(inside, points - window.start, window.stop - window.start)
    if len(places) and (np.diff(places) == 1).all():
        return slice(int(places[0]), int(places[-1]) + 1)
    return np.asarray(places)


def contracts(instance: RosterInstance) -> tuple[Contract, ...]:
    """Return the contracts of an instance; each person has one."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for number, person in enumerate(instance.people):
        alike.setdefault(_key(instance, person), []).append(number)
    return tuple(_contract(instance, people) for people in alike.values())


def _key(instance: RosterInstance, person: Person) -> tuple[object, ...]:
    return (
        person.min_minutes,
        person.max_minutes,
        person.max_consecutive,
        person.min_consecutive,
        person.min_days_off,
        min(person.max_weekends, len(instance.weekends)),
        person.before,
        _binding(instance, person),
    )


def _binding(instance: RosterInstance, person: Person) -> tuple[tuple[int, int], ...]:
    """Return the limits of shifts, with their numbers, that minutes and days do not already keep."""
    found = []
    for number, shift in enumerate(instance.shifts):
        most = person.most_shifts.get(shift.key, instance.days)
        if 0 < most < instance.days and (most + 1) * shift.minutes <= person.max_minutes:
            found.append((number, most))
    return tuple(found)


def _contract(instance: RosterInstance, people: Sequence[int]) -> Contract:
    """Return the contract of people with one key; a shift is out only where none of them may work it."""
    persons = [instance.people[n] for n in people]
    never = {s.key: 0 for s in instance.shifts if all(p.most_shifts.get(s.key) == 0 for p in persons)}
    rules = persons[0].model_copy(update={"most_shifts": never})
    counted: list[tuple[int, int]] = []
    for limit in _binding(instance, persons[0]):
        tried = Contract(instance, np.array(people), rules, (*counted, limit), ())
        if len(tried.points) <= MOST_POINTS and tried.cells <= MOST_CELLS:
            counted.append(limit)
    loose = [limit for limit in _binding(instance, persons[0]) if limit not in counted]
    return Contract(instance, np.array(people), rules, tuple(counted), tuple(loose))


def _reachable(
    uses: Collection[tuple[int, ...]], most: tuple[int, ...], cap: int | None
) -> set[tuple[int, ...]]:
    """Return the points that shifts lead to, at most about `cap`."""
    start = (0,) * len(most)
    found, fresh = {start}, [start]
    while fresh and (cap is None or len(found) < cap):
        point = fresh.pop()
        for use in uses:
            after = tuple(a + b for a, b in zip(point, use, strict=True))
            if after not in found and all(a <= m for a, m in zip(after, most, strict=True)):
                found.add(after)
                fresh.append(after)
    return found

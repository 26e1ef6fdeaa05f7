"""The best roster of each person, exactly, by going through the days: the heart of the engine.

A state after a day is: the class of the last shift and the days at work in a row (or the days off in a
row), the weekends worked, the point of minutes and limited shifts. All people of a contract go through the
days at once; the arrays hold the least cost of each state, points first and people last.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.rostering.contracts import Contract, Kind
from bcp_kit.cores.rostering.instance import OFF
from bcp_kit.cores.rostering.tables import Array


@dataclass(frozen=True)
class _Layer:
    """Least costs after a day.

    `work` (groups, points + 1, weekends + 1, days in a row, people), `off` (points + 1, weekends + 1, days
    off, people); points are those of `window`, and one more that cannot be reached.
    """

    window: slice
    work: Array
    off: Array

    def local(self, points: Array) -> Array:
        """Return where points stand in this layer; the last place for those outside the window."""
        inside = (points >= self.window.start) & (points < self.window.stop)
        return np.asarray(np.where(inside, points - self.window.start, self.work.shape[1] - 1))


class Paths:
    """All least costs of the people of a contract at given costs."""

    def __init__(self, contract: Contract, cost: Array, off: Array, people: Array) -> None:
        """`cost` (D, S, P) and `off` (D, P) of all people of the instance; `people` of the contract."""
        self.contract, self.people = contract, people
        self.steps = contract.steps
        self._weekends = _weekend_days(contract)
        self.chosen, self.cost = _cheapest(contract.kinds, cost[:, :, people])
        self.off_cost = off[:, people].astype(cost.dtype)
        self.layers = [_first(contract, len(people), cost.dtype)]
        for day in range(contract.instance.days):
            self.layers.append(self._after(day))

    # forward -------------------------------------------------------------------------------------------

    def _after(self, day: int) -> _Layer:
        last, step = self.layers[-1], self.steps[day]
        rules = self.contract.rules
        groups, _, weekends, row, people = last.work.shape
        height = step.window.stop - step.window.start + 1
        work = np.full((groups, height, weekends, row, people), np.inf, dtype=self.cost.dtype)
        every = _least(list(last.work))
        starts: dict[tuple[int, ...], Array] = {}
        for number, kind in enumerate(self.contract.kinds):
            if kind.before not in starts:
                starts[kind.before] = self._start(day, kind.before, every)
            came = starts[kind.before][step.sources[number]]
            into = work[kind.group, :-1]
            np.minimum(into, came + self.cost[day, number], out=into)
        off = np.full((height, weekends, rules.min_days_off, people), np.inf, dtype=self.cost.dtype)
        rested = last.off[step.same]
        into = off[:-1]
        into[:, :, 0] = self._ended(day, every)[step.same]
        into[:, :, 1:] = rested[:, :, :-1]
        np.minimum(into[:, :, -1], rested[:, :, -1], out=into[:, :, -1])
        into += self.off_cost[day]
        return _Layer(step.window, work, off)

    def _start(self, day: int, before: tuple[int, ...], every: Array) -> Array:
        """Return what it costs to be at work on `day` for so many days in a row, weekends counted."""
        last = self.layers[-1]
        fresh, going = self._weekends[day]
        start = np.empty(every.shape, dtype=self.cost.dtype)
        came = every if len(before) == len(last.work) else _least([last.work[g] for g in before])
        for counts, part, source in (
            (fresh, start[:, :, 0], last.off[:, :, -1]),
            (going, start[:, :, 1:], came[:, :, :-1]),
        ):
            if counts:
                part[:, 1:] = source[:, :-1]
                part[:, 0] = np.inf
            else:
                part[:] = source
        return start

    def _ended(self, day: int, every: Array) -> Array:
        """Return the least cost of rows at work that may end before `day`."""
        lengths = self.contract.rows_that_end(day)
        ended = every[:, :, lengths[0]] if len(lengths) else np.full_like(every[:, :, 0], np.inf)
        for length in lengths[1:]:
            ended = np.minimum(ended, every[:, :, length])
        return ended

    # the best at the end -------------------------------------------------------------------------------

    def best(self) -> Array:
        """Return the least cost of each person; infinite where there is no roster."""
        return np.asarray(self._by_point().min(axis=0, initial=np.inf))

    def _by_point(self) -> Array:
        """Return (points, people) the least cost of ending at each point with enough minutes."""
        last = self.layers[-1]
        least = np.minimum(last.work[:, :-1].min(axis=(0, 2, 3)), last.off[:-1].min(axis=(1, 2)))
        least[~self.contract.enough[last.window]] = np.inf
        return np.asarray(least)

    def rosters(self, most: int) -> tuple[Array, Array]:
        """Return the best rosters that end at different points, at most `most` a person.

        First which person (n, numbers of the instance), then their rosters (n, D).
        """
        least = self._by_point()
        order = np.argsort(least, axis=0, kind="stable")[:most]
        who = np.repeat(np.arange(len(self.people)), len(order))
        point = order.T.ravel()
        reached = np.isfinite(least[point, who])
        return self.people[who[reached]], self._back(point[reached], who[reached])

    # backward ------------------------------------------------------------------------------------------

    def _back(self, point: Array, who: Array) -> Array:
        """Return the rosters (n, D) that reached the local points with least cost."""
        days = self.contract.instance.days
        found = np.full((len(who), days), self.chosen.shape[1], dtype=np.int64)
        if not len(who):
            return found
        found[:] = len(self.contract.instance.shifts)
        state = self._end(point, who)
        for day in range(days - 1, -1, -1):
            works = state.group >= 0
            if works.any():
                found[works, day] = self._worked(day, state, np.flatnonzero(works))
            if not works.all():
                self._rested(day, state, np.flatnonzero(~works))
        return found

    def _end(self, point: Array, who: Array) -> "_State":
        last = self.layers[-1]
        work = last.work[:, point, :, :, who]  # advanced axes come first: (n, groups, weekends, row)
        off = last.off[point, :, :, who]
        size = work[0].size
        flat = np.concatenate([work.reshape(len(who), -1), off.reshape(len(who), -1)], axis=1)
        at = flat.argmin(axis=1)
        empty = np.zeros(len(who), dtype=np.int64)
        state = _State(who, point + last.window.start, empty, empty, empty)
        works = at < size
        group, weekend, row = np.unravel_index(np.where(works, at, 0), work.shape[1:])
        rest_weekend, rest = np.unravel_index(np.where(works, 0, at - size), off.shape[1:])
        state.group = np.where(works, group, -1)
        state.weekend = np.where(works, weekend, rest_weekend)
        state.row = np.where(works, row, rest)
        return state

    def _worked(self, day: int, state: "_State", rows: Array) -> Array:
        """Step back over a day at work; return the shifts worked.

        All kinds (axis 0) and all that may come before (a day off first, then the groups) are looked at.
        """
        before, after, kinds = self.layers[day], self.layers[day + 1], self.contract.kinds
        group, point, weekend, row, who = (a[rows] for a in state.parts())
        cost = after.work[group, after.local(point), weekend, row, who]
        weekend = weekend - np.where(row == 0, *self._weekends[day])
        source = self.contract.sources[:, point]
        local, here = before.local(source), np.maximum(weekend, 0)
        came = np.empty((len(before.work) + 1, *source.shape), dtype=self.cost.dtype)
        came[0] = np.where(row == 0, before.off[local, here, -1, who], np.inf)
        came[1:] = np.where(row > 0, before.work[:, local, here, row - 1, who], np.inf)
        came[1:][~self.contract.may_follow] = np.inf
        fits = (came + self.cost[day][:, who] == cost) & (weekend >= 0)
        fits &= np.array([kind.group for kind in kinds])[:, None] == group
        flat = fits.reshape(-1, len(rows)).argmax(axis=0)
        last, kind = np.divmod(flat, len(kinds))
        state.group[rows] = last - 1
        state.point[rows] = source[kind, np.arange(len(rows))]
        state.weekend[rows] = weekend
        state.row[rows] = np.where(last == 0, before.off.shape[2] - 1, row - 1)
        return np.asarray(self.chosen[day, kind, who])

    def _rested(self, day: int, state: "_State", rows: Array) -> None:
        """Step back over a day off: further days off, or the end of a row at work."""
        before, after = self.layers[day], self.layers[day + 1]
        _, point, weekend, row, who = (a[rows] for a in state.parts())
        local, most = before.local(point), before.off.shape[2] - 1
        extra = self.off_cost[day, who]
        cost = after.off[after.local(point), weekend, row, who]
        lengths = self.contract.rows_that_end(day)
        stays = (row == most) & (before.off[local, weekend, most, who] + extra == cost)
        was = np.where(stays, most, row - 1)
        state.row[rows] = was
        ended = np.flatnonzero(was < 0)
        if len(ended) and len(lengths):
            came = before.work[
                :, local[ended, None], weekend[ended, None], lengths, who[ended, None]
            ]  # (groups, n, lengths)
            fits = (came + extra[ended, None] == cost[ended, None]).transpose(1, 0, 2)
            group, at = np.divmod(fits.reshape(len(ended), -1).argmax(axis=1), len(lengths))
            state.group[rows[ended]], state.row[rows[ended]] = group, lengths[at]


@dataclass
class _State:
    """Where some rosters are on their way back; `group` is -1 after a day off."""

    who: Array
    point: Array
    group: Array
    weekend: Array
    row: Array

    def parts(self) -> tuple[Array, ...]:
        return self.group, self.point, self.weekend, self.row, self.who


def _cheapest(kinds: Sequence[Kind], cost: Array) -> tuple[Array, Array]:
    """Return by day, kind and person the cheapest shift of the kind and its cost."""
    chosen = np.zeros((len(cost), len(kinds), cost.shape[2]), dtype=np.int64)
    least = np.zeros(chosen.shape, dtype=cost.dtype)
    for number, kind in enumerate(kinds):
        part = cost[:, list(kind.shifts)]
        at = part.argmin(axis=1)
        chosen[:, number] = np.array(kind.shifts)[at]
        least[:, number] = np.take_along_axis(part, at[:, None], axis=1)[:, 0]
    return chosen, least


def _least(parts: Sequence[Array]) -> Array:
    least = parts[0]
    for part in parts[1:]:
        least = np.minimum(least, part)
    return least


def _weekend_days(contract: Contract) -> list[tuple[bool, bool]]:
    """Return by day whether work counts a weekend: after a day off, after a day at work."""
    found = [(False, False)] * contract.instance.days
    for days in contract.instance.weekends:
        found[days[0]] = (True, True)
        for day in days[1:]:
            found[day] = (True, False)
    return found


def _first(contract: Contract, people: int, dtype: np.dtype) -> _Layer:
    """Return the layer before day 0."""
    rules, weekends = contract.rules, len(contract.instance.weekends)
    shape = (2, min(rules.max_weekends, weekends) + 1)
    work = np.full((len(contract.groups), *shape, rules.max_consecutive, people), np.inf, dtype=dtype)
    off = np.full((*shape, rules.min_days_off, people), np.inf, dtype=dtype)
    row = _row_before(rules.before)
    if rules.before and rules.before[-1] != OFF:
        group = contract.groups.index(contract.instance.shift[rules.before[-1]].not_before)
        work[group, 0, 0, min(row, rules.max_consecutive) - 1] = 0
    elif not any(rules.before):
        off[0, 0, -1] = 0
    else:
        off[0, 0, min(row, rules.min_days_off) - 1] = 0
    return _Layer(slice(0, 1), work, off)


def _row_before(before: Sequence[str]) -> int:
    """Return how many of the last days are like the very last."""
    row = 0
    while row < len(before) and bool(before[-1 - row]) == bool(before[-1]):
        row += 1
    return row

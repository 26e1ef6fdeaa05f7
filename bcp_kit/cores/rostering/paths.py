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
        self._windows = contract.windows()
        self._weekends = _weekend_days(contract)
        self.chosen, self.cost = _cheapest(contract.kinds, cost[:, :, people])
        self.off_cost = off[:, people].astype(cost.dtype)
        self.layers = [_first(contract, len(people), cost.dtype)]
        for day in range(contract.instance.days):
            self.layers.append(self._after(day))

    # forward -------------------------------------------------------------------------------------------

    def _after(self, day: int) -> _Layer:
        last, window = self.layers[-1], self._windows[day]
        rules = self.contract.rules
        groups, _, weekends, row, people = last.work.shape
        height = window.stop - window.start + 1
        work = np.full((groups, height, weekends, row, people), np.inf, dtype=self.cost.dtype)
        points = np.arange(window.start, window.stop)
        starts: dict[tuple[int, ...], Array] = {}
        for number, kind in enumerate(self.contract.kinds):
            if kind.before not in starts:
                starts[kind.before] = self._start(day, kind.before)
            came = _rows(starts[kind.before], last.local(kind.source[points]))
            into = work[kind.group, :-1]
            np.minimum(into, came + self.cost[day, number], out=into)
        off = np.full((height, weekends, rules.min_days_off, people), np.inf, dtype=self.cost.dtype)
        here = last.local(points)
        rested = last.off[here]
        into = off[:-1]
        into[:, :, 0] = self._ended(day, last)[here]
        into[:, :, 1:] = rested[:, :, :-1]
        np.minimum(into[:, :, -1], rested[:, :, -1], out=into[:, :, -1])
        into += self.off_cost[day]
        return _Layer(window, work, off)

    def _start(self, day: int, before: tuple[int, ...]) -> Array:
        """Return what it costs to be at work on `day` for so many days in a row, weekends counted."""
        last = self.layers[-1]
        start = np.empty(last.work.shape[1:], dtype=self.cost.dtype)
        start[:, :, 0] = last.off[:, :, -1]
        start[:, :, 1:] = _least([last.work[g, :, :, :-1] for g in before], start[:, :, 1:])
        fresh, going = self._weekends[day]
        for counts, part in ((fresh, start[:, :, :1]), (going, start[:, :, 1:])):
            if counts:
                part[:, 1:] = part[:, :-1].copy()
                part[:, 0] = np.inf
        return start

    def _rows_that_end(self, day: int) -> Array:
        """Return how many days at work in a row may end before `day`, less one."""
        rules, first = self.contract.rules, self.contract.first_row
        lengths = list(range(rules.min_consecutive, rules.max_consecutive + 1))
        if first is not None and 0 < first + day < rules.min_consecutive:
            lengths.append(min(first + day, rules.max_consecutive))
        return np.unique(lengths).astype(np.int64) - 1

    def _ended(self, day: int, last: _Layer) -> Array:
        lengths = self._rows_that_end(day)
        ended = np.full(last.off[:, :, 0].shape, np.inf, dtype=self.cost.dtype)
        for group in last.work:
            for length in lengths:
                np.minimum(ended, group[:, :, length], out=ended)
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
            found[works, day] = self._worked(day, state, np.flatnonzero(works))
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
        """Step back over a day at work; return the shifts worked."""
        before, after = self.layers[day], self.layers[day + 1]
        shift = np.zeros(len(rows), dtype=np.int64)
        group, point, weekend, row, who = (a[rows] for a in state.parts())
        cost = after.work[group, after.local(point), weekend, row, who]
        open_ = np.ones(len(rows), dtype=bool)
        fresh, going = self._weekends[day]
        weekend = weekend - np.where(row == 0, fresh, going)
        for number, kind in enumerate(self.contract.kinds):
            source = np.append(kind.source, len(kind.source))[point]
            local = before.local(source)
            for last in (-1, *kind.before):
                some = open_ & (group == kind.group) & ((row == 0) == (last == -1)) & (weekend >= 0)
                at = np.flatnonzero(some)
                if not len(at):
                    continue
                here, w, r, p = local[at], weekend[at], row[at], who[at]
                came = before.off[here, w, -1, p] if last == -1 else before.work[last, here, w, r - 1, p]
                hit = at[came + self.cost[day, number, p] == cost[at]]
                open_[hit] = False
                shift[hit] = self.chosen[day, number, who[hit]]
                state.group[rows[hit]] = last
                state.point[rows[hit]] = source[hit]
                state.weekend[rows[hit]] = weekend[hit]
                rest = before.off.shape[2] - 1
                state.row[rows[hit]] = rest if last == -1 else row[hit] - 1
        return shift

    def _rested(self, day: int, state: "_State", rows: Array) -> None:
        """Step back over a day off."""
        before, after = self.layers[day], self.layers[day + 1]
        _, point, weekend, row, who = (a[rows] for a in state.parts())
        local = before.local(point)
        extra = self.off_cost[day, who]
        cost = after.off[after.local(point), weekend, row, who]
        most = before.off.shape[2] - 1
        open_ = np.ones(len(rows), dtype=bool)
        steps: list[tuple[int, int]] = [(-1, most)]
        steps += [(-1, r) for r in range(most)]
        steps += [(g, int(r)) for g in range(len(before.work)) for r in self._rows_that_end(day)]
        for group, was in steps:
            if group >= 0:
                fits = row == 0
                came = before.work[group, local, weekend, was, who]
            else:
                fits = (row == was + 1) | ((row == most) & (was == most))
                came = before.off[local, weekend, was, who]
            hit = rows[open_ & fits & (came + extra == cost)]
            open_ &= ~(fits & (came + extra == cost))
            state.group[hit], state.row[hit] = group, was


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


def _rows(start: Array, local: Array) -> Array:
    """Return rows of `start`; a view where they follow one another."""
    if len(local) and (np.diff(local) == 1).all():
        return start[local[0] : local[-1] + 1]
    return start.take(local, axis=0)


def _least(parts: Sequence[Array], shape: Array) -> Array:
    if not parts:
        return np.full_like(shape, np.inf)
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

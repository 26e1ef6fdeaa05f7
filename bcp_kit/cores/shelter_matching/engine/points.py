"""Households and shelters as points of a plane: the format of the public generator of matching instances.

Fields of an instance: `hxy` (H, 2) and `sxy` (M, 2) metres, `size` (H) people, `use` (H, Q) what a household
takes of Q resources, `cap` (M, Q), `mask` (H) categories of need as bits, `acc` (M) categories accepted,
`tier` (H) 1 to 3. A way is 1.3 times the straight line, in whole metres. The one goal is
Z = 200 km x weighted people - metres, weights 9, 3 and 1 by tier.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from bcp_kit.cores.shelter_matching.engine.problem import NEVER, Array, Columns, Kinds, Problem

BIG = 200_000
TIER_WEIGHT = np.array([0, 9, 3, 1])
DETOUR = 1.3
FIELDS = ("hxy", "sxy", "size", "use", "mask", "tier", "cap", "acc")


def usable(capacity: Array, use: Array) -> Array:
    """Return what of a capacity (M, Q) can be used at all when households take multiples of one number.

    Nobody can take the last odd square metre when all take even ones: a tighter limit, the same answers.
    """
    step = np.array([np.gcd.reduce(column) if len(column) else 0 for column in use.T], np.int64)
    return np.asarray(np.where(step > 0, capacity // np.maximum(step, 1) * step, capacity))


def _one_number(table: Array) -> Array:
    """Return one whole number for each different line of whole numbers (n, k), ordered as the lines are."""
    number = np.zeros(len(table), np.int64)
    for column in table.T:
        low = column.min(initial=0)
        number = number * (int(column.max(initial=0)) - int(low) + 1) + (column - low)
    return number


def _kinds(fields: Mapping[str, Array]) -> int:
    """Return how many resources there are: by the shelters, else by the households."""
    for name in ("cap", "use"):
        table = np.asarray(fields[name])
        if table.ndim == 2 and table.size:
            return int(table.shape[1])
    return 1


def _demand_valid(fields: Mapping[str, Array]) -> None:
    """Raise ValueError for the first field that is missing, of another shape, or out of range."""
    if missing := [name for name in FIELDS if name not in fields]:
        raise ValueError(", ".join(missing))
    if any(np.asarray(fields[name]).dtype.kind not in "iuf" for name in FIELDS):
        raise ValueError("dtype")
    homes, sites = len(fields["size"]), len(fields["acc"])
    kinds = _kinds(fields)
    shapes = {"hxy": (homes, 2), "use": (homes, kinds), "sxy": (sites, 2), "cap": (sites, kinds)}
    for name in FIELDS:
        values = np.asarray(fields[name])
        wanted = shapes.get(name, (sites if name == "acc" else homes,))
        if values.size != int(np.prod(wanted)) and (homes and sites):
            raise ValueError(f"{name}: {values.shape} != {wanted}")
        if values.size and not np.isfinite(values.astype(float)).all():
            raise ValueError(f"{name}: not finite")
    if any(np.asarray(fields[k]).size and np.min(fields[k]) < 0 for k in ("use", "cap", "mask", "acc")):
        raise ValueError("use, cap, mask, acc: negative")
    if homes and (np.min(fields["size"]) < 1 or not np.isin(fields["tier"], (1, 2, 3)).all()):
        raise ValueError("size, tier")


@dataclass(frozen=True)
class Score:
    """An answer in figures: weighted people, person-metres, Z, the worst way, people left over by tier."""

    weighted: int
    person_metres: int
    goal: int
    worst_m: int
    unplaced_by_tier: Mapping[int, int]


class Points(Problem):
    """An instance of points; option j is shelter j, row j·Q + q its resource q."""

    def __init__(self, fields: Mapping[str, Array]) -> None:
        """Take the fields named above.

        Raises: ValueError naming the field that is missing, of another shape, or out of range.
        """
        _demand_valid(fields)
        self.home_xy, self.position = (np.asarray(fields[k], float).reshape(-1, 2) for k in ("hxy", "sxy"))
        self.size, self.mask, self.accepts, self.tier = (
            np.asarray(fields[k], np.int64) for k in ("size", "mask", "acc", "tier")
        )
        self.options = len(self.position)
        self.kinds = _kinds(fields)
        self.capacity = np.asarray(fields["cap"], np.int64).reshape(self.options, self.kinds)
        self.use = np.asarray(fields["use"], np.int64).reshape(len(self.size), self.kinds)
        self.limit = usable(self.capacity, self.use).ravel()
        self.weight = TIER_WEIGHT[self.tier] * self.size

    def metres(self, columns: Columns) -> Array:
        """Return the whole metres of each column's way."""
        apart = self.home_xy[columns.home] - self.position[columns.option]
        return np.asarray(np.rint(DETOUR * np.hypot(apart[:, 0], apart[:, 1])).astype(np.int64))

    def worth(self, columns: Columns) -> Array:
        """Return what each column counts for Z."""
        reach = BIG * self.weight[columns.home] - self.size[columns.home] * self.metres(columns)
        return np.asarray(reach, float)

    def net(self, rows: Array, homes: Array | slice, exact: bool = False) -> Array:
        """Return Z minus price for all options of some households."""
        kind: Any = np.float64 if exact else np.float32
        size, use, xy = self.size[homes].astype(kind), self.use[homes].astype(kind), self.home_xy[homes]
        apart = xy[:, :1].astype(kind) - self.position[:, 0].astype(kind)
        across = xy[:, 1:].astype(kind) - self.position[:, 1].astype(kind)
        apart *= apart
        across *= across
        apart += across
        np.sqrt(apart, out=apart)
        apart *= kind(DETOUR)
        if exact:
            np.rint(apart, out=apart)
        apart *= -size[:, None]
        apart += (BIG * self.weight[homes]).astype(kind)[:, None]
        prices = rows.reshape(self.options, self.kinds).T.astype(kind)
        apart -= use @ prices
        apart[~self.allowed(homes)] = NEVER
        return np.asarray(apart)

    def allowed(self, homes: Array | slice) -> Array:
        """Return which shelters could take which of some households if empty, (n, M)."""
        return np.asarray(self._fits[self._need_of[homes]])

    def alike(self) -> Kinds:
        """Return who is alike in need, tier and size: weighted people count above all ways."""
        key = np.column_stack([self._need_of, self.tier, self.size])
        return Kinds(np.unique(key, axis=0, return_inverse=True)[1].ravel(), self.weight)

    def groups(self, most: int) -> tuple[Array, Array]:
        """Return one household of each cell, need, tier and size, and how many are like it."""
        extent = float(np.ptp(self.home_xy, axis=0).max(initial=0.0))
        for cells in (48, 32, 24, 16, 12, 8, 6, 4, 1):
            place = (self.home_xy // max(1.0, 1.001 * extent / cells)).astype(np.int64)
            key = _one_number(np.column_stack([place, self._need_of, self.tier, self.size]))
            _, of_home, count = np.unique(key, return_inverse=True, return_counts=True)
            if len(count) <= most:
                break
        of_home = of_home.ravel()
        middle = np.column_stack([np.bincount(of_home, xy) / count for xy in self.home_xy.T])
        apart = np.hypot(*(self.home_xy - middle[of_home]).T)
        order = np.lexsort((apart, of_home))
        return order[np.searchsorted(of_home[order], np.arange(len(count)))], count.astype(float)

    def taken(self, columns: Columns) -> sparse.csr_matrix:
        """Return what each column takes of each row, sparse (R, n)."""
        use = self.use[columns.home]
        at, kind = np.nonzero(use)
        shape = (len(self.limit), len(columns))
        row = columns.option[at] * self.kinds + kind
        return sparse.csr_matrix((use[at, kind], (row, at)), shape=shape)

    def broken(self, chosen: Array) -> list[str]:
        """Return the rules that an answer breaks, found from the fields alone; empty for a valid answer."""
        placed = np.flatnonzero(chosen >= 0)
        shelter, found = chosen[placed], []
        if chosen.shape != self.size.shape or (len(shelter) and shelter.max() >= self.options):
            return ["shape"]
        if (self.mask[placed] & ~self.accepts[shelter]).any():
            found.append("accepted")
        load = np.zeros_like(self.capacity)
        np.add.at(load, shelter, self.use[placed])
        return found + (["capacity"] if (load > self.capacity).any() else [])

    def score(self, chosen: Array) -> Score:
        """Return the figures of an answer."""
        columns = self.columns_of(chosen)
        metres = self.metres(columns)
        weighted = int(self.weight[columns.home].sum())
        person_metres = int((self.size[columns.home] * metres).sum())
        left = {t: int(self.size[(chosen < 0) & (self.tier == t)].sum()) for t in (1, 2, 3)}
        worst = int(metres.max(initial=0))
        return Score(weighted, person_metres, BIG * weighted - person_metres, worst, left)

    @cached_property
    def _needs(self) -> tuple[Array, Array]:
        """Return the different needs (mask and use) and which of them each household has."""
        table = np.column_stack([self.mask, self.use])
        different, of_home = np.unique(table, axis=0, return_inverse=True)
        return different, of_home.ravel()

    @property
    def _need_of(self) -> Array:
        return np.asarray(self._needs[1])

    @cached_property
    def _fits(self) -> Array:
        """Return which need fits into which empty shelter, (needs, M)."""
        different = self._needs[0]
        accepted = (different[:, :1] & ~self.accepts[None, :]) == 0
        return np.asarray(accepted & (different[:, None, 1:] <= self.capacity[None]).all(axis=2))

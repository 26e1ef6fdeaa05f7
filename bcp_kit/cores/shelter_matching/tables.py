"""The instance as arrays: which options each household has, what they are worth, what they take.

An *option* is a destination at a level: column `j` of the options is destination `j` suited, column `M + j`
the same destination as a stop-over (M destinations). A *row* is one limit: one resource of one destination,
the care of one facility, or what a building's destinations share. Nothing here loops over pairs.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from bcp_kit.cores.shelter_matching import check, rules
from bcp_kit.cores.shelter_matching.fits import LEVELS, profile_table
from bcp_kit.cores.shelter_matching.instance import CARE_UNITS, TIERS, Goal, Instance, Level, Resource

ITEM_RESOURCES = tuple(r for r in Resource if r is not Resource.CARE)
Array = np.ndarray


@dataclass(frozen=True)
class Columns:
    """Some options of some households: one entry each in `home` and `option`."""

    home: Array
    option: Array

    def __len__(self) -> int:
        return len(self.home)


@dataclass(frozen=True)
class Tables:
    """Arrays of one instance; H households, M destinations, K kinds of demand, R rows.

    `allowed` (H, 2M) bool. `demand` per level (H, K) whole. `rate` sparse (R, M·K): what one unit of a kind
    of demand at a destination takes of a row. `limit` (R). `members` (H, 3) listed people by tier;
    `pinned` (H) those whom an officer put somewhere.
    """

    instance: Instance
    allowed: Array
    demand: tuple[Array, Array]
    rate: sparse.csr_matrix
    limit: Array
    members: Array
    size: Array
    familiar: Array
    pinned: Array

    @property
    def places(self) -> int:
        """Number of destinations."""
        return len(self.instance.destinations)

    def worth(self, goal: Goal, home: Array, option: Array) -> Array:
        """Return what options count for a goal, signed so that more is better; arguments broadcast."""
        place = option % max(1, self.places)
        if goal.value.startswith("tier_"):
            return np.asarray(self.members[home, int(goal.value[-1]) - 1] + 0 * option)
        if goal.value.startswith("suited_"):
            return np.asarray(self.members[home, int(goal.value[-1]) - 1] * (option < self.places))
        if goal is Goal.LOCKED:
            return np.asarray(self.pinned[home] + 0 * option)
        if goal is Goal.FAMILIAR:
            return np.asarray(self.familiar[home, place])
        if goal is Goal.TRAVEL:
            return np.asarray(-self.size[home] * self.instance.travel_s[home, place])
        raise ValueError(f"{goal} does not add up over pairs")

    def taken(self, columns: Columns) -> sparse.csr_matrix:
        """Return what each column takes of each row, sparse (R, columns)."""
        kinds = self.demand[0].shape[1]
        stop_over = columns.option >= self.places
        wanted = np.where(stop_over[:, None], self.demand[1][columns.home], self.demand[0][columns.home])
        at, kind = np.nonzero(wanted)
        cell = (columns.option[at] % max(1, self.places)) * kinds + kind
        spread = sparse.csr_matrix(
            (wanted[at, kind], (at, cell)), shape=(len(columns), self.places * kinds), dtype=np.int64
        )
        return (spread @ self.rate.T).T.tocsr()

    def price_of_option(self, row_prices: Array, homes: Array | slice) -> Array:
        """Return what some households pay for each option at these row prices, (n, 2M)."""
        kinds = self.demand[0].shape[1]
        per_kind = (row_prices @ self.rate).reshape(self.places, kinds)
        return np.hstack([d[homes] @ per_kind.T for d in self.demand])

    def chosen(self, places: check.Places) -> Array:
        """Return the option of each household, -1 for none."""
        found = np.full(len(self.instance.households), -1)
        for h, j, level in check.placed_pairs(self.instance, places):
            found[h] = j if level is Level.SUITED else self.places + j
        return found


def _ways(instance: Instance) -> Array:
    """Return which homes can reach which destinations: a way, in time (H17), near enough; (H, M)."""
    arrival = np.array([np.inf if h.arrival_min is None else h.arrival_min for h in instance.households])
    prep = np.array([h.prep_min for h in instance.households])
    reach = (instance.travel_s >= 0) & (
        prep[:, None] + np.maximum(instance.travel_s, 0) / 60 < arrival[:, None]
    )
    if instance.max_distance_m is not None:
        reach &= ~(instance.distance_m > instance.max_distance_m)
    return np.asarray(reach)


def _demand(instance: Instance, classes: tuple[str, ...]) -> tuple[Array, Array]:
    """Return demand by kind for a suited place and for a stop-over, each (H, K)."""
    homes = instance.households
    blank = [0] * len(classes)
    suited, stop_over = ([h.demanded(level) for h in homes] for level in LEVELS)
    cared = [[h.cared.get(c, 0) for c in classes] for h in homes]
    full = [[d.get(r, 0) for r in ITEM_RESOURCES] + care for d, care in zip(suited, cared, strict=True)]
    least = [[d.get(r, 0) for r in ITEM_RESOURCES] + blank for d in stop_over]
    shape = (len(homes), len(ITEM_RESOURCES) + len(classes))
    return np.array(full, np.int64).reshape(shape), np.array(least, np.int64).reshape(shape)


def _rows(instance: Instance, classes: tuple[str, ...]) -> tuple[sparse.csr_matrix, Array]:
    """Return the rate matrix (R, M·K) and the limits (R)."""
    kinds = len(ITEM_RESOURCES) + len(classes)
    entries: list[tuple[int, int, int]] = []
    limits: list[int] = []
    at = {d.id: j for j, d in enumerate(instance.destinations)}
    for j, place in enumerate(instance.destinations):
        for resource, limit in place.capacity.items():
            entries.append((len(limits), j * kinds + ITEM_RESOURCES.index(resource), 1))
            limits.append(limit)
        if place.care_places:
            for k, name in enumerate(classes):
                spaces = place.care_places.get(name, place.care_places.get("", 0))
                share = CARE_UNITS // spaces if spaces else 2 * CARE_UNITS
                entries.append((len(limits), j * kinds + len(ITEM_RESOURCES) + k, share))
            limits.append(CARE_UNITS)
    for shared in instance.shared:
        kind = ITEM_RESOURCES.index(shared.resource)
        entries += [(len(limits), at[d] * kinds + kind, 1) for d in shared.destination_ids]
        limits.append(shared.capacity)
    row, cell, factor = (
        (np.array(part, np.int64) for part in zip(*entries, strict=True))
        if entries
        else (np.zeros(0, np.int64),) * 3
    )
    shape = (len(limits), len(instance.destinations) * kinds)
    return sparse.csr_matrix((factor, (row, cell)), shape=shape), np.array(limits, np.int64)


def _room_alone(tables: Tables) -> Array:
    """Return which options have room for the household when nobody else is there, (H, 2M)."""
    kinds, fits = tables.demand[0].shape[1], np.ones_like(tables.allowed)
    for row in range(len(tables.limit)):
        part = tables.rate.getrow(row)
        for j in np.unique(part.indices // kinds):
            inside = part.indices // kinds == j
            for level, wanted in enumerate(tables.demand):
                need = wanted[:, part.indices[inside] % kinds] @ part.data[inside]
                fits[:, level * tables.places + j] &= need <= tables.limit[row]
    return fits


def build(instance: Instance) -> Tables:
    """Return the arrays of an instance."""
    homes, sites = instance.households, instance.destinations
    classes = tuple(sorted({c for h in homes for c in h.care}))
    rate, limit = _rows(instance, classes)
    which = np.array([h.profile for h in homes], dtype=np.int64)
    allowed = profile_table(instance)[which] & np.tile(_ways(instance), 2)
    _restrict_pinned(instance, allowed)
    familiar = np.zeros((len(homes), len(sites)), np.int64)
    _fill_familiar(instance, familiar)
    tables = Tables(
        instance=instance,
        allowed=allowed,
        demand=_demand(instance, classes),
        rate=rate,
        limit=limit,
        members=np.array([[h.tiers.count(t) for t in TIERS] for h in homes], np.int64).reshape(-1, 3),
        size=np.array([h.size for h in homes], np.int64),
        familiar=familiar,
        pinned=np.array([len(h.member_ids) if h.pin else 0 for h in homes], np.int64),
    )
    allowed &= _room_alone(tables)
    return tables


def _restrict_pinned(instance: Instance, allowed: Array) -> None:
    """Leave households under an officer's decision their one place in `allowed` (H, 2M), overrides heeded."""
    at = {d.id: j for j, d in enumerate(instance.destinations)}
    for h, home in enumerate(instance.households):
        if home.pin is None:
            continue
        allowed[h] = False
        if home.pin.destination_id in at:
            j = at[home.pin.destination_id]
            for step, level in enumerate(LEVELS):
                allowed[h, step * len(at) + j] = not rules.pair_blocks(instance, h, j, level)


def _fill_familiar(instance: Instance, familiar: Array) -> None:
    """Write the familiarity points of whole households into `familiar` (H, M), place by place."""
    homes, points = instance.households, instance.familiarity
    members = np.array([len(h.member_ids) for h in homes])
    parts = (
        (points.present, [h.present_id for h in homes], [d.id for d in instance.destinations]),
        (
            points.usual_facility,
            [h.usual_facility_id for h in homes],
            [d.facility_id for d in instance.destinations],
        ),
        (points.same_district, [h.district for h in homes], [d.district for d in instance.destinations]),
    )
    for worth, mine, theirs in parts:
        if worth and any(mine):
            wanted = np.array(mine, dtype=object)
            for j, key in enumerate(theirs):
                if key:
                    familiar[:, j] += worth * members * (wanted == key)

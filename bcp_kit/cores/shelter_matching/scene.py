"""An instance with an answer, seen by those who explain it: what is taken, what stands in the way of whom.

`rows` names the limits in the order of `tables`: the destinations that share each, and the resource.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np

from bcp_kit.cores.shelter_matching import check, rules, tables
from bcp_kit.cores.shelter_matching.changes import Change, ChangeKind
from bcp_kit.cores.shelter_matching.greedy import Limits
from bcp_kit.cores.shelter_matching.instance import (
    Destination,
    Goal,
    Instance,
    Level,
    Profile,
    Resource,
)
from bcp_kit.cores.shelter_matching.search import SIDE_GOALS
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

MINUTES = 60


@dataclass(frozen=True)
class Row:
    """One limit: the resource, and the destinations (ids) that draw on it."""

    resource: Resource
    destination_ids: tuple[str, ...]


@dataclass(frozen=True)
class Clause:
    """One of these changes is needed; all of one kind."""

    kind: ChangeKind
    any_of: tuple[Change, ...]


def rows_of(instance: Instance) -> tuple[Row, ...]:
    """Return the limits in the order in which `tables.build` numbers them."""
    found = []
    for place in instance.destinations:
        found += [Row(resource, (place.id,)) for resource in place.capacity]
        if place.care_places:
            found.append(Row(Resource.CARE, (place.id,)))
    return (*found, *(Row(s.resource, s.destination_ids) for s in instance.shared))


class Scene:
    """One instance and one answer; everything that is asked twice is kept."""

    def __init__(self, instance: Instance, places: check.Places) -> None:
        self.instance, self.places = instance, places
        self.tables: Tables = tables.build(instance)
        self.rows = rows_of(instance)
        self.chosen: Array = self.tables.chosen(places)
        self.values = check.score(instance, places)
        self.width = len(instance.destinations)
        self.at = {d.id: j for j, d in enumerate(instance.destinations)}
        self._held: dict[int, tuple[Array, Array]] = {}
        self._taken: dict[bytes, Array] = {}

    @cached_property
    def room(self) -> Array:
        """What the answer leaves of each row, (R)."""
        at = np.flatnonzero(self.chosen >= 0)
        taken = self.tables.taken(Columns(at, self.chosen[at]))
        return np.asarray(self.tables.limit - np.asarray(taken.sum(axis=1)).ravel())

    @cached_property
    def limits(self) -> Limits:
        """Return what takes of which limit where, taken apart."""
        return Limits(self.tables)

    @cached_property
    def meetings(self) -> tuple[Array, ...]:
        """Return by destination, which meetings of `limits` are there."""
        return tuple(np.flatnonzero(self.limits.place == j) for j in range(self.width))

    def amounts(self, household: int, option: int) -> Array:
        """Return what a household takes at the meetings of an option's place."""
        level, destination = divmod(option, self.width)
        demand = self.tables.demand[level][household]
        key = demand.tobytes()
        if key not in self._taken:
            self._taken[key] = self.limits.taken(demand)
        return np.asarray(self._taken[key][self.meetings[destination]])

    def short(self, household: int, option: int) -> list[tuple[int, int]]:
        """Return which rows lack room for the household while all others stay, and by how much."""
        rows = self.limits.row[self.meetings[option % self.width]]
        over = self.amounts(household, option) - self.room[rows]
        own = int(self.chosen[household])
        if own >= 0:
            mine = dict(
                zip(
                    self.limits.row[self.meetings[own % self.width]],
                    self.amounts(household, own),
                    strict=True,
                )
            )
            over = over - np.array([mine.get(row, 0) for row in rows], np.int64)
        takes = self.amounts(household, option) > 0
        return [(int(rows[i]), int(over[i])) for i in np.flatnonzero((over > 0) & takes)]

    def _holders(self, destination: int) -> tuple[Array, Array]:
        """Return who is at a place, the least entitled first, and what each holds there, (k, meetings).

        Least entitled: the least urgent, then the smallest, then who has the longest way there.
        """
        if destination not in self._held:
            homes, seconds = self.instance.households, self.instance.travel_s[:, destination]
            there = np.flatnonzero((self.chosen >= 0) & (self.chosen % self.width == destination))
            order = sorted(
                there.tolist(),
                key=lambda k: (-homes[k].tier, len(homes[k].member_ids), -int(seconds[k]), homes[k].id),
            )
            held = [self.amounts(k, int(self.chosen[k])) for k in order]
            count = len(self.meetings[destination])
            self._held[destination] = np.array(order, int), np.array(held, np.int64).reshape(-1, count)
        return self._held[destination]

    def rivals(self, household: int, option: int) -> list[int]:
        """Return those at a place whose leaving makes room for the household, the least entitled first."""
        there, held = self._holders(option % self.width)
        rows = self.limits.row[self.meetings[option % self.width]]
        lack = np.zeros(len(rows), np.int64)
        for row, over in self.short(household, option):
            lack[rows == row] = over
        enough = (held >= lack).all(axis=1)
        return [int(k) for k in there[enough] if k != household]

    def aim_of(self, household: int) -> Goal:
        """Return the goal that a place, or a suited instead of a first place, for the household serves."""
        tier = self.instance.households[household].tier
        return Goal(f"{'tier' if self.chosen[household] < 0 else 'suited'}_{tier}")

    def goals_before(self, goal: Goal) -> tuple[Goal, ...]:
        """Return the goals that stand before this one and add up over people."""
        goals = self.instance.goals
        before = goals[: goals.index(goal)] if goal in goals else goals
        return tuple(g for g in before if g not in SIDE_GOALS)

    def levels(self, household: int) -> tuple[Level, ...]:
        """Return the levels that would better the household's lot."""
        if self.chosen[household] >= 0 or self.instance.stage == 2:
            return (Level.SUITED,)
        return (Level.SUITED, Level.STOP_OVER)

    def option(self, destination: int, level: Level) -> int:
        """Return the option of a destination (index) at a level."""
        return destination if level is Level.SUITED else self.width + destination

    def nearest(self, household: int, count: int) -> list[int]:
        """Return the columns of the nearest destinations meant for the household, near before far.

        Those without a known way come last.
        """
        usual = self.instance.profiles[self.instance.households[household].profile].usual
        kinds = self.instance.serves.get(usual, {})
        least = min(self.levels(household))
        seconds = self.instance.travel_s[household].astype(float)
        seconds[seconds < 0] = np.inf
        meant = [j for j, d in enumerate(self.instance.destinations) if kinds.get(d.kind, 0) >= least]
        return sorted(meant, key=lambda j: (seconds[j], self.instance.destinations[j].id))[:count]

    @cached_property
    def ways(self) -> tuple[Array, Array]:
        """Return which homes reach which places in time and near enough, and which all but near enough.

        Both (H, M) bool.
        """
        reached, limit = np.zeros_like(self.instance.travel_s, bool), self.instance.max_distance_m
        for h, home in enumerate(self.instance.households):
            arrival = np.inf if home.arrival_min is None else home.arrival_min
            seconds = self.instance.travel_s[h]
            reached[h] = (seconds >= 0) & (home.prep_min + np.maximum(seconds, 0) / MINUTES < arrival)
        far = np.zeros_like(reached) if limit is None else self.instance.distance_m > limit
        return reached & ~far, reached & far

    def beyond_m(self, household: int, destination: int) -> int | None:
        """Return by how many metres a way is too long (0: it is not); None where none is in time."""
        near, far = self.ways
        if near[household, destination]:
            return 0
        if not far[household, destination]:
            return None
        limit = self.instance.max_distance_m or 0.0
        return ceil(float(self.instance.distance_m[household, destination]) - limit)

    def is_pinned(self, household: int) -> bool:
        """True where an officer decided on the household's place, so that no other is sought."""
        return self.instance.households[household].pin is not None

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Return every group that somebody of the instance could be taken in as."""
        named = {g for p in self.instance.profiles for member in p.accept_any_of for g in member}
        return tuple(sorted(named))

    @cached_property
    def _clauses(self) -> dict[tuple[int, int], tuple[Clause, ...] | None]:
        return {}

    def clauses(self, profile: int, option: int) -> tuple[Clause, ...] | None:
        """Return what must change before a profile may use an option; None where nothing mends it."""
        key = (profile, option)
        if key not in self._clauses:
            self._clauses[key] = self._mended(profile, option)
        return self._clauses[key]

    def _mended(self, profile: int, option: int) -> tuple[Clause, ...] | None:
        place = self.instance.destinations[option % self.width]
        level = Level.SUITED if option < self.width else Level.STOP_OVER
        who = self.instance.profiles[profile]
        found: list[Clause] = []
        for block in rules.profile_blocks(self.instance, who, place, level):
            mended = list(_mend(self, block, who, place))
            if not mended:
                return None
            found += mended
        return tuple(found)

    def overflow(self, columns: Columns, room: Array) -> list[tuple[int, int, int]]:
        """Return where a column takes more than `room`: (column, row, by how much)."""
        taken = self.tables.taken(columns).tocoo()
        over = taken.data - room[taken.row]
        bad = np.flatnonzero(over > 0)
        return [(int(taken.col[i]), int(taken.row[i]), int(over[i])) for i in bad]


def _mend(scene: Scene, block: rules.Block, profile: Profile, place: Destination) -> Iterator[Clause]:
    """Yield what mends one block; nothing where no change of words, equipment or hands does."""
    match block.cause:
        case "feature_unknown" | "feature_missing":
            kind = ChangeKind.CONFIRM if block.unknown else ChangeKind.EQUIP
            for feature in block.missing:
                yield Clause(kind, (Change(kind=kind, destination_id=place.id, fact=feature),))
        case "in_hazard_zone" if block.unknown:
            yield Clause(ChangeKind.SAFE, (Change(kind=ChangeKind.SAFE, destination_id=place.id),))
        case "accepts_unknown" | "not_accepted":
            yield from _agreed(scene, block, profile, place)
        case "not_direct":
            yield Clause(ChangeKind.DIRECT, (Change(kind=ChangeKind.DIRECT, destination_id=place.id),))
        case "not_open":
            late_h = (place.opens_after_h or 0) - scene.instance.open_by_h
            minutes = max(1, round(late_h * MINUTES))
            change = Change(kind=ChangeKind.OPEN, destination_id=place.id, amount=minutes)
            yield Clause(ChangeKind.OPEN, (change,))
        case "no_care":
            offered = place.care_places
            for name in profile.care_classes:
                if not offered.get(name, offered.get("", 0)):
                    change = Change(kind=ChangeKind.HANDS, destination_id=place.id, fact=name)
                    yield Clause(ChangeKind.HANDS, (change,))


def _agreed(scene: Scene, block: rules.Block, profile: Profile, place: Destination) -> Iterator[Clause]:
    """Yield which groups a place would have to accept. Any agreement confirms the groups already listed."""

    def agree(group: str) -> Change:
        return Change(kind=ChangeKind.AGREE, destination_id=place.id, fact=group)

    listed = set(place.accepts or ())
    for member in profile.accept_any_of:
        if listed & set(member):
            if block.unknown:
                yield Clause(ChangeKind.AGREE, (agree(""), *(agree(g) for g in scene.groups)))
        else:
            yield Clause(ChangeKind.AGREE, tuple(agree(g) for g in member))

"""Ways over a road net: points snap to the nearest junction, ways are shortest paths. No network.

Small islands of the net are left out: from them there is no way to anywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from bcp_kit.catalogues.load import number
from bcp_kit.domain.units import Location, Metres
from bcp_kit.geo.road_table import RoadTable, plane_m, table_of_rows
from bcp_kit.geo.street_rules import BARRED, Bars, Travel

RULES = "street_rules"
PART_OF_NOTE = (
    50  # junctions: a part of the net at least this large is no scrap (an island with its own roads)
)
_CHUNK_NUMBERS = 8_000_000  # distances held at once while searching


@dataclass(frozen=True)
class Snap:
    """Where points meet the net: position of the junction and metres to it, infinite where none is near."""

    junction: np.ndarray
    metres: np.ndarray


@dataclass(frozen=True)
class Route:
    """One way: its points from the home along junctions and bends to the place, and its length in metres."""

    points: tuple[Location, ...]
    metres: float


class RoadNet:
    """The streets of one way of travelling, some of them cut, with an index of their junctions.

    Junctions are found among the streets that are not cut and those that are alike: who lives in the water
    does not start from a dry road elsewhere.
    """

    def __init__(self, table: RoadTable, travel: Travel = Travel.FOOT, cut: np.ndarray | None = None) -> None:
        """`cut` (bool, one a street) marks the streets that cannot be used now."""
        self.table, self.travel = table, travel
        open_to = self._open()
        self._whole = _Graph.of(table, open_to, travel)
        self._graph = (
            self._whole if cut is None or not cut.any() else _Graph.of(table, open_to & ~cut, travel)
        )

    @classmethod
    def from_rows(cls, nodes: Iterable[Mapping[str, Any]], edges: Iterable[Mapping[str, Any]]) -> "RoadNet":
        """Return the net of two tables, for people on foot.

        Raises: BcpKitError G-002 for missing columns, an end that is no node, a negative length; G-011 for
        no street.
        """
        return cls(table_of_rows(nodes, edges))

    def _open(self) -> np.ndarray:
        """Return which streets this way of travelling may use."""
        table = self.table
        allowed = (table.bars & int(BARRED[self.travel])) == 0
        steep = (
            steep_streets(table) if self.travel is Travel.WHEELCHAIR else np.zeros(len(allowed), dtype=bool)
        )
        return np.asarray(allowed & ~steep)

    @cached_property
    def _kept(self) -> np.ndarray:
        return self._whole.junctions_of_note()

    @cached_property
    def _middle(self) -> float:
        return float(self.table.latitude.mean())

    def _index(self, junctions: np.ndarray) -> cKDTree:
        return cKDTree(plane_m(self.table.latitude[junctions], self.table.longitude[junctions], self._middle))

    @cached_property
    def _tree(self) -> cKDTree:
        return self._index(self._kept)

    @cached_property
    def _every_tree(self) -> cKDTree:
        every = np.ones(len(self.table.tail), dtype=bool)
        return self._index(_Graph.of(self.table, every, Travel.FOOT).junctions_of_note())

    def snap(self, points: Sequence[Location | None]) -> Snap:
        """Return the nearest junction of each point, infinitely far where that would be no way at all.

        A wheelchair or car may begin a little farther away than the nearest road of any kind, not more: the
        step-free road at the foot of a slope is no road of the house on top of it.
        """
        if not len(self._kept):
            return Snap(np.zeros(len(points), dtype=np.int64), np.full(len(points), np.inf))
        latitude = np.array([p.latitude if p else 0.0 for p in points], dtype=float)
        longitude = np.array([p.longitude if p else 0.0 for p in points], dtype=float)
        flat = plane_m(latitude, longitude, self._middle)
        metres, nearest = self._tree.query(flat)
        far = np.array([p is None for p in points], dtype=bool) | (metres > number(RULES, "farthest_snap_m"))
        if self.travel is not Travel.FOOT:
            far |= metres > self._every_tree.query(flat)[0] + number(RULES, "other_snap_m")
        return Snap(self._kept[nearest], np.where(far, np.inf, metres))

    def nearest_m(self, points: Sequence[Location | None]) -> np.ndarray:
        """Return metres from each point to the nearest junction, however far; NaN where there is no point."""
        latitude = np.array([p.latitude if p else 0.0 for p in points], dtype=float)
        longitude = np.array([p.longitude if p else 0.0 for p in points], dtype=float)
        if not len(self._kept) or not len(points):
            return np.full(len(points), np.nan)
        metres, _ = self._tree.query(plane_m(latitude, longitude, self._middle))
        return np.where([p is None for p in points], np.nan, metres)

    def distances_m(
        self, homes: Sequence[Location | None], places: Sequence[Location | None], limit_m: Metres = np.inf
    ) -> np.ndarray:
        """Return metres over roads (float32), a row a home and a column a place; NaN without a way.

        A way is from the home to its junction, over roads, and on to the place. Searched against the
        direction of travel from each place up to `limit_m` of road.
        """
        home, place = self.snap(homes), self.snap(places)
        metres = np.full((len(places), len(homes)), np.nan, dtype=np.float32)
        near = np.flatnonzero(np.isfinite(place.metres))
        starts, column = np.unique(place.junction[near], return_inverse=True)
        step = max(1, _CHUNK_NUMBERS // max(1, len(self.table.latitude)))
        for first in range(0, len(starts), step):
            found = dijkstra(self._graph.against, indices=starts[first : first + step], limit=limit_m)
            for row in np.flatnonzero((column >= first) & (column < first + step)):
                way = found[column[row] - first][home.junction] + home.metres + place.metres[near[row]]
                metres[near[row]] = np.where(np.isfinite(way), way, np.nan)
        return metres.T

    def routes(self, homes: Sequence[Location], place: Location) -> list[Route | None]:
        """Return for each home its shortest way to the place, None where there is none."""
        home, end = self.snap(homes), self.snap([place])
        if not np.isfinite(end.metres[0]):
            return [None] * len(homes)
        goal = int(end.junction[0])
        metres, before = dijkstra(self._graph.against, indices=goal, return_predecessors=True)
        found: list[Route | None] = []
        for point, start, away in zip(homes, home.junction.tolist(), home.metres, strict=True):
            reached = np.isfinite(away) and np.isfinite(metres[start])
            if not reached:
                found.append(None)
                continue
            length = float(metres[start] + away + end.metres[0])
            found.append(Route((point, *self._points(start, goal, before), place), length))
        return found

    def _points(self, start: int, goal: int, before: np.ndarray) -> list[Location]:
        """Return the junctions and bends from `start` to `goal`; `before` is what the search left."""
        table, at = self.table, start
        points = [_location(table.longitude[at], table.latitude[at])]
        while at != goal:
            after = int(before[at])
            street, forward = self._graph.street(at, after)
            low, high = int(table.bend_start[street]), int(table.bend_start[street + 1])
            bends = range(low, high) if forward else range(high - 1, low - 1, -1)
            points += [_location(table.bend_longitude[i], table.bend_latitude[i]) for i in bends]
            points.append(_location(table.longitude[after], table.latitude[after]))
            at = after
        return points


def _location(longitude: float, latitude: float) -> Location:
    return Location(latitude=float(latitude), longitude=float(longitude))


def steep_streets(table: RoadTable) -> np.ndarray:
    """Return which streets are too steep for a wheelchair, as far as both heights are known.

    Bridges and tunnels are never called steep: the heights at their ends are those of the ground. Source:
    catalogue `street_rules` (planning defaults, not a legal limit).
    """
    rise = np.abs(table.elevation_m[table.tail] - table.elevation_m[table.head])
    allowed = number(RULES, "wheelchair_slope_limit") * table.length_m + number(RULES, "height_error_m")
    raised = (table.bars & int(Bars.RAISED)) != 0
    return np.asarray(~np.isnan(rise) & (rise > allowed) & ~raised)


@dataclass(frozen=True)
class _Graph:
    """Arcs of a net, the shortest of each pair of junctions; `against` leads from end to start."""

    against: csr_matrix
    pairs: np.ndarray
    streets: np.ndarray
    forward: np.ndarray
    count: int

    @classmethod
    def of(cls, table: RoadTable, usable: np.ndarray, travel: Travel) -> "_Graph":
        """Return the graph of the usable streets."""
        count = len(table.latitude)
        along = np.flatnonzero(usable)
        back = along
        if travel is Travel.CAR:
            back = along[(table.bars[along] & int(Bars.ONEWAY)) == 0]
        tail = np.concatenate((table.tail[along], table.head[back])).astype(np.int64)
        head = np.concatenate((table.head[along], table.tail[back])).astype(np.int64)
        street = np.concatenate((along, back))
        forward = np.concatenate((np.ones(len(along), dtype=bool), np.zeros(len(back), dtype=bool)))
        length, pair = table.length_m[street], tail * count + head
        order = np.lexsort((street, length, pair))
        first = order[np.unique(pair[order], return_index=True)[1]]
        against = csr_matrix((length[first], (head[first], tail[first])), shape=(count, count))
        return cls(against, pair[first], street[first], forward[first], count)

    def junctions_of_note(self) -> np.ndarray:
        """Return the junctions of the largest part, and of every other part that is no scrap."""
        _, label = connected_components(self.against, directed=False)
        sizes = np.bincount(label)
        used = sizes[label] >= min(PART_OF_NOTE, max(2, sizes.max()))
        return np.flatnonzero(used)

    def street(self, start: int, end: int) -> tuple[int, bool]:
        """Return the street of the arc from `start` to `end`, and whether it is taken from tail to head."""
        place = int(np.searchsorted(self.pairs, start * self.count + end))
        return int(self.streets[place]), bool(self.forward[place])

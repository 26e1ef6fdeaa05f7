"""Distances over a road net: points snap to the nearest junction, ways are shortest paths. No network.

A net is a table of nodes (`node`, `lon`, `lat` in degrees) and one of edges (`u`, `v`, `length_m`), walked in
both directions. Islands of the net are left out: from them there is no way to anywhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.units import EARTH_RADIUS_M, Location, Metres
from bcp_kit.geo.distances import straight_distances_m

MAX_SNAP_M = 1_000.0  # a point farther from every road than this has no way over roads


class RoadNet:
    """A connected net of roads with an index of its junctions."""

    def __init__(self, latitude: np.ndarray, longitude: np.ndarray, edges: np.ndarray) -> None:
        """`edges` has one row (from, to, metres) an edge, by position of the node."""
        count = len(latitude)
        ends, length = edges[:, :2].astype(np.int64), edges[:, 2]
        graph = _shortest_between(ends, length, count)
        _, label = connected_components(graph, directed=False)
        kept = np.flatnonzero(label == np.bincount(label).argmax())
        self._graph = graph[kept][:, kept]
        self._middle = float(np.cos(np.radians(latitude[kept].mean())))
        self._tree = cKDTree(self._flat(latitude[kept], longitude[kept]))

    @classmethod
    def from_rows(cls, nodes: Iterable[Mapping[str, Any]], edges: Iterable[Mapping[str, Any]]) -> "RoadNet":
        """Return the net of two tables.

        Raises: BcpKitError G-002 for missing columns, an end that is no node, a negative length, no road.
        """
        try:
            listed = [(str(n["node"]), float(n["lat"]), float(n["lon"])) for n in nodes]
            at = {key: i for i, (key, _, _) in enumerate(listed)}
            lines = [(at[str(e["u"])], at[str(e["v"])], float(e["length_m"])) for e in edges]
        except (KeyError, TypeError, ValueError) as fault:
            raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail=type(fault).__name__) from None
        table = np.array(lines, dtype=float).reshape(-1, 3)
        if not len(table) or not np.isfinite(table).all() or table[:, 2].min() < 0:
            raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail="length_m")
        return cls(np.array([n[1] for n in listed]), np.array([n[2] for n in listed]), table)

    def distances_m(
        self, homes: Sequence[Location | None], places: Sequence[Location | None], limit_m: Metres = np.inf
    ) -> np.ndarray:
        """Return metres over roads, one row a home and one column a place; NaN where no way is known.

        A way is from the home to its junction, over roads, and on to the place; at least the straight
        distance. Searched from each place up to `limit_m` of road.
        """
        home, home_m = self._snapped(homes)
        place, place_m = self._snapped(places)
        starts, column = np.unique(place, return_inverse=True)
        over_roads = dijkstra(self._graph, directed=False, indices=starts, limit=limit_m)
        metres = over_roads[column][:, home].T + home_m[:, None] + place_m[None, :]
        found = np.maximum(metres, straight_distances_m(homes, places))
        return np.where(np.isfinite(found), found, np.nan)

    def _snapped(self, points: Sequence[Location | None]) -> tuple[np.ndarray, np.ndarray]:
        """Return the nearest junction of each point and the metres to it, infinite where none is near."""
        latitude = np.array([p.latitude if p else 0.0 for p in points])
        longitude = np.array([p.longitude if p else 0.0 for p in points])
        metres, node = self._tree.query(self._flat(latitude, longitude))
        missing = np.array([p is None for p in points], dtype=bool)
        far = missing | (metres > MAX_SNAP_M)
        return np.asarray(node), np.where(far, np.inf, metres)

    def _flat(self, latitude: np.ndarray, longitude: np.ndarray) -> np.ndarray:
        """Return points as metres on a plane that fits the net: good to a few metres over a city."""
        x = np.radians(longitude) * EARTH_RADIUS_M * self._middle
        return np.column_stack([x, np.radians(latitude) * EARTH_RADIUS_M])


def _shortest_between(ends: np.ndarray, length: np.ndarray, count: int) -> csr_matrix:
    """Return the graph; of several edges between two junctions the shortest counts.

    A length of zero would mean "no edge" in a sparse matrix, so it becomes a millimetre.
    """
    low, high = ends.min(axis=1), ends.max(axis=1)
    order = np.lexsort((length, high, low))
    key = low[order] * count + high[order]
    first = order[np.unique(key, return_index=True)[1]]
    first = first[low[first] != high[first]]
    metres = np.maximum(length[first], 0.001)
    return csr_matrix((metres, (low[first], high[first])), shape=(count, count))

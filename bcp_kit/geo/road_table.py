"""A road net as it is kept: arrays of junctions and of the streets between them. No network.

A street joins two junctions; who may not use it stands in `bars`. Walking goes both ways along each street,
driving too unless the street is one-way. Heights are NaN where nobody knows them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.units import EARTH_RADIUS_M
from bcp_kit.geo.packed import pack_array, unpack_array
from bcp_kit.geo.street_rules import Bars, bars_of

FORMAT = "road_net/1"
DOUBTFUL_SHARE = 0.9  # a street that claims to be shorter than this part of the straight line is doubtful
WRONG_SHARE = 0.1  # … and than this part, in another unit than metres: its length is replaced
_LEAST_M = 0.001  # a length of zero would mean "no street" in a sparse matrix

Bend = tuple[float, float]  # longitude, latitude


class Junction(NamedTuple):
    """A junction of the file; `elevation_m` is NaN where the file does not say it."""

    key: str
    latitude: float
    longitude: float
    elevation_m: float = float("nan")


class Street(NamedTuple):
    """A street of the file between two junctions; without a length it is as long as its line."""

    tail: str
    head: str
    length_m: float | None = None
    bars: Bars = Bars.NONE
    bends: tuple[Bend, ...] = ()


@dataclass(frozen=True)
class RoadTable:
    """Junctions (n) and streets (m) with k bends. Units: degrees and metres.

    `tail`, `head` (m): positions of junctions. `bars` (m): `Bars`. `bend_start` (m + 1): where the bends of
    each street begin in `bend_longitude`, `bend_latitude` (k), from tail to head. `lengths_mended`: streets
    whose stated length was far too short and was replaced; `lengths_doubtful`: those shorter than the
    straight line that were kept as stated.
    """

    latitude: np.ndarray
    longitude: np.ndarray
    elevation_m: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    length_m: np.ndarray
    bars: np.ndarray
    bend_start: np.ndarray
    bend_longitude: np.ndarray
    bend_latitude: np.ndarray
    lengths_mended: int = 0
    lengths_doubtful: int = 0

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north in degrees."""
        lon, lat = self.longitude, self.latitude
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())

    def parts(self) -> np.ndarray:
        """Return the number of junctions of each part of the net, the largest first."""
        count = len(self.latitude)
        graph = csr_matrix((np.ones(len(self.tail)), (self.tail, self.head)), shape=(count, count))
        _, label = connected_components(graph, directed=False)
        return np.sort(np.bincount(label))[::-1]

    def lines(self, streets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the lines of some streets: points (longitude, latitude) and the line of each point.

        Fit for `shapely.linestrings(points, indices=…)`.
        """
        counts = self.bend_start[streets + 1] - self.bend_start[streets]
        total = counts + 2
        owner = np.repeat(np.arange(len(streets)), total)
        first = np.concatenate(([0], np.cumsum(total)[:-1])) if len(streets) else np.zeros(0, dtype=int)
        points = np.empty((len(owner), 2))
        last = first + total - 1
        points[first] = np.column_stack((self.longitude, self.latitude))[self.tail[streets]]
        points[last] = np.column_stack((self.longitude, self.latitude))[self.head[streets]]
        inner = np.ones(len(owner), dtype=bool)
        inner[first] = inner[last] = False
        offset = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        source = np.repeat(self.bend_start[streets], counts) + offset
        points[inner] = np.column_stack((self.bend_longitude[source], self.bend_latitude[source]))
        return points, owner

    def to_document(self) -> dict[str, Any]:
        """Return the net as a JSON document."""
        arrays = {name: pack_array(getattr(self, name)) for name in _ARRAYS}
        counts = {name: getattr(self, name) for name in _COUNTS}
        return {"format": FORMAT, **counts, **arrays}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "RoadTable":
        """Return the net of a document of `to_document`, or of two lists of rows (`nodes`, `edges`).

        Raises: BcpKitError G-002 for anything else.
        """
        try:
            if document.get("format") != FORMAT:
                return table_of_rows(document["nodes"], document["edges"])
            fields: dict[str, Any] = {name: unpack_array(document[name]) for name in _ARRAYS}
            fields |= {name: int(document[name]) for name in _COUNTS}
            return cls(**fields)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail="node, lat, lon / u, v, length_m") from None


_COUNTS = ("lengths_mended", "lengths_doubtful")
_ARRAYS = (
    "latitude",
    "longitude",
    "elevation_m",
    "tail",
    "head",
    "length_m",
    "bars",
    "bend_start",
    "bend_longitude",
    "bend_latitude",
)


def plane_m(latitude: np.ndarray, longitude: np.ndarray, middle: float) -> np.ndarray:
    """Return points as metres on a plane that fits latitudes near `middle`: good to metres in a city."""
    x = np.radians(longitude) * EARTH_RADIUS_M * np.cos(np.radians(middle))
    return np.column_stack([x, np.radians(latitude) * EARTH_RADIUS_M])


def road_table(junctions: Sequence[Junction], streets: Sequence[Street]) -> RoadTable:
    """Return the net of these rows; junctions without a street are left out.

    Raises: BcpKitError G-002 (an end that is no junction, a length below zero or endless), G-011 (no street).
    """
    at = {junction.key: i for i, junction in enumerate(junctions)}
    kept = list(streets)
    if all(street.tail == street.head for street in kept):
        raise BcpKitError(ErrorCode.ROADS_EMPTY)
    try:
        ends = np.array([(at[s.tail], at[s.head]) for s in kept], dtype=np.int64)
    except KeyError:
        raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail="u, v") from None
    used, ends = np.unique(ends, return_inverse=True)
    ends = ends.reshape(-1, 2)
    place = np.array([junctions[i][1:] for i in used], dtype=float)
    bends = np.array([bend for street in kept for bend in street.bends], dtype=float).reshape(-1, 2)
    counts = np.array([len(street.bends) for street in kept])
    stated = np.array([np.nan if s.length_m is None else s.length_m for s in kept], dtype=float)
    given = np.array([s.length_m is not None for s in kept])
    if (
        not np.isfinite(stated[given]).all()
        or (stated[given] < 0).any()
        or not np.isfinite(place[:, :2]).all()
    ):
        raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail="length_m, lat, lon")
    table = RoadTable(
        latitude=place[:, 0],
        longitude=place[:, 1],
        elevation_m=place[:, 2],
        tail=ends[:, 0].astype(np.int32),
        head=ends[:, 1].astype(np.int32),
        length_m=stated,
        bars=np.array([int(s.bars) for s in kept], dtype=np.uint8),
        bend_start=np.concatenate(([0], np.cumsum(counts))),
        bend_longitude=bends[:, 0],
        bend_latitude=bends[:, 1],
    )
    return _with_lengths(table)


def _with_lengths(table: RoadTable) -> RoadTable:
    """Return the table with missing lengths measured, and lengths shorter than the straight line replaced."""
    middle = float(table.latitude.mean())
    at = plane_m(table.latitude, table.longitude, middle)
    chord = np.hypot(*(at[table.tail] - at[table.head]).T)
    points, owner = table.lines(np.arange(len(table.tail)))
    flat = plane_m(points[:, 1], points[:, 0], middle)
    steps = np.hypot(*np.diff(flat, axis=0).T)
    inside = owner[1:] == owner[:-1]
    line = np.bincount(owner[:-1][inside], weights=steps[inside], minlength=len(table.tail))
    missing = np.isnan(table.length_m)
    short = ~missing & (table.length_m < DOUBTFUL_SHARE * chord - 1.0)
    wrong = short & (table.length_m < WRONG_SHARE * chord)
    length = np.where(missing | wrong, np.maximum(line, chord), table.length_m)
    fields = {name: getattr(table, name) for name in _ARRAYS}
    return RoadTable(
        **{**fields, "length_m": np.maximum(length, _LEAST_M)},
        lengths_mended=int(wrong.sum()),
        lengths_doubtful=int((short & ~wrong).sum()),
    )


def table_of_rows(nodes: Iterable[Mapping[str, Any]], edges: Iterable[Mapping[str, Any]]) -> RoadTable:
    """Return the net of two tables.

    `node`, `lat`, `lon`, `elev_m` and `u`, `v`, `length_m`, `highway`, `oneway`. Raises: BcpKitError G-002
    for missing columns or words for numbers, those of `road_table`.
    """
    try:
        junctions = [
            Junction(str(n["node"]), float(n["lat"]), float(n["lon"]), _number(n.get("elev_m")))
            for n in nodes
        ]
        streets = [Street(str(e["u"]), str(e["v"]), float(e["length_m"]), bars_of(e)) for e in edges]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail="node, lat, lon / u, v, length_m") from None
    return road_table(junctions, streets)


def _number(value: object) -> float:
    return float("nan") if value in (None, "") else float(str(value))

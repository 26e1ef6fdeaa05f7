"""Hazard zones: how points and roads lie to each hazard. No network.

A zone is a polygon in degrees (longitude first) of one hazard, with the water that is assumed there (from
`depth_min_m` up to `depth_m`), whether it is special (家屋倒壊等氾濫想定区域, 土砂災害特別警戒区域) and when
the wave arrives. A map speaks for a hazard only when it holds at least one zone of it, and only for points
not too far from its zones; of the others nothing is said.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, isnan, radians
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.units import EARTH_RADIUS_M, Location
from bcp_kit.geo.packed import pack_outlines, unpack_outlines

METRES_PER_DEGREE = radians(1) * EARTH_RADIUS_M
FORMAT = "hazard_zones/1"
SPEAKS_WITHIN_M = 10_000.0  # of the map's own zones: farther away nobody looked
_OUT, _IN, _UNKNOWN = 0, 1, 2
_STATES = (Known.NO, Known.YES, Known.UNKNOWN)


@dataclass(frozen=True)
class Zone:
    """One zone of one hazard, without its outline. Depths in metres of water."""

    hazard: HazardKind
    depth_m: float | None = None
    special: bool = False
    arrival_min: float | None = None
    depth_min_m: float | None = None


@dataclass(frozen=True)
class Findings:
    """How n points lie to one hazard: state (0 out, 1 in, 2 unknown), depths, …; NaN unknown."""

    state: np.ndarray
    depth_m: np.ndarray
    depth_min_m: np.ndarray
    special: np.ndarray
    arrival_min: np.ndarray


class Zones:
    """All zones of one or several maps, ready to be asked about many points at once."""

    def __init__(self, zones: Sequence[Zone], outlines: Sequence[Any] | np.ndarray) -> None:
        self.zones = tuple(zones)
        self.outlines = np.empty(len(self.zones), dtype=object)
        self.outlines[:] = list(outlines)
        self.hazards = tuple(h for h in HazardKind if any(z.hazard is h for z in self.zones))
        self._order = {h: np.flatnonzero([z.hazard is h for z in self.zones]) for h in self.hazards}

    @classmethod
    def from_geojson(cls, layer: Mapping[str, Any]) -> "Zones":
        """Return the zones of a FeatureCollection in our own words.

        Properties: `hazard` (a value of `HazardKind`), `depth_m`, `depth_min_m`, `special`, `arrival_min`.
        Raises: BcpKitError G-001 for anything but polygons in degrees with a known hazard.
        """
        zones, outlines = [], []
        try:
            for feature in layer["features"]:
                zone, outline = _zone(feature["properties"]), shape(feature["geometry"])
                west, south, east, north = outline.bounds
                in_degrees = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
                if outline.geom_type not in ("Polygon", "MultiPolygon") or not in_degrees:
                    raise ValueError(outline.geom_type)
                zones.append(zone)
                outlines.append(shapely.make_valid(outline))
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
            place = len(zones) + 1
            raise BcpKitError(ErrorCode.ZONES_UNREADABLE, detail=f"No. {place}") from None
        return cls(zones, outlines)

    def to_document(self) -> dict[str, Any]:
        """Return the zones as a JSON document."""
        listed = [[z.hazard.value, z.depth_min_m, z.depth_m, z.special, z.arrival_min] for z in self.zones]
        return {"format": FORMAT, "zones": listed, "outlines": pack_outlines(self.outlines)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Zones":
        """Return the zones of `to_document`, or of a FeatureCollection in our own words.

        Raises: BcpKitError G-001 for anything else.
        """
        if document.get("format") != FORMAT:
            return cls.from_geojson(document)
        try:
            listed = [
                Zone(HazardKind(hazard), depth_m, bool(special), arrival_min, depth_min_m)
                for hazard, depth_min_m, depth_m, special, arrival_min in document["zones"]
            ]
            return cls(listed, unpack_outlines(document["outlines"]))
        except (KeyError, TypeError, ValueError, shapely.errors.ShapelyError):
            raise BcpKitError(ErrorCode.ZONES_UNREADABLE, detail="zones") from None

    @classmethod
    def together(cls, maps: Iterable["Zones"]) -> "Zones":
        """Return the zones of several maps as one."""
        listed = list(maps)
        return cls([z for m in listed for z in m.zones], [o for m in listed for o in m.outlines])

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north in degrees."""
        west, south, east, north = shapely.total_bounds(self.outlines)
        return float(west), float(south), float(east), float(north)

    def exposures(self, points: Sequence[Location | None]) -> list[tuple[Exposure, ...]]:
        """Return for each point its exposure to each hazard of the maps; nothing for an unknown point.

        Within several zones of a hazard: the greatest depth, the earliest arrival, special if any is. A
        point outside, but nearer to a zone than its own uncertainty, is neither in nor out: unknown.
        """
        known = [i for i, p in enumerate(points) if p is not None]
        located = [p for p in points if p is not None]
        listed: list[list[Exposure]] = [[] for _ in points]
        for hazard in self.hazards:
            for row, exposure in zip(known, _exposures(hazard, self.at(located, hazard)), strict=True):
                listed[row].append(exposure)
        return [tuple(found) for found in listed]

    def at(self, points: Sequence[Location], hazard: HazardKind) -> Findings:
        """Return how the points lie to one hazard."""
        count = len(points)
        coordinates = np.array([(p.longitude, p.latitude) for p in points], dtype=float).reshape(-1, 2)
        found = Findings(
            state=np.where(self._spoken_of(coordinates), _OUT, _UNKNOWN).astype(np.uint8),
            depth_m=np.full(count, np.nan),
            depth_min_m=np.full(count, np.nan),
            special=np.zeros(count, dtype=bool),
            arrival_min=np.full(count, np.nan),
        )
        own = self._order.get(hazard)
        if own is None or not count:
            return found
        spots = shapely.points(coordinates)
        self._mark_close(points, spots, own, found.state)
        zone, spot = shapely.STRtree(spots).query(self.outlines[own], predicate="intersects")
        self._mark_inside(own[zone], spot, found)
        return found

    def _spoken_of(self, coordinates: np.ndarray) -> np.ndarray:
        west, south, east, north = self.bounds
        up = SPEAKS_WITHIN_M / METRES_PER_DEGREE
        aside = up / max(0.1, cos(radians((south + north) / 2)))
        x, y = coordinates[:, 0], coordinates[:, 1]
        inside = (x >= west - aside) & (x <= east + aside) & (y >= south - up) & (y <= north + up)
        return np.asarray(inside)

    def _mark_close(
        self, points: Sequence[Location], spots: np.ndarray, own: np.ndarray, state: np.ndarray
    ) -> None:
        """Mark points that may lie in a zone because nobody knows exactly where they are."""
        reach = np.array([_degrees(p) for p in points])
        unsure = np.flatnonzero(reach > 0)
        if not len(unsure):
            return
        outlines = self.outlines[own]
        tree = shapely.STRtree(spots[unsure])
        zone, spot = tree.query(outlines, predicate="dwithin", distance=float(reach.max()))
        shapely.prepare(outlines)
        close = shapely.dwithin(outlines[zone], spots[unsure[spot]], reach[unsure[spot]])
        state[unsure[spot[close]]] = _UNKNOWN

    def _mark_inside(self, zone: np.ndarray, spot: np.ndarray, found: Findings) -> None:
        found.state[spot] = _IN
        numbers = np.array([self._numbers(self.zones[z]) for z in zone], dtype=float).reshape(-1, 4)
        np.fmax.at(found.depth_m, spot, numbers[:, 0])
        np.fmax.at(found.depth_min_m, spot, numbers[:, 1])
        np.fmin.at(found.arrival_min, spot, numbers[:, 2])
        np.logical_or.at(found.special, spot, numbers[:, 3] > 0)

    @staticmethod
    def _numbers(zone: Zone) -> tuple[float, float, float, float]:
        depths = (zone.depth_m, zone.depth_min_m, zone.arrival_min)
        depth, depth_min, arrival = (np.nan if d is None else d for d in depths)
        return depth, depth_min, arrival, float(zone.special)

    def lines_inside(self, lines: np.ndarray, hazard: HazardKind, from_depth_m: float) -> np.ndarray:
        """Return which lines run into a zone of the hazard with water of `from_depth_m` or more.

        A zone of unknown depth, a special zone and a landslide zone count whatever their depth.
        """
        inside = np.zeros(len(lines), dtype=bool)
        deep = [
            i
            for i in self._order.get(hazard, ())
            if self.zones[i].special
            or self.zones[i].depth_m is None
            or (self.zones[i].depth_m or 0.0) >= from_depth_m
        ]
        if deep and len(lines):
            _, hit = shapely.STRtree(lines).query(self.outlines[deep], predicate="intersects")
            inside[hit] = True
        return inside


def _exposures(hazard: HazardKind, found: Findings) -> list[Exposure]:
    """Return the exposure of each point; points that lie alike share one."""
    numbers = (found.depth_m, found.depth_min_m, found.arrival_min)
    known = [[None if isnan(n) else n for n in some.tolist()] for some in numbers]
    made: dict[tuple[Any, ...], Exposure] = {}
    listed = []
    for row in zip(found.state.tolist(), found.special.tolist(), *known, strict=True):
        exposure = made.get(row)
        if exposure is None:
            state, special, depth, depth_min, arrival = row
            exposure = made[row] = Exposure(
                hazard=hazard,
                in_zone=_STATES[state],
                depth_m=depth,
                depth_min_m=depth_min,
                special=special,
                arrival_min=arrival,
            )
        listed.append(exposure)
    return listed


def _zone(properties: Mapping[str, Any]) -> Zone:
    numbers = {
        key: None if properties.get(key) is None else float(properties[key])
        for key in ("depth_m", "depth_min_m", "arrival_min")
    }
    return Zone(
        hazard=HazardKind(properties["hazard"]), special=bool(properties.get("special", False)), **numbers
    )


def _degrees(point: Location) -> float:
    """Return the point's uncertainty in degrees, by the longer of the two: of longitude."""
    return point.uncertainty_m / (METRES_PER_DEGREE * max(0.1, cos(radians(point.latitude))))

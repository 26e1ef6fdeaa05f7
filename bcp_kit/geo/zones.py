"""Hazard zones from GeoJSON: how each point lies to each hazard. No network.

A feature is a Polygon or MultiPolygon in degrees (longitude first) with the properties `hazard` (a value of
`HazardKind`), and where they apply `depth_m` (assumed water), `special` (true for 家屋倒壊等氾濫想定区域 and
土砂災害特別警戒区域) and `arrival_min` (when the wave arrives). A layer speaks for a hazard only when it
holds at least one zone of it; of the others nothing is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.units import EARTH_RADIUS_M, Location

METRES_PER_DEGREE = radians(1) * EARTH_RADIUS_M


@dataclass(frozen=True)
class Zone:
    """One zone of one hazard, without its outline."""

    hazard: HazardKind
    depth_m: float | None = None
    special: bool = False
    arrival_min: float | None = None


class Zones:
    """All zones of a layer, ready to be asked about many points at once."""

    def __init__(self, zones: Sequence[Zone], outlines: Sequence[Any]) -> None:
        self._zones = tuple(zones)
        self._outlines = np.array(outlines, dtype=object)
        self._tree = shapely.STRtree(self._outlines)
        self.hazards = tuple(h for h in HazardKind if any(z.hazard is h for z in self._zones))

    @classmethod
    def from_geojson(cls, layer: Mapping[str, Any]) -> "Zones":
        """Return the zones of a FeatureCollection.

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
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError) as fault:
            place = len(zones) + 1
            raise BcpKitError(ErrorCode.ZONES_UNREADABLE, detail=f"{place}: {type(fault).__name__}") from None
        return cls(zones, outlines)

    def exposures(self, points: Sequence[Location | None]) -> list[tuple[Exposure, ...]]:
        """Return for each point its exposure to each hazard of the layer; nothing for an unknown point.

        Within several zones of a hazard: the greatest depth, the earliest arrival, special if any is. A
        point outside, but nearer to a zone than its own uncertainty, is neither in nor out: unknown.
        """
        inside, close = self._touched(points)
        return [
            () if point is None else tuple(self._exposure(h, inside[i], close[i]) for h in self.hazards)
            for i, point in enumerate(points)
        ]

    def _exposure(self, hazard: HazardKind, inside: Sequence[int], close: Sequence[int]) -> Exposure:
        zones = [self._zones[z] for z in inside if self._zones[z].hazard is hazard]
        if not zones:
            near = any(self._zones[z].hazard is hazard for z in close)
            return Exposure(hazard=hazard, in_zone=Known.UNKNOWN if near else Known.NO)
        return Exposure(
            hazard=hazard,
            in_zone=Known.YES,
            depth_m=max((z.depth_m for z in zones if z.depth_m is not None), default=None),
            special=any(z.special for z in zones),
            arrival_min=min((z.arrival_min for z in zones if z.arrival_min is not None), default=None),
        )

    def _touched(self, points: Sequence[Location | None]) -> tuple[list[list[int]], list[list[int]]]:
        """Return for each point the zones it lies in, and those within its uncertainty."""
        known = [i for i, p in enumerate(points) if p is not None]
        located = [p for p in points if p is not None]
        spots = shapely.points([(p.longitude, p.latitude) for p in located])
        reach = [_degrees(p) for p in located]
        inside: list[list[int]] = [[] for _ in points]
        close: list[list[int]] = [[] for _ in points]
        for found, pairs in (
            (inside, self._tree.query(spots, predicate="intersects")),
            (close, self._tree.query(spots, predicate="dwithin", distance=reach)),
        ):
            for spot, zone in pairs.T.tolist():
                found[known[spot]].append(zone)
        return inside, close


def _zone(properties: Mapping[str, Any]) -> Zone:
    numbers = {
        key: None if properties.get(key) is None else float(properties[key])
        for key in ("depth_m", "arrival_min")
    }
    return Zone(
        hazard=HazardKind(properties["hazard"]), special=bool(properties.get("special", False)), **numbers
    )


def _degrees(point: Location) -> float:
    """Return the point's uncertainty in degrees, by the longer of the two: of longitude."""
    return point.uncertainty_m / (METRES_PER_DEGREE * max(0.1, cos(radians(point.latitude))))

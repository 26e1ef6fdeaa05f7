"""Outlines of danger zones cut to a small map: few points, outer rings one way round and holes the other.

Filled by the non-zero rule they show the union of all zones, also where zones overlap.
"""

from collections.abc import Iterable

import numpy as np
import shapely

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.geo.zones import Zones

Box = tuple[float, float, float, float]
Ring = tuple[tuple[float, float], ...]
MOST_ZONES = 400  # of very many the largest in the box
_POINTS_ACROSS = 250  # a detail smaller than this part of the box is left out
_LEAST_SHARE = 2e-4  # of the box: smaller zones would be a dot


class DangerRings:
    """The zones of some maps, asked box by box."""

    def __init__(self, zones: Zones) -> None:
        self._zones = zones
        self._trees = {
            hazard: (shapely.STRtree(zones.outlines[chosen]), zones.outlines[chosen])
            for hazard in zones.hazards
            for chosen in [np.flatnonzero([zone.hazard is hazard for zone in zones.zones])]
        }

    def within(self, box: Box, hazards: Iterable[HazardKind]) -> dict[HazardKind, tuple[Ring, ...]]:
        """Return by hazard the rings inside a box (west, south, east, north in degrees), as (lon, lat)."""
        found = {}
        for hazard in hazards:
            rings = self._rings(box, hazard) if hazard in self._trees else ()
            if rings:
                found[hazard] = rings
        return found

    def _rings(self, box: Box, hazard: HazardKind) -> tuple[Ring, ...]:
        tree, outlines = self._trees[hazard]
        near = outlines[np.sort(tree.query(shapely.box(*box)))]
        if not len(near):
            return ()
        west, south, east, north = box
        cut = shapely.clip_by_rect(near, west, south, east, north)
        cut = shapely.simplify(cut, max(east - west, north - south) / _POINTS_ACROSS)
        parts = shapely.get_parts(cut)
        parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
        areas = shapely.area(parts)
        kept = np.flatnonzero(areas >= _LEAST_SHARE * (east - west) * (north - south))
        if len(kept) > MOST_ZONES:
            kept = np.sort(kept[np.argsort(-areas[kept], kind="stable")[:MOST_ZONES]])
        return tuple(ring for part in shapely.orient_polygons(parts[kept]) for ring in _rings_of(part))


def _rings_of(part: shapely.Polygon) -> Iterable[Ring]:
    for ring in (part.exterior, *part.interiors):
        yield tuple((float(x), float(y)) for x, y in shapely.get_coordinates(ring)[:-1])

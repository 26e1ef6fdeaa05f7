"""The lie of the land: a river along the city, a coast in the east, slopes in the north, districts.

Places are (longitude, latitude) rounded as they are written, so that a file says exactly what was planted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.services.sample_city.settings import Box

Degrees = tuple[float, float]
DIGITS = 6
MAPPED = (HazardKind.RIVER_FLOOD, HazardKind.LANDSLIDE, HazardKind.TSUNAMI)


@dataclass(frozen=True)
class Frame:
    """The city's box, and metres east and north of its south-west corner."""

    box: Box

    @property
    def width_m(self) -> float:
        """Extent from west to east in metres, along the southern edge."""
        return straight_distance_m(self._corner(self.box.west), self._corner(self.box.east))

    @property
    def height_m(self) -> float:
        """Extent from south to north in metres."""
        north = Location(latitude=self.box.north, longitude=self.box.west)
        return straight_distance_m(self._corner(self.box.west), north)

    def _corner(self, longitude: float) -> Location:
        return Location(latitude=self.box.south, longitude=longitude)

    def degrees(self, x_m: float, y_m: float) -> Degrees:
        """Return longitude and latitude of a place, kept inside the box."""
        lon = self.box.west + (self.box.east - self.box.west) * min(max(x_m / self.width_m, 0.0), 1.0)
        lat = self.box.south + (self.box.north - self.box.south) * min(max(y_m / self.height_m, 0.0), 1.0)
        return round(lon, DIGITS), round(lat, DIGITS)


@dataclass(frozen=True)
class Zone:
    """One hazard zone: a ring of degrees without holes."""

    hazard: HazardKind
    name: str
    ring: tuple[Degrees, ...]
    depth_m: float | None = None
    special: bool = False
    arrival_min: float | None = None

    @cached_property
    def _latitudes(self) -> tuple[float, float]:
        latitudes = [lat for _, lat in self.ring]
        return min(latitudes), max(latitudes)

    def holds(self, place: Degrees) -> bool:
        """True when the place lies inside the ring (even-odd rule)."""
        x, y = place
        south, north = self._latitudes
        if not south <= y <= north:
            return False
        inside, (ax, ay) = False, self.ring[-1]
        for bx, by in self.ring:
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                inside = not inside
            ax, ay = bx, by
        return inside

    def feature(self) -> dict[str, Any]:
        """Return the zone as a GeoJSON feature."""
        properties = {
            "hazard": self.hazard.value,
            "depth_m": self.depth_m,
            "special": self.special,
            "arrival_min": self.arrival_min,
            "name": self.name,
        }
        ring = [list(place) for place in (*self.ring, self.ring[0])]
        return {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }


@dataclass(frozen=True)
class District:
    """A district: its name, and its centre in metres."""

    name: str
    x_m: float
    y_m: float


@dataclass(frozen=True)
class Terrain:
    """The finished land. `river_y_m` gives the river's middle by metres east; `water_m` is half its width."""

    frame: Frame
    zones: tuple[Zone, ...]
    districts: tuple[District, ...]
    river_y_m: Callable[[float], float]
    water_m: float

    def in_river(self, x_m: float, y_m: float) -> bool:
        """True when a place in metres lies in the water."""
        return abs(y_m - self.river_y_m(x_m)) < self.water_m

    def zones_at(self, place: Degrees) -> tuple[Zone, ...]:
        """Return the zones in which a place lies."""
        return tuple(zone for zone in self.zones if zone.holds(place))

    def exposures(self, place: Degrees) -> tuple[Exposure, ...]:
        """Return how a place lies to each mapped hazard: the deepest, soonest and worst of its zones."""
        found: dict[HazardKind, list[Zone]] = {hazard: [] for hazard in MAPPED}
        for zone in self.zones_at(place):
            found[zone.hazard].append(zone)
        return tuple(_exposure(hazard, zones) for hazard, zones in found.items())

    def geojson(self) -> dict[str, Any]:
        """Return all zones as a GeoJSON feature collection."""
        return {"type": "FeatureCollection", "features": [zone.feature() for zone in self.zones]}


def _exposure(hazard: HazardKind, zones: Sequence[Zone]) -> Exposure:
    if not zones:
        return Exposure(hazard=hazard, in_zone=Known.NO)
    return Exposure(
        hazard=hazard,
        in_zone=Known.YES,
        depth_m=max((z.depth_m for z in zones if z.depth_m is not None), default=None),
        special=any(z.special for z in zones),
        arrival_min=min((z.arrival_min for z in zones if z.arrival_min is not None), default=None),
    )

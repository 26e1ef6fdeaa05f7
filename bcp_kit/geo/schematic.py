"""Geometry of a schematic map: places around a home in local metres, fitted into a box with a scale bar.

Pure: degrees in, points of the box out (origin at the lower left, north upwards). It is a drawing aid for
paper (略図), not a map: only what is handed in is drawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import atan2, cos, degrees, hypot, radians

from bcp_kit.domain.units import EARTH_RADIUS_M, Location

BEARINGS = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")
_LEAST_SPAN_M = 100.0  # places nearer than this would fill the box with nothing between them
_BAR_SHARE = 0.35  # the scale bar is at most this part of the box's width

Point = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """A place on the map; `key` names it for the caller."""

    key: str
    location: Location


@dataclass(frozen=True)
class DrawnPlace:
    """A place in points of the box, and how it lies from the home.

    `bearing` is one of BEARINGS ("" for the home); `uncertainty_pt` is the radius of doubt on paper.
    """

    key: str
    at: Point
    distance_m: float
    bearing: str
    uncertainty_pt: float


@dataclass(frozen=True)
class SchematicMap:
    """What is drawn, in points: places (the home first), lines of roads, ways by place, the scale bar."""

    width_pt: float
    height_pt: float
    places: tuple[DrawnPlace, ...]
    roads: tuple[tuple[Point, ...], ...]
    bar_m: float
    bar_pt: float
    ways: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)


def local_metres(origin: Location, point: Location) -> Point:
    """Return metres east and north of `origin`; off by less than 0.1 % within 50 km."""
    scale = radians(1) * EARTH_RADIUS_M
    middle = cos(radians((origin.latitude + point.latitude) / 2))
    east = (point.longitude - origin.longitude) * scale * middle
    return east, (point.latitude - origin.latitude) * scale


def bearing(origin: Location, point: Location) -> str:
    """Return the direction from `origin` to `point` as one of eight keys; "" when they are one place."""
    east, north = local_metres(origin, point)
    if hypot(east, north) < 1:
        return ""
    return BEARINGS[round(degrees(atan2(east, north)) / 45) % len(BEARINGS)]


def round_length_m(at_most_m: float) -> float:
    """Return the greatest of 1, 2, 5 × a power of ten that is not above `at_most_m` (at least 1 m)."""
    best = 1.0
    for power in range(7):
        for step in (1, 2, 5):
            length = float(step * 10**power)
            if length <= at_most_m:
                best = length
    return best


def fit(
    home: Place,
    places: Sequence[Place],
    box_pt: tuple[float, float],
    *,
    margin_pt: float = 26.0,
    roads: Iterable[Sequence[Location]] = (),
    ways: Mapping[str, Sequence[Location]] | None = None,
) -> SchematicMap:
    """Return the map of `home` and `places` in a box of (width, height) points, north upwards.

    `ways` are routes by the key of the place that they lead to; they lie inside the box. Roads that leave the
    box are cut at its edge by the drawing, and do not set the scale.
    """
    width, height = box_pt
    points = [(0.0, 0.0), *(local_metres(home.location, place.location) for place in places)]
    led = {key: [local_metres(home.location, at) for at in way] for key, way in (ways or {}).items()}
    shown = [*points, *(point for way in led.values() for point in way)]
    west, east = min(x for x, _ in shown), max(x for x, _ in shown)
    south, north = min(y for _, y in shown), max(y for _, y in shown)
    span_x, span_y = max(east - west, _LEAST_SPAN_M), max(north - south, _LEAST_SPAN_M)
    scale = min((width - 2 * margin_pt) / span_x, (height - 2 * margin_pt) / span_y)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2

    def place_in_box(point: Point) -> Point:
        return width / 2 + (point[0] - middle_x) * scale, height / 2 + (point[1] - middle_y) * scale

    drawn = tuple(
        DrawnPlace(
            place.key,
            place_in_box(point),
            hypot(*point),
            bearing(home.location, place.location),
            place.location.uncertainty_m * scale,
        )
        for place, point in zip((home, *places), points, strict=True)
    )
    bar_m = round_length_m(width * _BAR_SHARE / scale)
    lines = tuple(tuple(place_in_box(local_metres(home.location, at)) for at in road) for road in roads)
    drawn_ways = {key: tuple(map(place_in_box, way)) for key, way in led.items()}
    return SchematicMap(width, height, drawn, lines, bar_m, bar_m * scale, drawn_ways)

"""Hazard zones: in, out or unknown; depth, arrival and special; unreadable layers."""

from itertools import pairwise
from math import cos, pi, sin
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.units import Location
from bcp_kit.geo.zones import Zones


def square(hazard: str, west: float = 137.0, size: float = 0.01, **properties: object) -> dict[str, object]:
    """A square zone with its south-west corner at 33.5 degrees north."""
    east, south, north = west + size, 33.5, 33.5 + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"hazard": hazard, **properties},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def zones(*features: dict[str, object]) -> Zones:
    """The zones of a layer with these features."""
    return Zones.from_geojson({"type": "FeatureCollection", "features": list(features)})


INSIDE = Location(latitude=33.505, longitude=137.005)
OUTSIDE = Location(latitude=33.6, longitude=137.5)


def test_a_point_is_in_or_out_of_each_hazard_of_the_layer() -> None:
    """A point in a flood zone is in it with its depth, and outside the tsunami zone elsewhere."""
    layer = zones(
        square("river_flood", depth_m=3.5, special=True), square("tsunami", west=138.0, arrival_min=20)
    )
    flood, wave = layer.exposures([INSIDE])[0]
    assert (flood.hazard, flood.in_zone, flood.depth_m, flood.special) == (
        HazardKind.RIVER_FLOOD,
        Known.YES,
        3.5,
        True,
    )
    assert (wave.hazard, wave.in_zone, wave.arrival_min) == (HazardKind.TSUNAMI, Known.NO, None)


def test_the_layer_is_silent_about_hazards_it_does_not_hold() -> None:
    """Without a landslide zone in the layer nothing is said about landslides."""
    found = zones(square("river_flood")).exposures([OUTSIDE])[0]
    assert [e.hazard for e in found] == [HazardKind.RIVER_FLOOD]


def test_overlapping_zones_give_the_worst() -> None:
    """In two zones of a hazard the greater depth, the earlier arrival and the special mark count."""
    layer = zones(
        square("tsunami", depth_m=1.0, arrival_min=40),
        square("tsunami", size=0.008, depth_m=4.0, arrival_min=25, special=True),
    )
    (wave,) = layer.exposures([INSIDE])[0]
    assert (wave.depth_m, wave.arrival_min, wave.special) == (4.0, 25, True)


def test_an_uncertain_point_near_a_zone_is_unknown() -> None:
    """A point 90 m outside that may be off by 200 m is neither in nor out; one that is exact is out."""
    at = {"latitude": 33.505, "longitude": 137.011}
    layer = zones(square("river_flood"))
    unsure = layer.exposures([Location(**at, uncertainty_m=200.0), Location(**at)])
    assert [e[0].in_zone for e in unsure] == [Known.UNKNOWN, Known.NO]


def test_a_person_without_a_point_has_no_exposure() -> None:
    """Nothing is said about a home that is not on the map."""
    assert zones(square("river_flood")).exposures([None, INSIDE])[0] == ()


@pytest.mark.parametrize(
    "feature",
    [
        square("volcano"),
        square("river_flood", west=5000.0),
        {"properties": {"hazard": "tsunami"}, "geometry": {"type": "Point", "coordinates": [137.0, 33.5]}},
        {"properties": {"hazard": "tsunami"}},
        {"geometry": None, "properties": None},
    ],
)
def test_an_unreadable_layer_has_its_code(feature: dict[str, object]) -> None:
    """An unknown hazard, metres instead of degrees, a point, or no outline at all is refused as G-001."""
    with pytest.raises(BcpKitError) as refused:
        zones(feature)
    assert refused.value.code is ErrorCode.ZONES_UNREADABLE


def test_far_from_its_zones_a_map_says_nothing() -> None:
    """A place 30 km from every zone of the map is not "outside": nobody looked there."""
    far = Location(latitude=33.8, longitude=137.0)
    assert zones(square("river_flood")).exposures([far])[0][0].in_zone is Known.UNKNOWN


def test_a_class_keeps_both_ends() -> None:
    """The upper end of a depth class decides what stays dry, the lower one what is sure."""
    (flood,) = zones(square("river_flood", depth_m=3.0, depth_min_m=0.5)).exposures([INSIDE])[0]
    assert (flood.depth_m, flood.depth_min_m, flood.depth_at_least_m) == (3.0, 0.5, 0.5)


def even_odd(ring: list[list[float]], x: float, y: float) -> bool:
    """Whether a point lies in a ring, counted by hand."""
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_many_points_agree_with_counting_by_hand(rng: Random) -> None:
    """Random stars and random points: in or out as the even-odd rule says, the deepest zone counting."""
    stars = []
    for _ in range(rng.randint(1, 6)):
        x, y, corners = 137 + rng.random() * 0.05, 33.5 + rng.random() * 0.05, rng.randint(3, 14)
        ring = []
        for k in range(corners):
            angle, radius = 2 * pi * k / corners, 0.002 + 0.02 * rng.random()
            ring.append([x + radius * cos(angle), y + radius * sin(angle)])
        stars.append((round(rng.random() * 9, 2), [*ring, ring[0]]))
    layer = zones(
        *(
            {
                "type": "Feature",
                "properties": {"hazard": "tsunami", "depth_m": depth},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
            for depth, ring in stars
        )
    )
    points = [
        Location(latitude=33.48 + rng.random() * 0.09, longitude=136.98 + rng.random() * 0.09)
        for _ in range(60)
    ]
    again = Zones.from_document(layer.to_document())
    for found in (layer.exposures(points), again.exposures(points)):
        for point, (wave,) in zip(points, found, strict=True):
            depths = [d for d, ring in stars if even_odd(ring, point.longitude, point.latitude)]
            assert (wave.in_zone is Known.YES) == bool(depths)
            assert wave.depth_m == (max(depths) if depths else None)

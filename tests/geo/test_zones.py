"""Hazard zones: in, out or unknown; depth, arrival and special; unreadable layers."""

import pytest

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

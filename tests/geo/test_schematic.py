"""Geometry of schematic maps: directions, scale, everything inside the box."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.geo.schematic import BEARINGS, Place, bearing, fit, round_length_m

HOME = Place("home", Location(latitude=35.0, longitude=139.0))
near = st.builds(
    Location,
    latitude=st.floats(min_value=34.8, max_value=35.2),
    longitude=st.floats(min_value=138.8, max_value=139.2),
)


@pytest.mark.parametrize(
    ("east", "north", "expected"),
    [
        (0, 1, "north"),
        (1, 1, "north_east"),
        (1, 0, "east"),
        (0, -1, "south"),
        (-1, 0, "west"),
        (-1, 1, "north_west"),
    ],
)
def test_bearings(east: int, north: int, expected: str) -> None:
    """The direction is that of the compass, seen from home."""
    place = Location(latitude=35 + north * 0.01, longitude=139 + east * 0.012)
    assert bearing(HOME.location, place) == expected


def test_the_same_place_has_no_bearing() -> None:
    """A destination in the same building lies in no direction."""
    assert bearing(HOME.location, HOME.location) == ""


@given(st.lists(near, min_size=1, max_size=6))
def test_all_places_stand_inside_the_box_and_distances_are_right(locations: list[Location]) -> None:
    """Whatever the places, they are drawn within the box, true to scale, with the right distance."""
    drawn = fit(HOME, [Place(str(i), at) for i, at in enumerate(locations)], (300, 200))
    for place in drawn.places:
        assert 0 <= place.at[0] <= 300 and 0 <= place.at[1] <= 200
        assert place.bearing in ("", *BEARINGS)
    for at, place in zip(locations, drawn.places[1:], strict=True):
        assert place.distance_m == pytest.approx(straight_distance_m(HOME.location, at), rel=0.005, abs=0.5)
    assert 0 < drawn.bar_pt <= 300 * 0.36


def test_north_is_up_and_east_is_right() -> None:
    """A place in the north-east stands above and to the right of the home."""
    drawn = fit(HOME, [Place("x", Location(latitude=35.01, longitude=139.01))], (300, 200))
    home, other = drawn.places
    assert other.at[0] > home.at[0] and other.at[1] > home.at[1]


@pytest.mark.parametrize(("at_most", "expected"), [(0.2, 1), (7, 5), (99, 50), (100, 100), (2400, 2000)])
def test_scale_bars_have_round_lengths(at_most: float, expected: float) -> None:
    """Only 1, 2 and 5 times a power of ten are drawn."""
    assert round_length_m(at_most) == expected


def test_ways_lie_inside_the_box_even_where_they_lead_far_round() -> None:
    """A way that goes round sets the scale with the places, and begins and ends at them."""
    end = Location(latitude=35.01, longitude=139.0)
    way = [HOME.location, Location(latitude=35.0, longitude=139.2), end]
    drawn = fit(HOME, [Place("x", end)], (300, 200), ways={"x": way})
    assert all(0 <= x <= 300 and 0 <= y <= 200 for x, y in drawn.ways["x"])
    assert drawn.ways["x"][0] == pytest.approx(drawn.places[0].at)
    assert drawn.ways["x"][-1] == pytest.approx(drawn.places[1].at)

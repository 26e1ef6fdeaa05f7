"""Distances: the great circle, and ways over a road net."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.geo.distances import straight_distances_m, travel_seconds
from bcp_kit.geo.roads import RoadNet

# A street along a parallel with a branch, and an island that no road reaches.
NODES = [
    {"node": 1, "lat": 33.50, "lon": 137.00},
    {"node": 2, "lat": 33.50, "lon": 137.01},
    {"node": 3, "lat": 33.51, "lon": 137.01},
    {"node": 8, "lat": 33.60, "lon": 137.10},
    {"node": 9, "lat": 33.60, "lon": 137.11},
]
EDGES = [
    {"u": 1, "v": 2, "length_m": 1500.0},
    {"u": 2, "v": 1, "length_m": 1000.0},
    {"u": 2, "v": 3, "length_m": 1200.0},
    {"u": 8, "v": 9, "length_m": 900.0},
]


def at(node: int) -> Location:
    """The point of a node."""
    found = next(n for n in NODES if n["node"] == node)
    return Location(latitude=found["lat"], longitude=found["lon"])


def test_many_straight_lines_equal_the_single_formula() -> None:
    """The matrix of great-circle distances agrees with the formula for two points."""
    points = [at(1), at(3), None]
    found = straight_distances_m(points, points)
    assert found[0, 1] == pytest.approx(straight_distance_m(at(1), at(3)))
    assert np.isnan(found[2]).all()


def test_seconds_follow_the_speed() -> None:
    """A way of 600 m at 60 m a minute takes 600 s; an unknown way is -1."""
    assert travel_seconds(np.array([[600.0, np.nan]]), np.array([60.0])).tolist() == [[600, -1]]


def test_a_way_follows_the_roads() -> None:
    """From 1 to 3 the way is the sum of the shortest edges, walked in either direction."""
    found = RoadNet.from_rows(NODES, EDGES).distances_m([at(1), at(3)], [at(3), at(1)])
    assert found == pytest.approx(np.array([[2200.0, 0.0], [0.0, 2200.0]]), abs=1.0)


def test_no_way_from_islands_far_points_or_unknown_ones() -> None:
    """An island of the net, a point far from every road and a point that is unknown have no way."""
    far = Location(latitude=33.45, longitude=136.9)
    found = RoadNet.from_rows(NODES, EDGES).distances_m([at(8), far, None, at(1)], [at(3)])
    assert np.isnan(found[:3, 0]).all() and found[3, 0] > 0


def test_a_way_is_never_shorter_than_the_straight_line() -> None:
    """Recorded lengths that are too short do not bring two places nearer than the map does."""
    short = [{"u": 1, "v": 2, "length_m": 10.0}]
    found = RoadNet.from_rows(NODES[:2], short).distances_m([at(1)], [at(2)])
    assert found[0, 0] == pytest.approx(straight_distance_m(at(1), at(2)))


def test_beyond_the_limit_there_is_no_way() -> None:
    """A search limited to 1.5 km of road does not reach a place 2.2 km away."""
    net = RoadNet.from_rows(NODES, EDGES)
    assert np.isnan(net.distances_m([at(1)], [at(3)], limit_m=1500.0)).all()


@pytest.mark.parametrize(
    ("nodes", "edges", "code"),
    [
        (NODES, [], ErrorCode.ROADS_EMPTY),
        (NODES, [{"u": 1, "v": 1, "length_m": 5.0}], ErrorCode.ROADS_EMPTY),
        (NODES, [{"u": 1, "v": 77, "length_m": 5.0}], ErrorCode.ROADS_UNREADABLE),
        (NODES, [{"u": 1, "v": 2, "length_m": -5.0}], ErrorCode.ROADS_UNREADABLE),
        (NODES, [{"u": 1, "v": 2, "length_m": "far"}], ErrorCode.ROADS_UNREADABLE),
        (NODES, [{"u": 1, "v": 2, "length_m": "nan"}], ErrorCode.ROADS_UNREADABLE),
        ([{"node": 1}], EDGES, ErrorCode.ROADS_UNREADABLE),
    ],
)
def test_an_unreadable_net_has_its_code(nodes: list[dict], edges: list[dict], code: ErrorCode) -> None:
    """No road, an unknown end, a negative length, words for numbers or a node without a point are named."""
    with pytest.raises(BcpKitError) as refused:
        RoadNet.from_rows(nodes, edges)
    assert refused.value.code is code


@pytest.mark.shared
def test_a_real_walking_net(shared: Callable[[str], Path]) -> None:
    """On the net of a real city ways are found between its corners, longer than the straight lines."""
    folder = shared("data/roads/ube")
    rows = {}
    for part in ("nodes", "edges"):
        with (folder / f"ube_{part}.csv").open(encoding="utf-8", newline="") as lines:
            rows[part] = list(csv.DictReader(lines))
    ends = [Location(latitude=33.945, longitude=131.285), Location(latitude=33.955, longitude=131.245)]
    found = RoadNet.from_rows(rows["nodes"], rows["edges"]).distances_m(ends[:1], ends[1:])
    assert straight_distance_m(*ends) < found[0, 0] < 3 * straight_distance_m(*ends)

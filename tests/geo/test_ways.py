"""Ways over roads against a plain Dijkstra of the test's own: on foot, by wheelchair and car, streets cut."""

import csv
import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import inf
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.geo.road_table import Junction, RoadTable, Street, road_table
from bcp_kit.geo.roads import RoadNet, steep_streets
from bcp_kit.geo.street_rules import Bars, Travel, bars_of, is_way, travel_of
from bcp_kit.geo.ways import TownRoads, WayKind, straight_ways

DETOUR = 1.3
Arc = tuple[str, str, float]


def plain_dijkstra(arcs: Iterable[Arc], start: str) -> dict[str, float]:
    """Shortest distances from `start`, by the book: one queue, one dictionary, nothing of the program."""
    near: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for a, b, length in arcs:
        near[a].append((b, length))
    best, queue = {start: 0.0}, [(0.0, start)]
    while queue:
        metres, at = heapq.heappop(queue)
        if metres > best.get(at, inf):
            continue
        for after, length in near[at]:
            if metres + length < best.get(after, inf):
                best[after] = metres + length
                heapq.heappush(queue, (best[after], after))
    return best


def both_ways(arcs: Iterable[Arc]) -> list[Arc]:
    """Arcs for people who walk in either direction."""
    listed = list(arcs)
    return [*listed, *((b, a, length) for a, b, length in listed)]


@pytest.fixture
def ube(shared: Callable[[str], Path]) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The rows of the real walking net."""
    folder, found = shared("data/roads/ube"), []
    for part in ("nodes", "edges"):
        with (folder / f"ube_{part}.csv").open(encoding="utf-8", newline="") as lines:
            found.append(list(csv.DictReader(lines)))
    return found[0], found[1]


@pytest.mark.shared
def test_distances_on_a_real_net_equal_a_plain_dijkstra(
    ube: tuple[list[dict[str, str]], list[dict[str, str]]],
) -> None:
    """From 300 junctions of a real city to 4 others each distance is the one that a plain search finds."""
    nodes, edges = ube
    at = {n["node"]: Location(latitude=float(n["lat"]), longitude=float(n["lon"])) for n in nodes}
    arcs = both_ways((e["u"], e["v"], float(e["length_m"])) for e in edges)
    rng = Random(11)  # noqa: S311 - a fixed choice
    homes, places = rng.sample(sorted(at), 300), rng.sample(sorted(at), 4)
    found = RoadNet.from_rows(nodes, edges).distances_m([at[h] for h in homes], [at[p] for p in places])
    compared = 0
    for column, place in enumerate(places):
        expected = plain_dijkstra(arcs, place)
        for row, home in enumerate(homes):
            if len(expected) > 5_000 and home in expected:
                assert found[row, column] == pytest.approx(expected[home], abs=0.05)
                compared += 1
    assert compared > 1_000


@pytest.mark.shared
def test_a_wheelchair_is_never_quicker_than_feet_on_a_real_net(
    ube: tuple[list[dict[str, str]], list[dict[str, str]]],
) -> None:
    """Between 400 homes and 40 places no way without steps and steep slopes is shorter than on foot."""
    nodes, edges = ube
    rng = Random(12)  # noqa: S311 - a fixed choice
    points = [Location(latitude=float(n["lat"]), longitude=float(n["lon"])) for n in rng.sample(nodes, 440)]
    town = TownRoads(RoadTable.from_document({"nodes": nodes, "edges": edges}))
    foot, wheels = (
        town.ways(points[:400], points[400:], travel, DETOUR) for travel in (Travel.FOOT, Travel.WHEELCHAIR)
    )
    assert (wheels.metres >= foot.metres).all()
    assert (wheels.metres > foot.metres + 1).any()
    assert (wheels.kind == WayKind.ROAD).mean() > 0.5


PLACES = st.integers(min_value=0, max_value=9)
STREETS = st.lists(
    st.tuples(
        PLACES,
        PLACES,
        st.floats(min_value=1.0, max_value=5.0),
        st.sampled_from(["residential", "steps", "footway", "motorway", "['residential', 'steps']"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


def at(node: int) -> Location:
    """The point of a node: ten of them on a grid about 100 m wide."""
    return Location(latitude=33.5 + (node // 5) * 0.001, longitude=137.0 + (node % 5) * 0.001)


def small_net(streets: Sequence[tuple[int, int, float, str, bool]]) -> RoadTable | None:
    """A net of these streets, each a multiple of its straight line; None when every one is a loop."""
    junctions = [Junction(str(n), at(n).latitude, at(n).longitude, float(n % 3) * 8) for n in range(10)]
    lines = [
        Street(
            str(a), str(b), straight_distance_m(at(a), at(b)) * factor, bars_of({"highway": k, "oneway": o})
        )
        for a, b, factor, k, o in streets
        if a != b
    ]
    return road_table(junctions, lines) if lines else None


def allowed_arcs(table: RoadTable, travel: Travel, cut: np.ndarray) -> list[Arc]:
    """The arcs that a traveller may use, told from the rules and not from the program's graph."""
    steep, arcs = steep_streets(table), []
    for street, bars in enumerate(table.bars.tolist()):
        closed = {
            Travel.FOOT: bars & Bars.NO_FOOT,
            Travel.WHEELCHAIR: bars & (Bars.NO_FOOT | Bars.NO_WHEELS) or steep[street],
            Travel.CAR: bars & Bars.NO_CAR,
        }[travel]
        if closed or cut[street]:
            continue
        a, b, length = str(table.tail[street]), str(table.head[street]), float(table.length_m[street])
        arcs.append((a, b, length))
        if travel is not Travel.CAR or not bars & Bars.ONEWAY:
            arcs.append((b, a, length))
    return arcs


@settings(max_examples=60, deadline=None)
@given(STREETS, st.sampled_from(list(Travel)), st.randoms(use_true_random=False))
def test_small_nets_equal_a_plain_dijkstra(
    streets: list[tuple[int, int, float, str, bool]], travel: Travel, rng: Random
) -> None:
    """On any small net, for any traveller and any cut, a way exists and is as long as a plain search says."""
    table = small_net(streets)
    if table is None:
        return
    cut = np.array([rng.random() < 0.3 for _ in table.tail])
    net = RoadNet(table, travel, cut)
    points = [
        Location(latitude=float(la), longitude=float(lo))
        for la, lo in zip(table.latitude, table.longitude, strict=True)
    ]
    found = net.distances_m(points, points)
    arcs, snap = allowed_arcs(table, travel, cut), net.snap(points)
    for row, start in enumerate(snap.junction.tolist()):
        best = plain_dijkstra(arcs, str(start))
        for column, end in enumerate(snap.junction.tolist()):
            expected = best.get(str(end), inf) + snap.metres[row] + snap.metres[column]
            if np.isnan(found[row, column]):
                assert expected == inf
            else:
                assert found[row, column] == pytest.approx(expected, abs=0.01)


@settings(max_examples=60, deadline=None)
@given(STREETS, st.randoms(use_true_random=False))
def test_no_bar_makes_a_way_shorter(streets: list[tuple[int, int, float, str, bool]], rng: Random) -> None:
    """A wheelchair's way is never shorter than on foot, one around cut streets never than one through."""
    table = small_net(streets)
    if table is None:
        return
    cut = np.array([rng.random() < 0.4 for _ in table.tail])
    points = [at(n) for n in range(10)]
    dry, wet = TownRoads(table), TownRoads(table, cut)
    foot = dry.ways(points, points, Travel.FOOT, DETOUR)
    for town in (dry, wet):
        wheels = town.ways(points, points, Travel.WHEELCHAIR, DETOUR)
        walked = town.ways(points, points, Travel.FOOT, DETOUR)
        assert not (wheels.metres < walked.metres).any()
    around = wet.ways(points, points, Travel.FOOT, DETOUR)
    clear = around.kind == WayKind.ROAD
    assert (around.metres[clear] >= foot.metres[clear] - 0.01).all()


def street_of_four() -> RoadTable:
    """1 - 2 - 3 along the level, steps from 1 straight to 3, and a steep street 3 - 4."""
    junctions = [
        Junction("1", 33.500, 137.000, 5.0),
        Junction("2", 33.500, 137.004, 5.0),
        Junction("3", 33.503, 137.002, 5.0),
        Junction("4", 33.506, 137.002, 45.0),
    ]
    return road_table(
        junctions,
        [
            Street("1", "2"),
            Street("2", "3", bars=bars_of({"oneway": "yes"})),
            Street("1", "3", bars=bars_of({"highway": "steps"})),
            Street("3", "4"),
        ],
    )


ONE, TWO, THREE, FOUR = (
    Location(latitude=33.5, longitude=137.0),
    Location(latitude=33.5, longitude=137.004),
    Location(latitude=33.503, longitude=137.002),
    Location(latitude=33.506, longitude=137.002),
)


def test_wheelchairs_go_around_steps_and_not_up_steep_streets() -> None:
    """The wheelchair takes the long way round the steps; up a slope of 12 % it has no way but an estimate."""
    town = TownRoads(street_of_four())
    foot = town.ways([ONE], [THREE, FOUR], Travel.FOOT, DETOUR)
    wheels = town.ways([ONE], [THREE, FOUR], Travel.WHEELCHAIR, DETOUR)
    assert foot.kind.tolist() == [[WayKind.ROAD, WayKind.ROAD]]
    assert wheels.kind.tolist() == [[WayKind.ROAD, WayKind.STRAIGHT]]
    assert wheels.metres[0, 0] > foot.metres[0, 0] + 300
    assert wheels.metres[0, 1] >= foot.metres[0, 1]


def test_cars_keep_to_one_way_streets() -> None:
    """A car may not turn back into a one-way street; feet may."""
    town = TownRoads(street_of_four())
    assert town.ways([TWO], [THREE], Travel.CAR, DETOUR).kind[0, 0] == WayKind.ROAD
    assert town.ways([THREE], [TWO], Travel.CAR, DETOUR).kind[0, 0] == WayKind.STRAIGHT
    assert town.ways([THREE], [TWO], Travel.FOOT, DETOUR).kind[0, 0] == WayKind.ROAD


def test_a_cut_street_is_gone_round_and_named_where_there_is_no_other() -> None:
    """With the steps cut the way leads round; with every street cut it is a way through the hazard."""
    table = street_of_four()
    round_it = TownRoads(table, np.array([False, False, True, False])).ways(
        [ONE], [THREE], Travel.FOOT, DETOUR
    )
    shut_in = TownRoads(table, np.array([False, True, True, False])).ways([ONE], [THREE], Travel.FOOT, DETOUR)
    free = TownRoads(table).ways([ONE], [THREE], Travel.FOOT, DETOUR)
    assert round_it.kind[0, 0] == WayKind.ROAD and round_it.metres[0, 0] > free.metres[0, 0]
    assert shut_in.kind[0, 0] == WayKind.THROUGH and shut_in.metres[0, 0] == free.metres[0, 0]


def test_without_roads_the_estimate_is_marked() -> None:
    """Straight lines times the factor are marked as such; who has no point has no distance, never zero."""
    found = straight_ways([ONE, None], [TWO], DETOUR)
    assert found.metres[0, 0] == pytest.approx(straight_distance_m(ONE, TWO) * DETOUR, rel=1e-4)
    assert found.kind.ravel().tolist() == [WayKind.STRAIGHT, WayKind.NONE]
    assert np.isnan(found.metres[1, 0])


def test_a_route_runs_along_the_bends() -> None:
    """The points of a route begin at the home, follow junctions and bends in order, and end at the place."""
    table = road_table(
        [Junction("a", 33.5, 137.0), Junction("b", 33.5, 137.01), Junction("c", 33.51, 137.01)],
        [
            Street("b", "a", bends=((137.006, 33.502), (137.003, 33.502))),
            Street("b", "c"),
        ],
    )
    home, end = Location(latitude=33.4999, longitude=137.0), Location(latitude=33.51, longitude=137.01)
    (found,) = RoadNet(table).routes([home], end)
    assert found is not None
    assert [(round(p.longitude, 3), round(p.latitude, 3)) for p in found.points] == [
        (137.0, 33.5),
        (137.0, 33.5),
        (137.003, 33.502),
        (137.006, 33.502),
        (137.01, 33.5),
        (137.01, 33.51),
        (137.01, 33.51),
    ]
    length = sum(straight_distance_m(a, b) for a, b in pairwise(found.points))
    assert found.metres == pytest.approx(length, rel=1e-3)
    assert RoadNet(table).distances_m([home], [end])[0, 0] == pytest.approx(length, rel=1e-3)


def test_an_island_with_roads_of_its_own_keeps_its_ways() -> None:
    """Two large parts of a net both have ways inside; between them there is none, and a scrap has none."""

    def chain(name: str, longitude: float, length: int) -> tuple[list[Junction], list[Street]]:
        keys = [f"{name}{i}" for i in range(length)]
        points = [Junction(key, 33.5 + i * 0.0005, longitude) for i, key in enumerate(keys)]
        return points, [Street(a, b) for a, b in pairwise(keys)]

    parts = [chain("main", 137.0, 120), chain("isle", 137.5, 60), chain("scrap", 137.8, 3)]
    net = RoadNet(road_table([j for p in parts for j in p[0]], [s for p in parts for s in p[1]]))
    low, high = ([Location(latitude=y, longitude=x) for x in (137.0, 137.5, 137.8)] for y in (33.5, 33.501))
    known = ~np.isnan(net.distances_m(low, high))
    assert known.tolist() == [[True, False, False], [False, True, False], [False, False, False]]


def test_the_net_comes_back_from_its_document() -> None:
    """A net kept as a document gives the same distances when it is read again."""
    table = street_of_four()
    again = RoadTable.from_document(table.to_document())
    points = [ONE, TWO, THREE, FOUR]
    assert np.array_equal(
        RoadNet(table).distances_m(points, points), RoadNet(again).distances_m(points, points)
    )
    assert again.parts().tolist() == [4]


def test_a_length_shorter_than_the_straight_line_is_mended() -> None:
    """A length in kilometres where metres belong is replaced by the straight line and counted."""
    table = road_table([Junction("a", 33.5, 137.0), Junction("b", 33.5, 137.01)], [Street("a", "b", 0.93)])
    assert table.lengths_mended == 1
    assert table.length_m[0] == pytest.approx(928, abs=2)


@pytest.mark.parametrize(
    ("tags", "bars"),
    [
        ({"highway": "residential"}, Bars.NONE),
        ({"highway": "steps", "wheelchair": "yes"}, Bars.NO_CAR),
        ({"highway": "motorway"}, Bars.NO_FOOT),
        ({"highway": "['footway', 'steps']"}, Bars.NO_WHEELS | Bars.NO_CAR),
        ({"highway": "residential", "oneway": True, "bridge": "viaduct"}, Bars.ONEWAY | Bars.RAISED),
        ({"highway": "residential", "access": "private"}, Bars.NO_FOOT | Bars.NO_CAR),
        ({"highway": "[broken", "oneway": "0"}, Bars.NONE),
    ],
)
def test_words_of_a_street_say_who_may_use_it(tags: dict[str, object], bars: Bars) -> None:
    """Steps bar wheels and cars, motorways bar feet, private ways bar all; broken words bar nobody."""
    assert bars_of(tags) == bars


def test_means_of_transport_have_their_streets() -> None:
    """A pushed wheelchair needs step-free ways, a lift van a road for cars, an unknown means goes on foot."""
    assert travel_of("wheelchair_push") is Travel.WHEELCHAIR
    assert travel_of("stretcher_van") is Travel.CAR
    assert travel_of("") is Travel.FOOT
    assert is_way("residential") and not is_way("construction") and not is_way("")

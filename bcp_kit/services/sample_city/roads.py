"""An invented road net: a grid pulled out of shape, with bridges at a few places of the river only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.services.sample_city.draws import hits
from bcp_kit.services.sample_city.settings import TerrainSettings
from bcp_kit.services.sample_city.terrain import Terrain

JITTER = 0.22  # of the spacing
DETOUR = 1.05  # a road is a little longer than the straight line
MAIN_EVERY = 5
Cell = tuple[int, int]


@dataclass(frozen=True)
class RoadNode:
    """A crossing: degrees, and height above the sea in metres."""

    node: int
    lon: float
    lat: float
    elev_m: float


@dataclass(frozen=True)
class RoadEdge:
    """One direction of a road between two crossings."""

    u: int
    v: int
    key: int
    length_m: float
    highway: str
    name: str
    oneway: int
    bridge: str
    tunnel: str


@dataclass(frozen=True)
class RoadNet:
    """All crossings and roads."""

    nodes: tuple[RoadNode, ...]
    edges: tuple[RoadEdge, ...]


def draw_roads(rng: Random, terrain: Terrain, rules: TerrainSettings) -> RoadNet:
    """Return a net in which every crossing can be reached from every other."""
    frame, gap = terrain.frame, rules.road_spacing_m
    columns, rows = int(frame.width_m // gap), int(frame.height_m // gap)
    places = {(i, j): _place(rng, i, j, gap) for i in range(columns) for j in range(rows)}
    links = tuple(_links(rng, terrain, rules, places))
    kept = _largest_part((link.a, link.b) for link in links)
    nodes = {cell: _node(terrain, number, *places[cell]) for number, cell in enumerate(sorted(kept), start=1)}
    edges = [edge for link in links if link.a in kept for edge in _both_ways(link, nodes)]
    return RoadNet(tuple(nodes.values()), tuple(edges))


@dataclass(frozen=True)
class _Link:
    """A road between two neighbouring cells of the grid."""

    a: Cell
    b: Cell
    crosses_river: bool


def _links(
    rng: Random, terrain: Terrain, rules: TerrainSettings, places: Mapping[Cell, tuple[float, float]]
) -> Iterator[_Link]:
    """Yield the roads that exist: most of them on land, and over the river only the bridges."""
    columns = 1 + max(i for i, _ in places)
    bridges = {round((n + 0.5) * columns / rules.bridges) for n in range(rules.bridges)}
    for a in places:
        for b in ((a[0] + 1, a[1]), (a[0], a[1] + 1)):
            if b not in places:
                continue
            if _north(terrain, places[a]) != _north(terrain, places[b]):
                if a[0] == b[0] and a[0] in bridges:
                    yield _Link(a, b, crosses_river=True)
            elif _is_main(a, b) or hits(rng, rules.road_kept_share):
                yield _Link(a, b, crosses_river=False)


def _place(rng: Random, i: int, j: int, gap: float) -> tuple[float, float]:
    wobble = gap * JITTER
    return (i + 0.5) * gap + rng.uniform(-wobble, wobble), (j + 0.5) * gap + rng.uniform(-wobble, wobble)


def _north(terrain: Terrain, place: tuple[float, float]) -> bool:
    return place[1] > terrain.river_y_m(place[0])


def _is_main(a: Cell, b: Cell) -> bool:
    """True for the roads of every fifth row or column, which are all kept."""
    line = a[1] if a[1] == b[1] else a[0]
    return line % MAIN_EVERY == 0


def _largest_part(links: Iterable[tuple[Cell, Cell]]) -> set[Cell]:
    """Return the cells of the largest connected part."""
    near: dict[Cell, list[Cell]] = {}
    for a, b in links:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    parts, seen = [], set[Cell]()
    for start in near:
        if start not in seen:
            part = _reached(start, near)
            seen |= part
            parts.append(part)
    return max(parts, key=len)


def _reached(start: Cell, near: Mapping[Cell, list[Cell]]) -> set[Cell]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = [cell for cell in near[waiting.pop()] if cell not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _node(terrain: Terrain, number: int, x_m: float, y_m: float) -> RoadNode:
    """Low by the river and the coast, rising to the slopes in the north."""
    lon, lat = terrain.frame.degrees(x_m, y_m)
    beside_river = abs(y_m - terrain.river_y_m(x_m))
    hill = max(0.0, y_m - 0.7 * terrain.frame.height_m) * 0.05
    height = 2 + min(beside_river, terrain.frame.width_m - x_m) * 0.004 + hill
    return RoadNode(number, lon, lat, round(height, 2))


def _both_ways(link: _Link, nodes: Mapping[Cell, RoadNode]) -> tuple[RoadEdge, RoadEdge]:
    a, b = nodes[link.a], nodes[link.b]
    ends = [Location(latitude=n.lat, longitude=n.lon) for n in (a, b)]
    length = round(straight_distance_m(*ends) * DETOUR, 2)
    highway = "secondary" if _is_main(link.a, link.b) else "residential"
    bridge = "yes" if link.crosses_river else ""
    return (
        RoadEdge(a.node, b.node, 0, length, highway, "", 0, bridge, ""),
        RoadEdge(b.node, a.node, 0, length, highway, "", 0, bridge, ""),
    )

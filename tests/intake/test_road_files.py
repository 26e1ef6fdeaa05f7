"""Files of roads: extracts, GraphML, tables and lines give one net; bad ones are refused by name."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import numpy as np
import osmium
import pytest
from map_makers import geojson, zipped
from pyproj import Transformer

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.units import Location
from bcp_kit.geo.roads import RoadNet
from bcp_kit.geo.street_rules import Travel
from bcp_kit.intake.road_files import RoadFile, read_road_files

POINTS = {
    1: (137.000, 33.500),
    2: (137.002, 33.500),
    3: (137.004, 33.501),
    4: (137.004, 33.504),
    5: (137.000, 33.504),
    6: (137.010, 33.510),
    7: (137.010, 33.511),
}
WAYS = (
    ((1, 2, 3), {"highway": "residential"}),
    ((3, 4), {"highway": "steps"}),
    ((4, 5), {"highway": "residential", "oneway": "-1"}),
    ((5, 1), {"highway": "footway"}),
    ((1, 4), {"highway": "construction"}),
    ((6, 7), {"highway": "residential"}),
    ((2, 6), {"building": "yes"}),
)
NODES_CSV = "node,lon,lat,elev_m\n" + "".join(f"{k},{x},{y},5\n" for k, (x, y) in POINTS.items())
EDGES_CSV = (
    "u,v,length_m,highway\n1,2,190,residential\n2,3,220,residential\n3,4,340,steps\n"
    "4,5,380,\n5,1,450,footway\n"
)


def at(node: int) -> Location:
    """The point of a node."""
    return Location(latitude=POINTS[node][1], longitude=POINTS[node][0])


def extract(tmp_path: Path) -> bytes:
    """An extract of OpenStreetMap with these ways."""
    path = tmp_path / "roads.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for key, place in POINTS.items():
            writer.add_node(osmium.osm.mutable.Node(id=key, location=place))
        for key, (nodes, tags) in enumerate(WAYS, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=key, nodes=list(nodes), tags=tags))
    return path.read_bytes()


def graphml(head: str = "", crs: str = "epsg:4326") -> bytes:
    """GraphML as OSMnx writes it."""
    nodes = "".join(
        f'<node id="{k}"><data key="d5">{y}</data><data key="d6">{x}</data></node>'
        for k, (x, y) in POINTS.items()
    )
    edges = (
        '<edge source="1" target="3" id="0"><data key="d10">410.5</data><data key="d9">residential</data>'
        '<data key="d12">LINESTRING (137.0 33.5, 137.002 33.5, 137.004 33.501)</data>'
        '<data key="d11">False</data><data key="d13">[12, 13]</data></edge>'
        '<edge source="3" target="4" id="0"><data key="d10">333</data>'
        "<data key=\"d9\">['footway', 'steps']</data></edge>"
    )
    keys = "".join(
        f'<key id="{i}" for="{f}" attr.name="{n}" attr.type="string"/>'
        for i, f, n in (
            ("d0", "graph", "crs"),
            ("d5", "node", "y"),
            ("d6", "node", "x"),
            ("d9", "edge", "highway"),
            ("d10", "edge", "length"),
            ("d11", "edge", "oneway"),
            ("d12", "edge", "geometry"),
            ("d13", "edge", "osmid"),
        )
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{keys}'
        f'<graph edgedefault="directed"><data key="d0">{crs}</data>{nodes}{edges}</graph></graphml>'
    ).encode()


def codes(found: RoadFile) -> set[ErrorCode]:
    """The codes of the findings."""
    return {p.code for p in found.problems}


def test_an_extract_becomes_streets_between_junctions(tmp_path: Path) -> None:
    """Ways are cut at their junctions and keep their bends; what is no way or not yet one is left out."""
    found = read_road_files([(extract(tmp_path), "town.osm.pbf")])
    table = found.table
    assert (len(table.latitude), len(table.tail), len(table.bend_longitude)) == (6, 5, 1)
    assert "OpenStreetMap" in found.source
    assert ErrorCode.ROADS_IN_PARTS in codes(found) and ErrorCode.ROAD_HEIGHTS_UNKNOWN in codes(found)
    foot, wheels = (
        RoadNet(table, t).distances_m([at(1)], [at(4)])[0, 0] for t in (Travel.FOOT, Travel.WHEELCHAIR)
    )
    assert foot == pytest.approx(739, abs=8) and wheels > foot


def test_a_one_way_street_against_its_points_is_turned(tmp_path: Path) -> None:
    """oneway=-1 means that cars drive from the last point to the first."""
    table = read_road_files([(extract(tmp_path), "town.osm.pbf")]).table
    drive = RoadNet(table, Travel.CAR)
    assert np.isfinite(drive.distances_m([at(5)], [at(4)])[0, 0])
    assert np.isnan(drive.distances_m([at(4)], [at(5)])[0, 0])


def test_graphml_of_osmnx_is_read() -> None:
    """Lengths, bends, kinds of street as lists, and the origin are taken over."""
    found = read_road_files([(graphml(), "town.graphml")])
    assert found.table.length_m.tolist() == pytest.approx([410.5, 333.0])
    assert found.table.bend_longitude.tolist() == [137.002]
    assert "OpenStreetMap" in found.source
    assert np.isnan(RoadNet(found.table, Travel.WHEELCHAIR).distances_m([at(1)], [at(4)])[0, 0])


def test_a_projected_graph_is_converted() -> None:
    """A graph in a plane system says so and comes out in degrees; its bends too."""
    turn, body = Transformer.from_crs(6668, 6676, always_xy=True), graphml(crs="EPSG:6676").decode()
    for key, (x, y) in POINTS.items():
        east, north = turn.transform(x, y)
        old = f'<node id="{key}"><data key="d5">{y}</data><data key="d6">{x}</data>'
        new = f'<node id="{key}"><data key="d5">{north}</data><data key="d6">{east}</data>'
        assert old in body
        body = body.replace(old, new)
    bend = "{} {}".format(*turn.transform(*POINTS[2]))
    body = body.replace("137.002 33.5", bend)
    found = read_road_files([(body.encode(), "a.graphml")])
    assert ErrorCode.MAP_CONVERTED in codes(found)
    assert found.table.bounds == pytest.approx((137.0, 33.5, 137.004, 33.504), abs=1e-4)
    assert found.table.bend_longitude.tolist() == pytest.approx([137.002], abs=1e-4)


@pytest.mark.parametrize(
    ("crs", "code"), [("EPSG:9999999", ErrorCode.CRS_UNKNOWN), ("EPSG:6677", ErrorCode.MAP_OUTSIDE_JAPAN)]
)
def test_a_graph_in_a_wrong_system_is_refused(crs: str, code: ErrorCode) -> None:
    """A system that does not exist, or one in which the net would lie far from Japan, is refused."""
    body = graphml(crs=crs).replace(b">137.0", b">5137000.0").replace(b">33.5", b">9933500.0")
    with pytest.raises(BcpKitError) as refused:
        read_road_files([(body, "a.graphml")])
    assert refused.value.code is code


@pytest.mark.parametrize("order", [1, -1])
def test_two_tables_are_read_in_either_order(order: int) -> None:
    """Nodes and edges are told by their headings, in any encoding; one zip of both is the same."""
    files = [(NODES_CSV.encode("utf-8-sig"), "a.csv"), (EDGES_CSV.encode("cp932"), "b.csv")][::order]
    found = read_road_files(files)
    again = read_road_files([(zipped({name: body for body, name in files}), "roads.zip")])
    assert len(found.table.tail) == 5 and ErrorCode.ROAD_HEIGHTS_UNKNOWN not in codes(found)
    assert np.array_equal(found.table.length_m, again.table.length_m)


def test_lines_that_meet_make_a_net() -> None:
    """GeoJSON lines with a kind of street and a length are a net; where they end together they meet."""
    lines = [
        {"type": "Feature", "properties": {"highway": "residential"},
         "geometry": {"type": "LineString", "coordinates": [POINTS[1], POINTS[2], POINTS[3]]}},
        {"type": "Feature", "properties": {"highway": "steps", "length": 350},
         "geometry": {"type": "LineString", "coordinates": [POINTS[3], POINTS[4]]}},
    ]  # fmt: skip
    table = read_road_files([(geojson(*lines), "lines.geojson")]).table
    assert (len(table.latitude), len(table.tail)) == (3, 2)
    assert table.length_m.tolist() == pytest.approx([403, 350], abs=3)


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><graphml>&b;</graphml>'


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ([(b"", "a.csv")], ErrorCode.FILE_EMPTY),
        ([(NODES_CSV.encode(), "a.csv")], ErrorCode.ROADS_UNREADABLE),
        ([(b"x,y\n1,2\n", "a.csv"), (EDGES_CSV.encode(), "b.csv")], ErrorCode.ROADS_UNREADABLE),
        ([(NODES_CSV.encode(), "a.csv"), (b"u,v,length_m\n", "b.csv")], ErrorCode.ROADS_EMPTY),
        ([(NODES_CSV.encode(), "a.csv"), (b"u,v,length_m\n1,99,5\n", "b.csv")], ErrorCode.ROADS_UNREADABLE),
        ([(NODES_CSV.encode(), "a.csv"), (b"u,v,length_m\n1,2,-5\n", "b.csv")], ErrorCode.ROADS_UNREADABLE),
        ([(b"node,lon,lat\n1,east,3\n", "a.csv"), (EDGES_CSV.encode(), "b.csv")], ErrorCode.ROADS_UNREADABLE),
        ([(BOMB, "a.graphml")], ErrorCode.FILE_HAS_ENTITIES),
        ([(graphml()[:-40], "a.graphml")], ErrorCode.FILE_DAMAGED),
        ([(b"<graphml></graphml>", "a.graphml")], ErrorCode.ROADS_UNREADABLE),
        ([(b"\0\0\0\x0d\x0a\x09OSMHeader\x18\xff\xff\xff\x7f", "a.osm.pbf")], ErrorCode.FILE_DAMAGED),
        ([(zipped({"a.zip": b"PK"}), "a.zip")], ErrorCode.MAP_FILE_KIND),
        ([(geojson(), "a.geojson")], ErrorCode.ROADS_EMPTY),
        ([(b"%PDF-1.7", "a.pdf")], ErrorCode.FILE_TYPE_UNKNOWN),
    ],
)
def test_bad_files_have_their_codes(files: list[tuple[bytes, str]], code: ErrorCode) -> None:
    """A missing table or column, an unknown end, entities, damage and foreign files are refused by name."""
    with pytest.raises(BcpKitError) as refused:
        read_road_files(files)
    assert refused.value.code is code


def test_a_wrong_cell_is_named_by_row_and_column() -> None:
    """The refusal says which row of the table holds what is no number."""
    wrong = NODES_CSV.replace("33.501", "north")
    with pytest.raises(BcpKitError) as refused:
        read_road_files([(wrong.encode(), "a.csv"), (EDGES_CSV.encode(), "b.csv")])
    assert refused.value.values["detail"] == "4: lat"


def blob(kind: bytes, raw_size: int, body: bytes) -> bytes:
    """One block of an extract that claims to unfold to `raw_size`."""

    def varint(number: int) -> bytes:
        out = b""
        while number > 0x7F:
            out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
        return out + bytes([number])

    content = b"\x10" + varint(raw_size) + b"\x1a" + varint(len(body)) + body
    head = b"\x0a" + varint(len(kind)) + kind + b"\x18" + varint(len(content))
    return len(head).to_bytes(4, "big") + head + content


def test_an_extract_that_unfolds_to_too_much_is_refused_at_once() -> None:
    """A bomb of blocks that claim 32 MB each is refused from their heads, within two seconds."""
    began = monotonic()
    bomb = blob(b"OSMHeader", 10, b"x" * 10) + blob(b"OSMData", 32 * 1024 * 1024, b"x" * 40) * 200
    with pytest.raises(BcpKitError) as refused:
        read_road_files([(bomb, "a.osm.pbf")])
    assert refused.value.code is ErrorCode.FILE_IS_BOMB and monotonic() - began < 2


@pytest.mark.parametrize("cut", [10, 60, 100, 150])
def test_a_half_downloaded_extract_is_refused(tmp_path: Path, cut: int) -> None:
    """An extract that breaks off is damaged, wherever it breaks off."""
    with pytest.raises(BcpKitError) as refused:
        read_road_files([(extract(tmp_path)[:-cut], "a.osm.pbf")])
    assert refused.value.code is ErrorCode.FILE_DAMAGED


@pytest.mark.shared
def test_a_real_net_from_its_tables(shared: Callable[[str], Path]) -> None:
    """The tables of a real city hold its 10,403 junctions and 30,750 streets, nearly all in one part."""
    folder = shared("data/roads/ube")
    found = read_road_files(
        [((folder / f"ube_{part}.csv").read_bytes(), f"{part}.csv") for part in ("edges", "nodes")]
    )
    assert (len(found.table.latitude), len(found.table.tail)) == (10_403, 30_750)
    assert found.table.parts()[0] == 10_387
    assert (found.table.lengths_mended, found.table.lengths_doubtful) == (0, 6)

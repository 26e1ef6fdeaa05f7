"""Map files with planted damage: whatever is changed in a file, it is read or refused by a code."""

from pathlib import Path
from random import Random

import pytest
from map_makers import feature, geojson, ring, zipped, zipped_shapefile
from test_road_files import EDGES_CSV, NODES_CSV, extract, graphml

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.intake.hazard_files import read_hazard_file
from bcp_kit.intake.mesh_files import read_mesh_file
from bcp_kit.intake.place_files import read_place_file
from bcp_kit.intake.road_files import read_road_files

VARIANTS = 60
JUNK = (
    b"",
    b"\0",
    b"\xff\xfe",
    b"999999999",
    b"-1",
    b"null",
    b'"',
    b"{",
    b"]",
    b"NaN",
    b",",
    "東京".encode(),
)
POINTS = "都道府県名,市区町村名,町丁目名,緯度,経度\n架空県,架空市,本町一丁目,33.5,137.0\n"


def damaged(body: bytes, rng: Random) -> bytes:
    """The body with one to four places cut, doubled or overwritten."""
    for _ in range(rng.randint(1, 4)):
        place, length = rng.randrange(len(body) + 1), rng.randint(0, 12)
        how = rng.randrange(3)
        new = rng.choice(JUNK) if how == 0 else body[place : place + length] * 2 if how == 1 else b""
        body = body[:place] + new + body[place + length :]
    return body


def bodies(tmp_path: Path) -> dict[str, bytes]:
    """One good file of each kind."""
    zones = geojson(feature({"A31a_205": 2}), feature({"A40_003": "1m以上2m未満"}, ring(137.1)))
    return {
        "zones.geojson": zones,
        "zones.zip": zipped_shapefile([(ring()[::-1], {"A40_003": "1m以上2m未満"})]),
        "more.zip": zipped({"a.geojson": zones}),
        "town.graphml": graphml(),
        "town.osm.pbf": extract(tmp_path),
        "nodes.csv": NODES_CSV.encode("cp932"),
        "points.csv": POINTS.encode("cp932"),
        "mesh.csv": "メッシュコード,人口\n5236405211,40\n".encode("cp932"),
    }


READERS = {
    "zones.geojson": lambda body: read_hazard_file(body, "zones.geojson"),
    "zones.zip": lambda body: read_hazard_file(body, "zones.zip"),
    "more.zip": lambda body: read_hazard_file(body, "more.zip"),
    "town.graphml": lambda body: read_road_files([(body, "town.graphml")]),
    "town.osm.pbf": lambda body: read_road_files([(body, "town.osm.pbf")]),
    "nodes.csv": lambda body: read_road_files([(body, "a.csv"), (EDGES_CSV.encode(), "b.csv")]),
    "points.csv": lambda body: read_place_file(body, "points.csv"),
    "mesh.csv": lambda body: read_mesh_file(body, "mesh.csv"),
}


@pytest.mark.parametrize("name", READERS)
def test_damage_is_read_or_refused(name: str, tmp_path: Path) -> None:
    """Sixty damaged variants of each kind of file: never another exception than one with a code."""
    rng, good = Random(name), bodies(tmp_path)[name]  # noqa: S311 - a fixed choice
    READERS[name](good)
    read = refused = 0
    for _ in range(VARIANTS):
        try:
            READERS[name](damaged(good, rng))
            read += 1
        except BcpKitError:
            refused += 1
    assert read + refused == VARIANTS and refused

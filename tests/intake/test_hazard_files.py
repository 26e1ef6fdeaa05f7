"""Files of hazard zones: what is read, converted, mended and named, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from map_makers import feature, geojson, ring, zipped, zipped_shapefile
from pyproj import CRS, Transformer

from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.units import Location
from bcp_kit.intake.hazard_files import HazardFile, read_hazard_file
from bcp_kit.intake.hazard_words import hazard_of_words, read_depth

INSIDE = Location(latitude=33.505, longitude=137.005)


def codes(found: HazardFile) -> set[ErrorCode]:
    """The codes of the findings."""
    return {p.code for p in found.problems}


@pytest.mark.parametrize(
    ("attributes", "hazard", "depths", "special"),
    [
        ({"A31a_202": "鏡川", "A31a_205": 2}, HazardKind.RIVER_FLOOD, (0.5, 3), False),
        ({"A31a_105": "6"}, HazardKind.RIVER_FLOOD, (20, 20), False),
        ({"A31b_201": 4.0}, HazardKind.RIVER_FLOOD, (5, 10), False),
        ({"A31_201": 1}, HazardKind.RIVER_FLOOD, (0, 0.5), False),
        ({"A31_001": "14"}, HazardKind.RIVER_FLOOD, (2, 5), False),
        ({"A31a_405": 1}, HazardKind.RIVER_FLOOD, (None, None), True),
        ({"A33_001": 1, "A33_002": 1}, HazardKind.LANDSLIDE, (None, None), False),
        ({"A33_001": 2, "A33_002": 2}, HazardKind.LANDSLIDE, (None, None), True),
        ({"A33_002": "4"}, HazardKind.LANDSLIDE, (None, None), True),
        ({"A40_001": "架空県", "A40_003": "0.3m以上 ～ 1m未満"}, HazardKind.TSUNAMI, (0.3, 1), False),
        ({"A40_003": "20m以上"}, HazardKind.TSUNAMI, (20, 20), False),
        ({"A49_003": "0.5m以上1m未満"}, HazardKind.STORM_SURGE, (0.5, 1), False),
        ({"A49_003": "0.3m未満"}, HazardKind.STORM_SURGE, (0, 0.3), False),
        ({"A51_001": "架空県", "A51_005": 2}, HazardKind.INLAND_FLOOD, (0.5, 3), False),
        (
            {"災害種別": "内水氾濫", "浸水深": "３０ｃｍ〜５０ｃｍ"},
            HazardKind.INLAND_FLOOD,
            (0.3, 0.5),
            False,
        ),
        ({"種別": "洪水", "浸水深": 2.5}, HazardKind.RIVER_FLOOD, (2.5, 2.5), False),
        ({"区域": "土砂災害特別警戒区域（急傾斜地の崩壊）"}, HazardKind.LANDSLIDE, (None, None), True),
        ({"hazard": "tsunami", "depth_m": 2, "arrival_min": 9}, HazardKind.TSUNAMI, (None, 2), False),
    ],
)
def test_attributes_say_hazard_and_depth(
    attributes: dict[str, object],
    hazard: HazardKind,
    depths: tuple[float | None, float | None],
    special: bool,
) -> None:
    """Codes of the national data and words of towns give hazard, depth class and special zone."""
    (zone,) = read_hazard_file(geojson(feature(attributes)), "zones.geojson").zones.zones
    assert (zone.hazard, (zone.depth_min_m, zone.depth_m), zone.special) == (hazard, depths, special)


@pytest.mark.parametrize(
    ("text", "depths"),
    [
        ("0.5m以上3.0m未満", (0.5, 3.0)),
        ("0.01m以上　～　0.3m未満", (0.01, 0.3)),
        ("5.0～10.0m", (5.0, 10.0)),
        ("0.5-3.0m", (0.5, 3.0)),
        ("～0.5m", (0.0, 0.5)),
        ("50cm以下", (0.0, 0.5)),
        ("２０ｍ以上", (20.0, 20.0)),
        ("3", (3.0, 3.0)),
        ("浸水あり", (None, None)),
        ("", (None, None)),
    ],
)
def test_depth_classes_in_words(text: str, depths: tuple[float | None, float | None]) -> None:
    """A class gives both ends in metres, an open one its lower end, words without a number nothing."""
    assert read_depth(text) == depths


def test_durations_are_no_zones() -> None:
    """How long the water stays is not where it comes to: such features are left out and counted."""
    found = read_hazard_file(geojson(feature({"A31a_205": 2}), feature({"A31a_305": 3})), "x.geojson")
    assert (found.features, found.left_out, len(found.zones.zones)) == (2, 1, 1)
    with pytest.raises(BcpKitError) as refused:
        read_hazard_file(geojson(feature({"A31a_305": 3})), "x.geojson")
    assert refused.value.code is ErrorCode.MAP_EMPTY


def test_a_file_that_does_not_tell_its_hazard_asks_for_it() -> None:
    """Without a word about the hazard the file is refused; with the user's word or its name it is read."""
    body = geojson(feature({"id": 1}))
    with pytest.raises(BcpKitError) as refused:
        read_hazard_file(body, "zones.geojson")
    assert refused.value.code is ErrorCode.HAZARD_UNSTATED
    assert read_hazard_file(body, "zones.geojson", hazard=HazardKind.TSUNAMI).zones.hazards == (
        HazardKind.TSUNAMI,
    )
    assert read_hazard_file(body, "津波_L2.geojson").zones.hazards == (HazardKind.TSUNAMI,)


@pytest.mark.parametrize(
    ("attributes", "hazard"),
    [
        ({"A33_002": 1}, HazardKind.LANDSLIDE),
        ({"hazard": "storm_surge"}, HazardKind.STORM_SURGE),
        ({"種別": "内水"}, HazardKind.INLAND_FLOOD),
        ({"id": 3}, HazardKind.RIVER_FLOOD),
    ],
)
def test_attributes_say_more_than_the_name_of_the_file(
    attributes: dict[str, object], hazard: HazardKind
) -> None:
    """In a file named 洪水 a landslide zone stays one; the name decides only where nothing else speaks."""
    body = geojson(feature(attributes))
    assert read_hazard_file(body, "洪水.geojson").zones.hazards == (hazard,)
    tsunami = HazardKind.TSUNAMI
    assert read_hazard_file(body, "洪水.geojson", hazard=tsunami).zones.hazards == (tsunami,)


def test_words_for_two_hazards_decide_nothing() -> None:
    """津波 and 高潮 in one name name no single hazard; 内水氾濫 is an inland flood, not a river's."""
    assert hazard_of_words(["津波・高潮"]) is None
    assert hazard_of_words(["内水氾濫"]) is HazardKind.INLAND_FLOOD
    assert hazard_of_words(["洪水氾濫"]) is HazardKind.RIVER_FLOOD


def test_a_broken_ring_is_mended_with_a_notice() -> None:
    """A ring that crosses itself becomes the areas that it encloses, and the file says so."""
    bow = [[137.0, 33.5], [137.01, 33.51], [137.01, 33.5], [137.0, 33.51], [137.0, 33.5]]
    found = read_hazard_file(geojson(feature({"A31a_205": 2}, bow)), "x.geojson")
    assert found.mended == 1 and ErrorCode.RINGS_MENDED in codes(found)
    inside, outside = found.zones.exposures(
        [Location(latitude=33.505, longitude=137.009), Location(latitude=33.509, longitude=137.005)]
    )
    assert (inside[0].in_zone, outside[0].in_zone) == (Known.YES, Known.NO)


def test_swapped_coordinates_are_put_right() -> None:
    """Latitude before longitude is recognised in Japan, mended and told."""
    corners = [[y, x] for x, y in ring()]
    found = read_hazard_file(geojson(feature({"A40_003": "1m以上"}, corners)), "x.geojson")
    assert ErrorCode.MAP_SWAPPED in codes(found)
    assert found.zones.exposures([INSIDE])[0][0].in_zone is Known.YES


@pytest.mark.parametrize("epsg", [6676, 6677, 2451, 3857, 30168])
def test_projected_coordinates_become_degrees(epsg: int) -> None:
    """Plane rectangular systems of JGD2011, JGD2000 and Tokyo, and Web Mercator, by the crs member."""
    turn = Transformer.from_crs(6668, epsg, always_xy=True)
    corners = np.column_stack(turn.transform(*np.array(ring()).T)).tolist()
    crs = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}
    found = read_hazard_file(geojson(feature({"A40_003": "1m以上"}, corners), crs=crs), "x.geojson")
    assert ErrorCode.MAP_CONVERTED in codes(found)
    west, south, east, north = found.zones.bounds
    assert (west, south, east, north) == pytest.approx((137.0, 33.5, 137.01, 33.51), abs=2e-4)


@pytest.mark.parametrize("epsg", [6668, 4612, 4326])
def test_degrees_of_the_world_system_are_read_as_they_are(epsg: int) -> None:
    """JGD2011, JGD2000 and WGS 84 need no conversion and no notice."""
    crs = {"type": "name", "properties": {"name": f"EPSG:{epsg}"}}
    found = read_hazard_file(geojson(feature({"A40_003": "1m以上"}), crs=crs), "x.geojson")
    assert not found.problems


def test_metres_without_a_system_are_refused_until_it_is_named() -> None:
    """Plane coordinates without a reference system are not guessed; the user's number settles it."""
    turn = Transformer.from_crs(6668, 6676, always_xy=True)
    corners = np.column_stack(turn.transform(*np.array(ring()).T)).tolist()
    body = geojson(feature({"A40_003": "1m以上"}, corners))
    with pytest.raises(BcpKitError) as refused:
        read_hazard_file(body, "x.geojson")
    assert refused.value.code is ErrorCode.CRS_MISSING
    found = read_hazard_file(body, "x.geojson", crs="6676")
    assert found.zones.exposures([INSIDE])[0][0].in_zone is Known.YES


@pytest.mark.parametrize(
    ("crs", "corners", "code"),
    [
        ("EPSG:999999", None, ErrorCode.CRS_UNKNOWN),
        ("no system", None, ErrorCode.CRS_UNKNOWN),
        ("", ring(2.3, 48.8), ErrorCode.MAP_OUTSIDE_JAPAN),
        ("6677", [[1e9, 1e9], [1e9, 2e9], [2e9, 2e9], [1e9, 1e9]], ErrorCode.MAP_OUTSIDE_JAPAN),
    ],
)
def test_wrong_systems_and_foreign_places_are_refused(
    crs: str, corners: list[list[float]] | None, code: ErrorCode
) -> None:
    """A system that does not exist, Paris, or metres beyond the earth are refused by their codes."""
    with pytest.raises(BcpKitError) as refused:
        read_hazard_file(geojson(feature({"A40_003": "1m以上"}, corners)), "x.geojson", crs=crs)
    assert refused.value.code is code


def test_a_zipped_shapefile_in_a_plane_system_is_read() -> None:
    """A shapefile in CP932 with a .prj of a plane system gives the same zone as GeoJSON in degrees."""
    turn = Transformer.from_crs(6668, 6676, always_xy=True)
    corners = np.column_stack(turn.transform(*np.array(ring()).T)).tolist()[::-1]
    body = zipped_shapefile(
        [(corners, {"A40_003": "2.0m以上～5.0m未満"})], CRS.from_epsg(6676).to_wkt("WKT1_ESRI")
    )
    found = read_hazard_file(body, "A40-18_99.zip")
    assert found.zones.zones[0].depth_m == 5.0 and (found.year, "津波" in found.source) == (2018, True)
    assert found.zones.exposures([INSIDE])[0][0].in_zone is Known.YES


def test_a_zip_of_geojson_is_read() -> None:
    """The national data come as zips of GeoJSON in folders: all of its layers are read."""
    flood = geojson(feature({"A31a_205": 3}))
    slopes = geojson(feature({"A33_002": 2}, ring(137.1)))
    found = read_hazard_file(zipped({"A31a-20/20_最大/a.geojson": flood, "b.geojson": slopes}), "maps.zip")
    assert found.zones.hazards == (HazardKind.RIVER_FLOOD, HazardKind.LANDSLIDE)
    assert found.year is None or found.year == 2020


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.geojson", ErrorCode.FILE_EMPTY),
        (b"a,b\n1,2\n", "a.csv", ErrorCode.MAP_FILE_KIND),
        (b'{"type": "FeatureCollection"}', "a.geojson", ErrorCode.ZONES_UNREADABLE),
        (b'{"type": "FeatureCollection", "features": [', "a.geojson", ErrorCode.ZONES_UNREADABLE),
        (b"[1, 2]", "a.geojson", ErrorCode.ZONES_UNREADABLE),
        (b'{"type":"FeatureCollection","features":[5]}', "a.geojson", ErrorCode.ZONES_UNREADABLE),
        (b'{"type":"FeatureCollection","features":[]}', "a.geojson", ErrorCode.MAP_EMPTY),
        (b'{"a":' * 50_000, "a.geojson", ErrorCode.ZONES_UNREADABLE),
        (zipped({"readme.md": b"hello"}), "a.zip", ErrorCode.MAP_FILE_KIND),
        (zipped({"../a.geojson": b"{}"}), "a.zip", ErrorCode.ARCHIVE_NAMES_UNSAFE),
        (zipped({"a.geojson": b" " * 60_000_000}), "a.zip", ErrorCode.FILE_IS_BOMB),
        (zipped({"a.geojson": geojson()})[:-30], "a.zip", ErrorCode.FILE_DAMAGED),
        (b"%PDF-1.7", "a.pdf", ErrorCode.FILE_TYPE_UNKNOWN),
    ],
)
def test_bad_files_have_their_codes(content: bytes, name: str, code: ErrorCode) -> None:
    """Empty, foreign, damaged, nested, unsafe and bomb files are refused by name, without a traceback."""
    with pytest.raises(BcpKitError) as refused:
        read_hazard_file(content, name)
    assert refused.value.code is code


def test_points_and_broken_geometries_are_left_out_and_counted() -> None:
    """Lines, points, empty rings and features without a place leave the zones that are good."""
    bad = [
        {"type": "Feature", "properties": {}, "geometry": None},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [137, 33]}},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[1]]]}},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": []}},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": "abc"}},
    ]
    found = read_hazard_file(geojson(feature({"A31a_205": 2}), *bad), "x.geojson")
    assert (found.left_out, len(found.zones.zones)) == (5, 1)
    assert ErrorCode.SHAPES_LEFT_OUT in codes(found)


def test_a_class_that_nobody_knows_is_named() -> None:
    """A rank outside the code list is kept as a zone of unknown depth and named with its count."""
    found = read_hazard_file(geojson(feature({"A31a_205": 9}), feature({"A31a_205": 9})), "x.geojson")
    (problem,) = [p for p in found.problems if p.code is ErrorCode.DEPTH_CLASS_UNKNOWN]
    assert (problem.values["value"], problem.values["count"]) == ("9", 2)
    assert found.zones.zones[0].depth_m is None


@pytest.mark.shared
@pytest.mark.parametrize(("name", "zones"), [("a1r3", 12), ("a2r2", 20), ("a3r2", 6)])
def test_real_tsunami_zones(shared: Callable[[str], Path], name: str, zones: int) -> None:
    """A real city's zones are all read; they name no hazard but in their file's name, and no depth."""
    path = shared(f"data/test_only/hazard/yokosuka/tsunami_{name}.geojson")
    found = read_hazard_file(path.read_bytes(), path.name)
    assert len(found.zones.zones) == zones and found.zones.hazards == (HazardKind.TSUNAMI,)
    assert all(zone.depth_m is None for zone in found.zones.zones)

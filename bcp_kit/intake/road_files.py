"""Files of roads: an OpenStreetMap extract, GraphML, tables of nodes and edges, or lines become a net."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.geo.road_table import Junction, RoadTable, Street, road_table
from bcp_kit.geo.street_rules import bars_of, is_way
from bcp_kit.intake.guard import guard, shown_name
from bcp_kit.intake.guard_archive import guard_members
from bcp_kit.intake.limits import SCREEN, FileKind, Limits
from bcp_kit.intake.map_files import MapFeature, members, read_map_layers
from bcp_kit.intake.projections import projection_of
from bcp_kit.intake.road_graphml import GraphRows, is_graphml, read_graphml
from bcp_kit.intake.road_osm import is_pbf, read_osm
from bcp_kit.intake.road_tables import read_tables_of_roads

KINDS = ".osm.pbf, GraphML, CSV x 2 (nodes, edges), zip, GeoJSON"
_OSM = "© OpenStreetMap contributors"
_INSIDE_ZIP = (".csv", ".tsv", ".txt", ".graphml", ".pbf", ".geojson", ".json")
_ROUND = 7  # digits of degrees at which two ends of lines are one junction: a centimetre


@dataclass(frozen=True)
class RoadFile:
    """A road net as a file holds it. `source` is what is known of its origin, else empty."""

    name: str
    table: RoadTable
    source: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Rows:
    """Junctions in the file's own coordinates, streets, and the reference system that the file states."""

    junctions: list[Junction]
    streets: list[Street]
    stated_crs: str = ""
    source: str = ""


def read_road_files(
    files: Sequence[tuple[bytes, str]], *, crs: str = "", limits: Limits = SCREEN
) -> RoadFile:
    """Return the road net of one file, or of two tables (nodes and edges); nothing is stored.

    Raises: BcpKitError G-002 … G-005, G-011 (not one road), G-015, G-025, those of the guards.
    """
    for content, _ in files:
        _demand_size(content, limits)
        if not content.strip():
            raise BcpKitError(ErrorCode.FILE_EMPTY)
    rows = _rows(files, limits)
    if not rows.streets:
        raise BcpKitError(ErrorCode.ROADS_EMPTY)
    junctions, streets, problems = _in_degrees(rows, crs)
    table = road_table(junctions, streets)
    names = ", ".join(shown_name(name) for _, name in files)
    return RoadFile(names, table, rows.source, (*problems, *_findings(table)))


def _demand_size(content: bytes, limits: Limits) -> None:
    if len(content) > limits.file_bytes:
        sizes = {"size_mb": len(content) >> 20, "limit_mb": limits.file_bytes >> 20}
        raise BcpKitError(ErrorCode.FILE_TOO_LARGE, **sizes)


def _rows(files: Sequence[tuple[bytes, str]], limits: Limits) -> _Rows:
    if len(files) == 1:
        content, name = files[0]
        if is_pbf(content):
            return _Rows(*read_osm(content, limits), source=_OSM)
        if is_graphml(content):
            return _of_graph(read_graphml(content))
        if content.startswith(b"PK"):
            return _of_archive(content, name, limits)
        if guard(content, name, limits) is FileKind.GEOJSON:
            return _of_lines(content, name, limits)
    for content, name in files:
        if guard(content, name, limits) is not FileKind.DELIMITED:
            raise BcpKitError(ErrorCode.MAP_FILE_KIND, name=shown_name(name), kinds=KINDS)
    return _Rows(*read_tables_of_roads([content for content, _ in files]))


def _of_archive(content: bytes, name: str, limits: Limits) -> _Rows:
    """Read a zip: two tables, one net inside it, or a shapefile of lines."""
    names = [n.lower() for n in guard_members(content, limits)]
    if any(n.endswith((".shp", ".dbf")) for n in names):
        return _of_lines(content, name, limits)
    inside = [(body, part) for part, body in members(content, limits, _INSIDE_ZIP).items()]
    if not inside or any(body.startswith(b"PK") for body, _ in inside):
        raise BcpKitError(ErrorCode.MAP_FILE_KIND, name=shown_name(name), kinds=KINDS)
    return _rows(inside, limits)


def _of_graph(rows: GraphRows) -> _Rows:
    """Read GraphML: `x`, `y` in the system of the graph, or `lon`, `lat`."""
    junctions = []
    try:
        for key, node in rows.nodes.items():
            longitude, latitude = (float(_first(node, names)) for names in (_X, _Y))
            junctions.append(Junction(key, latitude, longitude, _number(_first(node, _HEIGHT, ""))))
    except ValueError:
        raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail="x, y") from None
    lines = shapely.from_wkt([a.get("geometry") or None for _, _, a in rows.edges], on_invalid="ignore")
    streets = []
    for (start, end, attributes), line in zip(rows.edges, lines, strict=True):
        if "highway" in attributes and not is_way(attributes["highway"]):
            continue
        length = _number(_first(attributes, ("length", "length_m"), ""))
        streets.append(
            Street(start, end, None if np.isnan(length) else length, bars_of(attributes), _bends(line))
        )
    told = any("osmid" in attributes for _, _, attributes in rows.edges)
    return _Rows(junctions, streets, rows.graph.get("crs", ""), _OSM if told else "")


_X = ("x", "lon", "lng", "longitude", "経度")
_Y = ("y", "lat", "latitude", "緯度")
_HEIGHT = ("elevation", "elev_m", "ele", "標高")


def _first(attributes: Mapping[str, Any], names: Iterable[str], missing: str | None = None) -> str:
    """Return the first attribute that is there.

    Raises: ValueError when there is none and `missing` is not given.
    """
    found = next((str(attributes[n]) for n in names if attributes.get(n) not in (None, "")), missing)
    if found is None:
        raise ValueError(next(iter(names)))
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _bends(line: Any) -> tuple[tuple[float, float], ...]:
    """Return the points of a line between its ends."""
    if line is None or line.geom_type != "LineString":
        return ()
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(line)[1:-1])


def _of_lines(content: bytes, name: str, limits: Limits) -> _Rows:
    """Read lines with attributes (GeoJSON, shapefile): lines that end at one point meet there."""
    layers = read_map_layers(content, name, limits)
    streets: list[Street] = []
    places: dict[str, Junction] = {}
    for layer in layers:
        for feature in layer.features:
            streets += _line_streets(feature, places)
    stated = next((layer.stated_crs for layer in layers if layer.stated_crs), "")
    return _Rows(list(places.values()), streets, stated)


def _line_streets(feature: MapFeature, places: dict[str, Junction]) -> Iterator[Street]:
    geometry, tags = feature.geometry or {}, feature.attributes
    coordinates = geometry.get("coordinates") or []
    lines = {"LineString": [coordinates], "MultiLineString": coordinates}.get(str(geometry.get("type")), [])
    if "highway" in tags and not is_way(tags["highway"]):
        return
    heights = [_number(_first(tags, names, "")) for names in (("h_s_SAMPLE",), ("h_e_SAMPLE",))]
    length = _number(_first(tags, ("length", "length_m"), ""))
    for line in lines:
        try:
            points = [(float(point[0]), float(point[1])) for point in line]
        except (TypeError, ValueError, IndexError):
            continue
        if len(points) < 2:
            continue
        keys = [f"{round(x, _ROUND)},{round(y, _ROUND)}" for x, y in (points[0], points[-1])]
        for key, (x, y), height in zip(keys, (points[0], points[-1]), heights, strict=True):
            places.setdefault(key, Junction(key, y, x, height))
        whole = None if np.isnan(length) or len(lines) > 1 else length
        yield Street(keys[0], keys[1], whole, bars_of(tags), tuple(points[1:-1]))


def _in_degrees(rows: _Rows, crs: str) -> tuple[list[Junction], list[Street], tuple[Problem, ...]]:
    """Return junctions and bends in degrees.

    Raises: BcpKitError G-004, G-005, G-015.
    """
    own = np.array([(j.longitude, j.latitude) for j in rows.junctions], dtype=float).reshape(-1, 2)
    found = projection_of(own, crs or rows.stated_crs)
    if not found.problems:
        return rows.junctions, rows.streets, ()
    turned = found.turn(own)
    junctions = [
        j._replace(longitude=float(x), latitude=float(y))
        for j, (x, y) in zip(rows.junctions, turned, strict=True)
    ]
    bends = np.array([b for s in rows.streets for b in s.bends], dtype=float).reshape(-1, 2)
    points = iter([(float(x), float(y)) for x, y in found.turn(bends)] if len(bends) else [])
    streets = [s._replace(bends=tuple(next(points) for _ in s.bends)) for s in rows.streets]
    return junctions, streets, found.problems


def _findings(table: RoadTable) -> list[Problem]:
    found = []
    parts = table.parts()
    if len(parts) > 1:
        share = round(100 * float(parts[0]) / float(parts.sum()), 1)
        found.append(_told(ErrorCode.ROADS_IN_PARTS, share < 90, parts=len(parts), share=share))
    if table.lengths_mended:
        wrong = table.lengths_mended > 0.01 * len(table.tail)
        found.append(_told(ErrorCode.ROAD_LENGTHS_MENDED, wrong, count=table.lengths_mended))
    if table.lengths_doubtful:
        found.append(_told(ErrorCode.ROAD_LENGTHS_DOUBTFUL, False, count=table.lengths_doubtful))
    heights = ~np.isnan(table.elevation_m)
    if not heights.all():
        found.append(
            _told(ErrorCode.ROAD_HEIGHTS_UNKNOWN, False, share=round(100 * float(heights.mean()), 1))
        )
    return found


def _told(code: ErrorCode, needs_a_look: bool, **values: int | float) -> Problem:
    severity = Severity.WARNING if needs_a_look else Severity.NOTICE
    return Problem(code=code, severity=severity, values=values)

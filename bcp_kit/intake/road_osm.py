"""Extracts of OpenStreetMap (.osm.pbf): ways with a `highway` become streets between junctions."""

import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import osmium

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.geo.road_table import Junction, Street
from bcp_kit.geo.street_rules import bars_of, is_reversed, is_way
from bcp_kit.intake.limits import Limits

MOST_POINTS = 6_000_000
_LARGEST_HEADER, _LARGEST_BLOB = 64 * 1024, 32 * 1024 * 1024
_STEEPEST = 40  # a block of map data unfolds to this many times its size at most, before it counts as a bomb


def is_pbf(content: bytes) -> bool:
    """Return whether the bytes begin like an extract of OpenStreetMap."""
    return content[4:24].find(b"OSMHeader") >= 0


def guard_pbf(content: bytes, limits: Limits) -> None:
    """Refuse an extract that would unfold to too much; only the heads of its blocks are read.

    Source of the format: OpenStreetMap wiki, PBF Format (blob headers, raw_size). Raises: BcpKitError I-007,
    I-011.
    """
    place, unfolded = 0, 0
    while place < len(content):
        header = int.from_bytes(content[place : place + 4], "big")
        if not 0 < header <= _LARGEST_HEADER:
            raise BcpKitError(ErrorCode.FILE_DAMAGED)
        size = _fields(content[place + 4 : place + 4 + header]).get(3, 0)
        start = place + 4 + header
        if not 0 < size <= _LARGEST_BLOB or start + size > len(content):
            raise BcpKitError(ErrorCode.FILE_DAMAGED)
        unfolded += _fields(content[start : start + 32]).get(2, size)
        place = start + size
    if unfolded > limits.unfolded_bytes or unfolded > _STEEPEST * len(content) + 1024 * 1024:
        raise BcpKitError(ErrorCode.FILE_IS_BOMB)


def _fields(body: bytes) -> Mapping[int, int]:
    """Return the whole numbers among the first fields of a protocol buffer, by their field number."""
    found: dict[int, int] = {}
    place = 0
    while place < len(body):
        key, place = _varint(body, place)
        value, place = _varint(body, place)
        if key & 7 == 0:
            found[key >> 3] = value
        elif key & 7 == 2:
            place += value
        else:
            break
    return found


def _varint(body: bytes, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(body):
            return value, place
        byte = body[place]
        value, place = value | (byte & 0x7F) << shift, place + 1
        if byte < 0x80:
            return value, place
    raise BcpKitError(ErrorCode.FILE_DAMAGED)


@dataclass(frozen=True)
class _Way:
    """A way as it stands in the extract: its points in order, and the words that decide who may use it."""

    points: tuple[int, ...]
    tags: Mapping[str, str]


_TAGS = (
    *("highway", "access", "foot", "wheelchair", "motor_vehicle", "motorcar", "vehicle"),
    *("oneway", "junction", "bridge", "tunnel", "covered"),
)


def read_osm(content: bytes, limits: Limits) -> tuple[list[Junction], list[Street]]:
    """Return the junctions and streets of an extract.

    Raises: BcpKitError G-025 for too many points, I-007 and I-011 of the guard.
    """
    guard_pbf(content, limits)
    try:
        places, ways = _ways(content)
    except (RuntimeError, ValueError, OSError, zlib.error):
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None
    used = Counter(point for way in ways for point in way.points)
    ends = {point for way in ways for point in (way.points[0], way.points[-1])}
    joints = ends | {point for point, times in used.items() if times > 1}
    streets = [street for way in ways for street in _streets(way, joints, places)]
    return [Junction(str(p), places[p][1], places[p][0]) for p in joints], streets


def _ways(content: bytes) -> tuple[dict[int, tuple[float, float]], list[_Way]]:
    places: dict[int, tuple[float, float]] = {}
    ways: list[_Way] = []
    reader = osmium.FileProcessor(osmium.io.FileBuffer(content, "osm.pbf"), osmium.osm.NODE | osmium.osm.WAY)
    for way in reader.with_locations().with_filter(osmium.filter.KeyFilter("highway")):
        if not isinstance(way, osmium.osm.Way) or not is_way(way.tags.get("highway")):
            continue
        tags = {key: way.tags[key] for key in _TAGS if key in way.tags}
        turned = is_reversed(tags)
        ways += [_Way(tuple(r[::-1] if turned else r), tags) for r in _known_runs(way.nodes, places)]
        if len(places) > MOST_POINTS:
            raise BcpKitError(ErrorCode.MAP_TOO_MANY_POINTS, count=len(places), limit=MOST_POINTS)
    return places, ways


def _known_runs(nodes: Any, places: dict[int, tuple[float, float]]) -> Iterator[list[int]]:
    """Yield the stretches of a way whose points the extract holds: it may be cut at the edge."""
    run: list[int] = []
    for node in nodes:
        if node.location.valid():
            places[node.ref] = (node.location.lon, node.location.lat)
            run.append(node.ref)
            continue
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def _streets(way: _Way, joints: set[int], places: Mapping[int, tuple[float, float]]) -> Iterator[Street]:
    """Cut a way at its junctions; a loop without one is cut in its middle."""
    bars, start = bars_of(way.tags), 0
    for end in range(1, len(way.points)):
        last = end == len(way.points) - 1
        if way.points[end] in joints or last:
            inner = tuple(places[point] for point in way.points[start + 1 : end])
            if way.points[start] != way.points[end]:
                yield Street(str(way.points[start]), str(way.points[end]), None, bars, inner)
            start = end

"""Map files before their meaning is read: one gate, archives unfolded, layers of features with attributes."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from json import JSONDecodeError, loads
from pathlib import PurePosixPath
from typing import Any

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem
from bcp_kit.intake.delimited import decode
from bcp_kit.intake.guard import guard, shown_name
from bcp_kit.intake.guard_archive import ARCHIVE_FAULTS, guard_members, unfold
from bcp_kit.intake.limits import SCREEN, FileKind, Limits
from bcp_kit.intake.shapefile import read_shapefile

JSON_ENDINGS = (".geojson", ".json")
_SHAPE_ENDINGS = (".shp", ".dbf")


@dataclass(frozen=True)
class MapFeature:
    """One feature: `geometry` as GeoJSON has it, or None, and its attributes."""

    geometry: Mapping[str, Any] | None
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class MapLayer:
    """One layer: its name, the reference system that it states (empty for none), its features."""

    name: str
    stated_crs: str
    features: tuple[MapFeature, ...]
    problems: tuple[Problem, ...] = ()


def members(content: bytes, limits: Limits, endings: tuple[str, ...]) -> dict[str, bytes]:
    """Return the files of a zip archive with one of these endings, by name, once it is known to be harmless.

    Raises: BcpKitError I-006, I-007, I-011, I-020 (locked, a bomb, damaged, unsafe names).
    """
    names = guard_members(content, limits)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            wanted = [n for n in names if n.lower().endswith(endings) and "__MACOSX" not in n]
            return {name: unfold(archive, archive.getinfo(name), limits) for name in wanted}
    except ARCHIVE_FAULTS:
        raise BcpKitError(ErrorCode.FILE_DAMAGED) from None


def read_map_layers(content: bytes, name: str, limits: Limits = SCREEN) -> tuple[MapLayer, ...]:
    """Return the layers of a GeoJSON file, of a zipped shapefile, or of a zip of GeoJSON files.

    Raises: BcpKitError G-003 for another kind of file, G-001 for JSON that holds no features, those of the
    guard (size, bombs, type).
    """
    if content.startswith(b"PK"):
        return _from_archive(content, name, limits)
    if guard(content, name, limits) is not FileKind.GEOJSON:
        raise BcpKitError(ErrorCode.MAP_FILE_KIND, name=shown_name(name), kinds="GeoJSON, zip (.shp)")
    return (_from_json(content, shown_name(name)),)


def _from_archive(content: bytes, name: str, limits: Limits) -> tuple[MapLayer, ...]:
    if len(content) > limits.file_bytes:
        sizes = {"size_mb": len(content) >> 20, "limit_mb": limits.file_bytes >> 20}
        raise BcpKitError(ErrorCode.FILE_TOO_LARGE, **sizes)
    names = [n.lower() for n in guard_members(content, limits)]
    if any(n.endswith(_SHAPE_ENDINGS) for n in names):
        guard(content, name, limits)
        return tuple(
            MapLayer(
                layer.name,
                layer.projection,
                tuple(MapFeature(f.geometry, f.attributes) for f in layer.features),
                tuple(p for p in layer.problems if p.code is not ErrorCode.PROJECTION_UNSTATED),
            )
            for layer in read_shapefile(content, limits)
        )
    bodies = members(content, limits, JSON_ENDINGS)
    if not bodies:
        raise BcpKitError(ErrorCode.MAP_FILE_KIND, name=shown_name(name), kinds="GeoJSON, zip (.shp)")
    for part, body in bodies.items():
        guard(body, PurePosixPath(part).name, limits)
    return tuple(_from_json(body, shown_name(part)) for part, body in bodies.items())


def _refuse_constant(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def _from_json(content: bytes, name: str) -> MapLayer:
    text, _ = decode(content)
    try:
        tree = loads(text, parse_constant=_refuse_constant)
        if tree["type"] == "Feature":
            tree = {**tree, "type": "FeatureCollection", "features": [tree]}
        if tree["type"] != "FeatureCollection" or not isinstance(tree["features"], list):
            raise ValueError("not a FeatureCollection")
        features = tuple(_feature(raw) for raw in tree["features"])
        return MapLayer(str(tree.get("name") or name), _stated_crs(tree.get("crs")), features)
    except (JSONDecodeError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BcpKitError(ErrorCode.ZONES_UNREADABLE, detail="FeatureCollection") from None


def _feature(raw: Mapping[str, Any]) -> MapFeature:
    geometry, attributes = raw.get("geometry"), raw.get("properties") or {}
    if not isinstance(attributes, dict) or not (geometry is None or isinstance(geometry, dict)):
        raise TypeError("a feature has a geometry and properties")
    return MapFeature(geometry, attributes)


def _stated_crs(crs: Any) -> str:
    """Return the reference system that the member `crs` of older GeoJSON names, empty for none."""
    if isinstance(crs, str):
        return crs
    if not isinstance(crs, dict) or not isinstance(crs.get("properties"), dict):
        return ""
    named = crs["properties"]
    return f"EPSG:{named['code']}" if "code" in named else str(named.get("name") or "")

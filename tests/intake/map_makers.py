"""Map files made by the tests: GeoJSON of squares, zipped shapefiles, zips."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import shapefile as pyshp

Ring = Sequence[Sequence[float]]


def ring(west: float = 137.0, south: float = 33.5, size: float = 0.01) -> list[list[float]]:
    """A square in degrees."""
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(attributes: Mapping[str, Any], corners: Ring | None = None) -> dict[str, Any]:
    """A feature with one ring."""
    rings = [ring() if corners is None else corners]
    return {
        "type": "Feature",
        "properties": dict(attributes),
        "geometry": {"type": "Polygon", "coordinates": rings},
    }


def geojson(*features: Mapping[str, Any], **more: Any) -> bytes:
    """A FeatureCollection."""
    return json.dumps(
        {"type": "FeatureCollection", "features": list(features), **more}, ensure_ascii=False
    ).encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def zipped_shapefile(
    rows: Sequence[tuple[Ring, Mapping[str, str]]], projection: str = "", name: str = "zones"
) -> bytes:
    """A zipped shapefile of polygons with attributes of text, in CP932 as such files are."""
    parts = {ending: BytesIO() for ending in ("shp", "shx", "dbf")}
    with pyshp.Writer(**parts, shapeType=pyshp.POLYGON, encoding="cp932") as writer:
        for field in rows[0][1]:
            writer.field(field, "C", 60)
        for corners, attributes in rows:
            writer.poly([list(corners)])
            writer.record(**attributes)
    files = {f"{name}.{ending}": body.getvalue() for ending, body in parts.items()}
    return zipped({**files, **({f"{name}.prj": projection.encode()} if projection else {})})

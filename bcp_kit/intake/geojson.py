"""GeoJSON FeatureCollections as tables: one row per feature, one column per property."""

import json
from typing import Any

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.intake.delimited import decode
from bcp_kit.intake.feature_table import LATITUDE, LONGITUDE, feature_table
from bcp_kit.intake.limits import SCREEN, FileKind, Limits
from bcp_kit.intake.table import Table

__all__ = ["LATITUDE", "LONGITUDE", "read_geojson"]


def _refuse_constant(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def read_geojson(content: bytes, limits: Limits = SCREEN) -> Table:
    """Return the features as a table; coordinates go into the columns 緯度 and 経度.

    Row 1 holds the headings; feature n stands in row n + 1. Raises: BcpKitError I-014 for anything but a
    FeatureCollection, I-009 for more features than a list may have.
    """
    text, encoding = decode(content)
    try:
        tree = json.loads(text, parse_constant=_refuse_constant)
        features = tree["features"] if tree["type"] == "FeatureCollection" else None
        if not isinstance(features, list):
            raise ValueError("not a FeatureCollection")
        if len(features) > limits.rows:
            raise BcpKitError(ErrorCode.SHEET_TOO_LARGE, rows=limits.rows, columns=limits.columns)
        pairs = [_pair(feature) for feature in features]
        return feature_table("", FileKind.GEOJSON, encoding, pairs, _projection(tree))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise BcpKitError(ErrorCode.GEOJSON_FAULTY) from None


def _pair(feature: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    geometry = feature.get("geometry")
    if geometry is not None and not isinstance(geometry["type"], str):
        raise ValueError("a geometry has a type")
    properties = {str(key): _text(value) for key, value in (feature.get("properties") or {}).items()}
    return properties, geometry


def _projection(tree: dict[str, Any]) -> str:
    """Return the reference system that an older file names; files of today are always in degrees."""
    named = tree.get("crs")
    name = named.get("properties", {}).get("name", "") if isinstance(named, dict) else ""
    return str(name) if "CRS84" not in str(name) else ""


def _text(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value

"""GeoJSON FeatureCollections of points, as tables: one row per feature, one column per property."""

import json
from typing import Any

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.intake.delimited import decode
from bcp_kit.intake.guard import FileKind
from bcp_kit.intake.table import Row, Table

LATITUDE, LONGITUDE = "緯度", "経度"


def _refuse_constant(_: str) -> None:
    raise ValueError("NaN and Infinity are no JSON")


def read_geojson(content: bytes) -> Table:
    """Return the features as a table; coordinates go into the columns 緯度 and 経度.

    Row 1 holds the headings; feature n stands in row n + 1. Raises: BcpKitError I-014 for anything but a
    FeatureCollection of points (or of features without a place).
    """
    text, encoding = decode(content)
    try:
        tree = json.loads(text, parse_constant=_refuse_constant)
        features = tree["features"] if tree["type"] == "FeatureCollection" else None
        if not isinstance(features, list):
            raise ValueError("not a FeatureCollection")
        records = [_record(feature) for feature in features]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BcpKitError(ErrorCode.GEOJSON_FAULTY) from None
    headings = list(dict.fromkeys(key for record in records for key in record))
    rows = [Row(number=1, cells=tuple(headings))]
    rows += [
        Row(number=i + 2, cells=tuple(record.get(h, "") for h in headings))
        for i, record in enumerate(records)
    ]
    return Table(name="", kind=FileKind.GEOJSON, encoding=encoding, rows=tuple(rows))


def _record(feature: dict[str, Any]) -> dict[str, str]:
    record = {str(key): _text(value) for key, value in (feature.get("properties") or {}).items()}
    geometry = feature.get("geometry")
    if geometry is None:
        return record
    if geometry["type"] != "Point":
        raise ValueError("only points have one place")
    longitude, latitude = geometry["coordinates"][:2]
    return {**record, LATITUDE: _text(latitude), LONGITUDE: _text(longitude)}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)

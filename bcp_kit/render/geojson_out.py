"""Tables with places as GeoJSON (RFC 7946): a point per row, the headings of the sheet as properties."""

import json
from typing import Any

from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.sheet_rows import Cells
from bcp_kit.render.spreadsheet import TableOut, Written

_LATITUDE, _LONGITUDE = "location.latitude", "location.longitude"
_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.CAPACITY})


def write_geojson(table: TableOut) -> Written:
    """Return the rows as a FeatureCollection in UTF-8; a row without a place has no geometry.

    Nothing known is null, so that the file can be read back without a loss.
    """
    columns = [column for column in table.columns if column.key not in (_LATITUDE, _LONGITUDE)]
    features = [
        {
            "type": "Feature",
            "geometry": _geometry(row),
            "properties": {column.heading: _value(row.get(column.key, ""), column) for column in columns},
        }
        for row in table.rows
    ]
    tree = {"type": "FeatureCollection", "name": table.title, "features": features}
    return Written(json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False).encode())


def _geometry(row: Cells) -> dict[str, Any] | None:
    latitude, longitude = row.get(_LATITUDE, ""), row.get(_LONGITUDE, "")
    if not latitude or not longitude:
        return None
    return {"type": "Point", "coordinates": [_number(longitude), _number(latitude)]}


def _value(text: str, column: Column) -> Any:
    if not text:
        return None
    return _number(text) if column.type in _NUMBERS else text


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() and "." not in text else value

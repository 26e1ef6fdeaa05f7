"""Map features (GeoJSON, shapefile) as a table: a row per feature, a column per attribute, and its place."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.intake.datum import Degrees, degrees_of
from bcp_kit.intake.limits import FileKind
from bcp_kit.intake.table import Row, Table

LATITUDE, LONGITUDE = "緯度", "経度"
_OWN_PLACES = (LATITUDE, LONGITUDE)

Properties = Mapping[str, Any]


def feature_table(
    name: str,
    kind: FileKind,
    encoding: str,
    features: Iterable[tuple[Properties, Mapping[str, Any] | None]],
    projection: str = "",
) -> Table:
    """Return features as a table; the place of a point goes into the columns 緯度 and 経度, in degrees.

    Row 1 holds the headings; feature n stands in row n + 1. Lines and areas have no single place: they are
    read without one and counted in a warning. Raises: BcpKitError I-014 for coordinates that are no numbers.
    """
    degrees, problems = degrees_of(projection, name)
    found, without = [], 0
    for properties, geometry in features:
        record = {str(key): shown(value) for key, value in properties.items()}
        place = _point(geometry)
        without += geometry is not None and place is None
        found.append({**record, **_placed(place, degrees)} if place is not None else record)
    if without:
        severity, values = Severity.WARNING, {"count": without}
        problems = (*problems, Problem(code=ErrorCode.GEOMETRY_NO_POINT, severity=severity, values=values))
    headings = list(dict.fromkeys(key for record in found for key in record))
    rows = [Row(number=1, cells=tuple(headings))]
    rows += [
        Row(number=i, cells=tuple(record.get(h, "") for h in headings)) for i, record in enumerate(found, 2)
    ]
    return Table(name=name, kind=kind, encoding=encoding, rows=tuple(rows), problems=problems)


def _point(geometry: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """Return the coordinates of a point, or of several points of which there is only one."""
    if geometry is None:
        return None
    coordinates = geometry.get("coordinates")
    if (
        geometry.get("type") == "MultiPoint"
        and isinstance(coordinates, list | tuple)
        and len(coordinates) == 1
    ):
        coordinates = coordinates[0]
    elif geometry.get("type") != "Point":
        return None
    if not isinstance(coordinates, list | tuple) or len(coordinates) < 2:
        raise BcpKitError(ErrorCode.GEOJSON_FAULTY)
    x, y = coordinates[:2]
    numbers = all(isinstance(n, int | float) and not isinstance(n, bool) and isfinite(n) for n in (x, y))
    if not numbers:
        raise BcpKitError(ErrorCode.GEOJSON_FAULTY)
    return x, y


def _placed(place: tuple[float, float], degrees: Degrees | None) -> Mapping[str, str]:
    if degrees is None:
        return dict.fromkeys(_OWN_PLACES, "")
    longitude, latitude = degrees(*place)
    return {LATITUDE: shown(latitude), LONGITUDE: shown(longitude)}


def shown(value: Any) -> str:
    """Return an attribute as text: nothing for none, numbers without .0 and without an exponent."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not isfinite(value):
            return repr(value)
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    return repr(value) if isinstance(value, int) else str(value)

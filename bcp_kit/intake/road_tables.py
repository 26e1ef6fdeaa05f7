"""Two tables that make a road net: nodes with a place, edges with their ends and a length."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import shapely

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.geo.road_table import Junction, Street
from bcp_kit.geo.street_rules import bars_of, is_way
from bcp_kit.intake.delimited import read_delimited

_NODE = {
    "node": ("node", "osmid", "id", "node_id", "nodeid", "ノード", "ノード番号", "交点", "交点番号"),
    "x": ("lon", "lng", "x", "longitude", "long", "経度"),
    "y": ("lat", "y", "latitude", "緯度"),
}
_HEIGHT = ("elev_m", "elevation", "ele", "height", "標高")
_EDGE = {
    "u": ("u", "from", "source", "start", "from_node", "node1", "起点", "始点"),
    "v": ("v", "to", "target", "end", "to_node", "node2", "終点"),
}
_LENGTH = ("length_m", "length", "len", "distance", "距離", "延長", "長さ")

Row = Mapping[str, str]


def read_tables_of_roads(contents: Sequence[bytes]) -> tuple[list[Junction], list[Street]]:
    """Return the junctions and streets of two CSV files, whichever comes first.

    Raises: BcpKitError G-002 that names the column or the row, those of the table reader.
    """
    nodes: list[Row] | None = None
    edges: list[Row] | None = None
    for content in contents:
        heads, rows = _table(content)
        if all(_found(heads, names) for names in _EDGE.values()):
            edges = [*(edges or ()), *rows]
        elif all(_found(heads, names) for names in _NODE.values()):
            nodes = [*(nodes or ()), *rows]
    if nodes is None or edges is None:
        missing = "node, lat, lon" if nodes is None else "u, v"
        raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail=missing)
    return list(_junctions(nodes)), list(_streets(edges))


def _table(content: bytes) -> tuple[tuple[str, ...], list[Row]]:
    """Return headings and rows; row numbers of the file stand under the heading ""."""
    table = read_delimited(content)
    filled = [row for row in table.rows if any(cell.strip() for cell in row.cells)]
    if not filled:
        return (), []
    heads = tuple(unicodedata.normalize("NFKC", c).strip().casefold() for c in filled[0].cells)
    return heads, [{**dict(zip(heads, row.cells, strict=False)), "": str(row.number)} for row in filled[1:]]


def _found(heads: Sequence[str], names: Sequence[str]) -> str:
    return next((name for name in names if name in heads), "")


def _junctions(rows: Sequence[Row]) -> Iterator[Junction]:
    heads = tuple(rows[0]) if rows else ()
    key, x, y = (_found(heads, names) for names in _NODE.values())
    height = _found(heads, _HEIGHT)
    for row in rows:
        place = _number(row, y), _number(row, x)
        yield Junction(
            row[key].strip(), *place, _number(row, height, may_miss=True) if height else float("nan")
        )


def _streets(rows: Sequence[Row]) -> Iterator[Street]:
    heads = tuple(rows[0]) if rows else ()
    tail, head = (_found(heads, names) for names in _EDGE.values())
    length = _found(heads, _LENGTH)
    lines = shapely.from_wkt([row.get("geometry") or None for row in rows], on_invalid="ignore")
    for row, line in zip(rows, lines, strict=True):
        if row.get("highway", "").strip() and not is_way(row["highway"]):
            continue
        metres = _number(row, length, may_miss=True) if length else float("nan")
        if metres < 0:
            raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail=f"{row['']}: {length}")
        bends = shapely.get_coordinates(line)[1:-1].tolist() if line is not None else []
        yield Street(
            row[tail].strip(),
            row[head].strip(),
            None if np.isnan(metres) else metres,
            bars_of(row),
            tuple((x, y) for x, y in bends),
        )


def _number(row: Row, column: str, *, may_miss: bool = False) -> float:
    """Return the number of a cell.

    Raises: BcpKitError G-002 with row and column.
    """
    text = unicodedata.normalize("NFKC", row.get(column, "")).strip().replace(",", "")
    if not text and may_miss:
        return float("nan")
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not np.isfinite(number):
        raise BcpKitError(ErrorCode.ROADS_UNREADABLE, detail=f"{row['']}: {column}")
    return number

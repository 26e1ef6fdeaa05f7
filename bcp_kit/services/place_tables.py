"""Tables that tell where towns lie and what codes mean: kept as the user brings them, listed, removed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.geo.places import PlaceIndex, TownPoint
from bcp_kit.intake.limits import COMMAND, SCREEN, Limits
from bcp_kit.intake.place_files import CodeFile, PointFile, PostalFile, read_place_file
from bcp_kit.services.base import Context
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = ["COMMAND", "SCREEN", "Limits", "PlaceFile", "PlaceTable", "TableFacts"]

PlaceFile = PointFile | CodeFile | PostalFile
WHY = "places"


class PlaceTable(StrEnum):
    """The tables, by the name of their document in the store."""

    POINTS = "town_points"
    CODES = "municipality_codes"
    POSTAL = "postal_codes"


@dataclass(frozen=True)
class TableFacts:
    """What is kept of one table: rows, the municipalities of points, since when, from whom."""

    table: PlaceTable
    rows: int
    municipalities: tuple[str, ...] = ()
    source: str = ""
    kept_on: str = ""
    kept_by: str = ""


def inspect_places(content: bytes, name: str, limits: Limits = SCREEN) -> PlaceFile:
    """Return what a table of places holds; nothing is stored.

    Raises: BcpKitError G-003, G-018, those of the guard.
    """
    return read_place_file(content, name, limits)


def kind_of(file: PlaceFile) -> PlaceTable:
    """Return which table a file is."""
    if isinstance(file, PointFile):
        return PlaceTable.POINTS
    return PlaceTable.CODES if isinstance(file, CodeFile) else PlaceTable.POSTAL


def keep_places(ctx: Context, file: PlaceFile, source: str = "") -> TableFacts:
    """Store a table; points take the place of what was kept of the same municipalities, codes of all."""
    ctx.demand(Action.KEEP_MAPS)
    table = kind_of(file)
    said = {
        "source": source.strip() or file.name,
        "kept_on": ctx.today().isoformat(),
        "kept_by": ctx.actor.name,
    }
    with ctx.open_store() as uow:
        uow.lock()
        uow.layers.put(table.value, {**_document(file, uow), **said}, WHY)
        uow.commit()
    return next(facts for facts in list_places(ctx) if facts.table is table)


def _document(file: PlaceFile, uow: UnitOfWork) -> dict[str, Any]:
    if not isinstance(file, PointFile):
        return {"codes": dict(file.codes)}
    new = {(p.prefecture, p.municipality) for p in file.points}
    before = _points(uow.layers.get(PlaceTable.POINTS.value))
    kept = [p for p in before if (p.prefecture, p.municipality) not in new]
    return {"points": [_row(p) for p in (*kept, *file.points)]}


def _row(point: TownPoint) -> list[str | float | None]:
    words = (point.prefecture, point.municipality, point.town, point.small_area, point.block)
    known = point.latitude == point.latitude
    return [*words, point.latitude if known else None, point.longitude if known else None]


def _points(document: Mapping[str, Any] | None) -> list[TownPoint]:
    nowhere = float("nan")
    rows: Iterable[list[Any]] = (document or {}).get("points", ())
    return [
        TownPoint(*row[:5], *(nowhere if number is None else float(number) for number in row[5:]))
        for row in rows
    ]


def list_places(ctx: Context) -> tuple[TableFacts, ...]:
    """Return what is kept of each table; tables that nobody brought are left out."""
    ctx.demand(Action.SEE_MAPS)
    with ctx.open_store() as uow:
        documents = {table: uow.layers.get(table.value) for table in PlaceTable}
    return tuple(_facts(table, document) for table, document in documents.items() if document is not None)


def _facts(table: PlaceTable, document: Mapping[str, Any]) -> TableFacts:
    rows = document.get("points") or document.get("codes") or ()
    names = {f"{row[0]}{row[1]}": None for row in document.get("points", ())}
    said = {key: str(document.get(key, "")) for key in ("source", "kept_on", "kept_by")}
    return TableFacts(table, len(rows), tuple(names), **said)


def remove_places(ctx: Context, table: PlaceTable) -> None:
    """Remove a table; records keep the points that they got from it.

    Raises: BcpKitError G-022 when nobody brought it.
    """
    ctx.demand(Action.KEEP_MAPS)
    with ctx.open_store() as uow:
        uow.lock()
        if table.value not in uow.layers.names():
            raise BcpKitError(ErrorCode.MAP_MISSING)
        uow.layers.remove(table.value, WHY)
        uow.commit()


def place_index(uow: UnitOfWork) -> PlaceIndex:
    """Return the points that are kept, ready to be asked.

    Raises: BcpKitError G-022 when there are none.
    """
    document = uow.layers.get(PlaceTable.POINTS.value)
    if document is None:
        raise BcpKitError(ErrorCode.MAP_MISSING)
    return PlaceIndex(_points(document))


def postal_meanings(uow: UnitOfWork) -> Mapping[str, list[list[str]]]:
    """Return (municipality code, prefecture, municipality, town) by postal code, empty for none."""
    codes: Mapping[str, list[list[str]]] = (uow.layers.get(PlaceTable.POSTAL.value) or {}).get("codes", {})
    return codes


def known_municipalities(uow: UnitOfWork) -> Mapping[str, str]:
    """Return the names of municipalities by code of six digits, empty where nobody brought them."""
    codes: Mapping[str, str] = (uow.layers.get(PlaceTable.CODES.value) or {}).get("codes", {})
    return codes

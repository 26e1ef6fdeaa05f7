"""Our sheets out: empty forms, and what the store holds in the form in which it can be read back."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person
from bcp_kit.forms.messages import text
from bcp_kit.forms.sheets import Column, SheetKind, sheet, words
from bcp_kit.render.geojson_out import write_geojson
from bcp_kit.render.old_characters import Missing
from bcp_kit.render.sheet_rows import (
    Cells,
    cells_of,
    certificate_trees,
    every_column,
    object_tree,
    person_tree,
    roster_columns,
    roster_tree,
    written_columns,
)
from bcp_kit.render.spreadsheet import TableOut, Written, write_csv, write_form, write_workbook
from bcp_kit.services.base import Context, SystemClock
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = ["FileFormat", "Missing", "Written", "empty_form", "export_sheets", "list_sheet"]


class FileFormat(StrEnum):
    """How an export is written. CSV_CP932 is for old systems; GEOJSON is for destinations and facilities."""

    XLSX = "xlsx"
    CSV = "csv"
    CSV_CP932 = "csv-cp932"
    GEOJSON = "geojson"


_SEEN_WITH: Mapping[SheetKind, Action] = {
    SheetKind.PEOPLE: Action.SEE_REGISTER,
    SheetKind.SUPPORTERS: Action.SEE_REGISTER,
    SheetKind.CERTIFICATES: Action.SEE_REGISTER,
    SheetKind.SHELTERS: Action.SEE_SHELTER,
    SheetKind.FACILITIES: Action.SEE_SHELTER,
    SheetKind.STAFF: Action.SEE_STAFF,
    SheetKind.ROSTERS: Action.SEE_STAFF,
    SheetKind.HELP_OFFERS: Action.SEE_STAFF,
}


# Public places only: homes of people and of staff are never written as a map.
_WITH_PLACES = (SheetKind.SHELTERS, SheetKind.FACILITIES)
_PLACE_KEYS = ("address", "address_building", "location.latitude", "location.longitude", "district")


def empty_form(kinds: Sequence[SheetKind], first_day: date | None = None) -> Written:
    """Return the Excel form of one or more sheets; a roster begins with `first_day` (or today)."""
    start = first_day or SystemClock().now().date()
    return write_form([(sheet(kind), _form_columns(kind, start)) for kind in kinds])


def _form_columns(kind: SheetKind, first_day: date) -> tuple[Column, ...]:
    usual = tuple(column for column in sheet(kind).expanded() if not column.extra)
    dated = sheet(kind).date_columns
    if dated is None:
        return usual
    days = roster_columns(first_day + timedelta(days=d) for d in range(dated.days))
    shown = {"width": dated.width, "hint": dated.hint, "example": dated.example}
    return (*usual, *(column.model_copy(update=shown) for column in days))


def export_sheets(
    ctx: Context,
    kinds: Sequence[SheetKind],
    written_as: FileFormat = FileFormat.XLSX,
    missing: Missing = Missing.REFUSE,
) -> tuple[Written, int]:
    """Return the file with all stored records of these sheets, and how many rows it holds.

    Excel holds all sheets, a CSV the first, GeoJSON the first with places. `missing` says what becomes of
    characters that CP932 lacks. The export is noted in the audit log. Raises: BcpKitError A-001, I-404
    (characters), U-001 (GeoJSON of sheets without places).
    """
    wanted = _wanted(kinds, written_as)
    for kind in wanted:
        ctx.demand(_SEEN_WITH[kind])
    with ctx.open_store() as uow:
        tables = [_table(kind, uow) for kind in wanted]
        for kind in wanted:
            uow.audit.note("export", kind.value, why=written_as.value)
        uow.commit()
    return _written(tables, written_as, missing), sum(len(table.rows) for table in tables)


def _wanted(kinds: Sequence[SheetKind], written_as: FileFormat) -> Sequence[SheetKind]:
    if written_as is FileFormat.XLSX:
        return kinds
    if written_as is not FileFormat.GEOJSON:
        return kinds[:1]
    placed = [kind for kind in kinds if kind in _WITH_PLACES]
    if not placed:
        raise BcpKitError(ErrorCode.WRONG_USE)
    return placed[:1]


def _written(tables: Sequence[TableOut], written_as: FileFormat, missing: Missing) -> Written:
    if written_as is FileFormat.XLSX:
        return write_workbook(tables)
    if written_as is FileFormat.GEOJSON:
        return write_geojson(tables[0])
    encoding = "cp932" if written_as is FileFormat.CSV_CP932 else "utf-8-sig"
    return write_csv(tables[0], encoding, missing)


def _table(kind: SheetKind, uow: UnitOfWork) -> TableOut:
    if kind is SheetKind.ROSTERS:
        return _roster_table(uow)
    trees = _trees(kind, uow)
    columns = every_column(kind)
    rows = [cells_of(tree, columns) for tree in trees]
    return TableOut(sheet(kind).title, written_columns(kind, rows), rows)


def _trees(kind: SheetKind, uow: UnitOfWork) -> list[dict[str, Any]]:
    if kind is SheetKind.PEOPLE:
        return _people(uow)
    if kind is SheetKind.CERTIFICATES:
        return [tree for person in uow.people.list() for tree in certificate_trees(person)]
    return [object_tree(obj) for obj in _SOURCES[kind](uow)]


_SOURCES: Mapping[SheetKind, Callable[[UnitOfWork], Iterable[Any]]] = {
    SheetKind.SUPPORTERS: lambda uow: uow.supporters.list(),
    SheetKind.SHELTERS: lambda uow: uow.shelters.list(),
    SheetKind.FACILITIES: lambda uow: uow.facilities.list(),
    SheetKind.STAFF: lambda uow: uow.staff.list(),
    SheetKind.HELP_OFFERS: lambda uow: uow.help_offers.list(),
}


def list_sheet(ctx: Context, kind: SheetKind, limit: int = 100) -> tuple[Sequence[Cells], int]:
    """Return the cells of the first `limit` records by column key, and how many records there are.

    Protected addresses are left out. Raises: BcpKitError A-001.
    """
    ctx.demand(_SEEN_WITH[kind])
    with ctx.open_store() as uow:
        rows = _table(kind, uow).rows
        uow.audit.note("list", kind.value)
        uow.commit()
    return tuple(_shown(row) for row in rows[:limit]), len(rows)


def _shown(row: Cells) -> Cells:
    protected = row.get("protected_address") == words()["yes_no"]["yes"][0]
    return {**row, **dict.fromkeys(_PLACE_KEYS, text("intake.listed.protected"))} if protected else row


def _people(uow: UnitOfWork) -> list[dict[str, Any]]:
    consents, links = defaultdict(list), defaultdict(list)
    for consent in uow.consents.list():
        consents[consent.person_id or consent.giver_id].append(consent)
    for link in uow.links.list():
        links[link.person_id].append(link)
    people: list[Person] = uow.people.list()
    return [person_tree(person, consents[person.id], links[person.id]) for person in people]


def _roster_table(uow: UnitOfWork) -> TableOut:
    shifts = defaultdict(list)
    for entry in uow.rosters.list():
        shifts[entry.staff_id].append(entry)
    names = {member.id: member.name for member in uow.staff.list()}
    days = sorted({entry.day for entries in shifts.values() for entry in entries})
    columns = (*sheet(SheetKind.ROSTERS).columns, *roster_columns(days))
    trees = [roster_tree(staff_id, names.get(staff_id, ""), entries) for staff_id, entries in shifts.items()]
    return TableOut(sheet(SheetKind.ROSTERS).title, columns, [cells_of(tree, columns) for tree in trees])

"""What a table is: one of our sheets or a public layout, told by its headings and never by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from bcp_kit.forms.sheets import Column, Sheet, SheetKind, layouts, sheet
from bcp_kit.intake import helpers, people, places, public_lists
from bcp_kit.intake.headings import (
    SEARCHED_ROWS,
    Headings,
    find_heading_row,
    heading_word,
    map_headings,
    missing_headings,
    own_columns,
)
from bcp_kit.intake.records import Record
from bcp_kit.intake.table import Table
from bcp_kit.intake.typed import TypedTable

EMERGENCY_SITES = "emergency_sites"
_ENOUGH_HEADINGS = 3

Reader = Callable[[TypedTable], tuple[Record, ...]]

_OWN_READERS: Mapping[SheetKind, Reader] = {
    SheetKind.PEOPLE: people.read_people,
    SheetKind.SUPPORTERS: helpers.read_supporters,
    SheetKind.SHELTERS: places.read_shelters,
    SheetKind.FACILITIES: places.read_facilities,
    SheetKind.STAFF: helpers.read_staff,
    SheetKind.ROSTERS: helpers.read_rosters,
    SheetKind.HELP_OFFERS: helpers.read_help_offers,
}
_OWN_KEYS = {SheetKind.PEOPLE: "register_no", SheetKind.ROSTERS: "staff_id"}
_PUBLIC_READERS: Mapping[str, tuple[str, Reader]] = {
    "designated_shelters": (SheetKind.SHELTERS, public_lists.read_designated_shelters),
    "mixed_list": (SheetKind.SHELTERS, public_lists.read_mixed_list),
    "emergency_sites": (EMERGENCY_SITES, public_lists.read_emergency_sites),
}


@dataclass(frozen=True)
class Layout:
    """How a table is read. `kind` is what it holds, `key_column` the number that may stand only once.

    Columns that are no part of a public layout are left out without a word; in our own sheets they are named.
    """

    key: str
    title: str
    kind: str
    columns: Mapping[str, Column]
    required: tuple[Column, ...]
    read: Reader
    key_column: str
    own: bool
    dated: Sheet | None = None
    heading_rows: int = 1


@dataclass(frozen=True)
class Recognised:
    """A table with its layout, its headings, and the number of the first row below them."""

    layout: Layout
    headings: Headings
    first_row: int


@cache
def own_layout(kind: SheetKind) -> Layout:
    """Return the layout of one of our sheets."""
    definition = sheet(kind)
    return Layout(
        key=kind.value,
        title=definition.title,
        kind=kind.value,
        columns=own_columns(kind),
        required=definition.required(),
        read=_OWN_READERS[kind],
        key_column=_OWN_KEYS.get(kind, "id"),
        own=True,
        dated=definition if definition.date_columns is not None else None,
    )


@cache
def _public_layouts() -> tuple[tuple[Layout, frozenset[str], frozenset[str]], ...]:
    """Return each public layout with the headings that it requires and forbids."""
    found = []
    for key, raw in layouts().items():
        listed = [Column(**column) for column in raw["columns"]]
        columns = {heading_word(alias): c for c in listed for alias in c.aliases}
        columns |= {heading_word(c.heading): c for c in listed}
        kind, read = _PUBLIC_READERS[raw["reads"]]
        layout = Layout(
            key=key,
            title=raw["title"],
            kind=str(kind),
            columns=columns,
            required=tuple(c for c in listed if c.required),
            read=read,
            key_column="common_id",
            own=False,
            heading_rows=raw.get("heading_rows", 1),
        )
        requires = frozenset(heading_word(h) for h in raw["requires"])
        found.append((layout, requires, frozenset(heading_word(h) for h in raw.get("forbids", ()))))
    return tuple(found)


def recognise(table: Table, today: date, as_kind: SheetKind | None = None) -> Recognised | None:
    """Return how the table is to be read, or None when its headings do not tell.

    Public layouts are told by all of their headings, our sheets by the most. `as_kind` is what the user says
    it is; it decides when the headings do not.
    """
    public = _public(table, today)
    if public is not None:
        return public
    found = max(
        (r for r in (_own(table, kind, today) for kind in SheetKind) if r is not None and _is_enough(r)),
        key=_strength,
        default=None,
    )
    if found is None and as_kind is not None:
        return _own(table, as_kind, today)
    return found


def _public(table: Table, today: date) -> Recognised | None:
    for row in list(table.filled())[:SEARCHED_ROWS]:
        words = {heading_word(cell) for cell in row.cells}
        for layout, requires, forbids in _public_layouts():
            if requires <= words and not forbids & words:
                headings = map_headings(row, layout.columns, None, today)
                known = Headings(row=row, columns=headings.columns)
                return Recognised(layout, known, row.number + layout.heading_rows)
    return None


def _own(table: Table, kind: SheetKind, today: date) -> Recognised | None:
    layout = own_layout(kind)
    row, _ = find_heading_row(table, layout.columns)
    if row is None:
        return None
    headings = map_headings(row, layout.columns, layout.dated, today)
    return Recognised(layout, headings, row.number + 1)


def _is_enough(found: Recognised) -> bool:
    return _known(found) >= _ENOUGH_HEADINGS or not missing_headings(found.headings, found.layout.required)


def _strength(found: Recognised) -> tuple[int, int]:
    """Rank by headings known, then by how many required ones are missing."""
    missing = len(missing_headings(found.headings, found.layout.required))
    return _known(found) - 2 * missing, -missing


def _known(found: Recognised) -> int:
    return sum(1 for column in found.headings.columns if column is not None)

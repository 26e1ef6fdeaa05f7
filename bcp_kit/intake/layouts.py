"""What a table is: one of our sheets or a public list, told by its headings and never by its name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from bcp_kit.forms.sheets import Column, Sheet, SheetKind, layouts, public_columns, sheet
from bcp_kit.intake import certificates, helpers, people, places, public_facilities, public_lists
from bcp_kit.intake.headings import (
    Headings,
    find_heading_row,
    heading_word,
    map_headings,
    missing_headings,
    own_columns,
)
from bcp_kit.intake.profiles import Profile, apply, number_key
from bcp_kit.intake.public_headings import Block, blocks, heading_stem, told_by_values
from bcp_kit.intake.records import Record
from bcp_kit.intake.table import Table
from bcp_kit.intake.typed import TypedTable

EMERGENCY_SITES = "emergency_sites"
FACILITY_CANDIDATES = "facility_candidates"
PROFILE = "profile"
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
    SheetKind.CERTIFICATES: certificates.read_certificates,
}
_OWN_KEYS = {SheetKind.PEOPLE: "register_no", SheetKind.ROSTERS: "staff_id", SheetKind.CERTIFICATES: ""}


def _public_reader(raw: Mapping[str, Any]) -> tuple[str, Reader]:
    """Return what the rows of a public list are, and how they are read."""
    role = raw.get("role", "")
    if raw["reads"] != "places":
        hospital = raw["reads"] == "hospitals"
        return FACILITY_CANDIDATES, lambda table: public_facilities.read_candidates(table, hospital)
    kind = EMERGENCY_SITES if role == "emergency" else SheetKind.SHELTERS.value
    return kind, lambda table: public_lists.read_places(table, role)


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


@dataclass(frozen=True)
class Recognised:
    """How a table is read: its layout, its headings, and the number of the first row below them.

    `table` is the table to read in place of the file's own, when a profile made one.
    """

    layout: Layout
    headings: Headings
    first_row: int
    table: Table | None = None


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


@dataclass(frozen=True)
class _Family:
    """A public layout and by what it is told (templates/sheets/layouts.yaml)."""

    layout: Layout
    vocabulary: str
    general: bool
    headings: tuple[frozenset[str], ...]
    requires: tuple[frozenset[str], ...]
    without: frozenset[str] = field(default_factory=frozenset)
    forbids: frozenset[str] = field(default_factory=frozenset)
    hazards: int = 0

    def fits(self, block: Block) -> bool:
        """True when the headings are those of this layout."""
        keys = block.headings.keys()
        hazards = sum(1 for key in keys if key.startswith("hazard."))
        return (
            all(group & block.words for group in self.headings)
            and all(group & keys for group in self.requires)
            and not self.without & block.words
            and not self.forbids & keys
            and hazards >= self.hazards
        )


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(heading_stem(word) for word in words)


@cache
def _families() -> tuple[_Family, ...]:
    """Return the public layouts in the order in which they are tried."""
    found = []
    for key, raw in layouts().items():
        listed = public_columns(raw["columns"])
        kind, read = _public_reader(raw)
        layout = Layout(
            key=key,
            title=raw["title"],
            kind=kind,
            columns={heading_word(column.heading): column for column in listed},
            required=tuple(column for column in listed if column.required),
            read=read,
            key_column="",
            own=False,
        )
        family = _Family(
            layout=layout,
            vocabulary=raw["columns"],
            general=raw.get("general", False),
            headings=tuple(_stems(group) for group in raw.get("headings", ())),
            requires=tuple(frozenset(group) for group in raw.get("requires", ())),
            without=_stems(raw.get("without", ())),
            forbids=frozenset(raw.get("forbids", ())),
            hazards=raw.get("hazards", 0),
        )
        found.append(family)
    return tuple(found)


def recognise(table: Table, today: date, as_kind: SheetKind | None = None) -> Recognised | None:
    """Return how the table is to be read, or None when its headings do not tell.

    One of our sheets with all that it needs comes first, then the public lists in the order of
    layouts.yaml, then our sheets that lack something. `as_kind` is what the user says it is; it decides when
    the headings do not.
    """
    own = max(
        (r for r in (_own(table, kind, today) for kind in SheetKind) if r is not None and _is_enough(r)),
        key=_strength,
        default=None,
    )
    if own is not None and _is_ours(own):
        return own
    public = _public(table)
    if public is not None and (own is None or not _bears_our_number(own) or _known(public) >= _known(own)):
        return public
    if own is None and as_kind is not None:
        return _own(table, as_kind, today)
    return own


def by_profile(table: Table, profile: Profile) -> Recognised | None:
    """Return how the profile reads the table, or None when the table has none of its headings.

    Where the table has no numbers of its own, rows with the same name and address count as one.
    """
    applied = apply(profile, table)
    if applied is None:
        return None
    own = own_layout(profile.kind)
    numbered = number_key(profile.kind) in {*profile.fields.values(), *profile.constants}
    layout = replace(
        own,
        key=PROFILE,
        title=f"{own.title}（{profile.name}）",
        key_column=own.key_column if numbered else "",
        own=numbered,
        dated=None,
    )
    return Recognised(layout, applied.headings, applied.first_row, applied.table)


def _public(table: Table) -> Recognised | None:
    """Return the first public layout that fits, of the rows where it fits the one that knows most."""
    read = {name: blocks(table, name) for name in {family.vocabulary for family in _families()}}
    told = [told_by_values(table, block) for block in read["places"]]
    for family in _families():
        known = told if family.general and family.vocabulary == "places" else read[family.vocabulary]
        fitting = [block for block in known if family.fits(block)]
        if fitting:
            best = max(fitting, key=lambda block: (block.known, -block.last))
            return Recognised(family.layout, best.headings, best.last + 1)
    return None


def _is_ours(found: Recognised) -> bool:
    """True when every required column stands there under the very heading of our sheet."""
    words = {heading_word(cell) for cell in found.headings.row.cells}
    return all(heading_word(column.heading) in words for column in found.layout.required)


def _bears_our_number(found: Recognised) -> bool:
    words = {heading_word(cell) for cell in found.headings.row.cells}
    required = found.layout.required
    return not required or heading_word(required[0].heading) in words


def _own(table: Table, kind: SheetKind, today: date) -> Recognised | None:
    layout = own_layout(kind)
    row, _ = find_heading_row(table, layout.columns)
    if row is None:
        return None
    headings = map_headings(row, layout.columns, layout.dated, today)
    if not all(headings.keys() & set(group) for group in sheet(kind).one_of):
        return None
    return Recognised(layout, headings, row.number + 1)


def _is_enough(found: Recognised) -> bool:
    return _known(found) >= _ENOUGH_HEADINGS or not missing_headings(found.headings, found.layout.required)


def _strength(found: Recognised) -> tuple[int, int]:
    """Rank by headings known, then by how many required ones are missing."""
    missing = len(missing_headings(found.headings, found.layout.required))
    return _known(found) - 2 * missing, -missing


def _known(found: Recognised) -> int:
    return sum(1 for column in found.headings.columns if column is not None)

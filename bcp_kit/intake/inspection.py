"""What a file holds and what is wrong with it; nothing is stored. The one entry to this package."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.candidates import FacilityCandidate
from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem, Severity
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.sheets import SheetKind, other_tables
from bcp_kit.intake.corrections import Corrections, columns_of, corrected
from bcp_kit.intake.duplicates import mark_repeats, propose_same_people
from bcp_kit.intake.guard import SCREEN, Limits, shown_name
from bcp_kit.intake.headings import missing_headings
from bcp_kit.intake.layouts import Recognised, by_profile, recognise
from bcp_kit.intake.profiles import Profile, fits
from bcp_kit.intake.records import Record
from bcp_kit.intake.table import Table
from bcp_kit.intake.table_doubts import doubts_of_table, with_doubts
from bcp_kit.intake.table_reader import read_tables
from bcp_kit.intake.typed import TypedTable, read_rows
from bcp_kit.intake.unknown_tables import UnknownTable, unknown_table

ObjectT = TypeVar("ObjectT", bound=DomainModel)
MAP_AREAS = "地図の線・面"


_Place = Shelter | EmergencySite | Facility | FacilityCandidate
_PLACES = (Shelter, EmergencySite, Facility, FacilityCandidate)


def _capacity(place: _Place) -> int:
    """Return how many people a place takes in or cares for, 0 for unknown."""
    taken = place.capacity_people if isinstance(place, Shelter | EmergencySite) else place.beds
    return taken or 0


def _is_welfare(place: _Place) -> bool:
    return isinstance(place, Shelter) and place.kind.is_welfare


@dataclass(frozen=True)
class PlaceCounts:
    """Counts of a list of places, for comparing with its publisher's own."""

    named: int
    placed: int
    welfare: int
    with_capacity: int
    capacity_sum: int


@dataclass(frozen=True)
class Part:
    """One table of the file: its layout, its rows, and the findings that belong to no single row.

    `layout` is the key of one of our sheets or of a public layout, `kind` what its rows are (a SheetKind's
    value or emergency_sites). `rows` counts data rows, without empty rows and totals.
    `columns` says where each heading stands, `heading_row` in which row.
    """

    sheet_name: str
    layout: str
    title: str
    kind: str
    encoding: str
    rows: int
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]
    columns: Mapping[str, int] = field(default_factory=dict)
    heading_row: int = 0

    @property
    def good_rows(self) -> int:
        """Return how many rows may be imported."""
        return sum(1 for record in self.records if record.good)

    @property
    def is_refused(self) -> bool:
        """True when the table itself has an error: no row of it may be imported."""
        return any(p.severity is Severity.ERROR for p in self.problems)

    def objects(self, kind: type[ObjectT]) -> Iterator[ObjectT]:
        """Yield the objects of one class from the rows without errors."""
        return (i.obj for r in self.records if r.good for i in r.items if isinstance(i.obj, kind))

    def place_counts(self) -> PlaceCounts:
        """Return the counts of rows with shelters, emergency sites or facilities; each row counts once."""
        rows = [[i.obj for i in r.items if isinstance(i.obj, _PLACES)] for r in self.records if r.good]
        capacities = [max((_capacity(place) for place in places), default=0) for places in rows]
        return PlaceCounts(
            named=sum(any(place.name.strip() for place in places) for places in rows),
            placed=sum(any(place.location is not None for place in places) for places in rows),
            welfare=sum(any(_is_welfare(place) for place in places) for places in rows),
            with_capacity=sum(1 for capacity in capacities if capacity),
            capacity_sum=sum(capacities),
        )


@dataclass(frozen=True)
class Inspection:
    """One file: its tables, and the findings that belong to none of them.

    `unmapped` are the tables that need a person's mapping: unknown ones, and known ones that lack headings.
    """

    name: str
    size_bytes: int
    parts: tuple[Part, ...] = ()
    problems: tuple[Problem, ...] = ()
    unmapped: tuple[UnknownTable, ...] = ()

    @property
    def rows(self) -> int:
        """Return the data rows of all tables."""
        return sum(part.rows for part in self.parts)

    @property
    def good_rows(self) -> int:
        """Return the rows that may be imported."""
        return sum(0 if part.is_refused else part.good_rows for part in self.parts)

    @property
    def bad_rows(self) -> int:
        """Return the rows with errors."""
        return self.rows - self.good_rows

    @property
    def is_refused(self) -> bool:
        """True when the file or a table of it has an error that no choice of rows can mend."""
        own = any(p.severity is Severity.ERROR for p in self.problems)
        return own or any(part.is_refused for part in self.parts)

    def findings(self, severity: Severity | None = None) -> tuple[tuple[str, Problem], ...]:
        """Return (sheet name, problem) of all findings in the order of the file, or those of one severity."""
        found = [("", p) for p in self.problems]
        for part in self.parts:
            of_rows = [p for record in part.records for p in record.problems]
            listed = sorted((*part.problems, *of_rows), key=lambda p: p.row or 0)
            found += [(part.sheet_name, p) for p in listed]
        return tuple((sheet, p) for sheet, p in found if severity in (None, p.severity))

    def kinds(self) -> frozenset[str]:
        """Return what the tables hold."""
        return frozenset(part.kind for part in self.parts)

    def objects(self, kind: type[ObjectT]) -> tuple[ObjectT, ...]:
        """Return the objects of one class from all rows without errors."""
        return tuple(obj for part in self.parts for obj in part.objects(kind))


def inspect(  # noqa: PLR0913 - the file, and what may each decide how it is read
    content: bytes,
    name: str,
    today: date,
    as_kind: SheetKind | Profile | None = None,
    limits: Limits = SCREEN,
    profiles: Sequence[Profile] = (),
    *,
    corrections: Corrections = MappingProxyType({}),
) -> Inspection:
    """Return what the file holds; a file that cannot be read becomes a finding, never an exception.

    `today` bounds dates that must lie in the past. `as_kind` decides where the headings do not; a profile
    given there is used for every table that has one of its headings. `profiles` are tried first of all, each
    for tables with all of the headings that it was made for. `corrections` are read in place of the file's
    own cells.
    """
    shown = shown_name(name)
    try:
        tables = read_tables(content, name, limits)
    except BcpKitError as error:
        problem = Problem(code=error.code, row=_row_of(error), values=error.values)
        return Inspection(name=shown, size_bytes=len(content), problems=(problem,))
    parts: list[Part] = []
    problems: list[Problem] = []
    unmapped: list[UnknownTable] = []
    for table in tables:
        if table.hidden:
            problems += table.problems
            continue
        recognised = None if next(table.filled(), None) is None else _told(table, today, as_kind, profiles)
        if recognised is None:
            unmapped.append(unknown_table(table))
            problems += [_unknown(table.name or shown, unmapped[-1], as_kind), *table.problems]
            continue
        known = corrected(recognised.table or table, recognised.headings, corrections)
        parts.append(_part(known, recognised, today))
        if _lacks_headings(parts[-1]):
            unmapped.append(unknown_table(table))
    filled = any(part.rows for part in parts)
    return Inspection(
        name=shown,
        size_bytes=len(content),
        parts=tuple(_without_blame(part) if filled else part for part in parts),
        problems=_settled(problems, bool(parts)),
        unmapped=tuple(unmapped),
    )


def _told(
    table: Table, today: date, as_kind: SheetKind | Profile | None, profiles: Sequence[Profile]
) -> Recognised | None:
    """Return how a table is read: by the profile that was named, by one that fits, by its headings."""
    if isinstance(as_kind, Profile):
        return by_profile(table, as_kind)
    fitting = next((profile for profile in profiles if fits(profile, table)), None)
    if fitting is not None:
        return by_profile(table, fitting)
    return recognise(table, today, as_kind)


def _lacks_headings(part: Part) -> bool:
    return any(p.code is ErrorCode.HEADING_MISSING for p in part.problems)


def _row_of(error: BcpKitError) -> int | None:
    row = error.values.get("row")
    return row if isinstance(row, int) else None


def _unknown(name: str, table: UnknownTable, as_kind: SheetKind | Profile | None) -> Problem:
    """Say that a table is not known, or that it is known and holds nothing of ours."""
    values = {"sheet": name}
    if isinstance(as_kind, Profile):
        return Problem(code=ErrorCode.PROFILE_DOES_NOT_FIT, values={"name": as_kind.name})
    if table.known_as or table.areas:
        title = other_tables()[table.known_as]["title"] if table.known_as else MAP_AREAS
        severity = Severity.WARNING
        return Problem(code=ErrorCode.LAYOUT_NOT_OURS, severity=severity, values={**values, "title": title})
    return Problem(code=ErrorCode.LAYOUT_UNKNOWN, values=values)


def _settled(problems: list[Problem], something_read: bool) -> tuple[Problem, ...]:
    """A sheet that is none of ours only needs a look when another one could be read."""
    if not something_read:
        return tuple(problems)
    return tuple(
        p.model_copy(update={"severity": Severity.WARNING}) if p.code is ErrorCode.LAYOUT_UNKNOWN else p
        for p in problems
    )


def _without_blame(part: Part) -> Part:
    """An empty tab beside filled ones is only told, not refused."""
    problems = tuple(
        p.model_copy(update={"severity": Severity.NOTICE}) if p.code is ErrorCode.NO_ROWS else p
        for p in part.problems
    )
    return replace(part, problems=problems)


def _part(table: Table, recognised: Recognised, today: date) -> Part:
    layout = recognised.layout
    missing = missing_headings(recognised.headings, layout.required)
    typed = read_rows(table, recognised.headings, recognised.first_row, today)
    doubts = doubts_of_table(table, recognised.headings, typed)
    problems = (*missing, *typed.problems, *doubts)
    fatal = any(p.severity is Severity.ERROR for p in problems)
    records = () if fatal else _checked(typed, recognised)
    return Part(
        sheet_name=table.name,
        layout=layout.key,
        title=layout.title,
        kind=layout.kind,
        encoding=table.encoding,
        rows=len(typed.rows),
        records=records,
        problems=problems,
        columns=columns_of(recognised.headings),
        heading_row=recognised.headings.row.number,
    )


def _checked(typed: TypedTable, recognised: Recognised) -> tuple[Record, ...]:
    records = recognised.layout.read(typed)
    if recognised.layout.key_column:
        records = mark_repeats(typed, records, recognised.layout.key_column)
    if recognised.layout.kind == SheetKind.PEOPLE:
        records = propose_same_people(typed, records)
    records = with_doubts(typed, records, recognised.layout.key_column)
    return records if recognised.layout.own else _listed_twice(typed, records)


def _listed_twice(typed: TypedTable, records: tuple[Record, ...]) -> tuple[Record, ...]:
    """Remark on rows of a list without numbers that say the same place as an earlier row."""
    seen: dict[str, int] = {}
    rows = {row.number: row for row in typed.rows}
    found = []
    for record in records:
        own_id = next((str(getattr(item.obj, "id", "")) for item in record.items), "")
        before = seen.setdefault(own_id, record.row) if own_id else record.row
        if before == record.row:
            found.append(record)
            continue
        code, severity = ErrorCode.LISTED_TWICE, Severity.WARNING
        twice = typed.problem(rows[record.row], "name", code, severity, row_before=before)
        found.append(replace(record, problems=(*record.problems, twice)))
    return tuple(found)

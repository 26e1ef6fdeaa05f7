"""A new register against the stored one: who is new, changed, moved, gone or back. Nothing is stored here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from bcp_kit.access.policy import Action
from bcp_kit.domain.consent import Consent
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person, RegisterStatus, SupportLink
from bcp_kit.forms.sheets import Column, SheetKind
from bcp_kit.intake.inspection import Inspection
from bcp_kit.intake.parsed import folded
from bcp_kit.intake.records import Item
from bcp_kit.intake.same_person import Likeness, Traits, same_people, traits_of
from bcp_kit.render.sheet_rows import cells_of, every_column, person_tree
from bcp_kit.services.base import Context
from bcp_kit.services.importing_merge import stored_ids, under_stored_ids, with_stated
from bcp_kit.services.importing_references import check_references
from bcp_kit.services.many_objects import many_objects
from bcp_kit.storage.unit_of_work import UnitOfWork

_CHUNK = 2_000
_ADDRESS = frozenset({"address", "address_building"})
_GOING = (RegisterStatus.LISTED,)


class Difference(StrEnum):
    """The lists of an update."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    REAPPEARED = "reappeared"
    GONE = "gone"


@dataclass(frozen=True)
class FieldChange:
    """One field: its heading on the sheet, what is stored, what the new register says."""

    heading: str
    old: str
    new: str


@dataclass(frozen=True)
class PersonDifference:
    """One person in one of the lists.

    `row` is the row of the file (None for the gone), `version` that of the stored record (None for the new).
    `status` is what was noted of a person who is back. `likely` is the id of a person of the opposite list
    (new and gone) who may be the same one under another number, with how much speaks for it.
    """

    person_id: str
    number: str
    label: str
    row: int | None = None
    version: int | None = None
    fields: tuple[FieldChange, ...] = ()
    status: RegisterStatus = RegisterStatus.LISTED
    likely: str = ""
    likely_label: str = ""
    likeness: Likeness | None = None


@dataclass(frozen=True)
class RegisterDifferences:
    """A register against the stored one. `unreadable` counts rows with errors: they make nobody gone.

    `still_missing` counts people whom an earlier update had already found gone and who are still undecided.
    """

    inspection: Inspection
    lists: Mapping[Difference, tuple[PersonDifference, ...]]
    unchanged: int
    unreadable: int
    still_missing: int

    def count(self, difference: Difference) -> int:
        """Return how many people stand in a list."""
        return len(self.lists[difference])


def compare_register(ctx: Context, inspection: Inspection) -> RegisterDifferences:
    """Return how a new, whole register differs from the stored one; nothing is stored.

    Raises: BcpKitError I-403 when the table is refused, I-405 when it holds no people, A-001.
    """
    ctx.demand(Action.IMPORT_REGISTER)
    if inspection.is_refused:
        raise BcpKitError(ErrorCode.IMPORT_TABLE_REFUSED)
    if SheetKind.PEOPLE not in inspection.kinds():
        raise BcpKitError(ErrorCode.IMPORT_OTHER_KIND, titles=inspection.name)
    with many_objects(), ctx.open_store() as uow:
        checked = check_references(inspection, uow)
        known = under_stored_ids(checked, stored_ids(checked, uow))
        return _compared(uow, known)


@dataclass(frozen=True)
class _RowItems:
    row: int
    person: Item
    consents: tuple[Consent, ...]
    links: tuple[SupportLink, ...]
    items: tuple[Item, ...]

    @property
    def id(self) -> str:
        return str(getattr(self.person.obj, "id"))  # noqa: B009 - the item of a person


def _rows(inspection: Inspection) -> Iterator[_RowItems]:
    """Yield the rows of people without errors; of two rows for one stored person the first."""
    seen: set[str] = set()
    for part in inspection.parts:
        if part.kind != SheetKind.PEOPLE:
            continue
        for record in part.records:
            person = next((item for item in record.items if isinstance(item.obj, Person)), None)
            if person is None or not record.good:
                continue
            found = _RowItems(
                row=record.row,
                person=person,
                consents=tuple(i.obj for i in record.items if isinstance(i.obj, Consent)),
                links=tuple(i.obj for i in record.items if isinstance(i.obj, SupportLink)),
                items=record.items,
            )
            if found.id not in seen:
                seen.add(found.id)
                yield found


def _compared(uow: UnitOfWork, known: Inspection) -> RegisterDifferences:
    lists: dict[Difference, list[PersonDifference]] = {difference: [] for difference in Difference}
    listed: set[str] = set()
    new: list[Traits] = []
    unchanged = 0
    for rows in _chunks(_rows(known)):
        listed |= {row.id for row in rows}
        stored = {person.id: person for person in uow.people.list(id=[row.id for row in rows])}
        further = _Further.of(uow, [row for row in rows if row.id in stored])
        for row in rows:
            before = stored.get(row.id)
            kind, found = _difference(row, before, further)
            if kind is None:
                unchanged += 1
                continue
            lists[kind].append(found)
            if before is None:
                new.append(traits_of(row.id, _person(row)))
    unreadable = {folded(r.key) for part in known.parts for r in part.records if not r.good}
    gone = _gone(uow, listed, unreadable - {""})
    lists[Difference.GONE] = [_leaving(person) for person in gone]
    _name_likely(lists, new, [traits_of(person.id, person) for person in gone])
    missing = uow.people.ids(register_status=RegisterStatus.MISSING)
    return RegisterDifferences(
        inspection=known,
        lists={difference: tuple(found) for difference, found in lists.items()},
        unchanged=unchanged,
        unreadable=sum(part.rows - part.good_rows for part in known.parts if part.kind == SheetKind.PEOPLE),
        still_missing=sum(person_id not in listed for person_id in missing),
    )


def _chunks(rows: Iterable[_RowItems]) -> Iterator[list[_RowItems]]:
    chunk: list[_RowItems] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _person(row: _RowItems) -> Person:
    person = row.person.obj
    if not isinstance(person, Person):  # pragma: no cover - _rows yields nothing else
        raise TypeError("a row of people without a person")
    return person


def _label(person: Person) -> str:
    return " ".join(part for part in (person.name, person.register_no) if part)


class _Further:
    """Stored consents by id and supporters by person, for one chunk of rows."""

    def __init__(self, consents: Sequence[Consent], links: Sequence[SupportLink]) -> None:
        self.consents = {consent.id: consent for consent in consents}
        self.own: dict[str, list[Consent]] = {}
        for consent in consents:
            self.own.setdefault(consent.person_id or consent.giver_id, []).append(consent)
        self.links: dict[str, list[SupportLink]] = {}
        for link in links:
            self.links.setdefault(link.person_id, []).append(link)

    @classmethod
    def of(cls, uow: UnitOfWork, rows: Sequence[_RowItems]) -> "_Further":
        people = [row.id for row in rows]
        asked = any(row.consents for row in rows)
        linked = any(row.links for row in rows)
        consents = uow.consents.list(person_id=people) if asked else []
        return cls(consents, uow.links.list(person_id=people) if linked else [])

    def after(self, row: _RowItems) -> tuple[list[Consent], list[SupportLink]]:
        """Return consents and links as they would stand after the row was brought in."""
        consents = {consent.id: consent for consent in self.own.get(row.id, ())}
        links = {(k.person_id, k.supporter_id): k for k in self.links.get(row.id, ())}
        wanted = {(k.person_id, k.supporter_id) for k in row.links}
        if wanted:
            links = {key: link for key, link in links.items() if key in wanted}
        for item in row.items:
            if isinstance(item.obj, Consent):
                before = consents.get(item.obj.id)
                consents[item.obj.id] = with_stated(before, item.obj, item.fields) if before else item.obj
            if isinstance(item.obj, SupportLink):
                key = (item.obj.person_id, item.obj.supporter_id)
                linked = links.get(key)
                links[key] = with_stated(linked, item.obj, item.fields) if linked else item.obj
        return list(consents.values()), list(links.values())


def _difference(
    row: _RowItems, before: Person | None, further: _Further
) -> tuple[Difference | None, PersonDifference]:
    stated = _person(row)
    found = PersonDifference(person_id=row.id, number=stated.register_no, label=_label(stated), row=row.row)
    if before is None:
        return Difference.NEW, found
    after = with_stated(before, stated, row.person.fields)
    consents, links = further.after(row)
    own, linked = further.own.get(row.id, []), further.links.get(row.id, [])
    same_rest = _same(consents, own) and _same(links, linked)
    if after == before and same_rest:
        return None, found
    old = cells_of(person_tree(before, own, linked), _columns())
    new = cells_of(person_tree(after, consents, links), _columns())
    changes = tuple(
        FieldChange(column.heading, old[column.key], new[column.key])
        for column in _columns()
        if old[column.key] != new[column.key] and column.key not in ("register_status", "status_on")
    )
    kind = Difference.CHANGED
    if before.register_status is not RegisterStatus.LISTED:
        kind = Difference.REAPPEARED
    elif any(getattr(before, name) != getattr(after, name) for name in _ADDRESS):
        kind = Difference.MOVED
    return kind, PersonDifference(
        person_id=row.id,
        number=after.register_no,
        label=_label(after),
        row=row.row,
        version=before.version,
        fields=changes,
        status=before.register_status,
    )


def _same(one: Iterable[Consent | SupportLink], other: Iterable[Consent | SupportLink]) -> bool:
    return sorted(map(repr, one)) == sorted(map(repr, other))


@cache
def _columns() -> tuple[Column, ...]:
    return every_column(SheetKind.PEOPLE)


def _gone(uow: UnitOfWork, listed: set[str], unreadable: set[str]) -> list[Person]:
    """Return the people on the register whom the file does not name, not even in a row with errors."""
    stored = uow.people.columns("register_no", register_status=_GOING)
    ids = [i for i, number in stored if i not in listed and folded(number or "") not in unreadable]
    return [
        person
        for start in range(0, len(ids), _CHUNK)
        for person in uow.people.list(id=ids[start : start + _CHUNK])
    ]


def _leaving(person: Person) -> PersonDifference:
    return PersonDifference(
        person_id=person.id, number=person.register_no, label=_label(person), version=person.version
    )


def _name_likely(
    lists: dict[Difference, list[PersonDifference]], new: Sequence[Traits], gone: Sequence[Traits]
) -> None:
    """Name for each new person the gone one who may be the same under another number, and the reverse."""
    labels = {d.person_id: d.label for kind in (Difference.NEW, Difference.GONE) for d in lists[kind]}
    likely: dict[str, tuple[str, Likeness]] = {}
    for pair in same_people(new, gone):  # most likely first
        if pair.first not in likely and pair.second not in likely:
            likely[pair.first] = (pair.second, pair.likeness)
            likely[pair.second] = (pair.first, pair.likeness)
    for kind in (Difference.NEW, Difference.GONE):
        lists[kind] = [
            _with_likely(d, likely[d.person_id], labels) if d.person_id in likely else d for d in lists[kind]
        ]


def _with_likely(
    found: PersonDifference, likely: tuple[str, Likeness], labels: Mapping[str, str]
) -> PersonDifference:
    other, likeness = likely
    return replace(found, likely=other, likely_label=labels[other], likeness=likeness)

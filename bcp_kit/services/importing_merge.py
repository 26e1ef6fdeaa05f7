"""Objects of a file against those of the store: new, changed, unchanged. Only stated fields change."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.candidates import FacilityCandidate
from bcp_kit.domain.consent import Consent
from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.staff import HelpOffer, RosterEntry, StaffMember
from bcp_kit.intake.helpers import DAY_OFF
from bcp_kit.intake.inspection import Inspection, Part
from bcp_kit.intake.records import Item, Record
from bcp_kit.services.import_batches import BatchWriter
from bcp_kit.services.pair_proposals import PairProposer, find_pairs
from bcp_kit.storage.repository import Repository
from bcp_kit.storage.unit_of_work import UnitOfWork

EMERGENCY_LAYER = "emergency_sites"
CANDIDATE_LAYER = "facility_candidates"
WHY = "import"
_NEVER_MERGED = frozenset({"id", "version", "person_id", "supporter_id", "giver_id"})
_ID_FIELDS = ("id", "person_id", "giver_id")
_NUMBERS = frozenset({"register_no", "resident_no"})
_STATUS = frozenset({"register_status", "status_on"})
_CHUNK = 2_000

ObjectT = TypeVar("ObjectT", bound=DomainModel)


@dataclass(frozen=True)
class Counts:
    """What an import did to one kind of record; `waiting` wait for another person's approval."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    waiting: int = 0


def items_of(inspection: Inspection, kind: type[ObjectT]) -> list[tuple[ObjectT, frozenset[str]]]:
    """Return the objects of one class with their stated fields, from the rows without errors."""
    return [
        (item.obj, item.fields)
        for part in inspection.parts
        for record in part.records
        if record.good
        for item in record.items
        if type(item.obj) is kind
    ]


@dataclass(frozen=True)
class KnownIds:
    """Under which ids the store knows what a file names by other ids.

    `by_former_number` are those ids of the file whose number belonged to a record that was merged: their
    numbers must not come back.
    """

    ids: Mapping[str, str]
    by_former_number: frozenset[str] = frozenset()


def stored_ids(inspection: Inspection, uow: UnitOfWork) -> KnownIds:
    """Return the stored id for each id of the file that names a record known under another id.

    A person is known by the register number, else by the number of the resident record, else by a number
    from before a merge; a destination by the common id of the national data.
    """
    known = stored_people([person for person, _ in items_of(inspection, Person)], uow)
    shelters = [s for s, _ in items_of(inspection, Shelter) if s.common_id]
    by_common = {s.common_id: s.id for s in uow.shelters.list(common_id=[s.common_id for s in shelters])}
    sites = {s.id: by_common[s.common_id] for s in shelters if by_common.get(s.common_id, s.id) != s.id}
    return KnownIds({**known.ids, **sites}, known.by_former_number)


def stored_people(people: Sequence[Person], uow: UnitOfWork) -> KnownIds:
    """Return the stored id for each id of a person of the file whom the store knows under another id."""
    ids: dict[str, str] = {}
    former: set[str] = set()
    known = {field: _by_number(people, field, uow) for field in ("register_no", "resident_no")}
    for person in people:
        for field, (present, before) in known.items():
            number = getattr(person, field)
            stored = present.get(number) or before.get(number)
            if number and stored is not None:
                ids[person.id] = stored
                if number not in present:
                    former.add(person.id)
                break
    return KnownIds({i: stored for i, stored in ids.items() if stored != i or i in former}, frozenset(former))


def _by_number(
    people: Sequence[Person], field: str, uow: UnitOfWork
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the ids of stored people by a number of theirs, and by a number from before a merge."""
    numbers = [number for person in people if (number := getattr(person, field))]
    if not numbers:
        return {}, {}
    present = uow.people.columns(field, **{field: numbers})
    before = uow.person_aliases.columns("number", "person_id", field=field, number=numbers)
    return {number: i for i, number in present}, {number: i for _, number, i in before}


def renamed(item: Item, known: KnownIds) -> Item:
    """Return the item with the ids under which the store knows its subject."""
    obj = item.obj
    update = {f: known.ids[v] for f in _ID_FIELDS if (v := getattr(obj, f, "")) in known.ids}
    if not update:
        return item
    is_former = isinstance(obj, Person) and obj.id in known.by_former_number
    fields = item.fields - _NUMBERS if is_former else item.fields
    return Item(obj.model_copy(update=update), fields)


def under_stored_ids(inspection: Inspection, known: KnownIds) -> Inspection:
    """Return the inspection with the ids under which the store knows its subjects."""
    if not known.ids:
        return inspection
    return replace(inspection, parts=tuple(_part_under(part, known) for part in inspection.parts))


def _part_under(part: Part, known: KnownIds) -> Part:
    return replace(part, records=tuple(_record_under(record, known) for record in part.records))


def _record_under(record: Record, known: KnownIds) -> Record:
    items = tuple(renamed(item, known) for item in record.items)
    same = all(new is old for new, old in zip(items, record.items, strict=True))
    return record if same else replace(record, items=items)


def merge_all(
    inspection: Inspection, writer: BatchWriter, report: Callable[[float], None]
) -> Mapping[str, Counts]:
    """Bring every object of the file into the store and return the counts by kind of record."""
    merged: dict[str, Counts] = {}
    uow = writer.uow
    plan: tuple[tuple[str, type[Any], Repository[Any]], ...] = (
        ("facilities", Facility, uow.facilities),
        ("supporters", Supporter, uow.supporters),
        ("people", Person, uow.people),
        ("consents", Consent, uow.consents),
        ("shelters", Shelter, uow.shelters),
        ("staff", StaffMember, uow.staff),
        ("help_offers", HelpOffer, uow.help_offers),
    )
    for done, (name, kind, repository) in enumerate(plan):
        report(done / len(plan))
        items = items_of(inspection, kind)
        if items:
            merged[name] = merge(items, repository, writer)
    links = items_of(inspection, SupportLink)
    if links:
        merged["links"] = _merge_links(links, writer)
    shifts = items_of(inspection, RosterEntry)
    if shifts:
        merged["rosters"] = _merge_shifts(shifts, writer)
    layers: tuple[tuple[str, type[Any]], ...] = (
        (EMERGENCY_LAYER, EmergencySite),
        (CANDIDATE_LAYER, FacilityCandidate),
    )
    for name, kind in layers:
        listed = [obj for obj, _ in items_of(inspection, kind)]
        if listed:
            merged[name] = _merge_layer(name, listed, writer)
    return merged


def merge(
    items: Iterable[tuple[ObjectT, frozenset[str]]], repository: Repository[ObjectT], writer: BatchWriter
) -> Counts:
    """Add the new objects and save the changed ones; an id that stands twice counts once."""
    by_id = {repository.kind.id_of(obj): (obj, fields) for obj, fields in reversed(list(items))}
    ids = list(by_id)
    new = unchanged = changed = 0
    for start in range(len(ids), 0, -_CHUNK):
        chunk = ids[max(0, start - _CHUNK) : start][::-1]
        stored = {repository.kind.id_of(record): record for record in repository.list(id=chunk)}
        added = [by_id[i][0] for i in chunk if i not in stored]
        writer.add(repository, added)
        pairs = ((before, with_stated(before, *by_id[i])) for i, before in stored.items())
        saved = writer.save_many(repository, [pair for pair in pairs if pair[0] != pair[1]])
        new, changed, unchanged = new + len(added), changed + saved, unchanged + len(stored) - saved
    return Counts(new=new, changed=changed, unchanged=unchanged)


def with_stated(before: ObjectT, stated: ObjectT, fields: frozenset[str]) -> ObjectT:
    """Return the stored object with the fields that the file states; the rest stays as it was.

    A person whom the file names is on the register again, whatever was noted before.
    """
    own = (fields & type(stated).model_fields.keys()) - _NEVER_MERGED
    if isinstance(stated, Person):
        own |= _STATUS
    return before.model_copy(update={name: getattr(stated, name) for name in own})


def _merge_links(links: list[tuple[SupportLink, frozenset[str]]], writer: BatchWriter) -> Counts:
    """Bring in who supports whom. For a person whose row names supporters, the row is the whole list."""
    wanted = {(link.person_id, link.supporter_id) for link, _ in links}
    people = sorted({person_id for person_id, _ in wanted})
    stored: list[SupportLink] = []
    for start in range(0, len(people), _CHUNK):
        stored += writer.uow.links.list(person_id=people[start : start + _CHUNK])
    if writer.pairs is not None:
        return _propose_links(links, stored, writer, writer.pairs)
    stale = [link for link in stored if (link.person_id, link.supporter_id) not in wanted]
    for link in stale:
        writer.remove(writer.uow.links, link)
    counts = merge(links, writer.uow.links, writer)
    return Counts(counts.new, counts.changed, counts.unchanged, removed=len(stale))


def _propose_links(
    links: list[tuple[SupportLink, frozenset[str]]],
    stored: Sequence[SupportLink],
    writer: BatchWriter,
    by: PairProposer,
) -> Counts:
    """Propose the new and ended pairs; order of calling and roles of pairs that stand count at once."""
    stands = {(link.person_id, link.supporter_id) for link in stored}
    found = find_pairs([link for link, _ in links], stands, writer.uow, by)
    writer.add(writer.uow.plan_changes, found.proposed)
    writer.save_many(writer.uow.plan_changes, found.superseded)
    known = [(link, fields) for link, fields in links if (link.person_id, link.supporter_id) in stands]
    return replace(merge(known, writer.uow.links, writer), waiting=found.waiting)


def _merge_shifts(shifts: list[tuple[RosterEntry, frozenset[str]]], writer: BatchWriter) -> Counts:
    """Bring in a roster: a day off takes away the shift that was stored for that day."""
    rosters = writer.uow.rosters
    off = [entry for entry, _ in shifts if entry.shift == DAY_OFF]
    stale = [stored for e in off if (stored := rosters.get((e.staff_id, e.day))) is not None]
    for entry in stale:
        writer.remove(rosters, entry)
    counts = merge([(e, fields) for e, fields in shifts if e.shift != DAY_OFF], rosters, writer)
    return Counts(counts.new, counts.changed, counts.unchanged, removed=len(stale))


def _merge_layer(name: str, objects: Sequence[Any], writer: BatchWriter) -> Counts:
    """Keep objects that are no records of their own as one named document, by id."""
    before: dict[str, Any] = writer.uow.layers.get(name) or {}
    listed = {obj.id: obj.model_dump(mode="json") for obj in objects}
    new = sum(1 for key in listed if key not in before)
    changed = sum(1 for key, obj in listed.items() if key in before and before[key] != obj)
    writer.put_layer(name, {**before, **listed})
    return Counts(new=new, changed=changed, unchanged=len(listed) - new - changed)

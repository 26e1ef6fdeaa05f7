"""Objects of a file against those of the store: new, changed, unchanged. Only stated fields change."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.consent import Consent
from bcp_kit.domain.emergency_sites import EmergencySite
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.staff import HelpOffer, RosterEntry, StaffMember
from bcp_kit.intake.helpers import DAY_OFF
from bcp_kit.intake.inspection import Inspection
from bcp_kit.intake.records import Item
from bcp_kit.storage.kinds import Key
from bcp_kit.storage.repository import Repository
from bcp_kit.storage.unit_of_work import UnitOfWork

EMERGENCY_LAYER = "emergency_sites"
WHY = "import"
_NEVER_MERGED = frozenset({"id", "version", "person_id", "supporter_id", "giver_id"})
_CHUNK = 2_000

ObjectT = TypeVar("ObjectT", bound=DomainModel)


@dataclass(frozen=True)
class Counts:
    """What an import did to one kind of record."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


def items_of(inspection: Inspection, kind: type[ObjectT]) -> list[tuple[ObjectT, frozenset[str]]]:
    """Return the objects of one class with their stated fields, from the rows without errors."""
    return [
        (item.obj, item.fields)
        for part in inspection.parts
        for record in part.records
        if record.good
        for item in record.items
        if isinstance(item.obj, kind)
    ]


def stored_ids(inspection: Inspection, uow: UnitOfWork) -> Mapping[str, str]:
    """Return the stored id for each id of the file that names a record known under another id.

    A person is known by the register number, a destination by the common id of the national data.
    """
    people = [person for person, _ in items_of(inspection, Person)]
    by_number = {p.register_no: p.id for p in uow.people.list(register_no=[p.register_no for p in people])}
    renamed = {p.id: by_number[p.register_no] for p in people if by_number.get(p.register_no, p.id) != p.id}
    shelters = [s for s, _ in items_of(inspection, Shelter) if s.common_id]
    by_common = {s.common_id: s.id for s in uow.shelters.list(common_id=[s.common_id for s in shelters])}
    renamed |= {s.id: by_common[s.common_id] for s in shelters if by_common.get(s.common_id, s.id) != s.id}
    return renamed


def renamed(item: Item, ids: Mapping[str, str]) -> Item:
    """Return the item with the ids under which the store knows its subject."""
    fields = ("id", "person_id", "giver_id")
    update = {f: ids[v] for f in fields if (v := getattr(item.obj, f, "")) in ids}
    return Item(item.obj.model_copy(update=update), item.fields) if update else item


def merge_all(
    inspection: Inspection, uow: UnitOfWork, report: Callable[[float], None]
) -> Mapping[str, Counts]:
    """Bring every object of the file into the store and return the counts by kind of record."""
    merged: dict[str, Counts] = {}
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
            merged[name] = merge(items, repository)
    links = items_of(inspection, SupportLink)
    if links:
        merged["links"] = _merge_links(links, uow)
    shifts = items_of(inspection, RosterEntry)
    if shifts:
        merged["rosters"] = _merge_shifts(shifts, uow)
    sites = [site for site, _ in items_of(inspection, EmergencySite)]
    if sites:
        merged[EMERGENCY_LAYER] = _merge_sites(sites, uow)
    return merged


def merge(items: Iterable[tuple[ObjectT, frozenset[str]]], repository: Repository[ObjectT]) -> Counts:
    """Add the new objects and save the changed ones; an id that stands twice counts once."""
    by_id = {repository.kind.id_of(obj): (obj, fields) for obj, fields in reversed(list(items))}
    ids = list(by_id)
    stored: dict[str, ObjectT] = {}
    for start in range(0, len(ids), _CHUNK):
        found = repository.list(id=ids[start : start + _CHUNK])
        stored |= {repository.kind.id_of(record): record for record in found}
    new = [by_id[i][0] for i in reversed(ids) if i not in stored]
    for start in range(0, len(new), _CHUNK):
        repository.add_many(new[start : start + _CHUNK], WHY)
    changed = 0
    for record_id, before in stored.items():
        after = _with_stated(before, *by_id[record_id])
        if after != before:
            repository.save(after, WHY)
            changed += 1
    return Counts(new=len(new), changed=changed, unchanged=len(stored) - changed)


def _with_stated(before: ObjectT, stated: ObjectT, fields: frozenset[str]) -> ObjectT:
    """Return the stored object with the fields that the file states; the rest stays as it was."""
    own = (fields & type(stated).model_fields.keys()) - _NEVER_MERGED
    return before.model_copy(update={name: getattr(stated, name) for name in own})


def _merge_links(links: list[tuple[SupportLink, frozenset[str]]], uow: UnitOfWork) -> Counts:
    """Bring in who supports whom. For a person whose row names supporters, the row is the whole list."""
    wanted = {(link.person_id, link.supporter_id) for link, _ in links}
    people = sorted({person_id for person_id, _ in wanted})
    stale: list[Key] = []
    for start in range(0, len(people), _CHUNK):
        stored = uow.links.list(person_id=people[start : start + _CHUNK])
        keys = [(link.person_id, link.supporter_id) for link in stored]
        stale += [key for key in keys if key not in wanted]
    for key in stale:
        uow.links.remove(key, WHY)
    counts = merge(links, uow.links)
    return Counts(counts.new, counts.changed, counts.unchanged, removed=len(stale))


def _merge_shifts(shifts: list[tuple[RosterEntry, frozenset[str]]], uow: UnitOfWork) -> Counts:
    """Bring in a roster: a day off takes away the shift that was stored for that day."""
    off = [entry for entry, _ in shifts if entry.shift == DAY_OFF]
    stale: list[Key] = [(e.staff_id, e.day) for e in off if uow.rosters.get((e.staff_id, e.day)) is not None]
    for key in stale:
        uow.rosters.remove(key, WHY)
    counts = merge([(e, fields) for e, fields in shifts if e.shift != DAY_OFF], uow.rosters)
    return Counts(counts.new, counts.changed, counts.unchanged, removed=len(stale))


def _merge_sites(sites: list[EmergencySite], uow: UnitOfWork) -> Counts:
    """Keep emergency sites as one named document, by id."""
    before: dict[str, Any] = uow.layers.get(EMERGENCY_LAYER) or {}
    listed = {site.id: site.model_dump(mode="json") for site in sites}
    new = sum(1 for site_id in listed if site_id not in before)
    changed = sum(1 for site_id, site in listed.items() if site_id in before and before[site_id] != site)
    uow.layers.put(EMERGENCY_LAYER, {**before, **listed}, WHY)
    return Counts(new=new, changed=changed, unchanged=len(listed) - new - changed)

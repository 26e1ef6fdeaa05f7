"""What is stored of one person, and taking it out: removed, blanked, put under a name that says nothing."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.imports import ImportBatch
from bcp_kit.domain.paper_copies import CopyState, PaperCopy
from bcp_kit.domain.people import Person
from bcp_kit.domain.plan_drills import PlanDrill
from bcp_kit.storage.kinds import RecordKind
from bcp_kit.storage.repository import Repository
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY, ERASED = "erase", "erased"
LEAST_CHARACTERS = 4  # shorter words stand in too many places to be the person's
# Records that are the person's alone, by the fields that name the person. The plan's own go in any case.
RecordT = TypeVar("RecordT", bound=DomainModel)
_OF_PLAN: Mapping[str, tuple[str, ...]] = {
    "evacuation_plans": ("person_id",),
    "links": ("person_id",),
    "plan_changes": ("person_id",),
    "form_entries": ("person_id",),
    "plan_efforts": ("person_id",),
    "plan_steps": ("scope_id",),
    "plan_preparations": ("person_id",),
    "matching_locks": ("person_id",),
}
_OF_PERSON: Mapping[str, tuple[str, ...]] = {
    **_OF_PLAN,
    "consents": ("giver_id", "person_id"),
    "person_aliases": ("person_id",),
    "person_pairs": ("first_id", "second_id"),
    "people": ("id",),
}
# Records of others or of the town in which the person's id becomes a name that says nothing.
_RENAMED = ("matching_runs", "erasures")
_LEDGER = ("print_runs", "paper_copies")  # keep numbers and counts, not who it was
_FREE_TEXT = frozenset({"reason", "note"})
PLACED_LAYER = "placed"
STILL_PAPER = (CopyState.PRINTED, CopyState.HANDED_OUT, CopyState.RETURNED)


@dataclass
class Found:
    """What is stored of one person: keys by table to remove, records to change, paper and files.

    `mentions` counts records of other people that name the person.
    """

    person: Person
    plan_only: bool
    removed: dict[str, list[str]] = field(default_factory=dict)
    changed: dict[str, list[Any]] = field(default_factory=dict)
    copies: tuple[PaperCopy, ...] = ()
    files: tuple[Path, ...] = ()
    mentions: int = 0
    had_plan: bool = False
    supporters: int = 0

    @property
    def counts(self) -> Counter[str]:
        """How many records of each table go or change."""
        found = Counter({table: len(keys) for table, keys in self.removed.items() if keys})
        found.update({table: len(records) for table, records in self.changed.items() if records})
        return found

    @property
    def copies_out(self) -> int:
        """Copies that are still on paper somewhere."""
        return sum(copy.state in STILL_PAPER for copy in self.copies)


def identifiers(person: Person) -> frozenset[str]:
    """Return the words by which the person is known, long enough to be nobody else's by chance."""
    said = [person.name, person.name_kana, person.address, person.address_building, person.email]
    said += [person.phone_home, person.phone_mobile, person.fax, person.resident_no, person.postal_code]
    words = {part for each in said for part in (each, "".join(each.split()))}
    return frozenset(word for word in words if len(word) >= LEAST_CHARACTERS and word != person.postal_code)


def find(uow: UnitOfWork, person: Person, plan_only: bool, new_name: str) -> Found:
    """Return what is stored of the person; nothing is changed yet. `new_name` takes the place of the id."""
    tables = {repository.kind.table: repository for repository in uow.repositories}
    found = Found(person, plan_only)
    for table, names in (_OF_PLAN if plan_only else _OF_PERSON).items():
        keys = [key for name in names for key in tables[table].ids(**{name: person.id})]
        found.removed[table] = list(dict.fromkeys(keys))
    if plan_only:
        named = uow.consents.list(person_id=person.id)
        found.removed["consents"] = [each.id for each in named if each.giver_id != person.id]
    found.had_plan = bool(found.removed["evacuation_plans"])
    found.supporters = len(found.removed["links"])
    _find_paper(uow, found)
    mark = json.dumps(person.id, ensure_ascii=False)
    if not plan_only:
        for table in _RENAMED:
            found.changed[table] = _renamed(tables[table], mark, found, new_name)
        for table in _LEDGER:
            found.changed[table] = [
                _unlinked(record) for record in _renamed(tables[table], mark, found, ERASED)
            ]
        found.mentions = _mentions(tables, found)
    else:
        found.changed["paper_copies"] = [_without_plan(copy, person.id) for copy in found.copies]
        runs = [run for run in uow.print_runs.list() if person.id in run.person_ids]
        found.changed["print_runs"] = [_without(run, ("person_ids",), person.id) for run in runs]
    found.changed["plan_drills"] = [
        without_person(drill, person.id) for drill in uow.plan_drills.list() if drill.subject(person.id)
    ]
    found.changed["import_batches"] = _batches(uow, found)
    return found


def _find_paper(uow: UnitOfWork, found: Found) -> None:
    """Note the copies on which the person stands, lists among them, and the files that hold them."""
    runs = {run.id: run for run in uow.print_runs.list()}
    of_runs = {key for key, run in runs.items() if found.person.id in run.person_ids}
    own = [copy for copy in uow.paper_copies.list() if _shows(copy, found.person.id, of_runs)]
    found.copies = tuple(own)
    paths = {
        Path(runs[copy.run_id].folder) / copy.file_name
        for copy in own
        if copy.file_name and copy.run_id in runs and runs[copy.run_id].folder
    }
    found.files = tuple(sorted(paths))


def _shows(copy: PaperCopy, person_id: str, of_runs: set[str]) -> bool:
    """True for a copy of the person's plan, and for a list on which the person stands."""
    if not copy.is_list:
        return copy.person_id == person_id
    return person_id in copy.people or (not copy.people and copy.run_id in of_runs)


def _walked(value: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    """Return nested JSON with every text changed; `change` is given the key under which it stands."""
    if isinstance(value, dict):
        return {name: _walked(part, change, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_walked(part, change, key) for part in value]
    return change(key, value) if isinstance(value, str) else value


def _renamed(repository: Repository[Any], mark: str, found: Found, new_name: str) -> list[Any]:
    """Return the records that name the person, with the id replaced and words about the person gone."""
    known = identifiers(found.person)

    def change(key: str, words: str) -> str:
        if words == found.person.id:
            return new_name
        return "" if any(word in words for word in known) else words

    changed = []
    for record in repository.list():
        body = record.model_dump_json()
        if mark not in body and not any(word in body for word in known):
            continue
        told = _without_notes(json.loads(body), found.person.id)
        changed.append(_again(repository.kind, _walked(told, change)))
    return changed


def _unlinked(record: Any) -> Any:
    """Return an erased copy without plan and digest of what it said: number, count and story stay."""
    if isinstance(record, PaperCopy) and record.person_id == ERASED:
        return record.model_copy(update={"plan_id": "", "content": ""})
    return record


def _without_plan(copy: PaperCopy, person_id: str) -> PaperCopy:
    """Return a copy as the ledger keeps it once the plan is gone, while the person stays on the register."""
    if not copy.is_list:
        return copy.model_copy(update={"person_id": ERASED, "plan_id": "", "content": ""})
    return _without(copy, ("people", "plans_shown"), person_id)


def _without(record: RecordT, names: tuple[str, ...], person_id: str) -> RecordT:
    """Return a record in whose lists of people this one has no name any more; how many they are stays."""
    return record.model_copy(
        update={
            name: tuple(ERASED if key == person_id else key for key in getattr(record, name))
            for name in names
        }
    )


def _without_notes(value: Any, person_id: str) -> Any:
    """Return nested JSON in which free words beside the person's id are gone: an officer's own sentences."""
    if isinstance(value, list):
        return [_without_notes(part, person_id) for part in value]
    if not isinstance(value, dict):
        return value
    about = value.get("person_id") == person_id
    found = {key: _without_notes(part, person_id) for key, part in value.items()}
    if not about:
        return found
    if isinstance(found.get("steps"), list):  # the story of a copy
        found["steps"] = [{**step, "note": ""} for step in found["steps"]]
    return {key: "" if key in _FREE_TEXT and isinstance(part, str) else part for key, part in found.items()}


def _again(kind: RecordKind[Any], body: Any) -> Any:
    return kind.model.model_validate(body)


def without_person(drill: PlanDrill, person_id: str) -> PlanDrill:
    """Return the drill without the person's copy, results and findings."""
    return drill.model_copy(
        update={
            "subjects": tuple(each for each in drill.subjects if each.person.id != person_id),
            "results": {key: each for key, each in drill.results.items() if key != person_id},
            "findings": tuple(each for each in drill.findings if each.person_id != person_id),
        }
    )


def _batches(uow: UnitOfWork, found: Found) -> list[ImportBatch]:
    """Return the imports that hold the person's records as they were before, without them.

    What they brought of this person can no longer be undone.
    """
    gone = {(table, key) for table, keys in found.removed.items() for key in keys}
    mark = json.dumps(found.person.id, ensure_ascii=False)
    tables = set(found.removed)

    def drops(table: str, key: str, before: str) -> bool:
        own = table in tables and (mark in before or key == found.person.id)
        return (table, key) in gone or own

    changed = []
    for batch in uow.import_batches.list():
        kept = {
            "added": {
                table: tuple(key for key in keys if (table, key) not in gone)
                for table, keys in batch.added.items()
            },
            "replaced": tuple(r for r in batch.replaced if not drops(r.table, r.key, r.before)),
            "layers": tuple(each for each in batch.layers if mark not in (each.before or "")),
            "versions": {
                row: version
                for row, version in batch.versions.items()
                if tuple(row.split("/", 1)) not in gone
            },
        }
        if any(kept[name] != getattr(batch, name) for name in kept):
            changed.append(batch.model_copy(update=kept))
    return changed


def _mentions(tables: Mapping[str, Repository[Any]], found: Found) -> int:
    """Count records of others that name the person: they are others' data and stay."""
    names = {found.person.name, "".join(found.person.name.split())} - {""}
    total = 0
    for table in ("people", "supporters", "facilities"):
        for record in tables[table].list():
            own = table == "people" and record.id == found.person.id
            body = record.model_dump_json()
            total += not own and any(name in body for name in names)
    return total


def take_out(uow: UnitOfWork, found: Found) -> None:
    """Remove and change what was found, in the running transaction; the audit log names tables and ids."""
    tables = {repository.kind.table: repository for repository in uow.repositories}
    for table, keys in found.removed.items():
        if keys:
            tables[table].remove_all(WHY, id=keys)
    for table, records in found.changed.items():
        tables[table].save_many(records, WHY)
    if not found.plan_only:
        _forget_point(uow, found.person.id)


def _forget_point(uow: UnitOfWork, person_id: str) -> None:
    placed = uow.layers.get(PLACED_LAYER) or {}
    if person_id in placed.get("people", {}):
        people = {key: at for key, at in placed["people"].items() if key != person_id}
        uow.layers.put(PLACED_LAYER, {**placed, "people": people}, WHY)


def delete_files(paths: Iterable[Path]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delete printed files, and return the names of those deleted and of those that lie elsewhere now."""
    deleted, missing = [], []
    for path in dict.fromkeys(paths):
        try:
            path.unlink()
            deleted.append(path.name)
        except OSError:
            missing.append(path.name)
    return tuple(deleted), tuple(missing)

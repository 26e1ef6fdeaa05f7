"""Take an import back: what it added goes, what it changed becomes as before; later work is never lost."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bcp_kit.access.policy import Action, decide
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.imports import ImportBatch, Replaced
from bcp_kit.services.base import Context
from bcp_kit.services.import_batches import digest_of
from bcp_kit.storage.kinds import RecordKind
from bcp_kit.storage.repository import Repository
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "undo"
Row = tuple[str, str]  # table and key of one record

# Records that point at another one: table → (table of the others, their indexed field). A record that
# something outside of the batch points at stays.
_DEPENDENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "people": (
        ("evacuation_plans", "person_id"),
        ("links", "person_id"),
        ("consents", "person_id"),
        ("consents", "giver_id"),
        ("matching_locks", "person_id"),
        ("plan_steps", "scope_id"),
        ("plan_efforts", "person_id"),
        ("plan_changes", "person_id"),
        ("form_entries", "person_id"),
    ),
    "shelters": (("matching_locks", "shelter_id"),),
    "supporters": (
        ("links", "supporter_id"),
        ("consents", "giver_id"),
        ("plan_changes", "supporter_id"),
    ),
    "facilities": (
        ("staff", "facility_id"),
        ("help_offers", "facility_id"),
        ("continuity_plans", "facility_id"),
        ("shelters", "facility_id"),
    ),
    "staff": (("rosters", "staff_id"),),
}
# Records that belong to a person: when one of them was changed since, all of the person's stay.
_OWNERS: Mapping[str, str] = {
    "consents": "person_id",
    "links": "person_id",
    "plan_changes": "person_id",
}
_SHOWN_FIELDS = ("name", "register_no")
# What the manager of a facility brings in may be taken back by the manager too.
_OF_FACILITIES = frozenset({"staff", "rosters", "help_offers"})


@dataclass(frozen=True)
class ChangedSince:
    """One record that cannot be taken back: its kind, key, and how people call it."""

    table: str
    key: str
    label: str


@dataclass(frozen=True)
class UndoPlan:
    """What taking a batch back would do: records to remove, to put back, and those that stay as they are."""

    batch: ImportBatch
    to_remove: int
    to_restore: int
    staying: tuple[ChangedSince, ...]


@dataclass(frozen=True)
class _Plan:
    batch: ImportBatch
    removed: Mapping[str, tuple[str, ...]]
    restored: tuple[Replaced, ...]
    layers: tuple[str, ...]
    staying: frozenset[Row]


def may_undo(ctx: Context) -> bool:
    """True for who may bring in the register (then everything can be taken back), or staff and rosters."""
    actions = (Action.IMPORT_REGISTER, Action.EDIT_STAFF)
    return any(decide(ctx.actor, action).allowed for action in actions)


def _demand(ctx: Context) -> None:
    if not may_undo(ctx):
        ctx.demand(Action.IMPORT_REGISTER)


def _is_theirs(ctx: Context, batch: ImportBatch) -> bool:
    """True when the actor may take this batch back."""
    if decide(ctx.actor, Action.IMPORT_REGISTER).allowed:
        return True
    tables = {*batch.added, *(change.table for change in batch.replaced)}
    return not batch.layers and tables <= _OF_FACILITIES


def last_batches(ctx: Context, limit: int = 10) -> tuple[ImportBatch, ...]:
    """Return the newest pieces of work that can be undone or were, newest first."""
    _demand(ctx)
    with ctx.open_store() as uow:
        ids = uow.import_batches.ids()[-limit:]
        found = [batch for batch in uow.import_batches.list(id=ids) if _is_theirs(ctx, batch)]
        return tuple(sorted(found, key=lambda b: b.at, reverse=True))


def plan_undo(ctx: Context) -> UndoPlan:
    """Return what undoing the last batch would do. Raises: BcpKitError I-407 when there is none, A-001."""
    _demand(ctx)
    with ctx.open_store() as uow:
        plan = _planned(uow, _last(ctx, uow))
        return UndoPlan(
            batch=plan.batch,
            to_remove=sum(map(len, plan.removed.values())),
            to_restore=len(plan.restored) + len(plan.layers),
            staying=_named(uow, plan.staying),
        )


def undo_last(ctx: Context, keep_changed: bool = False) -> UndoPlan:
    """Take the last batch back in one transaction and return what was done.

    Records that somebody changed since are never touched: with any of them nothing happens, unless
    `keep_changed` says that the others may be taken back. Raises: BcpKitError I-406 (with their number),
    I-407 when there is nothing to undo, A-001.
    """
    _demand(ctx)
    with ctx.open_store() as uow:
        uow.lock()
        plan = _planned(uow, _last(ctx, uow))
        staying = _named(uow, plan.staying)
        if staying and not keep_changed:
            raise BcpKitError(ErrorCode.UNDO_CHANGED_SINCE, count=len(staying))
        _pass_on(uow, plan.batch, _carry_out(uow, plan))
        undone = {"undone_at": ctx.clock.now(), "undone_by": ctx.actor.name}
        batch = uow.import_batches.save(plan.batch.model_copy(update=undone), WHY)
        uow.audit.note(WHY, "import_batches", batch.id)
        uow.commit()
    removed = sum(map(len, plan.removed.values()))
    return UndoPlan(batch, removed, len(plan.restored) + len(plan.layers), staying)


def _last(ctx: Context, uow: UnitOfWork) -> ImportBatch:
    """Return the last batch that stands, of those that the actor may take back."""
    for batch_id in reversed(uow.import_batches.ids()):
        batch = uow.import_batches.need(batch_id)
        if batch.undone_at is None and _is_theirs(ctx, batch):
            return batch
    raise BcpKitError(ErrorCode.UNDO_NOTHING)


def _repositories(uow: UnitOfWork) -> Mapping[str, Repository[Any]]:
    return {repository.kind.table: repository for repository in uow.repositories}


def _planned(uow: UnitOfWork, batch: ImportBatch) -> _Plan:
    found = _repositories(uow)
    staying = _changed_since(found, batch)
    current = {change.name: digest_of(uow.layers.get(change.name)) for change in batch.layers}
    layers = {change.name for change in batch.layers if current[change.name] != change.digest}
    owners = _owners(found, batch)
    added = {(table, key) for table, keys in batch.added.items() for key in keys}
    touched = added | {(change.table, change.key) for change in batch.replaced}
    while True:
        kept = {owners.get(row, row) for row in staying}
        more = {row for row, owner in owners.items() if owner in kept} | (kept & touched)
        more |= _pointed_at(found, added - staying - more)
        if more <= staying:
            break
        staying |= more
    removed = {t: tuple(k for k in keys if (t, k) not in staying) for t, keys in batch.added.items()}
    return _Plan(
        batch=batch,
        removed={table: keys for table, keys in removed.items() if keys},
        restored=tuple(r for r in batch.replaced if (r.table, r.key) not in staying),
        layers=tuple(c.name for c in batch.layers if c.name not in layers),
        staying=frozenset(owners.get(row, row) for row in staying) | {("layers", name) for name in layers},
    )


def _changed_since(found: Mapping[str, Repository[Any]], batch: ImportBatch) -> set[Row]:
    """Return the records whose stored version is not the one that the batch left."""
    expected: dict[str, dict[str, int | None]] = defaultdict(dict)
    for table, keys in batch.added.items():
        expected[table] |= dict.fromkeys(keys, 0)
    for change in batch.replaced:
        expected[change.table][change.key] = change.version
    for row, version in batch.versions.items():
        table, _, key = row.partition("/")
        expected[table][key] = version
    changed: set[Row] = set()
    for table, versions in expected.items():
        stored = found[table].versions(list(versions))
        changed |= {(table, key) for key, version in versions.items() if stored.get(key) != version}
    return changed


def _owners(found: Mapping[str, Repository[Any]], batch: ImportBatch) -> dict[Row, Row]:
    """Return whose each consent and link of the batch is."""
    owners: dict[Row, Row] = {}
    for table, field in _OWNERS.items():
        keys = [*batch.added.get(table, ()), *(c.key for c in batch.replaced if c.table == table)]
        if keys:
            owners |= {
                (table, key): ("people", person) for key, person in found[table].columns(field, id=keys)
            }
    for change in batch.replaced:
        if change.table in _OWNERS:
            person = json.loads(change.before)[_OWNERS[change.table]]
            owners.setdefault((change.table, change.key), ("people", person))
    return owners


def _pointed_at(found: Mapping[str, Repository[Any]], removed: set[Row]) -> set[Row]:
    """Return those of the records to remove that a record which stays points at."""
    by_table: dict[str, list[str]] = defaultdict(list)
    for table, key in removed:
        by_table[table].append(key)
    pointed: set[Row] = set()
    for table, keys in by_table.items():
        for other, field in _DEPENDENTS.get(table, ()):
            pointing = found[other].columns(field, **{field: keys})
            pointed |= {(table, target) for key, target in pointing if (other, key) not in removed}
    return pointed


def _carry_out(uow: UnitOfWork, plan: _Plan) -> dict[Row, int]:
    """Write everything back and return the new version of each restored record."""
    found = _repositories(uow)
    versions: dict[Row, int] = {}
    for table, keys in plan.removed.items():
        found[table].remove_all(WHY, id=keys)
    # Nothing that was prepared for somebody outlives the record of that person; it can be made again.
    uow.plan_preparations.remove_all(WHY, person_id=plan.removed.get("people", ()))
    for change in reversed(plan.restored):
        repository = found[change.table]
        before = _read(repository.kind, change.before)
        row = (change.table, change.key)
        if change.version is None:
            repository.add(before, WHY)
            versions[row] = before.version
        else:
            stands = plan.batch.versions.get("/".join(row), change.version)
            saved = repository.save(before.model_copy(update={"version": stands}), WHY)
            versions[row] = saved.version
    texts = {change.name: change.before for change in plan.batch.layers}
    for name in plan.layers:
        text = texts[name]
        if text is None:
            uow.layers.remove(name, WHY)
        else:
            uow.layers.put(name, json.loads(text), WHY)
    return versions


def _pass_on(uow: UnitOfWork, undone: ImportBatch, versions: dict[Row, int]) -> None:
    """Tell each earlier batch with which version its records stand now: undoing is no later work on them."""
    for batch_id in reversed(uow.import_batches.ids()):
        if not versions:
            return
        if batch_id == undone.id:
            continue
        batch = uow.import_batches.need(batch_id)
        if batch.undone_at is not None:
            continue
        own = {(change.table, change.key) for change in batch.replaced}
        own |= {(table, key) for table, keys in batch.added.items() for key in keys}
        known = {"/".join(row): versions.pop(row) for row in own & versions.keys()}
        if known:
            update = {"versions": {**batch.versions, **known}}
            uow.import_batches.save(batch.model_copy(update=update), WHY)


def _read(kind: RecordKind[Any], body: str) -> Any:
    return kind.model.model_validate_json(body)


def _named(uow: UnitOfWork, rows: Iterable[Row]) -> tuple[ChangedSince, ...]:
    """Return the records by the names that people know."""
    found = _repositories(uow)
    named = []
    for table, key in sorted(rows):
        record = found[table].get(key) if table in found else None
        label = " ".join(str(getattr(record, field, "")) for field in _SHOWN_FIELDS).strip()
        named.append(ChangedSince(table, key, label or key))
    return tuple(named)

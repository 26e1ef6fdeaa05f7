"""Accept the differences of a register, list by list or row by row; decide about those who are gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.imports import BatchKind
from bcp_kit.domain.people import Person, RegisterStatus
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.inspection import Inspection, Part
from bcp_kit.intake.records import Record
from bcp_kit.services.base import Context
from bcp_kit.services.import_batches import BatchWriter
from bcp_kit.services.importing import report_to
from bcp_kit.services.importing_merge import Counts, KnownIds, merge_all, under_stored_ids
from bcp_kit.services.many_objects import many_objects
from bcp_kit.services.pair_proposals import proposer
from bcp_kit.services.register_update import Difference, PersonDifference, RegisterDifferences
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "update"


@dataclass(frozen=True)
class UpdateChoice:
    """What is accepted: whole `lists`, `without` these people; nothing else is touched.

    `same_as` names new people who are a gone one under another number (new id → stored id). `left` says of
    gone people why they are gone; those in an accepted list of the gone without a reason are marked as
    missing and stay. `without_rows` leaves rows with errors out: they must be left out on purpose.
    """

    lists: frozenset[Difference] = frozenset(Difference)
    without: frozenset[str] = frozenset()
    same_as: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, RegisterStatus] = field(default_factory=dict)
    accept_good_rows: bool = False


@dataclass(frozen=True)
class UpdateOutcome:
    """What was stored. `stale` are people whose record somebody changed since the comparison: left alone."""

    counts: Mapping[str, Counts]
    accepted: Mapping[Difference, int]
    left: Mapping[RegisterStatus, int]
    stale: tuple[str, ...]
    batch_id: str


def accept_update(ctx: Context, found: RegisterDifferences, choice: UpdateChoice) -> UpdateOutcome:
    """Store the accepted differences in one transaction that can be undone.

    Raises: BcpKitError I-401 when rows have errors and are not left out on purpose, U-003, A-001.
    """
    ctx.demand(Action.IMPORT_REGISTER)
    if found.unreadable and not choice.accept_good_rows:
        raise BcpKitError(ErrorCode.IMPORT_HAS_ERRORS, rows=found.unreadable)
    with many_objects(), ctx.open_store() as uow:
        uow.lock()
        wanted = _wanted(found, choice)
        stale = _stale(uow, wanted)
        fresh = {kind: [d for d in listed if d.person_id not in stale] for kind, listed in wanted.items()}
        writer = BatchWriter(uow, WHY, proposer(ctx, uow, found.inspection.name))
        rows = {d.person_id for kind, listed in fresh.items() if kind is not Difference.GONE for d in listed}
        known = under_stored_ids(_only(found.inspection, rows), KnownIds(choice.same_as))
        counts = merge_all(known, writer, lambda done: report_to(ctx, done))
        left = _mark_left(ctx, writer, fresh[Difference.GONE], choice.left)
        batch = writer.keep(ctx, BatchKind.UPDATE, found.inspection.name)
        uow.audit.note(WHY, "people", why=",".join(sorted(choice.lists)))
        uow.commit()
    return UpdateOutcome(
        counts=counts,
        accepted={kind: len(listed) for kind, listed in fresh.items()},
        left=left,
        stale=tuple(d.label for listed in wanted.values() for d in listed if d.person_id in stale),
        batch_id="" if batch is None else batch.id,
    )


def missing_people(ctx: Context, limit: int = 200) -> tuple[tuple[Person, ...], int]:
    """Return people whom an update found gone and about whom nobody has decided, and how many there are."""
    ctx.demand(Action.SEE_REGISTER)
    with ctx.open_store() as uow:
        ids = uow.people.ids(register_status=RegisterStatus.MISSING)
        return tuple(uow.people.list(id=ids[:limit])), len(ids)


def decide_left(ctx: Context, decided: Mapping[str, RegisterStatus]) -> int:
    """Note why people are gone (or that they are on the register after all); return how many changed.

    One transaction that can be undone. Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.IMPORT_REGISTER)
    with ctx.open_store() as uow:
        uow.lock()
        writer = BatchWriter(uow, WHY)
        changes = [(uow.people.need(person_id), status) for person_id, status in decided.items()]
        saved = _save_status(ctx, writer, changes)
        writer.keep(ctx, BatchKind.DEPARTURE)
        uow.commit()
    return saved


def _wanted(found: RegisterDifferences, choice: UpdateChoice) -> dict[Difference, list[PersonDifference]]:
    """Return who was accepted, by list; a gone person who goes on under a new number is not gone."""
    going_on = set(choice.same_as.values())
    return {
        kind: [
            d
            for d in (listed if kind in choice.lists else ())
            if d.person_id not in choice.without and not (kind is Difference.GONE and d.person_id in going_on)
        ]
        for kind, listed in found.lists.items()
    }


def _stale(uow: UnitOfWork, wanted: Mapping[Difference, list[PersonDifference]]) -> set[str]:
    seen = {d.person_id: d.version for listed in wanted.values() for d in listed}
    stored = uow.people.versions(list(seen))
    return {person_id for person_id, version in seen.items() if stored.get(person_id) != version}


def _only(inspection: Inspection, people: set[str]) -> Inspection:
    """Return the inspection with those rows of people; other sheets of the file stay whole."""
    return replace(inspection, parts=tuple(_part_of(part, people) for part in inspection.parts))


def _part_of(part: Part, people: set[str]) -> Part:
    if part.kind != SheetKind.PEOPLE:
        return part
    return replace(part, records=tuple(r for r in part.records if r.good and _person_id(r) in people))


def _person_id(record: Record) -> str:
    return next((item.obj.id for item in record.items if isinstance(item.obj, Person)), "")


def _mark_left(
    ctx: Context,
    writer: BatchWriter,
    gone: list[PersonDifference],
    decided: Mapping[str, RegisterStatus],
) -> dict[RegisterStatus, int]:
    people = {person.id: person for person in writer.uow.people.list(id=[d.person_id for d in gone])}
    changes = [(people[d.person_id], decided.get(d.person_id, RegisterStatus.MISSING)) for d in gone]
    _save_status(ctx, writer, changes)
    counts: dict[RegisterStatus, int] = {}
    for _, status in changes:
        counts[status] = counts.get(status, 0) + 1
    return counts


def _save_status(ctx: Context, writer: BatchWriter, changes: list[tuple[Person, RegisterStatus]]) -> int:
    on = ctx.today()
    pairs = [
        (
            person,
            person.model_copy(
                update={
                    "register_status": status,
                    "status_on": None if status is RegisterStatus.LISTED else on,
                }
            ),
        )
        for person, status in changes
        if person.register_status is not status
    ]
    return writer.save_many(writer.uow.people, pairs)

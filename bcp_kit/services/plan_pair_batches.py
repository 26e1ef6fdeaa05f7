"""Imported pairs of person and supporter, approved by another person: the whole list, before and after."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person, Supporter, SupportLink
from bcp_kit.domain.plan_changes import ChangeKind, ChangeState, PlanChange
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.render.spreadsheet import TableOut, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.plan_changes import WHY
from bcp_kit.services.plans_make import missing_contents
from bcp_kit.services.plans_read import dossiers, supporters_of
from bcp_kit.services.portions import PEOPLE_AT_ONCE, chunks
from bcp_kit.services.second_name import decision
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class PairBatch:
    """The pairs of one import that wait: who brought them when, how many are new, how many end, of whom."""

    id: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    named: int
    ended: int
    people: int


@dataclass(frozen=True)
class PairDifference:
    """One person of a batch: the supporters that stand, and those that would, in the order of calling."""

    person: Person
    before: tuple[Supporter, ...]
    after: tuple[Supporter, ...]

    @property
    def added(self) -> tuple[Supporter, ...]:
        """Supporters that would be new for this person."""
        known = {supporter.id for supporter in self.before}
        return tuple(supporter for supporter in self.after if supporter.id not in known)


@dataclass(frozen=True)
class BatchDecision:
    """What was decided: pairs approved, refused, and refused because what they would change is gone."""

    approved: int
    refused: int
    outdated: int


def open_batches(ctx: Context) -> tuple[PairBatch, ...]:
    """Return the imports whose pairs wait for another person, the oldest first."""
    ctx.demand(Action.MAKE_PLANS)
    groups: dict[str, list[PlanChange]] = defaultdict(list)
    with ctx.open_store() as uow:
        for change in uow.plan_changes.list(state=ChangeState.OPEN):
            if change.batch_id:
                groups[change.batch_id].append(change)
    return tuple(_batch(key, changes) for key, changes in groups.items())


def _batch(batch_id: str, changes: Sequence[PlanChange]) -> PairBatch:
    named = sum(change.kind is ChangeKind.NAME_SUPPORTER for change in changes)
    people = len({change.person_id for change in changes})
    first = changes[0]
    return PairBatch(
        batch_id,
        first.reason,
        first.proposed_by,
        first.proposed_at,
        named,
        len(changes) - named,
        people,
    )


def _open_of(uow: UnitOfWork, typed: str) -> list[PlanChange]:
    """Return the waiting pairs of the batch whose id begins so. Raises: BcpKitError U-002 (none, several)."""
    ids = {key for _, key in uow.plan_changes.columns("batch_id", state=ChangeState.OPEN) if key}
    found = [key for key in ids if typed and key.startswith(typed)]
    if typed not in found and len(found) != 1:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    batch_id = typed if typed in found else found[0]
    return uow.plan_changes.list(batch_id=batch_id, state=ChangeState.OPEN)


def batch_differences(ctx: Context, batch_id: str) -> tuple[PairDifference, ...]:
    """Return person by person what stands and what the import asks for, in the order of the register.

    The first characters of the id are enough. Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.MAKE_PLANS)
    found: list[PairDifference] = []
    with ctx.open_store() as uow:
        by_person: dict[str, list[PlanChange]] = defaultdict(list)
        for change in _open_of(uow, batch_id):
            by_person[change.person_id].append(change)
        for part in chunks(uow.people.ids(id=list(by_person)), PEOPLE_AT_ONCE):
            found += _differences(uow, part, by_person)
        uow.audit.note("read", "plan_changes", batch_id)
        uow.commit()
    return tuple(found)


def _differences(
    uow: UnitOfWork, part: Sequence[str], by_person: Mapping[str, Sequence[PlanChange]]
) -> Iterable[PairDifference]:
    wanted = {change.supporter_id for key in part for change in by_person[key]}
    helpers = {supporter.id: supporter for supporter in uow.supporters.list(id=list(wanted))}
    for dossier in dossiers(uow, part):
        before = supporters_of(dossier)
        ranked = {named.supporter.id: (named.link.rank, named.supporter) for named in dossier.supporters}
        for change in by_person[dossier.person.id]:
            if change.kind is ChangeKind.END_SUPPORTER:
                ranked.pop(change.supporter_id, None)
            elif change.supporter_id in helpers:
                ranked[change.supporter_id] = (change.rank or len(ranked) + 1, helpers[change.supporter_id])
        after = tuple(supporter for _, supporter in sorted(ranked.values(), key=lambda pair: pair[0]))
        yield PairDifference(dossier.person, before, after)


def decide_batch(
    ctx: Context,
    batch_id: str,
    approve: bool,
    words: str = "",
    by: str = "",
    leave_out: Sequence[str] = (),
) -> BatchDecision:
    """Approve or refuse the waiting pairs of an import, all in one write; never by who imported them.

    `leave_out` are register numbers of people whose pairs look wrong: those are refused. A pair that cannot
    be carried out any more is refused too and counted. `by` is who decides where that is not who sits at the
    screen. Raises: BcpKitError B-031 (the same name), B-030 (refused or left out without a reason), U-002 (no
    such batch, or a person who does not stand in it), A-001.
    """
    ctx.demand(Action.APPROVE_CHANGES)
    with ctx.open_store() as uow:
        uow.lock()
        changes = _open_of(uow, batch_id)
        sure = approve and not leave_out
        told = decision(ctx, changes[0].proposed_by, approve=sure, words=words, by=by)
        out = _left_out(uow, changes, leave_out)
        wanted = [change for change in changes if approve and change.person_id not in out]
        done = _carry_out(ctx, uow, wanted)
        decided = [
            change.model_copy(
                update={"state": ChangeState.APPROVED if change.id in done else ChangeState.REFUSED, **told}
            )
            for change in changes
        ]
        uow.plan_changes.save_many(decided, WHY)
        uow.commit()
    return BatchDecision(len(done), len(changes) - len(wanted), len(wanted) - len(done))


def _left_out(uow: UnitOfWork, changes: Sequence[PlanChange], numbers: Sequence[str]) -> set[str]:
    """Return the ids of the people with these register numbers, all of whom stand in the batch."""
    wanted = {number.strip() for number in numbers if number.strip()}
    people = {change.person_id for change in changes}
    found = {key for key in uow.people.ids(register_no=list(wanted)) if key in people} if wanted else set()
    if len(found) != len(wanted):
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return found


def _carry_out(ctx: Context, uow: UnitOfWork, changes: Sequence[PlanChange]) -> set[str]:
    """Store the approved pairs and return the ids of the changes that could be done."""
    by_person: dict[str, list[PlanChange]] = defaultdict(list)
    for change in changes:
        by_person[change.person_id].append(change)
    done: set[str] = set()
    for part in chunks(list(by_person), PEOPLE_AT_ONCE):
        done |= _pairs_of(uow, part, [change for key in part for change in by_person[key]])
        _note_in_plans(ctx, uow, part)
    return done


def _pairs_of(uow: UnitOfWork, part: Sequence[str], changes: Sequence[PlanChange]) -> set[str]:
    here = set(uow.people.ids(id=part))
    known = set(uow.supporters.ids(id=list({change.supporter_id for change in changes})))
    links = {(link.person_id, link.supporter_id): link for link in uow.links.list(person_id=part)}
    last: dict[str, int] = defaultdict(int)
    for link in links.values():
        last[link.person_id] = max(last[link.person_id], link.rank)
    done: set[str] = set()
    gone: list[str] = []
    fresh: list[SupportLink] = []
    for change in changes:
        pair = (change.person_id, change.supporter_id)
        ends = change.kind is ChangeKind.END_SUPPORTER
        if ends is not (pair in links) or pair[0] not in here or pair[1] not in known:
            continue
        done.add(change.id)
        if ends:
            gone.append(uow.links.kind.id_of(links[pair]))
            continue
        last[pair[0]] += 1
        fresh.append(
            SupportLink(
                person_id=pair[0],
                supporter_id=pair[1],
                rank=change.rank or last[pair[0]],
                roles=change.roles,
            )
        )
    if gone:
        uow.links.remove_all(WHY, id=gone)
    uow.links.add_many(fresh, WHY)
    return done


def _note_in_plans(ctx: Context, uow: UnitOfWork, part: Sequence[str]) -> None:
    """Let the plans say again what they lack: who supports the person is lawful content."""
    changed = []
    for dossier in dossiers(uow, part):
        if dossier.plan is not None:
            missing = missing_contents(dossier.person, dossier.plan, supporters_of(dossier))
            changed.append(dossier.plan.model_copy(update={"missing": missing, "updated_on": ctx.today()}))
    uow.evacuation_plans.save_many(changed, WHY)


_COLUMNS = ("register_no", "name", "address", "before", "after", "checked")


def difference_cells(line: PairDifference, language: str = DEFAULT_LANGUAGE) -> tuple[str, ...]:
    """Return one person's line: number, name, address (unless protected), supporters before and after."""
    person = line.person
    address = text("changes.page.hidden", language) if person.protected_address else person.address
    return (
        person.register_no,
        person.name,
        address,
        _names(line.before, language),
        _names(line.after, language),
    )


def _names(supporters: Sequence[Supporter], language: str) -> str:
    none = text("changes.batch.nobody", language)
    return "\n".join(f"{s.name}　{s.address}".strip() for s in supporters) or none


def batch_workbook(ctx: Context, batch_id: str, language: str = DEFAULT_LANGUAGE) -> bytes:
    """Return the differences of a batch as an Excel file with a column to tick; noted in the audit log."""
    rows = [
        dict(zip(_COLUMNS, (*difference_cells(line, language), ""), strict=True))
        for line in batch_differences(ctx, batch_id)
    ]
    columns = [
        Column(key=name, heading=text(f"changes.batch.column.{name}", language), type=ColumnType.TEXT)
        for name in _COLUMNS
    ]
    with ctx.open_store() as uow:
        uow.audit.note("export", "plan_changes", batch_id, f"rows={len(rows)}")
        uow.commit()
    return write_workbook([TableOut(text("changes.batch.title", language), columns, rows)]).content

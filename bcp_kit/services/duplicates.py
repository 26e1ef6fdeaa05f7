"""The same person twice: proposed pairs, what an officer decides, and the merging of two records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bcp_kit.access.policy import Action
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.imports import BatchKind, PersonAlias, PersonPair
from bcp_kit.domain.people import Person, SupportLink
from bcp_kit.domain.plan_steps import StepScope
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.intake.same_person import (
    TRAIT_FIELDS,
    Likeness,
    Traits,
    likeness,
    same_people,
    traits,
    traits_of,
)
from bcp_kit.services.base import Context
from bcp_kit.services.import_batches import BatchWriter
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "merge"
_NEVER_CHOSEN = frozenset({"id", "version"})
_NUMBERS = ("register_no", "resident_no")


class Side(StrEnum):
    """Which of two records a value is taken from."""

    KEPT = "kept"
    OTHER = "other"


@dataclass(frozen=True)
class DuplicatePair:
    """Two stored people who may be one. The first is the one that was stored earlier."""

    first: Person
    second: Person
    likeness: Likeness


@dataclass(frozen=True)
class DuplicatesFound:
    """The most likely pairs (at most the limit), and how many there are."""

    pairs: tuple[DuplicatePair, ...]
    total: int


@dataclass(frozen=True)
class PairView:
    """Two records side by side.

    `differing` are the fields whose values differ; `proposed` says for each from which record it is taken
    unless the officer chooses otherwise. `consents` are the questions on which the two answered differently.
    """

    kept: Person
    other: Person
    likeness: Likeness
    differing: tuple[str, ...]
    proposed: Mapping[str, Side]
    consents: Mapping[ConsentKind, tuple[Consent, Consent]]


@dataclass(frozen=True)
class MergeCommand:
    """Merge `other_id` into `kept_id`; `take` names the side for each field (or consent kind) chosen."""

    kept_id: str
    other_id: str
    take: Mapping[str, Side] = field(default_factory=dict)


@dataclass(frozen=True)
class MergeOutcome:
    """The kept record, and what was carried over to it."""

    person: Person
    consents: int
    links: int
    plans: int
    batch_id: str


def find_duplicates(ctx: Context, limit: int = 50) -> DuplicatesFound:
    """Return pairs of stored people who may be one person, most likely first; decided pairs are left out.

    Raises: BcpKitError A-001.
    """
    ctx.demand(Action.IMPORT_REGISTER)
    with ctx.open_store() as uow:
        records = list(_all(uow))
        decided = {(pair.first_id, pair.second_id) for pair in uow.person_pairs.list()}
        pairs = [p for p in same_people(records, make=_traits) if pair_key(p.first, p.second) not in decided]
        shown = pairs[:limit]
        ids = {ref for pair in shown for ref in (pair.first, pair.second)}
        people = {person.id: person for person in uow.people.list(id=ids)}
        uow.audit.note("duplicates", "people", why=f"pairs={len(pairs)}")
        uow.commit()
    found = tuple(DuplicatePair(people[p.first], people[p.second], p.likeness) for p in shown)
    return DuplicatesFound(found, len(pairs))


def _traits(row: tuple[Any, ...]) -> Traits:
    return traits(row[0], dict(zip(TRAIT_FIELDS, row[1:], strict=True)))


def _all(uow: UnitOfWork) -> Iterable[tuple[Any, ...]]:
    return uow.people.fields(*TRAIT_FIELDS)


def pair_key(one: str, other: str) -> tuple[str, str]:
    """Return the two ids in the order in which a decision about them is kept."""
    return (one, other) if one < other else (other, one)


def mark_different(ctx: Context, one: str, other: str) -> None:
    """Remember that two records are two people; they are not proposed again.

    Raises: BcpKitError U-002 when one is not stored, I-408 when both are the same, A-001.
    """
    ctx.demand(Action.IMPORT_REGISTER)
    with ctx.open_store() as uow:
        uow.lock()
        _two(uow, one, other)
        key = pair_key(one, other)
        if uow.person_pairs.get(key) is None:
            pair = PersonPair(
                first_id=key[0], second_id=key[1], decided_on=ctx.today(), decided_by=ctx.actor.name
            )
            uow.person_pairs.add(pair, "two people")
        uow.commit()


def compare_people(ctx: Context, kept_id: str, other_id: str) -> PairView:
    """Return two records side by side, with what would be taken from which.

    Raises: BcpKitError U-002, I-408, A-001.
    """
    ctx.demand(Action.IMPORT_REGISTER)
    with ctx.open_store() as uow:
        view = _view(uow, *_two(uow, kept_id, other_id))
        for person_id in (kept_id, other_id):
            uow.audit.note("read", "people", person_id, "duplicates")
        uow.commit()
    return view


def merge_people(ctx: Context, command: MergeCommand) -> MergeOutcome:
    """Merge two records of one person in one transaction that can be undone.

    The kept id stays. Fields are taken as `take` says, else as proposed. Consents, supporters, plans and
    decided places of the other record become the kept person's; of two plans the newer stays. The other
    record's numbers are remembered, so that the next list finds the kept record by them. Raises:
    BcpKitError U-002, I-408, A-001.
    """
    ctx.demand(Action.IMPORT_REGISTER)
    with ctx.open_store() as uow:
        uow.lock()
        kept, other = _two(uow, command.kept_id, command.other_id)
        writer = BatchWriter(uow, WHY)
        view = _view(uow, kept, other)
        take = {**view.proposed, **command.take}
        chosen = {name: getattr(other, name) for name in view.differing if take[name] is Side.OTHER}
        person = kept.model_copy(update=chosen)
        if person != kept:
            writer.save(uow.people, kept, person)
        moved = _move_consents(writer, view, take)
        links = _move_links(writer, kept.id, other.id)
        plans = _move_plans(writer, kept.id, other.id)
        _move_locks(writer, kept.id, other.id)
        _move_plan_work(writer, kept.id, other.id)
        _remember_numbers(writer, person, (kept, other))
        _forget_pairs(writer, other.id)
        writer.remove(uow.people, other)
        batch = writer.keep(ctx, BatchKind.MERGE)
        uow.audit.note("merge", "people", kept.id, f"from={other.id}")
        uow.commit()
        stored = uow.people.need(kept.id)
    return MergeOutcome(stored, moved, links, plans, "" if batch is None else batch.id)


def _two(uow: UnitOfWork, one: str, other: str) -> tuple[Person, Person]:
    if one == other:
        raise BcpKitError(ErrorCode.MERGE_SAME_RECORD)
    return uow.people.need(one), uow.people.need(other)


def _view(uow: UnitOfWork, kept: Person, other: Person) -> PairView:
    names = [name for name in Person.model_fields if name not in _NEVER_CHOSEN]
    differing = tuple(name for name in names if getattr(kept, name) != getattr(other, name))
    consents = _conflicting(uow, kept.id, other.id)
    proposed = {name: _proposed(name, kept, other) for name in differing}
    proposed |= {kind.value: _protective(*pair) for kind, pair in consents.items()}
    return PairView(
        kept=kept,
        other=other,
        likeness=likeness(traits_of(kept.id, kept), traits_of(other.id, other)),
        differing=differing,
        proposed=proposed,
        consents=consents,
    )


def _proposed(name: str, kept: Person, other: Person) -> Side:
    """Take what is filled in; of two filled values the one that was confirmed later, else the kept one's."""
    default = Person.model_fields[name].get_default()
    if getattr(kept, name) == default:
        return Side.OTHER
    if getattr(other, name) == default or name in _NUMBERS:
        return Side.KEPT
    newer = other.verified_on is not None and (
        kept.verified_on is None or other.verified_on > kept.verified_on
    )
    return Side.OTHER if newer else Side.KEPT


def _conflicting(uow: UnitOfWork, kept_id: str, other_id: str) -> dict[ConsentKind, tuple[Consent, Consent]]:
    """Return the person's own consents that both records have with different answers, by kind."""
    mine, theirs = (_newest(uow.consents.list(giver_id=person)) for person in (kept_id, other_id))
    return {
        kind: (mine[kind], theirs[kind])
        for kind in ConsentKind
        if kind in mine and kind in theirs and _said(mine[kind]) != _said(theirs[kind])
    }


def _said(consent: Consent) -> tuple[ConsentAnswer, bool]:
    return consent.answer, consent.withdrawn_on is None


def _newest(consents: Iterable[Consent]) -> dict[ConsentKind, Consent]:
    ordered = sorted(consents, key=lambda c: (str(c.given_on or ""), c.id))
    return {consent.kind: consent for consent in ordered}


def _protective(mine: Consent, theirs: Consent) -> Side:
    """Propose the answer that discloses less: a refusal or withdrawal counts before a consent."""
    discloses = [c.answer is ConsentAnswer.GIVEN and c.withdrawn_on is None for c in (mine, theirs)]
    return Side.OTHER if discloses[0] and not discloses[1] else Side.KEPT


def _move_consents(writer: BatchWriter, view: PairView, take: Mapping[str, Side]) -> int:
    """Make the other record's consents the kept person's; of one question one answer stays."""
    consents, kept_id, other_id = writer.uow.consents, view.kept.id, view.other.id
    mine, theirs = (consents.list(giver_id=person) for person in (kept_id, other_id))
    answered = _newest(mine)
    moved = 0
    for consent in theirs:
        if consent.kind in answered and take.get(consent.kind.value, Side.KEPT) is Side.KEPT:
            writer.remove(consents, consent)
            continue
        for replaced in (c for c in mine if c.kind is consent.kind):
            writer.remove(consents, replaced)
        mine = [c for c in mine if c.kind is not consent.kind]
        update = {"giver_id": kept_id, "person_id": kept_id if consent.person_id else ""}
        writer.save(consents, consent, consent.model_copy(update=update))
        moved += 1
    return moved + _move_supporters_consents(writer, kept_id, other_id)


def _move_supporters_consents(writer: BatchWriter, kept_id: str, other_id: str) -> int:
    """Carry over what supporters said about being named for the other record."""
    consents = writer.uow.consents
    said = {c.giver_id for c in consents.list(person_id=kept_id, kind=ConsentKind.BE_NAMED)}
    moved = 0
    for consent in consents.list(person_id=other_id, kind=ConsentKind.BE_NAMED):
        if consent.giver_id in said:
            writer.remove(consents, consent)
        else:
            writer.save(consents, consent, consent.model_copy(update={"person_id": kept_id}))
            moved += 1
    return moved


def _move_links(writer: BatchWriter, kept_id: str, other_id: str) -> int:
    """Name the other record's supporters after the kept person's own, in their order."""
    links = writer.uow.links
    own = links.list(person_id=kept_id)
    named, rank = {link.supporter_id for link in own}, max((link.rank for link in own), default=0)
    moved: list[SupportLink] = []
    for link in sorted(links.list(person_id=other_id), key=lambda found: found.rank):
        writer.remove(links, link)
        if link.supporter_id not in named:
            rank += 1
            moved.append(link.model_copy(update={"person_id": kept_id, "rank": rank, "version": 0}))
    writer.add(links, moved)
    return len(moved)


def _move_plans(writer: BatchWriter, kept_id: str, other_id: str) -> int:
    """Carry the other record's plan over; of two the one that was updated later stays."""
    for prepared in writer.uow.plan_preparations.list(person_id=other_id):
        writer.remove(writer.uow.plan_preparations, prepared)
    plans = writer.uow.evacuation_plans
    own, theirs = plans.list(person_id=kept_id), plans.list(person_id=other_id)

    def age(plan: EvacuationPlan) -> tuple[str, str]:
        return str(plan.updated_on), plan.id

    newest = max((*own, *theirs), key=age, default=None)
    moved = 0
    for plan in (*own, *theirs):
        if plan is not newest:
            writer.remove(plans, plan)
        elif plan.person_id == other_id:
            writer.save(plans, plan, plan.model_copy(update={"person_id": kept_id}))
            moved = 1
    return moved


def _move_locks(writer: BatchWriter, kept_id: str, other_id: str) -> None:
    """Carry over what officers decided about the other record's place; the kept one's decisions go first."""
    locks = writer.uow.matching_locks
    own = locks.list(person_id=kept_id)
    for lock in locks.list(person_id=other_id):
        if any(lock.meets(decided) for decided in own):
            writer.remove(locks, lock)
        else:
            writer.save(locks, lock, lock.model_copy(update={"person_id": kept_id}))


def _move_plan_work(writer: BatchWriter, kept_id: str, other_id: str) -> None:
    """Carry over steps, work of offices, changes that were proposed and forms that came back."""
    steps, efforts = writer.uow.plan_steps, writer.uow.plan_efforts
    for step in steps.list(scope=StepScope.PERSON, scope_id=other_id):
        writer.save(steps, step, step.model_copy(update={"scope_id": kept_id}))
    for effort in efforts.list(person_id=other_id):
        writer.save(efforts, effort, effort.model_copy(update={"person_id": kept_id}))
    changes, entries = writer.uow.plan_changes, writer.uow.form_entries
    for change in changes.list(person_id=other_id):
        writer.save(changes, change, change.model_copy(update={"person_id": kept_id}))
    for entry in entries.list(person_id=other_id):
        writer.save(entries, entry, entry.model_copy(update={"person_id": kept_id}))


def _remember_numbers(writer: BatchWriter, person: Person, merged: Iterable[Person]) -> None:
    """Keep the numbers that the merged records had and the kept one has no more."""
    aliases, uow = [], writer.uow
    for record in merged:
        for name in _NUMBERS:
            number = getattr(record, name)
            if number and number != getattr(person, name):
                aliases.append(PersonAlias(field=name, number=number, person_id=person.id))
        for alias in uow.person_aliases.list(person_id=record.id):
            if alias.person_id != person.id:
                carried = alias.model_copy(update={"person_id": person.id})
                writer.save(uow.person_aliases, alias, carried)
    known = set(uow.person_aliases.ids())
    new = {uow.person_aliases.kind.id_of(alias): alias for alias in aliases}
    writer.add(uow.person_aliases, [alias for key, alias in new.items() if key not in known])


def _forget_pairs(writer: BatchWriter, other_id: str) -> None:
    """What was decided about a record that is no more says nothing."""
    pairs = writer.uow.person_pairs
    for name in ("first_id", "second_id"):
        for pair in pairs.list(**{name: other_id}):
            writer.remove(pairs, pair)

"""Changes that count only when another person approved them: who supports whom, what a drill found (N5, F76).

Nothing of a proposal stands on paper or in the register before it is approved; approving does it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import Person, Supporter, SupportLink, SupportRole
from bcp_kit.domain.plan_answers import AnswerOrigin, AnswerSource, AnswerWay, FieldValue
from bcp_kit.domain.plan_changes import ChangeKind, ChangeState, PlanChange
from bcp_kit.forms.plan_form import PlanField, standard_form
from bcp_kit.forms.schema import InputType
from bcp_kit.services.base import Context
from bcp_kit.services.plan_field_tables import FieldSource
from bcp_kit.services.plan_field_values import field_value
from bcp_kit.services.plan_field_words import read_value, value_words
from bcp_kit.services.plan_field_writes import demand_writable, is_writable
from bcp_kit.services.plan_fields import field_named, field_source, put_fields
from bcp_kit.services.plan_forms import chosen_form
from bcp_kit.services.plans_make import missing_contents
from bcp_kit.services.plans_read import dossiers, supporters_of
from bcp_kit.services.second_name import decision, demand_reason
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "approved_change"
_WRITABLE = (InputType.TEXT, InputType.LINE)


@dataclass(frozen=True)
class SupporterChange:
    """Name a supporter for a person, in another's place where `replaces_id` says so; `rank` None: last."""

    person_id: str
    supporter_id: str
    reason: str
    replaces_id: str = ""
    rank: int | None = None
    roles: tuple[SupportRole, ...] = ()


@dataclass(frozen=True)
class AnswerChange:
    """Write `after` into one field of the person's plan; `drill_id` and `finding_id` say which drill asks."""

    person_id: str
    field_id: str
    after: str
    reason: str
    drill_id: str = ""
    finding_id: str = ""


@dataclass(frozen=True)
class ChangeLine:
    """A change with the people it names; None where a record is gone."""

    change: PlanChange
    person: Person | None
    supporter: Supporter | None = None
    replaced: Supporter | None = None
    plan_number: str = ""


def propose_supporter(ctx: Context, new: SupporterChange) -> PlanChange:
    """Propose a supporter for a person; the link stands only when another person approved it.

    Raises: BcpKitError B-030 (no reason), P-022 (named already, or proposed and not decided), U-002 (unknown
    person or supporter, or the replaced one is not named), A-001.
    """
    ctx.demand(Action.EDIT_PERSON)
    with ctx.open_store() as uow:
        uow.lock()
        change = supporter_change(ctx, uow, new)
        uow.plan_changes.add(change)
        uow.commit()
    return change


def supporter_change(ctx: Context, uow: UnitOfWork, new: SupporterChange) -> PlanChange:
    """Return the proposal, checked against what stands; the caller adds it.

    Raises: BcpKitError as `propose_supporter`.
    """
    person, supporter = uow.people.need(new.person_id), uow.supporters.need(new.supporter_id)
    if uow.links.get((person.id, supporter.id)) or _open_one(uow, person.id, supporter.id):
        raise BcpKitError(ErrorCode.CHANGE_TWICE)
    if new.replaces_id:
        uow.links.need((person.id, new.replaces_id))
    return PlanChange(
        id=ctx.new_id(),
        person_id=person.id,
        kind=ChangeKind.NAME_SUPPORTER,
        supporter_id=supporter.id,
        replaces_id=new.replaces_id,
        rank=new.rank,
        roles=new.roles,
        reason=demand_reason(new.reason),
        proposed_by=ctx.actor.name,
        proposed_at=ctx.clock.now(),
    )


def propose_end(ctx: Context, person_id: str, supporter_id: str, reason: str) -> PlanChange:
    """Propose that a supporter no longer stands in a person's plan.

    Raises: BcpKitError B-030, P-022 (proposed already), U-002 (not named for this person), A-001.
    """
    ctx.demand(Action.EDIT_PERSON)
    with ctx.open_store() as uow:
        uow.lock()
        uow.links.need((person_id, supporter_id))
        if _open_one(uow, person_id, supporter_id):
            raise BcpKitError(ErrorCode.CHANGE_TWICE)
        change = PlanChange(
            id=ctx.new_id(),
            person_id=person_id,
            kind=ChangeKind.END_SUPPORTER,
            supporter_id=supporter_id,
            reason=demand_reason(reason),
            proposed_by=ctx.actor.name,
            proposed_at=ctx.clock.now(),
        )
        uow.plan_changes.add(change)
        uow.commit()
    return change


def answer_change(ctx: Context, uow: UnitOfWork, new: AnswerChange) -> PlanChange:
    """Return the proposal to change an answer; the caller adds it.

    Raises: BcpKitError B-002 (a field that the form lacks), B-030 (no reason), P-046 (kept elsewhere), P-047
    (does not fit), P-048 (no plan), U-002.
    """
    source, field = _seen(ctx, uow, new.person_id, new.field_id)
    demand_writable(field)
    return PlanChange(
        id=ctx.new_id(),
        person_id=new.person_id,
        kind=ChangeKind.ANSWER,
        field_id=new.field_id,
        before=value_words(field, field_value(source, field)),
        after=value_words(field, read_value(field, FieldValue(text=new.after.strip()))),
        reason=demand_reason(new.reason),
        proposed_by=ctx.actor.name,
        proposed_at=ctx.clock.now(),
        drill_id=new.drill_id,
        finding_id=new.finding_id,
    )


def propose_answer(ctx: Context, new: AnswerChange) -> PlanChange:
    """Propose to change one answer of a plan. Raises: BcpKitError as `answer_change`, A-001."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        change = answer_change(ctx, uow, new)
        uow.plan_changes.add(change)
        uow.commit()
    return change


def _open_one(uow: UnitOfWork, person_id: str, supporter_id: str) -> PlanChange | None:
    """Return the undecided change of this person that names this supporter."""
    found = uow.plan_changes.list(person_id=person_id, state=ChangeState.OPEN)
    return next((c for c in found if supporter_id in (c.supporter_id, c.replaces_id)), None)


def open_changes(ctx: Context) -> tuple[ChangeLine, ...]:
    """Return what was proposed by hand and waits for approval, the oldest first."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        return change_lines(uow, uow.plan_changes.list(state=ChangeState.OPEN, batch_id=""))


def changes_of(ctx: Context, person_id: str) -> tuple[ChangeLine, ...]:
    """Return all changes of one person's plan, the newest first: its history."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        return change_lines(uow, reversed(uow.plan_changes.list(person_id=person_id)))


def change_lines(uow: UnitOfWork, changes: Iterable[PlanChange]) -> tuple[ChangeLine, ...]:
    """Return the changes with the people they name."""
    found = list(changes)
    ids = list({change.person_id for change in found})
    people = {person.id: person for person in uow.people.list(id=ids)}
    numbers = {plan.person_id: plan.number for plan in uow.evacuation_plans.list(person_id=ids)}
    wanted = {key for change in found for key in (change.supporter_id, change.replaces_id) if key}
    helpers = {supporter.id: supporter for supporter in uow.supporters.list(id=list(wanted))}
    return tuple(
        ChangeLine(
            change,
            people.get(change.person_id),
            helpers.get(change.supporter_id),
            helpers.get(change.replaces_id),
            numbers.get(change.person_id, ""),
        )
        for change in found
    )


def decide_change(ctx: Context, change_id: str, approve: bool, words: str = "", by: str = "") -> PlanChange:
    """Approve a change, which does it, or refuse it with the reason; never by who proposed it.

    The first characters of the id are enough. `by` is who decides where that is not who sits at the screen.
    Raises: BcpKitError B-031 (the same name as who proposed), B-030 (refused without a reason), P-020
    (decided already), P-021 (what it was to change is another one now), U-002, A-001.
    """
    ctx.demand(Action.APPROVE_CHANGES)
    with ctx.open_store() as uow:
        uow.lock()
        change = _need(uow, change_id)
        if change.state is not ChangeState.OPEN:
            raise BcpKitError(ErrorCode.CHANGE_DECIDED)
        update = {
            "state": ChangeState.APPROVED if approve else ChangeState.REFUSED,
            **decision(ctx, change.proposed_by, approve=approve, words=words, by=by),
        }
        if approve:
            _carry_out(ctx, uow, change)
        decided = uow.plan_changes.save(change.model_copy(update=update), WHY)
        uow.commit()
    return decided


def _need(uow: UnitOfWork, typed: str) -> PlanChange:
    """Return the change with this id, or the only one whose id begins so."""
    found = [key for key in uow.plan_changes.ids() if key.startswith(typed)] if typed else []
    if typed not in found and len(found) != 1:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return uow.plan_changes.need(typed if typed in found else found[0])


def _carry_out(ctx: Context, uow: UnitOfWork, change: PlanChange) -> None:
    if change.kind is ChangeKind.ANSWER:
        _answer(ctx, uow, change)
        return
    if change.kind is ChangeKind.END_SUPPORTER:
        _end(uow, change.person_id, change.supporter_id)
    else:
        _name(uow, change)
    _note_in_plan(uow, change.person_id, ctx.today())


def _end(uow: UnitOfWork, person_id: str, supporter_id: str) -> SupportLink:
    link = uow.links.get((person_id, supporter_id))
    if link is None:
        raise BcpKitError(ErrorCode.CHANGE_OUTDATED)
    uow.links.remove((person_id, supporter_id), WHY)
    return link


def _name(uow: UnitOfWork, change: PlanChange) -> None:
    if uow.supporters.get(change.supporter_id) is None or uow.links.get(
        (change.person_id, change.supporter_id)
    ):
        raise BcpKitError(ErrorCode.CHANGE_OUTDATED)
    rank, roles = change.rank, change.roles
    if change.replaces_id:
        before = _end(uow, change.person_id, change.replaces_id)
        rank, roles = rank or before.rank, roles or before.roles
    last = max((link.rank for link in uow.links.list(person_id=change.person_id)), default=0)
    link = SupportLink(
        person_id=change.person_id, supporter_id=change.supporter_id, rank=rank or last + 1, roles=roles
    )
    uow.links.add(link, WHY)


def _note_in_plan(uow: UnitOfWork, person_id: str, today: date) -> None:
    """Let the plan say again what it lacks: who supports the person is lawful content of it."""
    (dossier,) = dossiers(uow, [person_id])
    if dossier.plan is not None:
        missing = missing_contents(dossier.person, dossier.plan, supporters_of(dossier))
        changed = dossier.plan.model_copy(update={"missing": missing, "updated_on": today})
        uow.evacuation_plans.save(changed, WHY)


def _answer(ctx: Context, uow: UnitOfWork, change: PlanChange) -> None:
    source, field = _seen(ctx, uow, change.person_id, change.field_id)
    if value_words(field, field_value(source, field)) != change.before:
        raise BcpKitError(ErrorCode.CHANGE_OUTDATED)
    origin = AnswerOrigin(
        source=AnswerSource.OFFICE, way=AnswerWay.MEETING, on=ctx.today(), by=change.proposed_by
    )
    put_fields(ctx, uow, change.person_id, {field.id: FieldValue(text=change.after)}, origin)


def _seen(ctx: Context, uow: UnitOfWork, person_id: str, field_id: str) -> tuple[FieldSource, PlanField]:
    """Return the person's plan as its fields are read, and the field."""
    uow.people.need(person_id)
    (dossier,) = dossiers(uow, [person_id])
    return field_source(ctx, uow, dossier), field_named(chosen_form(uow), field_id)


def changeable_fields() -> tuple[str, ...]:
    """Return the ids of the fields whose answer can be changed by a proposal, in the order of the form."""
    fields = standard_form().fields
    return tuple(f.id for f in fields if is_writable(f) and f.item.input.type in _WRITABLE)


def answer_now(ctx: Context, person_id: str, field_id: str) -> str:
    """Return what stands in a field of the person's plan now. Raises: BcpKitError B-002, P-048, U-002."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        source, field = _seen(ctx, uow, person_id, field_id)
        return value_words(field, field_value(source, field))


def supporters_now(ctx: Context, person_id: str) -> tuple[Supporter, ...]:
    """Return the supporters of a person, in the order of calling. Raises: BcpKitError U-002, A-001."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        uow.people.need(person_id)
        (dossier,) = dossiers(uow, [person_id])
        return supporters_of(dossier)

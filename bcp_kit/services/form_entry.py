"""Paper forms that come back (N8): found by the number of their copy, typed in the paper's order, stored.

A form of a batch is typed twice by two people; it is stored when both typed the same or somebody chose.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.form_entries import EntryState, FormEntry, Keying
from bcp_kit.domain.paper_copies import FOLLOWS, CopyState, PaperCopy, read_copy_number
from bcp_kit.domain.plan_answers import AnswerOrigin, AnswerSource, AnswerWay
from bcp_kit.forms.plan_form import PlanField, PlanForm
from bcp_kit.services.base import Context
from bcp_kit.services.copies_of_run import stepped
from bcp_kit.services.form_rows import canonical, field_of_row, read_rows, value_of, values_of
from bcp_kit.services.plan_field_words import value_words
from bcp_kit.services.plan_fields import put_fields
from bcp_kit.services.plan_forms import chosen_form
from bcp_kit.services.second_name import demand_second_name
from bcp_kit.storage.unit_of_work import UnitOfWork

WHY = "paper_form"


@dataclass(frozen=True)
class FormFound:
    """The form of one copy number: whose it is, to compare with the paper, and what was typed before."""

    copy: PaperCopy
    person_name: str
    form: PlanForm
    entry: FormEntry | None


@dataclass(frozen=True)
class Typed:
    """What one person typed from one form: words by row number. `twice`: another person types it too.

    `seconds` from finding the form to its end. `source`: from whom the answers on the paper are.
    """

    number: str
    rows: Mapping[str, str]
    twice: bool = False
    seconds: float | None = None
    source: AnswerSource = AnswerSource.PERSON


@dataclass(frozen=True)
class RowDifference:
    """One row in which the two keyings differ: both as they would be stored, and as people read them."""

    row: str
    title: str
    first: str
    second: str
    first_words: str
    second_words: str


def find_form(ctx: Context, typed: str) -> FormFound:
    """Return the form with the number on the paper.

    Raises: BcpKitError P-006 (a slip, no such copy, or a list), U-002 (the person's record is gone), A-001.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        copy = _copy(uow, typed)
        person = uow.people.need(copy.person_id)
        uow.audit.note("read", "evacuation_plans", copy.plan_id)
        found = FormFound(copy, person.name, chosen_form(uow), uow.form_entries.get(copy.number))
        uow.commit()
    return found


def _copy(uow: UnitOfWork, typed: str) -> PaperCopy:
    number = read_copy_number(typed)
    copy = uow.paper_copies.get(number) if number else None
    if copy is None or not copy.person_id or copy.state in (CopyState.VOID, CopyState.RESERVED):
        raise BcpKitError(ErrorCode.COPY_UNKNOWN, number=typed)
    return copy


def type_form(ctx: Context, typed: Typed) -> FormEntry:
    """Take in what one person typed from a form; the copy counts as returned.

    Typed once it is stored at once. Typed twice, the first keying waits for another person's; when both are
    the same it is stored, else the differing rows wait for a decision. Empty rows change nothing. Raises:
    BcpKitError P-006, P-030, P-031, P-046, P-047, P-032 (in the plan already), B-031 (the same person twice),
    P-048 (no plan), A-001. Nothing is kept then.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        copy = _copy(uow, typed.number)
        form = chosen_form(uow)
        rows = read_rows(form, typed.rows)
        keying = Keying(by=ctx.actor.name, at=ctx.clock.now(), rows=rows, seconds=typed.seconds)
        before = uow.form_entries.get(copy.number)
        entry = _with_keying(before, keying, copy, typed)
        if entry.state is EntryState.STORED:
            _store(ctx, uow, entry, typed.source)
        _note_return(ctx, uow, copy)
        if before is None:
            uow.form_entries.add(entry, WHY)
        else:
            entry = uow.form_entries.save(entry, WHY)
        uow.commit()
    return entry


def _with_keying(before: FormEntry | None, keying: Keying, copy: PaperCopy, typed: Typed) -> FormEntry:
    if before is None:
        state = EntryState.TYPED_ONCE if typed.twice else EntryState.STORED
        return FormEntry(
            copy_number=copy.number,
            person_id=copy.person_id,
            plan_id=copy.plan_id,
            twice=typed.twice,
            first=keying,
            state=state,
        )
    if before.state is not EntryState.TYPED_ONCE:
        raise BcpKitError(ErrorCode.FORM_STORED)
    demand_second_name(keying.by, before.first.by)
    both = before.model_copy(update={"second": keying})
    state = EntryState.DIFFERS if both.differences else EntryState.STORED
    return both.model_copy(update={"state": state})


def _store(ctx: Context, uow: UnitOfWork, entry: FormEntry, source: AnswerSource) -> None:
    form = chosen_form(uow)
    by = "・".join(keying.by for keying in (entry.first, entry.second) if keying)
    origin = AnswerOrigin(
        source=source, way=AnswerWay.PAPER, on=ctx.today(), by=by, copy_number=entry.copy_number
    )
    filled = {row: words for row, words in entry.agreed.items() if words}
    put_fields(ctx, uow, entry.person_id, values_of(form, filled), origin)


def _note_return(ctx: Context, uow: UnitOfWork, copy: PaperCopy) -> None:
    """Note that the paper is back, once; of a copy that never left by the ledger, that it was filled in."""
    if CopyState.RETURNED in FOLLOWS[copy.state]:
        uow.paper_copies.save(stepped(ctx, copy, CopyState.RETURNED, WHY), CopyState.RETURNED.value)
    elif copy.state is CopyState.PRINTED and copy.steps[-1].note != WHY:
        uow.paper_copies.save(stepped(ctx, copy, CopyState.PRINTED, WHY), WHY)


def row_differences(ctx: Context, entry: FormEntry) -> tuple[RowDifference, ...]:
    """Return the rows in which the two keyings differ and nobody has decided."""
    ctx.demand(Action.MAKE_PLANS)
    if entry.second is None:
        return ()
    with ctx.open_store() as uow:
        form = chosen_form(uow)
    return tuple(
        _difference(field_of_row(form, row), entry.first.rows.get(row, ""), entry.second.rows.get(row, ""))
        for row in entry.differences
    )


def _difference(field: PlanField, first: str, second: str) -> RowDifference:
    read = [value_words(field, value_of(field, words)) if words else "" for words in (first, second)]
    return RowDifference(str(field.row), field.item.title_ja, first, second, *read)


def resolve_rows(
    ctx: Context, number: str, chosen: Mapping[str, str], source: AnswerSource = AnswerSource.PERSON
) -> FormEntry:
    """Decide rows in which the keyings differ, by what the paper says; stored when all are decided.

    Raises: BcpKitError P-006, P-030, P-031, P-047, P-032 (stored already), U-002, A-001.
    """
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        entry = uow.form_entries.need(_copy(uow, number).number)
        if entry.state is not EntryState.DIFFERS:
            raise BcpKitError(ErrorCode.FORM_STORED)
        form = chosen_form(uow)
        decided = {
            str(field_of_row(form, row).row): canonical(field_of_row(form, row), words)
            for row, words in chosen.items()
        }
        update = {"chosen": {**entry.chosen, **decided}, "chosen_by": ctx.actor.name}
        entry = entry.model_copy(update=update)
        if not entry.differences:
            entry = entry.model_copy(update={"state": EntryState.STORED})
            _store(ctx, uow, entry, source)
        saved = uow.form_entries.save(entry, WHY)
        uow.commit()
    return saved


def open_entries(ctx: Context) -> tuple[FormEntry, ...]:
    """Return the forms that wait for the second person or for a decision, the oldest first."""
    ctx.demand(Action.MAKE_PLANS)
    with ctx.open_store() as uow:
        return tuple(uow.form_entries.list(state=[EntryState.TYPED_ONCE, EntryState.DIFFERS]))

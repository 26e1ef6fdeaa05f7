"""A copy that is lost: note it, and print what stood on it and who has to be told."""

from collections.abc import Sequence
from datetime import date

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import CopyState, HolderKind, PaperCopy
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.evacuation.content import content_digest
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.render.evacuation.loss_sheet import LossFacts, print_list_loss_sheet, print_loss_sheet
from bcp_kit.render.evacuation.values import say, short_date
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services.base import Context
from bcp_kit.services.copies import close_copies, find_copy
from bcp_kit.services.copies_of_lists import list_changed
from bcp_kit.services.plans_read import Dossier, all_shelters, case_of, dossiers, town_rules
from bcp_kit.storage.unit_of_work import UnitOfWork


def holder_words(copy: PaperCopy, language: str = DEFAULT_LANGUAGE) -> str:
    """Return who holds a copy, in words."""
    if copy.holder_kind is None:
        return ""
    kind = text(f"copies.holder_kind.{copy.holder_kind.value}", language)
    own = copy.holder_kind is HolderKind.PERSON or not copy.holder
    return kind if own else text("copies.holder_words", language, kind=kind, holder=copy.holder)


def report_lost(ctx: Context, number: str, note: str = "") -> PrintedDocument:
    """Note that a copy is lost and return the sheet for whoever deals with it.

    Raises: BcpKitError P-006, P-007, U-002 (the person's record is gone: the ledger is all there is).
    """
    copy = find_copy(ctx, number)
    if copy.state is not CopyState.LOST:
        (copy,) = close_copies(ctx, [number], CopyState.LOST, note)
    return loss_sheet(ctx, copy.number)


def loss_sheet(ctx: Context, number: str) -> PrintedDocument:
    """Return the sheet of a copy that was noted as lost.

    Raises: BcpKitError P-006, U-002.
    """
    ctx.demand(Action.PRINT_PLANS)
    copy, now = find_copy(ctx, number), ctx.clock.now()
    if copy.is_list:
        return _list_sheet(ctx, copy)
    with ctx.open_store() as uow:
        found = dossiers(uow, [copy.person_id])
        shelters, rules = all_shelters(uow), town_rules(uow)
        case = case_of(found[0], Edition(copy.edition), rules, shelters, now) if found else None
        if case is None:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        uow.audit.note("print", "paper_copies", copy.number, "loss_sheet")
        uow.commit()
    facts = _facts(copy, changed=content_digest(case) != copy.content)
    return print_loss_sheet(case, facts, DocumentFacts(title=say("loss.title"), made_at=now))


def _list_sheet(ctx: Context, copy: PaperCopy) -> PrintedDocument:
    """Return the sheet of a lost list: everybody on it and their supporters have to be told."""
    now = ctx.clock.now()
    with ctx.open_store() as uow:
        if not copy.people:  # lists of drills from before their people stood in the ledger
            run = uow.print_runs.get(copy.run_id)
            copy = copy.model_copy(update={"people": run.person_ids if run else ()})
        found = dossiers(uow, copy.people)
        changed = list_changed(uow, copy, now) if copy.is_disclosure else _drill_changed(uow, copy, found)
        uow.audit.note("print", "paper_copies", copy.number, "loss_sheet")
        uow.commit()
    people = dict.fromkeys((d.person.name, d.person.phone_home or d.person.phone_mobile) for d in found)
    people |= dict.fromkeys((n.supporter.name, n.supporter.phone) for d in found for n in d.supporters)
    document = DocumentFacts(title=say("loss.title"), made_at=now)
    return print_list_loss_sheet(_facts(copy, changed=changed), tuple(people), document)


def _drill_changed(uow: UnitOfWork, copy: PaperCopy, found: Sequence[Dossier]) -> bool:
    """True when a plan on a drill's list is another one than the drill copied, or cannot be compared."""
    drill = uow.plan_drills.get(copy.plan_id)
    if drill is None:
        return True
    copied = {subject.person.id: subject.plan.version for subject in drill.subjects}
    return any(d.plan is None or d.plan.version != copied.get(d.person.id) for d in found)


def _facts(copy: PaperCopy, *, changed: bool) -> LossFacts:
    """Return what the ledger says about a lost copy."""
    return LossFacts(
        copy=copy,
        holder_words=holder_words(copy),
        changed=changed,
        steps=tuple(
            (
                text(f"copies.step.{step.state.value}", DEFAULT_LANGUAGE),
                _step_words(step.at.date(), step.note),
            )
            for step in copy.steps
            if step.state is not CopyState.RESERVED
        ),
    )


def _step_words(day: date, note: str) -> str:
    return "　".join(part for part in (short_date(day), note) if part)

"""Printing lists about several people: one numbered copy after the other, searched, then counted as printed.

As with plans a number is stored before the page exists and never used twice; what counts as printed is a
finished file. A run that broke off is ended by the next one: its unfinished numbers become void.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bcp_kit.access.policy import Action
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.consent import Recipient
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.paper_copies import CopyState, ListKind, PaperCopy, PrintRun, RunState, copy_number
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.evacuation.list_pages import print_list
from bcp_kit.render.mixups import ExpectedCopy, Identifiers, find_mixups
from bcp_kit.render.pdf_words import page_words
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services.base import Context
from bcp_kit.services.copies_of_run import WHY, last_serial, stepped, void_reserved
from bcp_kit.services.plan_lists import (
    BETWEEN,
    GATHER,
    Asking,
    Gathered,
    districts_of,
    shelters_with_arrivals,
)
from bcp_kit.services.plan_lists_words import ListFacts, content_of, paper_of, subject_words
from bcp_kit.services.plans_checked import identifiers_of_all, words_of_records
from bcp_kit.services.plans_read import Dossier, all_shelters, town_rules
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = ["ListKind", "ListOrder", "ListOutcome", "Recipient", "print_lists", "subjects_to_choose"]

_PROGRESS = "plan_lists.progress"
_PART = ".part"


@dataclass(frozen=True)
class ListOrder:
    """What to print and where to.

    `subjects` are districts or ids of shelters, None for all of them; `together` puts the districts on one
    paper. `copies` of each, every one with its own number. `second_person` seals the envelope with the actor.
    """

    kind: ListKind
    out_dir: Path
    subjects: tuple[str, ...] | None = None
    together: bool = False
    copies: int = 1
    recipient: Recipient = Recipient.SUPPORT_PARTY
    hazard: HazardKind | None = None
    purpose: str = ""
    second_person: str = ""


@dataclass
class ListOutcome:
    """What was printed: the ledger's entries with their files; who was left out, by message key."""

    kind: ListKind
    folder: Path
    printed: list[tuple[PaperCopy, str]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    missing_glyphs: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, in the order of their numbers."""
        return tuple(self.folder / copy.file_name for copy, _ in self.printed)


@dataclass(frozen=True)
class _Work:
    """One run of lists."""

    order: ListOrder
    run: PrintRun
    asking: Asking
    everybody: Identifiers
    packed_by: tuple[str, ...]


def subjects_to_choose(ctx: Context, kind: ListKind) -> Mapping[str, str]:
    """Return what such a list can be about, with its name: districts, or shelters to which plans lead."""
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        if kind is ListKind.ARRIVALS:
            return {shelter.id: shelter.name for shelter in shelters_with_arrivals(uow)}
        return {district: district for district in districts_of(uow)}


def print_lists(ctx: Context, order: ListOrder) -> ListOutcome:
    """Print the lists, each copy a file of its own.

    Raises: BcpKitError A-001 (a sealed set and a list for the town hall need the right to keep the rules),
    P-002 (a page names somebody else: nothing of that copy is kept), P-003 (the folder refuses), P-004
    (another run ended this one), P-013 (nobody else seals), U-002 (no such district or shelter).
    """
    ctx.demand(Action.PRINT_PLANS)
    work = _begin(ctx, order)
    outcome = ListOutcome(order.kind, order.out_dir)
    state = RunState.GIVEN_UP
    try:
        subjects = work.run.person_ids
        for number, subject in enumerate(subjects):
            if not ctx.progress(number / max(len(subjects), 1), _PROGRESS):
                raise BcpKitError(ErrorCode.STOPPED_BY_USER)
            _print_subject(ctx, work, subject, outcome)
        state = RunState.FINISHED
    finally:
        _end(ctx, work.run, state)
    ctx.progress(1.0, _PROGRESS)
    return outcome


def _begin(ctx: Context, order: ListOrder) -> _Work:
    packed_by: tuple[str, ...] = ()
    if order.kind is ListKind.SEALED or order.recipient is not Recipient.SUPPORT_PARTY:
        ctx.demand(Action.KEEP_RULES)
    if order.kind is ListKind.SEALED:
        second = order.second_person.strip()
        if not second or second == ctx.actor.name.strip():
            raise BcpKitError(ErrorCode.SECOND_PERSON_MISSING)
        packed_by = (ctx.actor.name, second)
    try:
        order.out_dir.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise BcpKitError(ErrorCode.PRINT_FOLDER_REFUSED, folder=str(order.out_dir)) from None
    with ctx.open_store() as uow:
        uow.lock()
        _end_broken_runs(ctx, uow)
        run = PrintRun(
            id=ctx.new_id(),
            edition=order.kind.value,
            folder=str(order.out_dir.resolve()),
            purpose=order.purpose,
            person_ids=_subjects(uow, order),
            batch_size=1,
            started_at=ctx.clock.now(),
            actor=ctx.actor.name,
        )
        uow.print_runs.add(run, WHY)
        rules, everybody = town_rules(uow), identifiers_of_all(uow)
        uow.commit()
    asking = Asking(rules, ctx.clock.now(), order.recipient)
    return _Work(order, run, asking, everybody, packed_by)


def _end_broken_runs(ctx: Context, uow: UnitOfWork) -> None:
    for run in uow.print_runs.list(state=RunState.RUNNING):
        if run.edition in tuple(ListKind):
            void_reserved(ctx, uow, run.id)
            uow.print_runs.save(run.model_copy(update={"state": RunState.GIVEN_UP}), WHY)


def _subjects(uow: UnitOfWork, order: ListOrder) -> tuple[str, ...]:
    """Return what each paper is about: a shelter, a district, or several districts together."""
    if order.kind is ListKind.ARRIVALS:
        known = tuple(shelter.id for shelter in shelters_with_arrivals(uow))
    else:
        known = districts_of(uow)
    chosen = known if order.subjects is None else order.subjects
    if order.kind is ListKind.ARRIVALS:
        for shelter_id in chosen:
            uow.shelters.need(shelter_id)
        return tuple(BETWEEN.join((key, order.hazard)) if order.hazard else key for key in chosen)
    if set(chosen) - set(known):
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return (BETWEEN.join(chosen),) if order.together and chosen else tuple(chosen)


def _print_subject(ctx: Context, work: _Work, subject: str, outcome: ListOutcome) -> None:
    order = work.order
    with ctx.open_store() as uow:
        found = GATHER[order.kind](uow, subject, work.asking)
        shelters = all_shelters(uow)
    for reason, count in found.left_out.items():
        outcome.left_out[reason] = outcome.left_out.get(reason, 0) + count
    if not found.people and not (order.kind is ListKind.ARRIVALS and found.unnamed):
        return
    content = content_of(found, shelters)
    for _ in range(order.copies):
        copy = _take_number(ctx, work, found, content)
        facts = ListFacts(
            work.asking.rules.municipality, copy.number, work.asking.at.date(), shelters, work.packed_by
        )
        made = _made(work, found, facts)
        _demand_no_mixup(made, found, facts, work)
        finished = _keep(ctx, work, copy, made)
        outcome.printed.append((finished, subject_words(found)))
        if made.missing_glyphs:
            outcome.missing_glyphs[copy.number] = made.missing_glyphs


def _take_number(ctx: Context, work: _Work, found: Gathered, content: str) -> PaperCopy:
    """Store a number for a copy that does not exist yet."""
    with ctx.open_store() as uow:
        uow.lock()
        fresh = PaperCopy(
            number=copy_number(last_serial(uow) + 1),
            run_id=work.run.id,
            batch=1,
            plan_id="",
            plan_number=subject_words(found),
            plan_version=0,
            person_id="",
            edition=found.kind.value,
            content=content,
            purpose=work.order.purpose,
            subject=found.subject,
            people=found.people,
            plans_shown=found.plans_shown,
            recipient=work.order.recipient.value,
        )
        reserved = stepped(ctx, fresh, CopyState.RESERVED, BETWEEN.join(work.packed_by))
        uow.paper_copies.add_many([reserved], WHY)
        uow.commit()
    return reserved


def _made(work: _Work, found: Gathered, facts: ListFacts) -> PrintedDocument:
    """Return the finished paper; title and file name hold nothing personal."""
    kind = work.order.kind.value
    paper = paper_of(found, facts)
    return print_list(
        paper, DocumentFacts(title=paper.title, made_at=work.asking.at), f"{kind}_{facts.number}.pdf"
    )


def _demand_no_mixup(made: PrintedDocument, found: Gathered, facts: ListFacts, work: _Work) -> None:
    """Go on only when each page carries the number and names nobody who does not stand on this list."""
    people = [each.dossier for each in (*found.listed, *found.hidden)]
    own = [words_of_records(_records(people)), words_of_records(facts.shelters.values()), *found.districts]
    whole = ExpectedCopy("", 1, made.pages, (facts.number,), "\n".join((*own, *work.packed_by, facts.town)))
    faults = find_mixups(page_words(made.pdf_bytes), [whole], work.everybody)
    if faults:
        raise BcpKitError(
            ErrorCode.COPIES_MIXED_UP, page=faults[0].page, copy=facts.number, count=len(faults)
        )


def _records(people: Sequence[Dossier]) -> Iterable[DomainModel]:
    for dossier in people:
        yield dossier.person
        yield from (named.supporter for named in dossier.supporters)
        if dossier.plan is not None:
            yield dossier.plan


def _keep(ctx: Context, work: _Work, copy: PaperCopy, made: PrintedDocument) -> PaperCopy:
    """Write the file under a passing name, count the copy as printed, give the file its name."""
    final = work.order.out_dir / made.file_name
    part = final.with_name(final.name + _PART)
    try:
        with part.open("wb") as file:
            file.write(made.pdf_bytes)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        part.unlink(missing_ok=True)
        raise BcpKitError(ErrorCode.PRINT_FOLDER_REFUSED, folder=str(final.parent)) from None
    try:
        finished = _count(ctx, copy, made)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(final)
    return finished


def _count(ctx: Context, copy: PaperCopy, made: PrintedDocument) -> PaperCopy:
    with ctx.open_store() as uow:
        uow.lock()
        now = uow.paper_copies.need(copy.number)
        if now.state is not CopyState.RESERVED:
            raise BcpKitError(ErrorCode.RUN_RESUMED_ELSEWHERE)
        done = stepped(
            ctx,
            now,
            CopyState.PRINTED,
            file_name=made.file_name,
            first_page=1,
            pages=made.pages,
            missing_glyphs="".join(made.missing_glyphs),
        )
        (saved,) = uow.paper_copies.save_many([done], WHY)
        told = f"{copy.edition} copy={copy.number} people={len(copy.people)} pages={made.pages}"
        uow.audit.note("print", "paper_copies", copy.number, told)
        uow.commit()
    return saved


def _end(ctx: Context, run: PrintRun, state: RunState) -> None:
    """Store how the run ended; numbers whose pages were not finished become void."""
    with ctx.open_store() as uow:
        uow.lock()
        void_reserved(ctx, uow, run.id)
        current = uow.print_runs.need(run.id)
        if current.state is RunState.RUNNING:
            uow.print_runs.save(current.model_copy(update={"state": state}), WHY)
        uow.commit()

"""Printing lists about several people: one numbered copy after the other, searched, then counted as printed.

As with plans a number is stored before the page exists and never used twice; what counts as printed is a
finished file whose digest the run knows. A run that broke off is resumed, copy by copy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bcp_kit.access.policy import Action
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.consent import Recipient
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.paper_copies import (
    CopyState,
    ListKind,
    PaperCopy,
    PrintedFile,
    PrintRun,
    RunState,
    copy_number,
)
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.evacuation.list_pages import print_list
from bcp_kit.render.mixups import ExpectedCopy, Identifiers, find_mixups
from bcp_kit.render.pdf_words import page_words
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services.base import Context
from bcp_kit.services.copies_of_run import WHY, copies_of, last_serial, stepped, void_reserved
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
from bcp_kit.services.plans_press import missing_files
from bcp_kit.services.plans_read import Dossier, all_shelters, town_rules
from bcp_kit.services.print_files import digest_of_file, finish_names, passing_name, write_file
from bcp_kit.storage.faults import Conflict
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = [
    "ListKind",
    "ListOrder",
    "ListOutcome",
    "Recipient",
    "open_list_runs",
    "print_lists",
    "resume_lists",
    "subjects_to_choose",
]

_PROGRESS = "plan_lists.progress"


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
    """What was printed: the ledger's entries with their files; who was left out, by message key.

    `lost_files` were finished earlier in this run and lie no more where they were put.
    """

    kind: ListKind
    folder: Path
    printed: list[tuple[PaperCopy, str]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    missing_glyphs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lost_files: tuple[str, ...] = ()
    run_id: str = ""

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, in the order of their numbers."""
        return tuple(self.folder / copy.file_name for copy, _ in self.printed)


@dataclass
class _Work:
    """One run of lists at the press; `run` is as it was stored last."""

    run: PrintRun
    asking: Asking
    everybody: Identifiers
    packed_by: tuple[str, ...]

    @property
    def kind(self) -> ListKind:
        """Which list."""
        return ListKind(self.run.edition)

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return Path(self.run.folder)


def subjects_to_choose(ctx: Context, kind: ListKind) -> Mapping[str, str]:
    """Return what such a list can be about, with its name: districts, or shelters to which plans lead."""
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        if kind is ListKind.ARRIVALS:
            return {shelter.id: shelter.name for shelter in shelters_with_arrivals(uow)}
        return {district: district for district in districts_of(uow)}


def print_lists(ctx: Context, order: ListOrder) -> ListOutcome:
    """Print the lists, each copy a file of its own; a run that breaks off can be resumed.

    Raises: BcpKitError A-001 (a sealed set and a list for the town hall need the right to keep the rules),
    P-002 (a page names somebody else: nothing of that copy is kept), P-003 (the folder refuses), P-004
    (somebody else resumed this run), P-013 (nobody else seals), U-002 (no such district or shelter), U-003.
    """
    ctx.demand(Action.PRINT_PLANS)
    packed_by = _packers(ctx, order.kind, order.recipient, order.second_person)
    make_folder(order.out_dir)
    with ctx.open_store() as uow:
        uow.lock()
        run = PrintRun(
            id=ctx.new_id(),
            edition=order.kind.value,
            folder=str(order.out_dir.resolve()),
            purpose=order.purpose,
            person_ids=_subjects(uow, order),
            batch_size=1,
            copies=order.copies,
            recipient=order.recipient.value,
            started_at=ctx.clock.now(),
            actor=ctx.actor.name,
        )
        uow.print_runs.add(run, WHY)
        uow.commit()
    return _carry_on(ctx, run, packed_by)


def open_list_runs(ctx: Context) -> tuple[PrintRun, ...]:
    """Return the runs of lists that have not ended, the oldest first."""
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        running = uow.print_runs.list(state=RunState.RUNNING)
    return tuple(run for run in running if run.edition in tuple(ListKind))


def resume_lists(ctx: Context, run_id: str, second_person: str = "") -> ListOutcome:
    """Go on with a run of lists that broke off: finished copies stay, the others are printed now.

    Who may stand on a list is asked anew; a sealed set is packed by two again. Raises: BcpKitError as
    `print_lists`, U-002 (no such run), P-005 (it has ended already).
    """
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        run = uow.print_runs.need(run_id)
    if run.state is not RunState.RUNNING or run.edition not in tuple(ListKind):
        raise BcpKitError(ErrorCode.RUN_ENDED)
    recipient = Recipient(run.recipient or Recipient.SUPPORT_PARTY)
    packed_by = _packers(ctx, ListKind(run.edition), recipient, second_person)
    make_folder(Path(run.folder))
    return _carry_on(ctx, run, packed_by)


def _packers(ctx: Context, kind: ListKind, recipient: Recipient, second_person: str) -> tuple[str, ...]:
    """Return who seals a set, nobody for other lists; refuse who may not print such a list."""
    if kind is ListKind.SEALED or recipient is not Recipient.SUPPORT_PARTY:
        ctx.demand(Action.KEEP_RULES)
    if kind is not ListKind.SEALED:
        return ()
    second = second_person.strip()
    if not second or second == ctx.actor.name.strip():
        raise BcpKitError(ErrorCode.SECOND_PERSON_MISSING)
    return (ctx.actor.name, second)


def make_folder(folder: Path) -> None:
    """Make the folder for the files. Raises: BcpKitError P-003."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise BcpKitError(ErrorCode.PRINT_FOLDER_REFUSED, folder=str(folder)) from None


def _set_up(ctx: Context, run: PrintRun, packed_by: tuple[str, ...]) -> _Work:
    """Return the press for a run, after mending what an earlier try left behind."""
    with ctx.open_store() as uow:
        rules, everybody = town_rules(uow), identifiers_of_all(uow)
        uow.lock()
        void_reserved(ctx, uow, run.id)
        uow.commit()
    finish_names(run)
    recipient = Recipient(run.recipient or Recipient.SUPPORT_PARTY)
    return _Work(run, Asking(rules, ctx.clock.now(), recipient), everybody, packed_by)


def _carry_on(ctx: Context, run: PrintRun, packed_by: tuple[str, ...]) -> ListOutcome:
    """Print the copies that are not finished; a copy whose making failed gives up its number."""
    work = _set_up(ctx, run, packed_by)
    outcome = ListOutcome(work.kind, work.folder, run_id=run.id)
    try:
        for place in range(len(run.person_ids)):
            if not ctx.progress(place / max(len(run.person_ids), 1), _PROGRESS):
                raise BcpKitError(ErrorCode.STOPPED_BY_USER)
            _print_subject(ctx, work, place, outcome)
    except BaseException:
        with ctx.open_store() as uow:
            uow.lock()
            void_reserved(ctx, uow, run.id)
            uow.commit()
        raise
    with ctx.open_store() as uow:
        copies = [copy for copy in copies_of(uow, run.id) if copy.state is not CopyState.VOID]
        work.run = uow.print_runs.save(work.run.model_copy(update={"state": RunState.FINISHED}), WHY)
        uow.commit()
    outcome.printed = [(copy, copy.plan_number) for copy in copies]
    outcome.missing_glyphs = {c.number: tuple(c.missing_glyphs) for c in copies if c.missing_glyphs}
    outcome.lost_files = missing_files(work.run)
    ctx.progress(1.0, _PROGRESS)
    return outcome


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


def _print_subject(ctx: Context, work: _Work, place: int, outcome: ListOutcome) -> None:
    """Print the copies of one list that are not finished yet."""
    subject, copies = work.run.person_ids[place], work.run.copies
    with ctx.open_store() as uow:
        found = GATHER[work.kind](uow, subject, work.asking)
        shelters = all_shelters(uow)
    for reason, count in found.left_out.items():
        outcome.left_out[reason] = outcome.left_out.get(reason, 0) + count
    if not found.people and not (work.kind is ListKind.ARRIVALS and found.unnamed):
        return
    content = content_of(found, shelters)
    for batch in range(place * copies + 1, (place + 1) * copies + 1):
        if batch <= work.run.batches_done:
            continue
        copy = _take_number(ctx, work, batch, found, content)
        facts = ListFacts(
            work.asking.rules.municipality, copy.number, work.asking.at.date(), shelters, work.packed_by
        )
        made = _made(work, found, facts)
        _demand_no_mixup(made, found, facts, work)
        _keep(ctx, work, copy, made)


def _take_number(ctx: Context, work: _Work, batch: int, found: Gathered, content: str) -> PaperCopy:
    """Store a number for a copy that does not exist yet."""
    with ctx.open_store() as uow:
        uow.lock()
        fresh = PaperCopy(
            number=copy_number(last_serial(uow) + 1),
            run_id=work.run.id,
            batch=batch,
            plan_id="",
            plan_number=subject_words(found),
            plan_version=0,
            person_id="",
            edition=found.kind.value,
            content=content,
            purpose=work.run.purpose,
            subject=found.subject,
            people=found.people,
            plans_shown=found.plans_shown,
            recipient=work.asking.recipient.value,
        )
        reserved = stepped(ctx, fresh, CopyState.RESERVED, BETWEEN.join(work.packed_by))
        uow.paper_copies.add_many([reserved], WHY)
        uow.commit()
    return reserved


def _made(work: _Work, found: Gathered, facts: ListFacts) -> PrintedDocument:
    """Return the finished paper; title and file name hold nothing personal."""
    kind = work.kind.value
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


def _keep(ctx: Context, work: _Work, copy: PaperCopy, made: PrintedDocument) -> None:
    """Write the file under a passing name, count the copy as printed, give the file its name."""
    part = passing_name(work.run, made.file_name, copy.number)
    try:
        write_file(part, made.pdf_bytes)
        _count(ctx, work, copy, made)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(work.folder / made.file_name)


def _count(ctx: Context, work: _Work, copy: PaperCopy, made: PrintedDocument) -> None:
    """Store in one write that the copy is printed, its file, and that the run has come so far."""
    digest = digest_of_file(made.pdf_bytes)
    people = len(copy.people)
    file = PrintedFile(name=made.file_name, sha256=digest, batch=copy.batch, people=people, pages=made.pages)
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
        uow.paper_copies.save_many([done], WHY)
        further = {"files": (*work.run.files, file), "batches_done": copy.batch}
        try:
            work.run = uow.print_runs.save(work.run.model_copy(update=further), WHY)
        except Conflict:
            raise BcpKitError(ErrorCode.RUN_RESUMED_ELSEWHERE) from None
        told = f"{copy.edition} copy={copy.number} people={people} pages={made.pages}"
        uow.audit.note("print", "paper_copies", copy.number, told)
        uow.commit()

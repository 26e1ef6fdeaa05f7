"""Printing plans: who may be handed what, files by batch or by person, an index without names.

Every copy has a number in the ledger (`copies`), and a run that broke off goes on where it stopped.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from bcp_kit.access.policy import Action
from bcp_kit.domain.consent import may_make_plan
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import CopyState, PaperCopy, PrintRun, RunState
from bcp_kit.domain.people import STILL_HERE
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.evacuation.address_sheet import envelopes
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.index_pages import IndexLine, RunCounts, print_index
from bcp_kit.render.evacuation.layout import Edition, Variant
from bcp_kit.render.evacuation.paper import document_title, plan_number
from bcp_kit.render.evacuation.wording import Wording
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services.base import Context
from bcp_kit.services.copies_of_run import WHY, copies_of, reserve, single_run, stepped, void_reserved
from bcp_kit.services.plan_routes import with_maps
from bcp_kit.services.plans_checked import demand_no_mixup, identifiers_of_all
from bcp_kit.services.plans_press import (
    Press,
    SkippedCopy,
    end_run,
    kind_of,
    make_file,
    missing_files,
    print_batch,
    set_up,
    suffix_of,
)
from bcp_kit.services.plans_read import (
    TownRules,
    all_shelters,
    basis_words,
    case_of,
    dossiers,
    may_hand_out,
    town_rules,
)
from bcp_kit.services.portions import chunks
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = [
    "Edition",
    "PrintOrder",
    "PrintOutcome",
    "SkippedCopy",
    "Variant",
    "Wording",
    "give_up_run",
    "open_runs",
    "plan_pdf",
    "print_plans",
    "resume_print",
    "unfinished_runs",
]

_PRINTING = "plans.progress.print"


# A file of 200 two-page plans is printed in one go, and memory stays below 300 MB.
USUAL_BATCH = 200


@dataclass(frozen=True)
class PrintOrder:
    """What to print and where to. No `person_ids` means everybody with a plan, in the register's order.

    `purpose` is written into the ledger: why these copies are made.
    """

    out_dir: Path
    edition: Edition = Edition.PERSON
    person_ids: tuple[str, ...] | None = None
    batch_size: int = USUAL_BATCH
    one_file_per_person: bool = False
    purpose: str = ""
    variant: Variant = Variant.STANDARD
    wording: Wording = Wording.PLAIN
    envelope: str = ""


@dataclass
class PrintOutcome:
    """What was printed. `missing_glyphs` by plan number; `stopped` when progress asked to stop.

    `lost_files` were finished earlier in this run and lie no more where they were put.
    """

    edition: Edition
    run_id: str = ""
    files: list[Path] = field(default_factory=list)
    index_files: list[Path] = field(default_factory=list)
    people: int = 0
    pages: int = 0
    first_number: str = ""
    last_number: str = ""
    skipped: list[SkippedCopy] = field(default_factory=list)
    missing_glyphs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    lost_files: tuple[str, ...] = ()
    stopped: bool = False


def print_plans(ctx: Context, order: PrintOrder) -> PrintOutcome:
    """Print the plans into files of a batch each (or one file a person), with an index.

    A supporter's copy is printed only where the law lets the plan be handed out; the rest is listed with the
    article. Every copy takes a number of the ledger; every file is searched for what belongs to others before
    it gets its name. At most one batch is held in memory. Same clock, data and ledger: same bytes. Raises:
    BcpKitError P-002, P-003, P-004, P-014 (no such envelope, or not an own copy); what was finished before
    stays, and the run can be resumed.
    """
    ctx.demand(Action.PRINT_PLANS)
    _demand_envelope(order)
    _make_folder(order.out_dir)
    with ctx.open_store() as uow:
        everybody = order.person_ids is None
        ids = uow.people.ids(register_status=STILL_HERE) if everybody else list(order.person_ids or ())
        run = PrintRun(
            id=ctx.new_id(),
            edition=order.edition.value,
            variant=order.variant.value,
            wording=order.wording.value,
            envelope=order.envelope,
            folder=str(order.out_dir.resolve()),
            purpose=order.purpose,
            person_ids=tuple(ids),
            batch_size=order.batch_size,
            one_file_per_person=order.one_file_per_person,
            named=not everybody,
            started_at=ctx.clock.now(),
            actor=ctx.actor.name,
        )
        uow.print_runs.add(run, WHY)
        uow.commit()
    return _carry_on(ctx, run)


def _demand_envelope(order: PrintOrder) -> None:
    """Go on only with a kind of envelope that is known, for own copies on paper: those have one address."""
    if not order.envelope:
        return
    posted = order.edition is Edition.PERSON and order.variant is not Variant.TEXT
    if order.envelope not in envelopes() or not posted:
        raise BcpKitError(ErrorCode.ENVELOPE_UNFIT, known="、".join(envelopes()))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise BcpKitError(ErrorCode.PRINT_FOLDER_REFUSED, folder=str(folder)) from None


def resume_print(ctx: Context, run_id: str) -> PrintOutcome:
    """Go on with a run that broke off or was stopped: the finished batches stay, the others are printed now.

    Consents are looked at anew. Raises: BcpKitError U-002 (no such run), P-005 (it has ended already).
    """
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        run = uow.print_runs.need(run_id)
    if run.state is not RunState.RUNNING:
        raise BcpKitError(ErrorCode.RUN_ENDED)
    _make_folder(Path(run.folder))
    return _carry_on(ctx, run)


def open_runs(ctx: Context) -> tuple[PrintRun, ...]:
    """Return the runs of plans that have not ended, the oldest first."""
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        running = uow.print_runs.list(state=RunState.RUNNING)
    return tuple(run for run in running if run.edition in tuple(Edition))


def unfinished_runs(ctx: Context) -> tuple[PrintRun, ...]:
    """Return every run that has not ended, of plans, lists and drills, the oldest first."""
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        return tuple(uow.print_runs.list(state=RunState.RUNNING))


def give_up_run(ctx: Context, run_id: str) -> int:
    """End a run that nobody wants to go on with, and return how many numbers were given up.

    The copies that it finished stay in the ledger. Raises: BcpKitError U-002, P-005.
    """
    ctx.demand(Action.PRINT_PLANS)
    with ctx.open_store() as uow:
        uow.lock()
        run = uow.print_runs.need(run_id)
        if run.state is not RunState.RUNNING:
            raise BcpKitError(ErrorCode.RUN_ENDED)
        voided = void_reserved(ctx, uow, run_id)
        uow.print_runs.save(run.model_copy(update={"state": RunState.GIVEN_UP}), WHY)
        uow.commit()
    return voided


def _carry_on(ctx: Context, run: PrintRun) -> PrintOutcome:
    press = set_up(ctx, run)
    parts = list(chunks(run.person_ids, run.batch_size))
    stopped = False
    for number, part in enumerate(parts, start=1):
        if number <= run.batches_done:
            continue
        if not ctx.progress((number - 1) / len(parts), _PRINTING):
            stopped = True
            break
        print_batch(ctx, press, number, part)
    outcome = _outcome(ctx, press)
    outcome.stopped = stopped
    if not stopped:
        end_run(ctx, press, RunState.FINISHED)
    ctx.progress(1.0, _PRINTING)
    return outcome


def _outcome(ctx: Context, press: Press) -> PrintOutcome:
    """Return what the run has printed so far, and write its index."""
    with ctx.open_store() as uow:
        copies = list(copies_of(uow, press.run.id))
    outcome = PrintOutcome(
        press.edition,
        press.run.id,
        files=[press.folder / file.name for file in press.run.files],
        people=len(copies),
        pages=sum(file.pages for file in press.run.files),
        first_number=copies[0].number if copies else "",
        last_number=copies[-1].number if copies else "",
        skipped=press.skipped,
        missing_glyphs={c.plan_number: tuple(c.missing_glyphs) for c in copies if c.missing_glyphs},
        lost_files=missing_files(press.run),
    )
    _write_index(press, copies, outcome)
    return outcome


_INDEX_COPIES = 200  # in one file, those of whole files of plans: memory grows with its lines
_COLUMNS = ("copy", "number", "file", "first_page", "pages", "missing")


def _write_index(press: Press, copies: list[PaperCopy], outcome: PrintOutcome) -> None:
    """Write which plan stands where: a CSV of all, and sheets to count by, one a usual file."""
    if not copies:
        return
    heads = [text(f"plans.paper.index_column.{name}") for name in _COLUMNS]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    writer.writerows(_index_line(copy).cells for copy in copies)
    name = f"plans_{kind_of(press.run)}_index"
    table = press.folder / f"{name}.csv"
    table.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    outcome.index_files.append(table)
    facts = DocumentFacts(title=document_title(press.edition), made_at=press.at)
    parts = list(_index_parts(copies))
    for number, part in enumerate(parts, start=1):
        paper = press.folder / (f"{name}.pdf" if len(parts) == 1 else f"{name}_{number:03d}.pdf")
        of_all = f"{number}/{len(parts)}" if len(parts) > 1 else ""
        printed = print_index([_index_line(copy) for copy in part], heads, _counts(part), facts, of_all)
        paper.write_bytes(printed.pdf_bytes)
        outcome.index_files.append(paper)


def _index_parts(copies: Sequence[PaperCopy]) -> Iterator[Sequence[PaperCopy]]:
    """Yield the copies of as many whole files as one index holds; a longer file in parts."""
    waiting: list[PaperCopy] = []
    for _, of_file in groupby(copies, key=lambda copy: copy.file_name):
        for part in chunks(list(of_file), _INDEX_COPIES):
            if waiting and len(waiting) + len(part) > _INDEX_COPIES:
                yield waiting
                waiting = []
            waiting += part
    if waiting:
        yield waiting


def _counts(copies: Sequence[PaperCopy]) -> RunCounts:
    return RunCounts(
        people=len(copies),
        pages=sum(copy.pages for copy in copies if copy.variant != Variant.TEXT),
        files=len({copy.file_name for copy in copies}),
        first_number=copies[0].number,
        last_number=copies[-1].number,
    )


def _index_line(copy: PaperCopy) -> IndexLine:
    return IndexLine(
        copy.number, copy.plan_number, copy.file_name, copy.first_page, copy.pages, copy.missing_glyphs
    )


def plan_pdf(
    ctx: Context,
    person_id: str,
    edition: Edition,
    variant: Variant = Variant.STANDARD,
    wording: Wording = Wording.PLAIN,
) -> PrintedDocument:
    """Return one copy for the screen; as it can be saved and printed there, it has a number like a print.

    Raises: BcpKitError U-002 (no such person, or no plan), P-001 (the copy may not be handed out), P-002.
    """
    ctx.demand(Action.PRINT_PLANS)
    now = ctx.clock.now()
    with ctx.open_store() as uow:
        uow.people.need(person_id)
        plain = one_case(uow, person_id, edition, town_rules(uow), now)
        (case,) = with_maps(uow, [replace(plain, variant=variant, wording=wording)])
        everybody = identifiers_of_all(uow)
        what = {"edition": edition.value, "variant": variant.value, "wording": wording.value}
        run = single_run(ctx, uow, person_id, purpose="screen", **what)
        uow.commit()
    (case,) = reserve(ctx, run, 1, [case])
    printed = make_file([case], now)
    demand_no_mixup(printed, [case], everybody)
    name = f"plan_{plan_number(case)}_{kind_of(run)}{suffix_of(run)}"
    missing = printed.copies[0].missing_glyphs
    with ctx.open_store() as uow:
        taken = uow.paper_copies.need(case.copy_number)
        where = {"file_name": name, "first_page": 1, "pages": printed.pages}
        done = taken.model_copy(update={**where, "missing_glyphs": "".join(missing)})
        uow.paper_copies.save(stepped(ctx, done, CopyState.PRINTED), WHY)
        uow.audit.note("print", "evacuation_plans", case.plan.id, f"edition={edition.value} screen")
        uow.commit()
    return PrintedDocument(name, printed.pdf_bytes, printed.pages, missing)


def one_case(uow: UnitOfWork, person_id: str, edition: Edition, rules: TownRules, now: datetime) -> PlanCase:
    """Return one person's copy.

    Raises: BcpKitError U-002 (no plan), P-001 (it may not be handed out; the refusal is noted).
    """
    (dossier,) = dossiers(uow, [person_id])
    case = case_of(dossier, edition, rules, all_shelters(uow), now)
    decision = may_hand_out(dossier, edition, rules, now)
    if case is None:
        decision = may_make_plan(dossier.consents, person_id, now.date())
    if not decision.allowed:
        uow.audit.note("deny", "evacuation_plans", case.plan.id if case else "", decision.reason)
        uow.commit()
        reason = text(decision.reason, DEFAULT_LANGUAGE)
        raise BcpKitError(ErrorCode.COPY_NOT_ALLOWED, article=basis_words(decision.article), reason=reason)
    if case is None:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return case

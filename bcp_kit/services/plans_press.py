"""The press: one order is a print run that can be resumed; batch by batch, checked, then named.

For each batch: (1) numbers are taken and stored; (2) the file is made, checked for mix-ups and written
under a passing name; (3) copies, file digest and batch are stored in one write; (4) the file gets its name.
Wherever it breaks off, a number is never used twice, and what counts as printed is a finished file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bcp_kit.domain.consent import may_make_plan
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.paper_copies import PrintedFile, PrintRun, RunState
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.layout import Edition, Variant
from bcp_kit.render.evacuation.paper import (
    CopyPages,
    PrintedCopies,
    document_title,
    plan_number,
    print_copies,
)
from bcp_kit.render.evacuation.plain_text import text_copy
from bcp_kit.render.evacuation.wording import Wording
from bcp_kit.render.mixups import Identifiers
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services.base import Context
from bcp_kit.services.copies_of_run import WHY, confirm, reserve, void_reserved
from bcp_kit.services.plan_routes import with_maps
from bcp_kit.services.plans_checked import demand_no_mixup, identifiers_of_all
from bcp_kit.services.plans_read import all_shelters, case_of, dossiers, may_hand_out, town_rules
from bcp_kit.services.print_files import digest_of_file, finish_names, passing_name, write_file
from bcp_kit.storage.faults import Conflict


@dataclass(frozen=True)
class SkippedCopy:
    """A copy that may not be handed out: the article that decides, and the message key of the reason."""

    person_id: str
    plan_number: str
    article: str
    reason: str


@dataclass
class Press:
    """One run at the press: when this try began, and the identifiers that its files are searched for."""

    run: PrintRun
    everybody: Identifiers
    at: datetime
    skipped: list[SkippedCopy] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return Path(self.run.folder)

    @property
    def edition(self) -> Edition:
        """For whom the copies are."""
        return Edition(self.run.edition)


def set_up(ctx: Context, run: PrintRun) -> Press:
    """Return the press for a run, after mending what an earlier try left behind."""
    with ctx.open_store() as uow:
        everybody = identifiers_of_all(uow)
        uow.lock()
        void_reserved(ctx, uow, run.id)
        uow.commit()
    press = Press(run, everybody, ctx.clock.now())
    finish_names(run)
    return press


def missing_files(run: PrintRun) -> tuple[str, ...]:
    """Return the names of files that were finished and lie no more where they were put."""
    return tuple(file.name for file in run.files if not (Path(run.folder) / file.name).exists())


def print_batch(ctx: Context, press: Press, number: int, person_ids: Sequence[str]) -> None:
    """Print one batch: take numbers, make and check the files, count them as printed, give them their names.

    Raises: BcpKitError P-002 (a page would be somebody else's: nothing of the batch is kept), P-003 (the disk
    is full or refuses), P-004 (somebody else resumed this run).
    """
    cases = reserve(ctx, press.run, number, _cases(ctx, press, person_ids))
    printed: dict[str, tuple[PrintedFile, CopyPages]] = {}
    parts: list[tuple[Path, Path]] = []
    try:
        for name, copies in _files(press.run, cases, number):
            file, made = _make(press, name, number, copies)
            passing = passing_name(press.run, name, copies[0].copy_number)
            parts.append((passing, press.folder / name))
            write_file(parts[-1][0], made.pdf_bytes)
            printed |= {case.copy_number: (file, at) for case, at in zip(copies, made.copies, strict=True)}
        _count(ctx, press, printed)
    except BaseException:
        for part, _ in parts:
            part.unlink(missing_ok=True)
        raise
    for part, final in parts:
        part.replace(final)


def _make(
    press: Press, name: str, batch: int, copies: Sequence[PlanCase]
) -> tuple[PrintedFile, PrintedCopies]:
    """Return one finished and checked file."""
    made = make_file(copies, press.at)
    demand_no_mixup(made, copies, press.everybody)
    digest = digest_of_file(made.pdf_bytes)
    return PrintedFile(name=name, sha256=digest, batch=batch, people=len(copies), pages=made.pages), made


def make_file(copies: Sequence[PlanCase], at: datetime) -> PrintedCopies:
    """Return one file with these copies, of one edition and variant: a PDF, or a text of one copy."""
    if copies[0].variant is Variant.TEXT:
        (case,) = copies
        return text_copy(case)
    return print_copies(copies, DocumentFacts(title=document_title(copies[0].edition), made_at=at))


def _count(ctx: Context, press: Press, printed: dict[str, tuple[PrintedFile, CopyPages]]) -> None:
    """Store that the batch is printed; the audit log has one line a file."""
    try:
        with ctx.open_store() as uow:
            uow.lock()
            press.run = confirm(ctx, uow, press.run, printed)
            for file in dict.fromkeys(file for file, _ in printed.values()):
                told = (
                    f"edition={press.edition.value} file={file.name} people={file.people} pages={file.pages}"
                )
                uow.audit.note("print", "evacuation_plans", _single(printed, press.run), told)
            uow.commit()
    except Conflict:
        raise BcpKitError(ErrorCode.RUN_RESUMED_ELSEWHERE) from None


def _single(printed: dict[str, tuple[PrintedFile, CopyPages]], run: PrintRun) -> str:
    """Return the plan's id where a file holds one plan."""
    pages = [pages for _, pages in printed.values()]
    return pages[0].plan_id if run.one_file_per_person and len(pages) == 1 else ""


def _cases(ctx: Context, press: Press, person_ids: Sequence[str]) -> list[PlanCase]:
    """Return the copies that may be handed out; the others are noted with the reason."""
    with ctx.open_store() as uow:
        rules, shelters, at = town_rules(uow), all_shelters(uow), press.at
        found = []
        for dossier in dossiers(uow, person_ids):
            case = case_of(dossier, press.edition, rules, shelters, at)
            if case is None:
                asked = may_make_plan(dossier.consents, dossier.person.id, at.date())
                # Whatever is prepared before consent is no copy for anybody.
                if press.run.named and not asked.allowed:
                    press.skipped.append(SkippedCopy(dossier.person.id, "", asked.article, asked.reason))
                continue
            decision = may_hand_out(dossier, press.edition, rules, at)
            if decision.allowed:
                found.append(_set_as(press.run, case))
                continue
            press.skipped.append(
                SkippedCopy(dossier.person.id, plan_number(case), decision.article, decision.reason)
            )
            uow.audit.note("deny", "evacuation_plans", case.plan.id, decision.reason)
        cases = list(with_maps(uow, found))
        uow.commit()
    return cases


def _set_as(run: PrintRun, case: PlanCase) -> PlanCase:
    """Return the copy as the run asks for it: paper, words, envelope."""
    return replace(case, variant=Variant(run.variant), wording=Wording(run.wording), envelope=run.envelope)


def _files(run: PrintRun, cases: Sequence[PlanCase], number: int) -> Iterator[tuple[str, Sequence[PlanCase]]]:
    """Yield file names (kind of copy and a number, nothing personal) with their copies."""
    if run.one_file_per_person or run.variant == Variant.TEXT:
        for case in cases:
            yield f"plan_{plan_number(case)}_{kind_of(run)}{suffix_of(run)}", (case,)
    elif cases:
        yield f"plans_{kind_of(run)}_{number:03d}.pdf", cases


def kind_of(run: PrintRun) -> str:
    """Return the part of a file name that says what kind of copy it holds."""
    usual = (Variant.STANDARD, Wording.PLAIN)
    return "_".join((run.edition, *(part for part in (run.variant, run.wording) if part not in usual)))


def suffix_of(run: PrintRun) -> str:
    """Return how file names of this run end."""
    return ".txt" if run.variant == Variant.TEXT else ".pdf"


def end_run(ctx: Context, press: Press, state: RunState) -> None:
    """Store how the run ended."""
    with ctx.open_store() as uow:
        press.run = uow.print_runs.save(press.run.model_copy(update={"state": state}), WHY)
        uow.commit()

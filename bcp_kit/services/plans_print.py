"""Printing plans: who may be handed what, files by batch or by person, an index without names."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.people import STILL_HERE
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.index_pages import IndexLine, print_index
from bcp_kit.render.evacuation.layout import Edition
from bcp_kit.render.evacuation.paper import CopyPages, document_title, plan_number, print_copies
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.services.base import Context
from bcp_kit.services.plan_routes import with_maps
from bcp_kit.services.plans import PEOPLE_AT_ONCE, chunks
from bcp_kit.services.plans_read import TownRules, all_shelters, case_of, dossiers, may_hand_out, town_rules
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = ["Edition", "PrintOrder", "PrintOutcome", "SkippedCopy", "plan_pdf", "print_plans"]

_PRINTING = "plans.progress.print"


@dataclass(frozen=True)
class PrintOrder:
    """What to print and where to. No `person_ids` means everybody with a plan, in the register's order."""

    out_dir: Path
    edition: Edition = Edition.PERSON
    person_ids: tuple[str, ...] | None = None
    batch_size: int = 500
    one_file_per_person: bool = False


@dataclass(frozen=True)
class SkippedCopy:
    """A copy that may not be handed out: the article that decides, and the message key of the reason."""

    person_id: str
    plan_number: str
    article: str
    reason: str


@dataclass
class PrintOutcome:
    """What was printed. `missing_glyphs` by plan number; `stopped` when progress asked to stop."""

    edition: Edition
    files: list[Path] = field(default_factory=list)
    index_files: list[Path] = field(default_factory=list)
    people: int = 0
    pages: int = 0
    skipped: list[SkippedCopy] = field(default_factory=list)
    missing_glyphs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stopped: bool = False


@dataclass(frozen=True)
class _Press:
    """One run of the press: the order, the moment that stands on every page, and the outcome so far."""

    order: PrintOrder
    at: datetime
    outcome: PrintOutcome
    lines: list[IndexLine]

    @property
    def facts(self) -> DocumentFacts:
        """What each file says about itself."""
        return DocumentFacts(title=document_title(self.order.edition), made_at=self.at)


def print_plans(ctx: Context, order: PrintOrder) -> PrintOutcome:
    """Print the plans into files of a batch each (or one file a person), with an index.

    A supporter's copy is printed only where the law lets the plan be handed out; the rest is listed with the
    article. Each batch is noted in the audit log before its file gets its name. At most one batch is held in
    memory. Same clock and data, same bytes.
    """
    ctx.demand(Action.PRINT_PLANS)
    order.out_dir.mkdir(parents=True, exist_ok=True)
    press = _Press(order, ctx.clock.now(), PrintOutcome(order.edition), [])
    with ctx.open_store() as uow:
        everybody = order.person_ids is None
        ids = uow.people.ids(register_status=STILL_HERE) if everybody else list(order.person_ids or ())
    done = 0
    for number, part in enumerate(
        chunks(ids, PEOPLE_AT_ONCE if order.one_file_per_person else order.batch_size), start=1
    ):
        if not ctx.progress(done / len(ids), _PRINTING):
            press.outcome.stopped = True
            break
        with ctx.open_store() as uow:
            files = _print_batch(uow, press, part, number)
            uow.commit()
        _give_names(files)
        press.outcome.files += files
        done += len(part)
    _write_index(press)
    ctx.progress(1.0, _PRINTING)
    return press.outcome


def _print_batch(uow: UnitOfWork, press: _Press, person_ids: Sequence[str], number: int) -> list[Path]:
    """Print one batch into files that still end in .part, and return the names that they will have."""
    order, outcome, written = press.order, press.outcome, []
    cases = with_maps(uow, list(_cases(uow, press, person_ids)))
    for file_name, copies in _files(order, cases, number):
        printed = print_copies(copies, press.facts)
        written.append(order.out_dir / file_name)
        _unfinished(written[-1]).write_bytes(printed.pdf_bytes)
        uow.audit.note(
            "print",
            "evacuation_plans",
            copies[0].plan.id if order.one_file_per_person else "",
            f"edition={order.edition.value} file={file_name} people={len(copies)} pages={printed.pages}",
        )
        outcome.people += len(copies)
        outcome.pages += printed.pages
        for case, copy in zip(copies, printed.copies, strict=True):
            _note_copy(press, file_name, plan_number(case), copy)
    return written


def _note_copy(press: _Press, file_name: str, number: str, copy: CopyPages) -> None:
    line = IndexLine(number, file_name, copy.first_page, copy.pages, "".join(copy.missing_glyphs))
    press.lines.append(line)
    if copy.missing_glyphs:
        press.outcome.missing_glyphs[number] = copy.missing_glyphs


def _cases(uow: UnitOfWork, press: _Press, person_ids: Sequence[str]) -> Iterator[PlanCase]:
    """Yield the copies that may be handed out, and note the others with the reason."""
    rules, shelters = town_rules(uow), all_shelters(uow)
    for dossier in dossiers(uow, person_ids):
        case = case_of(dossier, press.order.edition, rules, shelters, press.at)
        if case is None:
            continue
        decision = may_hand_out(dossier, press.order.edition, rules, press.at)
        if decision.allowed:
            yield case
            continue
        skipped = SkippedCopy(dossier.person.id, plan_number(case), decision.article, decision.reason)
        press.outcome.skipped.append(skipped)
        uow.audit.note("deny", "evacuation_plans", case.plan.id, decision.reason)


def _files(
    order: PrintOrder, cases: Sequence[PlanCase], number: int
) -> Iterator[tuple[str, Sequence[PlanCase]]]:
    """Yield file names (kind of copy and a number, nothing personal) with their copies."""
    edition = order.edition.value
    if order.one_file_per_person:
        for case in cases:
            yield f"plan_{plan_number(case)}_{edition}.pdf", (case,)
    elif cases:
        yield f"plans_{edition}_{number:03d}.pdf", cases


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _give_names(files: Sequence[Path]) -> None:
    """Give files their names once the audit log has them; a run that broke off leaves .part files only."""
    for path in files:
        _unfinished(path).replace(path)


def _write_index(press: _Press) -> None:
    """Write which plan stands where, as PDF for the folder and as CSV for a list."""
    if not press.lines:
        return
    edition, out_dir = press.order.edition.value, press.order.out_dir
    heads = [text(f"plans.paper.index_column.{name}") for name in ("number", "file", "first_page", "pages")]
    heads.append(text("plans.paper.index_column.missing"))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    for line in press.lines:
        writer.writerow([line.number, line.file_name, line.first_page, line.pages, line.missing])
    table = out_dir / f"plans_{edition}_index.csv"
    table.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    paper = out_dir / f"plans_{edition}_index.pdf"
    paper.write_bytes(print_index(press.lines, heads, press.facts).pdf_bytes)
    press.outcome.index_files += [table, paper]


def plan_pdf(ctx: Context, person_id: str, edition: Edition) -> PrintedDocument:
    """Return one copy for the screen; as it can be saved and printed there, it is noted like a print.

    Raises: BcpKitError U-002 (no such person, or no plan), P-001 (the copy may not be handed out).
    """
    ctx.demand(Action.PRINT_PLANS)
    now = ctx.clock.now()
    with ctx.open_store() as uow:
        uow.people.need(person_id)
        (case,) = with_maps(uow, [_one_case(uow, person_id, edition, town_rules(uow), now)])
        uow.audit.note("print", "evacuation_plans", case.plan.id, f"edition={edition.value} screen")
        uow.commit()
    printed = print_copies([case], DocumentFacts(title=document_title(edition), made_at=now))
    return PrintedDocument(
        f"plan_{plan_number(case)}_{edition.value}.pdf",
        printed.pdf_bytes,
        printed.pages,
        printed.copies[0].missing_glyphs,
    )


def _one_case(uow: UnitOfWork, person_id: str, edition: Edition, rules: TownRules, now: datetime) -> PlanCase:
    (dossier,) = dossiers(uow, [person_id])
    case = case_of(dossier, edition, rules, all_shelters(uow), now)
    if case is None:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    decision = may_hand_out(dossier, edition, rules, now)
    if not decision.allowed:
        uow.audit.note("deny", "evacuation_plans", case.plan.id, decision.reason)
        uow.commit()
        reason = text(decision.reason, DEFAULT_LANGUAGE)
        raise BcpKitError(ErrorCode.COPY_NOT_ALLOWED, article=decision.article, reason=reason)
    return case

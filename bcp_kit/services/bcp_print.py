"""Printing continuity plans as PDF, Word or Excel: one, several in one document, or an old version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import CONTINUITY_KINDS, Answer, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.plan_versions import PlanVersion, VersionState
from bcp_kit.domain.site_facts import FactRow
from bcp_kit.forms.completeness import completeness
from bcp_kit.forms.schema import form
from bcp_kit.render.continuity_plan import draw_pages, plan_layout
from bcp_kit.render.document import PrintedDocument
from bcp_kit.render.plan_blank import BlankForm, compose_blank
from bcp_kit.render.plan_blocks import PlanPages, PlanPrint, Stamp
from bcp_kit.render.plan_names import file_name
from bcp_kit.render.plan_pages import compose_joint
from bcp_kit.render.plan_workbook import render_workbook
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.render.word.plan import render_word
from bcp_kit.services.base import Context
from bcp_kit.services.bcp import form_id
from bcp_kit.services.bcp_content import content_of, read_content
from bcp_kit.services.bcp_pictures import pictures_of
from bcp_kit.storage.unit_of_work import UnitOfWork


class PaperFormat(StrEnum):
    """What a plan is saved as; BLANK is its form as PDF, to fill in by hand."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    BLANK = "blank"


MEDIA_TYPES = {
    PaperFormat.PDF: "application/pdf",
    PaperFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    PaperFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PaperFormat.BLANK: "application/pdf",
}


@dataclass(frozen=True)
class Wish:
    """How to print. `version` 0 prints what stands now, else the version of that number as it was stored."""

    paper: PaperFormat = PaperFormat.PDF
    without_personal: bool = False
    version: int = 0

    @property
    def note(self) -> str:
        """What the audit log says of it."""
        parts = (
            "" if self.paper is PaperFormat.PDF else self.paper.value,
            "without_personal" if self.without_personal else "",
            f"version={self.version}" if self.version else "",
        )
        return " ".join(part for part in parts if part)


@dataclass(frozen=True)
class PlanFile:
    """A finished file. `pages` is 0 where a format has none; `missing_glyphs` were drawn as 〓."""

    name: str
    content: bytes
    media_type: str
    pages: int = 0
    missing_glyphs: tuple[str, ...] = ()


def print_plan(ctx: Context, plan_id: str, *, without_personal: bool = False) -> PrintedDocument:
    """Return the plan as PDF; `without_personal` leaves the lists of users and staff out.

    The audit log notes the print, because the paper leaves the house. Raises: BcpKitError U-002.
    """
    docs = _noted(ctx, [plan_id], Wish(without_personal=without_personal))
    return _pdf(ctx, compose_joint(docs, plan_layout()))


def print_plans(ctx: Context, plan_ids: Sequence[str], wish: Wish) -> PlanFile:
    """Return one plan, or several plans of one site joined in one document, as a file.

    Each plan is noted in the audit log. Raises: BcpKitError U-002 (no such plan, or not the actor's),
    B-022 (no plan named), B-023 (no such version).
    """
    docs = _noted(ctx, plan_ids, wish)
    if wish.paper is PaperFormat.BLANK:
        first = docs[0]
        return print_blank(ctx, first.plan.kind, [facility.id for facility in first.facilities])
    shown = compose_joint(docs, plan_layout())
    if wish.paper is PaperFormat.PDF:
        return pdf_file(ctx, shown)
    name, media = file_name(shown, wish.paper.value), MEDIA_TYPES[wish.paper]
    if wish.paper is PaperFormat.DOCX:
        return PlanFile(name, render_word(shown, ctx.clock.now()), media)
    return PlanFile(name, render_workbook(docs, shown, _facts_of(ctx, plan_ids[0])), media)


def _facts_of(ctx: Context, plan_id: str) -> Mapping[str, Sequence[FactRow]]:
    facts = read_content(ctx, plan_id).facts
    return facts.tables if facts else {}


def print_blank(ctx: Context, kind: PlanKind, facility_ids: Sequence[str]) -> PlanFile:
    """Return the empty form of one kind of plan for facilities at one site, as PDF; nothing is noted.

    Raises: BcpKitError B-001 (no form of that kind), U-002.
    """
    for facility_id in facility_ids:
        ctx.demand(Action.SEE_BCP, facility_id)
    asked = form(form_id(kind))
    with ctx.open_store() as uow:
        facilities = tuple(uow.facilities.need(facility_id) for facility_id in facility_ids)
    categories = tuple(dict.fromkeys(facility.category for facility in facilities))
    return pdf_file(ctx, compose_blank(BlankForm(asked, categories, facilities), plan_layout()))


def pdf_file(ctx: Context, shown: PlanPages) -> PlanFile:
    """Return composed pages as a PDF file."""
    printed = _pdf(ctx, shown)
    media = MEDIA_TYPES[PaperFormat.PDF]
    return PlanFile(printed.file_name, printed.pdf_bytes, media, printed.pages, printed.missing_glyphs)


def _pdf(ctx: Context, shown: PlanPages) -> PrintedDocument:
    return draw_pages(shown, DocumentFacts(shown.title, ctx.clock.now()), file_name(shown, "pdf"))


def _noted(ctx: Context, plan_ids: Sequence[str], wish: Wish) -> list[PlanPrint]:
    if not plan_ids:
        raise BcpKitError(ErrorCode.NOTHING_TO_PRINT)
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        docs = [prepared(ctx, uow, plan_id, wish) for plan_id in plan_ids]
        for plan_id in plan_ids:
            uow.audit.note("print", "continuity_plans", plan_id, wish.note)
        uow.commit()
    return docs


def prepared(ctx: Context, uow: UnitOfWork, plan_id: str, wish: Wish) -> PlanPrint:
    """Return everything that one plan prints, within an open unit of work; nothing is noted.

    Pictures are those attached now; an old version has none, because nobody knows which it had.

    Raises: BcpKitError U-002, B-023.
    """
    content = content_of(ctx, uow, plan_id)
    versions = {version.number: version for version in uow.plan_versions.list(plan_id=plan_id)}
    if wish.version and wish.version not in versions:
        raise BcpKitError(ErrorCode.VERSION_MISSING, number=wish.version)
    asked, plan = content.form, content.plan
    if wish.version:
        version = versions[wish.version]
        asked = form(version.form_id)
        plan = plan.model_copy(update={"answers": version.answers, "title": version.title})
        stamp = stamp_of(version, version.answers)
    else:
        stamp = stamp_of(versions[max(versions)], plan.answers) if versions else Stamp()
    categories = tuple(dict.fromkeys(facility.category for facility in content.facilities))
    return PlanPrint(
        plan=plan,
        facility=content.facility,
        asked=asked,
        standing=completeness(asked, categories, plan),
        printed_at=ctx.clock.now(),
        without_personal=wish.without_personal,
        others=content.facilities[1:],
        stamp=stamp,
        pictures=() if wish.version else pictures_of(uow, plan_id),
    )


@dataclass(frozen=True)
class PrintChoices:
    """What can be chosen before a plan is printed: its versions, newest first, and the plans it may join."""

    versions: tuple[PlanVersion, ...]
    together: tuple[str, ...]
    joint: bool


def print_choices(ctx: Context, plan_id: str) -> PrintChoices:
    """Return what can be chosen for a plan. `together` is empty where the other continuity plan is not begun.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        plan = uow.continuity_plans.need(plan_id)
        ctx.demand(Action.SEE_BCP, plan.facility_id)
        own = {p.kind: p for p in uow.continuity_plans.list(facility_id=plan.facility_id)}
        versions = sorted(uow.plan_versions.list(plan_id=plan_id), key=lambda version: -version.number)
    both = tuple(own[kind].id for kind in CONTINUITY_KINDS if kind in own)
    together = both if len(both) > 1 and plan_id in both else ()
    return PrintChoices(tuple(versions), together, bool(together) and plan.joint)


def stamp_of(version: PlanVersion, answers: Mapping[str, Answer]) -> Stamp:
    """Return what the pages say of a version, beside the answers that are printed under it."""
    approved = version.state is VersionState.APPROVED
    return Stamp(
        number=version.number,
        state=version.state,
        changed_since=_words_only(version.answers) != _words_only(answers),
        made_on=version.made_at.date(),
        decided_on=version.decided_on,
        approver=version.decided_by if approved else "",
    )


def _words_only(answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """Return the answers without the moments at which they were saved, and without those that say nothing."""
    bare = {key: answer.model_copy(update={"changed_at": None}) for key, answer in answers.items()}
    return {key: answer for key, answer in bare.items() if answer != Answer()}


__all__ = [
    "MEDIA_TYPES",
    "PaperFormat",
    "PlanFile",
    "PrintChoices",
    "Wish",
    "pdf_file",
    "prepared",
    "print_blank",
    "print_choices",
    "print_plan",
    "print_plans",
    "stamp_of",
]

"""The business continuity plan: begin one, answer item by item, see what is missing and why, keep history."""

from collections.abc import Iterable
from dataclasses import dataclass

from bcp_kit.access.policy import Action, decide
from bcp_kit.catalogues.load import source_titles
from bcp_kit.domain.bcp import Answer, ContinuityPlan, PlanKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.site_facts import SiteFacts
from bcp_kit.forms.bindings import with_prompts
from bcp_kit.forms.completeness import Completeness, ItemProgress, completeness, progress_of
from bcp_kit.forms.schema import Form, Item, chapters_for, form, items_for
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import PlanContent, content_of
from bcp_kit.services.bcp_facts import KnownFacts, Proposal, proposals
from bcp_kit.services.bcp_saving import Saved, add_revision, save_answer, save_answers, tidy
from bcp_kit.services.bcp_stock import People, StockEstimate, stock_estimates
from bcp_kit.services.hazard_maps import ask_maps
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = [
    "ChapterView",
    "ItemView",
    "PlanSummary",
    "PlanView",
    "Saved",
    "SectionView",
    "add_revision",
    "form_id",
    "known_facts",
    "list_facilities",
    "list_plans",
    "prefill",
    "read_chapter",
    "read_plan",
    "save_answer",
    "save_answers",
    "start_plan",
    "tidy",
    "view_of",
]

WATER_ITEM, HAZARD_ITEM = "nd_drinking_water", "nd_hazard_maps"


@dataclass(frozen=True)
class PlanSummary:
    """One line of the list of plans. `categories`: those of all services that the plan covers."""

    plan: ContinuityPlan
    facility: Facility
    completeness: Completeness
    categories: tuple[ServiceCategory, ...] = ()


@dataclass(frozen=True)
class PlanView:
    """A plan in words, with its facility, its form and where it stands.

    `completeness.chapters` is the chapter list, `categories` those of all services that the plan covers,
    `facts` those of the site.
    """

    plan: ContinuityPlan
    facility: Facility
    form: Form
    completeness: Completeness
    categories: tuple[ServiceCategory, ...]
    facts: SiteFacts | None = None


@dataclass(frozen=True)
class ItemView:
    """One item as a page shows it: question with hint, example and mark; answer; what is known already."""

    item: Item
    answer: Answer
    progress: ItemProgress
    source_titles: tuple[str, ...]
    proposal: Proposal | None
    estimates: tuple[StockEstimate, ...]


@dataclass(frozen=True)
class SectionView:
    """A heading with its items."""

    section_id: str
    number: str
    title_ja: str
    title_en: str
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class ChapterView:
    """One chapter of one plan; `plan_version` goes back with the next save."""

    chapter_id: str
    number: str
    title_ja: str
    title_en: str
    note_ja: str
    plan_version: int
    sections: tuple[SectionView, ...]


def form_id(kind: PlanKind) -> str:
    """Return the form of a kind of plan."""
    return f"bcp_{kind.value}"


def start_plan(ctx: Context, facility_id: str, kind: PlanKind) -> ContinuityPlan:
    """Begin the facility's plan of one kind.

    Raises: BcpKitError B-001 (no form for that kind yet), B-003 (there is one already), U-002.
    """
    ctx.demand(Action.EDIT_BCP, facility_id)
    asked = form(form_id(kind))
    with ctx.open_store() as uow:
        facility = uow.facilities.need(facility_id)
        uow.lock()
        if uow.continuity_plans.list(facility_id=facility.id, kind=kind):
            raise BcpKitError(ErrorCode.PLAN_EXISTS)
        plan = ContinuityPlan(
            id=ctx.new_id(),
            facility_id=facility.id,
            kind=kind,
            form_id=asked.id,
            title=asked.title_ja,
            created_on=ctx.today(),
            updated_at=ctx.clock.now(),
        )
        uow.continuity_plans.add(plan)
        shown = content_of(ctx, uow, plan.id).plan
        uow.commit()
    return shown


def list_plans(ctx: Context, facility_id: str = "") -> tuple[PlanSummary, ...]:
    """Return all plans that the actor may see (of one facility when given), each with where it stands."""
    ctx.demand(Action.SEE_BCP, facility_id)
    only = {"facility_id": facility_id} if facility_id else {}
    with ctx.open_store() as uow:
        found = []
        for plan in uow.continuity_plans.list(**only):
            if decide(ctx.actor, Action.SEE_BCP, plan.facility_id).allowed:
                view = view_of(ctx, uow, plan.id)
                found.append(PlanSummary(view.plan, view.facility, view.completeness, view.categories))
    return tuple(found)


def read_plan(ctx: Context, plan_id: str) -> PlanView:
    """Return the plan with its facility and where it stands, chapter by chapter.

    Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        return view_of(ctx, uow, plan_id)


def view_of(ctx: Context, uow: UnitOfWork, plan_id: str) -> PlanView:
    """Return the plan within an open unit of work; the actor must be allowed to see that facility's plan."""
    return _view(content_of(ctx, uow, plan_id))


def _view(content: PlanContent) -> PlanView:
    standing = completeness(content.form, content.categories, content.plan)
    return PlanView(content.plan, content.facility, content.form, standing, content.categories, content.facts)


def known_facts(ctx: Context, uow: UnitOfWork, view: PlanView, items: Iterable[Item]) -> KnownFacts:
    """Return what is known already; staff only for those who may see staff.

    The hazard maps are asked only where one of the `items` asks for hazards: they may be large.
    """
    facility_id = view.facility.id
    sees_staff = decide(ctx.actor, Action.SEE_STAFF, facility_id).allowed
    asks = any(item.id == HAZARD_ITEM for item in items)
    return KnownFacts(
        facility=view.facility,
        staff=tuple(uow.staff.list(facility_id=facility_id)) if sees_staff else (),
        cover_run=uow.cover_runs.latest(facility_id=facility_id) if sees_staff else None,
        revisions=view.plan.revisions,
        answers=view.plan.answers,
        map_answers=ask_maps(uow, [view.facility.location])[0] if asks else (),
    )


def read_chapter(ctx: Context, plan_id: str, chapter_id: str, guests: int = 0) -> ChapterView:
    """Return one chapter with everything that a page shows beside each field.

    `guests` is the number of people taken in for whom stock is counted too. Raises: BcpKitError U-002.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        view = view_of(ctx, uow, plan_id)
        chapters = {chapter.id: chapter for chapter in chapters_for(view.form, *view.categories)}
        if chapter_id not in chapters:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        chapter = chapters[chapter_id]
        facts = known_facts(ctx, uow, view, chapter.items)
        people = People(view.facility.residents, uow.staff.count(facility_id=view.facility.id), guests)
    offered = proposals(chapter.items, facts)
    sections = tuple(
        SectionView(
            section.id,
            section.number,
            section.title_ja,
            section.title_en,
            tuple(_item_view(view, item, offered.get(item.id), people) for item in section.items),
        )
        for section in chapter.sections
    )
    return ChapterView(
        chapter.id,
        chapter.number,
        chapter.title_ja,
        chapter.title_en,
        chapter.note_ja,
        view.plan.version,
        sections,
    )


def _item_view(view: PlanView, item: Item, proposal: Proposal | None, people: People) -> ItemView:
    answer = view.plan.answers.get(item.id, Answer())
    progress = progress_of(view.form, item, answer)
    if item.facts is not None and view.facts is not None and answer.rows and answer.changed_at is None:
        answer = with_prompts(item, answer, view.facts.tables.get(item.facts.table, ()))
    in_stock = answer.number if item.id == WATER_ITEM else None
    return ItemView(
        item=item,
        answer=answer,
        progress=progress,
        source_titles=source_titles(item.sources),
        proposal=proposal,
        estimates=stock_estimates(item, people, in_stock),
    )


def prefill(ctx: Context, plan_id: str) -> tuple[Proposal, ...]:
    """Return what could be taken over from the facility record, the staff list, the newest cover run.

    Nothing is saved: a person looks at each proposal and saves its `answer` with `save_answer`.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        view = view_of(ctx, uow, plan_id)
        items = items_for(view.form, *view.categories)
        facts = known_facts(ctx, uow, view, items)
    return tuple(proposals(items, facts).values())


def list_facilities(ctx: Context) -> tuple[Facility, ...]:
    """Return the facilities whose plans the actor may see."""
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        found: Iterable[Facility] = uow.facilities.list()
        return tuple(f for f in found if decide(ctx.actor, Action.SEE_BCP, f.id).allowed)

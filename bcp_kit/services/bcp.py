"""The business continuity plan: begin one, answer item by item, see what is missing and why, keep history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bcp_kit.access.policy import Action, decide
from bcp_kit.catalogues.load import source_titles
from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan, PlanKind, Revision
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.completeness import Completeness, ItemProgress, completeness, progress_of
from bcp_kit.forms.schema import Form, Item, chapters_for, form, items_for
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_facts import KnownFacts, Proposal, proposals
from bcp_kit.services.bcp_stock import People, StockEstimate, stock_estimates
from bcp_kit.services.hazard_maps import ask_maps
from bcp_kit.storage.unit_of_work import UnitOfWork

WATER_ITEM, HAZARD_ITEM = "nd_drinking_water", "nd_hazard_maps"


@dataclass(frozen=True)
class PlanSummary:
    """One line of the list of plans."""

    plan: ContinuityPlan
    facility: Facility
    completeness: Completeness


@dataclass(frozen=True)
class PlanView:
    """A plan with its facility, its form and where it stands. `completeness.chapters` is the chapter list."""

    plan: ContinuityPlan
    facility: Facility
    form: Form
    completeness: Completeness


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


@dataclass(frozen=True)
class Saved:
    """The plan as it now stands, and where the saved items stand."""

    plan: ContinuityPlan
    items: tuple[ItemProgress, ...]


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
        uow.commit()
    return plan


def list_plans(ctx: Context, facility_id: str = "") -> tuple[PlanSummary, ...]:
    """Return all plans that the actor may see (of one facility when given), each with where it stands."""
    ctx.demand(Action.SEE_BCP, facility_id)
    only = {"facility_id": facility_id} if facility_id else {}
    with ctx.open_store() as uow:
        found = []
        for plan in uow.continuity_plans.list(**only):
            if decide(ctx.actor, Action.SEE_BCP, plan.facility_id).allowed:
                facility = uow.facilities.need(plan.facility_id)
                standing = completeness(form(plan.form_id), facility.category, plan)
                found.append(PlanSummary(plan, facility, standing))
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
    plan = uow.continuity_plans.need(plan_id)
    ctx.demand(Action.SEE_BCP, plan.facility_id)
    facility, asked = uow.facilities.need(plan.facility_id), form(plan.form_id)
    return PlanView(plan, facility, asked, completeness(asked, facility.category, plan))


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
        chapters = {chapter.id: chapter for chapter in chapters_for(view.form, view.facility.category)}
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
    in_stock = answer.number if item.id == WATER_ITEM else None
    return ItemView(
        item=item,
        answer=answer,
        progress=progress_of(view.form, item, answer),
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
        items = items_for(view.form, view.facility.category)
        facts = known_facts(ctx, uow, view, items)
    return tuple(proposals(items, facts).values())


def tidy(answer: Answer) -> Answer:
    """Return the answer without blank rows, and with the state that its content has.

    Something written is ANSWERED even when the caller forgot to say so; nothing written is OPEN. The content
    itself is kept as it is, faulty or not, so that no entry is ever lost.
    """
    rows = tuple(row for row in answer.rows if any(cell.strip() for cell in row.values()))
    state = answer.state
    if state is not AnswerState.NOT_APPLICABLE:
        written = bool(answer.text.strip() or answer.number is not None or answer.choices or rows)
        state = AnswerState.ANSWERED if written else AnswerState.OPEN
    return answer.model_copy(update={"rows": rows, "state": state})


def save_answers(
    ctx: Context, plan_id: str, answers: Mapping[str, Answer], expected_version: int | None = None
) -> Saved:
    """Save several answers at once, all or none.

    `expected_version` is the version that the person saw; None saves onto what stands now. Raises: Conflict
    (D-001) when somebody saved in between, BcpKitError B-002 for an item that the form lacks, U-002.
    """
    ctx.demand(Action.EDIT_BCP)
    with ctx.open_store() as uow:
        uow.lock()
        stored = uow.continuity_plans.need(plan_id)
        ctx.demand(Action.EDIT_BCP, stored.facility_id)
        asked, now = form(stored.form_id), ctx.clock.now()
        fresh = {
            asked.item(item_id).id: tidy(answer).model_copy(update={"changed_at": now})
            for item_id, answer in answers.items()
        }
        plan = uow.continuity_plans.save(
            stored.model_copy(
                update={
                    "answers": {**stored.answers, **fresh},
                    "updated_at": now,
                    "version": stored.version if expected_version is None else expected_version,
                }
            )
        )
        uow.commit()
    progress = (progress_of(asked, asked.item(item_id), answer) for item_id, answer in fresh.items())
    return Saved(plan, tuple(progress))


def save_answer(ctx: Context, plan_id: str, item_id: str, answer: Answer, expected_version: int) -> Saved:
    """Save one answer onto the version of the plan that the person saw.

    Raises: Conflict (D-001) when somebody saved in between, BcpKitError B-002, U-002.
    """
    return save_answers(ctx, plan_id, {item_id: answer}, expected_version)


def add_revision(
    ctx: Context, plan_id: str, reason: str, author: str = "", expected_version: int | None = None
) -> ContinuityPlan:
    """Write one line into the plan's history; a review without change is a line too.

    Raises: Conflict (D-001), BcpKitError U-002.
    """
    ctx.demand(Action.EDIT_BCP)
    with ctx.open_store() as uow:
        uow.lock()
        stored = uow.continuity_plans.need(plan_id)
        ctx.demand(Action.EDIT_BCP, stored.facility_id)
        line = Revision(on=ctx.today(), reason=reason, author=author or ctx.actor.name)
        plan = uow.continuity_plans.save(
            stored.model_copy(
                update={
                    "revisions": (*stored.revisions, line),
                    "updated_at": ctx.clock.now(),
                    "version": stored.version if expected_version is None else expected_version,
                }
            )
        )
        uow.commit()
    return plan


def list_facilities(ctx: Context) -> tuple[Facility, ...]:
    """Return the facilities whose plans the actor may see."""
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        found: Iterable[Facility] = uow.facilities.list()
        return tuple(f for f in found if decide(ctx.actor, Action.SEE_BCP, f.id).allowed)

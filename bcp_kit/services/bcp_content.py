"""The content of a plan as it is read, checked and printed: its answers with the facts of the site in them.

What stands behind a plan is `ContinuityPlan` (what was written into it) and `SiteFacts` (what several plans
share). Everything that shows, checks, compares or prints a plan takes `PlanContent`, never the parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan, PlanKind
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.site_facts import SiteFacts
from bcp_kit.forms.bindings import shown_answer
from bcp_kit.forms.fact_words import in_words, rows_in_words
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import Chapter, Form, Item, chapters_for, form
from bcp_kit.services.base import Context
from bcp_kit.services.site_facts_store import facts_of
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class PlanContent:
    """One plan, resolved.

    `plan.answers` hold words only: shared facts and references stand in them as text. `plan.version` rises
    with every change of the plan, of the facts and of the facility records; it goes back with the next save.
    `facilities`: the one that the plan belongs to first, then those at the same site that it covers too.
    `facts`: the tables of the site in words, with one row per facility; version 0 while nobody entered any.
    """

    plan: ContinuityPlan
    facilities: tuple[Facility, ...]
    form: Form
    facts: SiteFacts | None

    @property
    def facility(self) -> Facility:
        """Return the facility that the plan belongs to."""
        return self.facilities[0]

    @property
    def categories(self) -> tuple[ServiceCategory, ...]:
        """Return the categories of the services that the plan covers, each once."""
        return tuple(dict.fromkeys(facility.category for facility in self.facilities))

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """Return the chapters with what these services are asked."""
        return chapters_for(self.form, *self.categories)

    @property
    def items(self) -> tuple[Item, ...]:
        """Return the items that these services are asked, in the order of the form."""
        return tuple(item for chapter in self.chapters for item in chapter.items)

    def asked_of(self, item: Item) -> tuple[Facility, ...]:
        """Return the services that are asked an item: a part for some of them is named for them."""
        return tuple(facility for facility in self.facilities if item.is_asked_of(facility.category))


def words(answer: Answer, facts: SiteFacts) -> Answer:
    """Return the answer with every reference said in words."""
    gone = text("facts.gone")
    rows = tuple({key: in_words(cell, facts, gone) for key, cell in row.items()} for row in answer.rows)
    return answer.model_copy(update={"rows": rows, "text": in_words(answer.text, facts, gone)})


def lent_rows(item: Item, lent: Mapping[str, Answer]) -> tuple[Mapping[str, str], ...]:
    """Return the rows that an item takes over from the natural-disaster plan's answers `lent`."""
    rows = (
        {own: row[theirs] for own, theirs in filling.columns.items() if row.get(theirs, "").strip()}
        for filling in item.fills_from
        for row in lent.get(filling.item, Answer()).rows
        if lent[filling.item].state is AnswerState.ANSWERED
    )
    return tuple(row for row in rows if len(row) > 1)


def shown_answers(
    asked: Form, answers: Mapping[str, Answer], facts: SiteFacts, lent: Mapping[str, Answer] | None = None
) -> dict[str, Answer]:
    """Return the answers of a plan as they are shown; `facts` and `answers` hold references.

    `lent`: the answers of the site's natural-disaster plan in words, for items that take them over as long as
    nobody wrote anything else.
    """
    shown = {}
    for item in asked.items:
        stored = answers.get(item.id)
        if item.fills_from and lent and (stored is None or stored.state is AnswerState.OPEN):
            rows = lent_rows(item, lent)
            if rows:
                shown[item.id] = Answer(state=AnswerState.ANSWERED, rows=rows)
                continue
        if item.facts is not None:
            stored = shown_answer(item, stored or Answer(), facts.tables.get(item.facts.table, ()))
        if stored is not None and (item.id in answers or stored.rows):
            shown[item.id] = words(stored, facts)
    known = {item.id for item in asked.items}
    return shown | {key: words(answer, facts) for key, answer in answers.items() if key not in known}


def seen_version(stored: ContinuityPlan, facilities: Sequence[Facility], facts: SiteFacts) -> int:
    """Return the number that rises whenever something changes that the plan shows."""
    return stored.version + facts.version + sum(facility.version for facility in facilities)


def lent_answers(uow: UnitOfWork, plan: ContinuityPlan, facts: SiteFacts) -> dict[str, Answer]:
    """Return the answers, in words, of the natural-disaster plan from which a sister plan takes over."""
    if not any(item.fills_from for item in form(plan.form_id).items):
        return {}
    others = uow.continuity_plans.list(facility_id=plan.facility_id, kind=PlanKind.NATURAL_DISASTER)
    return shown_answers(form(others[0].form_id), others[0].answers, facts) if others else {}


def resolved(
    stored: ContinuityPlan,
    facilities: tuple[Facility, ...],
    facts: SiteFacts,
    lent: Mapping[str, Answer] | None = None,
) -> PlanContent:
    """Return the content of a stored plan; `facts` as `facts_of`, `lent` as `lent_answers` returns them."""
    asked, gone = form(stored.form_id), text("facts.gone")
    said = {key: rows_in_words(rows, facts, gone) for key, rows in facts.tables.items()}
    plan = stored.model_copy(
        update={
            "answers": shown_answers(asked, stored.answers, facts, lent),
            "version": seen_version(stored, facilities, facts),
        }
    )
    return PlanContent(plan, facilities, asked, facts.model_copy(update={"tables": said}))


def covered(uow: UnitOfWork, plan: ContinuityPlan) -> tuple[Facility, ...]:
    """Return the facilities that a plan covers, its own first."""
    return tuple(uow.facilities.need(key) for key in (plan.facility_id, *plan.also_covers))


def content_in(uow: UnitOfWork, stored: ContinuityPlan) -> PlanContent:
    """Return the content of a stored plan, or of one that might be stored, within an open unit of work."""
    facilities = covered(uow, stored)
    facts = facts_of(uow, facilities, stored.updated_at)
    return resolved(stored, facilities, facts, lent_answers(uow, stored, facts))


def content_of(ctx: Context, uow: UnitOfWork, plan_id: str) -> PlanContent:
    """Return the plan's content within an open unit of work.

    Raises: BcpKitError U-002 (no such plan), A-001 (not this facility's).
    """
    plan = uow.continuity_plans.need(plan_id)
    ctx.demand(Action.SEE_BCP, plan.facility_id)
    return content_in(uow, plan)


def read_content(ctx: Context, plan_id: str) -> PlanContent:
    """Return the plan's content.

    Raises: BcpKitError U-002, A-001.
    """
    ctx.demand(Action.SEE_BCP)
    with ctx.open_store() as uow:
        return content_of(ctx, uow, plan_id)

"""Saving answers of a plan: what belongs to the site goes into its facts, the rest stays with the plan.

One transaction: either plan, facts and records all change, or nothing. A fact that was left out of a table
goes only when nothing else shows it; else it stays and the outcome says where it is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan, Revision
from bcp_kit.domain.site_facts import FactRow, SiteFacts
from bcp_kit.forms.bindings import Absorbed, Writing, absorb
from bcp_kit.forms.completeness import ItemProgress, progress_of
from bcp_kit.forms.fact_tables import FactType, fact_table
from bcp_kit.forms.fact_words import Linker, is_original, linker
from bcp_kit.forms.schema import Form, Item, form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import PlanContent, content_in
from bcp_kit.services.fact_removal import answers_without, let_go, tables_without
from bcp_kit.services.fact_uses import FactUse, uses_of_many
from bcp_kit.services.site_facts_store import facts_of, keep_tables, plans_of_site
from bcp_kit.services.store import Conflict
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class KeptFact:
    """A fact that a person left out of a table, and that stays because it is shown elsewhere too."""

    item_id: str
    table: str
    row: FactRow
    uses: tuple[FactUse, ...]

    @property
    def words(self) -> str:
        """How the fact is named."""
        return fact_table(self.table).words_of(self.row.cells)


@dataclass(frozen=True)
class Saved:
    """The plan as it now stands, where the saved items stand, and what was kept for other tables' sake."""

    plan: ContinuityPlan
    items: tuple[ItemProgress, ...]
    kept: tuple[KeptFact, ...] = ()


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


def column_types(asked: Form, item: Item) -> dict[str, FactType]:
    """Return what the words in an item's columns may name: the type of the bound fact, else the form's."""
    listed = {
        FactType.PERSON: asked.people_columns,
        FactType.PHONE: asked.phone_columns,
        FactType.CONTACT: asked.contact_columns,
    }
    found = {key: kind for kind, keys in listed.items() for key in keys}
    types = {column.key: found[column.key] for column in item.input.columns if column.key in found}
    if item.facts is not None:
        table = fact_table(item.facts.table)
        types |= {own: table.column(key).type for own, key in item.facts.columns.items()}
        types = {k: v for k, v in types.items() if not is_original(table.id, item.facts.columns.get(k, ""))}
    return types


@dataclass
class _Work:
    """A save in progress: the stored plan, the facts as they come to stand, and what has to be told."""

    ctx: Context
    stored: ContinuityPlan
    facts: SiteFacts
    linked: Linker
    answers: dict[str, Answer] = field(default_factory=dict)
    tables: dict[str, tuple[FactRow, ...]] = field(default_factory=dict)
    dropped: list[tuple[str, str, FactRow]] = field(default_factory=list)
    written: dict[str, set[str]] = field(default_factory=dict)

    def take(self, asked: Form, item: Item, answer: Answer) -> None:
        """Put one answer of a person into plan and facts."""
        types = column_types(asked, item)
        rows = tuple(
            {k: self.linked.link(cell, types[k]) if k in types else cell for k, cell in row.items()}
            for row in answer.rows
        )
        fresh = answer.model_copy(update={"rows": rows, "changed_at": self.ctx.clock.now()})
        if item.facts is None or answer.state is AnswerState.NOT_APPLICABLE:
            self.answers[item.id] = fresh if item.facts is None else self._aside(item, fresh)
            return
        table = item.facts.table
        present = self.tables.get(table, self.facts.tables.get(table, ()))
        before = self.stored.answers.get(item.id, Answer())
        writing = Writing(self.ctx.new_id, self.ctx.today(), self.written)
        done = absorb(item, before, present, fresh, writing)
        self._note_written(present, done)
        self.answers[item.id] = fresh.model_copy(update={"rows": tuple(done.rows)})
        if done.changed:
            self.tables[table] = tuple(done.facts)
        if not fact_table(table).one_per_facility:
            self.dropped += [(item.id, table, row) for row in done.dropped]

    def _note_written(self, present: Sequence[FactRow], done: Absorbed) -> None:
        """Keep which columns of which facts this save has written."""
        old = {row.id: row.cells for row in present}
        for row in (row for row in done.facts if row.id in done.changed):
            was = old.get(row.id, {})
            fresh = {key for key in {*row.cells, *was} if row.cells.get(key) != was.get(key)}
            self.written.setdefault(row.id, set()).update(fresh)

    def _aside(self, item: Item, fresh: Answer) -> Answer:
        """Return an answer that was set aside; its table stays as it was stored."""
        return fresh.model_copy(update={"rows": self.stored.answers.get(item.id, Answer()).rows})


def save_answers(
    ctx: Context,
    plan_id: str,
    answers: Mapping[str, Answer],
    expected_version: int | None = None,
    *,
    drop_shared: bool = False,
) -> Saved:
    """Save several answers at once, all or none.

    `expected_version` is the version that the person saw; None saves onto what stands now. `drop_shared`: a
    fact that was left out goes even though other tables show it (the person was told). Raises: Conflict
    (D-001) when somebody saved in between, BcpKitError B-002 for an item that the form lacks, A-001.
    """
    ctx.demand(Action.EDIT_BCP)
    with ctx.open_store() as uow:
        uow.lock()
        stored = uow.continuity_plans.need(plan_id)
        ctx.demand(Action.EDIT_BCP, stored.facility_id)
        asked, seen = form(stored.form_id), content_in(uow, stored)
        facts = facts_of(uow, seen.facilities, stored.updated_at)
        fresh = {asked.item(item_id).id: tidy(answer) for item_id, answer in answers.items()}
        _expect(seen.plan, fresh, expected_version)
        fresh = {
            key: answer for key, answer in fresh.items() if not _taken_over(seen, asked.item(key), answer)
        }
        work = _Work(ctx, stored, facts, linker(facts))
        for item_id, answer in fresh.items():
            work.take(asked, asked.item(item_id), answer)
        kept = _settle_dropped(uow, work, drop_shared)
        plan = stored.model_copy(
            update={"answers": {**stored.answers, **work.answers}, "updated_at": ctx.clock.now()}
        )
        plan = uow.continuity_plans.save(plan)
        if work.tables:
            keep_tables(ctx, uow, facts, work.tables)
        content = content_in(uow, plan)
        uow.commit()
    shown = content.plan.answers
    progress = (progress_of(asked, asked.item(key), shown.get(key, Answer())) for key in answers)
    return Saved(content.plan, tuple(progress), kept)


def _taken_over(seen: PlanContent, item: Item, fresh: Answer) -> bool:
    """True when an answer is what the item shows of another plan anyway: it goes on following that plan."""
    shown = seen.plan.answers.get(item.id)
    lent = shown is not None and bool(item.fills_from) and shown.changed_at is None
    return lent and shown is not None and fresh.rows == shown.rows and fresh.state is shown.state


def _expect(theirs: ContinuityPlan, fresh: Mapping[str, Answer], expected_version: int | None) -> None:
    """Go on only when the person saw what stands now; else tell both, in words."""
    if expected_version not in {None, theirs.version}:
        raise Conflict(theirs.model_copy(update={"answers": {**theirs.answers, **fresh}}), theirs)


def _settle_dropped(uow: UnitOfWork, work: _Work, drop_shared: bool) -> tuple[KeptFact, ...]:
    """Take out of the facts what was left out and nothing else shows; return what stays, with its places."""
    if not work.dropped:
        return ()
    kept: list[KeptFact] = []
    gone: set[tuple[str, str]] = set()
    plans = plans_of_site(uow, work.facts)
    uses = uses_of_many(uow, plans, work.facts, [(table, row.id) for _, table, row in work.dropped])
    for item_id, table, row in work.dropped:
        here = (work.stored.id, item_id)
        elsewhere = tuple(use for use in uses[table, row.id] if (use.plan_id, use.item_id) != here)
        if elsewhere and not drop_shared:
            kept.append(KeptFact(item_id, table, row, elsewhere))
        else:
            gone.add((table, row.id))
    if gone:
        now = work.facts.model_copy(update={"tables": {**work.facts.tables, **work.tables}})
        work.tables |= tables_without(now, gone)
        mine = work.stored.model_copy(update={"answers": {**work.stored.answers, **work.answers}})
        work.answers |= answers_without(mine, work.facts, gone)
        let_go(uow, [plan for plan in plans if plan.id != mine.id], work.facts, gone)
    return tuple(kept)


def save_answer(ctx: Context, plan_id: str, item_id: str, answer: Answer, expected_version: int) -> Saved:
    """Save one answer onto the version of the plan that the person saw.

    Raises: Conflict (D-001) when somebody saved in between, BcpKitError B-002, A-001.
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
        _expect(content_in(uow, stored).plan, {}, expected_version)
        line = Revision(on=ctx.today(), reason=reason, author=author or ctx.actor.name)
        update = {"revisions": (*stored.revisions, line), "updated_at": ctx.clock.now()}
        plan = uow.continuity_plans.save(stored.model_copy(update=update))
        shown = content_in(uow, plan).plan
        uow.commit()
    return shown

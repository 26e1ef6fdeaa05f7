"""Gathering: what stands in the answers of a plan and belongs to the site moves into its facts, once.

For plans that were written before their tables were bound to facts, and for answers that came from a file.
Nothing is lost and nothing is decided: where plan and facts disagree, both stay and the difference is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import Answer, ContinuityPlan
from bcp_kit.domain.site_facts import FactRow, SiteFacts
from bcp_kit.forms.bindings import FACT_ID, Cells, Writing, absorb, bound_rows, says_something, shows
from bcp_kit.forms.fact_tables import fact_table
from bcp_kit.forms.fact_words import Linker, in_words, linker
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import FactBinding, Item, form
from bcp_kit.services.base import Context
from bcp_kit.services.bcp_content import covered
from bcp_kit.services.bcp_saving import column_types
from bcp_kit.services.site_facts_store import facts_of, keep_tables


@dataclass(frozen=True)
class Difference:
    """One cell in which a plan says something else than the facts. `name`: how the row is called."""

    item_id: str
    item_title: str
    name: str
    column: str
    plan_words: str
    fact_words: str


@dataclass(frozen=True)
class Gathered:
    """The items whose rows moved into the facts (now or, when asked only, if gathered), and differences."""

    moved: tuple[str, ...]
    differences: tuple[Difference, ...]


@dataclass
class _Gathering:
    ctx: Context
    plan: ContinuityPlan
    facts: SiteFacts
    answers: dict[str, Answer] = field(default_factory=dict)
    tables: dict[str, tuple[FactRow, ...]] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    linked: Linker = field(init=False)

    def __post_init__(self) -> None:
        """Make what finds facts by their words, once."""
        self.linked = linker(self.facts)

    def rows(self, table: str) -> tuple[FactRow, ...]:
        """Return the facts of a table as they come to stand."""
        return self.tables.get(table, self.facts.tables.get(table, ()))

    def take(self, item: Item, binding: FactBinding) -> None:
        """Move the loose rows of one item."""
        stored = self.plan.answers.get(item.id, Answer())
        types = column_types(form(self.plan.form_id), item)
        linked = self.linked
        rows = [
            row
            if FACT_ID in row
            else {k: linked.link(c, types[k]) if k in types else c for k, c in row.items()}
            for row in stored.rows
        ]
        if fact_table(binding.table).one_per_facility:
            fresh = self._facility(item, binding, rows)
        else:
            fresh = self._table(item, binding, rows)
        if fresh != list(stored.rows):
            self.answers[item.id] = stored.model_copy(update={"rows": tuple(fresh)})

    def _facility(self, item: Item, binding: FactBinding, rows: Sequence[Cells]) -> list[Cells]:
        """Return the rows of a cover: blanks of the record are filled, other words stay with the plan."""
        fresh, facts = [], list(self.rows(binding.table))
        for number, row in enumerate(rows):
            if number >= len(facts):
                fresh.append(row)
                continue
            fact, cells = facts[number], {k: c for k, c in row.items() if k != FACT_ID and c.strip()}
            fills = {
                f: cells.pop(k) for k, f in binding.columns.items() if k in cells and not fact.cells.get(f)
            }
            own = {k: c for k, c in cells.items() if c != fact.cells.get(binding.columns.get(k, ""))}
            if fills:
                facts[number] = fact.model_copy(update={"cells": {**fact.cells, **fills}})
                self.tables[binding.table] = tuple(facts)
            self._differ(item, binding, own, facts[number])
            fresh.append({FACT_ID: fact.id, **own})
        return fresh

    def _table(self, item: Item, binding: FactBinding, rows: Sequence[Cells]) -> list[Cells]:
        """Return the rows of a table: those that contradict a fact of their name stay with the plan."""
        shown = [fact for fact in self.rows(binding.table) if shows(binding, fact)]
        held: dict[int, Cells] = {}
        for number, row in enumerate(rows):
            if FACT_ID not in row and says_something(item, binding, row):
                rival = next((fact for fact in shown if _contradicts(binding, row, fact)), None)
                if rival is not None:
                    held[number] = row
                    self._differ(item, binding, row, rival)
        before = Answer(rows=tuple(row for n, row in enumerate(rows) if n not in held))
        present = self.rows(binding.table)
        writing = Writing(self.ctx.new_id, self.ctx.today())
        words = Answer(rows=tuple(row.cells for row in bound_rows(item, before, present)))
        done = absorb(item, before, present, words, writing)
        if done.changed:
            self.tables[binding.table] = tuple(done.facts)
        fresh = list(done.rows)
        for number, row in sorted(held.items()):
            fresh.insert(number, row)
        return fresh

    def _differ(self, item: Item, binding: FactBinding, own: Cells, fact: FactRow) -> None:
        labels = {column.key: column.label_ja for column in item.input.columns}
        gone = text("facts.gone")
        for key, fact_key in binding.columns.items():
            there = fact.cells.get(fact_key, "")
            if own.get(key, "").strip() and own[key] != there:
                name = in_words(fact_table(binding.table).words_of(fact.cells), self.facts, gone)
                plan_words, fact_words = (in_words(w, self.facts, gone) for w in (own[key], there))
                self.differences.append(
                    Difference(item.id, item.title_ja, name, labels[key], plan_words, fact_words)
                )


def _contradicts(binding: FactBinding, row: Cells, fact: FactRow) -> bool:
    """True when a row has the fact's name and says something else somewhere."""
    name = [row.get(key, "").strip() for key in binding.named_by]
    same = any(name) and name == [
        fact.cells.get(binding.columns[key], "").strip() for key in binding.named_by
    ]
    return same and any(
        row.get(key, "").strip() and row[key] != fact.cells.get(fact_key, "")
        for key, fact_key in binding.columns.items()
    )


def gather(ctx: Context, plan_id: str, *, ask_only: bool = False) -> Gathered:
    """Move what stands in a plan's bound tables into the facts of its site; doing it twice does no more.

    `ask_only` changes nothing and tells what would move and where plan and facts differ. Raises: BcpKitError
    U-002, A-001.
    """
    ctx.demand(Action.EDIT_BCP)
    with ctx.open_store() as uow:
        if not ask_only:
            uow.lock()
        plan = uow.continuity_plans.need(plan_id)
        ctx.demand(Action.EDIT_BCP, plan.facility_id)
        facts = facts_of(uow, covered(uow, plan), plan.updated_at)
        work = _Gathering(ctx, plan, facts)
        for item in form(plan.form_id).items:
            if item.facts is not None and item.id in plan.answers:
                work.take(item, item.facts)
        if not ask_only and (work.answers or work.tables):
            uow.continuity_plans.save(
                plan.model_copy(update={"answers": {**plan.answers, **work.answers}}), "gather"
            )
            if work.tables:
                keep_tables(ctx, uow, facts, work.tables, "gather")
            uow.commit()
    return Gathered(tuple(work.answers), tuple(work.differences))

"""Taking facts out of the fact base: what refers to them says their last words from then on."""

from collections.abc import Collection, Iterable, Mapping

from bcp_kit.domain.bcp import Answer, ContinuityPlan
from bcp_kit.domain.site_facts import FactRow, SiteFacts, reference, replace_references
from bcp_kit.forms.bindings import FACT_ID
from bcp_kit.forms.fact_words import in_words
from bcp_kit.forms.messages import text
from bcp_kit.forms.schema import form
from bcp_kit.storage.unit_of_work import UnitOfWork

Gone = Collection[tuple[str, str]]


def last_words(words: str, facts: SiteFacts, gone: Gone) -> str:
    """Return `words` with the references to facts that go said in words; all others stay references."""

    def say(table: str, row_id: str, column: str) -> str:
        token = reference(table, row_id, column)
        return in_words(token, facts, text("facts.gone")) if (table, row_id) in gone else token

    return replace_references(words, say)


def tables_without(facts: SiteFacts, gone: Gone) -> dict[str, tuple[FactRow, ...]]:
    """Return the tables that change when these facts go: their own, and those whose cells refer to them."""
    changed = {}
    for table, rows in facts.tables.items():
        left = tuple(_row_without(row, facts, gone) for row in rows if (table, row.id) not in gone)
        if left != rows:
            changed[table] = left
    return changed


def _row_without(row: FactRow, facts: SiteFacts, gone: Gone) -> FactRow:
    cells = _cells_without(row.cells, facts, gone)
    return row if cells == row.cells else row.model_copy(update={"cells": cells})


def _cells_without(cells: Mapping[str, str], facts: SiteFacts, gone: Gone) -> dict[str, str]:
    return {key: last_words(cell, facts, gone) for key, cell in cells.items()}


def answers_without(plan: ContinuityPlan, facts: SiteFacts, gone: Gone) -> dict[str, Answer]:
    """Return those answers of a stored plan that change when these facts go."""
    asked, changed = form(plan.form_id), {}
    bound = {item.id: item.facts.table for item in asked.items if item.facts is not None}
    for item_id, answer in plan.answers.items():
        table = bound.get(item_id, "")
        rows = tuple(
            _cells_without(row, facts, gone)
            for row in answer.rows
            if (table, row.get(FACT_ID, "")) not in gone
        )
        fresh = answer.model_copy(update={"rows": rows, "text": last_words(answer.text, facts, gone)})
        if fresh != answer:
            changed[item_id] = fresh
    return changed


def let_go(
    uow: UnitOfWork, plans: Iterable[ContinuityPlan], facts: SiteFacts, gone: Gone, why: str = ""
) -> None:
    """Take the facts that go out of the stored plans; their last words stay where they were named."""
    for plan in plans:
        changed = answers_without(plan, facts, gone)
        if changed:
            uow.continuity_plans.save(plan.model_copy(update={"answers": {**plan.answers, **changed}}), why)

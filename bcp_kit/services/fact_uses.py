"""Where a fact of the site is shown: bound tables, references in cells, and words that repeat it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.domain.bcp import Answer, ContinuityPlan, PlanKind
from bcp_kit.domain.site_facts import FactRow, SiteFacts, references
from bcp_kit.forms.bindings import bound_rows
from bcp_kit.forms.fact_tables import fact_table
from bcp_kit.forms.schema import Item, form, items_for
from bcp_kit.services.bcp_content import covered, shown_answers
from bcp_kit.storage.unit_of_work import UnitOfWork

_LEAST_DIGITS = 6
_NO_DIGIT = re.compile(r"[^0-9]")


class UseKind(StrEnum):
    """How a plan shows a fact: as a row of a table, by reference, or in words that somebody typed."""

    ROW = "row"
    REFERENCE = "reference"
    WORDS = "words"


@dataclass(frozen=True)
class FactUse:
    """One place that shows a fact."""

    plan_id: str
    plan_kind: PlanKind
    plan_title: str
    facility_id: str
    item_id: str
    item_title: str
    how: UseKind


def uses_in(
    uow: UnitOfWork, plans: Iterable[ContinuityPlan], facts: SiteFacts, table: str, row_id: str
) -> tuple[FactUse, ...]:
    """Return every item of `plans` that shows a fact as a row or by reference; `facts` hold references."""
    through = _referring(facts, table, row_id) | {(table, row_id)}
    found = []
    for plan in plans:
        asked = form(plan.form_id)
        categories = tuple(dict.fromkeys(f.category for f in covered(uow, plan)))
        for item in items_for(asked, *categories):
            how = _how(item, plan.answers.get(item.id, Answer()), facts, through, (table, row_id))
            if how is not None:
                found.append(_use(plan, item, how))
    return tuple(found)


def _use(plan: ContinuityPlan, item: Item, how: UseKind) -> FactUse:
    title = plan.title or form(plan.form_id).title_ja
    return FactUse(plan.id, plan.kind, title, plan.facility_id, item.id, item.title_ja, how)


def _referring(facts: SiteFacts, table: str, row_id: str) -> set[tuple[str, str]]:
    """Return the facts whose cells refer to this one (a role names its leader)."""
    return {
        (other, row.id)
        for other, rows in facts.tables.items()
        for row in rows
        if any((table, row_id) in references(cell) for cell in row.cells.values())
    }


def _how(
    item: Item, stored: Answer, facts: SiteFacts, through: set[tuple[str, str]], fact: tuple[str, str]
) -> UseKind | None:
    if item.facts is not None:
        table = item.facts.table
        shown = {row.fact_id for row in bound_rows(item, stored, facts.tables.get(table, ()))}
        if table == fact[0] and fact[1] in shown:
            return UseKind.ROW
        if any((table, row_id) in through for row_id in shown if row_id):
            return UseKind.REFERENCE
    cells = [stored.text, *(cell for row in stored.rows for cell in row.values())]
    return UseKind.REFERENCE if any(fact in references(cell) for cell in cells) else None


def _digits(words: str) -> str:
    return _NO_DIGIT.sub("", unicodedata.normalize("NFKC", words))


def _sought(table: str, row: FactRow) -> Iterator[str]:
    """Yield the words of a fact that somebody may have typed elsewhere: its numbers, else its name."""
    known = fact_table(table)
    numbers = [row.cells.get(column.key, "") for column in known.columns if column.contact]
    yield from (digits for number in numbers if len(digits := _digits(number)) >= _LEAST_DIGITS)


def repeated_in(
    uow: UnitOfWork, plans: Iterable[ContinuityPlan], facts: SiteFacts, table: str, row: FactRow
) -> tuple[FactUse, ...]:
    """Return the items whose own words repeat a number of this fact, so that they must be changed by hand."""
    sought = set(_sought(table, row))
    found = []
    for plan in plans if sought else ():
        asked = form(plan.form_id)
        shown = {use.item_id for use in uses_in(uow, [plan], facts, table, row.id)}
        own = shown_answers(asked, plan.answers, facts)
        for item in asked.items:
            answer = own.get(item.id)
            if answer is None or item.id in shown:
                continue
            cells = [answer.text, *(cell for line in answer.rows for cell in line.values())]
            if any(number in _digits(cell) for cell in cells for number in sought):
                found.append(_use(plan, item, UseKind.WORDS))
    return tuple(found)

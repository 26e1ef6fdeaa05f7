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

Fact = tuple[str, str]
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
    return uses_of_many(uow, plans, facts, [(table, row_id)])[table, row_id]


def uses_of_many(
    uow: UnitOfWork, plans: Iterable[ContinuityPlan], facts: SiteFacts, sought: Iterable[Fact]
) -> dict[Fact, tuple[FactUse, ...]]:
    """Return for each of these facts (table, row id) every item that shows it; each plan is read once."""
    found: dict[Fact, list[FactUse]] = {fact: [] for fact in sought}
    named = _named_by(facts)
    for plan in plans:
        asked = form(plan.form_id)
        categories = tuple(dict.fromkeys(f.category for f in covered(uow, plan)))
        for item in items_for(asked, *categories):
            for fact, how in _shown(item, plan.answers.get(item.id, Answer()), facts, named).items():
                if fact in found:
                    found[fact].append(_use(plan, item, how))
    return {fact: tuple(uses) for fact, uses in found.items()}


def _use(plan: ContinuityPlan, item: Item, how: UseKind) -> FactUse:
    title = plan.title or form(plan.form_id).title_ja
    return FactUse(plan.id, plan.kind, title, plan.facility_id, item.id, item.title_ja, how)


def _named_by(facts: SiteFacts) -> dict[Fact, set[Fact]]:
    """Return for each fact the facts that its cells refer to (a role names its leader)."""
    return {
        (table, row.id): {fact for cell in row.cells.values() for fact in references(cell)}
        for table, rows in facts.tables.items()
        for row in rows
        if any("@{" in cell for cell in row.cells.values())
    }


def _shown(item: Item, stored: Answer, facts: SiteFacts, named: dict[Fact, set[Fact]]) -> dict[Fact, UseKind]:
    """Return the facts that an item shows, and how; a row counts before a reference."""
    rows: list[Fact] = []
    if item.facts is not None:
        table = item.facts.table
        bound = bound_rows(item, stored, facts.tables.get(table, ()))
        rows = [(table, row.fact_id) for row in bound if row.fact_id]
    cells = [stored.text, *(cell for row in stored.rows for cell in row.values())]
    direct = {fact for cell in cells if "@{" in cell for fact in references(cell)}
    through = {fact for row in rows for fact in named.get(row, ())}
    return dict.fromkeys(direct | through, UseKind.REFERENCE) | dict.fromkeys(rows, UseKind.ROW)


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

"""Form items that show facts of the site: from stored answer and facts to rows in words, and back.

A stored row of a bound table is either `{"@": fact id, …}` with the cells that stay with the plan, or a row
of the plan alone. Facts that no stored row names stand below. Pure: nothing is stored here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.domain.site_facts import FactRow
from bcp_kit.forms.fact_tables import FactTable, fact_table
from bcp_kit.forms.row_matching import match_rows
from bcp_kit.forms.schema import FactBinding, Item

FACT_ID = "@"
Cells = Mapping[str, str]


@dataclass(frozen=True)
class BoundRow:
    """One row of a bound table: the fact that it shows (None: a row of the plan alone), and its words."""

    fact_id: str | None
    cells: Cells


def shows(binding: FactBinding, row: FactRow) -> bool:
    """True when a fact stands in the tables of this binding."""
    return all(row.cells.get(key, "") in values for key, values in binding.where.items())


def _mapped(binding: FactBinding, cells: Cells, only: Collection[str] | None = None) -> dict[str, str]:
    """Return the fact's cells under the item's column keys (of `only` these); empty ones left out."""
    return {
        own: cells[key]
        for own, key in binding.columns.items()
        if cells.get(key, "") and (only is None or own in only)
    }


def _adopts(binding: FactBinding, table: FactTable, loose: Cells, fact: FactRow) -> bool:
    """True when a row of the plan alone is this fact and contradicts it nowhere."""
    shown = _mapped(binding, fact.cells)
    name = [loose.get(key, "").strip() for key in binding.named_by]
    same_name = any(name) and name == [shown.get(key, "").strip() for key in binding.named_by]
    kind = table.kind_of("".join(name), binding.where.get("kind", ())) if any(name) else ""
    single = any(option.single and option.key == kind == fact.cells.get("kind") for option in table.kinds)
    named = set(binding.named_by) if single else set()
    agrees = all(
        not loose.get(key, "").strip() or loose[key] == shown.get(key, "")
        for key in binding.columns
        if key not in named
    )
    return (same_name or single) and agrees


def bound_rows(
    item: Item, stored: Answer, facts: Sequence[FactRow], *, below: bool = True
) -> tuple[BoundRow, ...]:
    """Return the rows of a bound item in the plan's own order, facts that it does not name `below`.

    `facts`: all rows of the bound table. A row of the plan alone that is a fact (same name, nothing that
    contradicts) shows the fact.
    """
    binding = _binding(item)
    table = fact_table(binding.table)
    shown = {row.id: row for row in facts if shows(binding, row)}
    elsewhere = _elsewhere(binding, facts)
    named = {row[FACT_ID] for row in stored.rows if FACT_ID in row}
    loose_facts = {key: row for key, row in shown.items() if key not in named}
    rows = []
    for row in stored.rows:
        own = {key: cell for key, cell in row.items() if key != FACT_ID}
        fact_id = row.get(FACT_ID)
        if fact_id is None and own:
            fits = (
                k for k, f in loose_facts.items() if table.one_per_facility or _adopts(binding, table, own, f)
            )
            fact_id = next(fits, None)
        fact = shown.get(fact_id) if fact_id else None
        if fact is not None:
            loose_facts.pop(fact.id, None)
            kept = _kept(binding, own, row, table)
            rows.append(BoundRow(fact.id, {**_mapped(binding, fact.cells), **kept}))
        elif own and fact_id not in elsewhere:
            rows.append(BoundRow(None, own))
    if below:
        rows += [BoundRow(key, _mapped(binding, fact.cells)) for key, fact in loose_facts.items()]
    return tuple(rows)


def _elsewhere(binding: FactBinding, facts: Sequence[FactRow]) -> frozenset[str | None]:
    """Return the ids of facts that are there, but now are of a kind that this table does not show."""
    return frozenset(row.id for row in facts if not shows(binding, row))


def _kept(binding: FactBinding, own: Cells, stored: Cells, table: FactTable) -> dict[str, str]:
    """Return the cells that the plan's row adds to the fact; of an adopted row the fact's columns are its.

    A cover that was written before there were bindings shows what was written on it.
    """
    if FACT_ID in stored or table.one_per_facility:
        return {key: cell for key, cell in own.items() if cell.strip() or key not in binding.columns}
    return {key: cell for key, cell in own.items() if key not in binding.columns}


def _binding(item: Item) -> FactBinding:
    if item.facts is None:
        raise ValueError(f"{item.id} shows no facts")
    return item.facts


def shown_answer(item: Item, stored: Answer, facts: Sequence[FactRow]) -> Answer:
    """Return the stored answer as it is shown: the facts in it; answered where the facts alone settle it."""
    aside = stored.state is AnswerState.NOT_APPLICABLE
    rows = bound_rows(item, stored, facts, below=not aside)
    state = stored.state
    if state is AnswerState.OPEN and _binding(item).settles and any(row.fact_id for row in rows):
        state = AnswerState.ANSWERED
    if state is AnswerState.ANSWERED and not rows and not stored.text:
        state = AnswerState.OPEN
    return stored.model_copy(update={"rows": tuple(row.cells for row in rows), "state": state})


def with_prompts(item: Item, shown: Answer, facts: Sequence[FactRow]) -> Answer:
    """Return the shown answer of a table that nobody wrote yet, with the form's own rows below."""
    binding = _binding(item)
    table = fact_table(binding.table)
    there = [row for row in facts if shows(binding, row)]
    missing = [
        row for row in item.input.default_rows if not any(_adopts(binding, table, row, f) for f in there)
    ]
    return shown.model_copy(update={"rows": (*shown.rows, *missing)})


@dataclass
class Absorbed:
    """What a saved table comes to: the plan's rows, the facts, and which facts were to go.

    `changed`: ids of facts that were added or whose cells changed. `dropped`: facts that the person left out.
    """

    rows: list[Cells] = field(default_factory=list)
    facts: list[FactRow] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    dropped: list[FactRow] = field(default_factory=list)


@dataclass(frozen=True)
class Writing:
    """What absorbing needs from outside: a new id, today, and columns of facts that the same save has
    written already (by fact id): a second table that says otherwise keeps its own words."""

    new_id: Callable[[], str]
    today: date
    written: Mapping[str, Collection[str]] = field(default_factory=dict)


def absorb(item: Item, stored: Answer, facts: Sequence[FactRow], new: Answer, writing: Writing) -> Absorbed:
    """Return what the person's rows `new` come to, in the plan and in the facts.

    `stored`, `facts` and `new` hold references where words name a fact. Rows that nobody filled beyond what
    the form gives stay with the plan alone, as do further rows of a table with one row per facility. A fact
    that was left out is only named in `dropped`.
    """
    binding = _binding(item)
    table = fact_table(binding.table)
    old = bound_rows(item, stored, facts)
    matched = _matched(binding, table, old, new.rows)
    by_id, done = {row.id: row for row in facts}, Absorbed()
    for row, index in zip(new.rows, matched, strict=True):
        fact = by_id.get(old[index].fact_id or "") if index is not None else None
        if fact is None and (table.one_per_facility or not says_something(item, binding, row)):
            done.rows.append(row)
            continue
        made = fact or FactRow(id=writing.new_id(), cells=_first_cells(binding, table, row))
        wording = {
            *_own_wording(binding, table, fact, row),
            *_as_stored(stored, fact, row),
            *_said_otherwise(binding, fact, row, writing.written),
        }
        put = _with_cells(made, binding, {**row, **_mapped(binding, made.cells, wording)}, writing.today)
        if fact is None or put.cells != fact.cells:
            done.changed.add(put.id)
        by_id[put.id] = put
        own = {k: cell for k, cell in row.items() if (k not in binding.columns or k in wording) and cell}
        done.rows.append({FACT_ID: put.id, **own})
    elsewhere = _elsewhere(binding, facts)
    done.rows += [row for row in stored.rows if row.get(FACT_ID) in elsewhere and FACT_ID in row]
    used = {row[FACT_ID] for row in done.rows if FACT_ID in row}
    done.dropped = [by_id[row.fact_id] for row in old if row.fact_id and row.fact_id not in used]
    done.facts = list(by_id.values())
    return done


def _matched(
    binding: FactBinding, table: FactTable, old: Sequence[BoundRow], new: Sequence[Cells]
) -> tuple[int | None, ...]:
    """Return which old row each new one is; of a table with one row per facility their places say it."""
    if table.one_per_facility:
        return tuple(number if number < len(old) else None for number in range(len(new)))
    return match_rows(
        [_signed(binding, table, row.cells) for row in old],
        [_signed(binding, table, row) for row in new],
        binding.named_by,
    )


def says_something(item: Item, binding: FactBinding, row: Cells) -> bool:
    """True when a column of the facts holds more than the form gave beforehand."""
    given = {(key, cell) for default in item.input.default_rows for key, cell in default.items()}
    return any(row.get(key, "").strip() and (key, row[key]) not in given for key in binding.columns)


def _first_cells(binding: FactBinding, table: FactTable, row: Cells) -> dict[str, str]:
    """Return the cells that a new fact gets besides those of the row: its kind, and what the binding puts."""
    name = "".join(row.get(key, "") for key in binding.named_by)
    cells = dict(binding.put)
    for key, values in binding.where.items():
        cells[key] = (table.kind_of(name, values) if key == "kind" else "") or values[0]
    return cells


def _single_kind(binding: FactBinding, table: FactTable, row: Cells) -> str:
    """Return the kind of which there is one row, where the row's name speaks for it; else ""."""
    name = "".join(row.get(key, "") for key in binding.named_by)
    kind = table.kind_of(name, binding.where.get("kind", ()))
    return kind if any(option.single and option.key == kind for option in table.kinds) else ""


def _signed(binding: FactBinding, table: FactTable, row: Cells) -> Cells:
    """Return the row with one and the same name for all wordings of a row of which there is one."""
    kind = _single_kind(binding, table, row)
    return {**row, binding.named_by[0]: f"@{kind}"} if kind else row


def _own_wording(binding: FactBinding, table: FactTable, fact: FactRow | None, row: Cells) -> tuple[str, ...]:
    """Return the columns in which a plan words a row in its own way: the name of a row of which there is one.

    One plan calls the same person 対策本部長, the other 全体統括者; both names stay.
    """
    kinds = {option.key for option in table.kinds if option.single}
    if fact is None or fact.cells.get("kind") not in kinds:
        return ()
    names = (own for own, key in binding.columns.items() if key in table.named_by)
    return tuple(own for own in names if row.get(own, "") != fact.cells.get(binding.columns[own], ""))


def _as_stored(stored: Answer, fact: FactRow | None, row: Cells) -> set[str]:
    """Return the columns in which the plan has words of its own still, in the place of the fact's."""
    own = next((r for r in stored.rows if fact is not None and r.get(FACT_ID) == fact.id), {})
    return {key for key, cell in own.items() if key != FACT_ID and row.get(key) == cell}


def _said_otherwise(
    binding: FactBinding, fact: FactRow | None, row: Cells, written: Mapping[str, Collection[str]]
) -> set[str]:
    """Return the columns that another table of the same save has filled with other words."""
    fixed = written.get(fact.id, ()) if fact is not None else ()
    cells = fact.cells if fact is not None else {}
    return {
        own
        for own, key in binding.columns.items()
        if key in fixed and row.get(own, cells.get(key, "")) != cells.get(key, "")
    }


def _with_cells(fact: FactRow, binding: FactBinding, row: Cells, today: date) -> FactRow:
    """Return the fact with the row's cells; who writes them has made sure of them today.

    A column that the row does not speak of stays; an empty cell empties the fact's.
    """
    fresh = {key: row[own] for own, key in binding.columns.items() if own in row}
    cells = {**fact.cells, **fresh}
    cells = {key: cell for key, cell in cells.items() if cell}
    if cells == dict(fact.cells) and fact.confirmed_on is not None:
        return fact
    return fact.model_copy(update={"cells": cells, "confirmed_on": today})

"""Taking over the tables of an existing plan from Excel: look first, then accept, all in one transaction."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem
from bcp_kit.domain.site_facts import FactRow, SiteFacts
from bcp_kit.forms.fact_tables import FactTable, fact_table, fact_tables
from bcp_kit.forms.fact_words import Linker, linker, rows_in_words
from bcp_kit.forms.messages import text
from bcp_kit.forms.sheets import Column, ColumnType
from bcp_kit.intake.fact_sheets import FactFile, FactLine, FactSheet, read_fact_file, unknown_headings
from bcp_kit.intake.limits import SCREEN, Limits
from bcp_kit.render.spreadsheet import TableOut, Written, write_workbook
from bcp_kit.services.base import Context
from bcp_kit.services.site_facts import FactsView, read_facts
from bcp_kit.services.site_facts_store import facts_of, keep_tables, site_facilities


class LineState(StrEnum):
    """What a row of the file is to the facts: new, a change of one that is there, or the same."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class LinePreview:
    """One row of the file: what it is to the facts, and the cells that would change, old and new."""

    line: FactLine
    state: LineState
    row_id: str = ""
    changes: Mapping[str, tuple[str, str]] | None = None


@dataclass(frozen=True)
class SheetPreview:
    """One sheet: the table of facts that it is, its rows, headings that nobody knows, what was found."""

    sheet: FactSheet
    table: FactTable
    lines: tuple[LinePreview, ...]
    unknown_headings: tuple[str, ...]
    problems: tuple[Problem, ...]

    def count(self, state: LineState) -> int:
        """Return how many rows are of one state."""
        return sum(line.state is state for line in self.lines)


@dataclass(frozen=True)
class FactPreview:
    """What a file would bring. Nothing is stored. `unknown`: sheets that are no table of facts."""

    facility_id: str
    sheets: tuple[SheetPreview, ...]
    unknown: tuple[str, ...]
    problems: tuple[Problem, ...]


def preview_facts(
    ctx: Context, facility_id: str, content: bytes, name: str, limits: Limits = SCREEN
) -> FactPreview:
    """Read a file and say what of it is new, changed or there already.

    Raises: BcpKitError I-0xx (refused, unreadable), U-002, A-001.
    """
    ctx.demand(Action.EDIT_BCP, facility_id)
    found: FactFile = read_fact_file(content, name, ctx.today(), limits)
    facts = read_facts(ctx, facility_id).facts
    sheets = tuple(_preview(sheet, facts) for sheet in found.sheets)
    return FactPreview(facility_id, sheets, found.unknown, found.problems)


def _preview(sheet: FactSheet, facts: SiteFacts) -> SheetPreview:
    table = fact_table(sheet.table)
    present = facts.tables.get(sheet.table, ())
    lines = tuple(_line(line, present, table) for line in sheet.lines)
    return SheetPreview(sheet, table, lines, tuple(unknown_headings(sheet)), sheet.problems)


def _line(line: FactLine, present: Sequence[FactRow], table: FactTable) -> LinePreview:
    row = _same(line.cells, present, table)
    if row is None:
        return LinePreview(line, LineState.NEW)
    changes = {
        key: (row.cells.get(key, ""), cell)
        for key, cell in line.cells.items()
        if cell != row.cells.get(key, "") and not (key == "kind" and row.cells.get(key))
    }
    state = LineState.CHANGED if changes else LineState.SAME
    return LinePreview(line, state, row.id, changes)


def _same(cells: Mapping[str, str], present: Sequence[FactRow], table: FactTable) -> FactRow | None:
    """Return the fact of the row's name: the one that also agrees in most cells, where there are several."""
    name = [cells.get(key, "").strip() for key in table.named_by]
    alike = [row for row in present if [row.cells.get(k, "").strip() for k in table.named_by] == name]
    if not any(name) or not alike:
        return None
    return max(alike, key=lambda row: sum(row.cells.get(key) == cell for key, cell in cells.items()))


def accept_facts(ctx: Context, preview: FactPreview, sheet_names: Collection[str] | None = None) -> FactsView:
    """Store what a preview showed (of the sheets named, else of all): new rows added, changed cells changed.

    What the file does not speak of stays, and so does a cell that somebody has changed since the preview.
    Raises: BcpKitError I-402 (nothing to take over), A-001.
    """
    chosen = [s for s in preview.sheets if sheet_names is None or s.sheet.sheet_name in sheet_names]
    if not any(line.state is not LineState.SAME for sheet in chosen for line in sheet.lines):
        raise BcpKitError(ErrorCode.IMPORT_NOTHING)
    ctx.demand(Action.EDIT_BCP, preview.facility_id)
    with ctx.open_store() as uow:
        uow.lock()
        facilities = site_facilities(uow, preview.facility_id)
        facts = facts_of(uow, facilities, ctx.clock.now())
        tables: dict[str, tuple[FactRow, ...]] = {}
        for sheet in chosen:
            now = facts.model_copy(update={"tables": {**facts.tables, **tables}})
            tables[sheet.table.id] = _taken(ctx, sheet, now)
        keep_tables(ctx, uow, facts, tables, "import")
        uow.commit()
    return read_facts(ctx, preview.facility_id)


def _taken(ctx: Context, sheet: SheetPreview, facts: SiteFacts) -> tuple[FactRow, ...]:
    """Return the rows of a table with those of a sheet in them."""
    table, linked = sheet.table, linker(facts)
    said = {row.id: row.cells for row in _in_words(facts, table.id)}
    rows = {row.id: row for row in facts.tables.get(table.id, ())}
    for line in sheet.lines:
        if line.state is LineState.NEW:
            if not table.one_per_facility:
                cells = _linked(table, line.line.cells, linked)
                fresh = FactRow(id=ctx.new_id(), cells=cells, confirmed_on=ctx.today())
                rows[fresh.id] = fresh
        elif line.row_id in rows:
            changed = {
                key: new
                for key, (old, new) in (line.changes or {}).items()
                if said[line.row_id].get(key, "") == old
            }
            row = rows[line.row_id]
            cells = {**row.cells, **_linked(table, changed, linked)}
            rows[row.id] = row.model_copy(update={"cells": cells, "confirmed_on": ctx.today()})
    return tuple(rows.values())


def _in_words(facts: SiteFacts, table_id: str) -> tuple[FactRow, ...]:
    return rows_in_words(facts.tables.get(table_id, ()), facts, text("facts.gone"))


def _linked(table: FactTable, cells: Mapping[str, str], linked: Linker) -> dict[str, str]:
    return {key: linked.link(cell, table.column(key).type) for key, cell in cells.items()}


def export_facts(ctx: Context, facility_id: str) -> Written:
    """Return all facts of a site as an Excel file, one sheet per table, that `preview_facts` reads back.

    Raises: BcpKitError U-002, A-001.
    """
    facts = read_facts(ctx, facility_id).facts
    with ctx.open_store() as uow:
        uow.audit.note("export", "site_facts", facility_id, "")
        uow.commit()
    return write_workbook([_sheet_out(table, facts) for table in fact_tables().values()])


def _sheet_out(table: FactTable, facts: SiteFacts) -> TableOut:
    shown = [column for column in table.columns if not column.hidden]
    columns = [Column(key=c.key, heading=c.label_ja, type=ColumnType.TEXT) for c in shown]
    labels = {option.key: option.label_ja for option in table.kinds}
    rows = [
        {**row.cells, "kind": labels.get(row.cells.get("kind", ""), "")} if labels else dict(row.cells)
        for row in facts.tables.get(table.id, ())
    ]
    return TableOut(table.title_ja, columns, rows)

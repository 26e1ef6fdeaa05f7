"""What all ways to fill in a table share, and the sheet of cells that takes a paste from Excel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from bcp_kit.intake.cells import CellKind

Rows = tuple[Mapping[str, str], ...]
Keep = Callable[[Rows], None]
ROW_HEIGHT, MOST_ROWS_SHOWN = 44, 10


@dataclass(frozen=True)
class TableColumn:
    """One column: its key in the rows, its heading, what its cells hold, and words to choose from."""

    key: str
    heading: str
    kind: CellKind = CellKind.TEXT
    choices: Mapping[str, str] | None = None

    def shown(self, cell: str) -> str:
        """Return a cell as it is shown: the label of a choice, else the cell itself."""
        return (self.choices or {}).get(cell, cell)


@dataclass(frozen=True)
class TableQuestion:
    """A table to fill in: `key` is unique on the page, `keep` is called with all rows after each change."""

    key: str
    title: str
    columns: Sequence[TableColumn]
    keep: Keep

    def blank(self) -> dict[str, str]:
        """Return an empty row."""
        return {column.key: "" for column in self.columns}

    @property
    def generation(self) -> int:
        """Return a number that changes when the rows came from elsewhere: widgets start from them again."""
        return int(st.session_state.get(f"{self.key}.generation", 0))

    def replace(self, rows: Rows) -> None:
        """Keep rows that do not come from the sheet or the fields on screen; these start anew."""
        st.session_state[f"{self.key}.generation"] = self.generation + 1
        self.keep(clean_rows(rows, self.columns))


def clean_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[TableColumn]) -> Rows:
    """Return the rows as text, every column present, wholly empty rows left out."""
    texts = [{c.key: "" if row.get(c.key) is None else str(row[c.key]) for c in columns} for row in rows]
    return tuple(row for row in texts if any(cell.strip() for cell in row.values()))


def apply_changes(base: Sequence[Mapping[str, str]], changes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows after the editor's changes: changed cells, then removed rows, then added rows."""
    rows: list[dict[str, Any]] = [dict(row) for row in base]
    for number, cells in changes.get("edited_rows", {}).items():
        rows[int(number)].update(cells)
    removed = {int(number) for number in changes.get("deleted_rows", ())}
    kept = [row for number, row in enumerate(rows) if number not in removed]
    return kept + [dict(row) for row in changes.get("added_rows", ())]


def _base(question: TableQuestion, cells: str, rows: Rows) -> list[dict[str, str]]:
    """Return the rows that the editor's changes refer to.

    They stay the same while the editor is on screen; once it was away, they are the stored rows again.
    """
    key = f"{cells}.base"
    if cells not in st.session_state or key not in st.session_state:
        st.session_state[key] = [{**question.blank(), **row} for row in rows] or [question.blank()]
    base: list[dict[str, str]] = st.session_state[key]
    return base


def _column_config(column: TableColumn) -> Any:
    if column.choices is not None:
        return st.column_config.SelectboxColumn(
            column.heading,
            options=["", *column.choices],
            format_func=lambda key: column.shown(str(key)),
            width="small",
        )
    return st.column_config.TextColumn(column.heading, width="small")


def show_sheet(question: TableQuestion, rows: Rows) -> None:
    """Show the table as a sheet of cells; each change is kept at once. A paste from Excel adds rows."""
    cells = f"{question.key}.{question.generation}.cells"
    base = _base(question, cells, rows)

    def keep() -> None:
        changed = apply_changes(base, st.session_state[cells])
        question.keep(clean_rows(changed, question.columns))

    st.data_editor(
        base,
        key=cells,
        column_config={column.key: _column_config(column) for column in question.columns},
        column_order=[column.key for column in question.columns],
        num_rows="dynamic",
        hide_index=True,
        on_change=keep,
        alt=question.title,
        placeholder="",
        row_height=ROW_HEIGHT,
        height="content" if len(base) <= MOST_ROWS_SHOWN else ROW_HEIGHT * (MOST_ROWS_SHOWN + 2),
    )

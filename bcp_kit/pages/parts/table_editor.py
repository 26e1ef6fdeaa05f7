"""Tables that a person fills in: as a sheet of cells, or row by row for keyboard and screen-reader users."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from bcp_kit.pages.parts.session import say

Rows = tuple[Mapping[str, str], ...]
Keep = Callable[[Rows], None]
LONG_CELL = 24


@dataclass(frozen=True)
class TableColumn:
    """One column: its key in the rows and its heading."""

    key: str
    heading: str


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


def _base(question: TableQuestion, rows: Rows) -> list[dict[str, str]]:
    """Return the rows that the editor's changes refer to.

    They stay the same while the editor is on screen; once it was away, they are the stored rows again.
    """
    key = f"{question.key}.base"
    if f"{question.key}.cells" not in st.session_state or key not in st.session_state:
        st.session_state[key] = [{**question.blank(), **row} for row in rows] or [question.blank()]
    base: list[dict[str, str]] = st.session_state[key]
    return base


def show_sheet(question: TableQuestion, rows: Rows) -> None:
    """Show the table as a sheet of cells; each change is kept at once."""
    base = _base(question, rows)

    def keep() -> None:
        changed = apply_changes(base, st.session_state[f"{question.key}.cells"])
        question.keep(clean_rows(changed, question.columns))

    headings = {
        column.key: st.column_config.TextColumn(column.heading, width="small") for column in question.columns
    }
    st.data_editor(
        base,
        key=f"{question.key}.cells",
        column_config=headings,
        column_order=[column.key for column in question.columns],
        num_rows="dynamic",
        hide_index=True,
        on_change=keep,
        alt=question.title,
        row_height=44,
        height="content",
    )


def _row_label(question: TableQuestion, rows: Sequence[Mapping[str, str]], number: int) -> str:
    first = next((cell for cell in rows[number].values() if cell.strip()), "") if number < len(rows) else ""
    return say("pages.table.row", number=number + 1, first=first[:LONG_CELL])


def show_row_form(question: TableQuestion, rows: Rows) -> None:
    """Show one row at a time as fields; each field is kept when it is left."""
    shown = list(rows) or [question.blank()]
    new = len(rows)
    choices = [*range(len(shown)), *([new] if rows else [])]
    number = st.selectbox(
        say("pages.table.which"),
        choices,
        format_func=lambda n: say("pages.table.new_row") if n == new else _row_label(question, shown, n),
        key=f"{question.key}.row",
    )
    row = shown[number] if number < len(shown) else question.blank()

    def keep() -> None:
        cells = {c.key: st.session_state[_cell_key(question, number, c)] for c in question.columns}
        changed = [*rows[:number], cells, *rows[number + 1 :]]
        question.keep(clean_rows(changed, question.columns))

    for start in range(0, len(question.columns), 2):
        for place, column in zip(st.columns(2), question.columns[start : start + 2], strict=False):
            key = _cell_key(question, number, column)
            place.text_area(column.heading, row.get(column.key, ""), key=key, on_change=keep, height=76)
    if number < len(rows):
        without = (*rows[:number], *rows[number + 1 :])
        st.button(
            say("pages.table.remove_row"),
            key=f"{question.key}.remove.{number}",
            on_click=question.keep,
            args=(without,),
        )


def _cell_key(question: TableQuestion, number: int, column: TableColumn) -> str:
    return f"{question.key}.{number}.{column.key}"

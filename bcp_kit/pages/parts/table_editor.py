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


def _go_to_row(question: TableQuestion, number: int) -> None:
    st.session_state[f"{question.key}.row"] = number


def _choose_row(question: TableQuestion, rows: Rows) -> int:
    """Show which row is on screen and the ways to the others; return its number from 0."""
    number = min(int(st.session_state.get(f"{question.key}.row", 0)), len(rows))
    where, back, on, new = st.columns((2, 1, 1, 1), vertical_alignment="center")
    first = next((cell for cell in rows[number].values() if cell.strip()), "") if number < len(rows) else ""
    where.text(
        say("pages.table.row", number=number + 1, count=max(len(rows), number + 1), first=first[:LONG_CELL])
    )
    ways = ((back, "back", number - 1, number > 0), (on, "on", number + 1, number + 1 < len(rows)))
    for place, name, target, there in (*ways, (new, "new", len(rows), number < len(rows))):
        place.button(
            say(f"pages.table.row_{name}"),
            key=f"{question.key}.go.{name}",
            on_click=_go_to_row,
            args=(question, target),
            disabled=not there,
            width="stretch",
        )
    return number


def _remove_row(question: TableQuestion, rows: Rows, number: int) -> None:
    """Remove a row; the widgets of the rows after it belong to other rows from now on."""
    for stale in [key for key in st.session_state if str(key).startswith(f"{question.key}.cell.")]:
        del st.session_state[stale]
    question.keep((*rows[:number], *rows[number + 1 :]))


def show_row_form(question: TableQuestion, rows: Rows) -> None:
    """Show one row at a time as fields; each field is kept when it is left."""
    number = _choose_row(question, rows)
    row = rows[number] if number < len(rows) else question.blank()

    def keep() -> None:
        cells = {c.key: st.session_state[_cell_key(question, number, c)] for c in question.columns}
        question.keep(clean_rows([*rows[:number], cells, *rows[number + 1 :]], question.columns))

    for start in range(0, len(question.columns), 2):
        for place, column in zip(st.columns(2), question.columns[start : start + 2], strict=False):
            key = _cell_key(question, number, column)
            place.text_area(column.heading, row.get(column.key, ""), key=key, on_change=keep, height=76)
    if number < len(rows):
        label, key = say("pages.table.remove_row"), f"{question.key}.remove.{number}"
        st.button(label, key=key, on_click=_remove_row, args=(question, rows, number))


def _cell_key(question: TableQuestion, number: int, column: TableColumn) -> str:
    return f"{question.key}.cell.{number}.{column.key}"

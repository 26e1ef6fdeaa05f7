"""A table pasted as text: what was read is shown first, then it replaces the rows or is added to them."""

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.intake.pasted import fill_down, has_gaps, read_pasted
from bcp_kit.intake.pasted_columns import PastedTable, place_columns
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import say
from bcp_kit.pages.parts.table_editor import Rows, TableQuestion

ROWS_SHOWN, CELL_SHOWN = 5, 30
PASTE_HEIGHT = 140


def _pasted_key(question: TableQuestion) -> str:
    return f"{question.key}.{question.generation}.pasted"


def _with_choices(question: TableQuestion, rows: Rows) -> Rows:
    """Return the rows with the words of choices turned into their keys."""
    by_label = {
        c.key: {label: key for key, label in c.choices.items()} for c in question.columns if c.choices
    }
    return tuple({k: by_label.get(k, {}).get(cell, cell) for k, cell in row.items()} for row in rows)


def _show_preview(question: TableQuestion, found: PastedTable, rows: Rows) -> None:
    """Show the first rows as they would stand, and what of the paste has no place."""
    placed = [column for column in question.columns if found.columns.get(column.key) is not None]
    key = "write.table.read_heading" if found.has_heading else "write.table.read_order"
    st.markdown(say(key, rows=len(rows), columns=len(placed)))
    if found.unknown:
        st.warning(say("write.table.no_place", headings="、".join(found.unknown)))
    show_table(
        [{column.heading: _short(row[column.key]) for column in placed} for row in rows[:ROWS_SHOWN]],
        alt=say("write.table.preview"),
    )
    if len(rows) > ROWS_SHOWN:
        st.caption(say("write.table.more", count=len(rows) - ROWS_SHOWN))


def _short(cell: str) -> str:
    flat = cell.replace("\n", " ")
    return flat if len(flat) <= CELL_SHOWN else f"{flat[:CELL_SHOWN]}…"


def show_paste(question: TableQuestion, rows: Rows) -> None:
    """Ask for a copied table, show what was read, and take it over when told."""
    st.caption(say("write.table.paste_how"))
    typed = st.text_area(
        say("write.table.paste_here"), key=_pasted_key(question), height=PASTE_HEIGHT, placeholder=""
    )
    if not typed.strip():
        return
    try:
        grid = read_pasted(typed)
    except BcpKitError as error:
        show_error(error)
        return
    if has_gaps(grid) and st.checkbox(
        say("write.table.fill_down"), True, key=f"{_pasted_key(question)}.fill"
    ):
        grid = fill_down(grid)
    found = place_columns(grid, {column.key: column.heading for column in question.columns})
    pasted = _with_choices(question, found.records())
    if not pasted:
        st.warning(say("write.table.nothing_read"))
        return
    _show_preview(question, found, pasted)
    _show_ways(question, rows, pasted)


def _show_ways(question: TableQuestion, rows: Rows, pasted: Rows) -> None:
    ways = [("add", (*rows, *pasted)), ("replace", pasted)] if rows else [("take", pasted)]
    for place, (name, result) in zip(st.columns(2), ways, strict=False):
        place.button(
            say(f"write.table.{name}", count=len(pasted), there=len(rows)),
            key=f"{question.key}.paste.{name}",
            on_click=_take,
            args=(question, result),
            width="stretch",
        )


def _take(question: TableQuestion, rows: Rows) -> None:
    question.replace(rows)
    st.session_state[f"{question.key}.way"] = None

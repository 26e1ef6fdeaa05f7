"""A table row by row, for wide tables and keyboards: one row as fields, found by name, moved, removed."""

from collections.abc import Callable

import streamlit as st

from bcp_kit.pages.parts.session import say
from bcp_kit.pages.parts.table_editor import Rows, TableColumn, TableQuestion, clean_rows

LONG_CELL, WORDS_IN_NAME, FIELD_HEIGHT = 20, 2, 80


def _row_key(question: TableQuestion) -> str:
    return f"{question.key}.{question.generation}.row"


def _go_to_row(question: TableQuestion, number: int) -> None:
    st.session_state[_row_key(question)] = number


def _row_name(question: TableQuestion, rows: Rows, number: int) -> str:
    """Return the row's number with its first words, cut short."""
    if number >= len(rows):
        return say("write.table.new_row", number=number + 1)
    row = rows[number]
    words = [c.shown(row.get(c.key, "")).replace("\n", " ")[:LONG_CELL] for c in question.columns]
    first = "　".join([word for word in words if word.strip()][:WORDS_IN_NAME])
    return say("write.table.row", number=number + 1, first=first)


def _choose_row(question: TableQuestion, rows: Rows) -> int:
    """Show which row is on screen and the ways to the others; return its number from 0."""
    key = _row_key(question)
    if not 0 <= int(st.session_state.get(key, 0)) <= len(rows):
        st.session_state[key] = 0
    number = int(st.session_state.get(key, 0))
    count = max(len(rows), number + 1)
    which, back, on, new = st.columns((4, 1, 1, 1.2), vertical_alignment="bottom")
    which.selectbox(
        say("write.table.which_row", count=len(rows)),
        range(count),
        key=key,
        format_func=lambda n: _row_name(question, rows, n),
        width="stretch",
    )
    ways = ((back, "back", number - 1, number > 0), (on, "on", number + 1, number + 1 < len(rows)))
    for place, name, target, there in (*ways, (new, "new", len(rows), number < len(rows))):
        place.button(
            say(f"write.table.{name}"),
            key=f"{question.key}.go.{name}",
            on_click=_go_to_row,
            args=(question, target),
            disabled=not there,
            width="stretch",
        )
    return number


def _changed(question: TableQuestion, change: Callable[[], tuple[Rows, int]]) -> None:
    """Keep changed rows and go to the row that `change` names; the fields start anew."""
    rows, number = change()
    question.replace(rows)
    _go_to_row(question, number)


def _moved(rows: Rows, number: int, by: int) -> tuple[Rows, int]:
    order = list(rows)
    order.insert(number + by, order.pop(number))
    return tuple(order), number + by


def _removed(rows: Rows, number: int) -> tuple[Rows, int]:
    return (*rows[:number], *rows[number + 1 :]), max(0, min(number, len(rows) - 2))


def _doubled(rows: Rows, number: int) -> tuple[Rows, int]:
    return (*rows[: number + 1], rows[number], *rows[number + 1 :]), number + 1


def _show_ways(question: TableQuestion, rows: Rows, number: int) -> None:
    """Show what can be done with the row on screen."""
    deeds = (
        ("up", lambda: _moved(rows, number, -1), number > 0),
        ("down", lambda: _moved(rows, number, 1), number + 1 < len(rows)),
        ("double", lambda: _doubled(rows, number), True),
        ("remove", lambda: _removed(rows, number), True),
    )
    for place, (name, change, there) in zip(st.columns(4), deeds, strict=True):
        place.button(
            say(f"write.table.{name}"),
            key=f"{question.key}.{name}.{number}",
            on_click=_changed,
            args=(question, change),
            disabled=not there,
            width="stretch",
        )


def _ask_cell(
    question: TableQuestion, column: TableColumn, cell: str, key: str, keep: Callable[[], None]
) -> None:
    if column.choices is not None:
        options = ["", *column.choices, *([cell] if cell and cell not in column.choices else [])]
        st.selectbox(
            column.heading,
            options,
            index=options.index(cell),
            format_func=column.shown,
            key=key,
            on_change=keep,
        )
    else:
        st.text_area(column.heading, cell, key=key, on_change=keep, height=FIELD_HEIGHT)


def show_row_form(question: TableQuestion, rows: Rows) -> None:
    """Show one row at a time as fields; each field is kept when it is left."""
    number = _choose_row(question, rows)
    row = rows[number] if number < len(rows) else question.blank()

    def cell_key(column: TableColumn) -> str:
        return f"{question.key}.{question.generation}.cell.{number}.{column.key}"

    def keep() -> None:
        cells = {c.key: st.session_state[cell_key(c)] for c in question.columns}
        question.keep(clean_rows([*rows[:number], cells, *rows[number + 1 :]], question.columns))

    for start in range(0, len(question.columns), 2):
        for place, column in zip(st.columns(2), question.columns[start : start + 2], strict=False):
            with place:
                _ask_cell(question, column, row.get(column.key, ""), cell_key(column), keep)
    if number < len(rows):
        _show_ways(question, rows, number)

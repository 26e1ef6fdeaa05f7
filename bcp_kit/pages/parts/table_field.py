"""A table to fill in: as a sheet, one row at a time, or pasted; what cannot be read is told beside it."""

import streamlit as st

from bcp_kit.intake.cells import CellKind, cell_faults
from bcp_kit.pages.parts.session import say
from bcp_kit.pages.parts.table_editor import Rows, TableQuestion, show_sheet
from bcp_kit.pages.parts.table_paste import show_paste
from bcp_kit.pages.parts.table_rows import show_row_form

WAYS = {"sheet": show_sheet, "rows": show_row_form, "paste": show_paste}
MOST_COLUMNS = 6  # more do not fit side by side on a small office screen
FAULTS_SHOWN = 5


def _way(question: TableQuestion) -> str:
    """Ask which way; a table too wide for the screen has no sheet."""
    wide = len(question.columns) > MOST_COLUMNS
    ways = [way for way in WAYS if not (wide and way == "sheet")]
    key = f"{question.key}.way"
    if st.session_state.get(key) not in ways:
        st.session_state[key] = ways[0]
    st.segmented_control(
        say("write.table.way"),
        ways,
        format_func=lambda way: say(f"write.table.way_{way}"),
        key=key,
        required=True,
        persist_state="session",
    )
    return str(st.session_state[key])


def show_table_field(question: TableQuestion, rows: Rows) -> None:
    """Show the table, and beside it the cells that cannot be read as what their column holds."""
    WAYS[_way(question)](question, rows)
    kinds = {c.key: c.kind for c in question.columns if c.kind is not CellKind.TEXT}
    faults = cell_faults(rows, kinds)
    if not faults:
        return
    headings = {column.key: column.heading for column in question.columns}
    lines = [
        say("write.table.fault", row=f.row, heading=headings[f.column], cell=f.cell, why=say(f.message))
        for f in faults[:FAULTS_SHOWN]
    ]
    if len(faults) > FAULTS_SHOWN:
        lines.append(say("write.table.more_faults", count=len(faults) - FAULTS_SHOWN))
    with st.container(border=True):
        for line in lines:
            st.text(line)

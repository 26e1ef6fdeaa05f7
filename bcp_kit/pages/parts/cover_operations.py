"""How the operations go on: kept, thinned or stopped, by day."""

import streamlit as st

from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_words import cover_say, days_text, label
from bcp_kit.pages.parts.session import say
from bcp_kit.render.roster_html import GridCell, GridRow, GridWords, grid_html

COLOURS = {
    "kept": ("#FFFFFF", "#000000"),
    "thinned": ("#FCE8B2", "#000000"),
    "stopped": ("#7A1F1F", "#FFFFFF"),
}


def show_operations(view: CoverView) -> None:
    """Show each operation with its state on each day, those that stop longest first."""
    st.subheader(cover_say("operations"), anchor=False)
    here = [o for o in view.run.operations if o.facility_id == view.site]
    days = sorted({o.day for o in here})
    states: dict[str, dict[int, str]] = {}
    for o in here:
        states.setdefault(o.operation, {})[o.day] = o.level
    stopped = {key: sum(s == "stopped" for s in by_day.values()) for key, by_day in states.items()}
    worst = sorted(states, key=lambda key: -stopped[key])
    _show_summary(states, worst)
    rows = [
        GridRow(label("operations", key), "", [_cell(states[key].get(day, "")) for day in days])
        for key in worst
    ]
    words = GridWords(say("rosters.operations.caption"), cover_say("operation"), [str(day) for day in days])
    st.html(grid_html(words, rows))
    st.caption(say("rosters.operations.legend"))


def _show_summary(states: dict[str, dict[int, str]], worst: list[str]) -> None:
    """Say in one sentence each which operations stop, and on which days."""
    stopping = [key for key in worst if "stopped" in states[key].values()]
    if not stopping:
        st.success(say("rosters.operations.none_stopped"))
        return
    lines = [
        say(
            "rosters.operations.stopping",
            operation=label("operations", key),
            days=days_text(day for day, level in states[key].items() if level == "stopped"),
        )
        for key in stopping
    ]
    st.warning("  \n".join(lines))


def _cell(level: str) -> GridCell:
    if not level:
        return GridCell()
    fill, ink = COLOURS.get(level, ("#FFFFFF", "#000000"))
    return GridCell(say(f"rosters.operations.{level}"), "", fill, ink, say(f"cover.level.{level}"))

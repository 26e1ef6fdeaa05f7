"""Who can come, day by day, as a chart and a table."""

import streamlit as st

from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_words import cover_say, day_text
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import say
from bcp_kit.services.cover import who_comes


def show_days(view: CoverView) -> None:
    """Show how many are expected and counted on by day."""
    st.subheader(cover_say("who_comes"), anchor=False)
    days = who_comes(view.run)
    expected, counted = cover_say("expected"), cover_say("counted")
    st.bar_chart(
        {
            cover_say("day"): [str(d.day) for d in days],
            expected: [d.expected for d in days],
            counted: [d.counted for d in days],
        },
        x=cover_say("day"),
        y=[expected, counted],
        x_label=cover_say("day"),
        y_label=say("pages.cover.people"),
        color=["#7FB2DC", "#005BAC"],
        stack=False,
        sort=False,
        height=340,
        alt=cover_say("who_comes"),
    )
    rows = [
        {
            cover_say("day"): day_text(d.day),
            cover_say("staff"): str(d.staff),
            expected: f"{d.expected:.1f}",
            counted: str(d.counted),
            cover_say("on_site"): str(d.on_site) if d.on_site else "",
            cover_say("template"): f"{d.template_percent:.0f}%",
        }
        for d in days
    ]
    with st.expander(say("pages.cover.as_table")):
        show_table(rows, alt=cover_say("who_comes"))
        st.caption(cover_say("who_comes_note"))

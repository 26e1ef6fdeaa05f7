"""How many people of each need class can be taken in, with the limit that binds."""

import streamlit as st

from bcp_kit.pages.parts.cover_capacity_why import show_why
from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_words import cover_say, day_text, label
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import say


def show_capacity(view: CoverView) -> None:
    """Show places on the first, the worst and the best day."""
    st.subheader(cover_say("capacity"), anchor=False)
    here = [c for c in view.run.capacity if c.facility_id == view.site]
    days = sorted({c.day for c in here})
    places = {(c.need_class, c.day): c for c in here}
    rows = []
    for need in dict.fromkeys(c.need_class for c in here):
        first = places[need, days[0]]
        worst = min((places[need, day] for day in days), key=lambda c: c.places)
        best = max((places[need, day] for day in days), key=lambda c: c.places)
        rows.append(
            {
                cover_say("need_class"): label("need_classes", need),
                say("pages.cover.first_day"): str(first.places),
                say("pages.cover.worst"): f"{worst.places}（{day_text(worst.day)}）",
                say("pages.cover.best"): f"{best.places}（{day_text(best.day)}）",
                cover_say("binding"): say(f"cover.limit.{worst.binding}"),
            }
        )
    show_table(rows, alt=cover_say("capacity"))
    unknown = sorted({k for c in here for k, v in c.limits.items() if v is None})
    if unknown:
        st.caption(cover_say("unknown_limits", limits="、".join(say(f"cover.limit.{k}") for k in unknown)))
    show_why(here)

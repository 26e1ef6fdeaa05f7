"""The roster of a run."""

from collections import defaultdict

import streamlit as st

from bcp_kit.catalogues import load
from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_words import cover_say, day_text, label
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import say


def show_board(view: CoverView) -> None:
    """Show who works on one day."""
    st.subheader(cover_say("roster"), anchor=False)
    here = [a for a in view.run.assignments if a.facility_id == view.site]
    if not here:
        st.info(say("pages.cover.no_roster"))
        return
    day = st.selectbox(
        say("pages.cover.which_day"), sorted({a.day for a in here}), format_func=day_text, key="cover.day"
    )
    people: dict[tuple[str, str], list[str]] = defaultdict(list)
    for a in here:
        if a.day == day:
            people[a.shift, a.post].append(view.names.of(a.staff_id or a.helper_id))
    shifts = list(load.catalogue("shifts").rows)
    rows = [
        {
            cover_say("shift"): label("shifts", shift),
            cover_say("post"): label("post_groups", post),
            cover_say("people"): "、".join(who),
        }
        for (shift, post), who in sorted(people.items(), key=lambda i: (shifts.index(i[0][0]), i[0][1]))
    ]
    show_table(rows, alt=cover_say("roster"))

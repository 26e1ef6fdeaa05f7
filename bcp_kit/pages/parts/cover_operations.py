"""How the operations go on: kept, thinned or stopped, by day."""

from collections import defaultdict

import streamlit as st

from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_words import cover_say, days_text, label
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import say

LEVEL_ORDER = ("kept", "thinned", "stopped")


def show_operations(view: CoverView) -> None:
    """Show each operation with the days on which it is kept, thinned or stopped."""
    st.subheader(cover_say("operations"), anchor=False)
    levels: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for o in view.run.operations:
        if o.facility_id == view.site:
            levels[o.operation][o.level].append(o.day)
    rows = [
        {
            cover_say("operation"): label("operations", operation),
            **{say(f"cover.level.{level}"): days_text(by_level.get(level, ())) for level in LEVEL_ORDER},
        }
        for operation, by_level in levels.items()
    ]
    st.caption(say("pages.cover.days_are"))
    show_table(rows, alt=cover_say("operations"))

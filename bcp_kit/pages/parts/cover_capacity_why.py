"""How the places of one day and class came about: every limit with the numbers it was counted from."""

from collections.abc import Sequence

import streamlit as st

from bcp_kit.domain.cover import CapacityByNeed
from bcp_kit.forms.capacity_words import limit_words, places_words
from bcp_kit.pages.parts.cover_words import cover_say, day_text, label
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import language


def show_why(here: Sequence[CapacityByNeed]) -> None:
    """Ask for a day and a class, and show their limits, the binding one first."""
    if not here:
        return
    st.subheader(cover_say("why"), anchor=False)
    day_at, need_at = st.columns(2)
    day = day_at.selectbox(
        cover_say("why_day"), sorted({c.day for c in here}), format_func=day_text, key="capacity.day"
    )
    needs = list(dict.fromkeys(c.need_class for c in here))
    need = need_at.selectbox(
        cover_say("why_need"), needs, format_func=lambda key: label("need_classes", key), key="capacity.need"
    )
    found = next(c for c in here if c.day == day and c.need_class == need)
    st.markdown(plain(places_words(found, language())))
    rows = [
        {
            cover_say("why_limit"): name,
            cover_say("why_places"): f"{value:.1f}",
            cover_say("why_how"): why,
        }
        for name, value, why in limit_words(found, language())
    ]
    show_table(rows, alt=cover_say("why"))

"""Cells with errors, put right on the screen and checked at once; the file itself stays as it is."""

from collections.abc import Callable

import streamlit as st

from bcp_kit.intake.corrections import CellPlace, Corrections
from bcp_kit.intake.inspection import Inspection
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.importing_fixing import FixableCell, fixable_cells
from bcp_kit.services.importing_report import line_of

AT_ONCE = 10


def offer_fixing(
    key: str, found: Inspection, corrections: Corrections, keep: Callable[[Corrections], None]
) -> None:
    """Show the first erroneous cells as fields; `keep` is called with all corrections when they are sent."""
    cells = fixable_cells(found)
    if not cells:
        return
    with st.expander(say("identity.screen.fix", count=len(cells))):
        st.markdown(say("identity.screen.fix_text"))
        if len(cells) > AT_ONCE:
            st.caption(say("identity.screen.fix_first", count=AT_ONCE, total=len(cells)))
        with st.form(f"{key}.fix"):
            answers = {cell.place: _field(key, cell) for cell in cells[:AT_ONCE]}
            sent = st.form_submit_button(say("identity.screen.check_again"), type="primary")
        if sent:
            values = {cell.place: cell.value for cell in cells}
            changed = {place: text for place, text in answers.items() if text != values[place]}
            if not changed:
                st.info(say("identity.screen.nothing_changed"))
                return
            keep({**corrections, **changed})


def _field(key: str, cell: FixableCell) -> str:
    place = cell.place
    label = say("identity.screen.fix_cell", row=place.row, heading=place.heading)
    if place.sheet:
        label = f"{place.sheet}　{label}"
    text = st.text_input(label, cell.value, key=_key(key, place))
    lines = [line_of("", problem, language()) for problem in cell.problems]
    st.caption(plain("　".join(f"{line.what}→ {line.remedy}（{line.code}）" for line in lines)))
    return text


def _key(key: str, place: CellPlace) -> str:
    return f"{key}.fix.{place.sheet}.{place.row}.{place.heading}"

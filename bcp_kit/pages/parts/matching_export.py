"""The run as a file: Excel or CSV, made when asked for."""

import streamlit as st

from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.exporting_sheets import FileFormat
from bcp_kit.services.matching_export import export_run
from bcp_kit.services.matching_read import RunView

MADE = "matching.made.export"
KINDS = {"xlsx": (FileFormat.XLSX, False), "csv": (FileFormat.CSV, False), "csv_left": (FileFormat.CSV, True)}


def show_export(view: RunView) -> None:
    """Offer the run as a file to save."""
    st.subheader(say("desk.view.export"), anchor=False)
    st.caption(say("desk.export.lead"))
    kind = st.radio(
        say("desk.view.export"),
        list(KINDS),
        format_func=lambda k: say(f"desk.export.{k}"),
        key="matching.export.kind",
        label_visibility="collapsed",
    )
    if st.button(say("desk.export.make"), type="primary", key="matching.export.make"):
        written_as, left_over = KINDS[kind]
        written = export_run(context(), view, written_as, left_over=left_over)
        st.session_state[MADE] = (kind, written.content)
    made = st.session_state.get(MADE)
    if made is not None and made[0] == kind:
        suffix = "xlsx" if kind == "xlsx" else "csv"
        name = f"matching_{view.run.hazard.value}_{kind}.{suffix}"
        st.download_button(say("desk.export.save"), made[1], file_name=name, key="matching.export.save")

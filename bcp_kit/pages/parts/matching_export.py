"""The run on paper and as a file: PDF with or without names, Excel or CSV, made when asked for."""

import streamlit as st

from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_shown import QUICK_S
from bcp_kit.pages.parts.pdf import forget_printed, keep_printed, show_printed
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.exporting_sheets import FileFormat
from bcp_kit.services.matching_export import export_run
from bcp_kit.services.matching_print import PrintRun, RunEdition, print_run
from bcp_kit.services.matching_read import RunView

MADE = "matching.made.export"
PAPER, PRINTED = "matching.paper", "matching.made.paper"
KINDS = {"xlsx": (FileFormat.XLSX, False), "csv": (FileFormat.CSV, False), "csv_left": (FileFormat.CSV, True)}


def show_export(view: RunView) -> None:
    """Offer the run as paper, and as a file to save."""
    _show_paper(view)
    st.subheader(say("desk.export.files"), anchor=False)
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


def _forget() -> None:
    forget_printed(PAPER)
    st.session_state.pop(PRINTED, None)


def _show_paper(view: RunView) -> None:
    """Make the PDF beside the page and show it; a paper of another run or edition is not shown."""
    st.subheader(say("matching_paper.button"), anchor=False)
    st.caption(say("matching_paper.lead"))
    edition = st.radio(
        say("pages.plans.edition"),
        list(RunEdition),
        format_func=lambda e: say(f"matching_paper.edition.{e.value}"),
        key="matching.paper.edition",
        on_change=_forget,
    )
    wanted = RunEdition(edition or RunEdition.OFFICER)
    if st.button(say("matching_paper.make"), type="primary", key="matching.paper.make"):
        start_job(PAPER, lambda ctx: print_run(ctx, PrintRun(view, wanted)), wait_s=QUICK_S)
    printed = show_job(PAPER)
    if printed is not None:
        keep_printed(PAPER, printed)
        st.session_state[PRINTED] = view.run.id
    if st.session_state.get(PRINTED) == view.run.id:
        show_printed(PAPER, alt=say("matching_paper.button"))

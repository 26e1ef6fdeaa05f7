"""The survey of staff: make the Excel sheet or the paper."""

import streamlit as st

from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.staff_survey import survey_pages, survey_sheet

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MADE = "staff_survey.made"


def show_survey(facility: Facility) -> None:
    """Show the buttons that make the survey, and what was made to be saved."""
    with st.expander(say("staff_survey.page.title")):
        st.caption(say("staff_survey.page.lead"))
        return_by = st.text_input(say("staff_survey.page.return_by"), key="staff_survey.by", max_chars=60)
        excel_at, paper_at = st.columns(2)
        made: dict[str, bytes] = st.session_state.setdefault(f"{MADE}.{facility.id}", {})
        if excel_at.button(say("staff_survey.page.excel"), key="staff_survey.excel"):
            made["xlsx"] = survey_sheet(context(), facility.id).content
        if paper_at.button(say("staff_survey.page.paper"), key="staff_survey.paper"):
            made["pdf"] = survey_pages(context(), facility.id, return_by).pdf_bytes
        for place, ending, label, mime in (
            (excel_at, "xlsx", "save_excel", EXCEL),
            (paper_at, "pdf", "save_paper", "application/pdf"),
        ):
            if ending in made:
                place.download_button(
                    say(f"staff_survey.page.{label}"),
                    made[ending],
                    file_name=f"staff_survey.{ending}",
                    mime=mime,
                    type="primary",
                    key=f"staff_survey.{label}",
                    on_click="ignore",
                )

"""Print the plan: make the PDF, look at it, save it."""

import streamlit as st

from bcp_kit.pages.parts.pdf import PRINTED_KEY, forget_printed, keep_printed, show_printed
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.bcp import PlanView
from bcp_kit.services.bcp_print import print_plan


def show_print(view: PlanView) -> None:
    """Offer the print, and show the last one while the plan is as it was printed."""
    st.subheader(say("pages.bcp.print"), anchor=False)
    st.caption(say("pages.bcp.print_lead"))
    name = f"bcp.{view.plan.id}"
    if st.session_state.get(f"{PRINTED_KEY}{name}.of") != view.plan.version:
        forget_printed(name)
    without = st.checkbox(say("pages.bcp.without_personal"), key="bcp.without_personal")
    if st.button(say("pages.bcp.print_button"), key="bcp.print"):
        with st.spinner(say("pages.jobs.running")):
            keep_printed(name, print_plan(context(), view.plan.id, without_personal=without))
        st.session_state[f"{PRINTED_KEY}{name}.of"] = view.plan.version
    show_printed(name, say("pages.bcp.print_alt"))

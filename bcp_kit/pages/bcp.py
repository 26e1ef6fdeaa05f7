"""The business continuity plan: overview, one section at a time, print."""

import streamlit as st

from bcp_kit.domain.bcp import PlanKind
from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.bcp_overview import show_overview
from bcp_kit.pages.parts.bcp_print import show_print
from bcp_kit.pages.parts.bcp_section import go_to, place, show_section
from bcp_kit.pages.parts.choose_facility import choose_facility
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.bcp import PlanView, list_plans, read_plan, start_plan

SHOWN_PLAN = "bcp.plan"


def _plan_of(facility: Facility) -> PlanView | None:
    """Return the facility's natural-disaster plan; offer to begin it when there is none."""
    found = [s.plan for s in list_plans(context(), facility.id) if s.plan.kind is PlanKind.NATURAL_DISASTER]
    if found:
        return read_plan(context(), found[0].id)
    st.info(say("pages.bcp.no_plan"))
    if st.button(say("pages.bcp.start"), type="primary", key="bcp.start"):
        start_plan(context(), facility.id, PlanKind.NATURAL_DISASTER)
        st.rerun()
    return None


def show() -> None:
    """Show the page."""
    st.title(say("pages.bcp.title"), anchor=False)
    facility = choose_facility(offer_change=place() is None)
    if facility is None:
        return
    view = _plan_of(facility)
    if view is None:
        return
    if st.session_state.get(SHOWN_PLAN) != view.plan.id:
        st.session_state[SHOWN_PLAN] = view.plan.id
        go_to(None)
    here = place()
    if here is None:
        show_overview(view)
        show_print(view)
    else:
        show_section(view, here)


show()

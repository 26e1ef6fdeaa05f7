"""The plans of a facility: choice of plan, overview, one section at a time, the facts behind them."""

import streamlit as st

from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.bcp_choice import show_choice
from bcp_kit.pages.parts.bcp_overview import show_standing
from bcp_kit.pages.parts.bcp_places import close_plan, place, shown_plan
from bcp_kit.pages.parts.bcp_section import show_section
from bcp_kit.pages.parts.bcp_shelves import show_shelves
from bcp_kit.pages.parts.bcp_words import kind_name
from bcp_kit.pages.parts.choose_facility import choose_facility
from bcp_kit.pages.parts.facts_page import facts_shown, show_facts, show_facts_door
from bcp_kit.pages.parts.plan_fit import show_fit
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.bcp import PlanView, read_plan


def _shown(facility: Facility) -> PlanView | None:
    """Return the plan on screen; None for the choice of plans, also when it is another facility's or gone."""
    if not shown_plan():
        return None
    try:
        view = read_plan(context(), shown_plan())
    except BcpKitError as error:
        if error.code is not ErrorCode.NOT_FOUND:
            raise
        view = None
    if view is None or view.facility.id != facility.id:
        close_plan()
        return None
    return view


def _show_plan(view: PlanView) -> None:
    name, back = st.columns((4, 1), vertical_alignment="center")
    name.title(kind_name(view.plan), anchor=False)
    back.button(say("write.back_to_choice"), key="bcp.close", on_click=close_plan, width="stretch")
    show_standing(view)
    show_fit(view)
    show_shelves(view)


def show() -> None:
    """Show the page."""
    writing = bool(shown_plan()) or facts_shown()
    if not writing:
        st.title(say("pages.bcp.title"), anchor=False)
    facility = choose_facility(offer_change=not writing)
    if facility is None:
        return
    if facts_shown():
        show_facts(facility)
        return
    view = _shown(facility)
    if view is None:
        show_choice(facility)
        show_facts_door(facility)
        return
    here = place()
    if here is None:
        _show_plan(view)
    else:
        show_section(view, here)


show()

"""Individual evacuation plans: draft all, look at one and add to it, print, follow the copies."""

import streamlit as st

from bcp_kit.pages.parts.person_words import person_label
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.plan_draft import show_drafting
from bcp_kit.pages.parts.plan_ledger import show_ledger
from bcp_kit.pages.parts.plan_printing import show_printing
from bcp_kit.pages.parts.plan_record import show_plan
from bcp_kit.pages.parts.plan_settings import show_settings
from bcp_kit.pages.parts.plan_words import content_names
from bcp_kit.pages.parts.plan_work import show_work
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.plans import PlanLine, count_plans, find_plans

SHOWN_PLANS = 50
SHOWN_ROWS = 20
FIRST_TAB = "plans.first_tab"


def _row(line: PlanLine) -> dict[str, str]:
    plan = line.plan
    state = say("pages.plans.none") if plan is None else say(f"pages.plans.status.{plan.status.value}")
    return {
        say("pages.plans.number"): plan.number if plan else "",
        say("pages.plans.name"): line.person.name,
        say("pages.plans.state"): state,
        say("pages.plans.missing"): content_names(plan.missing) if plan else "",
        say("pages.plans.checked"): say("pages.plans.stale" if line.stale else "pages.plans.fresh"),
    }


def _show_list() -> None:
    part = st.text_input(say("pages.plans.search"), key="plans.search", persist_state="session")
    lines = find_plans(context(), part.strip(), SHOWN_PLANS)
    if not lines:
        st.info(say("pages.register.empty") if not part.strip() else say("pages.plans.not_found"))
        return
    known = {line.person.id: line for line in lines}
    chosen = st.selectbox(
        say("pages.plans.choose"),
        list(known),
        index=None,
        format_func=lambda i: person_label(known[i].person),
        key="plans.chosen",
    )
    if chosen is not None:
        show_plan(chosen)
        return
    show_table([_row(line) for line in lines[:SHOWN_ROWS]], alt=say("pages.plans.title"))
    if len(lines) > SHOWN_ROWS:
        st.caption(say("pages.plans.more"))


def show() -> None:
    """Show the page."""
    st.title(say("pages.plans.title"), anchor=False)
    total = sum(count_plans(context()).values())
    names = (*(f"pages.plans.tab_{name}" for name in ("draft", "list", "print")), "copies.page.tab")
    # What stood open at first stays the default: drafting changes the total, not the tab.
    to_list = st.session_state.setdefault(FIRST_TAB, total > 0)
    drafting, listed, working, printing, ledger, settings = st.tabs(
        [say(name) for name in (*names[:2], "plan_work.title", *names[2:], "plan_settings.title")],
        default=say("pages.plans.tab_list") if to_list else None,
        key="plans.tabs",
        on_change="rerun",
    )
    with drafting:
        show_drafting(total)
    with listed:
        _show_list()
    # These two look at everybody's records: only when they are asked for.
    with working:
        if working.open:
            show_work()
    with printing:
        show_printing(total)
    with ledger:
        if ledger.open:
            show_ledger()
    with settings:
        if settings.open:
            show_settings()


show()

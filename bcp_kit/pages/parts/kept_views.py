"""What a session keeps of plans so that it is not read at every redraw; forgotten when a plan changed."""

import streamlit as st

PLAN, SHEET, WORK, STALE = "plans.shown", "plan.sheet", "plans.work", "ledger.stale"


def forget_views() -> None:
    """Read plans, worklist and stale copies again at the next showing."""
    for key in (PLAN, SHEET, WORK, STALE):
        st.session_state.pop(key, None)

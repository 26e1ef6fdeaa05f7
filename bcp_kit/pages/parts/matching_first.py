"""What the town should do first: what to confirm, and what to buy or agree, tried by solving again."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.confirm_first import show_to_confirm
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_shown import JOB as RUN_JOB
from bcp_kit.pages.parts.matching_shown import QUICK_S
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import language, may, say
from bcp_kit.services.matching_read import RunView, what_to_confirm_first
from bcp_kit.services.matching_remedies import TownAdvice, advise_town, try_changes
from bcp_kit.services.matching_words import change_sentence

JOB, MADE = "matching.first", "matching.made.first"


def show_first(view: RunView) -> None:
    """Show changes for the town in the order of people who gain a place, then guesses to confirm."""
    st.subheader(say("desk.view.first"), anchor=False)
    st.caption(say("desk.first.lead"))
    if not view.run.is_trial and may(Action.RUN_MATCHING):
        run_id = view.run.id
        if st.button(say("desk.first.run"), type="primary", key="matching.first.run"):
            start_job(JOB, lambda ctx: advise_town(ctx, run_id))
        ended = show_job(JOB)
        if ended is not None:
            st.session_state[MADE] = ended
        advice: TownAdvice | None = st.session_state.get(MADE)
        if advice is not None:
            _show_advice(view, advice)
    found = what_to_confirm_first(view)
    if found:
        st.subheader(say("matching.confirm_first"), anchor=False)
        st.caption(say("pages.matching.confirm_text"))
        show_to_confirm(found, "matching")


def _show_advice(view: RunView, advice: TownAdvice) -> None:
    if not advice.changes:
        st.info(say("desk.first.none"))
        return
    rows = [
        {
            say("desk.first.change"): change_sentence(found.change, view.shelters, language()),
            say("desk.first.gains"): say("pages.matching.people", count=found.people),
            say("desk.first.suited"): say("pages.matching.people", count=sum(found.suited.values())),
        }
        for found in advice.changes
    ]
    show_table(rows, alt=say("desk.view.first"))
    known = {f.change.code: f.change for f in advice.changes}
    chosen = st.selectbox(
        say("desk.first.try"), list(known), index=None, key="matching.first.chosen",
        format_func=lambda c: change_sentence(known[c], view.shelters, language()) if c in known else "",
    )  # fmt: skip
    if chosen in known and st.button(say("desk.first.button"), key="matching.first.try"):
        changes = (known[chosen],)
        start_job(RUN_JOB, lambda ctx: try_changes(ctx, view.run.id, changes), wait_s=QUICK_S)
        st.rerun()

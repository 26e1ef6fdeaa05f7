"""What the town should do first: what to confirm, and what to buy or agree, tried by solving again."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.confirm_first import show_to_confirm
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_shown import JOB as RUN_JOB
from bcp_kit.pages.parts.matching_shown import QUICK_S, VIEW
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.matching_read import RunView, view_of, what_to_confirm_first
from bcp_kit.services.matching_remedies import try_changes
from bcp_kit.services.matching_town import kept_changes, store_advice
from bcp_kit.services.matching_words import change_sentence

JOB = "matching.first"


def show_first(view: RunView) -> None:
    """Show changes for the town in the order of people who gain a place, then guesses to confirm."""
    st.subheader(say("desk.view.first"), anchor=False)
    st.caption(say("desk.first.lead"))
    if not view.run.is_trial and may(Action.RUN_MATCHING):
        run_id = view.run.id
        if st.button(say("desk.first.run"), type="primary", key="matching.first.run"):
            start_job(JOB, lambda ctx: store_advice(ctx, run_id), wait_s=QUICK_S)
        ended = show_job(JOB)
        if ended is not None:
            st.session_state[VIEW] = view_of(context(), ended)
            st.toast(say("mending.kept"))
            st.rerun()
    if view.run.advised:
        _show_advice(view)
    found = what_to_confirm_first(view)
    if found:
        st.subheader(say("matching.confirm_first"), anchor=False)
        st.caption(say("pages.matching.confirm_text"))
        show_to_confirm(found, "matching")


def _show_advice(view: RunView) -> None:
    changes = kept_changes(view.run)
    if not changes:
        st.info(say("desk.first.none"))
        return
    rows = [
        {
            say("desk.first.change"): change_sentence(found.change, view.shelters, language()),
            say("desk.first.gains"): say("pages.matching.people", count=found.people),
            say("desk.first.suited"): say("pages.matching.people", count=found.suited_people),
            say("mending.each"): found.each_words(language()),
            say("mending.sure"): say("mending.proven" if found.proven else "mending.not_proven"),
        }
        for found in changes
    ]
    show_table(rows, alt=say("desk.view.first"))
    if view.run.is_trial or not may(Action.RUN_MATCHING):
        return
    known = {f.change.code: f.change for f in changes}
    chosen = st.selectbox(
        say("desk.first.try"), list(known), index=None, key="matching.first.chosen",
        format_func=lambda c: change_sentence(known[c], view.shelters, language()) if c in known else "",
    )  # fmt: skip
    if chosen in known and st.button(say("desk.first.button"), key="matching.first.try"):
        changed = (known[chosen],)
        start_job(RUN_JOB, lambda ctx: try_changes(ctx, view.run.id, changed), wait_s=QUICK_S)
        st.rerun()

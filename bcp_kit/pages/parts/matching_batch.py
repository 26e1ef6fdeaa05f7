"""Everybody's smallest change, found beside the page with progress and stop, and kept with the run."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_shown import QUICK_S, VIEW
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.matching_read import RunView, view_of
from bcp_kit.services.matching_town import REMEDY_SECONDS, Mending, mended_counts, store_remedies

JOB, LAST = "matching.batch", "matching.made.batch"
MINUTE_S = 60


def show_batch(view: RunView) -> None:
    """Offer to look for everybody's smallest change; after a stop or the limit it can be gone on with."""
    looked, people = mended_counts(view.run)
    unsettled = people or any(p.reasons for p in view.run.placements if p.stage == 1)
    if view.run.is_trial or not unsettled or not may(Action.RUN_MATCHING):
        return
    with st.expander(say("mending.all"), expanded=bool(people) and looked < people):
        st.caption(say("mending.lead"))
        if people:
            st.markdown(say("mending.counts", people=people, looked=looked))
        minutes = st.number_input(
            say("mending.limit"), 1, 240, round(REMEDY_SECONDS / MINUTE_S), key="matching.batch.minutes"
        )
        run_id = view.run.id
        if st.button(say("mending.go_on" if looked else "mending.all"), key="matching.batch.run"):
            seconds = float(minutes) * MINUTE_S
            start_job(JOB, lambda ctx: store_remedies(ctx, run_id, seconds), wait_s=QUICK_S)
        ended: Mending | None = show_job(JOB)
        if ended is not None:
            st.session_state[VIEW] = view_of(context(), ended.run)
            st.session_state[LAST] = ended
            st.rerun()
        last: Mending | None = st.session_state.get(LAST)
        if last is not None and last.run.id == run_id:
            st.success(say("mending.done", count=last.looked))
            if last.left:
                st.info(say("mending.left", count=last.left))

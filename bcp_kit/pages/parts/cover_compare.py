"""Three alternatives side by side: each with another goal first; one of them can be used."""

import streamlit as st

from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.cores.staff_cover.solve import Preference
from bcp_kit.pages.parts.cover_view import SHOWN_RUN, CoverView
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.cover import scenario_of_run
from bcp_kit.services.cover_compare import (
    Alternative,
    compare_of_run,
    keep_alternative,
    shown_value,
)

JOB, FOUND, KEPT = "cover.compare", "cover.compare.found", "cover.compare.kept"


def _heading(alternative: Alternative) -> str:
    return say(f"cover_answers.compare.{alternative.preference.value}")


def show_compare(view: CoverView) -> None:
    """Show the button, then the table and one button for each alternative."""
    st.subheader(say("rosters.room.compare"), anchor=False)
    st.caption(say("cover_answers.compare.intro"))
    run = view.run
    if st.button(say("cover_answers.compare.button"), type="primary", key="cover.compare.go"):
        st.session_state.pop(FOUND, None)
        start_job(JOB, lambda ctx: (run.id, compare_of_run(ctx, run)))
    ended = show_job(JOB)
    if ended is not None:
        st.session_state[FOUND] = ended
        st.session_state.pop(KEPT, None)
    run_id, found = st.session_state.get(FOUND, ("", ()))
    if run_id != run.id or not found:
        return
    if len(found) < len(Preference):
        st.info(say("cover_answers.compare.stopped"))
    show_table(_rows(found), alt=say("cover_answers.compare.title"))
    st.caption(say("cover_answers.compare.title"))
    if st.session_state.get(KEPT) == run.id:
        st.success(say("cover_answers.compare.in_use"))
    _choose(found)


def _choose(found: tuple[Alternative, ...]) -> None:
    for column, alternative in zip(st.columns(len(Preference)), found, strict=False):
        with column:
            st.markdown(f"**{_heading(alternative)}**")
            key = f"cover.compare.keep.{alternative.preference.value}"
            if st.button(say("cover_answers.compare.keep"), key=key, width="stretch"):
                scenario = scenario_of_run(context(), alternative.run)
                kept = keep_alternative(context(), alternative, scenario)
                st.session_state[SHOWN_RUN] = st.session_state[KEPT] = kept.id
                st.session_state[FOUND] = (kept.id, found)
                st.rerun()


def _rows(found: tuple[Alternative, ...]) -> list[dict[str, str]]:
    goal_head = say("cover_answers.compare.goal")
    rows = [
        {
            goal_head: say(f"cover_answers.compare.unit_{goal.value}"),
            **{_heading(a): shown_value(goal, a) for a in found},
        }
        for goal in Goal
    ]
    different = {_heading(a): str(a.different_people) for a in found}
    status = {_heading(a): say(f"cover.status.{a.run.status.value}") for a in found}
    return [
        *rows,
        {goal_head: say("cover_answers.compare.different"), **different},
        {goal_head: say("cover_answers.compare.status"), **status},
    ]

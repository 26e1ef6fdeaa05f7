"""Three alternatives side by side: each with another goal first; one of them can be used."""

import streamlit as st

from bcp_kit.cores.staff_cover.attendance_factors import CountMode, HealthMode
from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.pages.parts.cover_view import SHOWN_RUN, CoverView
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.cover import CoverCommand, scenario_of_run
from bcp_kit.services.cover_compare import Alternative, compare, keep_alternative

FOUND = "cover.compare.found"


def _command(view: CoverView) -> CoverCommand:
    settings = view.run.settings
    return CoverCommand(
        facility_ids=view.run.facility_ids,
        scenario=scenario_of_run(context(), view.run),
        seed=view.run.seed,
        count_mode=CountMode(str(settings.get("count_mode", CountMode.EXPECTED))),
        health_mode=HealthMode(str(settings.get("health_mode", HealthMode.EXPECTED))),
        call_id=str(settings.get("call_id", "")),
    )


def show_compare(view: CoverView) -> None:
    """Show the button, then the table and one button for each alternative."""
    st.subheader(say("rosters.room.compare"), anchor=False)
    st.caption(say("cover_answers.compare.intro"))
    if st.button(say("cover_answers.compare.button"), type="primary", key="cover.compare.go"):
        with st.spinner(say("cover_answers.compare.working")):
            st.session_state[FOUND] = (view.run.id, compare(context(), _command(view)))
    run_id, found = st.session_state.get(FOUND, ("", ()))
    if run_id != view.run.id or not found:
        return
    show_table(_rows(found), alt=say("cover_answers.compare.title"))
    st.caption(say("cover_answers.compare.title"))
    for column, alternative in zip(st.columns(len(found)), found, strict=True):
        with column:
            st.markdown(f"**{say(f'cover_answers.compare.{alternative.preference.value}')}**")
            key = f"cover.compare.keep.{alternative.preference.value}"
            if st.button(say("cover_answers.compare.keep"), key=key, width="stretch"):
                kept = keep_alternative(context(), alternative, _command(view))
                st.session_state[SHOWN_RUN] = kept.id
                st.rerun()


def _rows(found: tuple[Alternative, ...]) -> list[dict[str, str]]:
    heads = [say(f"cover_answers.compare.{a.preference.value}") for a in found]
    goal_head = say("cover_answers.compare.goal")
    rows = [
        {
            goal_head: say(f"cover_answers.compare.unit_{goal.value}"),
            **{
                head: f"{a.values[goal]:.0f}" + ("◎" if goal in a.best_goals else "")
                for head, a in zip(heads, found, strict=True)
            },
        }
        for goal in Goal
    ]
    different = {h: str(a.different_people) for h, a in zip(heads, found, strict=True)}
    return [*rows, {goal_head: say("cover_answers.compare.different"), **different}]

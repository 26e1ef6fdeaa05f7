"""Somebody calls in sick: who cannot come, from which day, and who changes."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.catalogues import load
from bcp_kit.pages.parts.cover_view import SHOWN_RUN, CoverView
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.cover_recover import ChangedDay, RecoverCommand, RecoverOutcome, recover_run

OUTCOME = "cover.recover.outcome"


def show_recover(view: CoverView) -> None:
    """Show the question, and after it was answered who changes."""
    st.subheader(say("rosters.room.recover"), anchor=False)
    st.caption(say("cover_answers.recover.intro"))
    if not may(Action.SEE_STAFF):
        st.info(say("pages.cover.no_staff"))
        return
    people = dict.fromkeys(a.staff_id for a in view.run.assignments if a.staff_id)
    absent = st.multiselect(
        say("cover_answers.recover.ask_who"), list(people), format_func=view.names.of, key="cover.recover.who"
    )
    days = sorted({a.day for a in view.run.assignments}) or [0]
    first = st.selectbox(
        say("cover_answers.recover.ask_day"),
        days,
        format_func=lambda day: say("cover.cli.day_number", day=day),
        key="cover.recover.day",
    )
    if st.button(say("cover_answers.recover.button"), type="primary", key="cover.recover.go"):
        if not absent:
            st.warning(say("cover_answers.recover.nobody"))
            return
        with st.spinner(say("cover_answers.recover.working")):
            command = RecoverCommand(dict.fromkeys(absent, first), run_id=view.run.id)
            st.session_state[OUTCOME] = recover_run(context(), command)
            st.session_state[SHOWN_RUN] = st.session_state[OUTCOME].after.id
        st.rerun()
    outcome = st.session_state.get(OUTCOME)
    if isinstance(outcome, RecoverOutcome) and outcome.after.id == view.run.id:
        _show(outcome, view)


def _show(outcome: RecoverOutcome, view: CoverView) -> None:
    proven = say(
        "cover_answers.recover.proven" if outcome.fewest_proven else "cover_answers.recover.not_proven"
    )
    people = len(outcome.changed_people)
    st.success(say("cover_answers.recover.head", run=outcome.after.id, people=people, proven=proven))
    rows = [_row(c, view) for c in outcome.changes if not c.only_post]
    show_table(rows, alt=say("cover_answers.recover.title"))
    posts = [c for c in outcome.changes if c.only_post]
    if posts:
        who = "、".join(dict.fromkeys(plain(view.names.of(c.staff_id)) for c in posts))
        st.caption(say("cover_answers.recover.only_posts", count=len(posts), who=who))
    before = sum(p.missing for p in outcome.before.uncovered)
    after = sum(p.missing for p in outcome.after.uncovered)
    st.caption(say("cover_answers.recover.uncovered", before=before, after=after))


def _row(change: ChangedDay, view: CoverView) -> dict[str, str]:
    mark = say("cover_answers.recover.missing_mark") if change.missing else ""
    return {
        say("cover_answers.recover.day"): say("cover.cli.day_number", day=change.day),
        say("cover_answers.recover.who"): view.names.of(change.staff_id) + mark,
        say("cover_answers.recover.before"): _duty(change.shift_before, change.post_before),
        say("cover_answers.recover.after"): _duty(change.shift_after, change.post_after),
    }


def _duty(shift: str, post: str) -> str:
    if not shift:
        return say("cover_answers.recover.off")
    kinds = (("shifts", shift), ("post_groups", post))
    return "・".join(load.catalogue(name).need(key).label(language()) for name, key in kinds)

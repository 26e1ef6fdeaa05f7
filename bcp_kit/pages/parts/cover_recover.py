"""Somebody calls in sick: who cannot come, from which day, and who changes."""

from datetime import timedelta

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.catalogues import load
from bcp_kit.pages.parts.cover_view import ROOM, SHOWN_RUN, CoverView
from bcp_kit.pages.parts.cover_words import day_text
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.render.roster_table import weekday
from bcp_kit.services.cover import scenario_of_run
from bcp_kit.services.cover_recover import ChangedDay, RecoverCommand, RecoverOutcome, recover_run
from bcp_kit.services.roster_board import staff_of

JOB, OUTCOME = "cover.recover", "cover.recover.outcome"
QUICK_S = 3.0


def show_recover(view: CoverView) -> None:
    """Show the question, and after it was answered who changes."""
    st.subheader(say("rosters.room.recover"), anchor=False)
    st.caption(say("cover_answers.recover.intro"))
    if not may(Action.SEE_STAFF):
        st.info(say("pages.cover.no_staff"))
        return
    outcome = st.session_state.get(OUTCOME)
    if isinstance(outcome, RecoverOutcome) and outcome.after.id == view.run.id:
        _show(outcome, view)
        st.markdown(f"**{say('cover_answers.recover.again')}**")
    _ask(view)
    ended = show_job(JOB)
    if ended is not None:
        st.session_state[OUTCOME] = ended
        st.session_state[SHOWN_RUN] = ended.after.id
        st.rerun()


def _ask(view: CoverView) -> None:
    """Ask who is missing from when; the answers belong to the run on screen."""
    run = view.run
    at_work = {a.staff_id for a in run.assignments if a.staff_id}
    people = [s.id for site in run.facility_ids for s in staff_of(context(), site) if s.id in at_work]
    absent = st.multiselect(
        say("cover_answers.recover.ask_who"),
        people,
        format_func=view.names.of,
        key=f"cover.recover.who.{run.id}",
        placeholder=say("cover_answers.recover.choose"),
    )
    days = sorted({a.day for a in run.assignments}) or [0]
    first = st.selectbox(
        say("cover_answers.recover.ask_day"),
        days,
        format_func=_Days(view),
        key=f"cover.recover.day.{run.id}",
    )
    if st.button(say("cover_answers.recover.button"), type="primary", key="cover.recover.go"):
        if not absent:
            st.warning(say("cover_answers.recover.nobody"))
            return
        command = RecoverCommand(dict.fromkeys(absent, int(first or 0)), run_id=run.id)
        start_job(JOB, lambda ctx: recover_run(ctx, command), wait_s=QUICK_S)


class _Days:
    """Days of a run as people say them: the number after the event, and the date."""

    def __init__(self, view: CoverView) -> None:
        self._first = scenario_of_run(context(), view.run).starts_at.date()

    def __call__(self, day: int) -> str:
        on = self._first + timedelta(days=day)
        return say(
            "cover_answers.recover.day_and_date",
            number=day_text(day),
            date=f"{on.month}/{on.day}",
            weekday=weekday(on),
        )


def _go_to(room: str) -> None:
    st.session_state[ROOM] = room


def _back_to(run_id: str) -> None:
    st.session_state[SHOWN_RUN] = run_id


def _show(outcome: RecoverOutcome, view: CoverView) -> None:
    proven = say(
        "cover_answers.recover.proven" if outcome.fewest_proven else "cover_answers.recover.not_proven"
    )
    people = len(outcome.changed_people)
    if people:
        st.success(say("cover_answers.recover.page_head", people=people, proven=proven))
    else:
        st.success(say("cover_answers.recover.none_changed"))
    day = _Days(view)
    rows = [_row(c, view, day) for c in outcome.changes if not c.only_post]
    if rows:
        show_table(rows, alt=say("cover_answers.recover.title"))
    posts = [c for c in outcome.changes if c.only_post]
    if posts:
        who = "、".join(dict.fromkeys(plain(view.names.of(c.staff_id)) for c in posts))
        st.caption(say("cover_answers.recover.only_posts", count=len(posts), who=who))
    before = sum(p.missing for p in outcome.before.uncovered)
    after = sum(p.missing for p in outcome.after.uncovered)
    st.markdown(say("cover_answers.recover.uncovered", before=before, after=after))
    st.caption(say("cover_answers.recover.tell"))
    columns = st.columns(3)
    for column, room in zip(columns, ("uncovered", "papers"), strict=False):
        words = say("cover_answers.recover.go_to", room=say(f"rosters.room.{room}"))
        column.button(words, key=f"cover.recover.to.{room}", on_click=_go_to, args=(room,), width="stretch")
    columns[2].button(
        say("cover_answers.recover.back"),
        key="cover.recover.back",
        on_click=_back_to,
        args=(outcome.before.id,),
        width="stretch",
    )


def _row(change: ChangedDay, view: CoverView, day: _Days) -> dict[str, str]:
    mark = say("cover_answers.recover.missing_mark") if change.missing else ""
    return {
        say("cover_answers.recover.day"): day(change.day),
        say("cover_answers.recover.who"): view.names.of(change.staff_id) + mark,
        say("cover_answers.recover.before"): _duty(
            change.shift_before, change.post_before, change.facility_before, view
        ),
        say("cover_answers.recover.after"): _duty(
            change.shift_after, change.post_after, change.facility_after, view
        ),
    }


def _duty(shift: str, post: str, facility: str, view: CoverView) -> str:
    """Return shift and post in words; the site where it is not the one on screen."""
    if not shift:
        return say("cover_answers.recover.off")
    kinds = (("shifts", shift), ("post_groups", post))
    words = [load.catalogue(name).need(key).label(language()) for name, key in kinds]
    away = [view.names.of(facility)] if facility != view.site else []
    return "・".join([*words, *away])

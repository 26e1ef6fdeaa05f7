"""The roster board: people × days with marks and colours, by post and by week."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_words import cover_say
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.render.roster_html import GridWords, board_html
from bcp_kit.render.roster_table import RosterLine, RosterTable, look_of, post_label, post_letter, wish_words
from bcp_kit.services.roster_board import board_of_run

WEEK = 7
MOST_DAYS = 14
EVERY = ""


def choose_days(days: Sequence[date], key: str) -> Sequence[date]:
    """Ask which days are shown: two weeks from the start, or one week."""
    if len(days) <= WEEK:
        return days
    spans = [(at, at + MOST_DAYS) for at in range(0, len(days), MOST_DAYS)]
    spans += [(at, at + WEEK) for at in range(0, len(days), WEEK)]
    choices = {_span_words(days[first:last]): (first, last) for first, last in spans}
    chosen = st.segmented_control(
        say("rosters.board.days"),
        list(choices),
        default=next(iter(choices)),
        key=f"{key}.days",
        required=True,
    )
    first, last = choices.get(chosen or "", spans[0])
    return days[first:last]


def _span_words(days: Sequence[date]) -> str:
    first, last = days[0], days[-1]
    return f"{first.month}/{first.day}–{last.month}/{last.day}"


def show_legend(table: RosterTable) -> None:
    """Show what marks and letters stand for."""
    marks = "　".join(f"**{look_of(s).mark}**＝{look_of(s).label} {look_of(s).hours}" for s in table.shifts())
    posts = "　".join(f"{post_letter(p)}＝{post_label(p)}" for p in table.posts())
    st.caption(say("rosters.board.legend", marks=marks, posts=posts) if posts else marks)


def show_table(table: RosterTable, days: Sequence[date], lines: Sequence[RosterLine]) -> None:
    """Show people × days."""
    words = GridWords(table.title, say("rosters.sheet.name"), ())
    st.html(board_html(table, days, lines, words, say("rosters.wall.away")))


def _of_post(lines: Sequence[RosterLine], post: str, days: Sequence[date]) -> list[RosterLine]:
    """Return the people who work in a post on one of the days; everybody where no post is chosen."""
    if not post:
        return list(lines)
    return [line for line in lines if any(line.cells[d].post == post for d in days if d in line.cells)]


def show_board(view: CoverView) -> None:
    """Show who works when."""
    st.subheader(cover_say("roster"), anchor=False)
    if not may(Action.SEE_STAFF):
        st.info(say("rosters.board.no_names"))
        return
    table = board_of_run(context(), view.run.id, view.site)
    if not any(line.cells for line in table.lines):
        st.info(say("pages.cover.no_roster"))
        return
    days = choose_days(table.days, "cover.board")
    post = st.segmented_control(
        say("rosters.board.post"),
        [EVERY, *table.posts()],
        default=EVERY,
        format_func=lambda key: post_label(key) if key else say("rosters.board.every_post"),
        key="cover.board.post",
        required=True,
    )
    show_legend(table)
    wishes = wish_words(table, days)
    if wishes:
        st.caption(wishes)
    show_table(table, days, _of_post(table.lines, post or EVERY, days))

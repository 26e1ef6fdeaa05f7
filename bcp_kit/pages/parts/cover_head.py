"""The head of a cover run: which scenario, how good the answer is, whether life-keeping posts are filled."""

import streamlit as st

from bcp_kit.domain.cover import CoverRun
from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_words import cover_say, days_text
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.cover import summary, two_homes_words
from bcp_kit.services.cover_goals import goal_rows, origin_words, worst_words
from bcp_kit.services.cover_locks import released_sentences


def made_text(run: CoverRun) -> str:
    """Return when a run was made and for which scenario, for Markdown."""
    made = run.made_at.astimezone().strftime("%Y-%m-%d %H:%M")
    name = str(run.settings.get("scenario_name", run.scenario_id))
    return say("pages.cover.made", made=made, scenario=plain(name))


def show_head(view: CoverView) -> None:
    """Show what stands above every room of a run."""
    run = view.run
    status = say(
        "pages.cover.status",
        status=say(f"cover.status.{run.status.value}"),
        worst=worst_words(run, language()),
    )
    st.markdown(f"**{made_text(run)}**　{plain(status)}")
    origin = origin_words(run, view.names.names, language())
    if origin:
        st.caption(plain(origin))
    released = released_sentences(run, view.names.of, language())
    if released:
        st.warning("\n".join((say("cover_answers.locks.released"), "", *(f"- {plain(r)}" for r in released))))
    twice = two_homes_words(run, view.names.of, language())
    if twice:
        st.warning(plain(twice))
    found = summary(run)
    short = found.missing.get("life", 0)
    if short:
        st.error(say("pages.cover.life_short", missing=short, days=days_text(found.life_short_days)))
    else:
        st.success(say("pages.cover.life_kept"))


def show_foot(view: CoverView) -> None:
    """Show how good each goal is, and what the figures of a run rest on."""
    with st.expander(say("cover_answers.goals.title")):
        show_table(goal_rows(view.run, language()), alt=say("cover_answers.goals.title"))
        st.caption(say("cover_answers.goals.note"))
    if not view.run.settings.get("repeatable", True):
        st.caption(cover_say("not_repeatable"))
    if view.run.settings.get("standard_unknown"):
        st.caption(cover_say("standard_unknown", count=int(view.run.settings["standard_unknown"])))
    st.caption(cover_say("assumptions"))

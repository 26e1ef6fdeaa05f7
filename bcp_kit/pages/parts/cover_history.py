"""Earlier runs of a facility: which one is on screen."""

import streamlit as st

from bcp_kit.pages.parts.cover_head import made_text
from bcp_kit.pages.parts.cover_view import SHOWN_RUN, CoverView
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.cover_goals import origin_words
from bcp_kit.services.roster_history import list_runs


def _choose(run_id: str) -> None:
    st.session_state[SHOWN_RUN] = run_id


def show_history(view: CoverView) -> None:
    """Show the runs of the facility, newest first, each with a button that puts it on screen."""
    st.subheader(say("rosters.room.history"), anchor=False)
    for line in list_runs(context(), view.site):
        words, button = st.columns((4, 1), vertical_alignment="center")
        shown = line.run.id == view.run.id
        mark = f"【{say('rosters.history.shown')}】" if shown else ""
        words.markdown(f"{mark}{made_text(line.run)}")
        origin = origin_words(line.run, view.names.names, language())
        if origin:
            words.markdown(plain(origin))
        words.caption(
            say(
                "rosters.history.line",
                days=line.days,
                life=line.missing_life,
                other=line.missing_other,
                stopped=line.stopped,
            )
        )
        button.button(
            say("rosters.history.show"),
            key=f"cover.history.{line.run.id}",
            disabled=shown,
            on_click=_choose,
            args=(line.run.id,),
            width="stretch",
        )

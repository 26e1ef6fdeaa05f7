"""Second and third places of a run: found on a button, shown by person with why each stands apart."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_shown import QUICK_S, VIEW
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.matching_alternatives import (
    MOST,
    alternative_words,
    second_counts,
    second_lines,
    store_alternatives,
)
from bcp_kit.services.matching_read import Line, RunView, view_of
from bcp_kit.services.matching_tables import home_of

JOB = "matching.second"
SHOWN = 60


def _words(view: RunView, line: Line, number: int) -> str:
    found = line.placement.alternatives
    if number >= len(found):
        return say("second.none")
    hides = home_of(line.person) is None
    return alternative_words(view, found[number], hides_way=hides, language=language())


def _row(view: RunView, line: Line) -> dict[str, str]:
    first = {
        say("pages.matching.name"): line.person.name,
        say("pages.matching.tier"): str(line.placement.tier),
        say("second.first"): line.shelter.name if line.shelter else "",
    }
    return first | {say(f"second.number_{n + 2}"): _words(view, line, n) for n in range(MOST)}


def show_person_seconds(view: RunView, line: Line) -> None:
    """Show one person's further places below the first one; nothing where nobody looked."""
    if not view.run.second_places or line.placement.stage != 1 or not line.placement.shelter_id:
        return
    for number in range(MOST):
        st.text(f"{say(f'second.number_{number + 2}')}：{_words(view, line, number)}")


def show_second(view: RunView) -> None:
    """Offer to look for further places, and show everybody's, those without one first."""
    st.subheader(say("second.title"), anchor=False)
    st.caption(say("second.lead"))
    found = view.run.second_places
    if not view.run.is_trial and may(Action.RUN_MATCHING):
        run_id = view.run.id
        if st.button(
            say("second.again" if found else "second.run"),
            type="secondary" if found else "primary",
            key="matching.second.run",
        ):
            start_job(JOB, lambda ctx: store_alternatives(ctx, run_id), wait_s=QUICK_S)
        kept = show_job(JOB)
        if kept is not None:
            st.session_state[VIEW] = view_of(context(), kept)
            st.toast(say("second.stored"))
            st.rerun()
    if not found:
        st.info(say("second.not_yet"))
        return
    counts = second_counts(view)
    st.markdown(
        say(
            "second.counts",
            placed=counts.placed,
            second=counts.second,
            apart=counts.apart,
            third=counts.third,
        )
    )
    lines = second_lines(view)
    show_table([_row(view, line) for line in lines[:SHOWN]], alt=say("second.title"))
    if len(lines) > SHOWN:
        st.caption(say("second.more", count=len(lines) - SHOWN))

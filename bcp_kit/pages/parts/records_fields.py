"""What the parts of the records page share: days, plans, what was done last, who approves."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.practice.words import plan_words
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.session import language, may, say

DONE = "records.done"
PART = "records.part"
OLDEST = date(2000, 1, 1)


def ask_day(label: str, key: str, value: date | None = None, latest: date | None = None) -> date | None:
    """Ask for a day; empty is None."""
    end = latest or date(date.max.year, 12, 31)
    asked: date | None = st.date_input(
        label, value=value, min_value=OLDEST, max_value=end, format="YYYY/MM/DD", key=key
    )
    return asked


def ask_plans(key: str, now: tuple[PlanKind, ...] = CONTINUITY_KINDS) -> tuple[PlanKind, ...]:
    """Ask which of the two plans a record is for."""
    chosen = st.pills(
        say("records.field.plans"),
        CONTINUITY_KINDS,
        default=None if key in st.session_state else list(now),
        selection_mode="multi",
        format_func=lambda kind: plan_words(kind, language()),
        key=key,
    )
    return tuple(chosen)


def try_and_tell(work: Callable[[], object], done_key: str, **values: str | int) -> None:
    """Run a service call; its sentence stands after the next run, a failure stands here."""
    try:
        work()
    except BcpKitError as error:
        show_error(error)
        return
    st.session_state[DONE] = say(done_key, **values)
    st.rerun()


def tell_done() -> None:
    """Show once what the last press did."""
    done = st.session_state.pop(DONE, "")
    if done:
        st.success(done)


def may_edit() -> bool:
    """True for those who may write records."""
    return may(Action.EDIT_BCP)

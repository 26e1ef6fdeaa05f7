"""Erasing on screen: who is due, what would go, asking, and another person's approval."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.erasure import Erasure, ErasureState, ErasureWay
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.kept_views import forget_views
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import actor, context, language, may, say
from bcp_kit.pages.parts.upkeep_common import TOLD, do_and_tell
from bcp_kit.services.erasing import (
    ask_erasure,
    decide_erasure,
    list_erasures,
    preview_erasure,
    preview_words,
)
from bcp_kit.services.erasing_due import PERIODS, DueLine, due_list, read_periods

SHOWN = 100
SEEN = "erasing.seen"


def show_erasing() -> None:
    """Show who waits to be erased, the form to ask, and the orders that wait for another person."""
    st.caption(say("erasing.lead"))
    if not may(Action.ERASE_RECORDS):
        st.info(say("access.role_lacks_action"))
        return
    rows = catalogue(PERIODS).rows
    lines = [
        say("erasing.period", name=rows[cause.value].label(language()), months=months)
        for cause, months in read_periods(context()).items()
    ]
    st.text("\n".join(lines))
    st.caption(say("erasing.period_note"))
    orders = list_erasures(context())
    _show_open([order for order in orders if order.state is ErasureState.ASKED])
    _show_due()
    _show_history([order for order in orders if order.state is not ErasureState.ASKED])
    st.info(f"{say('erasing.backups')}\n\n{say('erasing.audit')}")


def _day(day: date | None) -> str:
    return day.isoformat() if day else say("erasing.unknown_day")


def _table(lines: Sequence[DueLine], title: str) -> None:
    cells = [
        {
            say("erasing.column.register_no"): line.person.register_no,
            say("erasing.column.name"): line.person.name,
            say("erasing.column.cause"): say(f"erasing.cause.{line.cause.value}"),
            say("erasing.column.since"): _day(line.since),
            say("erasing.column.due"): _day(line.due_on),
        }
        for line in lines[:SHOWN]
    ]
    show_table(cells, alt=title)


def _show_due() -> None:
    today, found = context().today(), due_list(context())
    due = [line for line in found if line.is_due(today)]
    later = [line for line in found if not line.is_due(today)]
    st.subheader(say("erasing.page.due"), anchor=False)
    if due:
        _table(due, say("erasing.page.due"))
        _ask(due)
    else:
        st.success(say("erasing.none_due"))
    if later:
        with st.expander(say("erasing.page.later"), key="erasing.later"):
            _table(later, say("erasing.page.later"))


def _ask(due: Sequence[DueLine]) -> None:
    known = {line.person.id: line.person for line in due}
    chosen = st.multiselect(
        say("erasing.page.choose"),
        list(known),
        list(known),
        format_func=lambda key: f"{known[key].register_no}　{known[key].name}",
        key="erasing.chosen",
    )
    ways: list[ErasureWay] = list(ErasureWay)
    way = st.radio(
        say("erasing.page.way"),
        ways,
        format_func=lambda each: say(f"erasing.way.{each.value}"),
        key="erasing.way",
    )
    reason = st.text_input(say("erasing.page.reason"), key="erasing.reason", max_chars=200)
    look, ask, _ = st.columns((1, 1, 2))
    if look.button(say("erasing.page.preview"), key="erasing.preview", disabled=not chosen, width="stretch"):
        st.session_state[SEEN] = preview_erasure(context(), chosen)
    if SEEN in st.session_state:
        st.text("\n".join(preview_words(st.session_state[SEEN], language())))
    if ask.button(
        say("erasing.page.ask"), type="primary", key="erasing.ask", disabled=not chosen, width="stretch"
    ):
        st.session_state.pop(SEEN, None)
        do_and_tell(lambda: ask_erasure(context(), chosen, ErasureWay(way), reason), "erasing.page.asked")


def _show_open(orders: Sequence[Erasure]) -> None:
    if not orders:
        return
    st.subheader(say("erasing.page.open"), anchor=False)
    for order in orders:
        with st.container(border=True):
            told: dict[str, str | int] = {
                "day": order.asked_at.date().isoformat(),
                "by": order.asked_by,
                "people": len(order.person_ids),
                "way": say(f"erasing.way.{order.way.value}"),
                "reason": order.reason,
            }
            st.markdown(plain(say("erasing.page.order", **told)))
            _decide(order)


def _decide(order: Erasure) -> None:
    key = f"erasing.{order.id}"
    with st.form(key, border=False):
        name, words = st.columns(2)
        by = name.text_input(say("erasing.page.by"), actor().name, key=f"{key}.by")
        said = words.text_input(say("erasing.page.words"), key=f"{key}.words", max_chars=200)
        sure = st.checkbox(say("erasing.page.sure"), key=f"{key}.sure")
        yes, no, _ = st.columns((1, 1, 2))
        approved = yes.form_submit_button(say("erasing.page.approve"), type="primary", width="stretch")
        refused = no.form_submit_button(say("erasing.page.refuse"), width="stretch")
    if refused:
        do_and_tell(lambda: decide_erasure(context(), order.id, False, said, by), "erasing.page.refused")
    elif approved and sure:
        _erase(order, said, by)
    elif approved:
        st.warning(say("erasing.page.sure"))


def _erase(order: Erasure, words: str, by: str) -> None:
    try:
        done = decide_erasure(context(), order.id, True, words, by)
    except BcpKitError as error:
        show_error(error)
        return
    told = {"records": sum(done.order.removed.values()), "files": len(done.order.files)}
    forget_views()
    later = "" if done.compacted else f"  \n{say('erasing.compact_later')}"
    st.session_state[TOLD] = say("erasing.page.done", **told) + later
    st.rerun()


def _show_history(orders: Sequence[Erasure]) -> None:
    if not orders:
        return
    with st.expander(say("erasing.page.history"), key="erasing.history"):
        for order in orders:
            told: dict[str, str | int] = {
                "day": order.decided_at.date().isoformat() if order.decided_at else "",
                "by": order.decided_by,
                "state": say(f"erasing.state.{order.state.value}"),
                "records": sum(order.removed.values()),
                "files": len(order.files),
                "missing": len(order.files_missing),
            }
            st.text(say("erasing.page.told", **told))

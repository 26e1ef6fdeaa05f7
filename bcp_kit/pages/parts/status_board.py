"""The board of places in an event: what each was last reported as, and a button for each state."""

from datetime import datetime

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.shelter_status import OpenState, StatusEntry
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, say
from bcp_kit.pages.parts.shelter_words import kind_label
from bcp_kit.services.shelter_status import (
    Board,
    BoardLine,
    Report,
    default_share,
    history,
    keep_place,
    report_status,
)

PAGE, PROBLEM = "status.page", "status.problem"
A_PAGE = 40
SIGNS = {
    OpenState.OPEN: "●",
    OpenState.PREPARING: "◔",
    OpenState.FULL: "■",
    OpenState.DAMAGED: "▲",
    OpenState.CLOSED: "×",
}


def moment(at: datetime) -> str:
    """Return a moment in local time, with its day."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M")


def state_label(state: OpenState | None) -> str:
    """Return the words for a state, or for no report."""
    return say(f"shelters.open_state.{state.value if state else 'none'}")


def told_entry(entry: StatusEntry) -> str:
    """Return in words when, by whom and why a state was reported."""
    reason = f"　{entry.reason}" if entry.reason else ""
    words = say("shelters.board.told", at=moment(entry.at), by=entry.by, reason=reason)
    if entry.usable_share != default_share(entry.state):
        words += say("shelters.board.told_share", share=round(entry.usable_share * 100))
    if entry.people is not None:
        words += say("shelters.board.told_people", people=entry.people)
    return words


def _report(report: Report) -> None:
    """Report as a callback; what went wrong is told on the next look."""
    try:
        report_status(context(), [report])
    except BcpKitError as error:
        st.session_state[PROBLEM] = error


def _one_click(shelter_id: str, state: OpenState) -> None:
    reason = str(st.session_state.get(f"status.reason.{shelter_id}", "")).strip()
    _report(Report(shelter_id, state, reason))
    st.session_state[f"status.reason.{shelter_id}"] = ""


def _show_line(line: BoardLine) -> None:
    shelter, entry = line.shelter, line.entry
    sign = SIGNS[entry.state] if entry else "－"
    added = f"　{say('shelters.board.added_mark')}" if line.added else ""
    label = state_label(entry.state if entry else None)
    st.markdown(f"{sign} **{plain(shelter.name)}**　{label}{added}")
    told = told_entry(entry) if entry else say("shelters.board.no_report")
    if shelter.location is None:
        st.warning(say("shelters.board.no_point"))
    st.caption(f"{plain(told)}　｜　{kind_label(shelter.kind)}　{plain(shelter.address)}")
    with st.container(horizontal=True):
        for state in OpenState:
            st.button(
                state_label(state),
                key=f"status.{shelter.id}.{state.value}",
                on_click=_one_click,
                args=(shelter.id, state),
                type="primary" if entry and entry.state is state else "secondary",
            )
        _show_more(line)


def _show_more(line: BoardLine) -> None:
    """Ask for reason, share and people; show the history; both only when opened."""
    shelter = line.shelter
    with st.popover(say("shelters.board.more")):
        st.text_input(say("shelters.board.reason"), key=f"status.reason.{shelter.id}", max_chars=120)
        with st.form(f"status.form.{shelter.id}", border=False):
            state_at, share_at, people_at = st.columns(3)
            states: list[OpenState] = list(OpenState)
            now = line.entry.state if line.entry else OpenState.DAMAGED
            state = state_at.selectbox(
                say("shelters.board.state"), states, index=states.index(now), format_func=state_label
            )
            share = share_at.number_input(say("shelters.board.share"), 0, 100, None, 10, placeholder="")
            people = people_at.number_input(say("shelters.board.people"), 0, None, None, 1, placeholder="")
            pressed = st.form_submit_button(say("shelters.board.report"))
        if pressed:
            part = None if share is None else share / 100
            reason = str(st.session_state.get(f"status.reason.{shelter.id}", ""))
            _report(Report(shelter.id, OpenState(state), reason, part, people))
            st.rerun()
        if line.added and st.button(say("shelters.board.keep"), key=f"status.keep.{shelter.id}"):
            keep_place(context(), shelter.id)
            st.rerun()
        _show_history(shelter.id)


def _show_history(shelter_id: str) -> None:
    if not st.checkbox(say("shelters.board.history"), key=f"status.history.{shelter_id}"):
        return
    told = history(context(), shelter_id)
    rows = [
        {
            say("shelters.board.at"): moment(entry.at),
            say("shelters.board.state"): state_label(entry.state),
            say("shelters.board.who"): entry.by,
            say("shelters.board.why"): entry.reason,
            say("shelters.board.event"): told.events[entry.event_id].name,
        }
        for entry in told.entries
    ]
    if rows:
        show_table(rows, alt=say("shelters.board.history_of", name=told.shelter.name))


def _chosen_lines(now: Board) -> list[BoardLine]:
    part_at, state_at = st.columns((3, 2))
    part = part_at.text_input(say("shelters.board.search"), key="status.search").strip()
    states: list[OpenState | str | None] = ["any", None, *OpenState]
    wanted = state_at.selectbox(
        say("shelters.board.filter"),
        states,
        format_func=lambda s: say("shelters.board.any") if s == "any" else state_label(s),
        key="status.filter",
    )
    found = []
    for line in now.lines:
        state = line.entry.state if line.entry else None
        named = part in line.shelter.name or part in line.shelter.name_kana or part in line.shelter.address
        if named and wanted in ("any", state):
            found.append(line)
    return found


def _next_page() -> None:
    st.session_state[PAGE] = int(st.session_state.get(PAGE, 1)) + 1


def show_board(now: Board) -> None:
    """Show the counts, and every place with its buttons."""
    problem: BcpKitError | None = st.session_state.pop(PROBLEM, None)
    if problem is not None:
        show_error(problem)
    counts = [(state_label(state), now.count(state)) for state in (*OpenState, None)]
    st.markdown("　".join(say("shelters.board.count", label=f"{label}", count=n) for label, n in counts))
    lines = _chosen_lines(now)
    shown = lines[: A_PAGE * int(st.session_state.get(PAGE, 1))]
    st.caption(say("shelters.board.shown", total=len(lines), shown=len(shown)))
    for line in shown:
        with st.container(border=True):
            _show_line(line)
    left = len(lines) - len(shown)
    if left > 0:
        st.button(say("shelters.board.next", count=min(left, A_PAGE)), on_click=_next_page, key="status.more")

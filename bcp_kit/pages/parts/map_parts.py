"""What the parts of the page of map data share: looking at an upload once, findings, refusals, removal."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

import streamlit as st

from bcp_kit.domain.errors import BcpKitError, ErrorCode, Problem
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import say

FoundT = TypeVar("FoundT")
SHOWN_ROWS = 50


def page_say(key: str, /, **values: str | int | float) -> str:
    """Return a text of the page of map data."""
    return say(f"pages.map_data.{key}", **values)


def looked_at(part: str, key: Hashable, look: Callable[[], FoundT]) -> FoundT | None:
    """Return what `look` finds, looked at once for each `key`; None when the file was refused.

    Kept in the session only as long as the same file is looked at.
    """
    name = f"map_data.{part}.found"
    known: tuple[Hashable, Any] | None = st.session_state.get(name)
    if known is None or known[0] != key:
        with st.spinner(page_say("reading")):
            try:
                known = (key, look())
            except BcpKitError as error:
                known = (key, error)
        st.session_state[name] = known
    found: Any = known[1]
    if isinstance(found, BcpKitError):
        show_error(found)
        return None
    result: FoundT = found
    return result


def forget(part: str) -> None:
    """Forget what was looked at."""
    st.session_state.pop(f"map_data.{part}.found", None)


def sentence(code: ErrorCode, part: str, values: dict[str, Any]) -> str:
    """Return one of the two sentences of a code."""
    return say(f"errors.{code.value}.{part}", **values)


def show_findings(problems: Iterable[Problem]) -> None:
    """Show what is to be looked at in a file."""
    listed = list(problems)
    if not listed:
        st.success(page_say("no_findings"))
        return
    st.markdown(f"**{page_say('findings')}**")
    rows = [
        {
            page_say("column.severity"): say(f"intake.severity.{p.severity.value}"),
            page_say("column.what"): f"{sentence(p.code, 'what', dict(p.values))}（{p.code.value}）",
            page_say("column.remedy"): sentence(p.code, "remedy", dict(p.values)),
        }
        for p in listed
    ]
    show_table(rows, alt=page_say("findings"))


def show_pairs(pairs: Sequence[tuple[str, str]], alt: str) -> None:
    """Show labels with values."""
    show_table([{page_say("column.item"): a, page_say("column.value"): b} for a, b in pairs], alt=alt)


def show_rows(rows: Sequence[dict[str, str]], alt: str) -> None:
    """Show the first rows and say how many there are."""
    show_table(rows[:SHOWN_ROWS], alt=alt)
    if len(rows) > SHOWN_ROWS:
        st.caption(page_say("shown_first", total=len(rows), shown=SHOWN_ROWS))


def told(part: str) -> None:
    """Show what the last action on this part did, once."""
    words = st.session_state.pop(f"map_data.{part}.told", "")
    if words:
        st.success(plain(words))


def tell(part: str, words: str) -> None:
    """Keep words for the next run of the page."""
    st.session_state[f"map_data.{part}.told"] = words


def removal(part: str, label: str, remove: Callable[[], None], words: str, disabled: bool = False) -> None:
    """Offer to remove something, behind a box that must be ticked."""
    sure = st.checkbox(page_say("sure"), key=f"map_data.{part}.sure", disabled=disabled)
    if st.button(label, disabled=disabled or not sure, key=f"map_data.{part}.remove"):
        remove()
        tell(part, words)
        st.session_state.pop(f"map_data.{part}.sure", None)
        st.rerun()

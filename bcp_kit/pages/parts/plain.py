"""What people typed is shown as they typed it: no markup, no link, no picture, no colour."""

import re
from collections.abc import Mapping, Sequence

import streamlit as st

_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|$:<>~&=^])")


def plain(text: str) -> str:
    """Return `text` so that Markdown shows it letter by letter."""
    return _MARKS.sub(r"\\\1", text)


def unbroken(text: str) -> str:
    """Return `text` so that a narrow column does not break it: a day, a state, a short name."""
    return "\u2060".join(text)  # word joiner


def show_table(rows: Sequence[Mapping[str, str]], *, alt: str) -> None:
    """Show rows (heading → text) as a table that screen readers can read; nothing in it is markup."""
    st.table(
        [{plain(key): plain(cell).replace("\n", "  \n") for key, cell in row.items()} for row in rows],
        hide_index=True,
        alt=alt,
    )

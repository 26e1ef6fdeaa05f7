"""The sidebar: language, who is using the app, how the data lie."""

import streamlit as st

from bcp_kit.access.policy import Role
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, LANGUAGES
from bcp_kit.pages.parts.session import LANGUAGE, NAME, ROLE, say, store

LANGUAGE_NAMES = {"ja": "日本語", "en": "English"}  # each in its own language, whatever the page speaks


def _role_name(value: str | None) -> str:
    return say("pages.sidebar.role_none") if value is None else say(f"pages.roles.{value}")


def show_sidebar() -> None:
    """Ask who is using the app; say plainly that this protects nothing; show the state of the store."""
    with st.sidebar:
        st.subheader(say("pages.sidebar.who"), anchor=False)
        st.selectbox(
            say("pages.sidebar.role"),
            [None, *(r.value for r in Role)],
            format_func=_role_name,
            key=ROLE,
            persist_state="session",
        )
        st.text_input(say("pages.sidebar.name"), key=NAME, persist_state="session", max_chars=40)
        st.caption(say("pages.sidebar.no_protection"))
        handle = store()
        if handle is not None:
            st.caption(say(handle.statement))
        st.radio(
            say("pages.sidebar.language"),
            LANGUAGES,
            format_func=LANGUAGE_NAMES.__getitem__,
            key=LANGUAGE,
            horizontal=True,
            index=LANGUAGES.index(DEFAULT_LANGUAGE),
            persist_state="session",
        )

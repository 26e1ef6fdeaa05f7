"""What one browser session holds: language, who acts, the open store. Nothing here is shared by sessions."""

from datetime import datetime

import streamlit as st

from bcp_kit.access.policy import Action, Actor, Role, decide
from bcp_kit.domain.progress import Progress, silent
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, LANGUAGES, messages, text
from bcp_kit.services.base import Context
from bcp_kit.services.store import StoreHandle

LANGUAGE, NAME, ROLE, STORE = "language", "actor_name", "actor_role", "store"
MANAGER_ROLES = (Role.FACILITY_MANAGER, Role.FACILITY_STAFF)


def language() -> str:
    """Return the language of this session."""
    chosen = st.session_state.get(LANGUAGE, DEFAULT_LANGUAGE)
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


def say(key: str, /, **values: str | int | float) -> str:
    """Return the text of `key` in the language of this session."""
    return text(key, language(), **values)


def has_text(key: str) -> bool:
    """True when there is a text of that key."""
    return key in messages(DEFAULT_LANGUAGE)


def restore_from_address() -> None:
    """Take role and language from the address after a reload; nothing personal ever stands there."""
    asked = {ROLE: st.query_params.get("role", ""), LANGUAGE: st.query_params.get("lang", "")}
    allowed = {ROLE: {r.value for r in Role}, LANGUAGE: set(LANGUAGES)}
    for key, value in asked.items():
        if key not in st.session_state and value in allowed[key]:
            st.session_state[key] = value


def remember_in_address() -> None:
    """Let the address carry role and language, so that a reload keeps them."""
    picked = role()
    wanted = {"role": picked.value if picked else None, "lang": "en" if language() == "en" else None}
    for name, value in wanted.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != value:
            st.query_params[name] = value


def role() -> Role | None:
    """Return the role picked in this session, or None before one was picked."""
    chosen = st.session_state.get(ROLE)
    return Role(chosen) if chosen in {r.value for r in Role} else None


def actor() -> Actor:
    """Return who acts: the name as typed (else the role's name) and the role (else the weakest)."""
    picked = role() or Role.FACILITY_STAFF
    name = str(st.session_state.get(NAME, "")).strip()
    return Actor(name=name or say(f"pages.roles.{picked.value}"), role=picked)


def may(action: Action) -> bool:
    """True when the role of this session may do `action`; the service asks again."""
    picked = role()
    return picked is not None and decide(Actor(name="-", role=picked), action).allowed


def store() -> StoreHandle | None:
    """Return the store that this session opened, or None before that."""
    handle: StoreHandle | None = st.session_state.get(STORE)
    return handle


def context(progress: Progress = silent) -> Context:
    """Return what services are given. Needs an open store."""
    handle = store()
    if handle is None:
        raise RuntimeError("no store is open in this session")
    who = actor()
    return Context(actor=who, open_store=handle.acting_as(who.name).open, progress=progress)


def clock_text(moment: datetime) -> str:
    """Return hours and minutes of a moment in local time."""
    return moment.astimezone().strftime("%H:%M")

"""Opening the store: with the machine's settings where they suffice, else with a passphrase asked here."""

import streamlit as st
from pydantic import SecretStr

from bcp_kit.pages.parts.guard import guarded
from bcp_kit.pages.parts.session import STORE, say, store
from bcp_kit.services.startup import MIN_SECRET_CHARACTERS, StoreState, encryption_is_there, store_state
from bcp_kit.services.store import StoreSettings, open_store


def ask_for_store() -> None:
    """Open the store for this session, or ask for the passphrase that opens it."""
    if store() is not None:
        return
    settings = StoreSettings()
    state = store_state(settings)
    if state is StoreState.PLAIN:
        _open(settings.model_copy(update={"plain": True}))
    elif settings.plain or settings.passphrase or settings.key_file:
        _open(settings)
    elif not encryption_is_there():
        _offer_plain(settings)
    else:
        _ask_passphrase(settings, new=state is StoreState.NEW)


def _open(settings: StoreSettings) -> None:
    st.session_state[STORE] = open_store(settings)


def _offer_plain(settings: StoreSettings) -> None:
    """Say that this computer cannot encrypt, and go on only when that is accepted."""
    st.title(say("pages.opening.title"), anchor=False)
    st.warning(say("pages.opening.no_encryption"))
    if st.button(say("pages.opening.accept_plain"), key="opening.plain"):
        _open(settings.model_copy(update={"plain": True}))
        st.rerun()


def _ask_passphrase(settings: StoreSettings, *, new: bool) -> None:
    st.title(say("pages.opening.title"), anchor=False)
    st.write(say("pages.opening.new" if new else "pages.opening.ask"))
    with st.form("opening"):
        typed = st.text_input(
            say("pages.opening.passphrase"), type="password", autocomplete="off", key="opening.passphrase"
        )
        again = typed
        if new:
            st.caption(say("pages.opening.rule", count=MIN_SECRET_CHARACTERS))
            again = st.text_input(
                say("pages.opening.again"), type="password", autocomplete="off", key="opening.again"
            )
        pressed = st.form_submit_button(
            say("pages.opening.start" if new else "pages.opening.open"), type="primary"
        )
    st.caption(say("pages.opening.where", path=str(settings.data_dir)))
    if not pressed:
        return
    if new and len(typed) < MIN_SECRET_CHARACTERS:
        st.error(say("pages.opening.too_short", count=MIN_SECRET_CHARACTERS))
    elif typed != again:
        st.error(say("pages.opening.differ"))
    else:
        with guarded():
            _open(settings.model_copy(update={"passphrase": SecretStr(typed)}))
        if store() is not None:
            st.rerun()

"""What the parts of the page for keeping plans up share: do it, tell it, show it again."""

from collections.abc import Callable

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.kept_views import forget_views
from bcp_kit.pages.parts.session import say

TOLD = "upkeep.told"


def show_told() -> None:
    """Show what was done before the page was drawn again."""
    words = st.session_state.pop(TOLD, None)
    if words is not None:
        st.success(words)


def do_and_tell(work: Callable[[], object], key: str, **values: str | int | float) -> None:
    """Do the work; on success draw the page again with the sentence of `key`, on a known error show that."""
    try:
        work()
    except BcpKitError as error:
        show_error(error)
        return
    forget_views()
    st.session_state[TOLD] = say(key, **values)
    st.rerun()

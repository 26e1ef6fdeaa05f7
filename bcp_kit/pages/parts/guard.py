"""Failures on a page become a sentence and a remedy. A traceback is never shown and no value is logged."""

from collections.abc import Iterator
from contextlib import contextmanager
from traceback import extract_tb

import streamlit as st
import structlog
from streamlit.runtime.scriptrunner import RerunException, StopException

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.session import say

log = structlog.get_logger("bcp_kit.pages")


def show_error(error: BcpKitError) -> None:
    """Show what happened and what to do."""
    key = f"errors.{error.code.value}"
    what, remedy = say(f"{key}.what", **error.values), say(f"{key}.remedy", **error.values)
    st.error(f"**{what}**  \n{say('pages.error.remedy', remedy=remedy, code=error.code.value)}")


def show_unexpected(error: Exception) -> bool:
    """Show that something unforeseen happened; log its type and place only (its text may be personal).

    Returns True: Streamlit shows nothing of its own.
    """
    frames = extract_tb(error.__traceback__)
    place = f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""
    log.error("unexpected", kind=type(error).__name__, place=place)
    st.error(say("pages.error.unexpected", kind=type(error).__name__, place=place))
    return True


def on_script_error(error: Exception) -> bool:
    """Handle what no page caught, callbacks of widgets among it."""
    if isinstance(error, BcpKitError):
        show_error(error)
        return True
    return show_unexpected(error)


@contextmanager
def guarded() -> Iterator[None]:
    """Run a part of a page; a failure shows its sentence and lets the rest of the page stand."""
    try:
        yield
    except (RerunException, StopException):
        raise
    except Exception as error:
        on_script_error(error)

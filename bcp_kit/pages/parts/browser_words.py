"""The page's language for screen readers, and Japanese for the words that Streamlit keeps in English.

No user text goes in here: the script is built from fixed message texts only.
"""

import json
import re
from functools import cache

import streamlit as st

from bcp_kit.forms.messages import DEFAULT_LANGUAGE, messages
from bcp_kit.pages.parts.session import language
from bcp_kit.resources import locate

PREFIX = "pages.builtin."
_KEY = re.compile(r"[A-Za-z0-9_-]*")


def builtin_words(chosen: str) -> dict[str, str]:
    """Return the framework's English word → the word of the chosen language; empty for English."""
    if chosen == "en":
        return {}
    local, english = messages(DEFAULT_LANGUAGE), messages("en")
    return {english[k]: local[k] for k in english if k.startswith(PREFIX)}


@cache
def _asset(name: str) -> str:
    return (locate("assets") / "pages" / name).read_text(encoding="utf-8")


@cache
def _script(chosen: str) -> str:
    words = json.dumps(builtin_words(chosen), ensure_ascii=False)
    head = f"var language = {json.dumps(chosen)}; var words = {words};"
    return f"<script>(function () {{ {head}\n{_asset('words.js')}\n{_asset('writing.js')} }})();</script>"


def settle_browser() -> None:
    """Bring our style, set the page's language, swap the built-in words."""
    st.html(f"<style>{_asset('style.css')}</style>")
    st.html(_script(language()), unsafe_allow_javascript=True)


def bring_into_view(container_key: str) -> None:
    """Scroll to a keyed container and put the cursor into its first field; without a key, to the top.

    `container_key` is a key of the program (a word of letters, digits, - and _), never what a user typed.
    """
    if not _KEY.fullmatch(container_key):
        return
    target = json.dumps(container_key)
    st.html(f"<script>window.bcpKitLead({target});</script>", unsafe_allow_javascript=True)

"""The page's language for screen readers, and Japanese for the words that Streamlit keeps in English.

No user text goes in here: the script is built from fixed message texts only.
"""

import json
from functools import cache

import streamlit as st

from bcp_kit.forms.messages import DEFAULT_LANGUAGE, messages
from bcp_kit.pages.parts.session import language
from bcp_kit.resources import locate

PREFIX = "pages.builtin."


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
    return f"<script>(function () {{ {head}\n{_asset('words.js')} }})();</script>"


def settle_browser() -> None:
    """Bring our style, set the page's language, swap the built-in words."""
    st.html(f"<style>{_asset('style.css')}</style>")
    st.html(_script(language()), unsafe_allow_javascript=True)

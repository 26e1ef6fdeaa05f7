"""Words for the contents of a plan, and the question for whom a copy is."""

from collections.abc import Callable, Iterable

import streamlit as st

from bcp_kit.catalogues.load import catalogue
from bcp_kit.pages.parts.session import language, say
from bcp_kit.render.evacuation.address_sheet import envelopes
from bcp_kit.services.plans_print import Edition, Variant, Wording


def content_name(key: str) -> str:
    """Return the name of a content that the law asks for (catalogue `law_minimum`)."""
    row = catalogue("law_minimum").rows.get(key)
    return row.label(language()) if row else key


def content_names(keys: Iterable[str]) -> str:
    """Return the names of several contents in one line."""
    return "、".join(content_name(key) for key in keys)


def ask_edition(key: str, on_change: Callable[[], None] | None = None) -> Edition:
    """Ask for whom a copy is."""
    editions: list[Edition] = list(Edition)
    chosen = st.radio(
        say("pages.plans.edition"),
        editions,
        index=0,
        format_func=lambda edition: say(f"plans.paper.edition.{edition.value}"),
        horizontal=True,
        key=key,
        on_change=on_change,
    )
    return Edition(chosen)


def ask_variant(key: str, on_change: Callable[[], None] | None = None) -> Variant:
    """Ask on what paper and how large the type is to be, or for a text."""
    variants: list[Variant] = list(Variant)
    chosen = st.selectbox(
        say("pages.plans.variant"),
        variants,
        format_func=lambda variant: say(f"plans.paper.variant.{variant.value}"),
        key=key,
        on_change=on_change,
    )
    return Variant(chosen)


def _envelope_name(kind: str) -> str:
    return envelopes()[kind].label(language()) if kind else say("pages.plans.no_envelope")


def ask_envelope(key: str) -> str:
    """Ask for which window envelope an address sheet goes before each copy; "" for none."""
    kinds = ["", *envelopes()]
    chosen = st.selectbox(
        say("pages.plans.envelope"),
        kinds,
        format_func=lambda kind: (
            envelopes()[kind].label(language()) if kind else say("pages.plans.no_envelope")
        ),
        help=say("pages.plans.envelope_help"),
        key=key,
    )
    return str(chosen)


def ask_wording(key: str, on_change: Callable[[], None] | None = None) -> Wording:
    """Ask in which words a copy is to speak."""
    wordings: list[Wording] = list(Wording)
    chosen = st.selectbox(
        say("pages.plans.wording"),
        wordings,
        format_func=lambda wording: say(f"plans.paper.wording.{wording.value}"),
        help=say("pages.plans.wording_help"),
        key=key,
        on_change=on_change,
    )
    return Wording(chosen)

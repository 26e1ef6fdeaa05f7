"""The form to fill in by hand: made on request, empty or with what is known of one person."""

from collections.abc import Callable

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.session import context, say
from bcp_kit.render.document import PrintedDocument
from bcp_kit.services.plan_form_print import blank_form, filled_form
from bcp_kit.services.plans_print import Variant

_SIZES = (Variant.STANDARD, Variant.LARGE)
_SAY = "plan_form_paper"


def show_blank_form() -> None:
    """Offer the town's form without anybody's details."""
    _show("blank", say(f"{_SAY}.button"), lambda variant: blank_form(context(), variant), ready=True)


def show_filled_form(person_id: str, *, ready: bool) -> None:
    """Offer the form with what is known of one person; making it takes a number of the ledger."""
    name = f"filled.{person_id}"
    _show(name, say(f"{_SAY}.button_filled"), lambda v: filled_form(context(), person_id, v), ready=ready)


def _show(name: str, title: str, make: Callable[[Variant], PrintedDocument], *, ready: bool) -> None:
    kept = f"plan_form.{name}"
    buttons = st.columns(len(_SIZES))
    for column, variant in zip(buttons, _SIZES, strict=True):
        label = f"{title}　{say(f'plans.paper.variant_short.{variant.value}')}"
        if column.button(label, disabled=not ready, key=f"{kept}.{variant.value}", width="stretch"):
            try:
                st.session_state[kept] = make(variant)
            except BcpKitError as failure:
                st.session_state.pop(kept, None)
                show_error(failure)
    made: PrintedDocument | None = st.session_state.get(kept)
    if made is not None:
        st.download_button(
            say("plan_lists.page.save", name=made.file_name),
            made.pdf_bytes,
            file_name=made.file_name,
            mime="application/pdf",
            key=f"{kept}.save",
            on_click="ignore",
        )

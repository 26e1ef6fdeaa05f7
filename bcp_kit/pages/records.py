"""Records: what is due, what was done, findings, versions, the deduction, papers for an inspection."""

from collections.abc import Callable

import streamlit as st

from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.choose_facility import choose_facility
from bcp_kit.pages.parts.records_due import show_due
from bcp_kit.pages.parts.records_fields import PART
from bcp_kit.pages.parts.records_findings import show_findings
from bcp_kit.pages.parts.records_list import show_records
from bcp_kit.pages.parts.records_pack import show_pack
from bcp_kit.pages.parts.records_penalty import show_penalty
from bcp_kit.pages.parts.records_versions import show_versions
from bcp_kit.pages.parts.session import say

PARTS: dict[str, Callable[[Facility], None]] = {
    "due": show_due,
    "list": show_records,
    "findings": show_findings,
    "versions": show_versions,
    "penalty": show_penalty,
    "pack": show_pack,
}


def show() -> None:
    """Show the page."""
    st.title(say("pages.records.title"), anchor=False)
    facility = choose_facility()
    if facility is None:
        return
    part = st.segmented_control(
        say("records.page.parts"),
        list(PARTS),
        default=None if PART in st.session_state else "due",
        format_func=lambda key: say(f"records.page.part.{key}"),
        key=PART,
        required=True,
    )
    PARTS[part or "due"](facility)


show()

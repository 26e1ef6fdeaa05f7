"""Imported pairs of person and supporter: what would change, person by person; the decision."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import actor, context, language, may, say
from bcp_kit.pages.parts.upkeep_common import do_and_tell
from bcp_kit.services.plan_pair_batches import (
    PairBatch,
    batch_differences,
    batch_workbook,
    decide_batch,
    difference_cells,
    open_batches,
)

SHOWN = 20
LINES = "batches.lines"
_COLUMNS = ("register_no", "name", "address", "before", "after")


def show_batches() -> None:
    """Show the imports whose pairs wait for another person; nothing where there are none."""
    found = open_batches(context())
    if found:
        st.caption(say("changes.batch.lead"))
    for batch in found:
        with st.container(border=True):
            _show_one(batch)


def _show_one(batch: PairBatch) -> None:
    facts = {"reason": batch.reason, "day": batch.proposed_at.date().isoformat(), "by": batch.proposed_by}
    counts = {"named": batch.named, "ended": batch.ended, "people": batch.people}
    st.markdown(f"**{plain(say('changes.batch.head', **facts, **counts))}**")
    # Each look at a list of people is one entry of the audit log, not one for every redraw.
    kept = st.session_state.setdefault(LINES, {})
    key = (batch.id, batch.named, batch.ended)  # a newer list may have taken some of them back
    if key not in kept:
        kept[key] = batch_differences(context(), batch.id)
    lines = kept[key]
    heads = [say(f"changes.batch.column.{name}") for name in _COLUMNS]
    rows = [dict(zip(heads, difference_cells(line, language()), strict=True)) for line in lines[:SHOWN]]
    show_table(rows, alt=say("changes.batch.title"))
    if len(lines) > SHOWN:
        st.caption(say("changes.batch.more", count=len(lines) - SHOWN))
    st.download_button(
        say("changes.batch.excel"),
        lambda: batch_workbook(context(), batch.id, language()),
        file_name=f"pairs_{batch.id[:8]}.xlsx",
        key=f"batches.{batch.id}.excel",
        on_click="ignore",
    )
    if may(Action.APPROVE_CHANGES):
        _ask(batch)


def _ask(batch: PairBatch) -> None:
    key = f"batches.{batch.id}"
    st.caption(say("changes.page.check_name"))
    with st.form(key, border=False):
        name, words = st.columns(2)
        by = name.text_input(say("changes.page.by"), actor().name, key=f"{key}.by")
        said = words.text_input(say("changes.page.words"), key=f"{key}.words", max_chars=200)
        out = st.text_input(say("changes.batch.leave_out"), key=f"{key}.out", max_chars=2000)
        yes, no, _ = st.columns((1, 1, 3))
        approved = yes.form_submit_button(say("changes.page.approve"), type="primary", width="stretch")
        refused = no.form_submit_button(say("changes.page.refuse"), width="stretch")
    if approved or refused:
        numbers = tuple(filter(None, (part.strip() for part in out.replace(",", "、").split("、"))))
        do_and_tell(
            lambda: decide_batch(context(), batch.id, approved, said, by, numbers if approved else ()),
            "changes.page.approved" if approved else "changes.page.refused",
        )

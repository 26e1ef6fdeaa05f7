"""Which plans show a fact: what follows a change, what must be changed by hand, the places of each row."""

from collections.abc import Sequence

import streamlit as st

from bcp_kit.forms.fact_tables import FactTable
from bcp_kit.pages.parts.bcp_places import open_item
from bcp_kit.pages.parts.facts_saving import SAVED, Told
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.bcp import add_revision
from bcp_kit.services.fact_uses import FactUse, UseKind
from bcp_kit.services.site_facts import FactsView, plans_touched

FACTS = "bcp.facts"


def _open(plan_id: str, item_id: str) -> None:
    st.session_state[FACTS] = ""
    open_item(plan_id, item_id)


def show_uses(uses: Sequence[FactUse], where: str) -> None:
    """Show places in plans, each with the way to its field."""
    for number, use in enumerate(uses):
        words, way = st.columns((5, 1), vertical_alignment="center")
        words.text(say("write.facts.use", plan=say(f"write.kind.{use.plan_kind.value}"), item=use.item_title))
        way.button(
            say("write.look"),
            key=f"{where}.{number}",
            on_click=_open,
            args=(use.plan_id, use.item_id),
            width="stretch",
            help=use.item_title,
        )


def show_told(table: FactTable) -> None:
    """Show what came of the last change: plans that follow, old words left, rows kept."""
    said: Told | None = st.session_state.get(SAVED)
    if said is None or said.table_id != table.id:
        return
    if said.kept:
        st.warning(say("write.facts.kept", names="、".join(said.kept)))
    if said.by_hand:
        st.warning(say("write.facts.by_hand", count=len(said.by_hand)))
        show_uses(said.by_hand, "facts.by_hand")
    if not said.touched:
        return
    plans = {use.plan_id: say(f"write.kind.{use.plan_kind.value}") for use in said.touched}
    st.success(say("write.facts.follow", plans="、".join(plans.values()), count=len(said.touched)))
    with st.expander(say("write.facts.follow_list", count=len(said.touched))):
        show_uses(said.touched, "facts.touched")
        _offer_history(tuple(plans), table)


def _offer_history(plan_ids: tuple[str, ...], table: FactTable) -> None:
    """Offer a line in the history of the plans that follow."""
    key = f"facts.reason.{table.id}"

    def keep() -> None:
        reason = st.session_state[key].strip()
        if reason:
            for plan_id in plan_ids:
                add_revision(context(), plan_id, reason)
            st.session_state.pop(SAVED, None)

    st.text_input(say("write.facts.reason"), key=key, on_change=keep)


def show_row_uses(facility_id: str, table: FactTable, view: FactsView) -> None:
    """Let a row be chosen and show where it is used."""
    rows = view.facts.tables.get(table.id, ())
    if not rows:
        return
    with st.expander(say("write.facts.where")):
        row = st.selectbox(
            say("write.facts.which"),
            rows,
            index=None,
            format_func=lambda r: table.words_of(r.cells) or say("write.facts.nameless"),
            key=f"facts.uses.{table.id}",
            placeholder=say("write.facts.choose"),
        )
        if row is None:
            return
        uses = plans_touched(context(), facility_id, table.id, row.id)
        if not uses:
            st.caption(say("write.facts.nowhere"))
        show_uses([use for use in uses if use.how is not UseKind.WORDS], "facts.use")
        words = [use for use in uses if use.how is UseKind.WORDS]
        if words:
            st.caption(say("write.facts.words"))
            show_uses(words, "facts.words")

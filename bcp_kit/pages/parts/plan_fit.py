"""Fitting a plan to its facility: services at the same site, items that do not apply, older tables."""

from collections.abc import Sequence

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.bcp import PlanView, list_facilities
from bcp_kit.services.bcp_closing import Closing, accept_closings, closing_proposals
from bcp_kit.services.bcp_gather import Difference, gather
from bcp_kit.services.bcp_site import join_services, split_services


def show_fit(view: PlanView) -> None:
    """Show what makes the plan the facility's own; nothing is changed unasked."""
    if not may(Action.EDIT_BCP):
        return
    _show_gathering(view)
    _show_closings(view)
    _show_services(view)


def _show_closings(view: PlanView) -> None:
    proposed = closing_proposals(context(), view.plan.id)
    if not proposed:
        return
    with st.expander(say("facts.fit.closings", count=len(proposed))):
        st.markdown(say("facts.fit.closings_lead"))
        for closing in proposed:
            _show_closing(view, closing)
        if len(proposed) > 1:
            label = say("facts.fit.close_all", count=len(proposed))
            st.button(label, key="fit.close.all", on_click=_close, args=(view, None))


def _show_closing(view: PlanView, closing: Closing) -> None:
    words, way = st.columns((5, 1), vertical_alignment="center")
    words.markdown(f"**{closing.title}**　{closing.reason}")
    words.caption(say(f"forms.required.{closing.required.value}"))
    key = f"fit.close.{closing.item_id}"
    label = say("facts.fit.close_one")
    help_words = say("facts.fit.close_help", item=closing.title)
    way.button(
        label, key=key, on_click=_close, args=(view, (closing.item_id,)), width="stretch", help=help_words
    )


def _close(view: PlanView, item_ids: Sequence[str] | None) -> None:
    accept_closings(context(), view.plan.id, item_ids)


def _show_services(view: PlanView) -> None:
    """Offer the other services of the operator, each to be joined or taken out again."""
    operator = view.facility.operator.strip()
    others = [
        f
        for f in list_facilities(context())
        if operator and f.operator.strip() == operator and f.id != view.facility.id
    ]
    if not others:
        return
    with st.expander(say("facts.fit.services", count=1 + len(view.plan.also_covers))):
        st.markdown(say("facts.fit.services_lead"))
        for other in others:
            joined = other.id in view.plan.also_covers
            words, way = st.columns((5, 1), vertical_alignment="center")
            words.markdown(f"**{plain(other.name)}**　{say(f'bcp.category.{other.category.value}')}")
            way.button(
                say("facts.fit.split" if joined else "facts.fit.join"),
                key=f"fit.service.{other.id}",
                on_click=_split if joined else _join,
                args=(view, other.id),
                width="stretch",
                help=plain(other.name),
            )


def _join(view: PlanView, facility_id: str) -> None:
    join_services(context(), view.plan.id, [facility_id])


def _split(view: PlanView, facility_id: str) -> None:
    split_services(context(), view.plan.id, [facility_id])


def _show_gathering(view: PlanView) -> None:
    """Offer to move the tables of an older plan into the facts, and name where the two differ."""
    found = gather(context(), view.plan.id, ask_only=True)
    if not found.moved and not found.differences:
        return
    with st.expander(say("facts.fit.gather", count=len(found.moved), differences=len(found.differences))):
        if found.moved:
            st.markdown(say("facts.fit.gather_lead"))
            st.button(say("facts.fit.gather_do"), key="fit.gather", on_click=_gather, args=(view,))
        for difference in found.differences:
            st.markdown(plain(_difference(difference)))


def _difference(d: Difference) -> str:
    words = {
        "item": d.item_title,
        "row": d.name,
        "column": d.column,
        "plan": d.plan_words,
        "facts": d.fact_words,
    }
    return say("facts.cli.difference", **words)


def _gather(view: PlanView) -> None:
    gather(context(), view.plan.id)

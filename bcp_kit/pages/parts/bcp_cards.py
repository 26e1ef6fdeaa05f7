"""Action cards, poster and pocket card of a plan: choose, see what is missing, print."""

from collections.abc import Callable, Sequence

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.bcp_places import open_item
from bcp_kit.pages.parts.pdf import PRINTED_KEY, forget_printed, keep_printed, show_printed
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.render.document import PrintedDocument
from bcp_kit.services.bcp import PlanView
from bcp_kit.services.bcp_cards import (
    CardDesk,
    CardOrder,
    CardState,
    card_desk,
    print_cards,
    print_pocket,
    print_poster,
)
from bcp_kit.services.bcp_forms import FormOrder, export_forms, form_list, print_contact_tree, print_forms

PAPERS = ("A3", "A4")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_cards(view: PlanView) -> None:
    """Show what can be printed for the wall and the pocket, each with what it lacks."""
    st.caption(say("cards.page.lead"))
    desk = card_desk(context(), view.plan.id)
    name = f"cards.{view.plan.id}"
    if st.session_state.get(f"{PRINTED_KEY}{name}.of") != view.plan.version:
        forget_printed(name)
    pressed = (_choice(desk), _wall_and_pocket(desk), _tree(desk), _forms(view.plan.id))
    make = next((found for found in pressed if found is not None), None)
    if make is not None:
        with st.spinner(say("pages.jobs.running")):
            keep_printed(name, make())
        st.session_state[f"{PRINTED_KEY}{name}.of"] = view.plan.version
    show_printed(name, say("cards.page.alt"))
    _show_open(desk, (*desk.cards, desk.poster, *desk.pocket))


def _words(state: CardState) -> str:
    if state.too_long is not None:
        return say("cards.page.too_long", lines=state.too_long.lines_over)
    if state.missing:
        return say("cards.page.missing", count=len(state.missing))
    return say("cards.page.ready")


def _choice(desk: CardDesk) -> Callable[[], PrintedDocument] | None:
    """Offer the cards of the plan; return what prints the chosen ones when the button was pressed."""
    if not desk.cards:
        st.info(say("cards.page.no_cards"))
        return None
    plan_id, fit = desk.content.plan.id, [s.card.id for s in desk.cards if s.too_long is None]
    by_id = {state.card.id: state for state in desk.cards}
    st.subheader(say("cards.page.choose"), anchor=False)
    chosen = [
        state.card.id
        for state in desk.cards
        if st.checkbox(
            f"{plain(state.card.title)}　:small[{plain(_words(state))}]",
            value=state.card.id in fit,
            disabled=by_id[state.card.id].too_long is not None,
            key=f"cards.pick.{plan_id}.{state.card.id}",
        )
        and state.card.id in fit
    ]
    pressed = st.button(say("cards.page.print_cards"), type="primary", disabled=not chosen, key="cards.print")
    return (lambda: print_cards(context(), CardOrder(plan_id, tuple(chosen)))) if pressed else None


def _wall_and_pocket(desk: CardDesk) -> Callable[[], PrintedDocument] | None:
    """Offer poster and pocket card; return what prints the one whose button was pressed."""
    plan_id = desk.content.plan.id
    wall, pocket = st.columns(2)
    with wall.container(border=True):
        st.markdown(f"**{say('cards.page.poster_title')}**")
        st.caption(plain(_words(desk.poster)))
        paper = st.radio(say("cards.page.paper"), PAPERS, horizontal=True, key="cards.paper")
        stuck = desk.poster.too_long is not None
        if st.button(say("cards.page.print_poster"), disabled=stuck, key="cards.print_poster"):
            return lambda: print_poster(context(), plan_id, paper)
    with pocket.container(border=True):
        st.markdown(f"**{say('cards.page.pocket_title')}**")
        worst = next((s for s in desk.pocket if s.too_long), None) or next(
            (s for s in desk.pocket if s.missing), desk.pocket[0]
        )
        st.caption(plain(_words(worst)))
        stuck = any(state.too_long for state in desk.pocket)
        if st.button(say("cards.page.print_pocket"), disabled=stuck, key="cards.print_pocket"):
            return lambda: print_pocket(context(), plan_id)
    return None


def _tree(desk: CardDesk) -> Callable[[], PrintedDocument] | None:
    """Offer the contact tree to those who may see staff."""
    plan_id = desk.content.plan.id
    if not may(Action.SEE_STAFF):
        return None
    with st.container(border=True):
        st.markdown(f"**{say('cards.page.tree_title')}**")
        if st.button(say("cards.page.print_tree"), key="cards.print_tree"):
            return lambda: print_contact_tree(context(), plan_id)
    return None


def _forms(plan_id: str) -> Callable[[], PrintedDocument] | None:
    """Offer the forms and supplementary tables, filled or blank, as PDF and Excel."""
    titles = dict(form_list())
    with st.expander(say("cards.page.forms_title")):
        keys = st.multiselect(
            say("cards.page.forms_which"), list(titles), format_func=titles.__getitem__, key="cards.forms"
        )
        blank = st.checkbox(say("cards.page.forms_blank"), key="cards.forms_blank")
        order, file = FormOrder(plan_id, tuple(keys), blank), f"cards.file.{plan_id}.{keys}.{blank}"
        paper, excel = st.columns(2)
        if paper.button(say("cards.page.print_forms"), key="cards.print_forms"):
            return lambda: print_forms(context(), order)
        if excel.button(say("cards.page.make_excel"), key="cards.make_excel"):
            st.session_state[file] = export_forms(context(), order).content
        if file in st.session_state:
            excel.download_button(
                say("cards.page.save_excel"),
                st.session_state[file],
                "forms.xlsx",
                _EXCEL,
                key="cards.save_excel",
                on_click="ignore",
            )
    return None


def _show_open(desk: CardDesk, states: Sequence[CardState]) -> None:
    """Show what is too long first, then what is missing, each with the way to its field."""
    for state in states:
        if state.too_long is not None:
            lines = state.too_long.lines_over
            st.warning(say("cards.page.too_long_help", card=plain(state.card.title), lines=lines))
            for item, count in state.too_long.longest:
                title = desk.item_titles.get(item, item)
                words = say("cards.page.shorten", title=title, lines=count)
                _link(desk, item, words, f"cards.short.{state.card.id}.{item}")
    for state in states:
        if not state.missing:
            continue
        count = len(state.missing)
        with st.expander(say("cards.page.missing_title", card=plain(state.card.title), count=count)):
            for place, missing in enumerate(state.missing):
                if missing.in_place or missing.item_id not in desk.plan_of_item:
                    where = "staff_list" if missing.in_place or not missing.item_id else "other_plan"
                    words = f"{plain(missing.title)}　:small[{plain(say(f'cards.page.{where}'))}]"
                    st.markdown(f"- {words}")
                else:
                    key = f"cards.go.{state.card.id}.{place}"
                    _link(desk, missing.item_id, missing.title, key)


def _link(desk: CardDesk, item_id: str, words: str, key: str) -> None:
    """Show words and a button that leads to the field of an item."""
    text, button = st.columns((6, 1), vertical_alignment="center")
    text.markdown(plain(words))
    plan_id = desk.plan_of_item.get(item_id)
    if plan_id:
        button.button(
            say("cards.page.go"), key=key, on_click=open_item, args=(plan_id, item_id), width="stretch"
        )

"""One item of the plan on screen: why it is asked, how to write it, an example beside it, the answer."""

from dataclasses import replace

import streamlit as st

from bcp_kit.domain.bcp import AnswerState
from bcp_kit.forms.completeness import ItemProgress, ItemState
from bcp_kit.forms.schema import Example, InputType, Item, Requirement
from bcp_kit.pages.parts.answer_widgets import Question, ask
from bcp_kit.pages.parts.bcp_saving import as_text, refresh, saved_sentence, show_conflict
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.bcp import ItemView

COLOURS = {Requirement.LAW: "red", Requirement.GUIDELINE: "blue", Requirement.RECOMMENDED: "green"}
MOST_COLUMNS = 6  # more do not fit side by side on a small office screen
SIGNS = {ItemState.DONE: "●", ItemState.OPEN: "○", ItemState.NOT_APPLICABLE: "－"}


def _show_marks(item: Item, progress: ItemProgress) -> None:
    """Show why it is asked and how it stands, in words as well as colours and signs."""
    asked = say(f"forms.required.{item.required.value}")
    state = say(f"forms.state.{progress.state.value}")
    st.markdown(f":{COLOURS[item.required]}-badge[{asked}] {SIGNS[progress.state]} {state}")
    if progress.fault is not None and progress.state is ItemState.OPEN:
        st.caption(f"{say(progress.fault.message)} {say(progress.why)}")


def _example_text(item: Item, example: Example) -> str:
    if example.choices:
        labels = {option.key: option.label_ja for option in item.input.options}
        return "、".join(labels.get(choice, choice) for choice in example.choices)
    return f"{example.number:g}{item.input.unit}" if example.number is not None else example.text


def _show_guide(view: ItemView) -> None:
    item = view.item
    with st.expander(say("pages.bcp.guide")):
        st.markdown(f"**{say('forms.hint')}**  \n{item.hint_ja}")
        for note in item.category_notes:
            st.markdown(note.hint_ja)
        if item.input.formula:
            st.markdown(say("pages.bcp.formula", formula=item.input.formula))
        if item.example is not None:
            st.markdown(f"**{say('forms.example')}**")
            _show_example(item, item.example)
        if item.note_ja:
            st.caption(item.note_ja)
        mark = say(f"forms.mark.{item.verification.value}")
        origin = f" {say(f'forms.columns.{item.columns_origin.value}')}" if item.columns_origin else ""
        st.caption(say("pages.bcp.source", source="、".join(view.source_titles), mark=mark) + origin)


def _show_example(item: Item, example: Example) -> None:
    if not example.rows:
        st.text(_example_text(item, example))
        return
    headings = {column.key: column.label_ja for column in item.input.columns}
    for number, row in enumerate(example.rows, start=1):
        cells = "／".join(f"{headings.get(key, key)}：{cell}" for key, cell in row.items() if cell)
        st.text(f"{number}. {cells}")


def _show_not_applicable(q: Question) -> bool:
    """Offer to set the item aside with a reason; True when it is set aside."""
    aside, reason = q.field("aside"), q.field("reason")

    def keep() -> None:
        if st.session_state[aside]:
            why = st.session_state.get(reason, q.answer.reason)
            kept = q.answer.model_copy(update={"state": AnswerState.NOT_APPLICABLE, "reason": why})
        else:
            said = bool(q.answer.text or q.answer.choices or q.answer.rows or q.answer.number is not None)
            kept = q.answer.model_copy(
                update={"state": AnswerState.ANSWERED if said else AnswerState.OPEN, "reason": ""}
            )
        q.keep(q.item.id, kept)

    set_aside = st.checkbox(
        say("pages.bcp.not_applicable"),
        q.answer.state is AnswerState.NOT_APPLICABLE,
        key=aside,
        on_change=keep,
    )
    if set_aside:
        st.text_input(say("pages.bcp.reason"), q.answer.reason, key=reason, on_change=keep)
    return set_aside


def _offer_proposal(question: Question, view: ItemView) -> None:
    """Show what is known already and let the person take it over; it is never saved unseen."""
    if view.proposal is None or view.proposal.answer.rows == view.answer.rows:
        return
    with st.expander(say("pages.bcp.known")):
        st.caption(say(view.proposal.origin))
        st.text(as_text(view.item, view.proposal.answer))
        st.button(
            say("pages.bcp.take_over"), key=question.field("take"), on_click=_take_over, args=(question, view)
        )


def _take_over(question: Question, view: ItemView) -> None:
    if view.proposal is not None:
        question.keep(view.item.id, view.proposal.answer)
        refresh(view.item.id)


def _show_estimates(view: ItemView) -> None:
    for estimate in view.estimates:
        people, row = estimate.people, estimate.coefficient
        needed = say(
            "bcp.stock.needed",
            days=estimate.days,
            needed=estimate.needed,
            unit=estimate.unit,
            residents=people.residents,
            staff=people.staff,
            guests=people.guests,
            per_day=float(row.value or 0),
        )
        lasts = "" if estimate.lasts_days is None else say("bcp.stock.lasts", days=estimate.lasts_days)
        mark = say(f"forms.mark.{row.verification.value}")
        st.caption(f"{row.label(language())}：{needed}{lasts}（{mark}）")


def show_item(question: Question, view: ItemView) -> None:
    """Show one item: marks, guide, the answer, what is known already, the way to set it aside."""
    item = question.item
    with st.container(border=True, key=f"item-{item.id}"):
        st.subheader(item.title(language()), anchor=False)
        _show_marks(item, view.progress)
        show_conflict(item)
        _show_guide(view)
        _show_estimates(view)
        if question.answer.state is not AnswerState.NOT_APPLICABLE:
            _offer_proposal(question, view)
            row_by_row = item.input.type is InputType.TABLE and st.toggle(
                say("pages.table.row_by_row"),
                len(item.input.columns) > MOST_COLUMNS,
                key=question.field("row_by_row"),
                persist_state="session",
            )
            ask(replace(question, row_by_row=row_by_row))
        _show_not_applicable(question)
        saved = saved_sentence(item.id)
        if saved:
            st.markdown(f":green[**{saved}**]")

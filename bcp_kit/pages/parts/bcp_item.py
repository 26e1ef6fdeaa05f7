"""One item of the plan on screen: why it is asked, the answer with an example beside it, how it stands."""

import streamlit as st

from bcp_kit.domain.bcp import AnswerState
from bcp_kit.forms.completeness import ItemState
from bcp_kit.forms.schema import InputType
from bcp_kit.pages.parts.answer_widgets import Question, ask
from bcp_kit.pages.parts.bcp_guide import has_content, show_guide, show_unread, show_why
from bcp_kit.pages.parts.bcp_saving import as_text, refresh, show_conflict, show_kept, show_saved
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.bcp import ItemView

SIGNS = {ItemState.DONE: "●", ItemState.OPEN: "○", ItemState.NOT_APPLICABLE: "－"}


def _show_state(view: ItemView) -> None:
    """Show how the item stands, in words and a sign; what is wrong once something is written."""
    progress = view.progress
    state = f"{SIGNS[progress.state]} {say(f'forms.state.{progress.state.value}')}"
    written = has_content(view.answer) or view.answer.state is AnswerState.NOT_APPLICABLE
    told = progress.fault is not None and written and not view.answer.from_example
    st.markdown(f"{state}　:orange[{say(progress.fault.message)}]" if told and progress.fault else state)


def _show_not_applicable(q: Question) -> bool:
    """Offer to set the item aside with a reason; True when it is set aside."""
    aside, reason = q.field("aside"), q.field("reason")

    def keep() -> None:
        if st.session_state[aside]:
            why = st.session_state.get(reason, q.answer.reason)
            kept = q.answer.model_copy(update={"state": AnswerState.NOT_APPLICABLE, "reason": why})
        else:
            state = AnswerState.ANSWERED if has_content(q.answer) else AnswerState.OPEN
            kept = q.answer.model_copy(update={"state": state, "reason": ""})
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
    with st.expander(say("pages.bcp.known"), expanded=not has_content(view.answer)):
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


def _show_answer(plan_id: str, question: Question, view: ItemView) -> None:
    """Show the answer with what belongs to it; the field of a conflict waits until it is decided."""
    if show_conflict(question.item):
        return
    show_unread(question)
    _show_estimates(view)
    if question.answer.state is not AnswerState.NOT_APPLICABLE:
        _offer_proposal(question, view)
        ask(question)
    _show_not_applicable(question)
    show_kept(plan_id, question.item)
    show_saved(plan_id, question.item, question.answer, question.keep)


def show_item(plan_id: str, question: Question, view: ItemView) -> None:
    """Show one item. A table takes the whole width and its guide folds away; else the guide stands beside."""
    item = question.item
    with st.container(border=True, key=f"item-{item.id}"):
        st.subheader(item.title(language()), anchor=False)
        show_why(view)
        _show_state(view)
        if item.input.type is InputType.TABLE:
            with st.expander(say("pages.bcp.guide"), expanded=not has_content(view.answer)):
                show_guide(question, view)
            _show_answer(plan_id, question, view)
            return
        answer, guide = st.columns((3, 2))
        with answer:
            _show_answer(plan_id, question, view)
        with guide, st.container(border=True):
            show_guide(question, view)

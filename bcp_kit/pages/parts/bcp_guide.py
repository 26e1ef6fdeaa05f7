"""What stands beside a field: why it matters, how to write it, an example that can be copied but not kept.

A copied example is marked as unread until somebody changes it, or (where a number or a choice may well be the
same) says in own words why it fits.
"""

import streamlit as st

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.forms.schema import Example, InputType, Item, Requirement
from bcp_kit.pages.parts.answer_widgets import Question
from bcp_kit.pages.parts.bcp_saving import refresh
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import say
from bcp_kit.services.bcp import ItemView

COLOURS = {Requirement.LAW: "red", Requirement.GUIDELINE: "blue", Requirement.RECOMMENDED: "green"}
MAY_EQUAL_EXAMPLE = (InputType.NUMBER, InputType.CHOICE, InputType.CHECKLIST, InputType.YES_NO)
MOST_COLUMNS_BESIDE = 5


def show_why(view: ItemView) -> None:
    """Show what asks for the item and why it matters, in words as well as in colour."""
    item = view.item
    badge = f":{COLOURS[item.required]}-badge[{say(f'forms.required.{item.required.value}')}]"
    st.markdown(f"{badge} {say(view.progress.why)}")


def _example_text(item: Item, example: Example) -> str:
    if example.choices:
        labels = {option.key: option.label_ja for option in item.input.options}
        return "、".join(labels.get(choice, choice) for choice in example.choices)
    return f"{example.number:g}{item.input.unit}" if example.number is not None else example.text


def _show_example(item: Item, example: Example) -> None:
    if not example.rows:
        st.text(_example_text(item, example))
        return
    headings = {column.key: column.label_ja for column in item.input.columns}
    if len(headings) <= MOST_COLUMNS_BESIDE:
        rows = [{headings[key]: row.get(key, "") for key in headings} for row in example.rows]
        show_table(rows, alt=say("forms.example"))
        return
    for number, row in enumerate(example.rows, start=1):
        cells = "／".join(f"{headings.get(key, key)}：{cell}" for key, cell in row.items() if cell)
        st.text(f"{number}. {cells}")


def _copy(question: Question, example: Example) -> None:
    copied = Answer(
        state=AnswerState.ANSWERED,
        text=example.text,
        number=example.number,
        choices=example.choices,
        rows=example.rows,
        from_example=True,
    )
    question.keep(question.item.id, copied)
    refresh(question.item.id)


def show_guide(question: Question, view: ItemView) -> None:
    """Show how to write it, the example with the way to copy it, the source and how far it was confirmed."""
    item = view.item
    st.markdown(f"**{say('forms.hint')}**  \n{item.hint_ja}")
    for note in item.category_notes:
        st.markdown(note.hint_ja)
    if item.input.formula:
        st.markdown(say("pages.bcp.formula", formula=item.input.formula))
    if item.example is not None:
        st.markdown(f"**{say('forms.example')}**")
        _show_example(item, item.example)
        empty = not has_content(question.answer)
        if empty and question.answer.state is not AnswerState.NOT_APPLICABLE:
            st.button(
                say("write.copy_example"),
                key=question.field("copy"),
                on_click=_copy,
                args=(question, item.example),
                help=say("write.copy_example_why"),
            )
    if item.note_ja:
        st.caption(item.note_ja)
    mark = say(f"forms.mark.{item.verification.value}")
    origin = f" {say(f'forms.columns.{item.columns_origin.value}')}" if item.columns_origin else ""
    st.caption(say("pages.bcp.source", source="、".join(view.source_titles), mark=mark) + origin)


def has_content(answer: Answer) -> bool:
    """True when anything is written."""
    return bool(answer.text.strip() or answer.choices or answer.rows or answer.number is not None)


def show_unread(question: Question) -> None:
    """Say that the answer is still the example; where it may be the same, ask for the reason in own words."""
    if not question.answer.from_example:
        return
    st.warning(say("write.unread"))
    if question.item.input.type not in MAY_EQUAL_EXAMPLE:
        return
    key = question.field("own_words")

    def keep() -> None:
        words = st.session_state[key].strip()
        kept = question.answer.model_copy(update={"own_words": words, "from_example": not words})
        question.keep(question.item.id, kept)

    st.text_input(say("write.own_words"), key=key, on_change=keep)

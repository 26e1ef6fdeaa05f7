"""One widget per way of answering. A change becomes an `Answer` and is kept at once."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.forms.schema import InputType, Item
from bcp_kit.intake.cells import cell_kind
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.session import say
from bcp_kit.pages.parts.table_editor import Rows, TableColumn, TableQuestion
from bcp_kit.pages.parts.table_field import show_table_field

KeepAnswer = Callable[[str, Answer], None]
TEXT_HEIGHT = 220


@dataclass(frozen=True)
class Question:
    """An item with its present answer; `key` is unique on the page, `keep` stores a new answer."""

    item: Item
    answer: Answer
    key: str
    keep: KeepAnswer

    def field(self, name: str) -> str:
        """Return the key of one widget of the question."""
        return f"{self.key}.{name}"

    def save(self, **parts: object) -> None:
        """Keep a changed answer: ANSWERED when it says anything, OPEN when it was emptied.

        A copied example stays marked as such while nothing in it changed.
        """
        answer = Answer.model_validate(parts)
        before = self.answer
        same = (answer.text.strip(), answer.choices, answer.rows, answer.number) == (
            before.text.strip(),
            before.choices,
            before.rows,
            before.number,
        )
        answer = answer.model_copy(update={"from_example": before.from_example and same})
        said = bool(answer.text.strip() or answer.choices or answer.rows or answer.number is not None)
        state = AnswerState.ANSWERED if said else AnswerState.OPEN
        self.keep(self.item.id, answer.model_copy(update={"state": state}))


def _ask_number(q: Question) -> None:
    asked = q.item.input

    def keep() -> None:
        value = st.session_state[q.field("number")]
        q.save(number=None if value is None else float(value))

    unit = f"（{asked.unit}）" if asked.unit else ""
    label = say("pages.bcp.number", unit=unit)
    field = NumberField(label, q.field("number"), asked.whole, asked.minimum, asked.maximum, keep)
    ask_number(field, q.answer.number)


def _ask_choice(q: Question) -> None:
    labels = {option.key: option.label_ja for option in q.item.input.options}
    chosen = next((c for c in q.answer.choices if c in labels), None)

    def keep() -> None:
        value = st.session_state[q.field("choice")]
        q.save(choices=(value,) if value else ())

    st.radio(
        say("pages.bcp.choose_one"),
        list(labels),
        index=list(labels).index(chosen) if chosen else None,
        format_func=labels.__getitem__,
        key=q.field("choice"),
        on_change=keep,
    )


def _ask_several(q: Question) -> None:
    def keep() -> None:
        ticked = tuple(o.key for o in q.item.input.options if st.session_state[q.field(f"tick.{o.key}")])
        q.save(choices=ticked)

    st.markdown(say("pages.bcp.choose_several"))
    for option in q.item.input.options:
        ticked = option.key in q.answer.choices
        st.checkbox(option.label_ja, ticked, key=q.field(f"tick.{option.key}"), on_change=keep)


def _ask_table(q: Question) -> None:
    def keep(rows: Rows) -> None:
        q.save(rows=rows)

    columns = [TableColumn(c.key, c.label_ja, cell_kind(c.key)) for c in q.item.input.columns]
    question = TableQuestion(key=q.field("table"), title=q.item.title_ja, columns=columns, keep=keep)
    rows = q.answer.rows or q.item.input.default_rows
    show_table_field(question, tuple(rows))


def _ask_text(q: Question) -> None:
    """Ask for words. A text that is too long is told, never cut: what was typed or pasted is kept."""

    def keep() -> None:
        q.save(text=st.session_state[q.field("text")])

    label, longest = say("pages.bcp.your_answer"), q.item.input.max_chars
    if q.item.input.type is InputType.TEXT:
        st.text_area(label, q.answer.text, key=q.field("text"), on_change=keep, height=TEXT_HEIGHT)
    else:
        st.text_input(label, q.answer.text, key=q.field("text"), on_change=keep)
    if longest is not None:
        st.caption(say("write.length", longest=longest, now=len(q.answer.text)))


ASK_BY_TYPE: dict[InputType, Callable[[Question], None]] = {
    InputType.NUMBER: _ask_number,
    InputType.CHOICE: _ask_choice,
    InputType.CHECKLIST: _ask_several,
    InputType.TABLE: _ask_table,
}


def ask(question: Question) -> None:
    """Show the widget that fits the item; everything without a widget of its own is asked as text."""
    asked = question.item.input
    if asked.type is InputType.CHOICE and asked.multiple:
        _ask_several(question)
        return
    ASK_BY_TYPE.get(asked.type, _ask_text)(question)

"""Keeping answers: saved at once, told when; a conflict with a second window shows both values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.schema import Item
from bcp_kit.pages.parts.answer_widgets import KeepAnswer
from bcp_kit.pages.parts.guard import on_script_error
from bcp_kit.pages.parts.session import clock_text, context, say
from bcp_kit.services.bcp import Saved, save_answer
from bcp_kit.services.store import Conflict

SAVED, CONFLICT, FRESH, FAILED = "bcp.saved", "bcp.conflict", "bcp.fresh", "bcp.failed"


@dataclass(frozen=True)
class AnswerConflict:
    """Two answers to one item: of this window, and the one that another window stored first."""

    plan_id: str
    item_id: str
    mine: Answer
    stored: Answer
    stored_version: int


def keeper(plan_id: str, version: int, seen: Mapping[str, Answer]) -> KeepAnswer:
    """Return the function that stores an answer of the plan as it was seen at `version`."""

    def keep(item_id: str, answer: Answer) -> None:
        try:
            _note(_save(plan_id, item_id, answer, version))
        except Conflict as conflict:
            _settle(conflict, plan_id, item_id, seen.get(item_id, Answer()))
        except BcpKitError as error:
            st.session_state[FAILED] = error

    return keep


def _save(plan_id: str, item_id: str, answer: Answer, version: int) -> Saved:
    return save_answer(context(), plan_id, item_id, answer, version)


def _note(saved: Saved) -> None:
    for item in saved.items:
        st.session_state[SAVED] = (item.item_id, saved.plan.updated_at)


def _settle(conflict: Conflict, plan_id: str, item_id: str, seen: Answer) -> None:  # type: ignore[type-arg]
    """Save again when the other window changed other items only; else let the person choose."""
    if conflict.stored is None:
        st.session_state[FAILED] = conflict
        return
    mine, stored = conflict.mine.answers[item_id], conflict.stored.answers.get(item_id, Answer())
    if stored == seen:
        _note(_save(plan_id, item_id, mine, conflict.stored.version))
    else:
        found = AnswerConflict(plan_id, item_id, mine, stored, conflict.stored.version)
        st.session_state[CONFLICT] = found


def saved_sentence(item_id: str) -> str:
    """Return the sentence that tells when the item was saved, empty for all but the last one."""
    last: tuple[str, datetime] | None = st.session_state.get(SAVED)
    return say("pages.bcp.saved", time=clock_text(last[1])) if last and last[0] == item_id else ""


def freshness(item_id: str) -> int:
    """Return a number that changes when the item's widgets must start from the stored answer again."""
    counts: dict[str, int] = st.session_state.setdefault(FRESH, {})
    return counts.get(item_id, 0)


def refresh(item_id: str) -> None:
    """Let the item's widgets start from the stored answer."""
    st.session_state.setdefault(FRESH, {})[item_id] = freshness(item_id) + 1


def show_failure() -> None:
    """Show once what kept the last answer from being stored."""
    failed = st.session_state.pop(FAILED, None)
    if failed is not None:
        on_script_error(failed)


def as_text(item: Item, answer: Answer) -> str:
    """Return an answer as lines of text, for comparing two."""
    if answer.state is AnswerState.NOT_APPLICABLE:
        return f"{say('pages.bcp.not_applicable')}：{answer.reason}"
    labels = {option.key: option.label_ja for option in item.input.options}
    lines = [answer.text] if answer.text else []
    lines += [f"{answer.number:g}{item.input.unit}"] if answer.number is not None else []
    lines += [labels.get(choice, choice) for choice in answer.choices]
    lines += ["／".join(cell for cell in row.values() if cell) for row in answer.rows]
    return "\n".join(lines) or say("pages.bcp.nothing")


def _choose(found: AnswerConflict, *, mine: bool) -> None:
    st.session_state.pop(CONFLICT, None)
    if mine:
        keeper(found.plan_id, found.stored_version, {found.item_id: found.stored})(found.item_id, found.mine)
    refresh(found.item_id)


def show_conflict(item: Item) -> None:
    """Show both answers of the item that is in conflict, and let the person choose."""
    found: AnswerConflict | None = st.session_state.get(CONFLICT)
    if found is None or found.item_id != item.id:
        return
    st.warning(say("pages.bcp.conflict"))
    for column, name, answer in zip(
        st.columns(2), ("mine", "stored"), (found.mine, found.stored), strict=True
    ):
        column.markdown(f"**{say(f'pages.bcp.conflict_{name}')}**")
        column.text(as_text(item, answer))
        column.button(
            say(f"pages.bcp.keep_{name}"),
            key=f"conflict.{item.id}.{name}",
            on_click=_choose,
            args=(found,),
            kwargs={"mine": name == "mine"},
        )

"""Keeping answers: saved at once, told when, undone when asked; a conflict shows both values."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from bcp_kit.domain.bcp import Answer, AnswerState
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.schema import Item
from bcp_kit.pages.parts.answer_widgets import KeepAnswer
from bcp_kit.pages.parts.bcp_places import remember
from bcp_kit.pages.parts.bcp_words import saved_words
from bcp_kit.pages.parts.guard import on_script_error
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.bcp import Saved, save_answer, save_answers
from bcp_kit.services.store import Conflict

CONFLICTS, FRESH, FAILED, BEFORE = "bcp.conflicts", "bcp.fresh", "bcp.failed", "bcp.before"
KEPT = "bcp.kept"
MOST_STEPS_BACK = 20


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
        before = seen.get(item_id, Answer())
        try:
            _save(plan_id, item_id, answer, version)
        except Conflict as conflict:
            if not _settle(conflict, plan_id, item_id, before):
                return
        except BcpKitError as error:
            st.session_state[FAILED] = error
            return
        _steps(plan_id, item_id).append(before)

    return keep


def _save(plan_id: str, item_id: str, answer: Answer, version: int) -> Saved:
    saved = save_answer(context(), plan_id, item_id, answer, version)
    remember(plan_id, item_id)
    st.session_state.setdefault(KEPT, {})[item_id] = (saved, answer)
    if saved.kept:
        refresh(item_id)
    return saved


def show_kept(plan_id: str, item: Item) -> None:
    """Name the rows that were taken out and stay because other tables show them; offer to drop them all."""
    saved, answer = st.session_state.get(KEPT, {}).get(item.id, (None, None))
    if saved is None or not saved.kept:
        return
    where = "、".join(dict.fromkeys(use.item_title for kept in saved.kept for use in kept.uses))
    st.warning(say("write.kept", names="、".join(kept.words for kept in saved.kept), where=where))

    def drop() -> None:
        st.session_state[KEPT].pop(item.id, None)
        save_answers(context(), plan_id, {item.id: answer}, drop_shared=True)
        refresh(item.id)

    st.button(say("write.drop_everywhere"), key=f"drop.{item.id}", on_click=drop)


def _settle(conflict: Conflict, plan_id: str, item_id: str, seen: Answer) -> bool:  # type: ignore[type-arg]
    """Save again when the other window changed other items only; else let the person choose. True: saved."""
    if conflict.stored is None:
        st.session_state[FAILED] = conflict
        return False
    mine, stored = conflict.mine.answers[item_id], conflict.stored.answers.get(item_id, Answer())
    if stored == seen:
        _save(plan_id, item_id, mine, conflict.stored.version)
        return True
    found = AnswerConflict(plan_id, item_id, mine, stored, conflict.stored.version)
    st.session_state.setdefault(CONFLICTS, {})[item_id] = found
    return False


def _steps(plan_id: str, item_id: str) -> list[Answer]:
    """Return the answers that stood before, the newest last; those of this window only."""
    kept: dict[str, list[Answer]] = st.session_state.setdefault(BEFORE, {})
    steps = kept.setdefault(f"{plan_id}.{item_id}", [])
    del steps[:-MOST_STEPS_BACK]
    return steps


def _undo(plan_id: str, item_id: str, keep: KeepAnswer) -> None:
    steps = _steps(plan_id, item_id)
    if steps:
        before, count = steps.pop(), len(steps)
        keep(item_id, before)
        del steps[count:]
    refresh(item_id)


def show_saved(plan_id: str, item: Item, answer: Answer, keep: KeepAnswer) -> None:
    """Show when the item was saved, and the way back while there is one."""
    if answer.changed_at is None:
        return
    words, back = st.columns((3, 1), vertical_alignment="center")
    words.markdown(f":green[**✓ {saved_words(answer.changed_at)}**]")
    if _steps(plan_id, item.id):
        back.button(
            say("write.undo"),
            key=f"undo.{item.id}",
            on_click=_undo,
            args=(plan_id, item.id, keep),
            width="stretch",
        )


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
    st.session_state[CONFLICTS].pop(found.item_id, None)
    if mine:
        keeper(found.plan_id, found.stored_version, {found.item_id: found.stored})(found.item_id, found.mine)
    refresh(found.item_id)


def show_conflict(item: Item) -> bool:
    """Show both answers of an item in conflict and let the person choose; True while it is in conflict."""
    found: AnswerConflict | None = st.session_state.get(CONFLICTS, {}).get(item.id)
    if found is None:
        return False
    st.warning(say("pages.bcp.conflict"))
    for column, name, answer in zip(
        st.columns(2), ("mine", "stored"), (found.mine, found.stored), strict=True
    ):
        column.markdown(f"**{say(f'pages.bcp.conflict_{name}')}**")
        with column.container(border=True, height=240 if len(as_text(item, answer)) > 300 else "content"):
            st.text(as_text(item, answer))
        column.button(
            say(f"pages.bcp.keep_{name}"),
            key=f"conflict.{item.id}.{name}",
            on_click=_choose,
            args=(found,),
            kwargs={"mine": name == "mine"},
        )
    return True


def unsettled() -> tuple[AnswerConflict, ...]:
    """Return the conflicts of this window that nobody has decided yet."""
    return tuple(st.session_state.get(CONFLICTS, {}).values())

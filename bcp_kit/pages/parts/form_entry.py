"""Entry of one paper form in one screen: the paper's rows in the paper's order, for the keyboard alone."""

from collections.abc import Mapping, Sequence

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.form_entries import EntryState, FormEntry
from bcp_kit.domain.plan_answers import AnswerSource
from bcp_kit.forms.plan_form import PlanField, PlanForm
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.kept_views import forget_views
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.pages.parts.upkeep_common import do_and_tell
from bcp_kit.services.form_entry import (
    FormFound,
    RowDifference,
    Typed,
    find_form,
    open_entries,
    resolve_rows,
    row_differences,
    type_form,
)
from bcp_kit.services.form_rows import column_words, numbered_options, paper_fields

FOUND, BEGAN, ROUND, DONE = "entry.found", "entry.began", "entry.round", "entry.done"
MOST_BOXES = 12  # more than these do not fit into a label
SIDE_BY_SIDE = 2


def show_entry() -> None:
    """Show the field for the number, the form that it opens, and forms that wait for somebody."""
    st.caption(say("entry.lead"))
    for words in st.session_state.pop(DONE, ()):
        st.success(words)
    _ask_number()
    found: FormFound | None = st.session_state.get(FOUND)
    if found is not None:
        _show_form(found)
        return
    _show_open()


def _ask_number() -> None:
    with st.form("entry.find", clear_on_submit=True):
        number = st.text_input(say("entry.number"), key=f"entry.number.{st.session_state.get(ROUND, 0)}")
        pressed = st.form_submit_button(say("entry.find"), type="primary")
    if pressed:
        try:
            st.session_state[FOUND] = find_form(context(), number)
        except BcpKitError as error:
            st.session_state.pop(FOUND, None)
            show_error(error)
            return
        st.session_state[BEGAN] = context().clock.now()


def _show_form(found: FormFound) -> None:
    told = {"number": found.copy.number, "plan": found.copy.plan_number, "name": found.person_name}
    st.markdown(f"**{plain(say('entry.whose', **told))}**")
    if found.entry is not None and found.entry.state is not EntryState.TYPED_ONCE:
        st.warning(say("entry.stored_before"))
        return
    if found.entry is not None:
        st.info(say("entry.typed_before", by=found.entry.first.by))
    st.caption(say("entry.keys"))
    fields = paper_fields(found.form)
    key = f"entry.{found.copy.number}.{st.session_state.get(ROUND, 0)}"
    with st.form(key, enter_to_submit=False):
        typed = _ask_rows(found.form, fields, key)
        sources: list[AnswerSource] = list(AnswerSource)
        source = st.selectbox(
            say("entry.source"),
            sources,
            format_func=lambda each: say(f"entry.source_of.{each.value}"),
            key=f"{key}.source",
        )
        twice = st.checkbox(say("entry.twice"), key=f"{key}.twice") if found.entry is None else True
        pressed = st.form_submit_button(say("entry.done"), type="primary")
    if pressed:
        _take(found, typed, AnswerSource(source), twice=twice)
    _list_boxes(fields)


def _ask_rows(form: PlanForm, fields: Sequence[PlanField], key: str) -> Mapping[str, str]:
    """Ask row by row, two beside each other, under the headings of the paper."""
    wanted, typed = {field.id for field in fields}, {}
    for section in form.sections:
        shown = [field for field in section.fields if field.id in wanted]
        if not shown:
            continue
        st.markdown(f"**{plain(section.title(language()))}**")
        for start in range(0, len(shown), SIDE_BY_SIDE):
            pair = shown[start : start + SIDE_BY_SIDE]
            for column, field in zip(st.columns(SIDE_BY_SIDE), pair, strict=False):
                typed[str(field.row)] = column.text_input(_label(field), key=f"{key}.{field.row}")
    return typed


def _label(field: PlanField) -> str:
    """Return row number and title, with the numbers of the boxes or the cells of the table."""
    words = say("entry.row", row=field.row, title=field.item.title(language()))
    boxes = numbered_options(field, language())
    if len(boxes) > MOST_BOXES:
        return plain(words + say("entry.many", first=1, last=len(boxes)))
    if boxes:
        listed = (say("entry.box", number=number, words=label) for number, _, label in boxes)
        return plain(f"{words}　" + "　".join(listed))
    if field.item.input.columns:
        return plain(f"{words}　{column_words(field)}")
    return plain(words)


def _list_boxes(fields: Sequence[PlanField]) -> None:
    for field in fields:
        boxes = numbered_options(field, language())
        if len(boxes) > MOST_BOXES:
            title = say("entry.boxes_of", row=field.row, title=field.item.title(language()))
            with st.expander(plain(title), key=f"entry.boxes.{field.row}"):
                lines = (say("entry.box", number=number, words=label) for number, _, label in boxes)
                st.text("\n".join(lines))


def _take(found: FormFound, rows: Mapping[str, str], source: AnswerSource, *, twice: bool) -> None:
    seconds = (context().clock.now() - st.session_state[BEGAN]).total_seconds()
    filled = {row: words for row, words in rows.items() if words.strip()}
    try:
        entry = type_form(context(), Typed(found.copy.number, filled, twice, seconds, source))
    except BcpKitError as error:
        show_error(error)
        return
    forget_views()
    told = [say("entry.seconds", number=found.copy.number, seconds=round(seconds))]
    if entry.state is EntryState.DIFFERS:
        told.append(say("entry.differs", count=len(entry.differences)))
    else:
        told.append(say("entry.stored" if entry.state is EntryState.STORED else "entry.once"))
    st.session_state[DONE] = told
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state.pop(FOUND, None)
    st.rerun()


def _show_open() -> None:
    found = open_entries(context())
    if not found:
        return
    st.subheader(say("entry.open"), anchor=False)
    for entry in found:
        with st.container(border=True):
            told = {
                "number": entry.copy_number,
                "state": say(f"entry.state.{entry.state.value}"),
                "first": entry.first.by,
                "second": entry.second.by if entry.second else "－",
            }
            st.text(say("entry.open_line", **told))
            if entry.state is EntryState.DIFFERS:
                _ask_decision(entry, row_differences(context(), entry))


def _ask_decision(entry: FormEntry, rows: Sequence[RowDifference]) -> None:
    key = f"entry.decide.{entry.copy_number}"
    chosen: dict[str, str] = {}
    with st.form(key, border=False):
        for row in rows:
            which, own = st.columns((3, 2), vertical_alignment="bottom")
            ways = {
                say("entry.first", words=row.first_words or say("changes.nothing")): row.first,
                say("entry.second", words=row.second_words or say("changes.nothing")): row.second,
                say("entry.other"): None,
            }
            picked = which.radio(
                plain(say("entry.pick", row=row.row, title=row.title)),
                list(ways),
                index=None,
                format_func=plain,
                key=f"{key}.{row.row}",
            )
            words = own.text_input(say("entry.own"), key=f"{key}.{row.row}.own")
            if picked is not None:
                chosen[row.row] = words if ways[picked] is None else ways[picked] or ""
        pressed = st.form_submit_button(say("entry.decide"), type="primary")
    if pressed and chosen:
        do_and_tell(lambda: resolve_rows(context(), entry.copy_number, chosen), "entry.decided")

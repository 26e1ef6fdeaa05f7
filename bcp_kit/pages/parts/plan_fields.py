"""The fields of one section of a plan: row number, title, hint, whom to ask; saved when a field is left."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.plan_answers import AnswerOrigin, AnswerSource, AnswerWay, FieldValue
from bcp_kit.forms.plan_form import PlanField, PlanSection
from bcp_kit.forms.schema import InputType
from bcp_kit.intake.cells import cell_kind
from bcp_kit.pages.parts.guard import on_script_error
from bcp_kit.pages.parts.kept_views import SHEET
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import clock_text, context, language, say
from bcp_kit.pages.parts.table_editor import Rows, TableColumn, TableQuestion
from bcp_kit.pages.parts.table_field import show_table_field
from bcp_kit.services.plan_field_words import options_of, takes_several, value_words
from bcp_kit.services.plan_field_writes import adds_cells_only, row_names
from bcp_kit.services.plan_fields import FieldState, PlanSheet, plan_sheet, supplier_words, write_fields
from bcp_kit.services.store import Conflict

SAVED, CONFLICT, FAILED = "plan.saved", "plan.conflict", "plan.failed"
SOURCE, WAY = "plan.source", "plan.way"
TEXT_HEIGHT = 96
LONG_TEXTS = (InputType.TEXT,)


@dataclass(frozen=True)
class FieldConflict:
    """Two values for one field: of this window, and the one that another window stored first."""

    person_id: str
    field_id: str
    mine: FieldValue


def read_sheet(person_id: str) -> PlanSheet:
    """Return the plan's fields; each look at a person is one entry of the audit log, not one a redraw."""
    kept: PlanSheet | None = st.session_state.get(SHEET)
    if kept is None or kept.person_id != person_id:
        kept = plan_sheet(context(), person_id)
        st.session_state[SHEET] = kept
    return kept


def forget_sheet() -> None:
    """Read the fields again at the next showing."""
    st.session_state.pop(SHEET, None)


def ask_origin() -> None:
    """Ask from whom the next answers come, and in which way."""
    who, how = st.columns(2)
    sources: list[AnswerSource] = list(AnswerSource)
    ways: list[AnswerWay] = list(AnswerWay)
    who.selectbox(
        say("plan_write.source"),
        sources,
        index=None,
        format_func=lambda source: say(f"plan_write.sources.{source.value}"),
        key=SOURCE,
        placeholder=say("plan_write.source_none"),
    )
    how.selectbox(
        say("plan_write.way"), ways, format_func=lambda way: say(f"plan_write.ways.{way.value}"), key=WAY
    )


def _origin() -> AnswerOrigin | None:
    source = st.session_state.get(SOURCE)
    if source is None:
        return None
    ctx = context()
    way = AnswerWay(st.session_state.get(WAY) or AnswerWay.SCREEN)
    return AnswerOrigin(source=source, way=way, on=ctx.today(), by=ctx.actor.name)


@dataclass(frozen=True)
class Desk:
    """The plan as it was seen, and what to do once something was stored."""

    sheet: PlanSheet
    after: Callable[[], None]

    def key(self, field: PlanField) -> str:
        """Return the widget's key; it changes with the plan's version, so stored words come back."""
        return f"plan.{self.sheet.plan.id}.{self.sheet.plan.version}.{field.id}"

    def keep(self, field_id: str, value: FieldValue) -> None:
        """Store one field; changes of other fields in other windows are no conflict."""
        seen = {field_id: self.sheet.state(field_id).value}
        if seen[field_id] == value:
            return
        try:
            sheet = write_fields(context(), self.sheet.person_id, {field_id: value}, _origin(), seen)
        except Conflict:
            st.session_state[CONFLICT] = FieldConflict(self.sheet.person_id, field_id, value)
            forget_sheet()
            return
        except BcpKitError as error:
            st.session_state[FAILED] = error
            return
        self.after()
        st.session_state[SHEET] = sheet
        st.session_state[SAVED] = (field_id, context().clock.now())


def _label(field: PlanField) -> str:
    required = say(f"forms.required.{field.item.required.value}")
    return say(
        "plan_write.label", row=field.row, title=plain(field.item.title(language())), required=required
    )


def _ask_choice(desk: Desk, state: FieldState) -> None:
    field = state.field
    labels = dict(options_of(field, language()))
    several, key = takes_several(field), desk.key(field)
    known = [each for each in state.value.text.split(",") if each in labels]

    def keep() -> None:
        value = st.session_state[key]
        desk.keep(field.id, FieldValue(text=",".join(value) if several else value or ""))

    if several:
        st.multiselect(
            _label(field), list(labels), known, format_func=labels.__getitem__, key=key, on_change=keep
        )
        return
    at = list(labels).index(known[0]) if known else None
    st.selectbox(_label(field), list(labels), at, format_func=labels.__getitem__, key=key, on_change=keep)


def _ask_text(desk: Desk, state: FieldState) -> None:
    field, key = state.field, desk.key(state.field)

    def keep() -> None:
        desk.keep(field.id, FieldValue(text=st.session_state[key]))

    lines = field.item.input.type is InputType.TEXT or takes_several(field)
    if lines:
        st.text_area(_label(field), state.value.text, key=key, on_change=keep, height=TEXT_HEIGHT)
    else:
        st.text_input(_label(field), state.value.text, key=key, on_change=keep)


def _ask_table(desk: Desk, state: FieldState) -> None:
    field, only = state.field, adds_cells_only(state.field)
    st.markdown(f"**{_label(field)}**")
    columns = [
        TableColumn(c.key, c.label_ja, cell_kind(c.key))
        for c in field.item.input.columns
        if not only or c.key in only or c.key in row_names(field)
    ]
    if only:
        _show_rows(state)
        st.caption(say("plan_write.adds_only"))

    def keep(rows: Rows) -> None:
        desk.keep(field.id, FieldValue(rows=rows))

    key = f"plan.{desk.sheet.plan.id}.{field.id}"
    rows = state.value.rows or tuple(field.item.input.default_rows)
    show_table_field(TableQuestion(key, field.item.title_ja, columns, keep), rows)


def _show_rows(state: FieldState) -> None:
    titles = {column.key: column.label_ja for column in state.field.item.input.columns}
    used = [key for key in titles if any(row.get(key) for row in state.value.rows)]
    rows = [{titles[key]: row.get(key, "") for key in used} for row in state.value.rows]
    if rows:
        show_table(rows, alt=state.field.item.title_ja)


def _show_kept_elsewhere(state: FieldState) -> None:
    where = say("plan_write.elsewhere", where=say(f"plan_fields.home.{state.field.home.value}"))
    left, right = st.columns((2, 3), vertical_alignment="center")
    left.markdown(f"{_label(state.field)}", help=where)
    if state.field.item.input.type is InputType.TABLE and state.value.rows:
        _show_rows(state)
    else:
        right.text(value_words(state.field, state.value, language()) or say("plan_write.nothing"))


def _notes(desk: Desk, state: FieldState) -> None:
    """Show hint, whom to ask while nothing stands there, from whom it came, and when it was saved."""
    field, words = state.field, [plain(state.field.item.hint_ja)] if state.field.item.hint_ja else []
    cells = [f"{f.row} {f.item.title_ja}" for f in desk.sheet.form.fields if f.within == field.id]
    if cells:
        words.append(say("plan_write.cells", names="、".join(cells)))
    if state.missing:
        whom = "、".join(supplier_words(key, language()) for key in field.ask)
        words.append(say("plan_write.ask", whom=whom))
    if state.origin:
        words.append(
            say(
                "plan_write.from",
                who=say(f"plan_write.sources.{state.origin.source.value}"),
                way=say(f"plan_write.ways.{state.origin.way.value}"),
                on=state.origin.on.isoformat(),
            )
        )
    if words:
        st.caption("　".join(words))
    last = st.session_state.get(SAVED)
    if last and last[0] == field.id:
        st.markdown(f":green[**{say('pages.bcp.saved', time=clock_text(last[1]))}**]")


def _choose(desk: Desk, found: FieldConflict, *, mine: bool) -> None:
    st.session_state.pop(CONFLICT, None)
    if mine:
        desk.keep(found.field_id, found.mine)


def show_conflict(desk: Desk) -> None:
    """Show both values when somebody else stored the same field first, and what could not be stored."""
    failed = st.session_state.pop(FAILED, None)
    if failed is not None:
        on_script_error(failed)
    found: FieldConflict | None = st.session_state.get(CONFLICT)
    if found is None or found.person_id != desk.sheet.person_id:
        return
    state = desk.sheet.state(found.field_id)
    st.warning(say("pages.bcp.conflict"))
    values = {"mine": found.mine, "stored": state.value}
    for column, (name, value) in zip(st.columns(2), values.items(), strict=True):
        column.markdown(f"**{say(f'pages.bcp.conflict_{name}')}**")
        column.text(value_words(state.field, value, language()) or say("pages.bcp.nothing"))
        label, chosen = say(f"pages.bcp.keep_{name}"), {"mine": name == "mine"}
        column.button(label, key=f"plans.keep.{name}", on_click=_choose, args=(desk, found), kwargs=chosen)


def show_section(desk: Desk, section: PlanSection) -> None:
    """Show the fields of one section in the order of the form; those kept elsewhere in one line."""
    for field in section.fields:
        if field.within:
            continue
        state = desk.sheet.state(field.id)
        with st.container(key=f"plan.field.{field.row}"):
            if not state.writable:
                _show_kept_elsewhere(state)
                continue
            if field.item.input.type is InputType.TABLE:
                _ask_table(desk, state)
            elif options_of(field, language()):
                _ask_choice(desk, state)
            else:
                _ask_text(desk, state)
            _notes(desk, state)

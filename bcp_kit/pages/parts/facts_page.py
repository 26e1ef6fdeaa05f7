"""The facts of the site (事業所の基礎情報): each entered once, shown wherever the plans need it."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.fact_tables import FactColumn, FactTable, FactType, fact_table, fact_tables, stale_rows
from bcp_kit.intake.cells import CellKind
from bcp_kit.pages.parts.bcp_saving import show_failure
from bcp_kit.pages.parts.bcp_words import saved_words
from bcp_kit.pages.parts.facts_import import show_fact_import
from bcp_kit.pages.parts.facts_saving import (
    SAVED,
    can_undo,
    fresh,
    keep_rows,
    show_conflict,
    shown_rows,
    told,
    undo,
)
from bcp_kit.pages.parts.facts_uses import FACTS, show_row_uses, show_told
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.pages.parts.table_editor import Rows, TableColumn, TableQuestion
from bcp_kit.pages.parts.table_field import show_table_field
from bcp_kit.services.site_facts import FactsView, confirm_facts, people_from_staff, read_facts

FIRST_TABLE, PEOPLE = "people", "people"
CELL_KINDS = {
    FactType.PHONE: CellKind.PHONE,
    FactType.NUMBER: CellKind.NUMBER,
    FactType.QUANTITY: CellKind.NUMBER,
    FactType.DATE: CellKind.DATE,
}


def facts_shown() -> bool:
    """True while the facts are on screen."""
    return bool(st.session_state.get(FACTS))


def open_facts(table_id: str = FIRST_TABLE) -> None:
    """Show the facts from the next run on."""
    st.session_state[FACTS] = table_id


def _close() -> None:
    st.session_state[FACTS] = ""


def show_facts_door(facility: Facility) -> None:
    """Say what the facts are for and how old they are, with the way in."""
    view = read_facts(context(), facility.id)
    rows = sum(len(found) for found in view.facts.tables.values())
    old = len(stale_rows(view.facts, context().today()))
    with st.container(border=True):
        words, way = st.columns((3, 1), vertical_alignment="center")
        words.markdown(f"**{say('write.facts.title')}**　{say('write.facts.door')}")
        words.caption(say("write.facts.door_old" if old else "write.facts.door_count", count=rows, old=old))
        way.button(say("write.facts.open"), key="facts.open", on_click=open_facts, width="stretch")


def _columns(table: FactTable) -> list[TableColumn]:
    return [_column(column) for column in table.columns if not column.hidden]


def _column(column: FactColumn) -> TableColumn:
    kind = CELL_KINDS.get(column.type, CellKind.TEXT)
    words = {o.key: o.label_en if language() == "en" else o.label_ja for o in column.options}
    return TableColumn(column.key, column.label(language()), kind, words or None)


def _show_confirmed(facility: Facility, table: FactTable, view: FactsView) -> None:
    """Show when the rows were made sure of last, and one click that says they are true today."""
    rows = view.facts.tables.get(table.id, ())
    if not rows:
        return
    today = context().today()
    dates = [row.confirmed_on for row in rows if row.confirmed_on is not None]
    old = sum(table.is_stale(row, today) for row in rows)
    words, way = st.columns((3, 1.4), vertical_alignment="center")
    oldest = min(dates).isoformat() if len(dates) == len(rows) else say("write.facts.never")
    key = "write.facts.confirm_old" if old else "write.facts.confirmed"
    words.caption(say(key, oldest=oldest, count=len(rows), old=old, months=table.review_months))

    def confirm() -> None:
        confirm_facts(context(), facility.id, table.id, [row.id for row in rows])

    way.button(
        say("write.facts.confirm"),
        key=f"facts.confirm.{table.id}",
        on_click=confirm,
        width="stretch",
        disabled=not may(Action.EDIT_BCP),
    )


def _offer_staff(facility: Facility, table: FactTable) -> None:
    """Offer the people of the staff register who are not in the table yet."""
    if table.id != PEOPLE or not may(Action.SEE_STAFF):
        return

    def take() -> None:
        st.session_state[SAVED] = told(table, people_from_staff(context(), facility.id))

    st.button(say("write.facts.from_staff"), key="facts.from_staff", on_click=take)


def _show_table(facility: Facility, table: FactTable, view: FactsView) -> None:
    if show_conflict(table):
        return

    def keep(rows: Rows) -> None:
        keep_rows(facility.id, table, view, rows)

    key = f"facts.{facility.id}.{table.id}.{fresh(table.id)}"
    question = TableQuestion(key=key, title=table.title(language()), columns=_columns(table), keep=keep)
    show_table_field(question, shown_rows(view, table))
    words, back = st.columns((3, 1), vertical_alignment="center")
    if view.facts.tables.get(table.id):
        words.markdown(f":green[**✓ {saved_words(view.facts.updated_at)}**]")
    if can_undo(table.id):
        back.button(
            say("write.undo"), key="facts.undo", on_click=undo, args=(facility.id, table), width="stretch"
        )


def show_facts(facility: Facility) -> None:
    """Show the tables of facts, one at a time."""
    name, back = st.columns((4, 1), vertical_alignment="center")
    name.title(say("write.facts.title"), anchor=False)
    back.button(say("write.back_to_choice"), key="facts.close", on_click=_close, width="stretch")
    st.caption(say("write.facts.lead"))
    view = read_facts(context(), facility.id)
    tables = fact_tables()
    chosen = st.pills(
        say("write.facts.tables"),
        list(tables),
        format_func=lambda t: _named(tables[t], view),
        key=FACTS,
        required=True,
        label_visibility="collapsed",
    )
    table = fact_table(str(chosen))
    st.markdown(table.help_en if language() == "en" else table.help_ja)
    show_failure()
    show_told(table)
    _show_confirmed(facility, table, view)
    _offer_staff(facility, table)
    _show_table(facility, table, view)
    show_row_uses(facility.id, table, view)
    show_fact_import(facility)


def _named(table: FactTable, view: FactsView) -> str:
    count = len(view.facts.tables.get(table.id, ()))
    return f"{table.title(language())}（{count}）"

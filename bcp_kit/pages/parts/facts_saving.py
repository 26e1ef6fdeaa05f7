"""Keeping tables of facts: saved at once, undone when asked; a conflict of two windows shows both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.forms.fact_tables import FactTable
from bcp_kit.pages.parts.bcp_saving import FAILED
from bcp_kit.pages.parts.session import context, say
from bcp_kit.pages.parts.table_editor import Rows
from bcp_kit.services.fact_uses import FactUse
from bcp_kit.services.site_facts import FactsSaved, FactsView, read_facts, save_fact_table
from bcp_kit.services.store import Conflict

SAVED, CONFLICT, BEFORE, FRESH = "facts.saved", "facts.conflict", "facts.before", "facts.fresh"
MOST_STEPS_BACK = 20


@dataclass(frozen=True)
class FactsConflict:
    """Two states of one table: of this window, and the one that another window stored first."""

    facility_id: str
    table_id: str
    mine: Rows
    stored: Rows


@dataclass(frozen=True)
class Told:
    """What came of the last save of a table: places that follow, that must be changed by hand, rows kept."""

    table_id: str
    moment: object
    touched: tuple[FactUse, ...]
    by_hand: tuple[FactUse, ...]
    kept: tuple[str, ...]


def shown_rows(view: FactsView, table: FactTable) -> Rows:
    """Return the rows of a table as a person edits them: words, hidden columns left out."""
    keys = [column.key for column in table.columns if not column.hidden]
    rows = view.facts.tables.get(table.id, ())
    return tuple({key: row.cells.get(key, "") for key in keys} for row in rows)


def fresh(table_id: str) -> int:
    """Return a number that changes when the table's widgets must start from the stored rows again."""
    counts: dict[str, int] = st.session_state.setdefault(FRESH, {})
    return counts.get(table_id, 0)


def _refresh(table_id: str) -> None:
    st.session_state.setdefault(FRESH, {})[table_id] = fresh(table_id) + 1


def _save(facility_id: str, table: FactTable, rows: Rows, version: int) -> None:
    done = save_fact_table(context(), facility_id, table.id, _filled(rows), version)
    st.session_state[SAVED] = told(table, done)
    if done.kept:
        _refresh(table.id)


def _filled(rows: Rows) -> list[Mapping[str, str]]:
    return [{key: cell for key, cell in row.items() if cell.strip()} for row in rows]


def told(table: FactTable, done: FactsSaved) -> Told:
    """Return what the page says of a save."""
    names = tuple(table.words_of(row.cells) for row in done.kept)
    return Told(table.id, done.view.facts.updated_at, _once(done.touched), _once(done.by_hand), names)


def _once(uses: Sequence[FactUse]) -> tuple[FactUse, ...]:
    return tuple({(use.plan_id, use.item_id): use for use in uses}.values())


def keep_rows(facility_id: str, table: FactTable, seen: FactsView, rows: Rows) -> None:
    """Store a table as it was edited on what was seen."""
    before = shown_rows(seen, table)
    try:
        _save(facility_id, table, rows, seen.version)
    except Conflict:
        if not _settle(facility_id, table, before, rows):
            return
    except BcpKitError as error:
        st.session_state[FAILED] = error
        return
    steps: list[Rows] = st.session_state.setdefault(BEFORE, {}).setdefault(table.id, [])
    steps.append(before)
    del steps[:-MOST_STEPS_BACK]


def _settle(facility_id: str, table: FactTable, before: Rows, rows: Rows) -> bool:
    """Save again when the other window changed other tables only; else let the person choose. True: saved."""
    now = read_facts(context(), facility_id)
    stored = shown_rows(now, table)
    if stored == before:
        _save(facility_id, table, rows, now.version)
        return True
    st.session_state[CONFLICT] = FactsConflict(facility_id, table.id, rows, stored)
    return False


def can_undo(table_id: str) -> bool:
    """True while there is a step to take back."""
    return bool(st.session_state.get(BEFORE, {}).get(table_id))


def undo(facility_id: str, table: FactTable) -> None:
    """Put the rows back that stood before the last change of this window."""
    steps: list[Rows] = st.session_state[BEFORE][table.id]
    now = read_facts(context(), facility_id)
    _save(facility_id, table, steps.pop(), now.version)
    _refresh(table.id)


def _choose(found: FactsConflict, table: FactTable, *, mine: bool) -> None:
    st.session_state.pop(CONFLICT, None)
    if mine:
        _save(found.facility_id, table, found.mine, read_facts(context(), found.facility_id).version)
    _refresh(table.id)


def _lines(rows: Rows, others: Rows) -> str:
    """Return the rows that the other side has not, one a line."""
    own = ["／".join(cell for cell in row.values() if cell) for row in rows if row not in others]
    return "\n".join(own) or say("write.facts.same")


def show_conflict(table: FactTable) -> bool:
    """Show what differs between both states and let the person choose; True while it is undecided."""
    found: FactsConflict | None = st.session_state.get(CONFLICT)
    if found is None or found.table_id != table.id:
        return False
    st.warning(say("write.facts.conflict"))
    sides = (("mine", found.mine, found.stored), ("stored", found.stored, found.mine))
    for spot, (name, rows, others) in zip(st.columns(2), sides, strict=True):
        spot.markdown(f"**{say(f'pages.bcp.conflict_{name}')}**")
        spot.text(_lines(rows, others))
        spot.button(
            say(f"pages.bcp.keep_{name}"),
            key=f"facts.conflict.{name}",
            on_click=_choose,
            args=(found, table),
            kwargs={"mine": name == "mine"},
        )
    return True

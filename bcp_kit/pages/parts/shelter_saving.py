"""Saving single facts of a destination as they are given; two windows never overwrite each other."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.shelter_facts import FactValue, fact_text, fact_value, with_facts
from bcp_kit.domain.shelters import ConfirmedHow, Shelter
from bcp_kit.forms.sheets import Column, SheetKind, sheet
from bcp_kit.forms.shelter_form import asked_facts
from bcp_kit.pages.parts.fact_field import typed_fact
from bcp_kit.pages.parts.guard import on_script_error
from bcp_kit.pages.parts.session import clock_text, context, say
from bcp_kit.services.shelter_answers import read_answer, shown_answers
from bcp_kit.services.shelters import HowConfirmed, confirm_facts, read_shelter
from bcp_kit.services.store import Conflict

SEEN, SAVED, PROBLEM, CLASH, ROUND = (
    f"shelters.{name}" for name in ("seen", "saved", "problem", "clash", "round")
)
HOW, ANSWERED, DAY = "shelters.how", "shelters.answered_by", "shelters.day"


@dataclass(frozen=True)
class Clash:
    """One fact that two windows gave different values: what was given here, and the record as stored."""

    key: str
    value: FactValue
    stored: Shelter


def seen_shelter(shelter_id: str) -> Shelter:
    """Return the record as this window shows it: read once, and as it was after each save."""
    seen: Shelter | None = st.session_state.get(SEEN)
    if seen is None or seen.id != shelter_id:
        seen = read_shelter(context(), shelter_id)
        for name in (SAVED, PROBLEM, CLASH):
            st.session_state.pop(name, None)
        st.session_state[SEEN] = seen
    return seen


def forget_shelter() -> None:
    """Read the record anew at its next look."""
    st.session_state.pop(SEEN, None)
    _new_round()


def _new_round() -> None:
    st.session_state[ROUND] = int(st.session_state.get(ROUND, 0)) + 1


def fact_key(shelter_id: str, name: str) -> str:
    """Return the widget key of a fact; a new round of fields shows what is stored now."""
    return f"shelter.{shelter_id}.{st.session_state.get(ROUND, 0)}.{name}"


def ask_how() -> None:
    """Ask how facts are being confirmed; the answer stays for the session."""
    ways: list[ConfirmedHow] = [ConfirmedHow.PHONE, ConfirmedHow.VISIT, ConfirmedHow.SURVEY]
    ways += [ConfirmedHow.MEETING, ConfirmedHow.DOCUMENT]
    how, who, day = st.columns((1.2, 2, 1.2))
    how.selectbox(
        say("shelters.form.how"),
        ways,
        format_func=lambda w: say(f"shelters.how.{w.value}"),
        key=HOW,
        persist_state="session",
    )
    who.text_input(say("shelters.form.answered_by"), key=ANSWERED, persist_state="session", max_chars=60)
    day.text_input(say("shelters.form.day"), key=DAY, persist_state="session", max_chars=30)


def how_confirmed() -> HowConfirmed:
    """Return how facts are being confirmed.

    Raises: BcpKitError I-202 … I-205 for a day that cannot be read or lies ahead.
    """
    how = ConfirmedHow(st.session_state.get(HOW, ConfirmedHow.PHONE))
    return HowConfirmed(how, str(st.session_state.get(ANSWERED, "")), _day())


def _day() -> date | None:
    text = str(st.session_state.get(DAY, "")).strip()
    column = next(c for c in sheet(SheetKind.SHELTERS).columns if c.key == "confirmed_on")
    read = read_answer(text, column, context().today())
    if read.refused is not None:
        raise BcpKitError(read.refused.code, **read.refused.values)
    return read.value if isinstance(read.value, date) else None


def keep_fact(column: Column, key: str) -> None:
    """Store what a field holds now, as a callback of the field."""
    try:
        value = typed_fact(column, key, context().today())
        seen: Shelter = st.session_state[SEEN]
        facts = {column.key: value}
        if column.key.startswith("location."):
            facts = _both_degrees(seen, column, value)
        save_facts(seen, facts)
    except BcpKitError as error:
        st.session_state[PROBLEM] = (column.key, error)


def _both_degrees(seen: Shelter, column: Column, value: FactValue) -> dict[str, FactValue]:
    """Return both degrees once both are typed; half a place is kept in the fields only."""
    keys = ("location.latitude", "location.longitude")
    typed = {key: st.session_state.get(fact_key(seen.id, key)) for key in keys}
    typed[column.key] = value
    none, both = not any(typed.values()), all(v is not None for v in typed.values())
    return typed if none or both else {}


def keep_as_it_is(key: str) -> None:
    """Confirm a fact unchanged, as a callback."""
    seen: Shelter = st.session_state[SEEN]
    try:
        save_facts(seen, {key: fact_value(seen, key)})
    except BcpKitError as error:
        st.session_state[PROBLEM] = (key, error)


def save_facts(seen: Shelter, facts: dict[str, FactValue]) -> None:
    """Store facts; a conflict is kept for the page to ask about."""
    st.session_state.pop(PROBLEM, None)
    st.session_state.pop(CLASH, None)
    if not facts:
        return
    try:
        saved = confirm_facts(context(), seen, facts, how_confirmed())
    except Conflict as conflict:
        if conflict.stored is None:
            raise
        key = next(k for k in facts if fact_text(conflict.stored, k) != fact_text(seen, k))
        st.session_state[CLASH] = Clash(key, facts[key], conflict.stored)
        return
    st.session_state[SEEN] = saved
    st.session_state[SAVED] = clock_text(context().clock.now())
    if any(fact_text(seen, k) != fact_text(saved, k) for k in asked_facts() if k not in facts):
        _new_round()


def show_saved() -> None:
    """Show when the last save was, what could not be saved, and a conflict with both values."""
    problem: tuple[str, BcpKitError] | None = st.session_state.get(PROBLEM)
    if problem is not None:
        on_script_error(problem[1])
    clash: Clash | None = st.session_state.get(CLASH)
    if clash is not None:
        _show_clash(clash)
    elif problem is None and SAVED in st.session_state:
        st.caption(f"✓ {say('shelters.form.saved', time=st.session_state[SAVED])}")


def _show_clash(clash: Clash) -> None:
    asked = asked_facts().get(clash.key)
    with st.container(border=True):
        st.error(say("shelters.form.conflict"))
        if asked is not None:
            st.markdown(f"**{asked.column.heading}**")
            shown = shown_answers(clash.stored, {clash.key: asked.column})[clash.key]
            st.text(say("shelters.form.mine", value=_mine_text(clash, asked.column)))
            st.text(say("shelters.form.stored", value=shown or say("shelters.form.nothing")))
        mine, stored = st.columns(2)
        label = say("shelters.form.keep_mine")
        mine.button(label, on_click=_keep_mine, args=(clash,), key="shelters.keep_mine")
        stored.button(say("shelters.form.keep_stored"), on_click=_take, args=(clash,), key="shelters.take")


def _mine_text(clash: Clash, column: Column) -> str:
    mine = with_facts(clash.stored, {clash.key: clash.value})
    if clash.value is False:
        return say("shelters.three.no")
    return shown_answers(mine, {clash.key: column})[clash.key] or say("shelters.form.nothing")


def _keep_mine(clash: Clash) -> None:
    save_facts(clash.stored, {clash.key: clash.value})
    _new_round()


def _take(clash: Clash) -> None:
    st.session_state[SEEN] = clash.stored
    st.session_state.pop(CLASH, None)
    _new_round()

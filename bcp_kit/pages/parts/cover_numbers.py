"""The numbers that staff cover uses, and the facility's own values over them."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.cover_numbers import OwnNumber, own_numbers
from bcp_kit.services.cover_settings import override_setting

SAVED = "numbers.saved"


def _text(value: float, number: OwnNumber) -> str:
    return f"{value:g} {number.row.unit}"


def _rows(numbers: tuple[OwnNumber, ...]) -> list[dict[str, str]]:
    return [
        {
            say("attendance.number"): n.row.label(language()),
            say("attendance.number_now"): _text(n.now, n),
            say("attendance.number_default"): _text(float(n.row.value or 0), n),
            say("attendance.number_mark"): say(f"attendance.mark.{n.row.verification.value}"),
        }
        for n in numbers
    ]


def _ask(facility: Facility, numbers: tuple[OwnNumber, ...]) -> None:
    by_key = {n.row.key: n for n in numbers}
    which, value_at = st.columns((3, 1))
    key = which.selectbox(
        say("attendance.which_number"),
        list(by_key),
        format_func=lambda k: by_key[k].row.label(language()),
        key="numbers.which",
    )
    with value_at:
        label = f"{say('attendance.number_own')}（{by_key[key].row.unit}）"
        value = ask_number(NumberField(label, f"numbers.{facility.id}.{key}"), by_key[key].now)
    save, reset = st.columns(2)
    if save.button(say("attendance.number_save"), type="primary", key="numbers.save", disabled=value is None):
        override_setting(context(), facility.id, key, value)
        st.session_state[SAVED] = True
        st.rerun()
    none = by_key[key].own is None
    if reset.button(say("attendance.number_reset"), key="numbers.reset", disabled=none):
        override_setting(context(), facility.id, key, None)
        st.session_state.pop(f"numbers.{facility.id}.{key}", None)
        st.session_state[SAVED] = True
        st.rerun()


def show_numbers(facility: Facility) -> None:
    """Show the numbers and, for those who may, the fields to replace them."""
    with st.expander(say("attendance.numbers_title")):
        st.caption(say("attendance.numbers_lead"))
        numbers = own_numbers(context(), facility.id)
        if may(Action.EDIT_FACILITY):
            _ask(facility, numbers)
            if st.session_state.pop(SAVED, False):
                st.success(say("attendance.number_saved"))
        show_table(_rows(numbers), alt=say("attendance.numbers_title"))

"""The ordinance and the emergency decision on screen: what stands, record it, begin and end."""

import streamlit as st

from bcp_kit.access.policy import Action, decide
from bcp_kit.catalogues import load
from bcp_kit.domain.consent import Emergency, Ordinance
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import actor, context, say
from bcp_kit.services.disclosure_rules import (
    DEFAULTS,
    DisclosureRules,
    begin_emergency,
    end_emergency,
    read_rules,
    record_ordinance,
)

TOLD = "rules.told"
TIME = "%Y-%m-%d %H:%M"


def _tell(key: str) -> None:
    st.session_state[TOLD] = key
    st.rerun()


def _words(key: str, emergency: Emergency) -> str:
    return say(
        key,
        since=f"{emergency.starts_at:{TIME}}",
        until=f"{emergency.ends_at:{TIME}}",
        by=plain(emergency.decided_by),
        reason=plain(emergency.reason),
    )


def _show_ordinance(rules: DisclosureRules) -> None:
    kept = rules.ordinance or Ordinance()
    st.markdown(f"**{say('rules.ordinance')}**")
    name = st.text_input(say("rules.name"), kept.name, key="rules.name", max_chars=100)
    asked = {
        "waives_register_consent": ("rules.waives_register", kept.waives_register_consent),
        "waives_plan_consent": ("rules.waives_plan", kept.waives_plan_consent),
        "honours_refusal": ("rules.honours_refusal", kept.honours_refusal),
    }
    ticked = {field: st.checkbox(say(key), value, key=key) for field, (key, value) in asked.items()}
    if st.button(say("rules.save_ordinance"), key="rules.save"):
        try:
            record_ordinance(context(), Ordinance(name=name.strip(), **ticked))
        except BcpKitError as failure:
            show_error(failure)
            return
        _tell("rules.saved")


def _show_emergency(rules: DisclosureRules) -> None:
    st.markdown(f"**{say('rules.emergency')}**")
    st.caption(say("rules.article"))
    if rules.running and rules.emergency:
        st.warning(_words("rules.running", rules.emergency))
        if st.button(say("rules.end"), key="rules.end"):
            end_emergency(context())
            _tell("rules.ended")
        return
    st.text(say("rules.none"))
    by = st.text_input(say("rules.by"), key="rules.by", max_chars=100)
    reason = st.text_area(say("rules.reason"), key="rules.reason", max_chars=500, height=68)
    usual = int(load.number(DEFAULTS, "emergency_usual"))
    hours = st.number_input(say("rules.hours"), value=usual, min_value=1, step=1, key="rules.hours")
    if st.button(say("rules.begin"), key="rules.begin"):
        try:
            begin_emergency(context(), by, reason, hours)
        except BcpKitError as failure:
            show_error(failure)
            return
        _tell("rules.begun")


def show_rules() -> None:
    """Show what takes the place of consent; who may not change it sees nothing of it."""
    if not decide(actor(), Action.KEEP_RULES).allowed:
        return
    rules = read_rules(context())
    if rules.running and rules.emergency:
        st.warning(_words("rules.running", rules.emergency))
    with st.expander(say("rules.title"), expanded=TOLD in st.session_state):
        if TOLD in st.session_state:
            st.success(say(st.session_state.pop(TOLD)))
        st.caption(say("rules.intro"))
        _show_emergency(rules)
        _show_ordinance(rules)
        past = rules.earlier if rules.running or not rules.emergency else (rules.emergency, *rules.earlier)
        if past:
            st.markdown(f"**{say('rules.earlier')}**")
            for emergency in past:
                st.text(_words("rules.line", emergency))

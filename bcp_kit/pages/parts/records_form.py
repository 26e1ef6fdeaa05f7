"""The form of one record: to write it down, to correct it, to take it back."""

import streamlit as st

from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.practice import PracticeKind, PracticeRecord
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.records_fields import ask_day, ask_plans, try_and_tell
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.practice_records import NewRecord, add_record, as_written, correct_record, remove_record

WANTED = "records.new.wanted"
KIND, PLANS = "records.new.kind", "records.new.plans"


def want_record(kind: PracticeKind, plans: tuple[PlanKind, ...]) -> None:
    """Open the form for a new record of that kind in the next run, for these plans."""
    st.session_state[WANTED] = True
    st.session_state[KIND] = kind
    st.session_state[PLANS] = list(plans or CONTINUITY_KINDS)


def ask_record(facility_id: str) -> None:
    """Ask for a new record and write it down."""
    kind = _ask_kind(KIND, PracticeKind.TRAINING)
    blank = NewRecord(facility_id, kind, CONTINUITY_KINDS, context().today())
    with st.form("records.new", border=False, clear_on_submit=True):
        told = _ask_told(blank, "records.new")
        pressed = st.form_submit_button(say("records.page.add"), type="primary")
    if pressed and told is not None:
        try_and_tell(lambda: add_record(context(), told), "records.page.added")


def show_mending(record: PracticeRecord) -> None:
    """Offer to correct the record or to take it back, behind a switch: neither is an everyday job."""
    key = f"records.mend.{record.id}"
    if not st.toggle(say("records.page.mend"), key=key):
        return
    form_key = f"{key}.{record.version}"
    kind = _ask_kind(f"{form_key}.kind", record.kind)
    with st.form(form_key, border=False):
        told = _ask_told(as_written(record.model_copy(update={"kind": kind})), form_key)
        why = st.text_input(say("records.page.mend_reason"), key=f"{form_key}.why")
        pressed = st.form_submit_button(say("records.page.correct"))
    if pressed and told is not None:
        try_and_tell(lambda: correct_record(context(), record.id, told, why), "records.cli.corrected")
    with st.form(f"{form_key}.remove", border=False):
        why = st.text_input(say("records.page.remove_reason"), key=f"{form_key}.remove.why")
        removed = st.form_submit_button(say("records.page.remove"))
    if removed:
        try_and_tell(lambda: remove_record(context(), record.id, why), "records.cli.removed")


def _ask_kind(key: str, now: PracticeKind) -> PracticeKind:
    chosen = st.segmented_control(
        say("records.field.kind"),
        list(PracticeKind),
        default=None if key in st.session_state else now,
        format_func=lambda kind: say(f"records.kind.{kind.value}"),
        key=key,
        required=True,
    )
    return chosen or now


def _ask_told(now: NewRecord, key: str) -> NewRecord | None:
    """Ask for what was done, beginning from `now`; None without a day."""
    left, right = st.columns(2)
    with left:
        held_on = ask_day(say("records.field.held_on"), f"{key}.day", now.held_on, context().today())
        title = st.text_input(say("records.field.title"), now.title, key=f"{key}.title")
        method = st.text_input(say("records.field.method"), now.method, key=f"{key}.method")
        leader = st.text_input(say("records.field.leader"), now.leader, key=f"{key}.leader")
    with right:
        kinds = ask_plans(f"{key}.plans", now.plan_kinds)
        people = _count("records.field.people", f"{key}.people", now.people)
        minutes = _count("records.page.minutes", f"{key}.minutes", now.minutes)
        new_hires = st.checkbox(say("records.new_hires_yes"), now.new_hires, key=f"{key}.hires")
    scenario = st.text_area(say("records.field.scenario"), now.scenario, key=f"{key}.scenario", height=76)
    names = "\n".join(now.participants)
    names = st.text_area(say("records.page.participants"), names, key=f"{key}.names", height=100)
    words = st.text_area(say("records.field.words"), now.words, key=f"{key}.words", height=100)
    if held_on is None:
        return None
    return NewRecord(
        facility_id=now.facility_id,
        kind=now.kind,
        plan_kinds=kinds,
        held_on=held_on,
        title=title,
        method=method,
        scenario=scenario,
        leader=leader,
        participants=_names(names),
        people=people,
        minutes=minutes,
        new_hires=new_hires,
        words=words,
    )


def _count(label: str, key: str, now: int | None) -> int | None:
    asked = ask_number(NumberField(say(label), key, whole=True), now)
    return None if asked is None else int(asked)


def _names(typed: str) -> tuple[str, ...]:
    lines = typed.replace("、", "\n").splitlines()
    return tuple(name.strip() for name in lines if name.strip())

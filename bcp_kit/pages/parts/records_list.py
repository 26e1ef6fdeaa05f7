"""Notices, training, drills and reviews: write one down, see them, print their sheets."""

import streamlit as st

from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.practice import PracticeKind, PracticeRecord
from bcp_kit.forms.practice.words import day_words, finding_outcome, plan_words, plans_words, record_pairs
from bcp_kit.forms.schema import Item, form, items_for
from bcp_kit.pages.parts.pdf import keep_printed, show_printed
from bcp_kit.pages.parts.plain import plain, show_table, unbroken
from bcp_kit.pages.parts.records_fields import ask_day, may_edit, tell_done, try_and_tell
from bcp_kit.pages.parts.records_form import WANTED, ask_record, show_mending
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.bcp import form_id
from bcp_kit.services.inspection_pack import print_blank_record, print_record
from bcp_kit.services.practice_records import (
    NewFinding,
    add_finding,
    item_of,
    list_records,
)

SHEET = "records.sheet"


def show_records(facility: Facility) -> None:
    """Show the form for a new record and the records so far."""
    tell_done()
    if may_edit():
        wanted = st.session_state.pop(WANTED, False)
        with st.expander(
            say("records.page.new"), expanded=wanted or not list_records(context(), facility.id)
        ):
            ask_record(facility.id)
    _offer_blank(facility)
    show_printed(SHEET, say("records.page.sheet_alt"))
    found = list_records(context(), facility.id)
    st.subheader(say("records.page.so_far", count=len(found)), anchor=False)
    if not found:
        st.info(say("records.page.none_yet"))
    for record in found:
        _show_record(facility, record)


def _kind_words(kind: PracticeKind) -> str:
    return say(f"records.kind.{kind.value}")


def _offer_blank(facility: Facility) -> None:
    choice, button = st.columns((3, 2), vertical_alignment="bottom")
    kind = choice.selectbox(
        say("records.page.blank_kind"), list(PracticeKind), format_func=_kind_words, key="records.blank.kind"
    )
    if button.button(say("records.page.blank"), key="records.blank", width="stretch"):
        keep_printed(SHEET, print_blank_record(context(), facility.id, kind or PracticeKind.DRILL))


def _show_record(facility: Facility, record: PracticeRecord) -> None:
    day, plans = day_words(record.held_on, language()), plans_words(record.plan_kinds, language())
    head = f"{day}　{_kind_words(record.kind)}（{plans}）　{record.title}"
    with st.expander(plain(head)):
        name, value = say("records.page.label"), say("records.page.value")
        pairs = record_pairs(record, language())
        show_table([{name: label, value: words} for label, words in pairs], alt=plain(head))
        if record.findings:
            heads = [
                say(f"records.finding.columns.{key}") for key in ("words", "item", "due", "state", "outcome")
            ]
            rows = [_finding_cells(record, place) for place in range(len(record.findings))]
            show_table(
                [dict(zip(heads, cells, strict=True)) for cells in rows], alt=say("records.pack.findings")
            )
        if st.button(say("records.page.print_sheet"), key=f"records.print.{record.id}"):
            keep_printed(SHEET, print_record(context(), record.id))
            st.rerun()
        if may_edit():
            _ask_finding(facility, record)
            show_mending(record)


def _finding_cells(record: PracticeRecord, place: int) -> tuple[str, ...]:
    finding = record.findings[place]
    item = item_of(finding)
    linked = f"{plan_words(finding.plan_kind, language())}：{item.title(language())}" if item else ""
    state = say(f"records.finding.state.{finding.state.value}")
    return (
        finding.words,
        linked,
        unbroken(day_words(finding.due_on, language())),
        unbroken(state),
        finding_outcome(finding, language()),
    )


def _items(facility: Facility, kind: PlanKind | None) -> dict[str, Item]:
    if kind is None:
        return {}
    return {item.id: item for item in items_for(form(form_id(kind)), facility.category)}


def _ask_finding(facility: Facility, record: PracticeRecord) -> None:
    key = f"records.finding.{record.id}.{len(record.findings)}"
    st.markdown(f"**{say('records.page.new_finding')}**")
    kind = st.selectbox(
        say("records.page.finding_plan"),
        [None, *CONTINUITY_KINDS],
        format_func=lambda each: plan_words(each, language()) or say("records.page.no_plan"),
        key=f"{key}.plan",
    )
    items = _items(facility, kind)
    with st.form(key, border=False):
        item_id = ""
        if items:
            item_id = st.selectbox(
                say("records.finding.columns.item"),
                list(items),
                format_func=lambda each: items[each].title(language()),
                key=f"{key}.item",
            )
        words = st.text_input(say("records.finding.columns.words"), key=f"{key}.words")
        left, right = st.columns(2)
        owner = left.text_input(say("records.finding.columns.owner"), key=f"{key}.owner")
        with right:
            due_on = ask_day(say("records.finding.columns.due"), f"{key}.due")
        pressed = st.form_submit_button(say("records.page.add_finding"))
    if pressed:
        new = NewFinding(words, kind, item_id, owner, due_on)
        try_and_tell(lambda: add_finding(context(), record.id, new), "records.page.finding_added")

"""Findings of a drill on screen: gathered, turned into a proposed change, closed by another person."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.plan_drills import DrillFinding, DrillState, PlanDrill
from bcp_kit.domain.practice import FindingState
from bcp_kit.forms.change_words import field_title
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.plan_changes import ask_new, ask_present
from bcp_kit.pages.parts.session import actor, context, may, say
from bcp_kit.pages.parts.upkeep_common import do_and_tell
from bcp_kit.services.plan_changes import answer_now, changeable_fields, supporters_now
from bcp_kit.services.plan_drill_findings import (
    FindingRef,
    add_drill_finding,
    changes_for,
    close_drill,
    close_drill_finding,
    finding_state,
    gather_findings,
    propose_answer_for,
    propose_supporter_for,
)

SHOWN = 30
ANSWER, NAME, REPLACE = ACTS = ("answer", "name", "replace")
USUAL_FIELD = "route_text"


def show_drill_findings(drill: PlanDrill) -> None:
    """Show the findings of a drill."""
    running = drill.state is DrillState.RUNNING
    if running:
        if st.button(say("drills.page.gather"), type="primary", key="drills.gather"):
            count = len(gather_findings(context(), drill.id).findings)
            do_and_tell(lambda: None, "drills.page.gathered", count=count)
        _ask_own(drill)
    changes = changes_for(context(), drill)
    if not drill.findings:
        st.info(say("drills.no_findings"))
    open_ones = [each for each in drill.findings if each.state is not FindingState.CLOSED]
    closed = [each for each in drill.findings if each.state is FindingState.CLOSED]
    for finding in [*open_ones, *closed][:SHOWN]:
        with st.container(border=True):
            _show_one(drill, finding, finding_state(finding, changes))
    if running and not open_ones and st.button(say("drills.page.end"), key="drills.end"):
        do_and_tell(lambda: close_drill(context(), drill.id), "drills.page.ended")


def _name(drill: PlanDrill, person_id: str) -> str:
    subject = drill.subject(person_id)
    return subject.person.name if subject else say("drills.whole")


def _ask_own(drill: PlanDrill) -> None:
    with st.expander(say("drills.page.own"), key="drills.own"), st.form("drills.own_form", border=False):
        whom = st.selectbox(
            say("drills.page.own_whom"),
            [subject.person.id for subject in drill.subjects],
            index=None,
            format_func=lambda key: _name(drill, key),
            key="drills.own_whom",
        )
        words = st.text_input(say("drills.paper.column.finding"), key="drills.own_words", max_chars=300)
        pressed = st.form_submit_button(say("drills.page.add"))
    if pressed:
        do_and_tell(lambda: add_drill_finding(context(), drill.id, words, whom or ""), "drills.page.added")


def _show_one(drill: PlanDrill, finding: DrillFinding, state: FindingState) -> None:
    st.markdown(f"**{plain(finding.words)}**　{plain(_name(drill, finding.person_id))}")
    told = [say(f"records.finding.state.{state.value}"), finding.closing_words, finding.closed_by]
    st.caption(plain("　".join(part for part in told if part)))
    if drill.state is DrillState.CLOSED or finding.state is FindingState.CLOSED:
        return
    ref = FindingRef(drill.id, finding.id)
    if finding.person_id and state is FindingState.OPEN:
        _ask_change(finding, ref)
    if may(Action.APPROVE_CHANGES):
        _ask_closing(finding, ref)


def _ask_change(finding: DrillFinding, ref: FindingRef) -> None:
    key = f"drills.change.{finding.id}"
    with st.expander(say("drills.page.what"), key=key):
        acts = ACTS if may(Action.EDIT_PERSON) else ACTS[:1]
        act = st.radio(
            say("changes.page.act"),
            acts,
            format_func=lambda each: say(f"drills.page.act_{each}"),
            horizontal=True,
            key=f"{key}.act",
        )
        if act != ANSWER:
            _ask_supporter(finding, ref, replace=act == REPLACE)
            return
        fields = list(changeable_fields())
        field = st.selectbox(
            say("drills.page.field"),
            fields,
            index=fields.index(USUAL_FIELD) if USUAL_FIELD in fields else 0,
            format_func=field_title,
            key=f"{key}.field",
        )
        now = answer_now(context(), finding.person_id, field or USUAL_FIELD)
        st.text(say("drills.page.now", words=now or say("changes.nothing")))
        after = st.text_area(say("drills.page.after"), key=f"{key}.after", height=80)
        if st.button(say("drills.page.propose"), key=f"{key}.propose"):
            do_and_tell(
                lambda: propose_answer_for(context(), ref, field or USUAL_FIELD, after),
                "drills.page.proposed",
            )


def _ask_supporter(finding: DrillFinding, ref: FindingRef, *, replace: bool) -> None:
    """Ask for another supporter: one more, or in the place of one who stands."""
    key = f"drills.change.{finding.id}"
    present = supporters_now(context(), finding.person_id)
    before = ask_present(present, key) if replace else None
    new = ask_new(present, key)
    ready = new is not None and (before is not None or not replace)
    if st.button(say("drills.page.propose"), disabled=not ready, key=f"{key}.propose_supporter") and new:
        do_and_tell(
            lambda: propose_supporter_for(context(), ref, new.id, before.id if before else ""),
            "drills.page.proposed",
        )


def _ask_closing(finding: DrillFinding, ref: FindingRef) -> None:
    key = f"drills.close.{finding.id}"
    with st.expander(say("drills.page.close"), key=key), st.form(f"{key}.form", border=False):
        by = st.text_input(say("drills.page.by"), actor().name, key=f"{key}.by")
        words = st.text_input(say("drills.page.close_words"), key=f"{key}.words", max_chars=200)
        pressed = st.form_submit_button(say("drills.page.close"))
    if pressed:
        do_and_tell(lambda: close_drill_finding(context(), ref, words, by), "drills.page.closed")

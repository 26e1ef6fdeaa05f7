"""Versions of the plans: history, differences in words, propose, approve, print an old one."""

import streamlit as st

from bcp_kit.domain.bcp import ContinuityPlan
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.plan_versions import PlanVersion, VersionState
from bcp_kit.domain.practice import FindingState
from bcp_kit.forms.practice.difference import Change, PieceKind, pieces
from bcp_kit.pages.parts.pdf import keep_printed, show_printed
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.records_fields import may_edit, tell_done, try_and_tell
from bcp_kit.pages.parts.session import actor, context, language, say
from bcp_kit.render.document import PrintedDocument
from bcp_kit.services.bcp import list_plans
from bcp_kit.services.bcp_print import Wish, print_plans
from bcp_kit.services.inspection_pack import history_cells
from bcp_kit.services.plan_versions import (
    NOW,
    PlanHistory,
    Proposal,
    VersionDecision,
    compare,
    decide_version,
    plan_history,
    propose_for_all,
    propose_version,
    unversioned_plans,
)
from bcp_kit.services.practice_records import open_findings

PAPER = "records.version"
MOST_SHOWN = 60


def show_versions(facility: Facility) -> None:
    """Show the versions of one of the facility's plans."""
    tell_done()
    plans = {s.plan.id: s.plan for s in list_plans(context(), facility.id)}
    if not plans:
        st.info(say("records.page.no_plans"))
        return
    if may_edit():
        _offer_raise(facility)
    picked = st.selectbox(
        say("records.page.which_plan"),
        list(plans),
        format_func=lambda plan_id: say(f"write.kind.{plans[plan_id].kind.value}"),
        key=f"records.versions.plan.{facility.id}",
    )
    plan = plans[picked]
    history = plan_history(context(), plan.id, language())
    _show_history(history)
    waiting = next((v for v in history.versions if v.state is VersionState.PROPOSED), None)
    if may_edit() and waiting is not None:
        _ask_decision(plan, waiting)
    if may_edit():
        _ask_proposal(facility, plan, history)
    if history.versions:
        _show_difference(history)
        _offer_paper(plan, history)


def _offer_raise(facility: Facility) -> None:
    """Offer one step for all plans that a changed fact (a phone number) has changed."""
    changed = unversioned_plans(context(), facility.id, language())
    if not changed:
        return
    st.warning(say("records.version.raise_lead", count=len(changed)))
    for each in changed:
        kind = say(f"write.kind.{each.plan.kind.value}")
        st.markdown(f"- {say('records.version.raise_line', plan=kind, count=len(each.changes))}")
    with st.form(f"records.raise.{facility.id}", border=False):
        reason = st.text_input(say("records.version.columns.reason"), key="records.raise.reason")
        pressed = st.form_submit_button(say("records.version.raise_button"))
    if pressed:
        ids = [each.plan.id for each in changed]
        done, count = "records.version.raised", len(changed)
        try_and_tell(lambda: propose_for_all(context(), ids, reason), done, count=count)


def _number(number: int) -> str:
    return say("records.version.number", number=number) if number else say("records.version.now")


def _show_history(history: PlanHistory) -> None:
    if not history.lines:
        st.info(say("records.version.none"))
        return
    keys = ("version", "on", "reason", "author", "state", "decided")
    heads = [say(f"records.version.columns.{key}") for key in keys]
    rows = [dict(zip(heads, history_cells(line, language()), strict=True)) for line in history.lines]
    show_table(rows, alt=say("records.page.part.versions"))
    if history.in_force is not None and history.changed_since:
        st.warning(say("records.version.changed_since", count=len(history.changed_since)))


def _ask_decision(plan: ContinuityPlan, waiting: PlanVersion) -> None:
    st.subheader(say("records.page.decide", number=waiting.number), anchor=False)
    st.caption(plain(say("records.page.decide_lead", author=waiting.author, reason=waiting.reason)))
    key = f"records.decide.{waiting.id}"
    with st.form(key, border=False):
        by = st.text_input(say("records.page.approver"), actor().name, key=f"{key}.by")
        note = st.text_input(say("records.page.note"), key=f"{key}.note")
        yes, no, _ = st.columns((1, 1, 3))
        approve = yes.form_submit_button(say("records.page.approve"), type="primary", width="stretch")
        reject = no.form_submit_button(say("records.page.reject"), width="stretch")
    if approve or reject:
        decision = VersionDecision(plan.id, waiting.number, approve=approve, by=by, note=note)
        done = "records.cli.approved" if approve else "records.cli.rejected"
        try_and_tell(lambda: decide_version(context(), decision), done, number=waiting.number)


def _ask_proposal(facility: Facility, plan: ContinuityPlan, history: PlanHistory) -> None:
    lines = [
        line
        for line in open_findings(context(), facility.id)
        if line.finding.plan_kind is plan.kind and line.finding.state is FindingState.OPEN
    ]
    key = f"records.propose.{plan.id}.{len(history.versions)}"
    with st.expander(say("records.page.propose"), expanded=not history.versions), st.form(key, border=False):
        reason = st.text_input(say("records.version.columns.reason"), key=f"{key}.reason")
        author = st.text_input(say("records.version.columns.author"), actor().name, key=f"{key}.author")
        answered = st.multiselect(
            say("records.page.answers_findings"),
            range(len(lines)),
            format_func=lambda place: lines[place].finding.words,
            key=f"{key}.findings",
            disabled=not lines,
            placeholder=say("records.page.choose"),
        )
        pressed = st.form_submit_button(say("records.page.propose"), type="primary")
    if pressed:
        found = tuple((lines[place].record.id, lines[place].finding.id) for place in answered)
        asked = Proposal(plan.id, reason, author, found)
        number = max((v.number for v in history.versions), default=0) + 1
        try_and_tell(lambda: propose_version(context(), asked), "records.cli.proposed", number=number)


def _show_difference(history: PlanHistory) -> None:
    st.subheader(say("records.page.difference"), anchor=False)
    numbers = [version.number for version in history.versions]
    left, right = st.columns(2)
    start = numbers[-1] if len(numbers) < 2 else numbers[1]
    plan_id = history.content.plan.id
    older = left.selectbox(
        say("records.page.older"),
        numbers,
        index=numbers.index(start),
        format_func=_number,
        key=f"records.older.{plan_id}",
    )
    newer = right.selectbox(
        say("records.page.newer"), [NOW, *numbers], format_func=_number, key=f"records.newer.{plan_id}"
    )
    compared = compare(context(), plan_id, older, newer, language())
    if not compared.changes:
        st.info(say("records.diff.none"))
        return
    st.caption(say("records.page.changes", count=len(compared.changes)))
    chapter = ""
    for change in compared.changes[:MOST_SHOWN]:
        if change.chapter != chapter:
            chapter = change.chapter
            st.markdown(f"**{plain(chapter)}**")
        _show_change(change)
    if len(compared.changes) > MOST_SHOWN:
        st.caption(say("records.pack.changes_left", count=len(compared.changes) - MOST_SHOWN))


def _show_change(change: Change) -> None:
    with st.container(border=True):
        st.markdown(f"{say(f'records.diff.{change.kind.value}')}　**{plain(change.place)}**")
        marks = {PieceKind.KEPT: "{}", PieceKind.REMOVED: ":red[~~{}~~]", PieceKind.ADDED: ":green[**{}**]"}
        shown = [
            marks[piece.kind].format(plain(line)) if line else ""
            for piece in pieces(change.before, change.after)
            for line in _lines(piece.words)
        ]
        st.markdown("".join(part or "  \n" for part in shown))


def _lines(words: str) -> list[str]:
    """Return the lines of a piece with an empty text between each two, where the line ends."""
    lines = words.split("\n")
    return [part for line in lines for part in ("", line)][1:]


def _offer_paper(plan: ContinuityPlan, history: PlanHistory) -> None:
    st.subheader(say("records.page.old_paper"), anchor=False)
    choice, button = st.columns((3, 2), vertical_alignment="bottom")
    numbers = [version.number for version in history.versions]
    number = choice.selectbox(
        say("records.version.columns.version"), numbers, format_func=_number, key=f"records.paper.{plan.id}"
    )
    if button.button(say("records.page.print_version"), key=f"records.paper.go.{plan.id}", width="stretch"):
        made = print_plans(context(), [plan.id], Wish(version=number))
        keep_printed(PAPER, PrintedDocument(made.name, made.content, made.pages, made.missing_glyphs))
    show_printed(PAPER, say("records.page.old_paper"))

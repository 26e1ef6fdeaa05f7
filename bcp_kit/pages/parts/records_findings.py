"""The worklist of findings: by due date, answered by a version, closed by a second name."""

import streamlit as st

from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.practice import FindingState
from bcp_kit.forms.practice.words import day_words, finding_outcome, plan_words
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.records_fields import may_edit, tell_done, try_and_tell
from bcp_kit.pages.parts.session import actor, context, language, say
from bcp_kit.services.practice_records import Closing, FindingLine, close_finding, open_findings


def show_findings(facility: Facility) -> None:
    """Show the findings that are not closed."""
    tell_done()
    st.caption(say("records.page.findings_lead"))
    found = open_findings(context(), facility.id)
    if not found:
        st.success(say("records.page.findings_none"))
    for line in found:
        with st.container(border=True):
            _show_line(line)


def _show_line(line: FindingLine) -> None:
    finding, late = line.finding, False
    if finding.due_on is not None:
        late = finding.due_on < context().today()
    st.markdown(f"**{plain(finding.words)}**")
    item = line.item.title(language()) if line.item else say("records.page.no_plan")
    parts = [
        plain(f"{plan_words(finding.plan_kind, language())}　{item}".strip("　")),
        plain(f"{say('records.finding.columns.owner')}：{finding.owner or '—'}"),
        f"{say('records.finding.columns.due')}：{day_words(finding.due_on, language())}",
        say(f"records.finding.state.{finding.state.value}"),
    ]
    if late:
        parts.append(f"**{say('records.due.state.overdue')}**")
    st.markdown("　｜　".join(parts))
    outcome = finding_outcome(finding, language())
    if outcome:
        st.caption(plain(outcome))
    held_on = day_words(line.record.held_on, language())
    st.caption(plain(f"{held_on}　{line.record.title}"))
    if may_edit():
        _ask_closing(line)


def _ask_closing(line: FindingLine) -> None:
    finding = line.finding
    key = f"records.close.{finding.id}"
    changed = finding.state is FindingState.CHANGED
    first = finding.changed_by if changed else line.record.recorded_by
    with st.expander(say("records.page.close")), st.form(key, border=False):
        st.caption(
            say("records.page.close_lead_changed" if changed else "records.page.close_lead", name=first)
        )
        words = st.text_input(say("records.page.close_words"), key=f"{key}.words")
        by = st.text_input(say("records.page.approver"), actor().name, key=f"{key}.by")
        pressed = st.form_submit_button(say("records.page.close"))
    if pressed:
        closing = Closing(line.record.id, finding.id, by=by, words=words)
        try_and_tell(lambda: close_finding(context(), closing), "records.cli.closed")

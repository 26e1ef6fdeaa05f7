"""Bring in a roster of the facility's own shape: what was read, what is still open, and only then storing."""

from dataclasses import dataclass, field

import streamlit as st

from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.rosters import RosterDecisions
from bcp_kit.pages.parts.cover_board import choose_days, show_legend, show_table
from bcp_kit.pages.parts.cover_roster_decide import ask_fixes, ask_marks, ask_months, ask_people
from bcp_kit.pages.parts.cover_view import ROOM
from bcp_kit.pages.parts.import_findings import EXCEL
from bcp_kit.pages.parts.import_undo import forget_undone, just_undone, show_undo
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.importing import ImportOutcome
from bcp_kit.services.roster_board import board_of_plan
from bcp_kit.services.roster_import import (
    RosterFile,
    RosterPlan,
    accept_roster,
    forget_mapping,
    new_staff,
    plan_roster,
)
from bcp_kit.services.roster_sample import sample_roster

KEY = "cover.roster"
SHOWN_FINDINGS = 12
NAMED_ONE_BY_ONE = 3
_SEVERITIES = list(Severity)


@dataclass
class _Upload:
    """The chosen file with what was decided about it."""

    file_id: str
    file: RosterFile
    decisions: RosterDecisions = field(default_factory=RosterDecisions)


def _forget() -> None:
    for key in [k for k in st.session_state if str(k).startswith(f"{KEY}.")]:
        del st.session_state[key]


def _upload() -> _Upload | None:
    file = st.file_uploader(say("rosters.screen.file"), key=f"{KEY}.file", type=["xlsx", "xls", "csv"])
    if file is None:
        st.session_state.pop(f"{KEY}.upload", None)
        return None
    known: _Upload | None = st.session_state.get(f"{KEY}.upload")
    if known is None or known.file_id != file.file_id:
        forget_undone()
        known = _Upload(file.file_id, RosterFile(file.getvalue(), file.name))
        st.session_state[f"{KEY}.upload"] = known
    return known


def show_roster_import(facility: Facility) -> None:
    """Show the way of a roster into the store, and the way back."""
    done: ImportOutcome | None = st.session_state.get(f"{KEY}.done")
    if just_undone() and done is not None:
        _forget()
        done = None
    if done is not None:
        _show_outcome(done)
        show_undo(f"{KEY}.undo")
        return
    st.markdown(say("rosters.screen.text"))
    _offer_sample(facility)
    upload = _upload()
    if upload is None:
        show_undo(f"{KEY}.undo")
        with st.expander(say("rosters.screen.forget")):
            st.caption(say("rosters.screen.forget_text"))
            if st.button(say("rosters.screen.forget_now"), key=f"{KEY}.forget"):
                forget_mapping(context(), facility.id)
                st.success(say("rosters.screen.forgotten"))
        return
    plan = plan_roster(context(), facility.id, upload.file, upload.decisions)
    _show_findings(plan)
    if plan.reading.sheets:
        _decide(plan, upload)
    _offer_storing(plan)


def _offer_sample(facility: Facility) -> None:
    ready, first = context(), context().today().replace(day=1)
    with st.expander(say("rosters.screen.practise")):
        st.caption(say("rosters.sheet.sample"))
        st.download_button(
            say("rosters.screen.sample"),
            lambda: sample_roster(ready, facility.id, first).content,
            file_name="sample_roster.xlsx",
            mime=EXCEL,
            key=f"{KEY}.sample",
            on_click="ignore",
        )


def _show_findings(plan: RosterPlan) -> None:
    months = "、".join(f"{s.month.year}年{s.month.month}月" for s in plan.reading.sheets if s.month) or "？"
    st.markdown(say("rosters.import.read", people=len(plan.people), shifts=plan.shifts, months=months))
    unknown = [p for _, p in plan.problems if p.code is ErrorCode.ROSTER_NAME_UNKNOWN]
    told_at_once = len(unknown) > NAMED_ONE_BY_ONE
    if told_at_once:
        st.error(say("rosters.screen.many_unknown", count=len(unknown)))
    rest = [item for item in plan.problems if not (told_at_once and item[1] in unknown)]
    found = sorted(rest, key=lambda item: _SEVERITIES.index(item[1].severity))
    for sheet, problem in found[:SHOWN_FINDINGS]:
        show = {Severity.ERROR: st.error, Severity.WARNING: st.warning}.get(problem.severity, st.info)
        show(plain(_sentence(sheet, problem)))
    if len(found) > SHOWN_FINDINGS:
        st.caption(say("rosters.screen.more", count=len(found) - SHOWN_FINDINGS))


def _sentence(sheet: str, problem: Problem) -> str:
    values = {"row": problem.row or 0, **problem.values}
    what, remedy = (say(f"errors.{problem.code.value}.{part}", **values) for part in ("what", "remedy"))
    where = f"{sheet}　" if sheet else ""
    return f"{where}{what} → {remedy}（{problem.code.value}）"


def _decide(plan: RosterPlan, upload: _Upload) -> None:
    """Ask what is open; a changed answer is understood anew at once."""
    before = upload.decisions
    decisions = ask_months(KEY, plan, before)
    decisions = ask_marks(KEY, plan, decisions)
    decisions = ask_people(KEY, plan, decisions)
    decisions = ask_fixes(KEY, plan, decisions)
    blank = st.checkbox(say("rosters.screen.blank"), plan.blank_is_off, key=f"{KEY}.blank")
    if blank != plan.blank_is_off:
        decisions = decisions.model_copy(update={"blank_is_off": blank})
    if decisions != before:
        upload.decisions = decisions
        st.rerun()


def _offer_storing(plan: RosterPlan) -> None:
    if plan.entries:
        with st.expander(say("rosters.screen.preview"), expanded=plan.is_ready):
            table = board_of_plan(context(), plan)
            show_legend(table)
            show_table(table, choose_days(table.days, f"{KEY}.preview"), table.lines)
    for _, member in new_staff(plan):
        st.caption(plain(say("rosters.import.new", name=member.name)))
    if plan.errors:
        st.warning(say("rosters.screen.open", count=plan.errors))
    pressed = st.button(
        say("rosters.screen.store", shifts=plan.shifts),
        type="primary",
        disabled=not plan.is_ready,
        key=f"{KEY}.store",
    )
    if pressed:
        start_job(f"{KEY}.job", lambda ctx: accept_roster(ctx, plan), wait_s=5.0)
    outcome: ImportOutcome | None = show_job(f"{KEY}.job")
    if outcome is not None:
        st.session_state[f"{KEY}.done"] = outcome
        st.rerun()


def _go_on() -> None:
    _forget()
    st.session_state[ROOM] = "ask"


def _show_outcome(outcome: ImportOutcome) -> None:
    lines = [say("intake.imported.title")]
    for name, counts in outcome.counts.items():
        lines.append(say("intake.imported.counts", kind=say(f"intake.stored.{name}"), **vars(counts)))
    st.success("  \n".join(lines))
    on, again = st.columns(2)
    on.button(say("rosters.screen.go_on"), type="primary", key=f"{KEY}.on", on_click=_go_on, width="stretch")
    again.button(say("pages.import.another"), key=f"{KEY}.again", on_click=_forget, width="stretch")

"""Bring a file in: forms to download, upload, what was found row by row, and only then storing."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from bcp_kit.domain.errors import Severity
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.inspection import Inspection
from bcp_kit.pages.parts.export_panel import render_export
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.mapping_form import MappingQuestion, render_mapping
from bcp_kit.pages.parts.mapping_list import render_profiles
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.exporting_sheets import empty_form
from bcp_kit.services.importing import ImportOutcome, import_inspection, inspect_file
from bcp_kit.services.importing_report import ReportLine, report_lines, report_workbook

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_FINDINGS = 50
FILE_KINDS = ("xlsx", "xls", "csv", "tsv", "txt", "geojson", "json", "zip")


@dataclass(frozen=True)
class ImportQuestion:
    """What may be brought in: `kinds` of our sheets; `key` is unique on the page."""

    key: str
    kinds: Sequence[SheetKind]

    def part(self, name: str) -> str:
        """Return the key of one piece of session state."""
        return f"import.{self.key}.{name}"


def _offer_form(question: ImportQuestion) -> None:
    st.markdown(say("pages.import.form_text"))
    today = context().today()
    st.download_button(
        say("pages.import.form"),
        lambda: empty_form(question.kinds, today).content,
        file_name=f"{question.key}.xlsx",
        mime=EXCEL,
        key=question.part("form"),
        on_click="ignore",
    )


def _upload(question: ImportQuestion) -> Inspection | None:
    """Ask for the file and inspect it once; nothing is stored."""
    file = st.file_uploader(say("pages.import.file"), type=list(FILE_KINDS), key=question.part("file"))
    if file is None:
        st.session_state.pop(question.part("found"), None)
        return None
    known: tuple[str, Inspection] | None = st.session_state.get(question.part("found"))
    if known is None or known[0] != file.file_id:
        with st.spinner(say("pages.import.reading")):
            known = (file.file_id, inspect_file(context(), file.getvalue(), file.name))
        st.session_state[question.part("found")] = known
    return known[1]


def _finding_row(line: ReportLine) -> dict[str, str]:
    place = "" if line.row is None else str(line.row)
    return {
        say("intake.column.row"): place,
        say("intake.column.column"): line.column,
        say("intake.column.value"): line.value,
        say("intake.column.severity"): say(f"intake.severity.{line.severity.value}"),
        say("intake.column.what"): line.what,
        say("intake.column.remedy"): f"{line.remedy}（{line.code}）",
    }


def _show_findings(question: ImportQuestion, found: Inspection) -> None:
    lines = report_lines(found, language())
    if not lines:
        st.success(say("pages.import.no_findings"))
        return
    order = list(Severity)
    lines = tuple(sorted(lines, key=lambda line: order.index(line.severity)))
    counts = {s: sum(line.severity is s for line in lines) for s in Severity}
    numbers = {"errors": counts[Severity.ERROR], "warnings": counts[Severity.WARNING]}
    st.markdown(f"**{say('intake.read.findings', **numbers, notices=counts[Severity.NOTICE])}**")
    show_table([_finding_row(line) for line in lines[:SHOWN_FINDINGS]], alt=say("pages.import.findings"))
    if len(lines) > SHOWN_FINDINGS:
        st.caption(say("pages.import.more", count=len(lines) - SHOWN_FINDINGS))
    st.download_button(
        say("pages.import.report"),
        lambda: report_workbook(found).content,
        file_name="report.xlsx",
        mime=EXCEL,
        key=question.part("report"),
        on_click="ignore",
    )


def _show_parts(found: Inspection) -> None:
    for part in found.parts:
        kind = say(f"intake.kind.{part.kind}")
        good = 0 if part.is_refused else part.good_rows
        rows = say("intake.read.rows", rows=part.rows, good=good, bad=part.rows - good)
        st.markdown(f"**{say('intake.read.part', title=part.title, kind=kind)}**　{rows}")


def _offer_storing(question: ImportQuestion, found: Inspection) -> None:
    """Storing is a decision of its own, after the report; rows with errors are left out only when told so."""
    if found.is_refused or not found.good_rows:
        st.error(say("pages.import.refused"))
        return
    accepted = True
    if found.bad_rows:
        st.warning(say("pages.import.bad_rows", bad=found.bad_rows, good=found.good_rows))
        accepted = st.checkbox(say("pages.import.accept"), key=question.part("accept"))
    else:
        st.info(say("pages.import.not_stored", good=found.good_rows))
    if st.button(
        say("pages.import.store", good=found.good_rows),
        disabled=not accepted,
        type="primary",
        key=question.part("store"),
    ):
        accept = bool(found.bad_rows)
        start_job(question.part("job"), lambda ctx: import_inspection(ctx, found, accept))


def _show_outcome(outcome: ImportOutcome) -> None:
    lines = [say("intake.imported.title")]
    for name, counts in outcome.counts.items():
        lines.append(say("intake.imported.counts", kind=say(f"intake.stored.{name}"), **vars(counts)))
    if outcome.rows_left_out:
        lines.append(say("intake.imported.left_out", rows=outcome.rows_left_out))
    for name, count in outcome.absent.items():
        if count:
            lines.append(say("intake.imported.absent", kind=say(f"intake.stored.{name}"), count=count))
    st.success("  \n".join(lines))


def _offer_mapping(question: ImportQuestion, found: Inspection) -> None:
    """Ask what the headings of an unknown table are; once that is kept, the file is read again."""
    file = st.session_state.get(question.part("file"))
    if file is None or not found.unmapped:
        return
    mapping = MappingQuestion(question.key, file.getvalue(), file.name, question.kinds)
    if render_mapping(mapping, found.unmapped[0]):
        st.session_state.pop(question.part("found"), None)
        st.rerun()


def show_import(question: ImportQuestion) -> None:
    """Show the way of a file into the store."""
    done: ImportOutcome | None = st.session_state.get(question.part("done"))
    if done is not None:
        _show_outcome(done)
        if st.button(say("pages.import.another"), key=question.part("another")):
            for name in ("done", "found", "file"):
                st.session_state.pop(question.part(name), None)
            st.rerun()
        return
    _offer_form(question)
    found = _upload(question)
    if found is None:
        render_profiles(question.key, question.kinds)
        render_export(question.key, question.kinds)
        return
    _show_parts(found)
    _show_findings(question, found)
    _offer_mapping(question, found)
    _offer_storing(question, found)
    outcome = show_job(question.part("job"))
    if outcome is not None:
        st.session_state[question.part("done")] = outcome
        st.rerun()

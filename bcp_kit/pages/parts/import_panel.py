"""Bring a file in: forms to download, upload, what was found row by row, and only then storing."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.intake.corrections import Corrections
from bcp_kit.intake.inspection import Inspection
from bcp_kit.pages.parts.candidate_panel import render_candidates
from bcp_kit.pages.parts.export_panel import render_export
from bcp_kit.pages.parts.import_certificates import matched, show_certificates, show_certificates_outcome
from bcp_kit.pages.parts.import_findings import EXCEL, show_findings
from bcp_kit.pages.parts.import_fixing import offer_fixing
from bcp_kit.pages.parts.import_undo import forget_undone, just_undone, show_undo
from bcp_kit.pages.parts.import_update import UpdateQuestion, show_update, show_update_outcome
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.mapping_form import MappingQuestion, render_mapping
from bcp_kit.pages.parts.mapping_list import render_profiles
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.certificates import CertificatesOutcome
from bcp_kit.services.exporting_sheets import empty_form
from bcp_kit.services.importing import ImportOutcome, import_inspection, inspect_file
from bcp_kit.services.register import count_people
from bcp_kit.services.register_accept import UpdateOutcome

Outcome = ImportOutcome | UpdateOutcome | CertificatesOutcome


@dataclass(frozen=True)
class ImportQuestion:
    """What may be brought in: `kinds` of our sheets; `key` is unique on the page."""

    key: str
    kinds: Sequence[SheetKind]

    def part(self, name: str) -> str:
        """Return the key of one piece of session state."""
        return f"import.{self.key}.{name}"


@dataclass(frozen=True)
class _Upload:
    """The chosen file, what was put right on the screen, and what was found with that.

    `joins_register` is True for a list of people when there was a register before.
    """

    file_id: str
    name: str
    content: bytes
    corrections: Corrections
    found: Inspection
    joins_register: bool


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


def _upload(question: ImportQuestion) -> _Upload | None:
    """Ask for the file and inspect it once; nothing is stored."""
    file = st.file_uploader(say("pages.import.file"), key=question.part("file"))
    if file is None:
        st.session_state.pop(question.part("found"), None)
        return None
    known: _Upload | None = st.session_state.get(question.part("found"))
    if known is None or known.file_id != file.file_id:
        forget_undone()
        known = _inspected(file.file_id, file.name, file.getvalue(), {})
        st.session_state[question.part("found")] = known
    return known


def _inspected(file_id: str, name: str, content: bytes, corrections: Corrections) -> _Upload:
    with st.spinner(say("pages.import.reading")):
        found = inspect_file(context(), content, name, corrections=corrections)
    joins = SheetKind.PEOPLE in found.kinds() and count_people(context()) > 0
    return _Upload(file_id, name, content, corrections, found, joins)


def _show_parts(found: Inspection) -> None:
    for part in found.parts:
        kind = say(f"intake.kind.{part.kind}")
        good = 0 if part.is_refused else part.good_rows
        rows = say("intake.read.rows", rows=part.rows, good=good, bad=part.rows - good)
        st.markdown(f"**{say('intake.read.part', title=part.title, kind=kind)}**　{rows}")


def _offer_fixing(question: ImportQuestion, upload: _Upload) -> None:
    def keep(corrections: Corrections) -> None:
        st.session_state[question.part("found")] = _inspected(
            upload.file_id, upload.name, upload.content, corrections
        )
        st.rerun()

    if upload.corrections:
        st.info(say("identity.screen.fixed", count=len(upload.corrections)))
    offer_fixing(question.part("fixing"), upload.found, upload.corrections, keep)


def _offer_mapping(question: ImportQuestion, upload: _Upload) -> None:
    """Ask what the headings of an unknown table are; once that is kept, the file is read again."""
    found = upload.found
    tables = [table for table in found.unmapped if not table.known_as and not table.areas]
    if not tables:
        return
    # A sheet of notes beside the list is no reason to ask.
    label = say("pages.mapping.other_sheet", sheet=plain(tables[0].sheet_name))
    if found.good_rows and not st.checkbox(label, key=question.part("other_sheet")):
        return
    mapping = MappingQuestion(question.key, upload.content, upload.name, question.kinds)
    if render_mapping(mapping, tables[0]):
        st.session_state.pop(question.part("found"), None)
        st.rerun()


def _offer_storing(question: ImportQuestion, found: Inspection) -> ImportOutcome | None:
    """Storing is a decision of its own, after the report; rows with errors are left out only when told so."""
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
    outcome: ImportOutcome | None = show_job(question.part("job"))
    return outcome


def _is_whole(question: ImportQuestion) -> bool | None:
    """Ask whether a list of people is the whole register; None: no answer yet."""
    answers = {True: say("identity.screen.whole"), False: say("identity.screen.some")}
    return st.radio(
        say("identity.screen.whole_or_some"),
        list(answers),
        format_func=lambda whole: answers[whole],
        index=None,
        key=question.part("whole"),
    )


def _decide(question: ImportQuestion, upload: _Upload) -> Outcome | None:
    """Show how the file may be stored, by what it holds; return the outcome after storing."""
    found = upload.found
    if found.is_refused or not found.good_rows:
        st.error(say("pages.import.refused"))
        return None
    if SheetKind.CERTIFICATES in found.kinds():
        return show_certificates(question.part("certificates"), matched(question.part("c"), found))
    whole = upload.joins_register and _is_whole(question)
    if whole is None:
        return None
    if whole:
        return show_update(UpdateQuestion(question.part("people"), found))
    return _offer_storing(question, found)


def _show_outcome(outcome: Outcome) -> None:
    if isinstance(outcome, UpdateOutcome):
        show_update_outcome(outcome)
    elif isinstance(outcome, CertificatesOutcome):
        show_certificates_outcome(outcome)
    else:
        _show_import(outcome)


def _show_import(outcome: ImportOutcome) -> None:
    lines = [say("intake.imported.title")]
    for name, counts in outcome.counts.items():
        lines.append(say("intake.imported.counts", kind=say(f"intake.stored.{name}"), **vars(counts)))
        if counts.waiting:
            kind = say(f"intake.stored.{name}")
            lines.append(say("intake.imported.waiting", kind=kind, count=counts.waiting))
    if outcome.rows_left_out:
        lines.append(say("intake.imported.left_out", rows=outcome.rows_left_out))
    for name, count in outcome.absent.items():
        if count:
            lines.append(say("intake.imported.absent", kind=say(f"intake.stored.{name}"), count=count))
    st.success("  \n".join(lines))


def _forget(question: ImportQuestion) -> None:
    for key in [k for k in st.session_state if str(k).startswith(question.part(""))]:
        del st.session_state[key]


def _offer_undo(question: ImportQuestion) -> None:
    if may(Action.IMPORT_REGISTER) or may(Action.EDIT_STAFF):
        show_undo(question.part("undo"))


def show_import(question: ImportQuestion) -> None:
    """Show the way of a file into the store, and the way back."""
    done: Outcome | None = st.session_state.get(question.part("done"))
    if just_undone() and done is not None:
        _forget(question)
        done = None
    if done is not None:
        _show_outcome(done)
        if st.button(say("pages.import.another"), key=question.part("another")):
            _forget(question)
            st.rerun()
        _offer_undo(question)
        return
    _offer_form(question)
    upload = _upload(question)
    if upload is None:
        render_profiles(question.key, question.kinds)
        render_export(question.key, question.kinds)
        if SheetKind.SHELTERS in question.kinds:
            render_candidates()
        _offer_undo(question)
        return
    found = upload.found
    if SheetKind.CERTIFICATES in found.kinds() and not found.is_refused:
        found = matched(question.part("c"), found).inspection
    _show_parts(found)
    show_findings(question.part("findings"), found, upload.content, upload.corrections)
    _offer_fixing(question, upload)
    _offer_mapping(question, upload)
    outcome = _decide(question, upload)
    if outcome is not None:
        st.session_state[question.part("done")] = outcome
        st.rerun()

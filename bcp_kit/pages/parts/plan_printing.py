"""Print the plans of everybody or of chosen people; who may not be given a copy is told with the reason."""

from collections import Counter
from pathlib import Path

import streamlit as st

from bcp_kit.pages.parts.disclosure_rules import show_rules
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.kept_views import STALE
from bcp_kit.pages.parts.person_words import person_label
from bcp_kit.pages.parts.plan_form_paper import show_blank_form
from bcp_kit.pages.parts.plan_ledger import show_open_runs
from bcp_kit.pages.parts.plan_lists import show_lists
from bcp_kit.pages.parts.plan_words import ask_edition, ask_envelope, ask_variant, ask_wording
from bcp_kit.pages.parts.print_folder import new_folder
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.plans import find_plans
from bcp_kit.services.plans_print import Edition, PrintOrder, PrintOutcome, Variant, print_plans
from bcp_kit.services.plans_read import basis_words

JOB, DONE = "print", "plans.printed"
CHOICES = 200
_KINDS = {".pdf": "application/pdf", ".csv": "text/csv"}


def _choose_people() -> tuple[str, ...] | None:
    """Return the chosen people, None for everybody."""
    everybody = st.radio(
        say("pages.plans.whom"),
        (True, False),
        format_func=lambda all_of_them: say("pages.plans.everybody" if all_of_them else "pages.plans.some"),
        horizontal=True,
        key="plans.whom",
    )
    if everybody:
        return None
    known = {line.person.id: line.person for line in find_plans(context(), "", CHOICES) if line.plan}
    chosen = st.multiselect(
        say("pages.plans.people"),
        list(known),
        format_func=lambda i: person_label(known[i]),
        key="plans.people",
    )
    return tuple(chosen)


def _offer_file(path: Path) -> None:
    st.download_button(
        say("pages.plans.save_file", name=path.name),
        path.read_bytes,
        file_name=path.name,
        mime=_KINDS.get(path.suffix, "text/plain"),
        key=f"plans.file.{path.name}",
        on_click="ignore",
    )


def _show_outcome(done: PrintOutcome) -> None:
    numbers = {"people": done.people, "pages": done.pages, "files": len(done.files)}
    st.success(say("plans.cli.print.people", **numbers))
    if done.people:
        st.text(say("plans.cli.print.numbers", first=done.first_number, last=done.last_number))
    if done.stopped:
        st.warning(say("errors.U-003.what"))
    for name in done.lost_files:
        st.warning(say("plans.cli.print.lost", file=name))
    reasons = Counter((skipped.article, skipped.reason) for skipped in done.skipped)
    for (article, reason), count in reasons.items():
        told = f"{say(reason)}（{basis_words(article, language())}）"
        st.warning(say("plans.cli.print.skipped", count=count, reason=told))
    if done.missing_glyphs:
        characters = "".join(sorted({c for found in done.missing_glyphs.values() for c in found}))
        st.warning(say("plans.cli.print.missing", plans=len(done.missing_glyphs), characters=characters))
    for path in (*done.files, *done.index_files):
        if path.exists():
            _offer_file(path)
    if done.files:
        st.text(say("plans.cli.print.where", folder=str(done.files[0].parent)))
        st.caption(say("pages.plans.personal_files"))


def show_printing(total: int) -> None:
    """Ask what to print, print it beside the page, show where it lies."""
    if not total:
        st.info(say("pages.plans.nothing_to_print"))
        return
    show_rules()
    show_open_runs(JOB)
    edition = ask_edition("plans.print_edition")
    st.caption(say(f"pages.plans.edition_{edition.value}"))
    sized, worded = st.columns(2)
    with sized:
        variant = ask_variant("plans.print_variant")
    with worded:
        wording = ask_wording("plans.print_wording")
    envelope = (
        ask_envelope("plans.envelope") if edition is Edition.PERSON and variant is not Variant.TEXT else ""
    )
    people = _choose_people()
    one_each = st.checkbox(say("pages.plans.one_each"), key="plans.one_each")
    ready = people is None or bool(people)
    if st.button(say("pages.plans.print"), type="primary", disabled=not ready, key="plans.print"):
        order = PrintOrder(
            new_folder(),
            edition,
            people,
            one_file_per_person=one_each,
            variant=variant,
            wording=wording,
            envelope=envelope,
        )
        start_job(JOB, lambda ctx: print_plans(ctx, order))
    outcome = show_job(JOB)
    if outcome is not None:
        st.session_state[DONE] = outcome
        st.session_state.pop(STALE, None)
        st.rerun()
    if DONE in st.session_state:
        _show_outcome(st.session_state[DONE])
    show_lists()
    show_blank_form()

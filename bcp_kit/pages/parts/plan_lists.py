"""Print papers about several people: districts, shelters, sealed sets; each copy gets its number."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from bcp_kit.access.policy import Action, decide
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.kept_views import STALE
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.print_folder import new_folder
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.plan_lists_print import (
    ListKind,
    ListOrder,
    ListOutcome,
    Recipient,
    open_list_runs,
    print_lists,
    resume_lists,
    subjects_to_choose,
)
from bcp_kit.services.plans_print import give_up_run

DONE = "plan_lists.done"
MOST_COPIES = 20
_PAGE = "plan_lists.page"


def show_lists() -> None:
    """Ask which list, about what and for whom; print it and offer the files."""
    # Districts are looked for in everybody's records: only when somebody asks for a list.
    if not st.toggle(say(f"{_PAGE}.title"), key="plan_lists.open"):
        return
    with st.container(border=True):
        st.caption(say(f"{_PAGE}.intro"))
        _show_open_runs()
        order = _ask()
        if st.button(say(f"{_PAGE}.print"), type="primary", key="plan_lists.print"):
            _run(lambda: print_lists(context(), order))
        if DONE in st.session_state:
            _show_outcome(st.session_state[DONE])


def _run(work: Callable[[], ListOutcome]) -> None:
    """Print, and keep what was printed; a failure is told and leaves a run that can go on."""
    try:
        st.session_state[DONE] = work()
    except BcpKitError as failure:
        st.session_state.pop(DONE, None)
        show_error(failure)
    st.session_state.pop(STALE, None)


def _show_open_runs() -> None:
    """Show runs of lists that broke off, to go on with or to end."""
    for run in open_list_runs(context()):
        facts = {"total": len(run.person_ids) * run.copies, "done": len(run.files)}
        edition = say(f"plans.paper.edition.{run.edition}")
        st.warning(
            say(f"{_PAGE}.open_run", began=f"{run.started_at:%Y-%m-%d %H:%M}", edition=edition, **facts)
        )
        key, second = f"plan_lists.run.{run.id}", ""
        if run.edition == ListKind.SEALED:
            second = st.text_input(say(f"{_PAGE}.second"), key=f"{key}.second")
        go_on, end = st.columns(2)
        if go_on.button(say("copies.page.resume"), key=f"{key}.resume", width="stretch"):
            _run(partial(resume_lists, context(), run.id, second))
        if end.button(say("copies.page.give_up"), key=f"{key}.give_up", width="stretch"):
            give_up_run(context(), run.id)
            st.rerun()


def _ask() -> ListOrder:
    may_seal = decide(context().actor, Action.KEEP_RULES).allowed
    kinds = [kind for kind in ListKind if may_seal or kind is not ListKind.SEALED]
    kind = st.radio(
        say(f"{_PAGE}.kind"),
        kinds,
        format_func=lambda each: say(f"{_PAGE}.kinds.{each.value}"),
        key="plan_lists.kind",
    )
    kind = ListKind(kind)
    names = subjects_to_choose(context(), kind)
    label = "shelters" if kind is ListKind.ARRIVALS else "districts"
    chosen = st.multiselect(
        say(f"{_PAGE}.{label}"),
        list(names),
        format_func=lambda key: names.get(key, key),
        key=f"plan_lists.{label}",
    )
    together = kind is ListKind.DISTRICT and st.checkbox(say(f"{_PAGE}.together"), key="plan_lists.together")
    second = st.text_input(say(f"{_PAGE}.second"), key="plan_lists.second") if kind is ListKind.SEALED else ""
    reader = Recipient.SUPPORT_PARTY
    if may_seal and kind is not ListKind.SEALED:
        reader = Recipient(_ask_reader())
    copies = st.number_input(say(f"{_PAGE}.copies"), 1, MOST_COPIES, 1, key="plan_lists.copies")
    return ListOrder(
        kind,
        new_folder(),
        tuple(chosen) or None,
        together,
        int(copies),
        recipient=reader,
        second_person=second,
    )


def _ask_reader() -> str:
    readers = [Recipient.SUPPORT_PARTY, Recipient.OFFICE]
    chosen = st.radio(
        say(f"{_PAGE}.recipient"),
        readers,
        format_func=lambda each: say(f"{_PAGE}.reader.{each.value}"),
        key="plan_lists.reader",
    )
    return str(chosen)


def _show_outcome(done: ListOutcome) -> None:
    if not done.printed:
        st.info(say("plan_lists.cli.none"))
    rows = [
        {
            say("copies.cli.column.number"): copy.number,
            say("plan_lists.column.district"): subject,
            say("plan_lists.column.people"): str(len(copy.people)),
            say("plans.paper.index_column.pages"): str(copy.pages),
        }
        for copy, subject in done.printed
    ]
    if rows:
        show_table(rows, alt=say(f"{_PAGE}.title"))
    for reason, count in done.left_out.items():
        st.caption(say("plan_lists.cli.left_out", count=count, reason=say(reason)))
    if done.missing_glyphs:
        characters = "".join(sorted({c for found in done.missing_glyphs.values() for c in found}))
        st.warning(say("plans.cli.print.missing", plans=len(done.missing_glyphs), characters=characters))
    for path in done.files:
        _offer(path)
    for name in done.lost_files:
        st.warning(say("plans.cli.print.lost", file=name))
    if done.files:
        st.text(say("plans.cli.print.where", folder=str(done.folder)))
        st.caption(say("pages.plans.personal_files"))


def _offer(path: Path) -> None:
    if path.exists():
        st.download_button(
            say(f"{_PAGE}.save", name=path.name),
            path.read_bytes,
            file_name=path.name,
            mime="application/pdf",
            key=f"plan_lists.file.{path.name}",
            on_click="ignore",
        )

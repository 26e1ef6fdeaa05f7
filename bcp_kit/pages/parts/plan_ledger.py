"""The ledger of printed copies on screen: note by number what happened, see what is out, stale or overdue."""

import re
from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.paper_copies import CopyState, HolderKind, PrintRun, read_copy_number
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.jobs import start_job
from bcp_kit.pages.parts.kept_views import STALE
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.copies import (
    HandOut,
    HolderLine,
    StaleCopy,
    by_holder,
    close_copies,
    count_copies,
    hand_out,
    stale_copies,
)
from bcp_kit.services.copies_lost import holder_words, loss_sheet
from bcp_kit.services.copies_table import ledger_workbook
from bcp_kit.services.plans_print import give_up_run, open_runs, resume_print

TOLD, LOST = "ledger.told", "ledger.lost"
CLOSED = {"back": CopyState.RETURNED, "destroy": CopyState.DESTROYED, "lost": CopyState.LOST}
SHOWN_ROWS = 50


def _numbers(typed: str) -> list[str]:
    """Return the numbers in what was typed, those with a slip as they stand."""
    words = [word for word in re.split(r"[\s、,，]+", typed.strip()) if word]
    return list(dict.fromkeys(read_copy_number(word) or word for word in words))


def _ask_hand_out() -> HandOut:
    kinds = list(HolderKind)
    kind = st.selectbox(
        say("copies.page.kind"),
        kinds,
        index=kinds.index(HolderKind.ORGANISATION),
        format_func=lambda each: say(f"copies.holder_kind.{each.value}"),
        key="ledger.kind",
    )
    holder = ""
    if kind is not HolderKind.PERSON:
        holder = st.text_input(say("copies.page.holder"), key="ledger.holder", max_chars=100)
    due: date | None = st.date_input(
        say("copies.page.due"), value=None, key="ledger.due", format="YYYY/MM/DD"
    )
    return HandOut(kind, holder, due)


def _record(numbers: list[str], what: str, order: HandOut | None) -> None:
    note = st.session_state.get("ledger.note", "")
    if order is not None:
        moved = hand_out(context(), numbers, HandOut(order.holder_kind, order.holder, order.due_on, note))
    else:
        moved = close_copies(context(), numbers, CLOSED[what], note)
    st.session_state[TOLD] = len(moved)
    st.session_state[LOST] = tuple(copy.number for copy in moved) if what == "lost" else ()
    st.session_state.pop(STALE, None)


def _show_entry() -> None:
    """Ask for numbers and what happened to them, and note it."""
    if TOLD in st.session_state:
        st.success(say("copies.page.done", count=st.session_state.pop(TOLD)))
    for number in st.session_state.get(LOST, ()):
        _offer_sheet(number)
    typed = st.text_area(
        say("copies.page.numbers"),
        placeholder=say("copies.page.numbers_help"),
        key="ledger.numbers",
        height=68,
    )
    what = st.radio(
        say("copies.page.what"),
        ("out", *CLOSED),
        format_func=lambda each: say(f"copies.page.do_{each}"),
        horizontal=True,
        key="ledger.what",
    )
    order = _ask_hand_out() if what == "out" else None
    st.text_input(say("copies.page.note"), key="ledger.note", max_chars=200)
    if st.button(say("copies.page.record"), type="primary", key="ledger.record"):
        numbers = _numbers(typed)
        if not numbers:
            st.warning(say("copies.page.missing_number"))
            return
        try:
            _record(numbers, what, order)
        except BcpKitError as failure:
            show_error(failure)
            return
        st.rerun()


def _offer_sheet(number: str) -> None:
    st.download_button(
        f"{number}　{say('copies.page.sheet')}",
        lambda: loss_sheet(context(), number).pdf_bytes,
        file_name=f"loss_{number}.pdf",
        mime="application/pdf",
        key=f"ledger.sheet.{number}",
        on_click="ignore",
    )


def _stale() -> tuple[StaleCopy, ...]:
    """Return the stale copies; looked for once, and again after an entry."""
    if STALE not in st.session_state:
        st.session_state[STALE] = stale_copies(context())
    found: tuple[StaleCopy, ...] = st.session_state[STALE]
    return found


def _show_counts(stale: int, overdue: int) -> int:
    counts = count_copies(context())
    st.text(
        say(
            "copies.page.counts",
            printed=counts[CopyState.PRINTED] + counts[CopyState.RETURNED],
            out=counts[CopyState.HANDED_OUT],
            lost=counts[CopyState.LOST],
            stale=stale,
            overdue=overdue,
        )
    )
    return sum(counts.values())


def _show_stale(found: tuple[StaleCopy, ...]) -> None:
    if not found:
        return
    st.subheader(say("copies.page.stale_title"), anchor=False)
    st.caption(say("copies.page.stale_text"))
    rows = [
        {
            say("copies.cli.column.number"): each.copy.number,
            say("copies.cli.column.plan"): each.copy.plan_number,
            say("copies.cli.column.state"): say(f"copies.state.{each.copy.state.value}"),
            say("copies.cli.column.holder"): holder_words(each.copy, language()),
            say("copies.cli.column.why"): say(f"copies.stale.{each.reason.value}"),
        }
        for each in found[:SHOWN_ROWS]
    ]
    show_table(rows, alt=say("copies.page.stale_title"))


def _show_holders(lines: Sequence[HolderLine]) -> None:
    if not lines:
        return
    st.subheader(say("copies.page.holders_title"), anchor=False)
    rows = [
        {
            say("copies.cli.column.holder"): line.holder
            or say(f"copies.holder_kind.{line.kind.value if line.kind else 'person'}"),
            say("copies.cli.column.copies"): str(line.copies),
            say("copies.cli.column.overdue"): str(line.overdue),
            say("copies.cli.column.stale"): str(line.stale),
        }
        for line in lines[:SHOWN_ROWS]
    ]
    show_table(rows, alt=say("copies.page.holders_title"))


def show_open_runs(job: str) -> None:
    """Show print runs that broke off, to go on with or to end; `job` is the printing job of the page."""
    for run in open_runs(context()):
        st.warning(
            say(
                "copies.page.run",
                began=f"{run.started_at:%Y-%m-%d %H:%M}",
                edition=say(f"plans.paper.edition.{run.edition}"),
                total=len(run.person_ids),
                done=min(run.batches_done * run.batch_size, len(run.person_ids)),
            )
        )
        go_on, end = st.columns(2)
        if go_on.button(say("copies.page.resume"), key=f"ledger.resume.{run.id}", width="stretch"):
            start_job(job, _resuming(run))
        if end.button(say("copies.page.give_up"), key=f"ledger.give_up.{run.id}", width="stretch"):
            give_up_run(context(), run.id)
            st.rerun()


def _resuming(run: PrintRun) -> Callable[..., object]:
    return lambda ctx: resume_print(ctx, run.id)


def show_ledger() -> None:
    """Show the ledger: what is out, an entry form, stale copies, holders, the list for Excel."""
    st.caption(say("copies.page.intro"))
    stale = _stale()
    holders = by_holder(context(), stale)
    if not _show_counts(len(stale), sum(line.overdue for line in holders)):
        st.info(say("copies.page.none"))
        return
    _show_entry()
    _show_stale(stale)
    _show_holders(holders)
    st.download_button(
        say("copies.page.save_list"),
        lambda: ledger_workbook(context(), language()),
        file_name="copies.xlsx",
        key="ledger.save",
        on_click="ignore",
    )

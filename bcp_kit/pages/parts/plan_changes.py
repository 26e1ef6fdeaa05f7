"""Changes that wait for another person: the list to decide, the form to propose, the history of one plan."""

from collections.abc import Sequence

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.people import Person, Supporter
from bcp_kit.forms.change_words import change_words, state_words
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import actor, context, language, may, say
from bcp_kit.pages.parts.upkeep_common import do_and_tell
from bcp_kit.services.plan_changes import (
    ChangeLine,
    SupporterChange,
    changes_of,
    decide_change,
    open_changes,
    propose_end,
    propose_supporter,
)
from bcp_kit.services.plans import PlanView
from bcp_kit.services.register import find_supporters

SHOWN = 20
ACTS = ("name", "replace", "end")


def line_words(line: ChangeLine) -> str:
    """Return what the change is, in the language of the session."""
    return change_words(line.change, line.supporter, line.replaced, language())


def show_open_changes() -> None:
    """Show what waits for approval, each with the addresses to compare and the form to decide."""
    st.caption(say("changes.page.lead"))
    found = open_changes(context())
    if not found:
        st.success(say("changes.page.none"))
    for line in found[:SHOWN]:
        with st.container(border=True):
            _show_one(line)


def _address(person: Person) -> str:
    return say("changes.page.hidden") if person.protected_address else person.address


def _show_one(line: ChangeLine) -> None:
    change = line.change
    st.markdown(f"**{plain(line_words(line))}**")
    if line.person is not None:
        st.text(
            say(
                "changes.page.who",
                register_no=line.person.register_no,
                name=line.person.name,
                plan=line.plan_number,
            )
        )
        if change.is_of_links:
            st.text(say("changes.page.person_at", address=_address(line.person)))
    if line.supporter is not None:
        at = {"address": line.supporter.address, "phone": line.supporter.phone}
        st.text(say("changes.page.supporter_at", **at))
    st.caption(
        plain(f"{say('changes.page.reason', reason=change.reason)}　{state_words(change, language())}")
    )
    if may(Action.APPROVE_CHANGES):
        _ask(line)


def _ask(line: ChangeLine) -> None:
    key = f"changes.{line.change.id}"
    if line.change.is_of_links:
        st.caption(say("changes.page.check_name"))
    with st.form(key, border=False):
        name, words = st.columns(2)
        by = name.text_input(say("changes.page.by"), actor().name, key=f"{key}.by")
        said = words.text_input(say("changes.page.words"), key=f"{key}.words", max_chars=200)
        yes, no, _ = st.columns((1, 1, 3))
        approved = yes.form_submit_button(say("changes.page.approve"), type="primary", width="stretch")
        refused = no.form_submit_button(say("changes.page.refuse"), width="stretch")
    if approved or refused:
        told = "changes.page.approved" if approved else "changes.page.refused"
        do_and_tell(lambda: decide_change(context(), line.change.id, approved, said, by), told)


def show_history(person_id: str) -> None:
    """Show all changes of one person's plan, the newest first."""
    with st.expander(say("changes.page.history"), key="plan.history"):
        found = changes_of(context(), person_id)
        if not found:
            st.caption(say("changes.page.history_none"))
            return
        rows = [
            {
                say("changes.cli.column.what"): line_words(line),
                say("changes.cli.column.why"): line.change.reason,
                say("changes.cli.column.state"): state_words(line.change, language()),
            }
            for line in found
        ]
        show_table(rows, alt=say("changes.page.history"))


def show_supporter_form(view: PlanView) -> None:
    """Offer to propose another supporter for the person of the plan."""
    if not may(Action.EDIT_PERSON):
        return
    with st.expander(say("changes.page.change_supporter"), key="plan.change_supporter"):
        acts = ACTS if view.supporters else ACTS[:1]
        act = st.radio(
            say("changes.page.act"),
            acts,
            format_func=lambda each: say(f"changes.page.act_{each}"),
            horizontal=True,
            key="changes.act",
        )
        before = _ask_present(view) if act != "name" else None
        new = _ask_new(view) if act != "end" else None
        why = st.text_input(say("changes.page.why"), key="changes.why", max_chars=200)
        ready = (act == "end" or new is not None) and (act == "name" or before is not None)
        if st.button(say("changes.page.propose"), disabled=not ready, key="changes.propose"):
            do_and_tell(lambda: _propose(view, before, new, why), "changes.page.proposed")


def _ask_present(view: PlanView) -> Supporter | None:
    return ask_present([named.supporter for named in view.supporters], "changes")


def ask_present(supporters: Sequence[Supporter], place: str) -> Supporter | None:
    """Ask which of the person's supporters is meant; `place` begins the keys of the widgets."""
    known = {supporter.id: supporter for supporter in supporters}
    chosen = st.selectbox(
        say("changes.page.whom"),
        list(known),
        format_func=lambda key: known[key].name,
        key=f"{place}.before",
    )
    return known.get(chosen or "")


def _ask_new(view: PlanView) -> Supporter | None:
    return ask_new([named.supporter for named in view.supporters], "changes")


def ask_new(present: Sequence[Supporter], place: str) -> Supporter | None:
    """Ask for a supporter who is not named for the person yet; `place` begins the keys of the widgets."""
    part = st.text_input(say("changes.page.find"), key=f"{place}.find")
    named = {supporter.id for supporter in present}
    known = {s.id: s for s in find_supporters(context(), part.strip(), SHOWN) if s.id not in named}
    chosen = st.selectbox(
        say("changes.page.pick"),
        list(known),
        index=None,
        format_func=lambda key: f"{known[key].name}　{known[key].address}",
        key=f"{place}.new",
    )
    return known.get(chosen or "")


def _propose(view: PlanView, before: Supporter | None, new: Supporter | None, why: str) -> None:
    if new is None and before is not None:
        propose_end(context(), view.person.id, before.id, why)
    elif new is not None:
        order = SupporterChange(view.person.id, new.id, why, replaces_id=before.id if before else "")
        propose_supporter(context(), order)

"""A new register on screen: who is new, changed, moved, back, gone; accepted by list and by person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from bcp_kit.domain.people import RegisterStatus
from bcp_kit.intake.inspection import Inspection
from bcp_kit.intake.same_person import reason_words
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.register_accept import UpdateChoice, UpdateOutcome, accept_update
from bcp_kit.services.register_update import (
    Difference,
    PersonDifference,
    RegisterDifferences,
    compare_register,
)

SHOWN_PEOPLE = 20
REASONS = (
    RegisterStatus.MISSING,
    RegisterStatus.MOVED_OUT,
    RegisterStatus.DIED,
    RegisterStatus.UNKNOWN,
)


@dataclass(frozen=True)
class UpdateQuestion:
    """One inspected register; `key` is unique on the page, `accept_bad` says that bad rows are left out."""

    key: str
    found: Inspection

    def part(self, name: str) -> str:
        """Return the key of one piece of session state."""
        return f"{self.key}.update.{name}"


def show_update(question: UpdateQuestion) -> UpdateOutcome | None:
    """Show the differences and store what is accepted; return the outcome in the run after storing."""
    differences = _compared(question)
    counts = {d.value: differences.count(d) for d in Difference}
    st.markdown(f"**{say('identity.update.counts', unchanged=differences.unchanged, **counts)}**")
    if differences.unreadable:
        st.warning(say("identity.update.unreadable", rows=differences.unreadable))
    if differences.still_missing:
        st.info(say("identity.update.still_missing", count=differences.still_missing))
    lists = frozenset(d for d in Difference if _show_list(question, d, differences.lists[d]))
    accepted_rows = True
    if differences.unreadable:
        accepted_rows = st.checkbox(say("pages.import.accept"), key=question.part("accept_bad"))
    people = sum(differences.count(d) for d in lists)
    if st.button(
        say("identity.screen.accept", count=people),
        type="primary",
        disabled=not people or not accepted_rows,
        key=question.part("store"),
    ):
        choice = _choice(question, differences, lists)
        start_job(question.part("job"), lambda ctx: accept_update(ctx, differences, choice))
    outcome: UpdateOutcome | None = show_job(question.part("job"))
    if outcome is not None:
        st.session_state.pop(question.part("differences"), None)
    return outcome


def _compared(question: UpdateQuestion) -> RegisterDifferences:
    """Compare once for each inspection."""
    known: tuple[Inspection, RegisterDifferences] | None = st.session_state.get(question.part("differences"))
    if known is None or known[0] is not question.found:
        with st.spinner(say("identity.screen.comparing")):
            known = (question.found, compare_register(context(), question.found))
        st.session_state[question.part("differences")] = known
    return known[1]


def _show_list(question: UpdateQuestion, difference: Difference, people: Sequence[PersonDifference]) -> bool:
    """Show one list; True when it is to be accepted."""
    if not people:
        return False
    title = say(f"identity.difference.{difference.value}")
    with st.container(border=True):
        wanted = st.checkbox(
            say("identity.screen.accept_list", list=title, count=len(people)),
            value=True,
            key=question.part(f"list.{difference.value}"),
        )
        st.caption(say(f"identity.screen.list_{difference.value}"))
        with st.expander(say("identity.screen.show_people")):
            for person in people[:SHOWN_PEOPLE]:
                _show_person(question, difference, person)
            if len(people) > SHOWN_PEOPLE:
                st.caption(say("identity.update.more", count=len(people) - SHOWN_PEOPLE))
            labels = {person.person_id: person.label for person in people}
            st.multiselect(
                say("identity.screen.without"),
                list(labels),
                format_func=lambda person_id: labels[person_id],
                key=question.part(f"without.{difference.value}"),
            )
    return wanted


def _show_person(question: UpdateQuestion, difference: Difference, person: PersonDifference) -> None:
    st.markdown(f"**{plain(person.label)}**")
    if difference is Difference.REAPPEARED:
        st.markdown(say("identity.update.was", status=say(f"identity.status.{person.status.value}")))
    if person.fields:
        show_table(
            [_change(change.heading, change.old, change.new) for change in person.fields], alt=person.label
        )
    if person.likeness is not None:
        key = "likely_gone" if difference is Difference.NEW else "likely_new"
        reasons = reason_words(person.likeness.reasons, language())
        told = say(
            f"identity.update.{key}",
            label=person.likely_label,
            score=person.likeness.score,
            reasons=reasons,
        )
        st.markdown(plain(told.strip()))
        if difference is Difference.NEW:
            st.checkbox(
                say("identity.screen.same_as", label=person.likely_label),
                key=question.part(f"same.{person.person_id}"),
            )
    if difference is Difference.GONE:
        st.selectbox(
            say("identity.screen.why_gone", label=person.label),
            REASONS,
            format_func=lambda status: say(f"identity.status.{status.value}"),
            key=question.part(f"left.{person.person_id}"),
        )


def _change(heading: str, old: str, new: str) -> dict[str, str]:
    return {
        say("identity.differences_table.heading"): heading,
        say("identity.differences_table.old"): old,
        say("identity.differences_table.new"): new,
    }


def _choice(
    question: UpdateQuestion, differences: RegisterDifferences, lists: frozenset[Difference]
) -> UpdateChoice:
    def asked(name: str, default: Any) -> Any:
        return st.session_state.get(question.part(name), default)

    without = {i for d in Difference for i in asked(f"without.{d.value}", ())}
    new, gone = differences.lists[Difference.NEW], differences.lists[Difference.GONE]
    return UpdateChoice(
        lists=lists,
        without=frozenset(without),
        same_as={d.person_id: d.likely for d in new if asked(f"same.{d.person_id}", False)},
        left={d.person_id: asked(f"left.{d.person_id}", RegisterStatus.MISSING) for d in gone},
        accept_good_rows=bool(asked("accept_bad", False)),
    )


def show_update_outcome(outcome: UpdateOutcome) -> None:
    """Say what an update stored."""
    lines = [say("identity.update.stored")]
    for difference, count in outcome.accepted.items():
        name = say(f"identity.difference.{difference.value}")
        lines.append(say("identity.update.accepted", list=name, count=count))
    for status, count in outcome.left.items():
        lines.append(say("identity.update.left", status=say(f"identity.status.{status.value}"), count=count))
    st.success("  \n".join(lines))
    if outcome.stale:
        st.warning(plain(say("identity.update.stale", labels="、".join(outcome.stale))))

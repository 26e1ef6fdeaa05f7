"""The form of an officer's decision: a place, home or hospital, the rules overridden, and the reason."""

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.locks import LockKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.matching_locks import (
    LONGEST_REASON,
    LockCommand,
    add_lock,
    list_locks,
    rule_sentence,
    waivable_rules,
)
from bcp_kit.services.matching_read import RunView

KINDS = (LockKind.PLACE, LockKind.STAYS_HOME, LockKind.HOSPITAL)


def _standing(view: RunView, person: Person) -> bool:
    """Show the decision that stands for the person, and say whether there is one."""
    units = {person.id, person.household_id} - {""}
    mine = [
        found
        for found in list_locks(context(), view.run.hazard)
        if found.person and {found.person.id, found.person.household_id} & units
    ]
    for found in mine:
        where = found.shelter.name if found.shelter else say(f"desk.lock.{found.lock.kind.value}")
        st.info(plain(f"{where}　{say('desk.people.held', reason=found.lock.reason)}"))
    return bool(mine)


def _ask(view: RunView, person: Person) -> LockCommand:
    key = f"matching.decide.{person.id}"
    kind = LockKind(
        st.radio(
            say("desk.lock.kind"),
            list(KINDS),
            format_func=lambda k: say(f"desk.lock.{k.value}"),
            horizontal=True,
            key=f"{key}.kind",
        )
    )
    shelter_id, stage = "", 1
    if kind is LockKind.PLACE:
        where, when = st.columns((2, 1))
        places = {i: s.name for i, s in view.shelters.items() if s.kind is not DestinationKind.HOSPITAL}
        picked = where.selectbox(
            say("desk.lock.shelter"), list(places), index=None, format_func=lambda i: places.get(i, ""),
            key=f"{key}.shelter",
        )  # fmt: skip
        shelter_id = picked or ""
        stage = when.radio(
            say("desk.lock.stage"),
            [1, 2],
            format_func=lambda n: say(f"pages.matching.stage_{n}"),
            horizontal=True,
            key=f"{key}.stage",
        )
    only = st.radio(
        say("desk.lock.hazard"), ["this_hazard", "every_hazard"],
        format_func=lambda k: say(f"desk.lock.{k}"), horizontal=True, key=f"{key}.hazard",
    )  # fmt: skip
    waived = st.multiselect(
        say("desk.lock.waive"),
        list(waivable_rules()),
        format_func=lambda k: f"{k} {rule_sentence(k, language())}",
        key=f"{key}.waive",
    )
    reason = st.text_area(
        say("desk.lock.reason"),
        placeholder=say("desk.lock.reason_example"),
        max_chars=LONGEST_REASON,
        key=f"{key}.reason",
    )
    hazard = view.run.hazard if only == "this_hazard" else None
    return LockCommand(person.id, kind, shelter_id, reason, hazard, stage, tuple(waived))


def show_decide(view: RunView, person: Person) -> None:
    """Show the form for one person; a decision that stands already is shown instead of a second one."""
    with st.container(border=True):
        st.markdown(f"**{say('desk.lock.title')}**")
        done = f"matching.decided.{person.id}"
        if st.session_state.pop(done, False):
            st.success(say("desk.lock.saved"))
        if _standing(view, person):
            return
        command = _ask(view, person)
        if person.household_id:
            st.caption(say("desk.lock.household"))
        if st.button(say("desk.lock.save"), type="primary", key=f"matching.decide.{person.id}.save"):
            try:
                add_lock(context(), command)
            except BcpKitError as error:
                show_error(error)
                return
            st.session_state[done] = True
            st.rerun()

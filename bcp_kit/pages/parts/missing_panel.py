"""People whom the last register does not name: an officer says why; until then they stay, marked."""

import streamlit as st

from bcp_kit.domain.people import RegisterStatus
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.register_accept import decide_left, missing_people

SHOWN_PEOPLE = 30
CHOICES = (
    RegisterStatus.MISSING,
    RegisterStatus.MOVED_OUT,
    RegisterStatus.DIED,
    RegisterStatus.UNKNOWN,
    RegisterStatus.LISTED,
)


def show_missing() -> None:
    """Ask why people are gone."""
    people, total = missing_people(context(), SHOWN_PEOPLE)
    if not total:
        st.info(say("identity.missing.none"))
        return
    st.markdown(say("identity.screen.missing_text", count=total))
    with st.form("missing"):
        for person in people:
            day = "" if person.status_on is None else person.status_on.isoformat()
            line = say("identity.missing.line", number=person.register_no, name=person.name, day=day)
            st.selectbox(
                plain(line),
                CHOICES,
                format_func=lambda status: say(f"identity.status.{status.value}"),
                key=f"missing.{person.id}",
            )
        sent = st.form_submit_button(say("identity.screen.decide"), type="primary")
    if sent:
        asked = {person.id: st.session_state[f"missing.{person.id}"] for person in people}
        decided = {i: status for i, status in asked.items() if status is not RegisterStatus.MISSING}
        if decided:
            decide_left(context(), decided)
            st.rerun()
        st.info(say("identity.screen.nothing_decided"))

"""People without a supporter, and near willing supporters whom an officer may ask; nobody is assigned."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.supporters import Near
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.matching_read import RunView
from bcp_kit.services.matching_supporters import Suggested, accept_supporter, proposed_supporters

SHOWN, MADE, DONE = 20, "matching.made.supporters", "matching.supporter_named"


def show_supporters(view: RunView) -> None:
    """Show whom to ask for each person without a supporter, the most urgent first."""
    st.subheader(say("desk.view.supporters"), anchor=False)
    st.caption(say("desk.supporters.lead"))
    if st.session_state.pop(DONE, False):
        st.success(say("desk.supporters.accepted"))
    if MADE not in st.session_state:
        st.session_state[MADE] = proposed_supporters(context(), view.run.hazard)
    found: tuple[Suggested, ...] = st.session_state[MADE]
    if not found:
        st.success(say("desk.supporters.none"))
    for one in found[:SHOWN]:
        _show(one)
    if len(found) > SHOWN:
        st.caption(say("desk.supporters.more", count=len(found) - SHOWN))


def _words(one: Suggested, near: Near) -> str:
    zone = say("desk.supporters.in_zone") if near.in_zone is Known.YES else ""
    name = one.supporters[near.supporter_id].name
    return say("desk.supporters.ask", name=name, metres=round(near.distance_m), zone=zone)


def _show(one: Suggested) -> None:
    hands = say("desk.supporters.hands" if one.needs_hands else "desk.supporters.word")
    with st.container(border=True):
        label = say(
            "desk.supporters.person", name=plain(one.person.name), tier=one.proposal.tier, hands=hands
        )
        st.markdown(f"**{label}**")
        if one.proposal.first is None:
            st.text(say("desk.supporters.nobody"))
            return
        st.text(_words(one, one.proposal.first))
        if one.proposal.others:
            names = say("matching.list_mark").join(
                one.supporters[n.supporter_id].name for n in one.proposal.others
            )
            st.caption(plain(say("desk.supporters.others", names=names)))
        if may(Action.EDIT_PERSON):
            _offer(one, one.proposal.first)


def _offer(one: Suggested, near: Near) -> None:
    if st.button(say("desk.supporters.accept"), key=f"matching.supporter.{one.person.id}"):
        try:
            accept_supporter(context(), one.person.id, near.supporter_id)
        except BcpKitError as error:
            show_error(error)
            return
        del st.session_state[MADE]
        st.session_state[DONE] = True
        st.rerun()

"""What makes a plan fit: items that do not apply are proposed with a reason; services that it covers."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.bcp import CONTINUITY_KINDS
from bcp_kit.forms.closing import Profile, closing_rules
from bcp_kit.pages.parts.bcp_guide import COLOURS
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.bcp import PlanView
from bcp_kit.services.bcp_closing import Closing, accept_closings, closing_proposals, facility_profile
from bcp_kit.services.bcp_site import join_services, split_services
from bcp_kit.services.facilities import list_facilities

# What is asked of the facility, and what a tick means.
PROFILE = {"small": True, "one_service": True, "generator": False, "gas": False, "shelter": False}


def _accept(plan_id: str, item_ids: tuple[str, ...], profile: Profile) -> None:
    accept_closings(context(), plan_id, item_ids, profile)


def _ask_profile(view: PlanView) -> Profile:
    """Ask what the facility is like, beginning with what the records say."""
    known = facility_profile(context(), view.plan.id)
    said: dict[str, bool] = {}
    for spot, (name, means) in zip(st.columns(2) * 3, PROFILE.items(), strict=False):
        told = getattr(known, name)
        count = closing_rules().small_staff_max
        ticked = spot.checkbox(
            say(f"write.small.ask.{name}", count=count),
            told is means,
            key=f"small.ask.{view.plan.id}.{name}",
            persist_state="session",
        )
        if ticked or told is not None:
            said[name] = means if ticked else not means
    return known.model_copy(update=said)


def _show_closing(view: PlanView, closing: Closing, profile: Profile) -> None:
    words, way = st.columns((4, 1), vertical_alignment="center")
    badge = f":{COLOURS[closing.required]}-badge[{say(f'forms.required.{closing.required.value}')}]"
    words.markdown(f"**{plain(closing.title)}** {badge}  \n{plain(closing.reason)}")
    way.button(
        say("write.small.accept"),
        key=f"small.{closing.item_id}",
        on_click=_accept,
        args=(view.plan.id, (closing.item_id,), profile),
        width="stretch",
        help=closing.title,
    )


def show_closings(view: PlanView) -> None:
    """Propose the items that do not apply, to be accepted one by one or all; nothing is set aside unseen."""
    if not may(Action.EDIT_BCP) or view.plan.kind not in CONTINUITY_KINDS:
        return
    with st.expander(say("write.small.title")):
        st.markdown(say("write.small.lead"))
        profile = _ask_profile(view)
        found = closing_proposals(context(), view.plan.id, profile)
        if not found:
            st.caption(say("write.small.nothing"))
            return
        st.button(
            say("write.small.accept_all", count=len(found)),
            key="small.all",
            on_click=_accept,
            args=(view.plan.id, tuple(closing.item_id for closing in found), profile),
        )
        for closing in found:
            _show_closing(view, closing, profile)


def show_covered(view: PlanView) -> None:
    """Ask which further services of the operator at this site the plan covers; nothing for a single one."""
    own = view.facility
    others = {
        f.id: f.name for f in list_facilities(context()) if f.id != own.id and f.operator == own.operator
    }
    if not own.operator.strip() or not others or not may(Action.EDIT_BCP):
        return
    key = f"covered.{view.plan.id}"

    def keep() -> None:
        wanted, now = set(st.session_state[key]), set(view.plan.also_covers)
        if wanted - now:
            join_services(context(), view.plan.id, sorted(wanted - now))
        if now - wanted:
            split_services(context(), view.plan.id, sorted(now - wanted))

    with st.expander(say("write.covered.title", count=len(view.plan.also_covers) + 1)):
        st.multiselect(
            say("write.covered.which"),
            list(others),
            default=[each for each in view.plan.also_covers if each in others],
            format_func=others.__getitem__,
            key=key,
            on_change=keep,
            placeholder="",
        )
        st.caption(say("write.covered.lead"))

"""Start: who are you, what to do next, practice data."""

from pathlib import Path

import streamlit as st

from bcp_kit.access.policy import Action, Role
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.session import ROLE, context, may, role, say
from bcp_kit.pages.parts.shell import page_path
from bcp_kit.services.base import Context
from bcp_kit.services.next_steps import Step, manager_steps, officer_steps, store_is_empty
from bcp_kit.services.sample_world import WorldOutcome, load_world

LOADED, JOB = "sample_loaded", "sample"


def _take_role(value: Role) -> None:
    st.session_state[ROLE] = value.value


def _two_ways() -> None:
    st.write(say("pages.start.lead"))
    for column, who, picked in zip(
        st.columns(2), ("manager", "officer"), (Role.FACILITY_MANAGER, Role.DISASTER_OFFICER), strict=True
    ):
        with column.container(border=True):
            st.subheader(say(f"pages.start.{who}_title"), anchor=False)
            st.write(say(f"pages.start.{who}_text"))
            st.button(
                say(f"pages.start.{who}_button"),
                on_click=_take_role,
                args=(picked,),
                type="primary",
                key=f"way.{who}",
            )


def _show_step(step: Step, *, is_next: bool) -> None:
    state, words, link = st.columns((1, 6, 1.4), vertical_alignment="center")
    state.markdown(f"**{say('pages.start.done_mark')}**" if step.done else say("pages.start.open_mark"))
    words.markdown(say(f"pages.start.steps.{step.text_key}", **step.values))
    label, name = say("pages.start.go"), f"go.{step.key}"
    if link.button(label, key=name, type="primary" if is_next else "secondary", width="stretch"):
        st.switch_page(page_path(step.page))


def _show_steps(steps: tuple[Step, ...]) -> None:
    st.subheader(say("pages.start.next_title"), anchor=False)
    first_open = next((s for s in steps if not s.done), None)
    if first_open is None:
        st.success(say("pages.start.all_done"))
    for step in steps:
        _show_step(step, is_next=step is first_open)


def _offer_sample() -> None:
    """Offer the invented town while the store is empty, to those who may bring data in."""
    if not (may(Action.IMPORT_REGISTER) or may(Action.EDIT_STAFF)):
        return
    with st.container(border=True):
        st.subheader(say("pages.start.sample_title"), anchor=False)
        st.write(say("pages.start.sample_text"))
        if st.button(say("pages.start.sample_button"), key="sample.load"):
            start_job(JOB, _load_town)


def _load_town(ctx: Context) -> WorldOutcome:
    return load_world(ctx, "town", work_dir=Path())


def show() -> None:
    """Show the start page."""
    st.title(say("pages.start.heading"), anchor=False)
    if st.session_state.pop(LOADED, False):
        st.success(say("pages.start.sample_loaded"))
    picked = role()
    if picked is None:
        _two_ways()
    elif may(Action.SEE_BCP) and may(Action.RUN_COVER):
        _show_steps(manager_steps(context()))
    elif may(Action.SEE_REGISTER):
        _show_steps(officer_steps(context()))
    else:
        st.info(say("pages.start.other_role", role=say(f"pages.roles.{picked.value}")))
    if store_is_empty(context()):
        _offer_sample()
    if show_job(JOB) is not None:
        st.session_state[LOADED] = True
        st.rerun()


show()

"""All decisions that stand: who was put where, why, by whom; and undoing one."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.matching_locks import Locked, list_locks, remove_lock
from bcp_kit.services.matching_read import RunView


def _where(found: Locked) -> str:
    if found.lock.shelter_id:
        return found.shelter.name if found.shelter else say("matching.lock_fault.place_gone")
    return say(f"desk.lock.{found.lock.kind.value}")


def _who(found: Locked) -> str:
    return found.person.name if found.person else say("desk.person_unknown")


def _row(found: Locked) -> dict[str, str]:
    lock = found.lock
    hazard = say(f"matching.hazard.{lock.hazard.value}") if lock.hazard else say("desk.lock.every_hazard")
    return {
        say("desk.lock.who"): _who(found),
        say("desk.lock.where"): _where(found),
        say("matching.column.stage"): say(f"pages.matching.stage_{lock.stage}"),
        say("pages.matching.hazard"): hazard,
        say("desk.lock.why"): lock.reason,
        say("matching.export.waived"): "・".join(lock.waived),
        say("desk.lock.by"): f"{lock.made_by}　{lock.made_at.astimezone():%Y-%m-%d %H:%M}",
    }


def show_locks(view: RunView) -> None:
    """Show the decisions for the hazard of the run."""
    st.subheader(say("desk.lock.list"), anchor=False)
    if st.session_state.pop("matching.unlocked", False):
        st.success(say("desk.lock.removed"))
    found = list_locks(context(), view.run.hazard)
    if not found:
        st.info(say("desk.lock.none"))
        return
    show_table([_row(one) for one in found], alt=say("desk.lock.list"))
    if not may(Action.RUN_MATCHING):
        return
    known = {one.lock.id: f"{_who(one)}　{_where(one)}" for one in found}
    chosen = st.selectbox(
        say("desk.lock.choose"), list(known), index=None, format_func=lambda i: known.get(i, ""),
        key="matching.unlock.chosen",
    )  # fmt: skip
    if chosen is not None and st.button(say("desk.lock.remove"), key="matching.unlock"):
        try:
            remove_lock(context(), chosen)
        except BcpKitError as error:
            show_error(error)
            return
        st.session_state["matching.unlocked"] = True
        st.rerun()

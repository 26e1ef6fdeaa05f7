"""The last piece of work on many records, and the way to take it back."""

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import clock_text, context, say
from bcp_kit.services.undoing import ChangedSince, UndoPlan, plan_undo, undo_last

SHOWN_NAMES = 20
DONE = "import.undone"


def show_undo(key: str) -> None:
    """Show what can be taken back, and who stays because somebody worked on the record since."""
    outcome = show_job(f"{key}.undo")
    if outcome is not None:
        st.session_state[DONE] = True
        st.rerun()
    with st.expander(say("identity.screen.undo"), key=f"{key}.undo", on_change="rerun") as opened:
        if not opened.open:
            return
        try:
            plan = plan_undo(context())
        except BcpKitError as nothing:
            st.write(say(f"errors.{nothing.code.value}.what"))
            return
        _show(key, plan)


def just_undone() -> bool:
    """Say that the last import was taken back, until something else is done; True while that stands."""
    if not st.session_state.get(DONE):
        return False
    st.success(say("identity.undo.done"))
    return True


def forget_undone() -> None:
    """Something else was done: the sentence goes."""
    st.session_state.pop(DONE, None)


def _show(key: str, plan: UndoPlan) -> None:
    batch = plan.batch
    at = f"{batch.at.astimezone().date().isoformat()} {clock_text(batch.at)}"
    kind = say(f"identity.batch.{batch.kind.value}")
    what = {"kind": kind, "title": batch.title, "at": at, "actor": batch.actor}
    st.markdown(plain(say("identity.undo.what", **what)))
    st.markdown(say("identity.undo.plan", remove=plan.to_remove, restore=plan.to_restore))
    accepted = _show_staying(key, plan.staying)
    keep_changed = bool(plan.staying)
    if st.button(say("identity.screen.undo_button"), disabled=not accepted, key=f"{key}.undo.go"):
        start_job(f"{key}.undo", lambda ctx: undo_last(ctx, keep_changed))
        st.rerun()


def _show_staying(key: str, staying: tuple[ChangedSince, ...]) -> bool:
    """Name the records that stay; True when undoing the rest is agreed to."""
    if not staying:
        return True
    st.warning(say("identity.undo.staying", count=len(staying)))
    st.markdown("\n".join(f"- {plain(changed.label)}" for changed in staying[:SHOWN_NAMES]))
    if len(staying) > SHOWN_NAMES:
        st.caption(say("identity.update.more", count=len(staying) - SHOWN_NAMES))
    return st.checkbox(say("identity.screen.keep_changed"), key=f"{key}.undo.keep")

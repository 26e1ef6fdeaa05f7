"""What to confirm first: the guesses of the newest matching, each one click from its field."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.pages.parts.shell import page_path
from bcp_kit.services.matching_read import RunView, ToConfirm, fact_label, read_run, what_to_confirm_first

SHOWN = 15
SHELTER_PARAM, FACT_PARAM = "shelter", "fact"
FOUND = "shelters.to_confirm"


def show_to_confirm(found: Sequence[ToConfirm], prefix: str) -> None:
    """Show guesses, those on which most people depend first, each with the way to its field."""
    for number, item in enumerate(found[:SHOWN]):
        words, people, link = st.columns((6, 1, 1.4), vertical_alignment="center")
        fact = fact_label(item.fact, language())
        row = {"place": plain(item.shelter.name), "fact": plain(fact)}
        words.markdown(say("shelters.confirm_first.row", **row))
        people.markdown(say("shelters.confirm_first.people", count=item.people))
        address = {SHELTER_PARAM: item.shelter.id, FACT_PARAM: item.fact_key}
        label = say("shelters.confirm_first.open")
        if link.button(label, key=f"{prefix}.confirm.{number}", width="stretch"):
            st.switch_page(page_path("shelters"), query_params=address)
    if len(found) > SHOWN:
        st.caption(say("shelters.confirm_first.more", count=len(found) - SHOWN))


@dataclass(frozen=True)
class Guesses:
    """The guesses of one run, and the words that say which run."""

    which: str
    found: tuple[ToConfirm, ...]

    def people(self, shelter_id: str, fact_key: str) -> int:
        """Return how many people depend on a guess about this fact."""
        same = [i.people for i in self.found if i.shelter.id == shelter_id and i.fact_key == fact_key]
        return max(same, default=0)


def newest_guesses() -> Guesses | None:
    """Return the guesses of the newest run, None without one; kept while the session looks at them."""
    if not may(Action.SEE_MATCHING):
        return None
    if FOUND not in st.session_state:
        st.session_state[FOUND] = _read()
    found: Guesses | None = st.session_state[FOUND]
    return found


def _read() -> Guesses | None:
    try:
        view: RunView = read_run(context())
    except BcpKitError as error:
        if error.code is ErrorCode.NOT_FOUND:
            return None
        raise
    which = say(
        "shelters.confirm_first.which",
        hazard=say(f"matching.hazard.{view.run.hazard.value}"),
        made=view.run.made_at.astimezone().strftime("%Y-%m-%d %H:%M"),
    )
    return Guesses(which, what_to_confirm_first(view))


def show_confirm_first() -> None:
    """Show the guesses of the newest run over the list of destinations."""
    guesses = newest_guesses()
    if guesses is None:
        return
    with st.expander(say("shelters.confirm_first.title"), expanded=bool(guesses.found)):
        st.caption(f"{say('shelters.confirm_first.lead')}　{guesses.which}")
        if not guesses.found:
            st.success(say("shelters.confirm_first.none"))
        show_to_confirm(guesses.found, "shelters")

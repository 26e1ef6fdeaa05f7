"""Facilities of public lists: search them, and make some of them destinations."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.candidates import FacilityCandidate
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.candidates import Wanted, adopt_as_shelters, find_candidates

SHOWN = 30
ANY, HOSPITALS = "any", "hospitals"
_ADOPTED = "candidates.adopted"


def render_candidates() -> None:
    """Show the candidates that lists of facilities brought in, and let an officer adopt some."""
    with st.expander(say("pages.candidates.title")):
        st.markdown(say("pages.candidates.intro"))
        for name in st.session_state.pop(_ADOPTED, ()):
            st.success(say("pages.candidates.adopted", name=plain(name)))
        words = st.text_input(say("pages.candidates.words"), key="candidates.words").strip()
        kind = st.selectbox(
            say("pages.candidates.kind"),
            (ANY, HOSPITALS, *(category.value for category in ServiceCategory)),
            format_func=_kind_label,
            key="candidates.kind",
        )
        found, total = find_candidates(context(), _wanted(words, kind), SHOWN)
        if not total:
            st.info(say("pages.candidates.none"))
            return
        st.caption(say("pages.candidates.found", shown=len(found), total=total))
        show_table([_row(candidate) for candidate in found], alt=say("pages.candidates.title"))
        if may(Action.EDIT_SHELTER):
            _adopt({candidate.id: candidate for candidate in found})


def _kind_label(kind: str) -> str:
    if kind in (ANY, HOSPITALS):
        return say(f"pages.candidates.{kind}")
    choices = next(c.choices for c in sheet(SheetKind.FACILITIES).columns if c.key == "category")
    return choices[kind]


def _wanted(words: str, kind: str) -> Wanted:
    if kind == ANY:
        return Wanted(words=words)
    if kind == HOSPITALS:
        return Wanted(words=words, hospitals=True)
    return Wanted(words=words, category=ServiceCategory(kind))


def _row(candidate: FacilityCandidate) -> dict[str, str]:
    beds = say("pages.unknown") if candidate.beds is None else str(candidate.beds)
    return {
        say("intake.candidates.name"): candidate.name,
        say("intake.candidates.service_name"): candidate.service_name,
        say("intake.candidates.beds"): beds,
        say("intake.candidates.address"): candidate.address,
        say("intake.candidates.phone"): candidate.phone,
    }


def _adopt(known: dict[str, FacilityCandidate]) -> None:
    chosen = st.multiselect(
        say("pages.candidates.choose"),
        list(known),
        format_func=lambda i: f"{known[i].name}　{known[i].service_name}　{known[i].address}",
        key="candidates.chosen",
    )
    st.caption(say("pages.candidates.unknown"))
    if not st.button(say("pages.candidates.adopt"), disabled=not chosen, key="candidates.adopt"):
        return
    try:
        made = adopt_as_shelters(context(), chosen)
    except BcpKitError as error:
        show_error(error)
        return
    st.session_state[_ADOPTED] = [shelter.name for shelter in made]
    st.session_state.pop("candidates.chosen", None)
    st.rerun()

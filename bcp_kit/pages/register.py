"""The register: find people, look at one record, bring a list in."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.pages.parts.import_panel import ImportQuestion, show_import
from bcp_kit.pages.parts.person_record import show_person
from bcp_kit.pages.parts.person_words import person_label
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.register import find_people

IMPORT = ImportQuestion("people", (SheetKind.PEOPLE, SheetKind.SUPPORTERS))
SHOWN_PEOPLE = 50


def _show_people() -> None:
    part = st.text_input(say("pages.register.search"), key="register.search", persist_state="session")
    found = find_people(context(), part.strip(), SHOWN_PEOPLE)
    if not found.total:
        st.info(say("pages.register.empty"))
        return
    st.caption(say("pages.register.found", shown=len(found.people), total=found.total))
    if not found.people:
        return
    known = {person.id: person for person in found.people}
    chosen = st.selectbox(
        say("pages.register.choose"),
        list(known),
        index=None,
        format_func=lambda i: person_label(known[i]),
        key="register.chosen",
    )
    if chosen is not None:
        show_person(chosen)


def show() -> None:
    """Show the page."""
    st.title(say("pages.register.title"), anchor=False)
    listed, brought = st.tabs([say("pages.register.tab_list"), say("pages.register.tab_import")])
    with listed:
        _show_people()
    with brought:
        if may(Action.IMPORT_REGISTER):
            show_import(IMPORT)
        else:
            st.info(say("pages.register.no_import"))


show()

"""The register: find people, look at one record, bring a list in."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.forms.sheets import SheetKind
from bcp_kit.pages.parts.duplicates_panel import show_duplicates
from bcp_kit.pages.parts.guard import guarded
from bcp_kit.pages.parts.import_panel import ImportQuestion, show_import
from bcp_kit.pages.parts.missing_panel import show_missing
from bcp_kit.pages.parts.person_record import show_person
from bcp_kit.pages.parts.person_words import person_label
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.register import find_people

IMPORT = ImportQuestion("people", (SheetKind.PEOPLE, SheetKind.SUPPORTERS, SheetKind.CERTIFICATES))
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
    names = ("pages.register.tab_list", "pages.register.tab_import")
    further = ("identity.screen.tab_duplicates", "identity.screen.tab_missing")
    listed, brought, doubled, gone = st.tabs([say(name) for name in (*names, *further)])
    with listed:
        _show_people()
    for place, show_part in ((brought, _show_import), (doubled, show_duplicates), (gone, show_missing)):
        with place, guarded():
            if may(Action.IMPORT_REGISTER):
                show_part()
            else:
                st.info(say("pages.register.no_import"))


def _show_import() -> None:
    show_import(IMPORT)


show()

"""The tab of population: meshes to bring in, and how many beside the register each place may expect."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.map_parts import (
    forget,
    looked_at,
    page_say,
    removal,
    show_rows,
    tell,
    told,
)
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.population import (
    inspect_population,
    keep_population,
    read_population,
    remove_population,
    unlisted_need,
)

PART = "population"


def _kept() -> None:
    st.subheader(page_say("kept_title"), anchor=False)
    kept = read_population(context())
    if kept is None:
        st.info(say("maps.population.none"))
        return
    meshes, _ = kept
    numbers = {"meshes": f"{len(meshes.people):,}", "people": f"{meshes.total:,}"}
    st.markdown(say("maps.population.found", name=plain(meshes.name), **numbers))
    if may(Action.SEE_MATCHING) and st.button(page_say("check_population"), key="map_data.population.check"):
        _check()
    removal(
        PART,
        page_say("remove_population"),
        lambda: remove_population(context()),
        say("maps.population.removed"),
    )


def _check() -> None:
    try:
        found = unlisted_need(context())
    except BcpKitError as error:
        show_error(error)
        return
    rows = [
        {
            say("maps.population.column.name"): each.name,
            say("maps.population.column.population"): f"{each.population:,}",
            say("maps.population.column.expected"): f"{each.expected:,.0f}",
            say("maps.population.column.listed"): f"{each.listed:,}",
            say("maps.population.column.unlisted"): f"{each.unlisted:,.0f}",
        }
        for each in found.catchments
    ]
    show_rows(rows, say("maps.population.title"))
    st.caption(say("maps.population.note", percent=round(100 * found.rate, 1)))
    if found.far_away:
        st.caption(say("maps.population.far_away", people=f"{found.far_away:,}"))


def show_population() -> None:
    """Show the tab."""
    told(PART)
    _kept()
    st.divider()
    st.subheader(page_say("add_title"), anchor=False)
    st.markdown(page_say("population_files"))
    file = st.file_uploader(page_say("choose"), key="map_data.population.file")
    if file is None:
        forget(PART)
        return
    found = looked_at(PART, file.file_id, lambda: inspect_population(file.getvalue(), file.name))
    if found is None:
        return
    numbers = {"meshes": f"{len(found.people):,}", "people": f"{found.total:,}"}
    st.markdown(say("maps.population.found", name=plain(found.name), **numbers))
    with st.form("map_data.population.form"):
        source = st.text_input(page_say("source"), value=found.name, max_chars=120)
        pressed = st.form_submit_button(page_say("keep"), type="primary")
    if pressed:
        keep_population(context(), found, source)
        tell(PART, say("maps.population.kept", **numbers))
        st.rerun()

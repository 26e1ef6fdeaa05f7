"""The list of destinations: found by name, kind and area, most to confirm first; several at once."""

from collections.abc import Sequence

import streamlit as st

from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.shelter_facts import FactValue
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.forms.shelter_form import AskedFact, asked_facts
from bcp_kit.forms.shelter_standing import NEVER_ASKED, FactState
from bcp_kit.pages.parts.fact_field import NEEDED, FactField, ask_fact, typed_fact
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, say
from bcp_kit.pages.parts.shelter_saving import ask_how, how_confirmed
from bcp_kit.pages.parts.shelter_words import fact_heading, kind_label
from bcp_kit.services.shelters import (
    SeveralConfirmed,
    ShelterLine,
    ShelterQuery,
    SheltersFound,
    confirm_several,
    find_shelters,
)

CHOSEN, PAGE, FOCUS = "shelters.chosen", "shelters.page", "shelters.focus"
A_PAGE = 30
BULK_DONE = "shelters.bulk_done"
_NOT_ALIKE = NEVER_ASKED | NEEDED | {"name_kana"}


def _ask_query() -> ShelterQuery:
    part_at, kind_at, area_at = st.columns((3, 2, 2))
    part = part_at.text_input(say("pages.shelters.search"), key="shelters.search", persist_state="session")
    kinds: list[DestinationKind | None] = [None, *DestinationKind]
    kind = kind_at.selectbox(
        say("shelters.list.kind"),
        kinds,
        format_func=lambda k: kind_label(k) if k else say("shelters.list.any"),
        key="shelters.kind",
        persist_state="session",
    )
    areas = ["", *st.session_state.get("shelters.areas", ())]
    area = area_at.selectbox(
        say("shelters.list.area"),
        areas,
        format_func=lambda a: a or say("shelters.list.any"),
        key="shelters.area",
        persist_state="session",
    )
    first_at, only_at = st.columns(2)
    open_first = first_at.checkbox(
        say("shelters.list.open_first"), key="shelters.open_first", persist_state="session"
    )
    only_open = only_at.checkbox(
        say("shelters.list.only_open"), key="shelters.only_open_places", persist_state="session"
    )
    limit = A_PAGE * int(st.session_state.get(PAGE, 1))
    return ShelterQuery(part.strip(), kind, area, open_first, only_open, limit)


def choose(shelter_id: str, focus: str = "") -> None:
    """Open one destination, as a callback."""
    st.session_state[CHOSEN], st.session_state[FOCUS] = shelter_id, focus


def _show_line(line: ShelterLine) -> None:
    shelter, standing = line.shelter, line.standing
    name, facts, button = st.columns((4, 4, 1), vertical_alignment="center")
    added = f"　{say('shelters.board.added_mark')}" if shelter.added_in_event else ""
    name.markdown(
        f"**{plain(shelter.name)}**{added}  \n{plain(kind_label(shelter.kind))}　{plain(shelter.address)}"
    )
    counts = {state.value: standing.count(state) for state in FactState}
    done = say("shelters.list.progress", confirmed=counts.pop("confirmed"), total=standing.total)
    facts.markdown(f"{done}  \n{say('shelters.list.counts', **counts)}")
    button.button(
        say("shelters.list.open"),
        key=f"shelters.open.{shelter.id}",
        on_click=choose,
        args=(shelter.id,),
        width="stretch",
    )


def _more() -> None:
    st.session_state[PAGE] = int(st.session_state.get(PAGE, 1)) + 1


def show_list() -> None:
    """Show the list and what can be done with several of its places."""
    query = _ask_query()
    found = find_shelters(context(), query)
    st.session_state["shelters.areas"] = found.areas or st.session_state.get("shelters.areas", ())
    if not found.total:
        st.info(say("pages.shelters.empty"))
        return
    numbers = {"shown": len(found.lines), "matched": found.matched, "total": found.total}
    st.caption(say("shelters.list.found", **numbers))
    for line in found.lines:
        with st.container(border=True):
            _show_line(line)
    left = found.matched - len(found.lines)
    if left > 0:
        label = say("shelters.list.more", count=min(A_PAGE, left))
        st.button(label, on_click=_more, key="shelters.more")
    _show_bulk(found)


def _show_bulk(found: SheltersFound) -> None:
    with st.expander(say("shelters.bulk.title")):
        st.caption(say("shelters.bulk.lead"))
        done = st.session_state.pop(BULK_DONE, None)
        if done is not None:
            st.success(say("shelters.bulk.done", count=done))
        ids = _choose_places(found.shelters)
        fact = _choose_fact()
        ask_same = st.radio(
            say("shelters.bulk.fact"),
            (True, False),
            format_func=lambda same: say("shelters.bulk.same" if same else "shelters.bulk.set"),
            horizontal=True,
            key="shelters.bulk.same",
            label_visibility="collapsed",
        )
        key = f"shelters.bulk.value.{fact.key}"
        if not ask_same:
            blank = Shelter(id="-", name="-", kind=DestinationKind.GENERAL)
            ask_fact(FactField(fact.column, blank, key))
        ask_how()
        label = say("shelters.bulk.save", count=len(ids))
        if st.button(label, disabled=not ids, type="primary", key="shelters.bulk.save"):
            _save(ids, fact, None if ask_same else key)


def _choose_places(shelters: Sequence[Shelter]) -> list[str]:
    known = {shelter.id: shelter.name for shelter in shelters}
    if st.checkbox(say("shelters.bulk.all_shown"), key="shelters.bulk.all"):
        return list(known)
    return st.multiselect(
        say("shelters.bulk.places"), list(known), format_func=known.__getitem__, key="shelters.bulk.places"
    )


def _choose_fact() -> AskedFact:
    facts = {key: fact for key, fact in asked_facts().items() if key not in _NOT_ALIKE}
    facts = {key: fact for key, fact in facts.items() if not key.startswith("location.")}
    key = st.selectbox(
        say("shelters.bulk.fact"),
        list(facts),
        format_func=lambda k: fact_heading(facts[k]),
        key="shelters.bulk.fact",
    )
    return facts[key]


def _save(ids: Sequence[str], fact: AskedFact, widget_key: str | None) -> None:
    try:
        value: FactValue = None
        if widget_key is not None:
            value = typed_fact(fact.column, widget_key, context().today())
        command = SeveralConfirmed(
            ids,
            {} if widget_key is None else {fact.key: value},
            (fact.key,) if widget_key is None else (),
            how_confirmed(),
        )
        st.session_state[BULK_DONE] = confirm_several(context(), command)
    except BcpKitError as error:
        show_error(error)
        return
    st.rerun()

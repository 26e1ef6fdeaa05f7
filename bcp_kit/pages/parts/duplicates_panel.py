"""Pairs of records that may be one person: side by side, merged field by field, or said to be two people."""

import streamlit as st

from bcp_kit.domain.people import Person
from bcp_kit.intake.same_person import reason_words
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.duplicates import (
    DuplicatePair,
    DuplicatesFound,
    MergeCommand,
    PairView,
    Side,
    compare_people,
    find_duplicates,
    mark_different,
    merge_people,
)
from bcp_kit.services.duplicates_words import PairField, pair_fields

FOUND, CHOSEN, DONE = "duplicates.found", "duplicates.chosen", "duplicates.done"
SHOWN_PAIRS = 20


def show_duplicates() -> None:
    """Show the pairs, or the one that is being decided."""
    st.markdown(say("identity.screen.duplicates_text"))
    done = st.session_state.pop(DONE, "")
    if done:
        st.success(plain(done))
    if st.button(say("identity.screen.search_duplicates"), key="duplicates.search"):
        with st.spinner(say("identity.screen.searching")):
            st.session_state[FOUND] = find_duplicates(context(), SHOWN_PAIRS)
        st.session_state.pop(CHOSEN, None)
    found: DuplicatesFound | None = st.session_state.get(FOUND)
    if found is None:
        return
    if not found.pairs:
        st.info(say("identity.duplicates.none"))
        return
    chosen: tuple[str, str] | None = st.session_state.get(CHOSEN)
    if chosen is None:
        _show_pairs(found)
    else:
        _show_pair(compare_once(*chosen))


def _name(person: Person) -> str:
    born = "" if person.birth_date is None else person.birth_date.isoformat()
    address = say("pages.register.protected_short") if person.protected_address else person.address
    return "　".join(part for part in (person.register_no, person.name, born, address) if part)


def _show_pairs(found: DuplicatesFound) -> None:
    st.markdown(f"**{say('identity.duplicates.total', count=found.total)}**")
    for number, pair in enumerate(found.pairs):
        with st.container(border=True):
            _show_likeness(pair)
            st.text(_name(pair.first))
            st.text(_name(pair.second))
            st.button(
                say("identity.screen.look", number=number + 1),
                key=f"duplicates.look.{number}",
                on_click=_choose,
                args=(pair.first.id, pair.second.id),
            )
    if found.total > len(found.pairs):
        st.caption(say("identity.screen.more_pairs", count=found.total - len(found.pairs)))


def _show_likeness(pair: DuplicatePair | PairView) -> None:
    reasons = reason_words(pair.likeness.reasons, language())
    st.markdown(f"**{say('identity.screen.likeness', score=pair.likeness.score)}**　{reasons}")


def _choose(first: str, second: str) -> None:
    st.session_state[CHOSEN] = (first, second)


def compare_once(kept_id: str, other_id: str) -> PairView:
    """Return the two records side by side; the look is one entry of the audit log, not one per redraw."""
    key = "duplicates.view"
    known: PairView | None = st.session_state.get(key)
    if known is None or (known.kept.id, known.other.id) != (kept_id, other_id):
        known = compare_people(context(), kept_id, other_id)
        st.session_state[key] = known
    return known


def _show_pair(view: PairView) -> None:
    _show_likeness(view)
    st.markdown(say("identity.screen.choose_text"))
    take: dict[str, Side] = {}
    for field in pair_fields(view, language()):
        take[field.name] = _ask(view, field)
    st.markdown(say("identity.screen.merge_text", number=view.kept.register_no or view.kept.id))
    merge, apart, back = st.columns((2, 2, 1))
    if merge.button(say("identity.screen.merge"), type="primary", key="duplicates.merge", width="stretch"):
        outcome = merge_people(context(), MergeCommand(view.kept.id, view.other.id, take))
        counts = {"consents": outcome.consents, "links": outcome.links, "plans": outcome.plans}
        label = f"{outcome.person.register_no} {outcome.person.name}"
        _finish(say("identity.duplicates.merged", label=label, **counts))
    if apart.button(say("identity.screen.two_people"), key="duplicates.apart", width="stretch"):
        mark_different(context(), view.kept.id, view.other.id)
        _finish(say("identity.duplicates.different"))
    if back.button(say("pages.facility.back"), key="duplicates.back", width="stretch"):
        st.session_state.pop(CHOSEN, None)
        st.rerun()


def _ask(view: PairView, field: PairField) -> Side:
    """Ask from which record a field is taken; what is proposed is chosen already."""
    texts = {Side.KEPT: field.kept, Side.OTHER: field.other}
    sides = list(Side)
    return st.radio(
        plain(field.heading),
        sides,
        index=sides.index(field.proposed),
        format_func=lambda side: plain(texts[side]) or say("identity.screen.empty"),
        key=f"duplicates.take.{view.kept.id}.{view.other.id}.{field.name}",
        horizontal=True,
    )


def _finish(said: str) -> None:
    """Say what was done and propose the pairs that are left."""
    st.session_state[DONE] = said
    st.session_state[FOUND] = find_duplicates(context(), SHOWN_PAIRS)
    st.session_state.pop(CHOSEN, None)
    st.rerun()

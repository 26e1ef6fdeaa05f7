"""One destination on one screen: its 47 items in groups, each fact with who confirmed it and when."""

from collections.abc import Sequence
from functools import partial
from itertools import groupby

import streamlit as st

from bcp_kit.catalogues.load import catalogue, number, source_titles
from bcp_kit.catalogues.vocabulary import shelter_features
from bcp_kit.domain.shelter_facts import FEATURE
from bcp_kit.domain.shelters import Shelter
from bcp_kit.forms.shelter_capacity import FORMULA, capacity_estimate
from bcp_kit.forms.shelter_form import (
    FEATURES,
    REVIEW,
    AskedFact,
    Sensitivity,
    ShelterGroup,
    ShelterItem,
    asked_facts,
    facts_of,
    sheet_columns,
    shelter_form,
)
from bcp_kit.forms.shelter_standing import NEVER_ASKED, FactState, ShelterStanding
from bcp_kit.pages.parts.fact_field import FIXED, FactField, ask_fact
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.pages.parts.shelter_saving import (
    ask_how,
    fact_key,
    keep_as_it_is,
    keep_fact,
    seen_shelter,
    show_saved,
)
from bcp_kit.pages.parts.shelter_spaces import show_spaces
from bcp_kit.pages.parts.shelter_words import kind_label, told
from bcp_kit.services.shelters import standing_of

GROUP, ONLY_OPEN = "shelters.group", "shelters.only_open"
IN_A_ROW = 3
OPEN_STATES = (FactState.UNKNOWN, FactState.STALE, FactState.UNCONFIRMED)


def _left(group: ShelterGroup, standing: ShelterStanding) -> int:
    facts = [f.key for item in group.items for f in facts_of(item) if f.key not in NEVER_ASKED]
    return sum(standing.facts[key].state in OPEN_STATES for key in facts)


def _show_head(shelter: Shelter, standing: ShelterStanding) -> None:
    st.subheader(plain(shelter.name), anchor=False)
    where = "　".join(part for part in (kind_label(shelter.kind), shelter.address) if part)
    added = f"　{say('shelters.board.added_mark')}" if shelter.added_in_event else ""
    st.text(f"{where}{added}")
    counts = {state.value: standing.count(state) for state in FactState}
    done = say("shelters.list.progress", confirmed=counts.pop("confirmed"), total=standing.total)
    st.progress(standing.count(FactState.CONFIRMED) / standing.total, text=done)
    st.caption(say("shelters.list.counts", **counts))


def _show_fact(shelter: Shelter, fact: AskedFact, standing: ShelterStanding) -> None:
    key = fact_key(shelter.id, fact.key)
    column = fact.column.model_copy(update={"heading": f"{fact.row}　{fact.column.heading}"})
    ask_fact(FactField(column, shelter, key, partial(keep_fact, fact.column, key)))
    if fact.key in FIXED:
        st.caption(say("shelters.form.read_only"))
        return
    stands = standing.facts[fact.key]
    st.caption(plain(told(stands)))
    if stands.state in (FactState.STALE, FactState.UNCONFIRMED) and fact.key not in NEVER_ASKED:
        label, name = say("shelters.form.keep"), f"{key}.keep"
        st.button(label, key=name, on_click=keep_as_it_is, args=(fact.key,))


def _show_facts(shelter: Shelter, facts: Sequence[AskedFact], standing: ShelterStanding) -> None:
    for start in range(0, len(facts), IN_A_ROW):
        for place, fact in zip(st.columns(IN_A_ROW), facts[start : start + IN_A_ROW], strict=False):
            with place:
                _show_fact(shelter, fact, standing)


def _show_features(shelter: Shelter, facts: Sequence[AskedFact], standing: ShelterStanding) -> None:
    groups = {key: feature.group for key, feature in shelter_features().items()}

    def group_of(fact: AskedFact) -> str:
        return groups[fact.key.removeprefix(FEATURE)]

    for name, run in groupby(facts, key=group_of):
        st.markdown(f"**{say(f'shelters.feature_group.{name}')}**")
        _show_facts(shelter, list(run), standing)


def _show_why(item: ShelterItem) -> None:
    with st.popover(say("shelters.form.why")):
        if item.law_note_ja:
            st.text(say("shelters.form.law", note=item.law_note_ja))
        sources = "、".join(source_titles(item.sources))
        mark = say(f"forms.mark.{item.verification.value}")
        st.text(say("shelters.form.source", source=sources, mark=mark))
        if item.example_ja:
            st.text(say("shelters.form.example", example=item.example_ja))
        kind = catalogue(REVIEW).need(item.review).label(language())
        st.text(say("shelters.form.review", months=item.review_months, kind=kind))


def _show_item(
    shelter: Shelter, item: ShelterItem, facts: Sequence[AskedFact], standing: ShelterStanding
) -> None:
    with st.container(border=True):
        words, why = st.columns((4, 1), vertical_alignment="center")
        marks = [say(f"shelters.required.{item.required.value}")]
        if item.sensitivity is not Sensitivity.NONE:
            marks.append(say(f"shelters.sensitivity.{item.sensitivity.value}"))
        heading = say("shelters.form.number", number=item.number, title=item.title(language()))
        words.markdown(f"**{plain(heading)}**　〔{'・'.join(marks)}〕")
        with why:
            _show_why(item)
        st.caption(item.hint_ja)
        if item.id == "accepts_detail" and shelter.accepts_text:
            st.text(say("shelters.form.accepts_public", text=shelter.accepts_text))
        (_show_features if item.facts == (FEATURES,) else _show_facts)(shelter, facts, standing)
        if item.id == "geo_point":
            st.caption(say("shelters.form.both_degrees"))
        if item.id == "capacity_effective":
            _show_estimate(shelter)


def _show_estimate(shelter: Shelter) -> None:
    found = capacity_estimate(shelter)
    if found.people is None:
        st.caption(say("shelters.form.estimate_none"))
        return
    reserve = round(number(FORMULA, "reserve_ratio") * 100)
    limit = say(f"shelters.limit.{found.binding}")
    st.info(say("shelters.form.estimate", people=found.people, limit=limit, reserve=reserve))
    if found.missing:
        names = "、".join(sheet_columns()[key].heading for key in found.missing)
        st.caption(say("shelters.form.estimate_missing", facts=names))


def _go(group_id: str) -> None:
    st.session_state[GROUP] = group_id


def _choose_group(standing: ShelterStanding) -> ShelterGroup:
    groups = {group.id: group for group in shelter_form().groups}
    if st.session_state.get(GROUP) not in groups:
        st.session_state[GROUP] = next(iter(groups))
    chosen = st.selectbox(
        say("shelters.form.group"),
        list(groups),
        format_func=lambda i: say(
            "shelters.form.group_open",
            title=groups[i].title(language()),
            count=_left(groups[i], standing),
        ),
        key=GROUP,
        persist_state="session",
    )
    return groups[chosen]


def _show_ways(group: ShelterGroup) -> None:
    ids = [g.id for g in shelter_form().groups]
    at = ids.index(group.id)
    for place, name, target in zip(st.columns(2), ("previous", "next"), (at - 1, at + 1), strict=True):
        there = 0 <= target < len(ids)
        place.button(
            say(f"shelters.form.{name}"),
            key=f"shelters.go.{name}",
            on_click=_go,
            args=(ids[target] if there else "",),
            disabled=not there,
            width="stretch",
        )


def _show_group(shelter: Shelter, standing: ShelterStanding, without: str) -> None:
    group_at, only_at = st.columns((3, 2), vertical_alignment="bottom")
    with group_at:
        group = _choose_group(standing)
    only_open = only_at.checkbox(say("shelters.form.only_open"), key=ONLY_OPEN, persist_state="session")
    st.caption(group.lead_ja)
    shown = 0
    for item in group.items:
        facts = [fact for fact in facts_of(item) if fact.key != without]
        if only_open:
            facts = [f for f in facts if standing.facts[f.key].state in OPEN_STATES]
            facts = [f for f in facts if f.key not in NEVER_ASKED]
        if facts:
            shown += 1
            _show_item(shelter, item, facts, standing)
    if not shown:
        st.success(say("shelters.form.nothing_open"))
    if group.id == "space":
        show_spaces(shelter)
    _show_ways(group)


def _show_focus(shelter: Shelter, key: str, standing: ShelterStanding, people: int) -> None:
    """Show one fact at the top: what the list of guesses sent the officer for."""
    fact = asked_facts()[key]
    with st.container(border=True):
        st.markdown(f"**{say('shelters.form.focus')}**")
        if people:
            st.markdown(say("shelters.form.focus_people", count=people))
        _show_item(shelter, fact.item, (fact,), standing)


def show_shelter_form(shelter_id: str, focus: str = "", people: int = 0) -> None:
    """Ask for what was confirmed about one destination; `focus` is the fact to show first."""
    shelter = seen_shelter(shelter_id)
    standing = standing_of(context(), shelter)
    _show_head(shelter, standing)
    ask_how()
    st.caption(say("shelters.form.lead"))
    show_saved()
    first = focus if focus in asked_facts() else ""
    if first:
        _show_focus(shelter, first, standing, people)
    _show_group(shelter, standing, first)

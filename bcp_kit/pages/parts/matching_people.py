"""A run by person: filters, a table to click, one person's reasons, and the form of a decision."""

from collections.abc import Sequence

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.pages.parts.matching_decide import show_decide
from bcp_kit.pages.parts.matching_left import show_person_reasons, take_found
from bcp_kit.pages.parts.matching_second import show_person_seconds
from bcp_kit.pages.parts.matching_shown import CHOSEN, place_words, way_words
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import language, may, say
from bcp_kit.services.matching_locks import rule_sentence
from bcp_kit.services.matching_read import Line, RunView, fact_label
from bcp_kit.services.matching_tables import LineFilter, districts_of, lines_of, lock_of, needs_in

SHOWN = 200
STATES = ("unplaced", "guessed", "locked")


def _ask_filter(view: RunView) -> LineFilter:
    part = st.text_input(say("pages.matching.search"), key="matching.search").strip()
    tier, need, district, state = st.columns(4)
    tiers = tier.multiselect(say("desk.people.tier"), [1, 2, 3], key="matching.filter.tier")
    asked = list(needs_in(view))
    needs = (
        need.multiselect(
            say("desk.people.need"),
            asked,
            format_func=lambda key: fact_label(key, language()),
            key="matching.filter.need",
        )
        if asked
        else []
    )
    known = list(districts_of(view))
    districts = (
        district.multiselect(say("desk.people.district"), known, key="matching.filter.district")
        if known
        else []
    )
    states = state.multiselect(
        say("desk.people.state"),
        list(STATES),
        format_func=lambda key: say(f"desk.people.{key}"),
        key="matching.filter.state",
    )
    return LineFilter(
        tiers=tuple(tiers),
        needs=tuple(needs),
        districts=tuple(districts),
        part=part,
        unplaced="unplaced" in states,
        guessed="guessed" in states,
        locked="locked" in states,
    )


def _row(line: Line) -> dict[str, str]:
    return {
        say("pages.matching.name"): line.person.name,
        say("pages.matching.tier"): str(line.placement.tier),
        say("matching.column.stage"): say(f"pages.matching.stage_{line.placement.stage}"),
        say("pages.matching.place"): place_words(line),
        say("pages.matching.distance"): way_words(line.placement),
    }


def _show_table(lines: Sequence[Line]) -> None:
    """Show the lines; a click on a row chooses the person."""
    shown = lines[:SHOWN]
    event = st.dataframe(
        [_row(line) for line in shown],
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key="matching.people.table",
        alt=say("pages.matching.everybody"),
    )
    picked = event["selection"]["rows"] if event else []
    clicked = shown[picked[0]].person.id if picked and picked[0] < len(shown) else None
    if clicked != st.session_state.get("matching.people.clicked"):
        st.session_state["matching.people.clicked"] = clicked
        if clicked is not None:
            st.session_state[CHOSEN] = clicked
    if len(lines) > SHOWN:
        st.caption(say("desk.people.more", count=SHOWN))


def show_people(view: RunView) -> None:
    """Show people by filter, and one of them with what can be decided."""
    st.subheader(say("pages.matching.everybody"), anchor=False)
    lines = lines_of(view, _ask_filter(view))
    st.caption(f"{say('desk.people.found', count=len(lines))}　{say('desk.people.click')}")
    _show_table(lines)
    if any(line.placement.guesses for line in lines[:SHOWN]):
        st.caption(say("pages.matching.guess_note"))
    known = {line.person.id: line.person.name for line in (*lines, *view.of_person(_chosen()))}
    st.selectbox(
        say("desk.people.choose"),
        list(known),
        index=None,
        format_func=lambda i: known.get(i, ""),
        key=CHOSEN,
    )
    take_found()
    if _chosen():
        _show_person(view, _chosen())


def _chosen() -> str:
    return str(st.session_state.get(CHOSEN) or "")


def _show_person(view: RunView, person_id: str) -> None:
    lines = view.of_person(person_id)
    if not lines:
        return
    st.subheader(plain(lines[0].person.name), anchor=False)
    for line in lines:
        stage = say(f"pages.matching.stage_{line.placement.stage}")
        st.markdown(f"**{stage}**：{plain(place_words(line))}　{way_words(line.placement)}")
        show_person_seconds(view, line)
        if line.placement.lock_id:
            st.text(say("desk.people.held", reason=lock_of(view.run, line.placement)))
        if line.placement.waived:
            rules = say("matching.list_mark").join(
                rule_sentence(k, language()) for k in line.placement.waived
            )
            st.warning(plain(say("desk.people.waived", rules=rules)))
        show_person_reasons(view, line)
    if may(Action.RUN_MATCHING):
        show_decide(view, lines[0].person)

"""Drills of individual plans on screen: begin one on a copy, print for the day, write down, compare."""

from datetime import date
from functools import partial

import streamlit as st

from bcp_kit.catalogues.vocabulary import transport_modes
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.plan_drills import DrillState, DrillSubject, Inject, Outcome, PlanDrill
from bcp_kit.forms.drill_differences import place_words, planned_stage, way_words
from bcp_kit.pages.parts.pdf import forget_printed, keep_printed, show_printed
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.plan_drill_findings import show_drill_findings
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.pages.parts.upkeep_common import do_and_tell
from bcp_kit.services.plan_drill_papers import (
    RESULT_COLUMNS,
    ListBy,
    lists_of,
    print_list,
    print_results,
    result_cells,
)
from bcp_kit.services.plan_drills import (
    NewDrill,
    NewResult,
    drill_counts,
    drill_districts,
    drill_lines,
    list_drills,
    read_drill,
    record_results,
    start_drill,
)

PAPER, CHOSEN, ROOM = "drill", "drills.chosen", "drills.room"
ROOMS = ("papers", "record", "results", "findings")
SHOWN = 50


def show_drills() -> None:
    """Show the drills, or the form to begin one."""
    st.caption(say("drills.page.lead"))
    found = {drill.id: drill for drill in list_drills(context())}
    with st.expander(say("drills.page.new"), expanded=not found, key="drills.new"):
        _ask_new()
    if not found:
        st.info(say("drills.page.none"))
        return
    chosen = st.selectbox(
        say("drills.page.choose"), list(found), format_func=lambda key: _label(found[key]), key=CHOSEN
    )
    _show_drill(read_drill(context(), chosen or next(iter(found))))


def _label(drill: PlanDrill) -> str:
    state = say(f"drills.state.{drill.state.value}")
    return say("drills.page.label", held_on=drill.held_on.isoformat(), title=drill.title, state=state)


def _ask_new() -> None:
    districts = drill_districts(context())
    total = sum(districts.values())
    names = ["", *(name for name in districts if name)]
    left, right = st.columns(2)
    title = left.text_input(say("drills.field.title"), key="drills.title", max_chars=100)
    held_on: date = right.date_input(say("drills.field.held_on"), key="drills.on", format="YYYY/MM/DD")
    kinds = list(HazardKind)
    hazard = left.selectbox(
        say("drills.field.hazard"),
        kinds,
        format_func=lambda kind: say(f"plans.paper.hazard.{kind.value}"),
        key="drills.hazard",
    )
    district = right.selectbox(
        say("drills.field.district"),
        names,
        format_func=lambda name: (
            say("drills.page.district", name=name, count=districts[name])
            if name
            else say("drills.page.all_people", count=total)
        ),
        key="drills.district",
    )
    groups = st.text_input(say("drills.page.participants"), key="drills.groups", max_chars=300)
    scenario = st.text_input(say("drills.page.own_scenario"), key="drills.scenario", max_chars=300)
    lines = st.text_area(say("drills.page.inject_lines"), key="drills.injects", height=90)
    if st.button(say("drills.page.start"), type="primary", key="drills.start"):
        parts = tuple(groups.replace(",", "、").split("、"))
        order = NewDrill(title, held_on, HazardKind(hazard), district or "", scenario, parts, _injects(lines))
        do_and_tell(lambda: start_drill(context(), order), "drills.page.started")


def _injects(lines: str) -> tuple[Inject, ...]:
    """Return what the leader says; a line without minutes counts as said at the start."""
    found = []
    for line in filter(None, (line.strip() for line in lines.splitlines())):
        minute, _, words = line.partition(" ")
        timed = minute.isdecimal() and words.strip()
        found.append(Inject(minute=int(minute) if timed else 0, words=words.strip() if timed else line))
    return tuple(sorted(found, key=lambda each: each.minute))


def _show_drill(drill: PlanDrill) -> None:
    counts = drill_counts(drill)
    numbers = (f"{say(f'drills.count.{name}')} **{value}**" for name, value in vars(counts).items())
    st.markdown("　".join(numbers))
    if drill.state is DrillState.CLOSED and drill.closed_on:
        st.success(say("drills.page.ended_by", day=drill.closed_on.isoformat(), by=drill.closed_by))
    room = st.segmented_control(
        say("drills.page.choose"),
        ROOMS,
        default=ROOMS[0],
        format_func=lambda name: say(f"drills.page.{name}"),
        label_visibility="collapsed",
        key=ROOM,
    )
    if room == "record":
        _show_recording(drill)
    elif room == "results":
        _show_results(drill)
    elif room == "findings":
        show_drill_findings(drill)
    else:
        _show_papers(drill)


def _show_papers(drill: PlanDrill) -> None:
    forget = partial(forget_printed, PAPER)
    ways = list(ListBy)
    by = ListBy(
        st.radio(
            say("drills.page.list_by"),
            ways,
            format_func=lambda way: say(f"drills.page.by_{way.value}"),
            horizontal=True,
            key="drills.list_by",
            on_change=forget,
        )
    )
    lists = {each.key: each for each in lists_of(drill, by)}
    if not lists:
        st.info(say("drills.paper.nobody"))
        return
    key = st.selectbox(
        say("drills.page.which"),
        list(lists),
        format_func=lambda each: lists[each].title,
        key=f"drills.list.{by.value}",
        on_change=forget,
    )
    if st.button(say("drills.page.print"), type="primary", key="drills.print"):
        keep_printed(PAPER, print_list(context(), drill.id, by, key or ""))
    show_printed(PAPER, say("drills.page.papers"))


def _show_recording(drill: PlanDrill) -> None:
    """Ask what happened with one person; the next one who is not written down comes first."""
    known = {subject.person.id: subject for subject in drill.subjects}
    ordered = sorted(known, key=lambda key: key in drill.results)
    chosen = st.selectbox(
        say("drills.page.whom"),
        ordered,
        format_func=lambda key: _person(drill, known[key]),
        key=f"drills.whom.{len(drill.results)}",
    )
    if chosen is not None and drill.state is DrillState.RUNNING:
        _ask_result(drill, known[chosen])


def _person(drill: PlanDrill, subject: DrillSubject) -> str:
    mark = say("drills.page.done_mark") if subject.person.id in drill.results else ""
    return f"{subject.person.register_no}　{subject.person.name}{mark}"


def _known(value: Known) -> str:
    return say(f"drills.page.{value.value}")


def _ask_known(name: str, key: str) -> Known:
    answers: list[Known] = [Known.YES, Known.NO, Known.UNKNOWN]
    chosen = st.radio(
        say(f"drills.page.{name}"),
        answers,
        index=2,
        format_func=_known,
        horizontal=True,
        key=f"{key}.{name}",
    )
    return Known(chosen)


def _ask_result(drill: PlanDrill, subject: DrillSubject) -> None:
    stage = planned_stage(drill, subject)
    planned = {
        "place": place_words(drill, subject, language()),
        "way": way_words(stage.transport, language()) if stage else "",
        "supporters": say("matching.list_mark").join(s.name for s in subject.supporters),
    }
    st.caption(plain(say("drills.page.planned", **planned)))
    key, modes = f"drills.result.{subject.person.id}", transport_modes()
    places = {place.id: place.name for place in drill.shelters}
    with st.form(key):
        outcomes: list[Outcome] = list(Outcome)
        outcome = st.radio(
            say("drills.page.outcome"),
            outcomes,
            format_func=lambda each: say(f"drills.outcome.{each.value}"),
            horizontal=True,
            key=f"{key}.outcome",
        )
        left, middle, right = st.columns(3)
        way = left.selectbox(
            say("drills.page.way"),
            list(modes),
            index=list(modes).index(stage.transport) if stage and stage.transport in modes else None,
            format_func=lambda each: modes[each].label(language()),
            key=f"{key}.way",
        )
        minutes = middle.number_input(say("drills.page.minutes"), 0, 1440, value=None, key=f"{key}.minutes")
        at = right.selectbox(
            say("drills.page.at"),
            list(places),
            index=None,
            format_func=lambda each: places[each],
            key=f"{key}.at",
        )
        with left:
            helped = _ask_known("helped", key)
        with middle:
            device = _ask_known("device", key)
        words = st.text_input(say("drills.page.words"), key=f"{key}.words", max_chars=500)
        pressed = st.form_submit_button(say("drills.page.keep"), type="primary")
    if pressed:
        told = (way or "", minutes, helped, device, at or "", words)
        result = NewResult(subject.person.id, Outcome(outcome), *told)
        do_and_tell(
            lambda: record_results(context(), drill.id, [result]),
            "drills.page.kept",
            name=subject.person.name,
        )


def _show_results(drill: PlanDrill) -> None:
    heads = [say(f"drills.paper.column.{name}") for name in RESULT_COLUMNS]
    lines = drill_lines(drill)
    rows = [dict(zip(heads, result_cells(drill, line), strict=True)) for line in lines[:SHOWN]]
    show_table(rows, alt=say("drills.page.results"))
    if st.button(say("drills.page.print_results"), key="drills.print_results"):
        keep_printed(PAPER, print_results(context(), drill.id))
    show_printed(PAPER, say("drills.page.results"))

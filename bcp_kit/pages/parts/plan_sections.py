"""Completing one plan section by section: what is missing and who can supply it, areas of function, power."""

from collections.abc import Callable

import streamlit as st

from bcp_kit.domain.base import Known
from bcp_kit.forms.plan_form import PlanSection
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.plan_fields import (
    Desk,
    ask_origin,
    forget_sheet,
    read_sheet,
    show_conflict,
    show_section,
)
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.plan_fields import PlanSheet, functional_areas, requirement_words, supplier_words
from bcp_kit.services.plan_power import power_checks, power_need
from bcp_kit.services.plans import PlanView

CHOSEN = "plan.section"
WITH_AREAS, WITH_POWER = "functional_flags", "devices"
NAMES_SHOWN = 12


def _filled(sheet: PlanSheet, section: PlanSection) -> tuple[int, int]:
    states = [sheet.state(field.id) for field in section.fields if not field.within]
    filled = sum(not state.value.is_empty for state in states)
    return filled, filled + sum(state.missing for state in states)


def _title(sheet: PlanSheet, number: int) -> str:
    section = sheet.form.sections[number]
    filled, total = _filled(sheet, section)
    return say(
        "plan_write.section",
        number=number + 1,
        title=plain(section.title(language())),
        filled=filled,
        total=total,
    )


def _go(number: int) -> None:
    st.session_state[CHOSEN] = number


def _choose_section(sheet: PlanSheet) -> int:
    count = len(sheet.form.sections)
    if st.session_state.get(CHOSEN, 0) not in range(count):
        st.session_state[CHOSEN] = 0
    before, choice, after = st.columns((1, 4, 1), vertical_alignment="bottom")
    choice.selectbox(
        say("plan_write.which"), range(count), format_func=lambda number: _title(sheet, number), key=CHOSEN
    )
    number = int(st.session_state[CHOSEN])
    before.button(
        say("plan_write.before"),
        key="plan.before",
        disabled=number == 0,
        on_click=_go,
        args=(number - 1,),
        width="stretch",
    )
    after.button(
        say("plan_write.after"),
        key="plan.after",
        disabled=number == count - 1,
        on_click=_go,
        args=(number + 1,),
        width="stretch",
    )
    return number


def _show_missing(sheet: PlanSheet) -> None:
    missing = sheet.missing
    st.text("　".join(requirement_words(sheet.filled_counts(), language())))
    if not missing:
        st.success(say("plan_write.complete"))
        return
    with st.expander(say("plan_write.missing", count=len(missing)), key="plan.missing"):
        for key, states in sheet.missing_by_supplier().items():
            names = "、".join(f"{s.field.row} {s.field.item.title(language())}" for s in states[:NAMES_SHOWN])
            more = say("plan_write.and_more", count=len(states) - NAMES_SHOWN)
            st.markdown(f"**{say('plan_write.ask', whom=supplier_words(key, language()))}**")
            st.text(names + (more if len(states) > NAMES_SHOWN else ""))


def _show_areas(sheet: PlanSheet) -> None:
    """Show the eight areas of function with what is still unknown in each."""
    st.markdown(f"**{say('plan_write.areas')}**")
    for area in functional_areas(sheet, language()):
        names = "、".join(f"{s.field.row} {s.field.item.title(language())}" for s in area.missing)
        filled = sum(not state.value.is_empty for state in area.fields)
        line = say("plan_write.area", name=area.label, filled=filled, total=len(area.fields))
        st.text(line + (say("plan_write.area_missing", names=names) if names else ""))
    st.caption(say("plan_write.areas_note"))


def _show_power(view: PlanView) -> None:
    """Show whether the devices run at the places of the plan."""
    need = power_need(view.person.devices)
    if need is None or view.plan is None:
        return
    st.markdown(f"**{say('plan_write.power')}**")
    battery = say("plan_fields.power.battery_unknown")
    if need.battery_h is not None:
        battery = say("plan_fields.power.battery_known", hours=f"{need.battery_h:g}")
    st.text(say("plan_fields.power.need", watts=need.watts, wh=need.wh_day, battery=battery))
    if need.unknown:
        st.text(say("plan_fields.power.unknown_devices", names="、".join(need.unknown)))
    checks = power_checks(view.person, view.plan, view.shelters)
    for check in checks:
        hazard, words = (
            say(f"plans.paper.hazard.{check.hazard.value}"),
            say(f"plan_fields.power.{check.reason}"),
        )
        line = say("plan_fields.power.line", hazard=hazard, place=plain(check.place), words=words)
        (st.success if check.enough is Known.YES else st.warning)(line)
    if checks:
        st.caption(say("plan_fields.power.note"))


def show_writing(view: PlanView, after: Callable[[], None]) -> None:
    """Show the sections of the plan in the town's form; `after` is called whenever something was stored."""
    sheet = read_sheet(view.person.id)
    if view.plan is not None and sheet.plan.version < view.plan.version:
        forget_sheet()
        sheet = read_sheet(view.person.id)
    desk = Desk(sheet, after)
    st.caption(say("plan_write.form", title=plain(sheet.form.title(language()))))
    _show_missing(sheet)
    ask_origin()
    show_conflict(desk)
    section = sheet.form.sections[_choose_section(sheet)]
    show_section(desk, section)
    ids = {field.id for field in section.fields}
    if WITH_AREAS in ids:
        _show_areas(sheet)
    if WITH_POWER in ids:
        _show_power(view)

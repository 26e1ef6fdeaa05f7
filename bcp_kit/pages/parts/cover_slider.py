"""Who can come, at once: sliders over a scenario beside a chart by day, by shift or by post."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.pages.parts.cover_numbers import show_numbers
from bcp_kit.pages.parts.cover_people import show_people
from bcp_kit.pages.parts.cover_survey import show_survey
from bcp_kit.pages.parts.cover_words import label
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, has_text, may, say
from bcp_kit.services.attendance_view import (
    AttendanceView,
    Moved,
    Tier,
    Wave,
    attendance_facts,
    attendance_view,
    moved_scenario,
)
from bcp_kit.services.cover import default_scenarios

COLOURS = {Tier.SURE: "#08519C", Tier.LIKELY: "#6BAED6", Tier.HARD: "#BDBDBD", Tier.NOT: "#EDEDED"}
FREE_COLOUR, ASKED_COLOUR = "#2171B5", "#CB181D"
SHIFT_DAYS, METRIC_DAYS, CHART_PX, BAR_PX = 3, (0, 1, 3, 7), 330, 44
LOOKS = ("by_day", "by_shift", "by_role")


def _slider(name: str, high: int, value: int, base: Scenario) -> int:
    return int(
        st.slider(
            say(f"attendance.{name}"),
            0,
            high,
            min(high, value),
            key=f"slider.{base.id}.{name}",
        )
    )


def _waves(base: Scenario) -> tuple[Wave, ...] | None:
    """Ask for two waves of illness; None leaves the scenario's own shares as long as nothing is moved."""
    with st.expander(say("attendance.illness"), expanded=base.event is EventKind.INFECTION):
        length = st.slider(say("attendance.wave_length"), 1, 10, 5, key=f"slider.{base.id}.wave_length")
        found = []
        for number, first in ((1, 0), (2, base.days // 2)):
            key = f"slider.{base.id}.wave{number}"
            usual = round(100 * sum(base.infected_share_by_day)) if number == 1 else 0
            share = st.slider(
                say("attendance.wave_share", number=number), 0, 80, min(80, usual), key=f"{key}.share"
            )
            day = st.slider(
                say("attendance.wave_day", number=number), 0, base.days - 1, first, key=f"{key}.day"
            )
            if share:
                found.append(Wave(day, length, share / 100))
    moved = len(found) > 1 or round(100 * sum(w.share for w in found)) != round(
        100 * sum(base.infected_share_by_day)
    )
    return tuple(found) if moved else None


def _ask(base: Scenario) -> Moved:
    last = base.days
    hour = _slider("hour", 23, base.starts_at.hour, base)
    road = _slider("road_days", last, base.road_back_day or 0, base)
    road_share = _slider("road_share", 100, round(100 * base.road_cut_share), base)
    train = _slider("train_days", last, base.train_back_day or 0, base)
    train_share = _slider("train_share", 100, round(100 * base.train_cut_share), base)
    schools = _slider("school_days", last, base.schools_reopen_day or 0, base)
    homes = _slider("homes", 100, round(100 * base.homes_damaged_share), base)
    return Moved(
        hour=hour,
        road_back_day=road,
        road_cut_share=road_share / 100,
        train_back_day=train,
        train_cut_share=train_share / 100,
        schools_reopen_day=schools,
        homes_damaged_share=homes / 100,
        waves=_waves(base),
    )


def _show_metrics(view: AttendanceView) -> None:
    days = [d for d in METRIC_DAYS if d < len(view.days)]
    for place, day in zip(st.columns(len(days)), days, strict=True):
        heads = f"{view.days[day].expected:.0f}"
        place.metric(
            say("attendance.metric", day=day, staff=view.staff), say("attendance.metric_value", heads=heads)
        )


def _chart_by_day(view: AttendanceView) -> None:
    names = {tier: say(f"attendance.tier.{tier.value}") for tier in Tier}
    data: dict[str, list[float | str]] = {say("attendance.day_axis"): [f"{d.day:02}" for d in view.days]}
    upwards = tuple(reversed(Tier))  # the first stands on top, so those who surely come stand below
    for tier in upwards:
        data[names[tier]] = [d.by_tier[tier] for d in view.days]
    st.bar_chart(
        data,
        x=say("attendance.day_axis"),
        y=[names[tier] for tier in upwards],
        x_label=say("attendance.day_axis"),
        y_label=say("attendance.people_axis"),
        color=[COLOURS[tier] for tier in upwards],
        sort=False,
        height=CHART_PX,
        alt=say("attendance.chart_title"),
    )


def _short(shift: str) -> str:
    """Return the name of a shift for the axis of a chart, where long names are cut."""
    key = f"attendance.short_shift.{shift}"
    return say(key) if has_text(key) else label("shifts", shift)


def _chart_by_shift(view: AttendanceView) -> None:
    shown = [s for s in view.shifts if s.day < SHIFT_DAYS]
    free, asked, at = (say(f"attendance.{key}") for key in ("free", "asked", "shift_axis"))
    st.bar_chart(
        {
            at: [say("attendance.at_shift", day=s.day, shift=_short(s.shift)) for s in shown],
            free: [round(s.expected, 1) for s in shown],
            asked: [s.asked for s in shown],
        },
        x=at,
        y=[free, asked],
        x_label="",
        y_label=say("attendance.people_axis"),
        color=[FREE_COLOUR, ASKED_COLOUR],
        stack=False,
        sort=False,
        horizontal=True,
        height=80 + BAR_PX * len(shown),
        alt=free,
    )
    st.caption(say("attendance.shift_note"))


def _table_by_role(view: AttendanceView) -> None:
    days = [d for d in METRIC_DAYS if d < len(view.days)]
    rows = [
        {
            say("cover.cli.post"): label("post_groups", group),
            **{say("cover.cli.day_number", day=day): f"{view.days[day].by_group[group]:.1f}" for day in days},
        }
        for group in view.days[0].by_group
    ]
    show_table(rows, alt=say("attendance.by_role"))
    st.caption(say("attendance.role_note"))


def _show_chart(view: AttendanceView) -> None:
    days = min(SHIFT_DAYS, len(view.days))
    look = st.segmented_control(
        say("attendance.chart_by"),
        LOOKS,
        default=LOOKS[0],
        format_func=lambda key: say(f"attendance.{key}", days=days),
        key="slider.look",
        required=True,
        label_visibility="collapsed",
    )
    {"by_day": _chart_by_day, "by_shift": _chart_by_shift, "by_role": _table_by_role}[look or LOOKS[0]](view)


def _show_hours(view: AttendanceView) -> None:
    if not view.hours:
        return
    with st.expander(say("attendance.hours_title")):
        rows = [
            {
                say("attendance.hours"): say("attendance.hours_value", hours=h.hours),
                say("attendance.on_site"): f"{h.expected:.1f}",
                say("attendance.share"): f"{100 * h.expected / view.staff:.0f}%",
                say("attendance.template"): ""
                if h.template_percent is None
                else f"{h.template_percent:.0f}%",
            }
            for h in view.hours
        ]
        show_table(rows, alt=say("attendance.hours_title"))


def show_slider(facility: Facility) -> None:
    """Show the sliders and, beside them, who can come."""
    st.subheader(say("attendance.title"), anchor=False)
    if not may(Action.SEE_STAFF):
        st.info(say("attendance.no_right"))
        return
    st.caption(say("attendance.lead"))
    known = {scenario.id: scenario for scenario in default_scenarios(context())}
    left, right = st.columns((2, 5), gap="medium")
    with left:
        chosen = st.selectbox(
            say("attendance.which"), list(known), format_func=lambda i: known[i].name, key="slider.which"
        )
        moved = _ask(known[chosen])
    facts = attendance_facts(context(), facility.id, known[chosen])
    with right:
        if not facts.staff:
            st.info(say("attendance.nobody"))
            return
        view = attendance_view(facts, moved_scenario(known[chosen], moved))
        _show_metrics(view)
        _show_chart(view)
        _show_hours(view)
    show_people(view)
    show_survey(facility)
    show_numbers(facility)

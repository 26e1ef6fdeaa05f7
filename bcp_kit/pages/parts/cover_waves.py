"""How sure it is that life-keeping work holds: chance by day and shift, what helps most, places by chance."""

import streamlit as st

from bcp_kit.domain.facilities import Facility
from bcp_kit.pages.parts.cover_words import cover_say, day_text, label
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.scenario_form import ask_scenario
from bcp_kit.pages.parts.session import say
from bcp_kit.services.cover_waves import Chance, WavesCommand, WavesReport, run_waves

JOB, MADE = "waves", "waves.made"
DRAWS, SAMPLES = 1000, 3
HOLDS, HELPS = "#08519C", "#31A354"
SURE, LEAST_SAVED = 0.9995, 0.005


def percent(value: float) -> str:
    """Return a share in percent; only what is certain is 0 or 100."""
    whole = value >= SURE or value == 0
    return f"{100 * value:.0f}" if whole else f"{min(99.9, max(0.1, 100 * value)):.1f}"


def _range(chance: Chance) -> str:
    low, high = percent(chance.low), percent(chance.high)
    if low == high:
        return say("waves.cli.percent", value=low)
    return say("waves.cli.range", low=low, high=high)


def _show_head(report: WavesReport) -> None:
    asked = report.command
    head = say(
        "waves.cli.head",
        scenario=asked.scenario.name,
        staff=report.staff,
        days=asked.scenario.days,
        draws=asked.draws,
        seed=asked.seed,
    )
    st.caption(plain(head))
    whole = report.whole
    words = say(
        "waves.cli.whole",
        low=percent(whole.low),
        high=percent(whole.high),
        error=f"{100 * whole.error:.1f}",
    )
    (st.success if whole.low >= SURE else st.warning)(words)
    points = f"{100 * (whole.high - whole.low):.1f}"
    st.markdown(plain(say("waves.cli.two_numbers", points=points)))
    st.markdown(say("waves.cli.short", short=f"{report.short:.1f}", days=asked.scenario.days))


def _show_days(report: WavesReport) -> None:
    st.subheader(say("waves.page.days"), anchor=False)
    holds, day = say("waves.page.holds"), say("attendance.day_axis")
    st.bar_chart(
        {
            day: [f"{d.day:02}" for d in report.days],
            holds: [round(100 * d.chance.low, 1) for d in report.days],
        },
        x=day,
        y=holds,
        x_label=day,
        y_label=holds,
        color=HOLDS,
        sort=False,
        height=300,
        alt=say("waves.page.days"),
    )
    st.caption(say("waves.cli.low_note"))
    weak = [
        {
            say("waves.cli.day"): day_text(s.day),
            say("waves.cli.shift"): label("shifts", s.shift),
            say("waves.cli.holds"): _range(s.chance),
            say("waves.cli.missing"): f"{s.missing:.2f}",
            say("waves.cli.scarce"): label("post_groups", s.scarce) if s.scarce else "",
        }
        for s in report.shifts
        if s.chance.low < SURE
    ]
    if not weak:
        st.success(say("waves.cli.shifts_none"))
        return
    st.markdown(f"**{say('waves.cli.shifts')}**")
    show_table(weak, alt=say("waves.cli.shifts"))


def _show_measures(report: WavesReport) -> None:
    st.subheader(say("waves.page.measures"), anchor=False)
    st.caption(say("waves.page.measures_lead"))
    helping = [m for m in report.measures if m.saved >= LEAST_SAVED]
    measure, saved = say("waves.cli.measure"), say("waves.page.saved")
    if helping:
        st.bar_chart(
            {
                measure: [say(f"waves.short_measure.{m.key}") for m in helping],
                saved: [round(m.saved, 2) for m in helping],
            },
            x=measure,
            y=saved,
            x_label="",
            y_label=saved,
            color=HELPS,
            horizontal=True,
            sort=False,
            height=80 + 44 * len(helping),
            alt=say("waves.page.measures"),
        )
    rows = [
        {
            measure: label("wave_measures", m.key),
            say("waves.cli.people"): str(m.people) if m.people else say("waves.cli.nobody"),
            say("waves.cli.saved"): say(
                "waves.cli.plus", value=f"{m.saved:.2f}", error=f"{m.saved_error:.2f}"
            ),
            say("waves.cli.after"): say("waves.cli.percent", value=percent(m.chance)),
            say("waves.cli.gain"): say(
                "waves.cli.plus", value=f"{100 * m.gain:.1f}", error=f"{100 * m.gain_error:.1f}"
            ),
        }
        for m in report.measures
    ]
    show_table(rows, alt=say("waves.page.measures"))


def _show_places(report: WavesReport) -> None:
    if not report.places:
        return
    st.subheader(say("waves.cli.places"), anchor=False)
    rows = [
        {
            say("waves.cli.day"): day_text(p.day),
            say("waves.cli.need"): label("need_classes", p.need_class),
            say("waves.cli.low"): str(p.low),
            say("waves.cli.middle"): str(p.middle),
            say("waves.cli.some"): say("waves.cli.percent", value=percent(p.some)),
            say("waves.cli.binding"): say(f"cover.limit.{p.binding}"),
        }
        for p in report.places
    ]
    show_table(rows, alt=say("waves.cli.places"))
    st.caption(say("waves.cli.places_note"))


def _show_compared(report: WavesReport) -> None:
    found = report.compared
    if not found:
        st.caption(say("waves.cli.compared_none"))
        return
    over = f"{sum(c.fast - c.most for c in found) / len(found):.2f}"
    held, agree = sum(c.most == 0 for c in found), sum(c.fast == c.most for c in found)
    st.caption(say("waves.cli.compared", count=len(found), agree=agree, held=held, over=over))
    unproven = sum(c.least < c.most for c in found)
    if unproven:
        st.caption(say("waves.cli.compared_open", count=unproven))


def show_waves(facility: Facility) -> None:
    """Show the question, the button that draws, and the newest answer of this session."""
    st.subheader(say("waves.page.title"), anchor=False)
    st.caption(say("waves.page.lead"))
    scenario = ask_scenario()
    if st.button(say("waves.page.run"), type="primary", key="waves.run"):
        command = WavesCommand((facility.id,), scenario, draws=DRAWS, samples=SAMPLES)
        start_job(JOB, lambda ctx: run_waves(ctx, command))
    made = show_job(JOB)
    if made is not None:
        st.session_state[MADE] = made
        st.rerun()
    report: WavesReport | None = st.session_state.get(MADE)
    if report is None or facility.id not in report.command.facility_ids:
        return
    _show_head(report)
    _show_days(report)
    _show_measures(report)
    _show_places(report)
    _show_compared(report)
    st.caption(cover_say("assumptions"))

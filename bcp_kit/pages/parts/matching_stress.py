"""What remains when places do not open: a chart that reads in black and white, and the places needed most."""

from typing import Any

import streamlit as st

from bcp_kit.catalogues.load import catalogue
from bcp_kit.cores.shelter_matching.stress import Stress
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.number_field import NumberField, ask_number
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import has_text, language, say
from bcp_kit.services.matching_read import RunView
from bcp_kit.services.matching_stress import (
    DEFAULT_DRAWS,
    StressCommand,
    StressReport,
    run_stress,
    scenario_keys,
)

JOB, MADE = "matching.stress", "matching.made.stress"
TIERS, MOST_DRAWS, BAR_PX = (1, 2, 3), 1000, 44
BLACK, GREY = "#111111", "#9a9a9a"


def scenario_label(key: str) -> str:
    """Return the name of a scenario; a set named by the officer is its own name."""
    if has_text(f"matching.stress.{key}"):
        return say(f"matching.stress.{key}")
    row = catalogue("stress_scenarios").rows.get(key)
    return row.label(language()) if row else key


def _ask(view: RunView) -> None:
    left, right = st.columns((3, 1))
    keys = left.multiselect(
        say("desk.stress.scenarios"),
        list(scenario_keys()),
        default=list(scenario_keys()),
        format_func=scenario_label,
        key="matching.stress.scenarios",
    )
    with right:
        field = NumberField(
            say("desk.stress.draws"), "matching.stress.draws", whole=True, low=1, high=MOST_DRAWS
        )
        draws = ask_number(field, DEFAULT_DRAWS)
    if st.button(say("desk.stress.run"), type="primary", key="matching.stress.run"):
        command = StressCommand(run_id=view.run.id, scenarios=tuple(keys), draws=int(draws or DEFAULT_DRAWS))
        start_job(JOB, lambda ctx: run_stress(ctx, command))


def _share(stress: Stress, placed: float) -> float:
    before = sum(stress.before.placed.values())
    return round(100 * placed / before, 1) if before else 100.0


def _rows(report: StressReport) -> list[dict[str, Any]]:
    """Return by scenario the part of the people placed who keep a place, in the mean and the worst draw."""
    rows = []
    for key, stress in report.reports.items():
        mean = sum(stress.mean_placed(t) for t in TIERS)
        worst = min((sum(d.placed.values()) for d in stress.draws), default=0)
        rows += [
            {"case": scenario_label(key), "which": say("desk.stress.mean"), "share": _share(stress, mean)},
            {"case": scenario_label(key), "which": say("desk.stress.worst"), "share": _share(stress, worst)},
        ]
    return rows


def _chart(report: StressReport) -> dict[str, Any]:
    """Return a Vega-Lite chart: bars with their figures, black for the mean, grey for the worst."""
    rows = _rows(report)
    order = list(dict.fromkeys(row["case"] for row in rows))
    which = [say("desk.stress.mean"), say("desk.stress.worst")]
    colour = {
        "field": "which",
        "sort": which,
        "scale": {"domain": which, "range": [BLACK, GREY]},
        "legend": {"title": None, "orient": "top", "labelFontSize": 14, "labelLimit": 400},
    }
    axis = {"labelLimit": 320, "labelFontSize": 14}
    return {
        "data": {"values": rows},
        "height": BAR_PX * max(1, len(order)) + 40,
        "encoding": {
            "y": {
                "field": "case",
                "sort": order,
                "title": None,
                "axis": axis,
            },
            "yOffset": {"field": "which", "sort": which},
            "x": {
                "field": "share",
                "type": "quantitative",
                "title": say("desk.stress.share"),
                "scale": {"domain": [0, 110]},
            },
        },
        "layer": [
            {"mark": {"type": "bar", "stroke": BLACK, "strokeWidth": 1}, "encoding": {"color": colour}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 13, "color": BLACK},
                "encoding": {"text": {"field": "share", "type": "quantitative", "format": ".0f"}},
            },
        ],
        "config": {"view": {"stroke": None}},
    }


def _people_row(key: str, stress: Stress) -> dict[str, str]:
    row = {say("desk.stress.scenario"): scenario_label(key)}
    for t in TIERS:
        row[say("desk.stress.tier", tier=t)] = f"{stress.mean_placed(t):,.0f} ／ {stress.least_placed(t):,}"
    mean = sum(stress.mean_placed(t) for t in TIERS)
    worst = min((sum(d.placed.values()) for d in stress.draws), default=0)
    row[say("desk.stress.all_people")] = f"{mean:,.0f} ／ {worst:,}"
    return row


def _show_needed(report: StressReport) -> None:
    st.markdown(f"**{say('desk.stress.needed')}**")
    found = report.needed_most()
    if not found:
        st.success(say("desk.stress.none_needed"))
        return
    st.caption(say("desk.stress.needed_lead"))
    rows = [
        {
            say("desk.stress.place"): shelter.name,
            say("desk.stress.loses"): f"{weight:,}",
            say("desk.stress.suited"): f"{suited:,}",
        }
        for shelter, weight, suited in found
    ]
    show_table(rows, alt=say("desk.stress.needed"))


def _show_person(view: RunView, report: StressReport) -> None:
    known = {line.person.id: line.person for line in view.lines}
    chosen = st.selectbox(
        say("desk.stress.person"), list(known), index=None,
        format_func=lambda i: known[i].name if i in known else "", key="matching.stress.person",
    )  # fmt: skip
    if chosen is None or chosen not in known:
        return
    found = report.of_person(known[chosen])
    if not found:
        st.info(say("desk.stress.person_none"))
    for key, (remains, suited, count) in found.items():
        words = say("desk.stress.remains", count=count, found=remains, suited=suited)
        st.text(f"{scenario_label(key)}：{words}")


def show_stress(view: RunView) -> None:
    """Ask which cases, and show what remains in each."""
    st.subheader(say("desk.view.stress"), anchor=False)
    st.caption(say("desk.stress.lead"))
    if view.run.is_trial:
        return
    _ask(view)
    ended = show_job(JOB)
    if ended is not None:
        st.session_state[MADE] = ended
    report: StressReport | None = st.session_state.get(MADE)
    if report is None or not report.reports:
        return
    st.markdown(f"**{say('desk.stress.chart')}**")
    st.vega_lite_chart(_chart(report), width="stretch")
    st.markdown(f"**{say('desk.stress.table')}**")
    show_table([_people_row(key, s) for key, s in report.reports.items()], alt=say("desk.stress.table"))
    _show_needed(report)
    _show_person(view, report)

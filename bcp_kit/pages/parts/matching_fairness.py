"""Is the answer fair: tiers against first come, the longest ways, groups by need, district and household."""

import streamlit as st

from bcp_kit.cores.shelter_matching.fairness import GroupLine
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_shown import QUICK_S
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.matching_fairness import FairnessReport, group_label, run_fairness
from bcp_kit.services.matching_read import RunView

JOB, MADE = "matching.fairness", "matching.made.fairness"
TIERS, MINUTE_S, LEAST_PEOPLE, SHOWN = (1, 2, 3), 60, 3, 30


def _minutes(seconds: int) -> str:
    return say("desk.fairness.minute", minutes=round(seconds / MINUTE_S))


def _show_tiers(report: FairnessReport) -> None:
    st.markdown(f"**{say('desk.fairness.tiers')}**")
    figures = report.figures
    rows = [
        {
            say("desk.fairness.tier"): say("desk.stress.tier", tier=t),
            say("desk.fairness.people"): f"{figures.people.get(t, 0):,}",
            say("desk.fairness.placed"): f"{figures.placed.get(t, 0):,}",
            say("desk.fairness.first_come"): f"{figures.first_come.get(t, 0):,}",
        }
        for t in TIERS
    ]
    show_table(rows, alt=say("desk.fairness.tiers"))


def _show_longest(view: RunView, report: FairnessReport) -> None:
    st.markdown(f"**{say('desk.fairness.longest')}**")
    people = {u.household.id: u.people for u in report.of.first.units}
    rows = []
    for way in report.figures.ways:
        place = view.shelters.get(way.destination_id)
        names = say("matching.list_mark").join(p.name for p in people.get(way.household_id, ()))
        rows.append(
            {
                say("desk.fairness.who"): names,
                say("pages.matching.tier"): str(way.tier),
                say("desk.fairness.to"): place.name if place else "",
                say("desk.fairness.minutes"): _minutes(way.travel_s),
            }
        )
    show_table(rows, alt=say("desk.fairness.longest"))


def _group_row(line: GroupLine) -> dict[str, str]:
    return {
        say("desk.fairness.group"): group_label(line.dimension, line.group, language()),
        say("desk.fairness.people"): f"{line.people:,}",
        say("desk.fairness.placed"): f"{line.placed:,}",
        say("desk.fairness.first_come"): f"{line.first_come:,}",
        say("desk.fairness.share"): f"{line.share:.0%}",
        say("desk.fairness.mean"): _minutes(line.mean_s) if line.placed else "",
    }


def _show_groups(report: FairnessReport, dimension: str) -> None:
    st.markdown(f"**{say(f'desk.fairness.by_{dimension}')}**")
    worst = report.figures.worst_off(dimension, LEAST_PEOPLE)
    if worst is not None and worst.share < 1:
        name = plain(group_label(dimension, worst.group, language()))
        st.caption(say("desk.fairness.worst", group=name, share=round(100 * worst.share)))
    rows = [_group_row(line) for line in report.figures.of(dimension)[:SHOWN]]
    show_table(rows, alt=say(f"desk.fairness.by_{dimension}"))


def show_fairness(view: RunView) -> None:
    """Show the figures of fairness of the run."""
    st.subheader(say("desk.view.fairness"), anchor=False)
    st.caption(say("desk.fairness.lead"))
    if view.run.is_trial:
        return
    run_id = view.run.id
    if st.button(say("desk.fairness.run"), type="primary", key="matching.fairness.run"):
        start_job(JOB, lambda ctx: run_fairness(ctx, run_id), wait_s=QUICK_S)
    ended = show_job(JOB)
    if ended is not None:
        st.session_state[MADE] = ended
    report: FairnessReport | None = st.session_state.get(MADE)
    if report is None:
        return
    _show_tiers(report)
    _show_longest(view, report)
    for dimension in report.figures.dimensions:
        _show_groups(report, dimension)

"""Two runs beside each other: figures, and whose place differs."""

from collections.abc import Sequence

import streamlit as st

from bcp_kit.domain.placements import MatchingRun, Placement
from bcp_kit.pages.parts.matching_shown import preset_label
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.matching_read import RunView, list_runs, view_of
from bcp_kit.services.matching_tables import Comparison, Move, compare

SHOWN, MADE = 40, "matching.made.compare"
METRES = ("mean_m", "longest_m")


def _label(run: MatchingRun) -> str:
    return say(
        "desk.compare.run_label",
        made=run.made_at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        preset=preset_label(context(), run.preset),
        closed=say("desk.compare.run_closed", count=len(run.closed)) if run.closed else "",
        trial=say("desk.compare.run_trial") if run.is_trial else "",
    )


def _compared(first: MatchingRun, second: MatchingRun, view: RunView) -> Comparison:
    """Return the comparison; kept while the same two runs are looked at."""
    key, kept = (first.id, second.id), st.session_state.get(MADE)
    if kept is None or kept[0] != key:
        views = [view if run.id == view.run.id else view_of(context(), run) for run in (first, second)]
        kept = (key, compare(views[0], views[1]))
        st.session_state[MADE] = kept
    found: Comparison = kept[1]
    return found


def _figures(found: Comparison) -> list[dict[str, str]]:
    rows = []
    for key, (before, after) in found.totals.items():
        rows.append(
            {
                say("desk.compare.figure"): say(f"desk.compare.{key}"),
                say("desk.compare.before"): f"{before:,.0f}",
                say("desk.compare.after"): f"{after:,.0f}",
                say("desk.compare.change"): "±0" if round(after - before) == 0 else f"{after - before:+,.0f}",
            }
        )
    return rows


def _where(placement: Placement | None, view: RunView) -> str:
    if placement is None or (placement.shelter_id is None and not placement.hospital):
        stays = placement is not None and placement.stays_home
        return say("pages.matching.stays") if stays else say("pages.matching.no_place")
    if placement.hospital:
        return say("pages.matching.hospital")
    place = view.shelters.get(placement.shelter_id or "")
    return place.name if place else say("pages.matching.no_place")


def _show_moves(title: str, moves: Sequence[Move], found: Comparison) -> None:
    st.markdown(f"**{say(f'desk.compare.{title}', count=len(moves))}**")
    rows = [
        {
            say("pages.matching.name"): move.person.name,
            say("pages.matching.tier"): str(move.tier),
            say("desk.compare.before"): _where(move.before, found.before),
            say("desk.compare.after"): _where(move.after, found.after),
        }
        for move in moves[:SHOWN]
    ]
    if rows:
        show_table(rows, alt=say(f"desk.compare.{title}", count=len(moves)))
    if len(moves) > SHOWN:
        st.caption(say("pages.matching.more_lines", count=len(moves) - SHOWN))


def show_compare(view: RunView) -> None:
    """Show two runs beside each other: any two kept ones, or a trial and the plan."""
    st.subheader(say("desk.view.compare"), anchor=False)
    runs = {run.id: run for run in list_runs(context(), view.run.hazard)}
    runs = {view.run.id: view.run, **runs}
    if len(runs) < 2:
        st.info(say("desk.compare.too_few"))
        return
    order = list(runs)
    left, right = st.columns(2)
    first = left.selectbox(
        say("desk.compare.first"), order, index=1, format_func=lambda i: _label(runs[i]),
        key="matching.compare.first",
    )  # fmt: skip
    second = right.selectbox(
        say("desk.compare.second"), order, index=0, format_func=lambda i: _label(runs[i]),
        key="matching.compare.second",
    )  # fmt: skip
    if first not in runs or second not in runs:
        return
    found = _compared(runs[first], runs[second], view)
    show_table(_figures(found), alt=say("desk.view.compare"))
    if not (found.moved or found.gained or found.lost):
        st.success(say("desk.compare.same"))
        return
    _show_moves("lost", found.lost, found)
    _show_moves("gained", found.gained, found)
    _show_moves("moved", found.moved, found)

"""The answer of a matching run on screen: who has no place comes first, with reasons and a remedy."""

import streamlit as st

from bcp_kit.domain.placements import SolveStatus, StageResult
from bcp_kit.pages.parts.confirm_first import show_to_confirm
from bcp_kit.pages.parts.matching_map import show_map
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.matching_read import (
    Line,
    RunView,
    places_out_of_use,
    sentence,
    what_to_confirm_first,
)

SHOWN_PEOPLE, SHOWN_REASONS, SHOWN_LINES = 20, 6, 30
TIERS = (1, 2, 3)


def _gap_text(stage: StageResult) -> str:
    """Return in words how far the answer may be from the best one."""
    if stage.status is SolveStatus.OPTIMAL:
        return say("pages.matching.gap_none")
    if stage.gap is None:
        return say("pages.matching.gap_unknown")
    return say("pages.matching.gap", percent=f"{stage.gap * 100:.2f}")


def _stage_row(stage: StageResult) -> dict[str, str]:
    placed, people = stage.placed_by_tier, stage.people_by_tier
    tiers = "　".join(
        say("pages.matching.tier_count", tier=t, placed=placed.get(t, 0), people=people.get(t, 0))
        for t in TIERS
    )
    return {
        say("matching.column.stage"): say(f"pages.matching.stage_{stage.stage}"),
        say("matching.column.people"): f"{stage.people:,}",
        say("matching.column.placed"): f"{stage.placed:,}",
        say("pages.matching.tiers"): tiers,
        say("matching.column.status"): say(f"matching.status.{stage.status.value}"),
        say("matching.column.gap"): _gap_text(stage),
    }


def _show_head(view: RunView) -> None:
    run = view.run
    title = say("matching.title", hazard=say(f"matching.hazard.{run.hazard.value}"))
    st.subheader(title, anchor=False)
    made = run.made_at.astimezone().strftime("%Y-%m-%d %H:%M")
    st.caption(say("pages.matching.made", made=made, mode=say(f"matching.mode.{run.mode.value}")))
    gone = places_out_of_use(view)
    if gone:
        names = "、".join(shelter.name for shelter in gone)
        st.warning(plain(say("shelters.matching.out_of_use", places=names)))
    show_table([_stage_row(stage) for stage in run.stages], alt=title)


def _told(view: RunView, line: Line) -> None:
    for reason in line.placement.reasons[:SHOWN_REASONS]:
        st.text(f"・{sentence(reason, view.shelters, language())}")
    more = len(line.placement.reasons) - SHOWN_REASONS
    if more > 0:
        st.caption(say("pages.matching.more_reasons", count=more))
    if line.placement.remedies:
        st.markdown(f"**{say('pages.matching.remedy')}**")
        for remedy in line.placement.remedies:
            st.text(f"→ {sentence(remedy, view.shelters, language())}")


def _show_left_over(view: RunView) -> None:
    st.subheader(say("pages.matching.left_over"), anchor=False)
    counts = {"first": len(view.unplaced), "second": len(view.waiting), "hospital": len(view.for_hospital)}
    st.markdown(say("matching.left_over", **counts))
    left = (*view.unplaced, *view.waiting, *view.for_hospital)
    if not left:
        st.success(say("pages.matching.nobody_left"))
    for line in left[:SHOWN_PEOPLE]:
        stage = say(f"pages.matching.stage_{line.placement.stage}")
        label = say(
            "pages.matching.person", name=plain(line.person.name), tier=line.placement.tier, stage=stage
        )
        with st.expander(label):
            _told(view, line)
    if len(left) > SHOWN_PEOPLE:
        st.caption(say("pages.matching.more_people", count=len(left) - SHOWN_PEOPLE))


def _show_to_confirm(view: RunView) -> None:
    found = what_to_confirm_first(view)
    if not found:
        return
    st.subheader(say("matching.confirm_first"), anchor=False)
    st.caption(say("pages.matching.confirm_text"))
    show_to_confirm(found, "matching")


def _place(line: Line) -> str:
    if line.placement.hospital:
        return say("pages.matching.hospital")
    if line.placement.stays_home:
        return say("pages.matching.stays")
    if line.shelter is None:
        return say("pages.matching.no_place")
    guess = say("pages.matching.guess") if line.placement.guesses else ""
    return f"{line.shelter.name}{guess}"


def _line_row(line: Line) -> dict[str, str]:
    metres = line.placement.distance_m
    return {
        say("pages.matching.name"): line.person.name,
        say("pages.matching.tier"): str(line.placement.tier),
        say("matching.column.stage"): say(f"pages.matching.stage_{line.placement.stage}"),
        say("pages.matching.place"): _place(line),
        say("pages.matching.distance"): "" if metres is None else f"{metres / 1000:.1f}km",
    }


def _show_everybody(view: RunView) -> None:
    st.subheader(say("pages.matching.everybody"), anchor=False)
    part = st.text_input(say("pages.matching.search"), key="matching.search").strip()
    lines = (
        [x for x in view.lines if part in x.person.name or part in x.person.name_kana] if part else view.lines
    )
    show_table([_line_row(line) for line in lines[:SHOWN_LINES]], alt=say("pages.matching.everybody"))
    if any(line.placement.guesses for line in lines[:SHOWN_LINES]):
        st.caption(say("pages.matching.guess_note"))
    if len(lines) > SHOWN_LINES:
        st.caption(say("pages.matching.more_lines", count=len(lines) - SHOWN_LINES))


def show_matching(view: RunView) -> None:
    """Show a run."""
    _show_head(view)
    _show_left_over(view)
    _show_to_confirm(view)
    show_map(view)
    _show_everybody(view)

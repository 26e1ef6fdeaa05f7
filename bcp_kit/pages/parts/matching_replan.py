"""A place is lost: three ways to go on, side by side, each move with its reason; one can be accepted."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.replan import Move, Replan, Side, Variant
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_shown import QUICK_S, outcome_of
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.matching_read import RunView, sentence
from bcp_kit.services.matching_replan import ReplanCommand, ReplanOutcome, keep_replan, replan

JOB, MADE, SHOWN = "matching.replan", "matching.made.replan", 60
TIERS, HOUR_S = (1, 2, 3), 3600


def _side(side: Side) -> tuple[str, str]:
    placed = "・".join(str(side.placed_by_tier.get(t, 0)) for t in TIERS)
    return placed, say("desk.replan.hours", hours=f"{side.travel_s / HOUR_S:,.1f}")


def _row(name: str, side: Side, moved: str = "", lost: str = "", least: str = "") -> dict[str, str]:
    placed, travel = _side(side)
    return {
        say("desk.replan.variant"): name,
        say("desk.replan.placed"): placed,
        say("desk.replan.moved"): moved,
        say("desk.replan.lost"): lost,
        say("desk.replan.least"): least,
        say("desk.replan.travel"): travel,
    }


def _rows(options: tuple[Replan, ...]) -> list[dict[str, str]]:
    def people(count: int) -> str:
        return say("desk.replan.people", count=count)

    rows = [_row(say("desk.replan.before"), options[0].before)]
    rows += [
        _row(
            say(f"matching.variant.{option.variant.value}"),
            option.after,
            people(option.moved),
            people(option.lost),
            people(option.least_moved) if option.variant is not Variant.FREE else "－",
        )
        for option in options
    ]
    return rows


def _name(view: RunView, shelter_id: str) -> str:
    place = view.shelters.get(shelter_id)
    return place.name if place else say("pages.matching.no_place")


def _move_row(view: RunView, outcome: ReplanOutcome, move: Move) -> dict[str, str]:
    people = outcome.people_of(move)
    who = say("matching.list_mark").join(p.name for p in people) or say("desk.person_unknown")
    return {
        say("desk.replan.who"): who,
        say("pages.matching.tier"): str(move.tier),
        say("desk.replan.was"): _name(view, move.before),
        say("desk.replan.becomes"): _name(view, move.after),
        say("desk.replan.outcome"): say(f"matching.outcome.{move.outcome.value}"),
        say("desk.replan.why"): sentence(
            move.reason.model_copy(update={"subject_id": ""}), view.shelters, language()
        ),
    }


def _ask(view: RunView) -> None:
    places = {i: s.name for i, s in view.shelters.items() if s.kind is not DestinationKind.HOSPITAL}
    closed = st.multiselect(
        say("desk.replan.closed"),
        list(places),
        format_func=lambda i: places.get(i, ""),
        key="matching.replan.closed",
    )
    st.caption(say("desk.replan.nothing"))
    run_id = view.run.id
    if st.button(say("desk.replan.run"), type="primary", key="matching.replan.run"):
        command = ReplanCommand(run_id=run_id, closed=tuple(closed))
        start_job(JOB, lambda ctx: replan(ctx, command), wait_s=QUICK_S)


def show_replan(view: RunView) -> None:
    """Ask what is lost, and show the three ways beside what stands."""
    st.subheader(say("desk.view.replan"), anchor=False)
    st.caption(say("desk.replan.lead"))
    if view.run.is_trial or not may(Action.RUN_MATCHING):
        return
    _ask(view)
    ended = show_job(JOB)
    if ended is not None:
        st.session_state[MADE] = ended
    outcome: ReplanOutcome | None = st.session_state.get(MADE)
    if outcome is None or not outcome.options or outcome.old.run.id != view.run.id:
        return
    show_table(_rows(outcome.options), alt=say("desk.view.replan"))
    variants = [option.variant for option in outcome.options]
    chosen = st.radio(
        say("desk.replan.choose"),
        variants,
        index=variants.index(Variant.FEW_MOVES) if Variant.FEW_MOVES in variants else 0,
        format_func=lambda v: say(f"matching.variant.{v.value}"),
        key="matching.replan.variant",
    )
    _show_moves(view, outcome, outcome.option(Variant(chosen)))
    if st.button(say("desk.replan.accept"), type="primary", key="matching.replan.accept"):
        outcome_of(context(), keep_replan(context(), outcome, Variant(chosen)))
        st.session_state["matching.accepted"] = True
        st.rerun()


def _show_moves(view: RunView, outcome: ReplanOutcome, option: Replan) -> None:
    st.markdown(f"**{say('desk.replan.moves')}**")
    if not option.moves:
        st.info(say("desk.replan.no_moves"))
        return
    rows = [_move_row(view, outcome, move) for move in option.moves[:SHOWN]]
    show_table(rows, alt=say("desk.replan.moves"))
    if len(option.moves) > SHOWN:
        st.caption(say("desk.replan.more", count=len(option.moves) - SHOWN))

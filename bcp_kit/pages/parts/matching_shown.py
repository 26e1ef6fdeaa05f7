"""Which run the matching page shows, kept while it is looked at, because it holds every person."""

import streamlit as st

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import MatchingRun, Placement
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.base import Context
from bcp_kit.services.matching_presets import list_presets
from bcp_kit.services.matching_read import Line, RunView, read_run, view_of
from bcp_kit.services.matching_settings import STANDARD

JOB, VIEW, PART = "match", "matching.view", "matching.part"
CHOSEN = "matching.person"
QUICK_S = 0.9  # a small town's answer comes with the click, without a progress bar in between
KM = 1000


def shown_view(ctx: Context, hazard: HazardKind) -> RunView:
    """Return the run that is shown: a trial that was just made, else the newest of the hazard.

    Raises: BcpKitError U-002 when there is none.
    """
    shown: RunView | None = st.session_state.get(VIEW)
    if shown is not None and shown.run.hazard is hazard:
        return shown
    found = read_run(ctx, hazard=hazard)
    st.session_state[VIEW] = found
    return found


def outcome_of(ctx: Context, run: MatchingRun) -> None:
    """Show a run that was just made."""
    forget()
    st.session_state[VIEW] = view_of(ctx, run)


def forget() -> None:
    """Let the page read the newest run again, and whatever was made from the old one be made anew."""
    for key in [k for k in st.session_state if str(k).startswith(("matching.view", "matching.made."))]:
        del st.session_state[key]


def go_to(part: str) -> None:
    """Show another part of the page at the next run; for `on_click`."""
    st.session_state[PART] = part


def decide_for(person_id: str) -> None:
    """Show the person with the form of a decision; for `on_click`."""
    st.session_state[CHOSEN] = person_id
    go_to("people")


def preset_label(ctx: Context, key: str) -> str:
    """Return the name of an order of goals; the key where it is gone by now."""
    wanted = key or STANDARD
    return next((p.label(language()) for p in list_presets(ctx) if p.key == wanted), wanted)


def place_words(line: Line) -> str:
    """Return where a line leads, with the mark of a guess and of a decision."""
    placement = line.placement
    mark = say("pages.matching.guess") if placement.guesses else ""
    held = f"［{say('desk.people.locked_mark')}］" if placement.lock_id else ""
    if placement.hospital:
        return say("pages.matching.hospital") + held
    if placement.stays_home:
        return say("pages.matching.stays") + held
    if line.shelter is None:
        return say("pages.matching.no_place")
    return f"{line.shelter.name}{mark}{held}"


def way_words(placement: Placement) -> str:
    """Return the length of the way, "" where there is none."""
    metres = placement.distance_m
    return "" if metres is None else f"{metres / KM:.1f}km"

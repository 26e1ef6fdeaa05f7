"""What a matching is asked: hazard, unconfirmed facts, the order of goals, the town's own order."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import UnknownMode
from bcp_kit.pages.parts.guard import show_error
from bcp_kit.pages.parts.session import context, language, may, say
from bcp_kit.services.matching import MatchCommand, small_enough
from bcp_kit.services.matching_presets import list_presets, store_preset


def ask_command() -> MatchCommand:
    """Return what is to be calculated."""
    hazards: list[HazardKind] = list(HazardKind)
    left, right = st.columns(2)
    hazard = left.selectbox(
        say("pages.matching.hazard"),
        hazards,
        index=0,
        format_func=lambda h: say(f"matching.hazard.{h.value}"),
        key="matching.hazard",
        persist_state="session",
    )
    presets = {p.key: p for p in list_presets(context())}
    preset = right.selectbox(
        say("desk.preset"),
        list(presets),
        index=0,
        format_func=lambda key: presets[key].label(language()) if key in presets else key,
        key="matching.preset",
        persist_state="session",
    )
    if preset in presets and presets[preset].told(language()):
        st.caption(presets[preset].told(language()))
    modes: list[UnknownMode] = [UnknownMode.ASSUME, UnknownMode.CONFIRMED_ONLY]
    mode = st.radio(
        say("pages.matching.mode"),
        modes,
        index=0,
        format_func=lambda m: say(f"matching.mode.{m.value}"),
        key="matching.mode",
        persist_state="session",
    )
    if may(Action.RUN_MATCHING):
        _ask_own_preset()
    return MatchCommand(
        hazard=HazardKind(hazard),
        mode=UnknownMode(mode),
        preset=str(preset),
        own_process=not small_enough(context()),
    )


def _ask_own_preset() -> None:
    with st.expander(say("desk.own_preset.title")):
        given = st.file_uploader(say("desk.own_preset.file"), key="matching.preset_file")
        if given is not None and st.button(say("desk.own_preset.add"), key="matching.preset_add"):
            try:
                stored = store_preset(context(), given.getvalue())
            except BcpKitError as error:
                show_error(error)
                return
            st.success(say("desk.own_preset.added", name=stored.label(language())))

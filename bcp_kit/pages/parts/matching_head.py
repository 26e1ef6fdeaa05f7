"""What stands above every part of a run: how it ended, how far from the best, and what has to be said."""

import streamlit as st

from bcp_kit.cores.shelter_matching.changes import change_of
from bcp_kit.domain.locks import LockFault
from bcp_kit.domain.placements import SolveStatus, StageResult
from bcp_kit.pages.parts.matching_shown import forget, go_to, preset_label
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.matching_locks import rule_sentence
from bcp_kit.services.matching_read import RunView, places_out_of_use, sentence
from bcp_kit.services.matching_tables import gap_sentence
from bcp_kit.services.matching_words import change_sentence

TIERS = (1, 2, 3)


def _stage_row(stage: StageResult) -> dict[str, str]:
    placed, people = stage.placed_by_tier, stage.people_by_tier
    tiers = "　".join(
        say("pages.matching.tier_count", tier=t, placed=placed.get(t, 0), people=people.get(t, 0))
        for t in TIERS
    )
    proven = stage.status is SolveStatus.OPTIMAL
    status = "" if proven else f"{say(f'matching.status.{stage.status.value}')}。"
    return {
        say("matching.column.stage"): say(f"pages.matching.stage_{stage.stage}"),
        say("matching.column.people"): f"{stage.people:,}",
        say("matching.column.placed"): f"{stage.placed:,}",
        say("pages.matching.tiers"): tiers,
        say("desk.sure"): f"{status}{gap_sentence(stage, language())}",
    }


def _fault_words(view: RunView, fault: LockFault) -> str:
    names = [line.person.name for line in view.lines if line.person.id == fault.person_id]
    words = say(f"matching.lock_fault.{fault.cause}")
    if fault.rules:
        rules = say("matching.list_mark").join(rule_sentence(key, language()) for key in fault.rules)
        words += say("desk.fault_rules", rules=rules)
    return say("desk.fault_line", name=names[0] if names else say("desk.person_unknown"), words=words)


def _show_trial(view: RunView) -> None:
    words = [change_sentence(change_of(c), view.shelters, language()) for c in view.run.what_if]
    st.warning(plain(say("desk.trial", changes=say("matching.and_mark").join(words))), icon="🧪")
    left, right = st.columns(2)
    left.button(say("desk.trial_back"), on_click=forget, key="matching.trial_back")
    right.button(say("desk.trial_compare"), on_click=go_to, args=("compare",), key="matching.trial_compare")


def show_head(view: RunView) -> None:
    """Show status, bound and gap in plain words, a trial as such, decisions not kept, and notes."""
    run = view.run
    title = say("matching.title", hazard=say(f"matching.hazard.{run.hazard.value}"))
    st.subheader(title, anchor=False)
    if run.is_trial:
        _show_trial(view)
    made = run.made_at.astimezone().strftime("%Y-%m-%d %H:%M")
    told = say("pages.matching.made", made=made, mode=say(f"matching.mode.{run.mode.value}"))
    st.caption(f"{told}　{say('matching.preset_of', name=plain(preset_label(context(), run.preset)))}")
    gone = places_out_of_use(view)
    if gone:
        st.warning(plain(say("shelters.matching.out_of_use", places="、".join(s.name for s in gone))))
    if run.closed:
        names = [view.shelters[i].name for i in run.closed if i in view.shelters]
        st.warning(plain(say("desk.closed", places="、".join(names))))
    for note in run.notes:
        st.warning(plain(sentence(note, view.shelters, language())))
    if run.lock_faults:
        lines = "\n".join(f"- {plain(_fault_words(view, fault))}" for fault in run.lock_faults)
        st.error(f"{say('desk.faults')}\n\n{lines}")
    show_table([_stage_row(stage) for stage in run.stages], alt=title)

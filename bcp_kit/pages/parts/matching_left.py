"""Who has no place comes first: what stands in the way, who holds it, the smallest change, and trying it."""

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.changes import ChangeKind, changes_of
from bcp_kit.domain.placements import Reason
from bcp_kit.domain.shelter_facts import FEATURE
from bcp_kit.pages.parts.confirm_first import FACT_PARAM, SHELTER_PARAM
from bcp_kit.pages.parts.jobs import show_job, start_job
from bcp_kit.pages.parts.matching_batch import show_batch
from bcp_kit.pages.parts.matching_shown import JOB, QUICK_S, decide_for
from bcp_kit.pages.parts.plain import plain
from bcp_kit.pages.parts.session import language, may, say
from bcp_kit.pages.parts.shell import page_path
from bcp_kit.services.matching_read import FIELDS, Line, RunView, sentence
from bcp_kit.services.matching_remedies import remedies_for, try_changes

SHOWN_PEOPLE, SHOWN_REASONS = 20, 6
MADE, FIND = "matching.made.remedies", "matching.find"
_BY_KIND = {
    ChangeKind.SAFE: "exposures",
    ChangeKind.AGREE: "accepts",
    ChangeKind.DIRECT: "direct_evacuation",
    ChangeKind.OPEN: "opens_after_h",
}


def _remedies(view: RunView, line: Line) -> tuple[Reason, ...] | None:
    """Return the changes that are known for the person; None where nobody looked yet."""
    found: dict[str, tuple[Reason, ...]] = st.session_state.setdefault(MADE, {})
    if line.person.id in found:
        return found[line.person.id]
    looked = line.placement.mended or not line.placement.reasons
    return line.placement.remedies or (() if looked else None)


def _find(view: RunView, person_id: str) -> None:
    run_id = view.run.id
    start_job(FIND, lambda ctx: (person_id, remedies_for(ctx, person_id, run_id)), wait_s=QUICK_S)


def take_found() -> None:
    """Show the search for a smallest change while it runs, and keep what it found."""
    ended = show_job(FIND)
    if ended is not None:
        person_id, remedies = ended
        found: dict[str, tuple[Reason, ...]] = st.session_state.setdefault(MADE, {})
        found[person_id] = remedies


def _field(remedy: Reason, view: RunView) -> str:
    """Return the field of the shelter form that a change is about."""
    change = changes_of(remedy)[0]
    if change.resource is not None:
        return FIELDS.get(change.resource.value, "")
    if change.kind in (ChangeKind.CONFIRM, ChangeKind.EQUIP):
        return f"{FEATURE}{change.fact}"
    if change.kind is ChangeKind.SAFE:
        return f"exposures.{view.run.hazard.value}.in_zone"
    return _BY_KIND.get(change.kind, "")


def _try(view: RunView, remedy: Reason) -> None:
    changes = changes_of(remedy)
    start_job(JOB, lambda ctx: try_changes(ctx, view.run.id, changes), wait_s=QUICK_S)


def _show_remedy(view: RunView, remedy: Reason, key: str) -> None:
    st.text(f"→ {sentence(remedy, view.shelters, language())}")
    changes = changes_of(remedy)
    if not changes:
        return
    left, right = st.columns(2)
    tried = not view.run.is_trial and may(Action.RUN_MATCHING)
    if tried and left.button(say("desk.left.try"), key=f"{key}.try", width="stretch"):
        _try(view, remedy)
        st.rerun()
    place = changes[0].destination_id
    if place and right.button(say("desk.left.open"), key=f"{key}.open", width="stretch"):
        address = {SHELTER_PARAM: place, FACT_PARAM: _field(remedy, view)}
        st.switch_page(page_path("shelters"), query_params=address)


def _show_remedies(view: RunView, line: Line) -> None:
    key = f"matching.left.{line.person.id}.{line.placement.stage}"
    found = _remedies(view, line)
    if found is None:
        asked = not view.run.is_trial
        if asked and st.button(say("desk.left.find"), key=f"{key}.find"):
            _find(view, line.person.id)
            st.rerun()
        return
    st.markdown(f"**{say('pages.matching.remedy')}**")
    if not found:
        st.text(say("desk.left.none"))
    for number, remedy in enumerate(found):
        _show_remedy(view, remedy, f"{key}.{number}")


def show_person_reasons(view: RunView, line: Line) -> None:
    """Show what stands in one person's way and what would help."""
    for reason in line.placement.reasons[:SHOWN_REASONS]:
        st.text(f"・{sentence(reason, view.shelters, language())}")
    more = len(line.placement.reasons) - SHOWN_REASONS
    if more > 0:
        st.caption(say("pages.matching.more_reasons", count=more))
    if not line.placement.hospital:
        _show_remedies(view, line)


def show_left(view: RunView) -> None:
    """Show the people left over."""
    st.subheader(say("pages.matching.left_over"), anchor=False)
    counts = {"first": len(view.unplaced), "second": len(view.waiting), "hospital": len(view.for_hospital)}
    st.markdown(say("matching.left_over", **counts))
    take_found()
    show_batch(view)
    left = (*view.unplaced, *view.waiting, *view.for_hospital)
    if not left:
        st.success(say("pages.matching.nobody_left"))
    for line in left[:SHOWN_PEOPLE]:
        stage = say(f"pages.matching.stage_{line.placement.stage}")
        name = plain(line.person.name)
        label = say("pages.matching.person", name=name, tier=line.placement.tier, stage=stage)
        with st.expander(label):
            show_person_reasons(view, line)
            if may(Action.RUN_MATCHING):
                st.button(
                    say("desk.left.lock"),
                    on_click=decide_for,
                    args=(line.person.id,),
                    key=f"matching.left.{line.person.id}.{line.placement.stage}.lock",
                )
    if len(left) > SHOWN_PEOPLE:
        st.caption(say("pages.matching.more_people", count=len(left) - SHOWN_PEOPLE))

"""The choice of plan: both continuity plans side by side, joint or separate, then what else is needed."""

from collections.abc import Mapping

import streamlit as st

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import source_titles
from bcp_kit.domain.bcp import CONTINUITY_KINDS, PlanKind
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.writing import WritingPlace
from bcp_kit.forms.schema import form
from bcp_kit.pages.parts.bcp_places import open_plan, resting_place
from bcp_kit.pages.parts.bcp_words import moment_text, numbered, percent, settled, time_left
from bcp_kit.pages.parts.session import context, may, say
from bcp_kit.services.bcp import PlanSummary, list_plans, start_plan
from bcp_kit.services.bcp_writing import Need, PlanNeed, places_of, plan_needs, set_joint

JOINT = "write.joint"
Stopped = Mapping[str, WritingPlace]


def _begin(facility_id: str, kind: PlanKind) -> None:
    open_plan(start_plan(context(), facility_id, kind).id)


def _newest(plans: Mapping[PlanKind, PlanSummary], stopped: Stopped) -> str:
    """Return the id of the plan that this person wrote in last, empty before that."""
    own = [stopped[p.plan.id] for p in plans.values() if p.plan.id in stopped]
    return max(own, key=lambda place: place.at).plan_id if own else ""


def _show_begun(found: PlanSummary, stopped: Stopped, *, first: bool) -> None:
    standing, plan = found.completeness, found.plan
    total, done = len(standing.items), settled(standing)
    st.progress(standing.share_done, say("write.bar", percent=percent(standing), settled=done, total=total))
    if standing.minutes_left:
        st.caption(say("write.left", time=time_left(standing.minutes_left)))
    else:
        st.caption(say("write.all_written"))
    where = resting_place(found, stopped)
    if where is not None:
        section = next(s for s in form(plan.form_id).sections if s.id == where.section_id)
        when = stopped[plan.id].at if plan.id in stopped else plan.updated_at
        st.caption(say("write.stopped_at", section=numbered(section), time=moment_text(when)))
    go_on, overview = st.columns(2)
    label = "write.go_on" if where else "write.begin_writing"
    go_on.button(
        say(label),
        type="primary" if first else "secondary",
        key=f"plan.resume.{plan.kind.value}",
        on_click=open_plan,
        args=(plan.id, where) if where else (plan.id,),
        width="stretch",
    )
    overview.button(
        say("write.to_overview"),
        key=f"plan.open.{plan.kind.value}",
        on_click=open_plan,
        args=(plan.id,),
        width="stretch",
    )


def _show_start(facility: Facility, kind: PlanKind, *, exists: bool, first: bool) -> None:
    if not exists:
        st.caption(say("write.no_form"))
        return
    st.button(
        say("write.start", name=say(f"write.kind.{kind.value}")),
        type="primary" if first else "secondary",
        key=f"plan.start.{kind.value}",
        on_click=_begin,
        args=(facility.id, kind),
        disabled=not may(Action.EDIT_BCP),
        width="stretch",
    )


def _show_joint(facility: Facility, plans: Mapping[PlanKind, PlanSummary]) -> None:
    """Ask whether the two are kept as one document; allowed either way."""
    both = [plans[kind].plan for kind in CONTINUITY_KINDS if kind in plans]
    if len(both) < len(CONTINUITY_KINDS):
        return

    def keep() -> None:
        set_joint(context(), facility.id, joint=st.session_state[JOINT] == "joint")

    st.radio(
        say("write.joint_label"),
        ("separate", "joint"),
        index=int(all(plan.joint for plan in both)),
        format_func=lambda choice: say(f"write.joint_{choice}"),
        key=JOINT,
        on_change=keep,
        horizontal=True,
        help=say("write.joint_why", source="、".join(source_titles(("hitori_cm",)))),
    )


def _show_sister(facility: Facility, need: PlanNeed, found: PlanSummary | None, stopped: Stopped) -> None:
    with st.container(border=True):
        st.markdown(f"**{say(f'write.kind.{need.kind.value}')}**")
        st.markdown(say(f"write.need.{need.need.value}"))
        if need.row is not None:
            trigger = str(need.row.data.get("trigger_ja", ""))
            mark = say(f"forms.mark.{need.row.verification.value}")
            source = "、".join(source_titles(need.row.sources[:1]))
            st.caption(say("write.need_when", trigger=trigger, source=source, mark=mark))
        if found is not None:
            _show_begun(found, stopped, first=False)
        else:
            _show_start(facility, need.kind, exists=need.exists, first=False)


def show_choice(facility: Facility) -> None:
    """Show which plans there are and may be begun; the one worked on last comes as the first action."""
    plans = {found.plan.kind: found for found in list_plans(context(), facility.id)}
    stopped = places_of(context(), facility.id)
    newest = _newest(plans, stopped)
    st.markdown(say("write.lead"))
    primary_given = False
    for spot, need in zip(st.columns(2), plan_needs(facility)[:2], strict=True):
        found = plans.get(need.kind)
        with spot, st.container(border=True):
            st.subheader(say(f"write.kind.{need.kind.value}"), anchor=False)
            st.caption(say(f"write.about.{need.kind.value}"))
            if found is not None:
                first = found.plan.id == newest or (not newest and not primary_given)
                _show_begun(found, stopped, first=first)
            else:
                first = not newest and not primary_given
                _show_start(facility, need.kind, exists=need.exists, first=first)
            primary_given = primary_given or first
    _show_joint(facility, plans)
    sisters = [n for n in plan_needs(facility)[2:] if n.need is not Need.NO or n.kind in plans]
    if sisters:
        st.subheader(say("write.sisters"), anchor=False)
        st.caption(say("write.sisters_lead"))
        for spot, need in zip(st.columns(2), sisters, strict=False):
            with spot:
                _show_sister(facility, need, plans.get(need.kind), stopped)

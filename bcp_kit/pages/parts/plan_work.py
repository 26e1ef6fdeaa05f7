"""What is left to do on the plans, on screen: divided by district or care office, to save for Excel."""

import streamlit as st

from bcp_kit.pages.parts.kept_views import WORK
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.plan_steps import STEPS
from bcp_kit.services.plans_worklist import WorkBy, WorkGroup, WorkLine, task_words, work_list, work_workbook

SHOWN_PEOPLE = 30


def _groups(by: WorkBy) -> tuple[WorkGroup, ...]:
    """Return the list; it is made anew when it is divided otherwise or the person comes back to it."""
    kept = st.session_state.get(WORK)
    if kept is None or kept[0] is not by:
        kept = (by, work_list(context(), by))
        st.session_state[WORK] = kept
    groups: tuple[WorkGroup, ...] = kept[1]
    return groups


def _show_group(group: WorkGroup) -> None:
    for task, count in group.counts.items():
        st.text(say("plan_work.count", what=task_words(task)[0], count=count))
    rows = [_row(line) for line in group.lines[:SHOWN_PEOPLE]]
    show_table(rows, alt=say("plan_work.title"))
    if len(group.lines) > SHOWN_PEOPLE:
        st.caption(say("plan_work.more", count=len(group.lines) - SHOWN_PEOPLE))


def _row(line: WorkLine) -> dict[str, str]:
    words = [task_words(task) for task in line.tasks]
    return {
        say("plan_work.column.register_no"): line.person.register_no,
        say("plan_work.column.name"): line.person.name,
        say("plan_work.column.step"): f"{line.step}／{STEPS}" if line.step else say("plan_steps.all_done"),
        say("plan_work.column.what"): "、".join(what for what, _ in words),
        say("plan_work.column.whom"): "、".join(dict.fromkeys(whom for _, whom in words)),
    }


def show_work() -> None:
    """Show what is left to do."""
    st.caption(say("plan_work.intro"))
    ways: list[WorkBy] = list(WorkBy)
    by = WorkBy(
        st.radio(
            say("plan_work.by"),
            ways,
            format_func=lambda way: say(f"plan_work.by_{way.value}"),
            horizontal=True,
            key="plans.work_by",
        )
    )
    groups = _groups(by)
    if not any(group.lines for group in groups):
        st.success(say("plan_work.all_done"))
        return
    chosen = st.selectbox(
        say("plan_work.group_choice"),
        range(len(groups)),
        format_func=lambda index: say(
            "plan_work.group",
            name=groups[index].name or say("plan_work.no_name"),
            people=groups[index].people,
            finished=groups[index].finished,
        ),
        key=f"plans.work_group.{by.value}",
        disabled=by is WorkBy.TOWN,
    )
    _show_group(groups[chosen or 0])
    st.download_button(
        say("plan_work.save"),
        lambda: work_workbook(context(), groups, language()),
        file_name="plan_work.xlsx",
        key="plans.work_save",
        on_click="ignore",
    )

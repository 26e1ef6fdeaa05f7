"""One section of the plan at a time, with the way to the next and back."""

from dataclasses import dataclass

import streamlit as st

from bcp_kit.domain.bcp import Answer
from bcp_kit.pages.parts.answer_widgets import Question
from bcp_kit.pages.parts.bcp_item import show_item
from bcp_kit.pages.parts.bcp_saving import freshness, keeper, show_failure
from bcp_kit.pages.parts.session import context, language, say
from bcp_kit.services.bcp import ChapterView, PlanView, SectionView, read_chapter

PLACE = "bcp.place"


@dataclass(frozen=True)
class Place:
    """Where in the form: a chapter and one of its sections."""

    chapter_id: str
    section_id: str


def place() -> Place | None:
    """Return the section on screen, None for the overview."""
    found: Place | None = st.session_state.get(PLACE)
    return found


def go_to(where: Place | None) -> None:
    """Show a section (or the overview) from the next run on."""
    st.session_state[PLACE] = where


def places(view: PlanView) -> tuple[Place, ...]:
    """Return all sections that the facility is asked, in order."""
    asked = {item.item_id for item in view.completeness.items}
    return tuple(
        Place(chapter.id, section.id)
        for chapter in view.form.chapters
        for section in chapter.sections
        if any(item.id in asked for item in section.items)
    )


def last_place(view: PlanView) -> Place | None:
    """Return the section with the answer that was changed last, None when nothing was answered yet."""
    dated = [(a.changed_at, item_id) for item_id, a in view.plan.answers.items() if a.changed_at]
    if not dated:
        return None
    newest = max(dated)[1]
    for chapter in view.form.chapters:
        for section in chapter.sections:
            if any(item.id == newest for item in section.items):
                return Place(chapter.id, section.id)
    return None


def _show_way(view: PlanView, here: Place, where: str) -> None:
    order = places(view)
    at = order.index(here)
    back, before, after = st.columns((1.4, 1, 1), vertical_alignment="center")
    back.button(
        say("pages.bcp.to_overview"), key=f"{where}.up", on_click=go_to, args=(None,), width="stretch"
    )
    before.button(
        say("pages.bcp.previous"),
        key=f"{where}.previous",
        on_click=go_to,
        args=(order[at - 1],),
        disabled=at == 0,
        width="stretch",
    )
    after.button(
        say("pages.bcp.next"),
        key=f"{where}.next",
        on_click=go_to,
        args=(order[(at + 1) % len(order)],),
        disabled=at + 1 == len(order),
        type="primary",
        width="stretch",
    )


def _title(part: ChapterView | SectionView) -> str:
    title = part.title_en if language() == "en" else part.title_ja
    return say("pages.bcp.section", number=part.number, title=title)


def show_section(view: PlanView, here: Place) -> None:
    """Show the items of one section."""
    chapter = read_chapter(context(), view.plan.id, here.chapter_id)
    section = next((s for s in chapter.sections if s.section_id == here.section_id), None)
    if section is None:
        go_to(None)
        st.rerun()
        return
    _show_way(view, here, "top")
    order = places(view)
    st.caption(f"{_title(chapter)}　{say('pages.bcp.place', number=order.index(here) + 1, count=len(order))}")
    st.header(_title(section), anchor=False)
    if chapter.note_ja and section is chapter.sections[0]:
        st.caption(chapter.note_ja)
    show_failure()
    seen: dict[str, Answer] = {item.item.id: item.answer for item in section.items}
    keep = keeper(view.plan.id, chapter.plan_version, seen)
    for item in section.items:
        key = f"answer.{view.plan.id}.{item.item.id}.{freshness(item.item.id)}"
        show_item(Question(item.item, item.answer, key, keep), item)
    _show_way(view, here, "bottom")

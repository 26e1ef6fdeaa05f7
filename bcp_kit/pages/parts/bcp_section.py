"""One section of the plan at a time, with the way to the next and back, by mouse and by keyboard."""

import streamlit as st

from bcp_kit.domain.bcp import Answer
from bcp_kit.pages.parts.answer_widgets import Question
from bcp_kit.pages.parts.bcp_item import show_item
from bcp_kit.pages.parts.bcp_places import Place, go_to, place_of, places, remember
from bcp_kit.pages.parts.bcp_saving import freshness, keeper, show_failure
from bcp_kit.pages.parts.bcp_words import kind_name, numbered
from bcp_kit.pages.parts.browser_words import bring_into_view
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.bcp import ChapterView, PlanView, SectionView, read_chapter

PREVIOUS_KEY, NEXT_KEY = "Alt+PageUp", "Alt+PageDown"
LED = "bcp.led"


def _way(order: tuple[Place, ...], at: int, where: str) -> None:
    """Show the buttons to the sections before and after; those on top listen to the keyboard too."""
    keys = (PREVIOUS_KEY, NEXT_KEY) if where == "top" else (None, None)
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
        shortcut=keys[0],
    )
    last = at + 1 == len(order)
    after.button(
        say("write.finish" if last else "pages.bcp.next"),
        key=f"{where}.next",
        on_click=go_to,
        args=(None if last else order[at + 1],),
        type="primary" if where == "bottom" else "secondary",
        width="stretch",
        shortcut=keys[1],
    )


def _found(view: PlanView, here: Place) -> Place | None:
    """Return the place with chapter and section looked up, None when the facility is not asked it."""
    exact = here if here.section_id else place_of(view.form, here.item_id)
    if exact is None:
        return None
    order = {(p.chapter_id, p.section_id) for p in places(view)}
    return exact if (exact.chapter_id, exact.section_id) in order else None


def show_section(view: PlanView, here: Place) -> None:
    """Show the items of one section; where one item was asked for, it is brought into view."""
    exact = _found(view, here)
    if exact is None:
        go_to(None)
        st.rerun()
        return
    chapter = read_chapter(context(), view.plan.id, exact.chapter_id)
    section = next(s for s in chapter.sections if s.section_id == exact.section_id)
    order = places(view)
    at = order.index(Place(exact.chapter_id, exact.section_id))
    _way(order, at, "top")
    where = say("pages.bcp.place", number=at + 1, count=len(order))
    st.caption(f"{kind_name(view.plan)}　{numbered(chapter)}　{where}")
    st.title(numbered(section), anchor=False)
    if chapter.note_ja and section is chapter.sections[0]:
        st.caption(chapter.note_ja)
    show_failure()
    _show_items(view, chapter, section)
    _way(order, at, "bottom")
    st.caption(say("write.keys"))
    remember(view.plan.id, exact.item_id or section.items[0].item.id)
    _lead_to(view, exact)


def _show_items(view: PlanView, chapter: ChapterView, section: SectionView) -> None:
    seen: dict[str, Answer] = {item.item.id: item.answer for item in section.items}
    keep = keeper(view.plan.id, chapter.plan_version, seen)
    for item in section.items:
        key = f"answer.{view.plan.id}.{item.item.id}.{freshness(item.item.id)}"
        show_item(view.plan.id, Question(item.item, item.answer, key, keep), item)


def _lead_to(view: PlanView, exact: Place) -> None:
    """Bring what was asked for into view once: the item, or the top of a section newly opened."""
    target = (view.plan.id, exact)
    if st.session_state.get(LED) != target:
        st.session_state[LED] = target
        bring_into_view(f"item-{exact.item_id}" if exact.item_id else "")

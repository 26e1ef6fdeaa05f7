"""The overview of a plan: how far it is, where to go on, chapter by chapter, what is missing and why."""

import streamlit as st

from bcp_kit.catalogues.load import source_titles
from bcp_kit.forms.completeness import ChapterProgress, ItemProgress, ItemState
from bcp_kit.forms.schema import Requirement
from bcp_kit.pages.parts.bcp_places import SHELF, Place, go_to, next_open, open_item, places, resting_place
from bcp_kit.pages.parts.bcp_words import numbered, percent, settled, time_left, title_of
from bcp_kit.pages.parts.session import context, say
from bcp_kit.services.bcp import PlanView
from bcp_kit.services.bcp_writing import places_of

WRITING = ("write", "check")


def show_standing(view: PlanView) -> None:
    """Show how far the plan is and the way on: where one stopped, else the first open item.

    It is the first action of the page while writing; on the other shelves theirs is.
    """
    standing = view.completeness
    total, done = len(standing.items), settled(standing)
    st.progress(standing.share_done, say("write.bar", percent=percent(standing), settled=done, total=total))
    where = resting_place(view, places_of(context(), view.facility.id))
    target = where or next_open(view) or places(view)[0]
    section = next(s for s in view.form.sections if s.id == target.section_id)
    words, way = st.columns((2, 3), vertical_alignment="center")
    left = standing.minutes_left
    words.caption(say("write.left", time=time_left(left)) if left else say("write.all_written"))
    way.button(
        say("write.resume_at" if where else "write.begin_at", section=numbered(section)),
        type="primary" if st.session_state.get(SHELF) in (None, *WRITING) else "secondary",
        on_click=go_to,
        args=(target,),
        key="bcp.resume",
        width="stretch",
    )


def _show_chapter(chapter: ChapterProgress, first: Place) -> None:
    total = len(chapter.items)
    done = total - chapter.count(ItemState.OPEN)
    left = sum(item.minutes for item in chapter.items if item.state is ItemState.OPEN)
    title = say("pages.bcp.chapter", number=chapter.number, title=title_of(chapter))
    bar, button = st.columns((5, 1), vertical_alignment="center")
    key = "write.chapter_bar" if left else "write.chapter_done"
    numbers = say(key, settled=done, total=total, time=time_left(left))
    bar.progress(chapter.share_done, f"{title}　{numbers}")
    button.button(
        say("write.open_chapter" if left else "write.look"),
        key=f"chapter.{chapter.chapter_id}",
        on_click=go_to,
        args=(first,),
        width="stretch",
        help=title,
    )


def show_chapters(view: PlanView) -> None:
    """Show where each chapter stands, with the way into it."""
    first_places: dict[str, Place] = {}
    for where in places(view):
        first_places.setdefault(where.chapter_id, where)
    for chapter in view.completeness.chapters:
        _show_chapter(chapter, first_places[chapter.chapter_id])


def _show_open(view: PlanView, item: ItemProgress) -> None:
    asked = view.form.item(item.item_id)
    words, way = st.columns((5, 1), vertical_alignment="center")
    fault = say(item.fault.message) if item.fault else ""
    words.markdown(f"**{title_of(item)}**　{fault}")
    words.caption(say("write.by_source", source="、".join(source_titles(asked.sources[:1]))))
    way.button(
        say("write.write"),
        key=f"missing.{item.item_id}",
        on_click=open_item,
        args=(view.plan.id, item.item_id),
        width="stretch",
        help=title_of(item),
    )


def show_missing(view: PlanView) -> None:
    """Show what is open, by what asks for it, why it matters, and the way to each field."""
    open_items = view.completeness.open_items
    if not open_items:
        st.success(say("pages.bcp.nothing_missing"))
    opened = False
    for required in Requirement:
        still_open = [item for item in open_items if item.required is required]
        if not still_open:
            continue
        heading = say(f"pages.bcp.missing_{required.value}", count=len(still_open))
        with st.expander(heading, expanded=not opened):
            st.markdown(say(f"forms.why.{required.value}"))
            for item in still_open:
                _show_open(view, item)
        opened = True

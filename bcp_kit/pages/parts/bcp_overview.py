"""The overview of a plan: how far it is, where to go on, what is missing and why, print."""

import streamlit as st

from bcp_kit.forms.completeness import ChapterProgress, ItemProgress, ItemState
from bcp_kit.forms.schema import Requirement
from bcp_kit.pages.parts.bcp_section import Place, go_to, last_place, places
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.bcp import PlanView

MINUTES_PER_HOUR = 60


def _percent(share: float) -> int:
    return int(share * 100)


def _show_total(view: PlanView) -> None:
    standing = view.completeness
    total = len(standing.items)
    settled = total - standing.count(ItemState.OPEN)
    share = standing.share_done
    st.progress(share, say("pages.bcp.overall", percent=_percent(share), total=total, settled=settled))
    if standing.minutes_left:
        hours = max(1, round(standing.minutes_left / MINUTES_PER_HOUR))
        st.caption(say("pages.bcp.minutes_left", hours=hours))
    last = last_place(view)
    label = say("pages.bcp.resume" if last else "pages.bcp.begin")
    st.button(label, type="primary", on_click=go_to, args=(last or places(view)[0],), key="bcp.resume")


def _show_chapter(chapter: ChapterProgress, first: Place) -> None:
    total = len(chapter.items)
    settled = total - chapter.count(ItemState.OPEN)
    title = chapter.title_en if language() == "en" else chapter.title_ja
    bar, button = st.columns((5, 1), vertical_alignment="center")
    numbers = say("pages.bcp.chapter_bar", percent=_percent(chapter.share_done), settled=settled, total=total)
    bar.progress(
        chapter.share_done, f"{say('pages.bcp.chapter', number=chapter.number, title=title)}　{numbers}"
    )
    button.button(
        say("pages.bcp.write"),
        key=f"chapter.{chapter.chapter_id}",
        on_click=go_to,
        args=(first,),
        width="stretch",
    )


def _show_missing(items: tuple[ItemProgress, ...], required: Requirement) -> None:
    still_open = [item for item in items if item.required is required]
    if not still_open:
        return
    with st.expander(say(f"pages.bcp.missing_{required.value}", count=len(still_open))):
        st.caption(say(f"forms.why.{required.value}"))
        for item in still_open:
            title = item.title_en if language() == "en" else item.title_ja
            fault = f"　{say(item.fault.message)}" if item.fault else ""
            st.markdown(f"- {title}{fault}")


def show_overview(view: PlanView) -> None:
    """Show where the plan stands and the ways on."""
    st.caption(say("pages.bcp.lead"))
    _show_total(view)
    st.subheader(say("pages.bcp.chapters"), anchor=False)
    first_places: dict[str, Place] = {}
    for where in places(view):
        first_places.setdefault(where.chapter_id, where)
    for chapter in view.completeness.chapters:
        _show_chapter(chapter, first_places[chapter.chapter_id])
    open_items = view.completeness.open_items
    st.subheader(say("pages.bcp.missing", count=len(open_items)), anchor=False)
    if not open_items:
        st.success(say("pages.bcp.nothing_missing"))
    for required in Requirement:
        _show_missing(open_items, required)

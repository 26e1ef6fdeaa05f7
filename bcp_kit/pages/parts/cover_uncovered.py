"""Posts that nobody fills, what stands in the way and what would help; tasks that hang on one person."""

from collections import defaultdict

import streamlit as st

from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_words import cover_say, day_text, days_text, label, reason_text
from bcp_kit.pages.parts.plain import show_table
from bcp_kit.pages.parts.session import say

MOST_POSTS = 60


def _show_posts(view: CoverView) -> None:
    posts = [p for p in view.run.uncovered if p.facility_id == view.site]
    if not posts:
        st.success(cover_say("uncovered_none"))
        return
    rows = [
        {
            cover_say("day"): day_text(post.day),
            cover_say("shift"): label("shifts", post.shift),
            cover_say("post"): label("post_groups", post.post),
            cover_say("operation_class"): say(f"cover.tier.{post.operation_class}"),
            cover_say("missing"): str(post.missing),
            cover_say("reasons"): "／".join(reason_text(r, view.names) for r in post.reasons),
            cover_say("remedies"): "／".join(reason_text(r, view.names) for r in post.remedies),
        }
        for post in posts[:MOST_POSTS]
    ]
    show_table(rows, alt=cover_say("uncovered"))
    if len(posts) > MOST_POSTS:
        st.caption(say("pages.cover.more_posts", count=len(posts) - MOST_POSTS))


def _show_single_points(view: CoverView) -> None:
    days: dict[tuple[str, str], list[int]] = defaultdict(list)
    for point in view.run.single_points:
        if point.facility_id == view.site:
            days[point.task, point.staff_id].append(point.day)
    if not days:
        st.success(say("rosters.no_single_points"))
        return
    rows = [
        {
            cover_say("post"): label("post_groups", task),
            cover_say("people"): view.names.of(who),
            cover_say("day"): days_text(on),
        }
        for (task, who), on in sorted(days.items())
    ]
    st.caption(say("pages.cover.days_are"))
    show_table(rows, alt=cover_say("single_points"))


def show_uncovered(view: CoverView) -> None:
    """Show the uncovered posts and the single points of failure."""
    st.subheader(cover_say("uncovered"), anchor=False)
    _show_posts(view)
    st.subheader(cover_say("single_points"), anchor=False)
    _show_single_points(view)

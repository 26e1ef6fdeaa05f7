"""Posts that nobody fills, what stands in the way and what would help; tasks that hang on one person."""

from collections import defaultdict
from collections.abc import Sequence

import streamlit as st

from bcp_kit.domain.cover import UncoveredPost
from bcp_kit.pages.parts.cover_view import CoverView
from bcp_kit.pages.parts.cover_words import cover_say, day_text, days_text, label, reason_text
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import say
from bcp_kit.render.roster_html import GridCell, GridRow, GridWords, grid_html

TIERS = ("life", "standard", "other")
MOST_POSTS = 60


def show_uncovered(view: CoverView) -> None:
    """Show heads wanted and there by day, the empty posts with reasons and remedies, the single points."""
    st.subheader(cover_say("uncovered"), anchor=False)
    posts = sorted((p for p in view.run.uncovered if p.facility_id == view.site), key=_urgency)
    _show_chart(view, posts)
    if posts:
        _show_grid(view, posts)
        _show_one(view, posts)
        with st.expander(say("rosters.uncovered.all")):
            _show_all(view, posts)
    else:
        st.success(cover_say("uncovered_none"))
    st.subheader(cover_say("single_points"), anchor=False)
    _show_single_points(view)


def _urgency(post: UncoveredPost) -> tuple[int, int, str, str]:
    tier = TIERS.index(post.operation_class) if post.operation_class in TIERS else len(TIERS)
    return tier, post.day, post.post, post.shift


def _show_chart(view: CoverView, posts: Sequence[UncoveredPost]) -> None:
    """Show by day how many shifts are worked and how many more are wanted."""
    days = sorted({e.day for e in view.run.attendance})
    there: dict[int, int] = defaultdict(int)
    missing: dict[int, int] = defaultdict(int)
    for a in view.run.assignments:
        if a.facility_id == view.site:
            there[a.day] += 1
    for post in posts:
        missing[post.day] += post.missing
    names = (say("rosters.uncovered.there"), say("rosters.uncovered.missing"))
    st.bar_chart(
        {
            cover_say("day"): [str(day) for day in days],
            names[0]: [there[day] for day in days],
            names[1]: [missing[day] for day in days],
        },
        x=cover_say("day"),
        y=list(names),
        x_label=cover_say("day"),
        y_label=say("rosters.uncovered.heads"),
        color=["#005BAC", "#D55E00"],
        stack=True,
        sort=False,
        height=280,
        alt=say("rosters.uncovered.chart"),
    )


def _show_grid(view: CoverView, posts: Sequence[UncoveredPost]) -> None:
    """Show posts × days with the heads that are missing."""
    days = sorted({e.day for e in view.run.attendance})
    missing: dict[tuple[str, str, str], dict[int, int]] = {}
    for post in posts:
        kind = (post.operation_class, post.post, post.shift)
        missing.setdefault(kind, {})[post.day] = missing.get(kind, {}).get(post.day, 0) + post.missing
    rows = [
        GridRow(
            f"{label('post_groups', post)}　{label('shifts', shift)}",
            say(f"cover.tier.{tier}"),
            [
                GridCell(str(n), "", "#7A1F1F", "#FFFFFF") if (n := by_day.get(d)) else GridCell()
                for d in days
            ],
        )
        for (tier, post, shift), by_day in missing.items()
    ]
    words = GridWords(say("rosters.uncovered.grid"), cover_say("post"), [str(day) for day in days])
    st.html(grid_html(words, rows))


def _post_words(post: UncoveredPost) -> str:
    tier = say(f"cover.tier.{post.operation_class}")
    what = f"{label('shifts', post.shift)} {label('post_groups', post.post)}"
    return f"{day_text(post.day)}　{what}（{tier}・{say('rosters.wall.missing', count=post.missing)}）"


def _show_one(view: CoverView, posts: Sequence[UncoveredPost]) -> None:
    """Show why one post stays empty and what would fill it."""
    chosen = st.selectbox(
        say("rosters.uncovered.which"),
        range(len(posts)),
        format_func=lambda at: _post_words(posts[at]),
        key="cover.uncovered.which",
    )
    post = posts[chosen]
    why, remedy = st.columns(2)
    _show_reasons(why, cover_say("reasons"), [reason_text(r, view.names) for r in post.reasons])
    _show_reasons(remedy, cover_say("remedies"), [reason_text(r, view.names) for r in post.remedies])


def _show_reasons(place: st.delta_generator.DeltaGenerator, title: str, lines: Sequence[str]) -> None:
    place.markdown(f"**{title}**")
    place.markdown("\n".join(f"- {plain(line)}" for line in lines) or say("rosters.uncovered.nothing"))


def _show_all(view: CoverView, posts: Sequence[UncoveredPost]) -> None:
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

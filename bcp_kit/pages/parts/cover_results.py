"""The answer of a cover run on screen: who comes, what goes on, the roster, empty posts, places."""

from collections import defaultdict
from collections.abc import Iterable

import streamlit as st

from bcp_kit.catalogues import load
from bcp_kit.domain.cover import CoverRun
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.placements import Reason
from bcp_kit.pages.parts.plain import plain, show_table
from bcp_kit.pages.parts.session import language, say
from bcp_kit.services.cover import CoverNames, summary, who_comes

LEVEL_ORDER = ("kept", "thinned", "stopped")
MOST_POSTS = 60


def _label(catalogue: str, key: str) -> str:
    row = load.catalogue(catalogue).rows.get(key)
    return row.label(language()) if row else key


def _cli(key: str, **values: str | int | float) -> str:
    return say(f"cover.cli.{key}", **values)


def _day(day: int) -> str:
    return _cli("day_number", day=day)


def days_text(days: Iterable[int]) -> str:
    """Return days as ranges: 0–3, 5."""
    runs: list[list[int]] = []
    for day in sorted(set(days)):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


def reason_text(reason: Reason, names: CoverNames) -> str:
    """Return a reason as a sentence, its keys put into words, with the one person whom it concerns."""
    values = dict(reason.values)
    if "shift" in values:
        values["shift"] = _label("shifts", str(values["shift"]))
    for name in ("route", "qualification"):
        if name in values:
            values[name] = say(f"cover.{name}.{values[name]}")
    who = f"（{names.of(reason.subject_id)}）" if reason.subject_id in names.names else ""
    return say(reason.message, **values) + who


def _show_head(run: CoverRun) -> None:
    st.subheader(say("pages.cover.result"), anchor=False)
    made = run.made_at.astimezone().strftime("%Y-%m-%d %H:%M")
    name = str(run.settings.get("scenario_name", run.scenario_id))
    st.caption(say("pages.cover.made", made=made, scenario=plain(name)))
    gap = round(100 * (run.gap or 0), 1)
    st.markdown(say("pages.cover.status", status=say(f"cover.status.{run.status.value}"), gap=gap))
    if not run.settings.get("repeatable", True):
        st.caption(_cli("not_repeatable"))
    if run.settings.get("standard_unknown"):
        st.caption(_cli("standard_unknown", count=int(run.settings["standard_unknown"])))
    st.caption(_cli("assumptions"))
    found = summary(run)
    short = found.missing.get("life", 0)
    if short:
        st.error(say("pages.cover.life_short", missing=short, days=days_text(found.life_short_days)))
    else:
        st.success(say("pages.cover.life_kept"))


def _show_who_comes(run: CoverRun) -> None:
    st.subheader(_cli("who_comes"), anchor=False)
    days = who_comes(run)
    expected, counted = _cli("expected"), _cli("counted")
    st.bar_chart(
        {
            _cli("day"): [str(d.day) for d in days],
            expected: [d.expected for d in days],
            counted: [d.counted for d in days],
        },
        x=_cli("day"),
        y=[expected, counted],
        x_label=_cli("day"),
        y_label=say("pages.cover.people"),
        color=["#7FB2DC", "#005BAC"],
        stack=False,
        sort=False,
        height=340,
        alt=_cli("who_comes"),
    )
    rows = [
        {
            _cli("day"): _day(d.day),
            _cli("staff"): str(d.staff),
            expected: f"{d.expected:.1f}",
            counted: str(d.counted),
            _cli("on_site"): str(d.on_site) if d.on_site else "",
            _cli("template"): f"{d.template_percent:.0f}%",
        }
        for d in days
    ]
    with st.expander(say("pages.cover.as_table")):
        show_table(rows, alt=_cli("who_comes"))
        st.caption(_cli("who_comes_note"))


def _show_operations(run: CoverRun, site: str) -> None:
    st.subheader(_cli("operations"), anchor=False)
    levels: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for o in run.operations:
        if o.facility_id == site:
            levels[o.operation][o.level].append(o.day)
    rows = [
        {
            _cli("operation"): _label("operations", operation),
            **{say(f"cover.level.{level}"): days_text(by_level.get(level, ())) for level in LEVEL_ORDER},
        }
        for operation, by_level in levels.items()
    ]
    st.caption(say("pages.cover.days_are"))
    show_table(rows, alt=_cli("operations"))


def _show_uncovered(run: CoverRun, names: CoverNames, site: str) -> None:
    st.subheader(_cli("uncovered"), anchor=False)
    posts = [p for p in run.uncovered if p.facility_id == site]
    if not posts:
        st.success(_cli("uncovered_none"))
        return
    rows = [
        {
            _cli("day"): _day(post.day),
            _cli("shift"): _label("shifts", post.shift),
            _cli("post"): _label("post_groups", post.post),
            _cli("operation_class"): say(f"cover.tier.{post.operation_class}"),
            _cli("missing"): str(post.missing),
            _cli("reasons"): "／".join(reason_text(r, names) for r in post.reasons),
            _cli("remedies"): "／".join(reason_text(r, names) for r in post.remedies),
        }
        for post in posts[:MOST_POSTS]
    ]
    show_table(rows, alt=_cli("uncovered"))
    if len(posts) > MOST_POSTS:
        st.caption(say("pages.cover.more_posts", count=len(posts) - MOST_POSTS))


def _show_roster(run: CoverRun, names: CoverNames, site: str) -> None:
    st.subheader(_cli("roster"), anchor=False)
    here = [a for a in run.assignments if a.facility_id == site]
    if not here:
        st.info(say("pages.cover.no_roster"))
        return
    day = st.selectbox(
        say("pages.cover.which_day"), sorted({a.day for a in here}), format_func=_day, key="cover.day"
    )
    people: dict[tuple[str, str], list[str]] = defaultdict(list)
    for a in here:
        if a.day == day:
            people[a.shift, a.post].append(names.of(a.staff_id or a.helper_id))
    shifts = list(load.catalogue("shifts").rows)
    rows = [
        {
            _cli("shift"): _label("shifts", shift),
            _cli("post"): _label("post_groups", post),
            _cli("people"): "、".join(who),
        }
        for (shift, post), who in sorted(people.items(), key=lambda i: (shifts.index(i[0][0]), i[0][1]))
    ]
    show_table(rows, alt=_cli("roster"))


def _show_capacity(run: CoverRun, site: str) -> None:
    st.subheader(_cli("capacity"), anchor=False)
    here = [c for c in run.capacity if c.facility_id == site]
    days = sorted({c.day for c in here})
    places = {(c.need_class, c.day): c for c in here}
    rows = []
    for need in dict.fromkeys(c.need_class for c in here):
        first = places[need, days[0]]
        worst = min((places[need, day] for day in days), key=lambda c: c.places)
        best = max((places[need, day] for day in days), key=lambda c: c.places)
        rows.append(
            {
                _cli("need_class"): _label("need_classes", need),
                say("pages.cover.first_day"): str(first.places),
                say("pages.cover.worst"): f"{worst.places}（{_day(worst.day)}）",
                say("pages.cover.best"): f"{best.places}（{_day(best.day)}）",
                _cli("binding"): say(f"cover.limit.{worst.binding}"),
            }
        )
    show_table(rows, alt=_cli("capacity"))
    unknown = sorted({k for c in here for k, v in c.limits.items() if v is None})
    if unknown:
        st.caption(_cli("unknown_limits", limits="、".join(say(f"cover.limit.{k}") for k in unknown)))


def show_cover(run: CoverRun, names: CoverNames, facility: Facility) -> None:
    """Show the run for one facility."""
    _show_head(run)
    _show_who_comes(run)
    _show_operations(run, facility.id)
    _show_uncovered(run, names, facility.id)
    _show_roster(run, names, facility.id)
    _show_capacity(run, facility.id)

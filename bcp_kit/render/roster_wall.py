"""The roster on a wall: A3 lying, people × days, marks legible without colour, empty posts below."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A3, landscape
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.forms.messages import text
from bcp_kit.render.document import (
    DocumentFacts,
    Heading,
    PageFrame,
    PrintedDocument,
    TableCommand,
    build,
    gap,
    grid,
)
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import Align, JaPara, TextStyle
from bcp_kit.render.roster_table import (
    RosterCell,
    RosterLine,
    RosterTable,
    look_of,
    post_label,
    post_letter,
    weekday,
    wish_words,
)

_SIDE_MM = 12.0
_NAME_MM, _ROLE_MM = 44.0, 34.0
_TITLE = TextStyle(size_pt=20, weight=Weight.BOLD, leading=1.3, color="#000000")
_SECTION = TextStyle(size_pt=14, weight=Weight.BOLD, leading=1.4, color="#000000")
_BODY = TextStyle(size_pt=11.0, leading=1.25, color="#000000")
_BOLD = replace(_BODY, weight=Weight.BOLD)
_MARK = TextStyle(size_pt=13.0, weight=Weight.BOLD, leading=1.1, color="#000000", align=Align.CENTRE)
_POST = TextStyle(size_pt=8.5, leading=1.1, color="#000000", align=Align.CENTRE)
_DAY = replace(_BOLD, align=Align.CENTRE)
_HEAD, _AWAY, _SHORT = "#e3e3e3", "#f0f0f0", "#000000"
MOST_DAYS = 16
"""Days that one sheet holds side by side; more of them go on to further sheets."""


@dataclass(frozen=True)
class WallSheet:
    """What is printed, and when."""

    table: RosterTable
    printed_at: datetime


def wall_sheet(about: WallSheet) -> PrintedDocument:
    """Return the roster as a tagged PDF; the same roster gives the same bytes."""
    table = about.table
    foot = text("rosters.wall.foot", facility=table.facility, day=f"{about.printed_at:%Y-%m-%d %H:%M}")
    escaped = foot.replace("{", "{{").replace("}", "}}")
    frame = PageFrame(
        foot=f"{escaped}　{{page}} / {{pages}}",
        margin_side_mm=_SIDE_MM,
        margin_top_mm=11,
        margin_bottom_mm=14,
        paper="A3",
        lying=True,
    )
    facts = DocumentFacts(table.title, about.printed_at)
    return build(lambda _pages: _story(table), facts, frame, "roster_wall.pdf")


def _story(table: RosterTable) -> list[Flowable]:
    story: list[Flowable] = [Heading(f"{table.title}　{table.facility}", _TITLE, 1, "title"), gap(2)]
    if table.about:
        story += [JaPara(table.about, _BODY), gap(3)]
    story += [_legend(table), gap(6)]
    parts = [table.days[at : at + MOST_DAYS] for at in range(0, len(table.days), MOST_DAYS)]
    for number, days in enumerate(parts):
        name = text("rosters.wall.days", first=_date(days[0]), last=_date(days[-1]))
        story += [Heading(name, _SECTION, 2, f"part{number}"), gap(2), _people(table, days), gap(8)]
        wishes = wish_words(table, days)
        story += [JaPara(wishes, _BODY), gap(8)] if wishes else []
        story += _empty(table, days, number)
    return story


def _date(day: date) -> str:
    return f"{day.month}/{day.day}（{weekday(day)}）"


def _legend(table: RosterTable) -> Flowable:
    marks = "　　".join(f"{look_of(s).mark}＝{look_of(s).label} {look_of(s).hours}" for s in table.shifts())
    posts = "　".join(f"{post_letter(p)}＝{post_label(p)}" for p in table.posts())
    words = text("rosters.wall.legend", marks=marks, posts=posts)
    return JaPara(words, _BODY)


def _heads(table: RosterTable, days: Sequence[date]) -> list[Flowable]:
    cells: list[Flowable] = [
        JaPara(text("rosters.sheet.name"), _BOLD),
        JaPara(text("rosters.sheet.role"), _BOLD),
    ]
    for day in days:
        number = f"{(day - table.day_zero).days}日目\n" if table.day_zero else ""
        cells.append(JaPara(f"{number}{day.month}/{day.day}\n{weekday(day)}", _DAY))
    return cells


def _widths(days: int) -> list[float]:
    width = landscape(A3)[0] - 2 * _SIDE_MM * mm
    left = [_NAME_MM * mm, _ROLE_MM * mm]
    return [*left, *([(width - sum(left)) / days] * days)]


def _people(table: RosterTable, days: Sequence[date]) -> Flowable:
    rows: list[list[Flowable | list[Flowable]]] = [list(_heads(table, days))]
    commands: list[TableCommand] = [
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD)),
        ("VALIGN", (2, 0), (-1, -1), "MIDDLE"),
    ]
    for line in table.lines:
        rows.append([JaPara(line.name, _BOLD), JaPara(line.role, _BODY)])
        for column, day in enumerate(days, start=2):
            cell = line.cells.get(day)
            rows[-1].append(_cell(cell, line, day))
            fill = look_of(cell.shift).fill if cell else _AWAY if day in line.away else ""
            if fill:
                place = (column, len(rows) - 1)
                commands.append(("BACKGROUND", place, place, HexColor(fill)))
    return grid(rows, _widths(len(days)), head_columns=1, commands=commands, padding_pt=2.5)


def _cell(cell: RosterCell | None, line: RosterLine, day: date) -> list[Flowable]:
    if cell is None:
        usual = text("rosters.wish.mark") if day in line.wishes else "\u3000"
        return [JaPara(text("rosters.wall.away") if day in line.away else usual, _POST)]
    look = look_of(cell.shift)
    parts: list[Flowable] = [JaPara(look.mark, replace(_MARK, color=look.ink))]
    wish = text("rosters.wish.mark") if day in line.wishes else ""
    if cell.post or wish:
        small = (post_letter(cell.post) if cell.post else "") + wish
        parts.append(JaPara(small, replace(_POST, color=look.ink)))
    return parts


def _empty(table: RosterTable, days: Sequence[date], number: int) -> list[Flowable]:
    """Return the table of posts that nobody fills, by day."""
    here = [post for post in table.empty if post.day in days]
    if table.day_zero is None:
        return []
    head = Heading(text("rosters.wall.empty"), _SECTION, 2, f"empty{number}")
    if not here:
        return [head, JaPara(text("rosters.wall.none_empty"), _BODY)]
    kinds = dict.fromkeys((p.operation_class, p.post, p.shift) for p in sorted(here, key=_urgency))
    rows: list[list[Flowable | list[Flowable]]] = [list(_heads(table, days))]
    rows[0][:2] = [JaPara(text("rosters.sheet.post"), _BOLD), JaPara(text("rosters.sheet.tier"), _BOLD)]
    commands: list[TableCommand] = [("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD))]
    for tier, post, shift in kinds:
        rows.append(
            [
                JaPara(f"{post_label(post)}　{look_of(shift).label}", _BOLD),
                JaPara(text(f"cover.tier.{tier}"), _BODY),
            ]
        )
        for column, day in enumerate(days, start=2):
            missing = sum(p.missing for p in here if (p.day, p.post, p.shift) == (day, post, shift))
            ink = "#ffffff" if missing else "#000000"
            words = text("rosters.wall.missing", count=missing) if missing else "\u3000"
            rows[-1].append(JaPara(words, replace(_MARK, size_pt=12, color=ink)))
            if missing:
                place = (column, len(rows) - 1)
                commands.append(("BACKGROUND", place, place, HexColor(_SHORT)))
    return [head, gap(2), grid(rows, _widths(len(days)), head_columns=1, commands=commands, padding_pt=2.5)]


def _urgency(post: object) -> tuple[int, str, str]:
    tiers = ("life", "standard", "other")
    tier = getattr(post, "operation_class", "")
    return (
        tiers.index(tier) if tier in tiers else len(tiers),
        getattr(post, "post", ""),
        getattr(post, "shift", ""),
    )

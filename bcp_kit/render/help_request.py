"""The request for staff to a partner, an association or the prefecture: PDF and Excel, from the empty posts.

The form of a prefecture was not read: this is a shape of its own, to be attached to or copied into theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.forms.messages import text
from bcp_kit.render.document import DocumentFacts, Heading, PageFrame, PrintedDocument, build, gap, grid
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import Align, JaPara, TextStyle
from bcp_kit.render.spreadsheet import Cleaner, Written, saved

_SIDE_MM = 16.0
_TITLE = TextStyle(size_pt=18, weight=Weight.BOLD, leading=1.4, color="#000000", align=Align.CENTRE)
_SECTION = TextStyle(size_pt=13, weight=Weight.BOLD, leading=1.4, color="#000000")
_BODY = TextStyle(size_pt=10.5, leading=1.4, color="#000000")
_BOLD = replace(_BODY, weight=Weight.BOLD)
_HEAD = "#e3e3e3"
_PEOPLE_MM = (38.0, 14.0, 38.0, 56.0, 32.0)
_PEOPLE = ("qualification", "people", "period", "shifts", "posts")
_FACT_MM = (42.0, 136.0)
_WIDTHS = (24.0, 8.0, 24.0, 34.0, 30.0)
_BOX = Border(*(Side(style="thin", color="808080"),) * 4)


@dataclass(frozen=True)
class RequestLine:
    """One kind of staff that is asked for, in words."""

    qualification: str
    people: int
    period: str
    shifts: str
    posts: str


@dataclass(frozen=True)
class HelpRequest:
    """One request: `to` whom, who asks, for what. `facts` are label and text, filled or left to fill in."""

    to: str
    asker: Sequence[tuple[str, str]]
    why: str
    lines: Sequence[RequestLine]
    facts: Sequence[tuple[str, str]]
    made_at: datetime


def request_sheet(request: HelpRequest) -> PrintedDocument:
    """Return the request as a tagged PDF; the same request gives the same bytes."""
    title = text("rosters.request.title")
    frame = PageFrame(foot="{page} / {pages}", margin_side_mm=_SIDE_MM, margin_top_mm=15, margin_bottom_mm=14)
    facts = DocumentFacts(title, request.made_at)
    return build(lambda _pages: _story(request, title), facts, frame, "help_request.pdf")


def _story(request: HelpRequest, title: str) -> list[Flowable]:
    day = f"{request.made_at.year}年{request.made_at.month}月{request.made_at.day}日"
    story: list[Flowable] = [
        JaPara(day, replace(_BODY, align=Align.RIGHT)),
        JaPara(
            text("rosters.request.to", to=request.to or "＿＿＿＿＿＿＿＿＿＿＿＿"),
            replace(_BOLD, size_pt=13),
        ),
        gap(6),
        Heading(title, _TITLE, 1, "title"),
        gap(6),
        JaPara(text("rosters.request.please"), _BODY),
        gap(6),
        Heading(text("rosters.request.who"), _SECTION, 2, "who"),
        _facts(request.asker),
        gap(6),
        Heading(text("rosters.request.why"), _SECTION, 2, "why"),
        JaPara(request.why, _BODY),
        gap(6),
        Heading(text("rosters.request.people_wanted"), _SECTION, 2, "people"),
        _people(request.lines),
        gap(6),
        Heading(text("rosters.request.conditions"), _SECTION, 2, "conditions"),
        _facts(request.facts),
        gap(6),
        Heading(text("rosters.request.reply"), _SECTION, 2, "reply"),
        JaPara(text("rosters.request.reply_words"), replace(_BODY, leading=1.8)),
        gap(4),
        JaPara(text("rosters.request.unverified"), replace(_BODY, size_pt=9)),
    ]
    return story


def _shares(parts: Sequence[float]) -> list[float]:
    width = A4[0] - 2 * _SIDE_MM * mm
    return [width * part / sum(parts) for part in parts]


def _facts(facts: Sequence[tuple[str, str]]) -> Flowable:
    rows = [[JaPara(label, _BOLD), JaPara(words or "\u3000", _BODY)] for label, words in facts]
    commands = [("BACKGROUND", (0, 0), (0, -1), HexColor(_HEAD))]
    return grid(rows, _shares(_FACT_MM), head_rows=0, head_columns=1, commands=commands, padding_pt=4)


def _people(lines: Sequence[RequestLine]) -> Flowable:
    if not lines:
        return JaPara(text("rosters.request.nobody"), _BOLD)
    rows: list[list[Flowable]] = [[JaPara(text(f"rosters.request.{key}"), _BOLD) for key in _PEOPLE]]
    rows += [
        [
            JaPara(line.qualification, _BOLD),
            JaPara(text("rosters.wall.missing", count=line.people), _BOLD),
            JaPara(line.period, _BODY),
            JaPara(line.shifts, _BODY),
            JaPara(line.posts, _BODY),
        ]
        for line in lines
    ]
    commands = [("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD))]
    return grid(rows, _shares(_PEOPLE_MM), head_columns=1, commands=commands, padding_pt=4)


def request_workbook(request: HelpRequest) -> Written:
    """Return the request as an Excel file that can be changed before it is sent."""
    book, cleaner = Workbook(), Cleaner()
    tab: Any = book.active
    tab.title = text("rosters.request.tab")
    pieces = [(text("rosters.request.title"),), (text("rosters.request.to", to=request.to),)]
    rows: list[tuple[Sequence[str], bool]] = [(piece, False) for piece in pieces]
    rows += [((text("rosters.request.who"),), False), *((fact, True) for fact in request.asker)]
    rows += [((text("rosters.request.why"),), False), ((request.why,), False)]
    rows += [((text("rosters.request.people_wanted"),), False)]
    rows += [(tuple(text(f"rosters.request.{key}") for key in _PEOPLE), True)]
    rows += [
        ((line.qualification, str(line.people), line.period, line.shifts, line.posts), True)
        for line in request.lines
    ]
    rows += [((text("rosters.request.conditions"),), False), *((fact, True) for fact in request.facts)]
    rows += [((text("rosters.request.unverified"),), False)]
    for number, (cells, boxed) in enumerate(rows, start=1):
        _write(tab, cleaner, number, cells, boxed=boxed)
    for index, width in enumerate(_WIDTHS, start=1):
        tab.column_dimensions[get_column_letter(index)].width = width
    tab.page_setup.fitToHeight, tab.sheet_properties.pageSetUpPr.fitToPage = 0, True
    return Written(saved(book), cleaner.cells)


def _write(tab: Any, cleaner: Cleaner, row: int, cells: Sequence[str], *, boxed: bool) -> None:
    for column, value in enumerate(cells, start=1):
        cell = tab.cell(row, column)
        cell.value = cleaner.clean(value)
        cell.data_type, cell.number_format = "s", "@"
        cell.alignment = Alignment(wrap_text=boxed, vertical="top")
        if boxed:
            cell.border = _BOX
        else:
            cell.font = Font(bold=True, size=14 if row == 1 else 11)
        if boxed and column == 1:
            cell.fill = PatternFill("solid", fgColor="E3E3E3")

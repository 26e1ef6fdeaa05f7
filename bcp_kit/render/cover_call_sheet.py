"""The call list of a cover run on paper: in the order of calling, with boxes and room to write."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.forms.messages import text
from bcp_kit.render.document import DocumentFacts, Heading, PageFrame, PrintedDocument, build, gap, grid
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import Align, JaPara, TextStyle

_SIDE_MM = 11.0
_TITLE = TextStyle(size_pt=17, weight=Weight.BOLD, leading=1.3, color="#000000")
_BODY = TextStyle(size_pt=10.5, leading=1.3, color="#000000")
_BOLD = replace(_BODY, weight=Weight.BOLD)
_NUMBER = replace(_BOLD, size_pt=13, align=Align.CENTRE)
_PHONE = replace(_BOLD, size_pt=11.5)
_HEAD = "#e3e3e3"
_WIDTHS_MM = (11.0, 50.0, 40.0, 78.0, 60.0, 36.0)
_COLUMNS = ("order", "whom", "phone", "what", "answer", "note")


@dataclass(frozen=True)
class CallOnPaper:
    """One call in words: whom (with qualification and route), the number to call, and what to ask for."""

    order: int
    name: str
    about: str
    phone: str
    ask: str
    posts: Sequence[str]


@dataclass(frozen=True)
class CallListSheet:
    """What is printed, and when. `about` says of which scenario and run it is."""

    facility: str
    about: str
    calls: Sequence[CallOnPaper]
    printed_at: datetime


def call_list_sheet(sheet: CallListSheet) -> PrintedDocument:
    """Return the list as a tagged PDF, lying A4; the same list gives the same bytes."""
    foot = text("rosters.calls.foot", facility=sheet.facility, day=f"{sheet.printed_at:%Y-%m-%d %H:%M}")
    escaped = foot.replace("{", "{{").replace("}", "}}")
    frame = PageFrame(
        foot=f"{escaped}　{{page}} / {{pages}}",
        margin_side_mm=_SIDE_MM,
        margin_top_mm=11,
        margin_bottom_mm=13,
        lying=True,
    )
    facts = DocumentFacts(text("rosters.calls.title"), sheet.printed_at)
    return build(lambda _pages: _story(sheet), facts, frame, "cover_calls.pdf")


def _story(sheet: CallListSheet) -> list[Flowable]:
    title = f"{text('rosters.calls.title')}　{sheet.facility}"
    story: list[Flowable] = [Heading(title, _TITLE, 1, "title"), gap(2), JaPara(sheet.about, _BODY), gap(2)]
    if not sheet.calls:
        return [*story, gap(4), JaPara(text("rosters.calls.nobody"), _BOLD)]
    return [*story, JaPara(text("rosters.calls.how"), _BODY), gap(5), _table(sheet.calls)]


def _table(calls: Sequence[CallOnPaper]) -> Flowable:
    width = landscape(A4)[0] - 2 * _SIDE_MM * mm
    shares = [width * part / sum(_WIDTHS_MM) for part in _WIDTHS_MM]
    rows: list[list[Flowable | list[Flowable]]] = [
        [JaPara(text(f"rosters.calls.{key}"), _BOLD) for key in _COLUMNS]
    ]
    rows += [_row(call) for call in calls]
    commands = [("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD))]
    return grid(rows, shares, head_columns=2, commands=commands, padding_pt=3.5)


def _row(call: CallOnPaper) -> list[Flowable | list[Flowable]]:
    phone = call.phone or text("rosters.calls.no_phone")
    return [
        JaPara(f"□\n{call.order}", _NUMBER),
        [JaPara(call.name, _BOLD), JaPara(call.about, _BODY)],
        JaPara(phone, _PHONE if call.phone else _BODY),
        [JaPara(call.ask, _BOLD), *(JaPara(post, _BODY) for post in call.posts)],
        JaPara(text("rosters.calls.boxes"), replace(_BODY, leading=1.5)),
        JaPara("\u3000", _BODY),
    ]

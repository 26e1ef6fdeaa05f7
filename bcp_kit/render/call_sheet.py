"""The sheet of a roll call: one line for each member of staff in the order of calling, boxes to tick."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.facility_event import CanCome, SafetyCall, SafetyReply
from bcp_kit.forms.messages import text
from bcp_kit.forms.roll_call import CallLine, Tally
from bcp_kit.forms.sheets import SheetKind, sheet
from bcp_kit.render.document import DocumentFacts, Heading, PageFrame, PrintedDocument, build, gap, grid
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import JaPara, TextStyle

_SIDE_MM = 11.0
_BODY = TextStyle(size_pt=10.0, leading=1.3, color="#000000")
_BOLD = replace(_BODY, weight=Weight.BOLD)
_TITLE = TextStyle(size_pt=17, weight=Weight.BOLD, leading=1.3, color="#000000")
_HEAD = "#e3e3e3"
_WIDTHS_MM = (9.0, 35.0, 37.0, 33.0, 25.0, 25.0, 52.0, 21.0, 38.0)
_COLUMNS = ("number", "name", "phone", "safe", "family", "home", "can_come", "means", "note")


@dataclass(frozen=True)
class CallSheet:
    """What the sheet shows. A call without id is a blank sheet. `printed_at` is handed in."""

    facility: Facility
    call: SafetyCall
    lines: Sequence[CallLine]
    tally: Tally
    printed_at: datetime


def call_sheet(about: CallSheet) -> PrintedDocument:
    """Return the sheet as a tagged PDF, lying; the same call gives the same bytes."""
    title = text("calls.sheet.title")
    foot = text("calls.sheet.foot", facility=about.facility.name, day=f"{about.printed_at:%Y-%m-%d %H:%M}")
    escaped = foot.replace("{", "{{").replace("}", "}}")
    frame = PageFrame(
        foot=f"{escaped}　{{page}} / {{pages}}",
        margin_side_mm=_SIDE_MM,
        margin_top_mm=11,
        margin_bottom_mm=13,
        lying=True,
    )
    name = f"safety_call_{about.call.id[:8] or 'blank'}.pdf"
    facts = DocumentFacts(title, about.printed_at)
    return build(lambda _pages: _story(about, title), facts, frame, name)


def _story(about: CallSheet, title: str) -> list[Flowable]:
    mark = f"【{text('calls.drill')}】" if about.call.drill else ""
    story: list[Flowable] = [Heading(f"{mark}{title}　{about.call.title}", _TITLE, 1, "title")]
    story += [gap(2), JaPara(_head(about), _BODY), gap(5), _table(about), gap(6)]
    return [*story, JaPara(text("calls.sheet.order"), replace(_BODY, size_pt=9))]


def _head(about: CallSheet) -> str:
    if not about.call.id:
        return text("calls.sheet.blank_head")
    counts = about.tally
    return text(
        "calls.sheet.head",
        started=f"{about.call.started_at:%Y-%m-%d %H:%M}",
        staff=counts.staff,
        answered=counts.answered,
        open=counts.open,
    )


def _table(about: CallSheet) -> Flowable:
    width = landscape(A4)[0] - 2 * _SIDE_MM * mm
    shares = [width * part / sum(_WIDTHS_MM) for part in _WIDTHS_MM]
    rows: list[list[Flowable]] = [[JaPara(text(f"calls.sheet.{key}"), _BOLD) for key in _COLUMNS]]
    rows += [_row(line) for line in about.lines]
    return grid(
        rows,
        shares,
        head_columns=2,
        commands=[("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD))],
        padding_pt=3.5,
    )


def _row(line: CallLine) -> list[Flowable]:
    reply, person = line.reply, line.person
    qualified = sheet(SheetKind.STAFF).columns
    names = next(column.choices for column in qualified if column.key == "qualifications")
    posts = "・".join(names[q] for q in person.qualifications[:2])
    cells = (
        str(line.number),
        f"{person.name}\n{posts}",
        person.phone or "\u3000",
        *(_boxes(getattr(reply, key) if reply else "", key) for key in ("safe", "family", "home")),
        _come(reply),
        _means(reply),
        reply.note if reply and reply.note else "\u3000",
    )
    return [JaPara(cell, _BOLD if place == 1 else _BODY) for place, cell in enumerate(cells)]


def _boxes(value: str, key: str) -> str:
    ok, hit = (text(f"calls.sheet.{key}_{state}") for state in ("ok", "hit"))
    return f"{_tick(value == 'ok')}{ok}\n{_tick(value == 'hit')}{hit}"


def _tick(ticked: bool) -> str:
    return "■" if ticked else "□"


def _come(reply: SafetyReply | None) -> str:
    come = reply.can_come if reply else CanCome.NO_ANSWER
    when = f"{reply.expected_at:%d日 %H:%M}" if reply and reply.expected_at else "＿＿日＿＿時"
    now, later, cannot = (
        f"{_tick(come is state)}{text(f'calls.sheet.come_{state.value}')}"
        for state in (CanCome.NOW, CanCome.LATER, CanCome.CANNOT)
    )
    return f"{now}　{cannot}\n{later} {when}"


def _means(reply: SafetyReply | None) -> str:
    words = next(c.choices for c in sheet(SheetKind.STAFF).columns if c.key == "commute")
    return words.get(reply.means, reply.means) if reply and reply.means else "\u3000"

"""The sheet before a copy that is posted: the address where the envelope has its window, marks to fold at.

It belongs to the copy: it carries its number and code, and is searched like its other pages. A person with a
protected address gets a sheet without one: that envelope is handed over.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from bcp_kit.catalogues.load import read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.code_drawing import draw_code
from bcp_kit.render.evacuation.layout import style
from bcp_kit.render.evacuation.values import say
from bcp_kit.render.evacuation.wording import printable, without_readings
from bcp_kit.render.japara import TextStyle, draw_lines, line_height, set_lines
from bcp_kit.render.tagpdf import TaggedCanvas, artifact, marked, section
from bcp_kit.resources import locate

_FOLD_PT, _SIDE_MM, _BODY_MM, _FOOT_PT = 14.0, 22.0, 110.0, 26.0
_CODE_PT = 70.0
ADDRESS_PAGES = (
    2  # a sheet of its own: its back stays empty, so that nothing of the plan shows through the window
)


class Envelope(DomainModel):
    """One kind of envelope: the window's place on the sheet and where the sheet is folded, in millimetres."""

    label_ja: str
    label_en: str
    left_mm: float
    top_mm: float
    width_mm: float
    height_mm: float
    folds_mm: tuple[float, ...] = ()

    def label(self, language: str) -> str:
        """Return the name in `language`."""
        return self.label_en if language == "en" else self.label_ja


@cache
def envelopes() -> Mapping[str, Envelope]:
    """Return the kinds of envelope by key (templates/print/envelopes.yaml)."""
    rows = read_yaml(locate("templates") / "print" / "envelopes.yaml")["envelopes"]
    return {key: Envelope.model_validate(row) for key, row in rows.items()}


def address_lines(case: PlanCase) -> tuple[str, ...]:
    """Return what stands in the window: nothing but how to deliver it where the address is protected."""
    person = case.person
    if case.hides_home:
        return (say("envelope.by_hand"), say("number", number=case.plan.number))
    code = say("envelope.postal", code=person.postal_code) if person.postal_code else ""
    name = say("envelope.to", name=person.name)
    return tuple(part for part in (code, person.address, person.address_building, name) if part)


def draw_address_sheet(canvas: TaggedCanvas, case: PlanCase, copy_pages: int) -> tuple[str, ...]:
    """Draw front and back of the sheet; return the characters that could not be drawn as written.

    `copy_pages` is the number of pages that follow.
    """
    envelope = envelopes()[case.envelope]
    width, height = A4
    missing: dict[str, None] = {}
    with section(canvas, "Sect"):
        canvas.setPageSize(A4)
        _folds(canvas, envelope, height)
        _address(canvas, case, envelope, missing)
        _body(canvas, case, copy_pages, missing)
        corner = (width - _SIDE_MM * mm - _CODE_PT, height - _SIDE_MM * mm - _CODE_PT)
        draw_code(canvas, case, *corner, _CODE_PT)
        _foot(canvas, case)
        canvas.showPage()
        canvas.setPageSize(A4)
        _put(canvas, say("blank_side"), style("text"), (_SIDE_MM * mm, height / 2, width / 2), missing)
        _foot(canvas, case)
        canvas.showPage()
    return tuple(missing)


def _put(
    canvas: TaggedCanvas,
    words: str,
    kind: TextStyle,
    box: tuple[float, float, float],
    missing: dict[str, None],
    tag: str = "P",
) -> float:
    """Write a paragraph downwards from the top of `box` (x, top, width in points); return the new top."""
    found = set_lines(printable(words), kind, box[2])
    missing.update(dict.fromkeys(found.missing))
    with marked(canvas, tag):
        return draw_lines(canvas, box, found, kind)


def _folds(canvas: TaggedCanvas, envelope: Envelope, height: float) -> None:
    with artifact(canvas):
        canvas.setStrokeGray(0)
        canvas.setLineWidth(0.5)
        for fold in envelope.folds_mm:
            canvas.line(0, height - fold * mm, _FOLD_PT, height - fold * mm)


def _address(canvas: TaggedCanvas, case: PlanCase, envelope: Envelope, missing: dict[str, None]) -> None:
    """Write the address into the window, in the largest type in which it fits there."""
    lines, room = address_lines(case), (envelope.width_mm * mm, envelope.height_mm * mm)
    left, top = envelope.left_mm * mm, A4[1] - envelope.top_mm * mm
    kind = _fitting(lines, room)
    for words in lines:
        top = _put(canvas, words, kind, (left, top, room[0]), missing)


def _fitting(lines: Sequence[str], room: tuple[float, float]) -> TextStyle:
    """Return the largest style that fits the window; what is longer goes on below it, never cut."""
    for name in ("strong", "label", "text", "foot"):
        kind = style(name)
        found = [set_lines(printable(words), kind, room[0]) for words in lines]
        if sum(line_height(text, kind) * len(text.lines) for text in found) <= room[1]:
            return kind
    return style("foot")


def _body(canvas: TaggedCanvas, case: PlanCase, copy_pages: int, missing: dict[str, None]) -> None:
    left, width = _SIDE_MM * mm, A4[0] - 2 * _SIDE_MM * mm
    top = A4[1] - _BODY_MM * mm
    top = _put(canvas, say("envelope.title"), style("key"), (left, top, width), missing, "H1") - 8
    inside = say("envelope.inside", edition=say(f"edition.{case.edition.value}"), pages=copy_pages)
    for key in (inside, say("envelope.note"), say("envelope.wrong"), say("envelope.check")):
        top = _put(canvas, key, style("text"), (left, top, width), missing) - 6
    _put(canvas, case.municipality, style("strong"), (left, top - 8, width), missing)


def _foot(canvas: TaggedCanvas, case: PlanCase) -> None:
    words = say("envelope.foot", copy=case.copy_number, number=case.plan.number)
    kind = style("foot")
    with artifact(canvas):
        canvas.setFillColor(HexColor(kind.color))
        found = set_lines(without_readings(words), kind, A4[0])
        draw_lines(canvas, (_SIDE_MM * mm, _FOOT_PT, A4[0]), found, kind)

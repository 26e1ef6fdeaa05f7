"""The forms 様式1–9, the supplementary tables and the contact tree on lying sheets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.forms.contact_tree import Contact
from bcp_kit.forms.form_sheets import FilledSheet
from bcp_kit.forms.messages import text
from bcp_kit.render.document import (
    LANDSCAPE,
    DocumentFacts,
    Heading,
    PageFrame,
    PrintedDocument,
    build,
    gap,
    grid,
    new_page,
)
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import JaPara, TextStyle
from bcp_kit.render.plan_look import column_widths
from bcp_kit.render.tagpdf import artifact, tagged

_SIDE_MM = 12.0
_TITLE = TextStyle(size_pt=15, weight=Weight.BOLD, leading=1.3, color="#000000")
_NOTE = TextStyle(size_pt=8.5, leading=1.35, color="#333333")
_HEAD = HexColor("#e3e3e3")
_ROOM = "\u3000\n\u3000"  # an empty row that a hand can write in
_WIDE, _WIDE_PT, _NARROW_PT = 9, 8.5, 10.0
_INDENT_PT = 16.0
_TREE_MM = (74.0, 58.0, 46.0, 74.0, 21.0)


@dataclass(frozen=True)
class SheetPrint:
    """What stands around the sheets."""

    title: str
    facility: str
    printed_at: datetime
    file_name: str
    personal: bool


def _frame(about: SheetPrint) -> PageFrame:
    key = "cards.forms.foot_personal" if about.personal else "cards.forms.foot"
    foot = text(key, facility=about.facility, day=f"{about.printed_at:%Y-%m-%d}")
    escaped = foot.replace("{", "{{").replace("}", "}}")
    return PageFrame(
        foot=f"{escaped}　{{page}} / {{pages}}",
        margin_side_mm=_SIDE_MM,
        margin_top_mm=11,
        margin_bottom_mm=13,
        lying=True,
    )


def form_paper(sheets: Sequence[FilledSheet], about: SheetPrint) -> PrintedDocument:
    """Return the sheets as one tagged PDF, each from a page of its own."""

    def story(_pages: object) -> list[Flowable]:
        found: list[Flowable] = []
        for place, sheet in enumerate(sheets):
            found += new_page(LANDSCAPE) if place else []
            found += _sheet(sheet)
        return found

    facts = DocumentFacts(about.title, about.printed_at)
    return build(story, facts, _frame(about), about.file_name)


def _sheet(sheet: FilledSheet) -> list[Flowable]:
    size = _WIDE_PT if len(sheet.columns) >= _WIDE else _NARROW_PT
    cell = TextStyle(size, leading=1.3, color="#000000")
    bold = replace(cell, weight=Weight.BOLD)
    width = landscape(A4)[0] - 2 * _SIDE_MM * mm
    words = [tuple(row.get(column, "") for column in sheet.columns) for row in sheet.rows]
    rows: list[list[Flowable]] = [[JaPara(column, bold) for column in sheet.columns]]
    rows += [[JaPara(said or "\u3000", cell) for said in row] for row in words]
    rows += [[JaPara(_ROOM, cell) for _ in sheet.columns] for _ in range(sheet.blank)]
    table = grid(
        rows,
        column_widths(sheet.columns, words, width, size),
        commands=[("BACKGROUND", (0, 0), (-1, 0), _HEAD)],
        padding_pt=3,
    )
    return [Heading(sheet.title, _TITLE, 1, sheet.key), gap(1), JaPara(sheet.mark, _NOTE), gap(4), table]


class _Branch(Flowable):  # type: ignore[misc, unused-ignore]
    """A name set in by its level, with the line that joins it to the one above drawn as decoration."""

    def __init__(self, inside: JaPara, level: int) -> None:
        super().__init__()
        self.inside, self.indent = inside, level * _INDENT_PT

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size in points."""
        _, self.height = self.inside.wrap(available_width - self.indent, available_height)
        self.width = available_width
        return self.width, self.height

    def draw(self) -> None:
        """Draw the joint, then the words."""
        canvas = tagged(self.canv)
        if self.indent:
            left, middle = self.indent - 0.65 * _INDENT_PT, self.height - 7
            with artifact(canvas):
                canvas.setStrokeColor(HexColor("#333333"))
                canvas.setLineWidth(0.9)
                canvas.line(left, self.height + 3, left, middle)
                canvas.line(left, middle, self.indent - 3, middle)
        self.inside.drawOn(canvas, self.indent, 0)


def contact_paper(contacts: Sequence[Contact], about: SheetPrint) -> PrintedDocument:
    """Return the contact tree as an indented table, read from top to bottom."""
    cell = TextStyle(10.5, leading=1.3, color="#000000")
    bold = replace(cell, weight=Weight.BOLD)
    heads = ("who", "post", "phone", "deputy", "done")
    rows: list[list[Flowable]] = [[JaPara(text(f"cards.tree.{key}"), bold) for key in heads]]
    for contact in contacts:
        name = contact.name or text("cards.tree.unknown")
        strong = bold if contact.level < 2 else cell
        rows.append(
            [
                _Branch(JaPara(name, strong), contact.level),
                JaPara(contact.post or "\u3000", cell),
                JaPara(contact.phone or "\u3000", bold),
                JaPara(contact.deputy or "\u3000", cell),
                JaPara("□", cell),
            ]
        )
    width = landscape(A4)[0] - 2 * _SIDE_MM * mm
    table = grid(
        rows,
        [width * part / sum(_TREE_MM) for part in _TREE_MM],
        head_columns=1,
        commands=[("BACKGROUND", (0, 0), (-1, 0), _HEAD)],
        padding_pt=3.2,
    )

    def story(_pages: object) -> list[Flowable]:
        head = Heading(about.title, _TITLE, 1, "tree")
        return [head, gap(1), JaPara(text("cards.tree.how"), _NOTE), gap(4), table]

    return build(story, DocumentFacts(about.title, about.printed_at), _frame(about), about.file_name)

"""The base of flowing documents: pages with head and foot, headings, tables, contents.

A document is made by a function that returns flowables for known page numbers. It is called until the
page numbers stand still, so contents and cross references are right; the same input gives the same bytes.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
    Table,
)

from bcp_kit.render.jafont import BASE_FONT, font_chain
from bcp_kit.render.japara import (
    Align,
    JaPara,
    Share,
    TextStyle,
    draw_lines,
    line_height,
    remembered_lines,
    set_lines,
)
from bcp_kit.render.safe_text import Printable
from bcp_kit.render.tagpdf import DocumentFacts, TableTags, TaggedCanvas, artifact, finish, tagged
from bcp_kit.render.whole_rows import WholeRows, with_room

PORTRAIT, LANDSCAPE = "portrait", "landscape"
PAPERS = {"A4": A4, "A3": A3}
_MOST_PASSES = 4
_RULE_PT = 0.6
_EDGE_LINES = 2  # more lines at head or foot would run into the page

Pages = Mapping[str, int]
MakeStory = Callable[[Pages], Sequence[Flowable]]
TableCommand = tuple[Any, ...]


@dataclass(frozen=True)
class PrintedDocument:
    """A finished PDF. `missing_glyphs` are the characters that no font could draw as written."""

    file_name: str
    pdf_bytes: bytes
    pages: int
    missing_glyphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageFrame:
    """Margins in millimetres and the words at the head and foot of every page.

    `foot` may hold {page} and {pages}. `first_page_bare` leaves head and foot off a title page. `paper` is A4
    or A3; `lying` begins the document on its side.
    """

    head: str = ""
    foot: str = "{page} / {pages}"
    margin_top_mm: float = 18.0
    margin_bottom_mm: float = 18.0
    margin_side_mm: float = 18.0
    style: TextStyle = field(default_factory=lambda: TextStyle(size_pt=8.5, color="#333333"))
    rule_color: str = "#8a8a8a"
    first_page_bare: bool = False
    paper: str = "A4"
    lying: bool = False


class Heading(JaPara):
    """A heading with a tag by level (H1–H6), an entry in the outline and a key that others refer to."""

    def __init__(self, content: Printable, style: TextStyle, level: int, key: str) -> None:
        super().__init__(content, style, f"H{level}")
        self.level, self.key = level, key
        self.keepWithNext = 1

    def draw(self) -> None:
        """Draw, and note the page for the outline and the contents."""
        if tagged(self.canv).counting:
            return
        words = "".join(atom.text for line in self.set_text.lines for atom in line.atoms)  # type: ignore[union-attr]
        self.canv.bookmarkPage(self.key)
        self.canv.addOutlineEntry(words, self.key, level=self.level - 1, closed=self.level > 1)
        super().draw()


class Panel(Flowable):  # type: ignore[misc, unused-ignore]
    """A paragraph on a filled or framed band. It is kept in one piece."""

    def __init__(self, inside: JaPara, *, fill: str = "", border: str = "", padding_pt: float = 5.0) -> None:
        super().__init__()
        self.inside, self.fill, self.border, self.padding_pt = inside, fill, border, padding_pt
        self.keepWithNext = getattr(inside, "keepWithNext", 0)

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size with padding, in points."""
        _, height = self.inside.wrap(available_width - 2 * self.padding_pt, available_height)
        self.width, self.height = available_width, height + 2 * self.padding_pt
        return self.width, self.height

    def draw(self) -> None:
        """Draw the band as decoration and the words as content."""
        canvas = tagged(self.canv)
        with artifact(canvas):
            if self.fill:
                canvas.setFillColor(HexColor(self.fill))
            if self.border:
                canvas.setStrokeColor(HexColor(self.border))
            fill, stroke = int(bool(self.fill)), int(bool(self.border))
            canvas.rect(0, 0, self.width, self.height, fill=fill, stroke=stroke)
        self.inside.drawOn(canvas, self.padding_pt, self.padding_pt)


@dataclass(frozen=True)
class Entry:
    """One line of the contents: the key of a heading and its words."""

    key: str
    words: str
    indent_pt: float = 0.0


class _ContentsLine(Flowable):  # type: ignore[misc, unused-ignore]
    """Words, a dotted rule and the page number, below the contents that all lines share."""

    def __init__(self, entry: Entry, page: int, style: TextStyle, contents: Share) -> None:
        super().__init__()
        self.words = JaPara(entry.words, style, "TOCI")
        self.number, self.style, self.indent_pt = str(page or ""), style, entry.indent_pt
        self.number_width, self.contents = 3.2 * style.size_pt, contents

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """Return the size in points."""
        inner = available_width - self.indent_pt - self.number_width
        _, self.height = self.words.wrap(inner, available_height)
        self.width = available_width
        return self.width, self.height

    def draw(self) -> None:
        """Draw words and number as content, the dots as decoration."""
        canvas = tagged(self.canv)
        if canvas.counting:
            return
        self.contents.node = self.contents.node or canvas.tagger.add("TOC")
        canvas.tagger.stack.append(self.contents.node)
        self.words.drawOn(canvas, self.indent_pt, 0)
        canvas.tagger.pop()
        self._draw_dots(canvas)
        right = replace(self.style, align=Align.RIGHT)
        number = set_lines(self.number, right, self.number_width)
        if number.lines and self.words.share.node:
            canvas.tagger.begin(canvas, self.words.share.node)
            left = self.width - self.number_width
            draw_lines(canvas, (left, line_height(number, right), self.number_width), number, right)
            canvas.tagger.end(canvas)

    def _draw_dots(self, canvas: TaggedCanvas) -> None:
        text = self.words.set_text
        start = self.indent_pt + (text.lines[-1].width_pt if text and text.lines else 0.0) + 4
        end, base = self.width - self.number_width, self.style.size_pt * 0.3
        with artifact(canvas):
            canvas.setDash(0.6, 3)
            canvas.setStrokeColor(HexColor(self.style.color))
            if end > start:
                canvas.line(start, base, end, base)
            canvas.setDash()


def contents(entries: Sequence[Entry], pages: Pages, style: TextStyle) -> list[Flowable]:
    """Return the lines of the contents; a page that is not known yet stays empty."""
    share = Share()
    return [_ContentsLine(entry, pages.get(entry.key, 0), style, share) for entry in entries]


def grid(
    rows: Sequence[Sequence[Flowable | Sequence[Flowable]]],
    column_widths_pt: Sequence[float],
    *,
    head_rows: int = 1,
    head_columns: int = 0,
    commands: Sequence[TableCommand] = (),
    padding_pt: float = 4.0,
) -> Table:
    """Return a table that breaks between rows (inside one longer than a page), repeats its head, is tagged.

    `commands` are ReportLab table commands that come after the house ones (rules, padding, top alignment).
    """
    whole = (0, 0), (-1, -1)
    house: list[TableCommand] = [
        ("GRID", *whole, _RULE_PT, HexColor("#8a8a8a")),
        ("VALIGN", *whole, "TOP"),
        ("FONTNAME", *whole, BASE_FONT),  # else an unembedded Helvetica slips in
        *((f"{side}PADDING", *whole, padding_pt) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
    ]
    return WholeRows(
        [list(row) for row in rows],
        colWidths=list(column_widths_pt),
        repeatRows=head_rows,
        splitInRow=1,
        style=[*house, *commands],
        renderCB=TableTags(head_rows, head_columns),  # type: ignore[arg-type, unused-ignore]
    )


def gap(height_pt: float) -> Flowable:
    """Return empty space of a height in points."""
    return Spacer(1, height_pt)


def new_page(shape: str = PORTRAIT) -> list[Flowable]:
    """Return what begins a new page of the given shape (PORTRAIT or LANDSCAPE)."""
    return [NextPageTemplate(shape), PageBreak()]


class _Record(BaseDocTemplate):  # type: ignore[misc, unused-ignore]
    """A pass over the document that notes the page of each heading and the characters that fail."""

    def __init__(self, target: io.BytesIO, frame: PageFrame, pages: int) -> None:
        self.target, self.frame_of_pages, self.pages_before = target, frame, pages
        self.found: dict[str, int] = {}
        side, top, bottom = (
            length * mm for length in (frame.margin_side_mm, frame.margin_top_mm, frame.margin_bottom_mm)
        )
        sheet = PAPERS[frame.paper]
        super().__init__(target, pagesize=sheet, initialFontName=BASE_FONT, lang="ja-JP", invariant=1)
        shapes = [(PORTRAIT, sheet), (LANDSCAPE, landscape(sheet))]
        self.addPageTemplates(
            [
                PageTemplate(
                    id=name,
                    frames=[Frame(side, bottom, w - 2 * side, h - top - bottom, 0, 0, 0, 0, id=name)],
                    pagesize=(w, h),
                    onPage=self.draw_edges,
                )
                for name, (w, h) in (reversed(shapes) if frame.lying else shapes)
            ]
        )

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - ReportLab's name
        inside = flowable.inside if isinstance(flowable, Panel) else flowable
        if isinstance(inside, Heading):
            self.found.setdefault(inside.key, self.page)

    def draw_edges(self, plain_canvas: Canvas, _doc: Any) -> None:
        canvas = tagged(plain_canvas)
        frame, number = self.frame_of_pages, canvas.getPageNumber()
        if number == 1 and frame.first_page_bare:
            return
        width, height = self.pageTemplate.pagesize
        side = frame.margin_side_mm * mm
        foot = frame.foot.format(page=number, pages=self.pages_before or number)
        with artifact(canvas):
            canvas.setStrokeColor(HexColor(frame.rule_color))
            canvas.setLineWidth(_RULE_PT)
            for words, top, align in (
                (frame.head, height - frame.margin_top_mm * mm * 0.45, Align.LEFT),
                (foot, frame.margin_bottom_mm * mm * 0.75, Align.CENTRE),
            ):
                style = replace(frame.style, align=align)
                text = set_lines(words, style, width - 2 * side)
                text = replace(text, lines=text.lines[:_EDGE_LINES])
                draw_lines(canvas, (side, top, width - 2 * side), text, style)


def _collect(flowables: Sequence[Flowable], missing: dict[str, None]) -> None:
    """Gather the characters that failed from all paragraphs, also those in tables and panels."""
    for flowable in flowables:
        if isinstance(flowable, JaPara):
            missing.update(dict.fromkeys(flowable.missing))
        elif hasattr(
            flowable, "inside"
        ):  # a panel, a line to tick or to write on: anything around paragraphs
            inside = flowable.inside
            _collect(inside if isinstance(inside, list | tuple) else [inside], missing)
        elif isinstance(flowable, Table):
            for row in flowable._cellvalues:  # type: ignore[attr-defined, unused-ignore]
                for cell in row:
                    _collect(cell if isinstance(cell, list | tuple) else [cell], missing)


def build(make_story: MakeStory, facts: DocumentFacts, frame: PageFrame, file_name: str) -> PrintedDocument:
    """Return the finished document.

    `make_story` gets the page of each heading key (empty at first) and is called again until they settle.
    """
    font_chain()  # fonts stand before the first page asks for them
    with remembered_lines():
        record, canvas, story = _settled(make_story, frame)
    missing: dict[str, None] = {}
    _collect(story, missing)
    pdf_bytes = finish(record.target.getvalue(), canvas.tagger, facts)
    return PrintedDocument(file_name, pdf_bytes, record.page, tuple(missing))


def _settled(make_story: MakeStory, frame: PageFrame) -> tuple[_Record, TaggedCanvas, Sequence[Flowable]]:
    """Return the pass whose pages are those that its own contents name; the first pass only counts them."""
    pages: dict[str, int] = {}
    total = 0
    for turn in range(_MOST_PASSES):
        story = list(make_story(pages))
        drawn: list[TaggedCanvas] = []
        record = _Record(io.BytesIO(), frame, total)

        def canvas_maker(*details: Any, **settings: Any) -> TaggedCanvas:
            drawn.append(TaggedCanvas(*details, **settings))  # noqa: B023 - used within this turn only
            drawn[-1].counting = not turn  # noqa: B023
            return drawn[-1]  # noqa: B023

        kept = list(story)
        record.build(list(with_room(story)), canvasmaker=canvas_maker)
        settled = turn > 0 and record.found == pages and record.page == total
        pages, total = record.found, record.page
        if settled:
            break
    return record, drawn[0], kept


__all__ = [
    "LANDSCAPE",
    "PORTRAIT",
    "DocumentFacts",
    "Entry",
    "Heading",
    "PageFrame",
    "Panel",
    "PrintedDocument",
    "build",
    "contents",
    "gap",
    "grid",
    "new_page",
]

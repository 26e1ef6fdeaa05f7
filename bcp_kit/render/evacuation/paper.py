"""Draws the copies of plans, page by page, straight onto a tagged canvas."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from reportlab.lib.colors import Color, HexColor

from bcp_kit.render.evacuation.address_sheet import ADDRESS_PAGES, draw_address_sheet
from bcp_kit.render.evacuation.boxes import build_box
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.code_drawing import draw_code
from bcp_kit.render.evacuation.layout import BoxKind, Edition, Emphasis, plan_layout, set_in, style
from bcp_kit.render.evacuation.map_drawing import draw_map, map_of
from bcp_kit.render.evacuation.rows import Cell, Row, RowKind, SetLine, Setter
from bcp_kit.render.evacuation.sheets import draw_fold_marks, filled, sides_of
from bcp_kit.render.evacuation.sides import Frame, PlacedBox, Side, arrange, joined
from bcp_kit.render.evacuation.values import say, short_date
from bcp_kit.render.evacuation.wording import named, width_of, without_readings, worded_as
from bcp_kit.render.jafont import BASE_FONT, font_chain
from bcp_kit.render.japara import RUBY_BELOW, TextStyle, draw_line
from bcp_kit.render.tagpdf import (
    DocumentFacts,
    Node,
    TaggedCanvas,
    artifact,
    finish,
    marked,
    section,
)

_TAB_INSET_PT = 6.0
_TICK_PT = 9.5
_STAMP = ("name_small", "key", "strong")  # sizes of the stamp of an unchecked plan, the first that fits


@dataclass(frozen=True)
class CopyPages:
    """Where one person's copy stands in a file, and the characters that could not be drawn as written."""

    plan_id: str
    first_page: int
    pages: int
    missing_glyphs: tuple[str, ...]


@dataclass(frozen=True)
class PrintedCopies:
    """One finished file with the copies in it: a PDF, or a text (one copy, one "page")."""

    pdf_bytes: bytes
    copies: tuple[CopyPages, ...]
    is_pdf: bool = True

    @property
    def text(self) -> str:
        """The words of a text file."""
        return self.pdf_bytes.decode()

    @property
    def pages(self) -> int:
        """Number of pages in the file."""
        return sum(copy.pages for copy in self.copies)


@cache
def _color(name: str) -> Color:
    return HexColor(name)


def plan_number(case: PlanCase) -> str:
    """Return what people read and write as the plan's number."""
    return case.plan.number or case.plan.id[:12]


class _Copy:
    """Draws one person's copy. Its pages are a multiple of two: the next person begins on a new sheet."""

    def __init__(self, canvas: TaggedCanvas, case: PlanCase) -> None:
        self.canvas, self.case, self.layout = canvas, case, plan_layout()
        self.left = self.layout.paper.margin_side_pt
        self.sheet = self.layout.sheet
        self.width = self.sheet.width_pt - 2 * self.left
        self.setter = Setter()
        self.opened: dict[int, Node] = {}

    @property
    def _right(self) -> float:
        """Right end of what stands in boxes."""
        return self.left + self.width - self.layout.paper.padding_pt

    def arranged(self) -> list[Side]:
        """Return all pages of the copy, with the empty ones that fill the last sheet."""
        sides = []
        for name, keys in self.layout.sides.items():
            boxes = [build_box(self.case, key, self.width, self.setter) for key in keys]
            sides.append((name, [box for box in boxes if box is not None]))
        frame = Frame.of(self.layout, self.sheet.height_pt)
        pages = list(arrange(joined(sides, frame) if self.sheet.panels == 1 else sides, frame))
        return pages + [Side("blank", ())] * (filled(len(pages), self.sheet) - len(pages))

    def draw(self, pages: Sequence[Side]) -> tuple[int, tuple[str, ...]]:
        """Draw the pages; return the number of sides of paper and the characters that failed."""
        with section(self.canvas, "Sect"):
            sides_drawn = self._draw_sides(pages)
        return sides_drawn, tuple(self.setter.missing)

    def _draw_sides(self, pages: Sequence[Side]) -> int:
        """Draw all sides of paper and return their number; a voice reads the pages in their own order."""
        tagger, sheet = self.canvas.tagger, self.sheet
        nodes = [tagger.add("Sect") for _ in pages] if sheet.booklet else []
        count = 0
        for side in sides_of(len(pages), sheet):
            self.canvas.setPageSize((sheet.width_pt * sheet.panels, sheet.height_pt))
            for place, index in enumerate(side):
                tagger.stack.append(nodes[index] if nodes else tagger.stack[-1])
                self.canvas.saveState()
                self.canvas.translate(place * sheet.width_pt, 0)
                self._draw_page(pages, index)
                self.canvas.restoreState()
                tagger.pop()
            draw_fold_marks(self.canvas, sheet)
            self.canvas.showPage()
            count += 1
        return count

    def _draw_page(self, pages: Sequence[Side], index: int) -> None:
        side = pages[index]
        self.opened.clear()
        self._draw_foot(index + 1, len(pages))
        if side.name == "blank":
            self._write(say("blank_side"), style("text"), self.left, self.sheet.height_pt / 2, "P")
        else:
            self._draw_header(side.name, first=index == 0)
        for placed in side.boxes:
            goes_on = self._page_of(pages, index, placed) if placed.box.goes_on else 0
            self._draw_box(placed, goes_on)

    @staticmethod
    def _page_of(pages: Sequence[Side], index: int, placed: PlacedBox) -> int:
        """Return the page on which a cut box goes on, counted from 1."""
        for later, side in enumerate(pages[index + 1 :], start=index + 2):
            if any(other.box.key == placed.box.key and other.box.continued for other in side.boxes):
                return later
        return 0

    def _write(self, words: str, kind: TextStyle, x: float, top: float, tag: str) -> float:
        """Write one line as a new element, cut with … where too long, and return its lower edge."""
        with marked(self.canvas, tag):
            return self._draw_lines(self._one_line(words, kind, self.left + self.width - x), x, top)

    def _one_line(self, words: str, kind: TextStyle, width: float) -> tuple[SetLine, ...]:
        lines = self.setter.lines(words, kind, width)
        if len(lines) < 2:
            return lines
        kept = "".join(atom.text for atom in lines[0].line.atoms)
        while kept and width_of(f"{kept}…", kind) > width:
            kept = kept[:-1]
        return self.setter.lines(f"{kept}…", kind, width)

    def _draw_lines(self, lines: Sequence[SetLine], x: float, top: float) -> float:
        for line in lines:
            kind = line.style
            self.canvas.setFillColor(_color(kind.color))
            share = RUBY_BELOW if line.ruby else 0.5
            base = top - line.height + (line.height - kind.size_pt) * share + kind.size_pt * 0.12
            draw_line(self.canvas, x, base, line.line, kind)
            top -= line.height
        return top

    def _draw_header(self, side: str, *, first: bool) -> None:
        kind, top = style("title"), self.sheet.height_pt - self.layout.paper.margin_top_pt
        edition = say(f"edition.{self.case.edition.value}")
        with artifact(self.canvas):
            self.canvas.setFillColor(_color(self.layout.ink))
            self.canvas.rect(self.left, top - kind.leading_pt, self.width, kind.leading_pt, stroke=0, fill=1)
        words = say("header", edition=edition, side=say(f"side.{side}"), town=self.case.municipality).strip()
        name = named(self.case.person.name, self.case.person.name_kana)
        right = say("number", number=plan_number(self.case)) if first else name
        width = min(width_of(right, kind), self.width * 0.5)
        room = self.width - width - 3 * _TAB_INSET_PT
        with marked(self.canvas, "H1" if first else "P"):
            self._draw_lines(self._one_line(words, kind, room), self.left + _TAB_INSET_PT, top)
        self._write(right, kind, self.left + self.width - width - _TAB_INSET_PT, top, "P")

    def _draw_foot(self, page: int, pages: int) -> None:
        case, kind = self.case, style("foot")
        words = say(
            self.layout.foot,
            copy=case.copy_number,
            number=plan_number(case),
            version=case.plan.version,
            edition=say(f"edition.{case.edition.value}"),
            printed=case.printed_on.isoformat(),
            page=page,
            pages=pages,
        )
        top = self.layout.paper.margin_bottom_pt - 4
        with artifact(self.canvas):
            self._draw_lines(self._one_line(without_readings(words), kind, self.width), self.left, top)

    def _draw_box(self, placed: PlacedBox, goes_on: int) -> None:
        box, paper, tab = placed.box, self.layout.paper, style("tab")
        title = box.title + (say("continued") if box.continued else "")
        heavy = box.emphasis is Emphasis.HEAVY
        width, tall = width_of(title, tab) + 2 * _TAB_INSET_PT, tab.leading_pt
        if box.side_title:
            width, tall = paper.side_tab_pt, placed.height
        with artifact(self.canvas):
            self.canvas.setStrokeColor(_color(self.layout.ink))
            self.canvas.setFillColor(_color(self.layout.ink))
            self.canvas.setLineWidth(paper.heavy_rule_pt if heavy else paper.rule_pt)
            self.canvas.rect(self.left, placed.top - placed.height, self.width, placed.height)
            self.canvas.rect(self.left, placed.top - tall, width, tall, stroke=0, fill=1)
        left, top = self.left + paper.padding_pt, placed.top - paper.padding_pt
        if box.side_title:
            with marked(self.canvas, "H2"):
                self._draw_lines(box.side_title, self.left + _TAB_INSET_PT, top)
            left += width
        else:
            self._write(title, tab, self.left + _TAB_INSET_PT, placed.top, "H2")
            top -= tall
        if box.mark:
            low, high = (left, placed.top - placed.height + 14), (self.left + width + 6, placed.top)
            at = low if box.side_title else high
            short = width_of(box.mark, style("label")) > self._right - at[0]
            self._write(say("empty_short") if short else box.mark, style("label"), *at, "P")
        if self.layout.boxes[box.key].kind is BoxKind.WHO and not box.continued:
            self._draw_identity(placed.top - 5)
        top = self._draw_rows(box.rows, left, top)
        if goes_on:
            self._write(say("goes_on", page=goes_on), style("label"), left, top, "P")

    def _draw_rows(self, rows: Sequence[Row], x: float, top: float) -> float:
        tagger, opened = self.canvas.tagger, ""
        for row in rows:
            wanted = {RowKind.HEAD: "Table", RowKind.CELLS: "Table", RowKind.ITEM: "L"}.get(row.kind, "")
            if opened and opened != wanted:
                tagger.pop()
            if wanted and opened != wanted:
                tagger.push(wanted)
            ruled = opened == wanted == "Table" and row.kind is RowKind.CELLS
            opened = wanted
            if ruled:
                self._rule(x, top)
            self._draw_row(row, x, top)
            top -= row.height
        if opened:
            tagger.pop()
        return top

    def _draw_row(self, row: Row, x: float, top: float) -> None:
        if row.kind is RowKind.MAP:
            self._draw_map(row, x, top)
        elif row.kind in (RowKind.HEAD, RowKind.CELLS):
            with section(self.canvas, "TR"):
                for cell in row.cells:
                    self._draw_table_cell(cell, x, top - row.pad, head=row.kind is RowKind.HEAD)
        elif row.kind is RowKind.ITEM:
            for cell in row.cells:
                self._draw_item(cell, x, top - row.pad)
        else:
            for cell in row.cells:
                self._draw_paragraph(cell, x, top - row.pad)
            if row.kind is RowKind.WRITE:
                self._draw_writing_line(row, x, top)

    def _rule(self, left: float, top: float) -> None:
        """Draw the thin line between two rows of a table."""
        with artifact(self.canvas):
            self.canvas.setStrokeColor(_color(self.layout.ink))
            self.canvas.setLineWidth(0.5)
            self.canvas.line(left, top, self._right, top)

    def _draw_table_cell(self, cell: Cell, x: float, top: float, *, head: bool) -> None:
        tagger = self.canvas.tagger
        node = tagger.add("TH", scope="Column") if head else tagger.add("TD")
        if cell.lines:
            tagger.begin(self.canvas, node)
            self._draw_lines(cell.lines, x + cell.x, top)
            tagger.end(self.canvas)

    def _draw_item(self, cell: Cell, x: float, top: float) -> None:
        inset = 17.0 if cell.lines else 0.0
        if cell.check_box and cell.lines:
            with artifact(self.canvas):
                self.canvas.setStrokeColor(_color(self.layout.ink))
                self.canvas.setLineWidth(1.1)
                self.canvas.rect(x + cell.x + 2, top - _TICK_PT - 2, _TICK_PT, _TICK_PT)
        if cell.lines:
            with section(self.canvas, "LI"), marked(self.canvas, "LBody"):
                self._draw_lines(cell.lines, x + cell.x + inset, top)

    def _draw_paragraph(self, cell: Cell, x: float, top: float) -> None:
        """Draw lines; those of one paragraph share an element, also over rows and pages."""
        tagger = self.canvas.tagger
        for line in cell.lines:
            if line.line.atoms:
                tagger.begin(self.canvas, self._paragraph_of(line))
                self._draw_lines((line,), x + cell.x, top)
                tagger.end(self.canvas)
            top -= line.height

    def _paragraph_of(self, line: SetLine) -> Node:
        """Return the element of a line; on a folded sheet each page has its own, as pages are drawn mixed."""
        if not self.sheet.booklet:
            line.share.node = line.share.node or self.canvas.tagger.add("P")
            return line.share.node
        if id(line.share) not in self.opened:
            self.opened[id(line.share)] = self.canvas.tagger.add("P")
        return self.opened[id(line.share)]

    def _draw_writing_line(self, row: Row, x: float, top: float) -> None:
        base, last = top - row.height + 4, self._right - row.right
        ends = [*(x + cell.x - _TAB_INSET_PT for cell in row.cells[1:]), last]
        with artifact(self.canvas):
            self.canvas.setStrokeColor(_color(self.layout.ink))
            self.canvas.setLineWidth(0.5)
            for cell, end in zip(row.cells or (Cell(0.0, 0.0),), ends, strict=True):
                words = [line.line.width_pt for line in cell.lines]
                self.canvas.line(x + cell.x + (max(words) + 6 if words else 0.0), base, end, base)

    def _draw_map(self, row: Row, x: float, top: float) -> None:
        width, height = self.width - 2 * self.layout.paper.padding_pt, row.height
        found = map_of(self.case, width, height)
        if found is None:
            with marked(self.canvas, "P"):
                self._draw_lines(self.setter.lines(say("map_unknown"), style("text"), width), x, top)
            return
        with marked(self.canvas, "Figure", alt=without_readings(found.alt)):
            draw_map(self.canvas, found, x, top - height, width)

    def _draw_identity(self, top: float) -> None:
        """Draw when the plan was last checked, and its code, at the right of the first box."""
        identity = self.layout.identity
        width, height, code = identity.width_pt - 14, identity.frame_pt, identity.code_pt
        x = self.left + self.width - width - 5
        plan = self.case.plan
        stale = plan.is_stale(self.case.printed_on)
        with artifact(self.canvas):
            self.canvas.setStrokeColor(_color(self.layout.ink))
            self.canvas.setLineWidth(2.2 if stale else 0.9)
            self.canvas.rect(x, top - height, width, height)
        if stale:
            stamp, sizes = say("unverified"), [style(name) for name in _STAMP]
            self._write(stamp, self.setter.first_fitting(stamp, sizes, width - 8), x + 6, top - 1, "P")
            since = short_date(plan.verified_on)
            words = say("unverified_since", date=since) if since else say("unverified_never")
        else:
            self._write(say("verified"), style("label"), x + 6, top - 2, "P")
            self._write(short_date(plan.verified_on), style("label"), x + 6, top - height / 2 + 2, "P")
            review = short_date(plan.next_review_on)
            words = say("review_by", date=review) if review else ""
            if plan.verified_on is not None and plan.verified_on < plan.updated_on:
                words = say("changed_since", date=short_date(plan.updated_on))
        foot = style("foot")
        low = self._write(words, foot, x, top - height - 1, "P") if words else top - height - foot.leading_pt
        draw_code(self.canvas, self.case, x + width - code, low - 1 - code, code)


def _draw(canvas: TaggedCanvas, case: PlanCase) -> tuple[int, tuple[str, ...]]:
    """Draw one copy, where it is posted after its address sheet; return sides and failed characters."""
    copy = _Copy(canvas, case)
    arranged = copy.arranged()
    if not case.envelope:
        return copy.draw(arranged)
    lost = draw_address_sheet(canvas, case, len(arranged))
    pages, missing = copy.draw(arranged)
    return pages + ADDRESS_PAGES, tuple(dict.fromkeys((*lost, *missing)))


def print_copies(cases: Sequence[PlanCase], facts: DocumentFacts) -> PrintedCopies:
    """Return one PDF with a copy of each case in the order given, each beginning on a new sheet.

    Same cases and facts, same bytes.
    """
    font_chain()
    target = io.BytesIO()
    canvas = TaggedCanvas(target, initialFontName=BASE_FONT)
    copies, page = [], 1
    for case in cases:
        number = plan_number(case)
        key = f"plan{page}"
        canvas.bookmarkPage(key)
        canvas.addOutlineEntry(number, key, level=0)
        with worded_as(case.wording), set_in(case.variant):
            pages, missing = _draw(canvas, case)
        copies.append(CopyPages(case.plan.id, page, pages, missing))
        page += pages
    canvas.save()
    if cases:
        facts = replace(facts, language=cases[0].wording.language)
    return PrintedCopies(finish(target.getvalue(), canvas.tagger, facts), tuple(copies))


def document_title(edition: Edition) -> str:
    """Return the title of a file: what kind of paper it is, never whose."""
    return say("document_title", edition=say(f"edition.{edition.value}"))

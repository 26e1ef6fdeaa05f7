"""The continuity plan as PDF: cover, contents with page numbers, chapters, wide sheets, what is open."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import singledispatch
from itertools import chain

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable

from bcp_kit.render import document
from bcp_kit.render.document import (
    LANDSCAPE,
    PORTRAIT,
    DocumentFacts,
    Entry,
    PageFrame,
    Pages,
    PrintedDocument,
    contents,
    gap,
    new_page,
)
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import Align, JaPara, TextStyle
from bcp_kit.render.plan_blocks import (
    Annex,
    Block,
    Choices,
    Facts,
    Figure,
    Grid,
    Heading,
    Layout,
    PlanPages,
    PlanPrint,
    Reference,
    Ruled,
    Words,
    paper,
    say,
)
from bcp_kit.render.plan_look import facts_table, grid_table, look
from bcp_kit.render.plan_marks import PictureFlowable, Rule, RuledLines
from bcp_kit.render.plan_names import file_name
from bcp_kit.render.plan_pages import compose

# What must fit below a heading, by level: less, and the heading begins the next page.
_ROOM_MM = {0: 90, 1: 45, 2: 40, 3: 32}
_ABOVE_MM = {0: 0, 1: 0, 2: 4, 3: 3.5}
_BELOW_BLOCK_MM = 1.5
_LINE_MM = 9.0


def _body(size_pt: float = 0.0, color: str = "") -> TextStyle:
    shown = look()
    return TextStyle(
        size_pt or shown.type.body_pt, leading=shown.type.leading, color=color or shown.colour.ink
    )


@singledispatch
def flowables(block: Block, width: float, pages: Pages) -> Iterator[Flowable]:
    """Yield what draws one block in a text area of `width` points."""
    raise TypeError(type(block).__name__)


@flowables.register
def _words(block: Words, width: float, pages: Pages) -> Iterator[Flowable]:
    del width, pages
    colours, words = look().colour, look().type
    style = {
        "body": _body(),
        "note": _body(words.note_pt, colours.muted),
        "muted": _body(color=colours.muted),
        "open": _body(color=colours.open),
    }[block.style]
    yield JaPara(block.words, style)
    yield gap(_BELOW_BLOCK_MM * mm)


@flowables.register
def _choices(block: Choices, width: float, pages: Pages) -> Iterator[Flowable]:
    del width, pages
    marks = {True: say("yes_mark"), False: say("no_mark")}
    yield JaPara("\n".join(f"{marks[chosen]} {words}" for words, chosen in block.options), _body())
    yield gap(_BELOW_BLOCK_MM * mm)


@flowables.register
def _reference(block: Reference, width: float, pages: Pages) -> Iterator[Flowable]:
    del width
    yield JaPara(block.words(pages.get(block.key, 0)), _body())


@flowables.register
def _grid(block: Grid, width: float, pages: Pages) -> Iterator[Flowable]:
    del pages
    yield grid_table(block, width)
    yield gap(_BELOW_BLOCK_MM * mm)


@flowables.register
def _facts(block: Facts, width: float, pages: Pages) -> Iterator[Flowable]:
    del pages
    yield facts_table(block, width)
    yield gap(_BELOW_BLOCK_MM * mm)


@flowables.register
def _ruled(block: Ruled, width: float, pages: Pages) -> Iterator[Flowable]:
    del width, pages
    for _ in range(block.lines):
        yield RuledLines(_LINE_MM * mm, look().colour.rule)
    yield gap(_BELOW_BLOCK_MM * mm)


@flowables.register
def _figure(block: Figure, width: float, pages: Pages) -> Iterator[Flowable]:
    del width, pages
    yield PictureFlowable(block.picture)


@flowables.register
def _heading(block: Heading, width: float, pages: Pages) -> Iterator[Flowable]:
    del width, pages
    colours, words = look().colour, look().type
    sizes = {0: words.part_pt, 1: words.chapter_pt, 2: words.section_pt, 3: words.item_pt}
    colour = colours.ink if block.level == 3 else colours.chapter
    yield CondPageBreak((block.room_mm or _ROOM_MM[block.level]) * mm)
    yield gap(_ABOVE_MM[block.level] * mm)
    style = TextStyle(sizes[block.level], Weight.BOLD, leading=1.35, color=colour)
    heading = document.Heading(block.words, style, block.depth, block.key)
    heading.keepWithNext = (
        0  # kept with a long table it would leave half a page empty; the room above is enough
    )
    yield heading
    if not block.level:
        yield gap(6 * mm)
    if block.level == 1:
        yield Rule(1.4, colours.chapter, 2.5)
    standing = "　".join(part for part in (block.badge, block.mark) if part)
    if standing:
        yield JaPara(standing, replace(_body(words.note_pt, colours.muted), leading=1.4))
        yield gap(0.8 * mm)


def drawn(blocks: Sequence[Block], width: float, pages: Pages) -> Iterator[Flowable]:
    """Yield what draws blocks one below the other."""
    for block in blocks:
        yield from flowables(block, width, pages)


def _cover(shown: PlanPages, width: float) -> Iterator[Flowable]:
    words, colours = look().type, look().colour
    centred = TextStyle(words.facility_pt, align=Align.CENTRE, color=colours.ink)
    title = replace(centred, size_pt=words.title_pt, weight=Weight.BOLD, color=colours.chapter)
    yield gap(42 * mm)
    yield Rule(1.4, colours.chapter, 8.0)
    yield JaPara(shown.title, title, "H1")
    yield Rule(1.4, colours.chapter, 8.0)
    yield gap(18 * mm)
    yield JaPara(shown.operator, replace(centred, size_pt=words.section_pt))
    yield JaPara(shown.facility, replace(centred, weight=Weight.BOLD))
    yield gap(30 * mm)
    yield facts_table(Facts(shown.cover, shown.cover_room_mm), width)


def headings_of(shown: PlanPages) -> list[Heading]:
    """Return the headings of the contents: parts, chapters and sections, in the order of the paper."""
    blocks = chain(*shown.chapters, (annex.heading for annex in shown.annexes), shown.still_open)
    return [block for block in blocks if isinstance(block, Heading) and block.level < 3]


def _contents(shown: PlanPages, width: float, pages: Pages) -> Iterator[Flowable]:
    yield from new_page()
    yield from flowables(Heading(1, say("contents"), "contents"), width, pages)
    entries = [
        Entry(heading.key, heading.words, 12.0 * (heading.depth - 1)) for heading in headings_of(shown)
    ]
    yield from contents(entries, pages, replace(_body(), leading=1.35))
    yield gap(4 * mm)
    yield from drawn(shown.how_to_read, width, pages)


def story_of(shown: PlanPages, pages: Pages) -> list[Flowable]:
    """Return everything that the document draws, for page numbers known so far."""
    side = look().page.margin_side_mm * mm
    upright, lying = A4[0] - 2 * side, A4[1] - 2 * side
    story = [*_cover(shown, upright), *_contents(shown, upright, pages)]
    for blocks in shown.chapters:
        story += [*new_page(), *drawn(blocks, upright, pages)]
    for annex in shown.annexes:
        story += new_page(PORTRAIT if annex.upright else LANDSCAPE)
        story += _sheet(annex, upright if annex.upright else lying, pages)
    if shown.still_open:
        story += [*new_page(), *drawn(shown.still_open, upright, pages)]
    return story


def _sheet(annex: Annex, width: float, pages: Pages) -> Iterator[Flowable]:
    yield from drawn((annex.heading, *annex.blocks), width, pages)


def plan_layout() -> Layout:
    """Return which items are cards and which are sheets, as the layout file says."""
    shown = look()
    return Layout(frozenset(shown.cards), shown.annexes, shown.annex_columns, frozenset(shown.upright))


def draw_pages(shown: PlanPages, facts: DocumentFacts, name: str) -> PrintedDocument:
    """Return blocks as a tagged PDF with embedded fonts; the same blocks and moment give the same bytes.

    `missing_glyphs` of the answer lists characters that no font could draw as written.
    """
    layout = look()
    stamp = shown.edge.replace("{", "{{").replace("}", "}}")
    frame = PageFrame(
        head=f"{shown.facility}　{shown.title}",
        foot=paper("foot", stamp=stamp, page="{page}", pages="{pages}").strip("　"),
        margin_top_mm=layout.page.margin_top_mm,
        margin_bottom_mm=layout.page.margin_bottom_mm,
        margin_side_mm=layout.page.margin_side_mm,
        style=TextStyle(layout.type.edge_pt, color=layout.colour.muted),
        first_page_bare=True,
    )
    return document.build(lambda pages: story_of(shown, pages), facts, frame, name)


def render_continuity_plan(doc: PlanPrint) -> PrintedDocument:
    """Return one plan as PDF."""
    shown = compose(doc, plan_layout())
    return draw_pages(shown, DocumentFacts(shown.title, doc.printed_at), file_name(shown, "pdf"))

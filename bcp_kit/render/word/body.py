"""The body of a Word plan as XML, from the same blocks as the printed pages. No formatting stands at text."""

from collections.abc import Callable, Iterator, Sequence
from functools import singledispatchmethod
from hashlib import sha256

from bcp_kit.render.plan_blocks import (
    Block,
    Choices,
    Facts,
    Figure,
    Grid,
    Heading,
    Reference,
    Ruled,
    Words,
    say,
)
from bcp_kit.render.plan_look import column_widths, look
from bcp_kit.render.safe_text import xml
from bcp_kit.render.word.styles import TABLE_STYLE

_TWENTIETHS = 20
_SMALL_FROM_COLUMNS = 7
_CELL_PT, _SMALL_PT = 9.5, 8.0
_STYLES = {"body": "", "note": "PlanNote", "muted": "PlanMuted", "open": "PlanOpen"}
_PAGE_MARK = "\0"  # stands for the page number in a sentence until a field takes its place


def run(words: str) -> str:
    """Return a run of text; a tab and what XML cannot hold never reach the file."""
    return f'<w:r><w:t xml:space="preserve">{xml(words)}</w:t></w:r>' if words else ""


def field(instruction: str, shown: str = "", stale: bool = False) -> str:
    """Return a field; `stale` asks Word to work it out when the file is opened."""
    dirty = ' w:dirty="true"' if stale else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{dirty}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{run(shown)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def paragraph(inside: str, style: str = "") -> str:
    """Return a paragraph of a style around runs."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}{inside}</w:p>"


def paragraphs(words: str, style: str = "") -> Iterator[str]:
    """Yield one paragraph for each line that the writer made."""
    for line in words.split("\n"):
        yield paragraph(run(line), style)


def bookmark_of(key: str) -> str:
    """Return the name of the bookmark at a heading: letters and digits, at most 40 of them."""
    return f"_p{sha256(key.encode()).hexdigest()[:30]}"


def table(rows: Sequence[Sequence[str]], widths_pt: Sequence[float], *, head: bool, names: bool) -> str:
    """Return a table; `head` repeats the first row on every page, `names` marks a first column of names."""
    widths = [round(width * _TWENTIETHS) for width in widths_pt]
    style = "PlanCellSmall" if len(widths) >= _SMALL_FROM_COLUMNS else "PlanCell"
    cells = [f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>' for width in widths]
    parts = [
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{TABLE_STYLE}"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblLook w:val="{_look_bits(head, names)}" w:firstRow="{int(head)}" w:lastRow="0"'
        f' w:firstColumn="{int(names)}" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/></w:tblPr><w:tblGrid>',
        "".join(f'<w:gridCol w:w="{width}"/>' for width in widths),
        "</w:tblGrid>",
    ]
    for number, row in enumerate(rows):
        parts.append("<w:tr><w:trPr><w:tblHeader/></w:trPr>" if head and not number else "<w:tr>")
        for opening, words in zip(cells, row, strict=True):
            parts += [opening, *paragraphs(words, style), "</w:tc>"]
        parts.append("</w:tr>")
    parts.append("</w:tbl>")
    return "".join(parts)


def _look_bits(head: bool, names: bool) -> str:
    return f"{0x0600 | (0x0020 if head else 0) | (0x0080 if names else 0):04X}"


class BodyWriter:
    """Writes blocks for a text area of `width_pt`; `picture` puts a picture into the package."""

    def __init__(self, picture: Callable[[Figure, float], str]) -> None:
        self.width_pt = 0.0
        self._picture = picture
        self._bookmarks = 0

    def blocks(self, blocks: Sequence[Block], width_pt: float) -> Iterator[str]:
        """Yield the XML of blocks one below the other."""
        self.width_pt = width_pt
        for block in blocks:
            yield from self.write(block)

    @singledispatchmethod
    def write(self, block: Block) -> Iterator[str]:
        """Yield the XML of one block."""
        raise TypeError(type(block).__name__)

    @write.register
    def _(self, block: Heading) -> Iterator[str]:
        self._bookmarks += 1
        mark = (
            f'<w:bookmarkStart w:id="{self._bookmarks}" w:name="{bookmark_of(block.key)}"/>'
            f'{run(block.words)}<w:bookmarkEnd w:id="{self._bookmarks}"/>'
        )
        yield paragraph(mark, f"Heading{block.depth}")
        standing = "　".join(part for part in (block.badge, block.mark) if part)
        if standing:
            yield paragraph(run(standing), "PlanMark")

    @write.register
    def _(self, block: Words) -> Iterator[str]:
        yield from paragraphs(block.words, _STYLES[block.style])

    @write.register
    def _(self, block: Choices) -> Iterator[str]:
        marks = {True: say("yes_mark"), False: say("no_mark")}
        for words, chosen in block.options:
            yield paragraph(run(f"{marks[chosen]} {words}"), "List")

    @write.register
    def _(self, block: Grid) -> Iterator[str]:
        size = _SMALL_PT if len(block.heads) >= _SMALL_FROM_COLUMNS else _CELL_PT
        widths = column_widths(block.heads, block.rows, self.width_pt, size)
        yield table((block.heads, *block.rows), widths, head=True, names=block.row_headings)
        yield paragraph("")  # two tables without a paragraph between them would become one

    @write.register
    def _(self, block: Facts) -> Iterator[str]:
        label = self.width_pt * look().table.facts_label_share
        yield table(block.pairs, (label, self.width_pt - label), head=False, names=True)
        yield paragraph("")

    @write.register
    def _(self, block: Reference) -> Iterator[str]:
        before, _, after = block.words(_PAGE_MARK).partition(_PAGE_MARK)
        page = field(f"PAGEREF {bookmark_of(block.key)} \\h", stale=True)
        yield paragraph(run(before) + page + run(after))

    @write.register
    def _(self, block: Ruled) -> Iterator[str]:
        yield from (paragraph("") for _ in range(block.lines))

    @write.register
    def _(self, block: Figure) -> Iterator[str]:
        yield paragraph(self._picture(block, self.width_pt), "PlanFigure")

"""Papers about several people: a cover where there is one, parts with tables, an index. A4 on its side.

Words come in as they are printed; here they are only set. Number, page and pages stand on every page.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.render.document import (
    LANDSCAPE,
    Heading,
    PageFrame,
    Pages,
    PrintedDocument,
    build,
    gap,
    grid,
    new_page,
)
from bcp_kit.render.evacuation.layout import style
from bcp_kit.render.japara import JaPara
from bcp_kit.render.tagpdf import DocumentFacts

_SIDE_MM, _TOP_MM, _BOTTOM_MM = 13.0, 15.0, 14.0
_ROWS_AT_ONCE = 60  # one long table would be measured anew at every page
_HEAD_FILL = "#e8e8e8"
_PADDING_PT = 3.5
_COVER_SHARES = (0.3, 0.7)


@dataclass(frozen=True)
class ListTable:
    """Headings, shares of the width, rows of words. The first columns name the row, so many are `bold`."""

    heads: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    bold: int = 2


@dataclass(frozen=True)
class ListPart:
    """One part: a heading with a key, sentences, a table; `empty` is said where the table has no row."""

    key: str
    title: str
    lead: tuple[str, ...] = ()
    table: ListTable | None = None
    empty: str = ""
    new_page: bool = False


@dataclass(frozen=True)
class ListCover:
    """The page of an envelope: title, a strong sentence, label and value, what is written by hand."""

    title: str
    strong: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    written: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListPaper:
    """The whole paper. `foot` carries the number of the copy; `index` makes a part from page numbers."""

    title: str
    foot: str
    lead: tuple[str, ...]
    parts: tuple[ListPart, ...]
    cover: ListCover | None = None
    index: Callable[[Mapping[str, int]], ListPart] | None = None


def print_list(paper: ListPaper, facts: DocumentFacts, file_name: str) -> PrintedDocument:
    """Return the paper as a tagged PDF; the same words and moment give the same bytes."""
    frame = PageFrame(
        head=paper.title,
        foot=f"{paper.foot.replace('{', '{{').replace('}', '}}')}　{{page}} / {{pages}}",
        margin_top_mm=_TOP_MM,
        margin_bottom_mm=_BOTTOM_MM,
        margin_side_mm=_SIDE_MM,
        style=style("foot"),
        lying=paper.cover is None,
    )
    return build(lambda pages: _story(paper, pages), facts, frame, file_name)


def _story(paper: ListPaper, pages: Pages) -> list[Flowable]:
    story: list[Flowable] = []
    if paper.cover is not None:
        story += [*_cover(paper.cover), *new_page(LANDSCAPE)]
    story += [Heading(paper.title, style("key"), 1, "list_title"), gap(3)]
    story += [JaPara(words, style("text")) for words in paper.lead]
    parts = [*([paper.index(pages)] if paper.index else []), *paper.parts]
    for part in parts:
        story += new_page(LANDSCAPE) if part.new_page else [gap(9)]
        story += _part(part)
    return story


def _cover(cover: ListCover) -> Iterator[Flowable]:
    width = A4[0] - 2 * _SIDE_MM * mm
    widths = [width * share for share in _COVER_SHARES]
    yield gap(20)
    yield Heading(cover.title, style("name_small"), 1, "cover")
    yield gap(14)
    for words in cover.strong:
        yield JaPara(words, style("key"))
    yield gap(14)
    yield _pairs(cover.facts, widths)
    if cover.written:
        yield gap(16)
        yield _pairs([(label, "　\n　") for label in cover.written], widths)


def _pairs(pairs: Sequence[tuple[str, str]], widths: Sequence[float]) -> Flowable:
    rows = [[JaPara(label, style("label")), JaPara(words or "　", style("text"))] for label, words in pairs]
    return grid(
        rows,
        widths,
        head_rows=0,
        head_columns=1,
        commands=[("BACKGROUND", (0, 0), (0, -1), HexColor(_HEAD_FILL))],
        padding_pt=6.0,
    )


def _part(part: ListPart) -> Iterator[Flowable]:
    yield Heading(part.title, style("strong"), 2, part.key)
    yield gap(2)
    for words in part.lead:
        yield JaPara(words, style("text"))
    if part.table is None or not part.table.rows:
        if part.empty:
            yield JaPara(part.empty, style("text"))
        return
    yield gap(3)
    yield from _table(part.table)


def _table(table: ListTable) -> Iterator[Flowable]:
    """Yield the table in portions that have the same columns, each with the headings."""
    width = A4[1] - 2 * _SIDE_MM * mm
    widths = [width * share / sum(table.shares) for share in table.shares]
    heads = [JaPara(head, style("label")) for head in table.heads]
    for start in range(0, len(table.rows), _ROWS_AT_ONCE):
        portion = table.rows[start : start + _ROWS_AT_ONCE]
        kinds = [style("label" if column < table.bold else "text") for column in range(len(table.heads))]
        rows = [
            [JaPara(cell or "　", kind) for cell, kind in zip(row, kinds, strict=True)] for row in portion
        ]
        yield grid(
            [heads, *rows],
            widths,
            head_columns=1,
            commands=[("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD_FILL))],
            padding_pt=_PADDING_PT,
        )
        yield gap(3)

"""The paper of one matching run: what was asked, how sure the answer is, places, people, what to do.

Words come in as they are printed; here they are only set. Tagged PDF/UA-1 like every paper of the house.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.render.document import (
    LANDSCAPE,
    PORTRAIT,
    Heading,
    PageFrame,
    Pages,
    PrintedDocument,
    build,
    gap,
    grid,
    new_page,
)
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import JaPara, TextStyle
from bcp_kit.render.plan_look import column_widths
from bcp_kit.render.tagpdf import DocumentFacts

_SIDE_MM = 14.0
_BODY = TextStyle(size_pt=9.5, leading=1.4, color="#111111")
_BOLD = replace(_BODY, weight=Weight.BOLD)
_SMALL = TextStyle(size_pt=8.5, leading=1.35, color="#111111")
_SMALL_BOLD = replace(_SMALL, weight=Weight.BOLD)
_NOTE = replace(_BODY, size_pt=9.0, color="#333333")
_TITLE = TextStyle(size_pt=16, weight=Weight.BOLD, leading=1.35, color="#1f3f66")
_PART = TextStyle(size_pt=12.5, weight=Weight.BOLD, leading=1.35, color="#1f3f66")
_HEAD_FILL = "#e6edf5"
_LABEL_SHARE = 0.24
_ROWS_AT_ONCE = 120  # one long table would be measured anew at every page
_PADDING_PT = 3.0


@dataclass(frozen=True)
class PaperTable:
    """A table: headings and rows of words. `row_heads`: the first column names the row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_heads: bool = True


@dataclass(frozen=True)
class PaperPart:
    """One part: a heading, sentences, facts as label and value, tables. `wide` lies on its side.

    `empty` is what is said where there is neither a fact nor a row.
    """

    key: str
    title: str
    lead: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[PaperTable, ...] = ()
    empty: str = ""
    wide: bool = False


@dataclass(frozen=True)
class RunPaper:
    """The whole paper. `marks` are sentences that stand out below the title, such as for whom it is."""

    title: str
    edition: str
    foot: str
    made_at: datetime
    marks: tuple[str, ...] = ()
    parts: tuple[PaperPart, ...] = field(default=())


def print_run_paper(paper: RunPaper, file_name: str) -> PrintedDocument:
    """Return the paper as PDF; the same words and moment give the same bytes.

    `missing_glyphs` of the answer lists characters that no font could draw as written.
    """
    frame = PageFrame(
        head=f"{paper.title}　{paper.edition}",
        foot=f"{_no_braces(paper.foot)}　{{page}} / {{pages}}",
        margin_side_mm=_SIDE_MM,
        margin_top_mm=16,
        margin_bottom_mm=15,
    )
    facts = DocumentFacts(title=f"{paper.title}　{paper.edition}", made_at=paper.made_at)
    return build(lambda pages: _story(paper, pages), facts, frame, file_name)


def _no_braces(words: str) -> str:
    """Return words that the foot's own filling-in leaves alone."""
    return words.replace("{", "{{").replace("}", "}}")


def _story(paper: RunPaper, _pages: Pages) -> list[Flowable]:
    story: list[Flowable] = [Heading(paper.title, _TITLE, 1, "title"), gap(2)]
    story += [JaPara(words, _BOLD) for words in (paper.edition, *paper.marks)]
    lies = False
    for part in paper.parts:
        if part.wide is not lies:
            story += new_page(LANDSCAPE if part.wide else PORTRAIT)
            lies = part.wide
        else:
            story.append(gap(10))
        story += _part(part)
    return story


def _part(part: PaperPart) -> Iterator[Flowable]:
    width = (A4[1] if part.wide else A4[0]) - 2 * _SIDE_MM * mm
    yield Heading(part.title, _PART, 2, part.key)
    yield gap(2)
    for words in part.lead:
        yield JaPara(words, _NOTE)
    yield gap(3)
    if part.facts:
        yield _facts(part.facts, width)
    for table in part.tables:
        if table.rows:
            yield gap(4)
            yield from _table(table, width)
    if part.empty and not part.facts and not any(table.rows for table in part.tables):
        yield JaPara(part.empty, _BODY)


def _facts(pairs: Sequence[tuple[str, str]], width: float) -> Flowable:
    return grid(
        [[JaPara(label, _BOLD), JaPara(value, _BODY)] for label, value in pairs],
        [width * _LABEL_SHARE, width * (1 - _LABEL_SHARE)],
        head_rows=0,
        head_columns=1,
        commands=[("BACKGROUND", (0, 0), (0, -1), HexColor(_HEAD_FILL))],
        padding_pt=_PADDING_PT,
    )


def _table(table: PaperTable, width: float) -> Iterator[Flowable]:
    """Yield the table in portions that have the same columns, each with the headings."""
    widths = column_widths(table.heads, table.rows, width, _SMALL.size_pt)
    for start in range(0, len(table.rows), _ROWS_AT_ONCE):
        portion = table.rows[start : start + _ROWS_AT_ONCE]
        rows = [[JaPara(head, _SMALL_BOLD) for head in table.heads]]
        rows += [
            [JaPara(cell, _SMALL_BOLD if table.row_heads and not i else _SMALL) for i, cell in enumerate(row)]
            for row in portion
        ]
        yield grid(
            rows,
            widths,
            head_columns=int(table.row_heads),
            commands=[("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD_FILL))],
            padding_pt=_PADDING_PT,
        )
        yield gap(4)

"""The index of a print run: which plan stands in which file on which page. No names."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.platypus import Flowable

from bcp_kit.render.document import (
    Heading,
    PageFrame,
    Pages,
    PrintedDocument,
    build,
    gap,
    grid,
)
from bcp_kit.render.evacuation.layout import style
from bcp_kit.render.evacuation.values import say
from bcp_kit.render.japara import JaPara
from bcp_kit.render.tagpdf import DocumentFacts

_WIDTHS_PT = (80.0, 190.0, 70.0, 60.0, 90.0)
_ROWS_AT_ONCE = 40  # one long table would be measured anew at every page


@dataclass(frozen=True)
class IndexLine:
    """One copy: plan number, file, first page and number of pages, characters that could not be printed."""

    number: str
    file_name: str
    first_page: int
    pages: int
    missing: str = ""


def print_index(lines: Sequence[IndexLine], heads: Sequence[str], facts: DocumentFacts) -> PrintedDocument:
    """Return the index as PDF with these column headings."""

    def story(_pages: Pages) -> list[Flowable]:
        title = Heading(say("index_title"), style("key"), 1, "index")
        flowables: list[Flowable] = [title, gap(4), JaPara(say("index_note"), style("text")), gap(6)]
        for start in range(0, len(lines), _ROWS_AT_ONCE):
            rows = [[JaPara(head, style("label")) for head in heads]]
            rows += [_row(line) for line in lines[start : start + _ROWS_AT_ONCE]]
            flowables += [grid(rows, _WIDTHS_PT, padding_pt=2.0), gap(8)]
        return flowables

    return build(story, facts, PageFrame(), "index.pdf")


def _row(line: IndexLine) -> list[JaPara]:
    words = (line.number, line.file_name, str(line.first_page), str(line.pages), line.missing)
    return [JaPara(word, style("text")) for word in words]

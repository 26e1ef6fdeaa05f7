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

_WIDTHS_PT = (80.0, 60.0, 148.0, 82.0, 50.0, 80.0)
_ROWS_AT_ONCE = 40  # one long table would be measured anew at every page


@dataclass(frozen=True)
class IndexLine:
    """One copy: its number, that of the plan, file, first page and number of pages, lost characters."""

    copy: str
    number: str
    file_name: str
    first_page: int
    pages: int
    missing: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The line's cells in the order of the columns."""
        return (
            self.copy,
            self.number,
            self.file_name,
            str(self.first_page),
            str(self.pages),
            self.missing,
        )


@dataclass(frozen=True)
class RunCounts:
    """What must come to hand: copies, pages, sheets of paper printed on both sides, first and last number."""

    people: int
    pages: int
    files: int
    first_number: str
    last_number: str

    @property
    def sheets(self) -> int:
        """Number of sheets: each copy fills whole sheets."""
        return self.pages // 2


def print_index(
    lines: Sequence[IndexLine],
    heads: Sequence[str],
    counts: RunCounts,
    facts: DocumentFacts,
    part: str = "",
) -> PrintedDocument:
    """Return the cover sheet of a run with its counts, and the index with these column headings.

    `part` says which part of a long run this is ("2/10"); the counts are those of the part.
    """

    def story(_pages: Pages) -> list[Flowable]:
        title = Heading(" ".join(filter(None, (say("index_title"), part))), style("key"), 1, "index")
        flowables: list[Flowable] = [title, gap(4), *_cover(counts), gap(6)]
        for start in range(0, len(lines), _ROWS_AT_ONCE):
            rows = [[JaPara(head, style("label")) for head in heads]]
            rows += [_row(line) for line in lines[start : start + _ROWS_AT_ONCE]]
            flowables += [grid(rows, _WIDTHS_PT, padding_pt=2.0), gap(8)]
        return flowables

    return build(story, facts, PageFrame(), "index.pdf")


def _cover(counts: RunCounts) -> list[Flowable]:
    """Return the counts that whoever fills the envelopes ticks off."""
    numbers = say(
        "index_counts",
        people=counts.people,
        sheets=counts.sheets,
        pages=counts.pages,
        files=counts.files,
    )
    span = say("index_span", first=counts.first_number, last=counts.last_number)
    words = [numbers, span, say("index_note"), say("index_tick")]
    styles = ["key", "strong", "text", "text"]
    return [JaPara(each, style(kind)) for each, kind in zip(words, styles, strict=True)]


def _row(line: IndexLine) -> list[JaPara]:
    return [JaPara(word, style("text")) for word in line.cells]

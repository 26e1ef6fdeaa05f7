"""How the printed continuity plan looks (templates/print/continuity_plan.yaml); tables and their widths."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import chain
from statistics import quantiles

from pydantic import Field
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from bcp_kit.catalogues.load import read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.render.document import TableCommand, gap, grid
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import JaPara, TextStyle, text_width
from bcp_kit.render.plan_blocks import Facts, Grid
from bcp_kit.resources import locate

LONGEST_WORD_EM = 9.0  # a word longer than this may be broken, so that it does not starve the other columns
HEAD_EM = 6.0  # a longer heading may break
_ONE_EM = TextStyle(size_pt=1.0)
_TABLE_LEADING = 1.35
_HAND_EM = 14  # what a hand wants for a few words
_UNBROKEN = re.compile(r"[A-Za-z0-9０-９.,:/@_\-]+")  # numbers and words, as the paragraph keeps them whole


class PageLook(DomainModel):
    """Margins."""

    margin_top_mm: float
    margin_bottom_mm: float
    margin_side_mm: float


class TypeLook(DomainModel):
    """Sizes of type; `leading` is the distance of lines in sizes."""

    title_pt: float
    part_pt: float
    facility_pt: float
    chapter_pt: float
    section_pt: float
    item_pt: float
    body_pt: float
    note_pt: float
    edge_pt: float
    leading: float


class ColourLook(DomainModel):
    """Colours as #rrggbb, all readable on white in grey too."""

    ink: str
    muted: str
    rule: str
    head_fill: str
    chapter: str
    open: str


class TableSize(DomainModel):
    """The size of type for tables of up to `columns` columns."""

    columns: int
    pt: float


class TableLook(DomainModel):
    """Tables: padding, bounds of a column's share in ems, share of the label column of facts."""

    padding_mm: float
    least_column_em: float
    most_column_em: float
    facts_label_share: float
    sizes: tuple[TableSize, ...]


class Look(DomainModel):
    """The whole layout file; `cards`, `annexes` and `upright` name items (see plan_blocks.Layout)."""

    page: PageLook
    type: TypeLook
    colour: ColourLook
    table: TableLook
    cards: tuple[str, ...] = Field(default=())
    annexes: tuple[str, ...] = Field(default=())
    upright: tuple[str, ...] = Field(default=())
    annex_columns: int = 99

    def size_for(self, columns: int) -> float:
        """Return the size of type for a table of so many columns, in points."""
        return next(size.pt for size in self.table.sizes if columns <= size.columns)


@cache
def look() -> Look:
    """Return how the printed plan looks; read once."""
    return Look.model_validate(read_yaml(locate("templates") / "print" / "continuity_plan.yaml"))


def _needed_em(head: str, cells: Sequence[str], table: TableLook) -> float:
    """Return the width in em that a column would like: most of its cells on one line, no broken number."""
    lines = [max(text_width(line, _ONE_EM) for line in cell.split("\n")) for cell in cells if cell]
    usual = quantiles(lines, n=5, method="inclusive")[-1] if len(lines) > 1 else sum(lines)
    words = chain.from_iterable(_UNBROKEN.findall(text) for text in (head, *cells))
    longest_word = min(max((text_width(word, _ONE_EM) for word in words), default=0.0), LONGEST_WORD_EM)
    wished = max(usual, min(text_width(head, _ONE_EM), HEAD_EM), longest_word)
    return min(max(wished, table.least_column_em), table.most_column_em)


def shared_room(wished: Sequence[float], room: float) -> list[float]:
    """Return shares that together fill `room`: what is wished, grown alike, or the widest cut to one cap.

    Narrow columns keep what they need; only the widest give way, so that short words stay whole.
    """
    total = sum(wished)
    if total <= room:
        return [width * room / total for width in wished]
    left, given = room, 0
    for width in sorted(wished):
        cap = left / (len(wished) - given)
        if width >= cap:
            return [min(each, cap) for each in wished]
        left, given = left - width, given + 1
    return list(wished)


def column_widths(
    heads: Sequence[str], rows: Sequence[Sequence[str]], total: float, size_pt: float
) -> list[float]:
    """Return the width of each column for type of `size_pt`; together they fill `total`.

    Units: points. Columns share the room by what they hold, within the bounds of the layout file.
    """
    table = look().table
    wished = [_needed_em(head, [row[i] for row in rows], table) for i, head in enumerate(heads)]
    padding = 2 * table.padding_mm * mm
    return [
        padding + width
        for width in shared_room([em * size_pt for em in wished], total - padding * len(heads))
    ]


def _styles(columns: int) -> tuple[TextStyle, TextStyle]:
    size, ink = look().size_for(columns), look().colour.ink
    return (
        TextStyle(size_pt=size, leading=_TABLE_LEADING, color=ink),
        TextStyle(size_pt=size, leading=_TABLE_LEADING, color=ink, weight=Weight.BOLD),
    )


def _filled(first: tuple[int, int], last: tuple[int, int]) -> TableCommand:
    return ("BACKGROUND", first, last, HexColor(look().colour.head_fill))


def _rows_to_measure(shown: Grid) -> Sequence[Sequence[str]]:
    """Return the rows by which columns share the width: where a hand will write, empty columns get room."""
    empty = [not any(row[i] for row in shown.rows) for i in range(len(shown.heads))]
    if not shown.room_mm:
        return shown.rows
    return [*shown.rows, *[["　" * _HAND_EM if bare else "" for bare in empty]] * (2 * len(shown.rows) + 1)]


def grid_table(shown: Grid, width: float) -> Flowable:
    """Return a table that breaks over pages and within rows; its heading is repeated."""
    cell, bold = _styles(len(shown.heads))
    head_columns = int(shown.row_headings)
    rows = [
        [
            _cell(words, bold if i < head_columns else cell, shown.room_mm if i == len(row) - 1 else 0.0)
            for i, words in enumerate(row)
        ]
        for row in shown.rows
    ]
    return grid(
        [[JaPara(head, bold) for head in shown.heads], *rows],
        column_widths(shown.heads, _rows_to_measure(shown), width, cell.size_pt),
        head_rows=1,
        head_columns=head_columns,
        commands=[_filled((0, 0), (-1, 0))],
        padding_pt=look().table.padding_mm * mm,
    )


def _cell(words: str, style: TextStyle, room_mm: float) -> Flowable | list[Flowable]:
    """Return a cell that is at least `room_mm` high."""
    if not room_mm:
        return JaPara(words, style)
    return gap(room_mm * mm) if not words else [JaPara(words, style), gap(room_mm * mm / 2)]


def facts_table(facts: Facts, width: float) -> Flowable:
    """Return one thing's facts as a table of label and value."""
    cell, bold = _styles(2)
    label = width * look().table.facts_label_share
    return grid(
        [[JaPara(name, bold), _cell(value, cell, facts.room_mm)] for name, value in facts.pairs],
        [label, width - label],
        head_rows=0,
        head_columns=1,
        commands=[_filled((0, 0), (0, -1))],
        padding_pt=look().table.padding_mm * mm,
    )

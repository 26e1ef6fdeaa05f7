"""The form of a plan to fill in by hand: row numbers of the entry screen, boxes to tick, lines to write on.

What is known already may stand in it. Words come in as they are printed; here they are only set.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable

from bcp_kit.render.document import Heading, PageFrame, Pages, PrintedDocument, build, gap, grid
from bcp_kit.render.evacuation.layout import Variant, set_in, style
from bcp_kit.render.japara import JaPara, text_width
from bcp_kit.render.tagpdf import DocumentFacts
from bcp_kit.render.whole_rows import RoomFor

BOX, TICKED = "□", "■"
_SIDE_MM = 13.0
_SHARES = {Variant.STANDARD: (7.0, 27.0, 66.0), Variant.LARGE: (10.0, 30.0, 60.0)}
_HEAD_FILL = "#e8e8e8"
_ROOM = "　\n　"  # two lines to write on
_MOST_COLUMNS = 5
_HEADING_ROOM_PT = 120.0  # a heading stands with its first fields
_BETWEEN = "　"  # choices
_PADDING_PT = 4.0


@dataclass(frozen=True)
class FormTable:
    """Columns with the rows that are known; empty ones follow."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty_rows: int


@dataclass(frozen=True)
class FormLine:
    """One field: its row number, words, choices with what is ticked, what is known, room to write.

    `lines`: how many lines to write on where nothing is known.
    """

    row: int
    title: str
    note: str = ""
    choices: tuple[tuple[str, bool], ...] = ()
    text: str = ""
    lines: int = 1
    after: str = ""
    table: FormTable | None = None


@dataclass(frozen=True)
class FormPaper:
    """The whole form: title, how to fill it in, sections. `foot` carries the number where there is one."""

    title: str
    foot: str
    lead: tuple[str, ...]
    sections: tuple[tuple[str, tuple[FormLine, ...]], ...]
    variant: Variant = Variant.STANDARD


def print_form(paper: FormPaper, facts: DocumentFacts, file_name: str) -> PrintedDocument:
    """Return the form as a tagged PDF; the same words and moment give the same bytes."""
    with set_in(paper.variant):
        frame = PageFrame(
            head=paper.title,
            foot=f"{paper.foot.replace('{', '{{').replace('}', '}}')}　{{page}} / {{pages}}",
            margin_top_mm=15,
            margin_bottom_mm=15,
            margin_side_mm=_SIDE_MM,
            style=style("foot"),
        )
        return build(lambda pages: list(_story(paper, pages)), facts, frame, file_name)


def _story(paper: FormPaper, _pages: Pages) -> Iterator[Flowable]:
    width = A4[0] - 2 * _SIDE_MM * mm
    widths = [width * share / 100 for share in _SHARES[paper.variant]]
    yield Heading(paper.title, style("key"), 1, "form")
    yield gap(3)
    for words in paper.lead:
        yield JaPara(words, style("text"))
    for number, (title, lines) in enumerate(paper.sections):
        yield gap(8)
        yield CondPageBreak(_HEADING_ROOM_PT)
        yield Heading(title, style("strong"), 2, f"section{number}")
        yield gap(2)
        yield from _section(lines, widths)


def _section(lines: Sequence[FormLine], widths: Sequence[float]) -> Iterator[Flowable]:
    """Yield the fields of a section; a table stands below its field in the full width."""
    waiting: list[FormLine] = []
    for line in lines:
        if line.table is None:
            waiting.append(line)
            continue
        if waiting:
            yield _lines(waiting, widths)
            waiting = []
        named, blocks = _lines([line], widths), list(_table(line.table, sum(widths)))
        yield RoomFor([named, *blocks[:3]], whole=len(line.table.columns) > _MOST_COLUMNS)
        yield from (named, *blocks, gap(4))
    if waiting:
        yield _lines(waiting, widths)


def _lines(lines: Sequence[FormLine], widths: Sequence[float]) -> Flowable:
    answer_pt = widths[2] - 2 * _PADDING_PT
    rows: list[list[Flowable | Sequence[Flowable]]] = [
        [JaPara(str(line.row), style("label")), _title(line), _answer(line, answer_pt)] for line in lines
    ]
    return grid(
        rows,
        widths,
        head_rows=0,
        head_columns=2,
        commands=[("BACKGROUND", (0, 0), (0, -1), HexColor(_HEAD_FILL))],
        padding_pt=_PADDING_PT,
    )


def _title(line: FormLine) -> list[Flowable]:
    found: list[Flowable] = [JaPara(line.title, style("label"))]
    return [*found, JaPara(line.note, style("foot"))] if line.note else found


def _answer(line: FormLine, width: float) -> JaPara:
    if line.choices:
        boxes = _boxes(line.choices, width)
        return JaPara(f"{boxes}\n{line.text}" if line.text else boxes, style("text"))
    if line.table is not None:
        return JaPara(line.text or "　", style("text"))
    known = "　".join(part for part in (line.text, line.after) if part) if line.text else ""
    empty = "\n".join(["　"] * max(line.lines, 1)) + (f"　　　　　　{line.after}" if line.after else "")
    return JaPara(known or empty, style("strong" if known else "text"))


def _boxes(choices: Sequence[tuple[str, bool]], width: float) -> str:
    """Return the choices in lines: number, box and words stay together as far as they fit one line.

    By its number the entry screen takes a box.
    """
    kind, lines = style("text"), [""]
    for number, (words, ticked) in enumerate(choices, start=1):
        choice = f"{number}{TICKED if ticked else BOX}{words}"
        longer = f"{lines[-1]}{_BETWEEN}{choice}" if lines[-1] else choice
        if not lines[-1] or text_width(longer, kind) <= width:
            lines[-1] = longer
        else:
            lines.append(choice)
    return "\n".join(lines)


def _table(table: FormTable, width: float) -> Iterator[Flowable]:
    """Yield a table with its columns side by side, or with many columns one block for each row."""
    empty = [[""] * len(table.columns)] * table.empty_rows
    rows = [*table.rows, *empty]
    if len(table.columns) <= _MOST_COLUMNS:
        share = width / len(table.columns)
        cells = [[JaPara(head, style("label")) for head in table.columns]]
        cells += [[JaPara(cell or _ROOM, style("text")) for cell in row] for row in rows]
        yield grid(
            cells,
            [share] * len(table.columns),
            commands=[("BACKGROUND", (0, 0), (-1, 0), HexColor(_HEAD_FILL))],
            padding_pt=_PADDING_PT,
        )
        return
    for number, row in enumerate(rows, start=1):
        block = _block(number, table.columns, row, width)
        yield from (gap(3), RoomFor([block], whole=True), block)


def _block(number: int, columns: Sequence[str], row: Sequence[str], width: float) -> Flowable:
    """Return one row of a wide table as pairs of column and cell, two pairs beside each other."""
    pairs = [(f"{number}　{head}", cell) for head, cell in zip(columns, row, strict=True)]
    pairs += [("", "")] * (len(pairs) % 2)
    half = len(pairs) // 2
    cells = [
        [JaPara(words or "　", style(kind)) for words, kind in zip((*one, *other), _KINDS, strict=True)]
        for one, other in zip(pairs[:half], pairs[half:], strict=True)
    ]
    shares = [width * share for share in (0.2, 0.3, 0.2, 0.3)]
    return grid(cells, shares, head_rows=0, head_columns=1, padding_pt=_PADDING_PT)


_KINDS = ("label", "text", "label", "text")

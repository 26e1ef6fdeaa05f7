"""A copy as plain text, for reading voices, reading aloud and braille: one idea a line, no table art.

It is made of the same boxes as the paper, so it says what the paper says, in the order of reading.
"""

from collections.abc import Iterator, Sequence

from bcp_kit.render.evacuation.boxes import build_box
from bcp_kit.render.evacuation.case import PlanCase
from bcp_kit.render.evacuation.layout import BoxKind, Variant, plan_layout, set_in
from bcp_kit.render.evacuation.map_drawing import map_of
from bcp_kit.render.evacuation.paper import CopyPages, PrintedCopies, plan_number
from bcp_kit.render.evacuation.rows import Box, Cell, Row, RowKind, Setter
from bcp_kit.render.evacuation.values import japanese_date, say, short_date
from bcp_kit.render.evacuation.wording import Wording, without_readings, worded_as, wording
from bcp_kit.render.safe_text import clean

_WIDE_PT = 1e7  # no line of a box is ever broken
_MAP_PT = (400.0, 300.0)
_ARROW = "▶ "  # points at the line on paper, is only noise in a voice
_LINE_END = "\r\n"


def text_copy(case: PlanCase) -> PrintedCopies:
    """Return the copy as a file of UTF-8 text with CRLF line ends."""
    with worded_as(case.wording), set_in(Variant.TEXT):
        lines = [without_readings(line) for line in _lines(case)]
    content = _LINE_END.join((*lines, "")).encode()
    return PrintedCopies(content, (CopyPages(case.plan.id, 1, 1, ()),), is_pdf=False)


def _lines(case: PlanCase) -> Iterator[str]:
    yield from _head(case)
    setter, layout = Setter(), plan_layout()
    for keys in layout.sides.values():
        for key in keys:
            box = build_box(case, key, _WIDE_PT, setter)
            if box is not None:
                yield ""
                yield say("text.section", title=box.title)
                yield from _box(case, box, layout.boxes[key].kind)
    yield ""
    yield _sentence(say("text.end"))


def _head(case: PlanCase) -> Iterator[str]:
    """Yield what stands at the head and foot of a page and beside the name."""
    plan, edition = case.plan, say(f"edition.{case.edition.value}")
    yield _sentence(f"{case.municipality}　{say('title')}".strip("　"))
    yield _sentence(edition)
    yield _sentence(case.person.name)
    yield _sentence(say("number", number=plan_number(case)))
    if plan.is_stale(case.printed_on):
        yield _sentence(say("unverified"))
        since = short_date(plan.verified_on)
        yield _sentence(say("unverified_since", date=since) if since else say("unverified_never"))
    else:
        yield _pair(say("verified"), short_date(plan.verified_on))
        if plan.next_review_on:
            yield _sentence(say("review_by", date=short_date(plan.next_review_on)))
        if plan.verified_on and plan.verified_on < plan.updated_on:
            yield _sentence(say("changed_since", date=short_date(plan.updated_on)))
    yield _sentence(say("text.copy", copy=case.copy_number, version=plan.version))
    yield _sentence(say("text.made", date=japanese_date(case.printed_on)))


def _box(case: PlanCase, box: Box, kind: BoxKind) -> Iterator[str]:
    if box.mark:
        yield _sentence(box.mark)
    heads: list[str] = []
    number = 0
    for row in box.rows:
        if row.kind is RowKind.HEAD:
            heads = [" ".join(_paragraphs(cell)) for cell in row.cells]
        elif row.kind is RowKind.CELLS:
            yield from _table_row(row, heads)
        elif row.kind is RowKind.ITEM:
            for cell in row.cells:
                for words in _paragraphs(cell):
                    number += 1
                    yield _pair(str(number), words)
        elif row.kind is RowKind.MAP:
            yield from _map(case)
        elif row.kind is RowKind.WRITE:
            yield from (_pair(words, say("text.not_written")) for words in _words_of(row))
        else:
            yield from _words_row(row, labels=kind is not BoxKind.CONSENT)


def _map(case: PlanCase) -> Iterator[str]:
    found = map_of(case, *_MAP_PT)
    if found is None:
        yield _sentence(say("text.no_map"))
        return
    yield from (_sentence(entry.words) for entry in found.legend)
    if found.dangers:
        yield _sentence(say("map_dangers_text", hazards=found.danger_names))


def _table_row(row: Row, heads: Sequence[str]) -> Iterator[str]:
    """Yield each value of a row after the name of its column; a first value stands for the whole row."""
    for index, cell in enumerate(row.cells):
        words = _paragraphs(cell)
        if not words:
            continue
        head = heads[index] if index < len(heads) else ""
        yield _pair(head, words[0]) if head else _sentence(words[0])
        yield from (_sentence(further) for further in words[1:])


def _words_row(row: Row, *, labels: bool) -> Iterator[str]:
    """Yield the pairs of label and value of a row, or its words."""
    words = [" ".join(_paragraphs(cell)) for cell in row.cells]
    if labels and len(words) > 1 and len(words) % 2 == 0:
        yield from (_pair(words[i], words[i + 1]) for i in range(0, len(words), 2))
    else:
        yield from (_sentence(each) for each in words if each)


def _words_of(row: Row) -> Iterator[str]:
    for cell in row.cells:
        yield from _paragraphs(cell)


def _paragraphs(cell: Cell) -> list[str]:
    """Return the lines of a cell as text; width never broke one."""
    return [words for line in cell.lines if (words := "".join(a.text for a in line.line.atoms).strip())]


def _pair(label: str, words: str) -> str:
    return _sentence(say("text.pair", label=label, words=words)) if label else _sentence(words)


def _sentence(words: str) -> str:
    """Return the words with the stop at which a voice pauses; what asks to be written by hand says so."""
    plain = clean(words).strip().removeprefix(_ARROW)
    if plain in (say("empty"), say("empty_law"), say("empty_short")):
        plain = say("text.not_written")
    stop = "." if wording() is Wording.ENGLISH else "。"
    return plain if not plain or plain[-1] in "。．.！？!?" else plain + stop

"""A plan's form for writing by hand: every item with its hint, and room for the answer.

Pure: form and services in, blocks out; `continuity_plan.py` draws them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.forms.schema import Chapter, Form, InputType, Item, chapters_for
from bcp_kit.render.plan_blocks import (
    Annex,
    Block,
    Choices,
    Heading,
    Layout,
    PlanPages,
    Reference,
    Ruled,
    Words,
    facts_of,
    grid_of,
    heading_of,
    own_column_note,
    paper,
    say,
)
from bcp_kit.render.plan_pages import how_to_read

_ROW_MM = 11.0  # room for two lines of handwriting
_FACT_MM = 9.0
_ITEM_MM = 62.0  # hint, box and the first lines stay with the heading
_SHEET_ROWS = 12  # rows that fill a lying page
_LEAST_ROWS = 4
_SPARE_ROWS = 2
_TEXT_LINES = 8
_SHORT_LINES = 1
_SHORT = frozenset(
    {InputType.NUMBER, InputType.LINE, InputType.DATE, InputType.PHONE, InputType.EMAIL, InputType.KANA}
)


@dataclass(frozen=True)
class BlankForm:
    """What is printed empty: a form for the services named. Without facilities the categories stand alone."""

    asked: Form
    categories: tuple[ServiceCategory, ...]
    facilities: tuple[Facility, ...] = ()


def _rows(item: Item, least: int) -> list[dict[str, str]]:
    given = [dict(row) for row in item.input.default_rows]
    wanted = max(item.input.recommended_rows or 0, item.input.min_rows, least, len(given))
    if given:
        wanted = max(wanted, len(given) + _SPARE_ROWS)
    return [*given, *({} for _ in range(wanted - len(given)))]


def _room(item: Item, layout: Layout) -> Iterator[Block]:
    """Yield the empty place for an answer that is no wide sheet."""
    kind = item.input.type
    if kind is InputType.TABLE and item.id in layout.cards:
        yield facts_of(item, {}, _FACT_MM)
        yield from own_column_note(item)
    elif kind is InputType.TABLE:
        yield grid_of(item, _rows(item, _LEAST_ROWS), _ROW_MM)
        yield from own_column_note(item)
    elif item.input.options:
        yield Choices(tuple((option.label_ja, False) for option in item.input.options))
        yield Ruled(_SHORT_LINES)
    elif kind in _SHORT:
        if item.input.unit:
            yield Words(paper("blank.unit", unit=item.input.unit), "note")
        yield Ruled(_SHORT_LINES)
    else:
        yield Ruled(_TEXT_LINES)


def _hints(item: Item) -> Iterator[Block]:
    for hint in (item.hint_ja, *(note.hint_ja for note in item.category_notes)):
        if hint.strip():
            yield Words(hint, "note")


class _Blank:
    """One blank form in the making: which wide sheets came up so far."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.annexes: list[Annex] = []

    def chapter(self, chapter: Chapter) -> Iterator[Block]:
        yield Heading(1, f"{chapter.number}　{chapter.title_ja}".strip(), chapter.id)
        for section in chapter.sections:
            yield Heading(2, f"{section.number}　{section.title_ja}".strip(), section.id)
            for item in section.items:
                yield replace(heading_of(item), room_mm=_ITEM_MM)
                yield from _hints(item)
                yield Choices(((paper("blank.not_applicable"), False),))
                yield from self._answer(item)

    def _answer(self, item: Item) -> Iterator[Block]:
        if item.input.type is not InputType.TABLE or not self.layout.is_annex(item):
            yield from _room(item, self.layout)
            return
        number, key = len(self.annexes) + 1, f"annex_{item.id}"
        title = say("annex_title", number=number, title=item.title_ja)
        rows = grid_of(item, _rows(item, _SHEET_ROWS), _ROW_MM)
        self.annexes.append(Annex(Heading(1, title, key), (rows, *own_column_note(item))))
        yield Reference(number, key)


def _cover(blank: BlankForm) -> Sequence[tuple[str, str]]:
    operator = next((f.operator for f in blank.facilities), "")
    names = "\n".join(facility.name for facility in blank.facilities)
    return (
        (paper("blank.operator"), operator),
        (paper("blank.facility"), names),
        (paper("cover.version"), ""),
        (paper("blank.written_on"), paper("blank.day")),
        (paper("blank.writer"), ""),
        (paper("blank.approver"), ""),
    )


def compose_blank(blank: BlankForm, layout: Layout) -> PlanPages:
    """Return the empty form as blocks."""
    made = _Blank(layout)
    chapters = tuple(tuple(made.chapter(c)) for c in chapters_for(blank.asked, *blank.categories))
    how: tuple[Block, ...] = (
        Heading(2, paper("blank.how_title"), "how_to_fill"),
        Words(paper("blank.how_text"), "body"),
        *how_to_read(),
    )
    return PlanPages(
        title=blank.asked.title_ja,
        facility=blank.facilities[0].name if blank.facilities else "",
        operator=paper("blank.by_hand"),
        cover=tuple(_cover(blank)),
        how_to_read=how,
        chapters=chapters,
        still_open=(),
        annexes=tuple(made.annexes),
        edge=paper("blank.by_hand"),
        short_stamp=paper("blank.by_hand"),
        cover_room_mm=_FACT_MM,
    )

"""The printed continuity plan as blocks, before anything is drawn: what stands on paper, in which order.

Pure: form, answers and standing in, blocks out. `continuity_plan.py` draws them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bcp_kit.catalogues.load import Verification
from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan
from bcp_kit.domain.facilities import Facility
from bcp_kit.forms.completeness import Completeness, filled_rows
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.schema import Chapter, Column, ColumnsOrigin, Form, InputType, Item, chapters_for


@dataclass(frozen=True)
class PlanPrint:
    """Everything that a printed plan shows. `printed_at` is handed in, so that pages are repeatable."""

    plan: ContinuityPlan
    facility: Facility
    asked: Form
    standing: Completeness
    printed_at: datetime
    without_personal: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 1 chapter, 2 section, 3 item. `mark` is its standing, `badge` why it is asked."""

    level: int
    words: str
    key: str
    mark: str = ""
    badge: str = ""


@dataclass(frozen=True)
class Words:
    """A paragraph; `style` is body, note, muted or open (unanswered)."""

    words: str
    style: str = "body"


@dataclass(frozen=True)
class Grid:
    """A table with a heading row; `row_headings` says that the first column names the row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_headings: bool = False


@dataclass(frozen=True)
class Facts:
    """One thing as a list of label and value."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reference:
    """A line that points at the annex `key`, the sheet `number`; its page is put in when it is known."""

    number: int
    key: str

    def words(self, page: int) -> str:
        """Return the line with the page on which the sheet begins."""
        return say("see_annex", number=self.number, page=page)


Block = Heading | Words | Grid | Facts | Reference


@dataclass(frozen=True)
class Annex:
    """One wide sheet at the end."""

    heading: Heading
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class PlanPages:
    """The document: cover lines, body by chapter, what is still open, wide sheets."""

    title: str
    facility: str
    operator: str
    cover: tuple[tuple[str, str], ...]
    how_to_read: tuple[Block, ...]
    chapters: tuple[tuple[Block, ...], ...]
    still_open: tuple[Block, ...]
    annexes: tuple[Annex, ...] = ()


@dataclass
class Layout:
    """Which items are printed as cards and which as wide sheets (templates/print/continuity_plan.yaml)."""

    cards: frozenset[str] = field(default_factory=frozenset)
    annexes: Sequence[str] = ()


def say(key: str, **values: str | int | float) -> str:
    """Return a sentence of the printed plan; a plan is printed in Japanese."""
    return text(f"bcp.print.{key}", DEFAULT_LANGUAGE, **values)


def heading_of(item: Item, number: str = "") -> Heading:
    """Return the heading of an item: its standing as mark, and why it is asked."""
    mark = say(f"mark_short.{item.verification.value}")
    if item.columns_origin is not None:
        mark += say(f"columns_short.{item.columns_origin.value}")
    return Heading(
        3, f"{number}{item.title_ja}", item.id, mark, text(f"forms.required.{item.required.value}")
    )


def column_label(item: Item, column: Column) -> str:
    """Return the heading of a column; one that this tool added to the template's carries a sign."""
    added = column.origin is not None and column.origin != item.columns_origin
    return f"{column.label_ja}※" if added and column.origin is ColumnsOrigin.PROPOSED else column.label_ja


def grid_of(item: Item, answer: Answer) -> Grid:
    """Return the rows of a table item under its column headings."""
    columns = item.input.columns
    return Grid(
        heads=tuple(column_label(item, column) for column in columns),
        rows=tuple(tuple(row.get(column.key, "") for column in columns) for row in answer.rows),
        row_headings=bool(item.input.row_header),
    )


def facts_of(item: Item, row: Mapping[str, str]) -> Facts:
    """Return one row of a table item as label and value."""
    return Facts(tuple((column_label(item, c), row.get(c.key, "")) for c in item.input.columns))


def _table(item: Item, answer: Answer, layout: Layout) -> Iterator[Block]:
    if item.id in layout.cards:
        yield from (facts_of(item, row) for row in filled_rows(item.input, answer.rows))
    else:
        yield grid_of(item, answer)
    if any(column_label(item, column).endswith("※") for column in item.input.columns):
        yield Words(say("own_column"), "note")


def answer_blocks(item: Item, answer: Answer, layout: Layout) -> Iterator[Block]:
    """Yield how one answer stands on paper; nothing written is said, never left as a gap."""
    kind = item.input.type
    if answer.state is AnswerState.NOT_APPLICABLE:
        yield Words(say("not_applicable", reason=answer.reason), "muted")
    elif kind is InputType.TABLE and filled_rows(item.input, answer.rows):
        yield from _table(item, answer, layout)
    elif kind in (InputType.CHOICE, InputType.CHECKLIST) and answer.choices:
        marks = {True: say("yes_mark"), False: say("no_mark")}
        chosen = (f"{marks[option.key in answer.choices]} {option.label_ja}" for option in item.input.options)
        yield Words("\n".join(chosen))
    elif kind is InputType.NUMBER and answer.number is not None:
        yield Words(say("answer_unit", number=answer.number, unit=item.input.unit))
    elif answer.text.strip():
        yield Words(answer.text)
    else:
        yield Words(say("not_answered"), "open")


def _chapter_blocks(chapter: Chapter, doc: PlanPrint, layout: Layout) -> Iterator[Block]:
    yield Heading(1, f"{chapter.number}　{chapter.title_ja}", chapter.id)
    for section in chapter.sections:
        yield Heading(2, f"{section.number}　{section.title_ja}", section.id)
        for item in section.items:
            answer = doc.plan.answers.get(item.id, Answer())
            yield heading_of(item)
            if item.personal and doc.without_personal:
                yield Words(say("personal_left_out"), "muted")
            elif item.id in layout.annexes and filled_rows(item.input, answer.rows):
                yield Reference(_annex_number(item.id, layout), f"annex_{item.id}")
            else:
                yield from answer_blocks(item, answer, layout)


def _annex_number(item_id: str, layout: Layout) -> int:
    return list(layout.annexes).index(item_id) + 1


def _annexes(chapters: Sequence[Chapter], doc: PlanPrint, layout: Layout) -> Iterator[Annex]:
    for item in (item for chapter in chapters for item in chapter.items):
        answer = doc.plan.answers.get(item.id, Answer())
        shown = item.id in layout.annexes and not (item.personal and doc.without_personal)
        if not shown or answer.state is not AnswerState.ANSWERED or not filled_rows(item.input, answer.rows):
            continue
        title = say("annex_title", number=_annex_number(item.id, layout), title=item.title_ja)
        head = heading_of(item)
        yield Annex(
            Heading(1, title, f"annex_{item.id}", head.mark, head.badge), tuple(_table(item, answer, layout))
        )


def _still_open(doc: PlanPrint, chapters: Sequence[Chapter]) -> Iterator[Block]:
    yield Heading(1, say("open_title"), "still_open")
    if not doc.standing.open_items:
        yield Words(say("open_none"))
        return
    places = {item.id: section.number for c in chapters for section in c.sections for item in section.items}
    yield Words(say("open_text"))
    yield Grid(
        heads=tuple(say(f"open_columns.{column}") for column in ("number", "item", "required", "fault")),
        rows=tuple(
            (
                places[item.item_id],
                item.title_ja,
                text(item.badge),
                text(item.fault.short_message) if item.fault else "",
            )
            for item in doc.standing.open_items
        ),
    )


def _how_to_read() -> Iterator[Block]:
    yield Heading(2, say("marks_title"), "how_to_read")
    yield Words(say("marks_text"), "note")
    meanings = [
        f"{say(f'mark_short.{mark.value}')}　{text(f'forms.mark.{mark.value}')}"
        for mark in (Verification.CORROBORATED, Verification.UNVERIFIED)
    ]
    meanings += [
        f"{say(f'columns_short.{origin.value}')}　{text(f'forms.columns.{origin.value}')}"
        for origin in (ColumnsOrigin.TEMPLATE_RECALLED, ColumnsOrigin.PROPOSED)
    ]
    yield Words("\n".join((*meanings, say("own_column"))), "note")


def _day(day: date) -> str:
    return say("day", year=day.year, month=day.month, day=day.day)


def compose(doc: PlanPrint, layout: Layout) -> PlanPages:
    """Return the document as blocks."""
    chapters = chapters_for(doc.asked, doc.facility.category)
    own = next(iter(doc.plan.answers.get("nd_cover", Answer()).rows), {})
    return PlanPages(
        title=doc.asked.title_ja,
        facility=own.get("facility_name", "") or doc.facility.name,
        operator=own.get("operator", "") or doc.facility.operator,
        cover=(
            (say("made_on"), _day(doc.plan.created_on)),
            (say("updated_on"), _day(doc.plan.updated_at)),
            (say("printed_on"), _day(doc.printed_at)),
            (say("printed_number"), f"{doc.plan.id}-{doc.plan.version}"),
        ),
        how_to_read=tuple(_how_to_read()),
        chapters=tuple(tuple(_chapter_blocks(chapter, doc, layout)) for chapter in chapters),
        still_open=tuple(_still_open(doc, chapters)),
        annexes=tuple(_annexes(chapters, doc, layout)),
    )

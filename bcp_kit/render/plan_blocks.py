"""A printed continuity plan as blocks, before anything is drawn: what one answer looks like on paper.

Pure: item and answer in, blocks out. `plan_pages.py` puts them in order, `continuity_plan.py` draws them as
PDF, `plan_word.py` writes them as Word.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.domain.plan_versions import VersionState
from bcp_kit.forms.completeness import Completeness, filled_rows
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, text
from bcp_kit.forms.schema import Chapter, Column, ColumnsOrigin, Form, InputType, Item, chapters_for
from bcp_kit.render.pictures import Picture


@dataclass(frozen=True)
class Stamp:
    """Which version is printed. `number` 0: no version was ever made.

    `changed_since` says that the plan was written on after this version. `approver` and `decided_on` are set
    once somebody decided.
    """

    number: int = 0
    state: VersionState | None = None
    changed_since: bool = False
    made_on: date | None = None
    decided_on: date | None = None
    approver: str = ""


@dataclass(frozen=True)
class PlanPrint:
    """Everything that a printed plan shows. `printed_at` is handed in, so that pages are repeatable.

    `others` are the further services at the site that the plan covers (併設); `pictures` are attached.
    """

    plan: ContinuityPlan
    facility: Facility
    asked: Form
    standing: Completeness
    printed_at: datetime
    without_personal: bool = False
    others: tuple[Facility, ...] = ()
    stamp: Stamp = Stamp()
    pictures: tuple[Picture, ...] = ()

    @property
    def facilities(self) -> tuple[Facility, ...]:
        """All services that the plan is for, the plan's own first."""
        return (self.facility, *self.others)

    @property
    def categories(self) -> tuple[ServiceCategory, ...]:
        """Their categories, each once."""
        return tuple(dict.fromkeys(facility.category for facility in self.facilities))

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters with what at least one of the services is asked."""
        return chapters_for(self.asked, *self.categories)


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 0 part, 1 chapter, 2 section, 3 item. `mark` is its standing, `badge` why asked.

    `deeper` where the document has parts: chapters then stand one level below. `room_mm` must fit below the
    heading, else it begins the next page; 0 for what its level usually needs.
    """

    level: int
    words: str
    key: str
    mark: str = ""
    badge: str = ""
    deeper: bool = False
    room_mm: float = 0.0

    @property
    def depth(self) -> int:
        """The level among all headings of the document, from 1."""
        return self.level + self.deeper


@dataclass(frozen=True)
class Words:
    """A paragraph; `style` is body, note, muted or open (unanswered)."""

    words: str
    style: str = "body"


@dataclass(frozen=True)
class Choices:
    """Answers to choose from, each with whether it was chosen."""

    options: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Grid:
    """A table with a heading row; `row_headings` says that the first column names the row.

    `room_mm` is the least height of a row: room for a hand that writes.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_headings: bool = False
    room_mm: float = 0.0


@dataclass(frozen=True)
class Facts:
    """One thing as a list of label and value; `room_mm` as in a grid."""

    pairs: tuple[tuple[str, str], ...]
    room_mm: float = 0.0


@dataclass(frozen=True)
class Ruled:
    """Empty lines to write on by hand."""

    lines: int


@dataclass(frozen=True)
class Reference:
    """A line that points at the heading `key` further on; its page is put in when it is known."""

    number: int
    key: str
    said: str = "bcp.print.see_annex"

    def words(self, page: int | str) -> str:
        """Return the line with the page that it points at, or with a sign that stands for it."""
        return text(self.said, DEFAULT_LANGUAGE, number=self.number, page=page)


@dataclass(frozen=True)
class Figure:
    """An attached picture that fills a page."""

    picture: Picture


Block = Heading | Words | Choices | Grid | Facts | Ruled | Reference | Figure


@dataclass(frozen=True)
class Annex:
    """One sheet at the end; `upright` ones stand, the wide ones lie on their side."""

    heading: Heading
    blocks: tuple[Block, ...]
    upright: bool = False


@dataclass(frozen=True)
class PlanPages:
    """The document: cover lines, body by chapter, what is still open, wide sheets.

    `edge` stands at the foot of every page: version, date, who approved; `short_stamp` is the version in the
    name of the file. In a joint document a chapter may begin with the heading of a part (level 0).
    """

    title: str
    facility: str
    operator: str
    cover: tuple[tuple[str, str], ...]
    how_to_read: tuple[Block, ...]
    chapters: tuple[tuple[Block, ...], ...]
    still_open: tuple[Block, ...]
    annexes: tuple[Annex, ...] = ()
    edge: str = ""
    short_stamp: str = ""
    cover_room_mm: float = 0.0

    @property
    def blocks(self) -> Iterator[Block]:
        """All blocks in the order of the paper."""
        yield from self.how_to_read
        for chapter in self.chapters:
            yield from chapter
        for annex in self.annexes:
            yield from (annex.heading, *annex.blocks)
        yield from self.still_open


@dataclass
class Layout:
    """Which items are printed as cards and which as wide sheets (templates/print/continuity_plan.yaml).

    A table with `annex_columns` columns or more goes to a sheet, unless it stands in `upright`.
    """

    cards: frozenset[str] = field(default_factory=frozenset)
    annexes: Sequence[str] = ()
    annex_columns: int = 99
    upright: frozenset[str] = field(default_factory=frozenset)

    def is_annex(self, item: Item) -> bool:
        """True for a table that is printed on a sheet of its own."""
        wide = len(item.input.columns) >= self.annex_columns and item.id not in self.upright
        return item.id in self.annexes or (wide and item.id not in self.cards)


def say(key: str, **values: str | int | float) -> str:
    """Return a sentence of the printed plan; a plan is printed in Japanese."""
    return text(f"bcp.print.{key}", DEFAULT_LANGUAGE, **values)


def paper(key: str, **values: str | int | float) -> str:
    """Return a sentence of the printed plan from the room `paper`."""
    return text(f"paper.{key}", DEFAULT_LANGUAGE, **values)


def heading_of(item: Item) -> Heading:
    """Return the heading of an item: its standing as mark, and why it is asked."""
    mark = say(f"mark_short.{item.verification.value}")
    if item.columns_origin is not None:
        mark += say(f"columns_short.{item.columns_origin.value}")
    return Heading(3, item.title_ja, item.id, mark, text(f"forms.required.{item.required.value}"))


def column_label(item: Item, column: Column) -> str:
    """Return the heading of a column; one that this tool added to the template's carries a sign."""
    added = column.origin is not None and column.origin != item.columns_origin
    return f"{column.label_ja}※" if added and column.origin is ColumnsOrigin.PROPOSED else column.label_ja


def grid_of(item: Item, rows: Sequence[Mapping[str, str]], room_mm: float = 0.0) -> Grid:
    """Return the rows of a table item under its column headings."""
    columns = item.input.columns
    return Grid(
        heads=tuple(column_label(item, column) for column in columns),
        rows=tuple(tuple(row.get(column.key, "") for column in columns) for row in rows),
        row_headings=bool(item.input.row_header) and item.input.row_header == columns[0].key,
        room_mm=room_mm,
    )


def facts_of(item: Item, row: Mapping[str, str], room_mm: float = 0.0) -> Facts:
    """Return one row of a table item as label and value."""
    return Facts(tuple((column_label(item, c), row.get(c.key, "")) for c in item.input.columns), room_mm)


def own_column_note(item: Item) -> Iterator[Words]:
    """Yield what the sign at a column means, for a table that has such columns."""
    if any(column_label(item, column).endswith("※") for column in item.input.columns):
        yield Words(say("own_column"), "note")


def table_blocks(item: Item, answer: Answer, layout: Layout) -> Iterator[Block]:
    """Yield the filled table of an item: as cards, or as a grid."""
    if item.id in layout.cards:
        yield from (facts_of(item, row) for row in filled_rows(item.input, answer.rows))
    else:
        yield grid_of(item, answer.rows)
    yield from own_column_note(item)


def answer_blocks(item: Item, answer: Answer, layout: Layout) -> Iterator[Block]:
    """Yield how one answer stands on paper; nothing written is said, never left as a gap."""
    kind = item.input.type
    if answer.state is AnswerState.NOT_APPLICABLE:
        yield Words(say("not_applicable", reason=answer.reason), "muted")
    elif kind is InputType.TABLE and filled_rows(item.input, answer.rows):
        yield from table_blocks(item, answer, layout)
    elif item.input.options and answer.choices:
        yield Choices(tuple((o.label_ja, o.key in answer.choices) for o in item.input.options))
        yield from _beside(answer)
    elif kind is InputType.NUMBER and answer.number is not None:
        yield Words(say("answer_unit", number=answer.number, unit=item.input.unit))
        yield from _beside(answer)
    elif answer.text.strip():
        yield Words(answer.text)
    else:
        yield Words(say("not_answered"), "open")


def _beside(answer: Answer) -> Iterator[Block]:
    """Yield the words that somebody wrote beside a number or a choice."""
    if answer.text.strip():
        yield Words(answer.text)


def day_words(day: date) -> str:
    """Return a date as it is written on paper."""
    return say("day", year=day.year, month=day.month, day=day.day)


def plain_words(answer: Answer) -> str:
    """Return an answer in words alone, for what has no item of its own any more."""
    cells = ("　".join(cell for cell in row.values() if cell) for row in answer.rows)
    number = "" if answer.number is None else f"{answer.number:g}"
    return "\n".join(part for part in (answer.text, number, "、".join(answer.choices), *cells) if part)

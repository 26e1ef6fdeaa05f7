"""How far a plan is: per item done, open (what is wrong, why it matters) or not applicable with a reason.

Pure functions over the form and the answers. Nothing here changes an answer; a fault in one never loses it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bcp_kit.catalogues.load import number
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.bcp import Answer, AnswerState, ContinuityPlan
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.schema import Form, Input, InputType, Item, Requirement, chapters_for

Count = Annotated[int, Field(ge=0)]


class ItemState(StrEnum):
    """Where one item stands."""

    DONE = "done"
    OPEN = "open"
    NOT_APPLICABLE = "not_applicable"


class Fault(StrEnum):
    """Why an item is still open. The sentence of each is the message `forms.fault.<value>`."""

    UNANSWERED = "unanswered"
    REASON_MISSING = "reason_missing"
    NO_FILLED_ROW = "no_filled_row"
    TOO_FEW_ROWS = "too_few_rows"
    UNKNOWN_COLUMN = "unknown_column"
    UNKNOWN_OPTION = "unknown_option"
    ONE_CHOICE_ONLY = "one_choice_only"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    NOT_WHOLE = "not_whole"
    TOO_LONG = "too_long"
    SAMPLE_LEFT = "sample_left"

    @property
    def message(self) -> str:
        """The key of its sentence."""
        return f"forms.fault.{self.value}"

    @property
    def short_message(self) -> str:
        """The key of the few words that stand for it in a list."""
        return f"forms.fault_short.{self.value}"


class ItemProgress(DomainModel):
    """Where one item stands; `why` is the key of the sentence why it matters, `minutes` what it may take."""

    item_id: str
    title_ja: str
    title_en: str
    required: Requirement
    state: ItemState
    fault: Fault | None = None
    reason: str = ""
    minutes: Annotated[float, Field(ge=0)] = 0.0

    @property
    def why(self) -> str:
        """The key of the sentence that says why the item matters."""
        return f"forms.why.{self.required.value}"

    @property
    def badge(self) -> str:
        """The key of the few words that say why the item is asked."""
        return f"forms.required.{self.required.value}"


class ChapterProgress(DomainModel):
    """Where one chapter stands."""

    chapter_id: str
    number: str
    title_ja: str
    title_en: str
    items: tuple[ItemProgress, ...]

    def count(self, state: ItemState) -> Count:
        """Return how many items stand at `state`."""
        return sum(item.state is state for item in self.items)

    @property
    def share_done(self) -> float:
        """The settled part of the chapter, 0–1; a chapter with nothing to answer is done."""
        return 1 - self.count(ItemState.OPEN) / len(self.items) if self.items else 1.0


class Completeness(DomainModel):
    """Where a whole plan stands."""

    chapters: tuple[ChapterProgress, ...]

    @property
    def items(self) -> tuple[ItemProgress, ...]:
        """All items in the order of the form."""
        return tuple(item for chapter in self.chapters for item in chapter.items)

    @property
    def open_items(self) -> tuple[ItemProgress, ...]:
        """What is still open: law, then guideline, then good practice; each in the form's order."""
        ranks = list(Requirement)
        still_open = [item for item in self.items if item.state is ItemState.OPEN]
        return tuple(sorted(still_open, key=lambda item: ranks.index(item.required)))

    def count(self, state: ItemState, required: Requirement | None = None) -> Count:
        """Return how many items stand at `state` (of one kind of requirement when given)."""
        return sum(item.state is state and required in (None, item.required) for item in self.items)

    @property
    def share_done(self) -> float:
        """The settled part of the plan, 0–1."""
        return 1 - self.count(ItemState.OPEN) / len(self.items) if self.items else 1.0

    @property
    def minutes_left(self) -> float:
        """What the open items may take, in minutes (planning defaults)."""
        return sum(item.minutes for item in self.items if item.state is ItemState.OPEN)


def minutes_for(item: Item) -> float:
    """Return how long an item may take, in minutes.

    Source: catalogue `bcp_defaults` (planning defaults of this tool).
    """
    kind = item.input.type
    if kind is InputType.TABLE:
        rows = len(item.input.default_rows) or number("bcp_defaults", "minutes_table_rows_guess")
        return number("bcp_defaults", "minutes_table") + rows * number("bcp_defaults", "minutes_table_row")
    short = {
        InputType.TEXT: "minutes_text",
        InputType.NUMBER: "minutes_number",
        InputType.CHOICE: "minutes_choice",
        InputType.CHECKLIST: "minutes_choice",
    }
    return number("bcp_defaults", short.get(kind, "minutes_line"))


def filled_rows(asked: Input, rows: Iterable[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    """Return the rows that say something beyond what the table had beforehand."""
    beforehand = {(key, cell) for row in asked.default_rows for key, cell in row.items()}
    return tuple(
        row
        for row in rows
        if any(cell.strip() and (key, cell) not in beforehand for key, cell in row.items())
    )


def _table_fault(item: Item, answer: Answer) -> Fault | None:
    known = {column.key for column in item.input.columns}
    if any(set(row) - known for row in answer.rows):
        return Fault.UNKNOWN_COLUMN
    rows = filled_rows(item.input, answer.rows)
    if not rows:
        return Fault.NO_FILLED_ROW
    return Fault.TOO_FEW_ROWS if len(rows) < item.input.min_rows else None


def _number_fault(item: Item, answer: Answer) -> Fault | None:
    value, asked = answer.number, item.input
    if value is None:
        return Fault.UNANSWERED
    if asked.whole and value != int(value):
        return Fault.NOT_WHOLE
    low = asked.minimum is not None and value < asked.minimum
    high = asked.maximum is not None and value > asked.maximum
    return Fault.NUMBER_OUT_OF_RANGE if low or high else None


def _choice_fault(item: Item, answer: Answer) -> Fault | None:
    asked = item.input
    if not answer.choices:
        return Fault.UNANSWERED
    if asked.options and set(answer.choices) - {option.key for option in asked.options}:
        return Fault.UNKNOWN_OPTION
    one_only = asked.type is InputType.CHOICE and not asked.multiple
    return Fault.ONE_CHOICE_ONLY if one_only and len(answer.choices) > 1 else None


def _text_fault(item: Item, answer: Answer) -> Fault | None:
    if not answer.text.strip():
        return Fault.UNANSWERED
    longest = item.input.max_chars
    return Fault.TOO_LONG if longest is not None and len(answer.text) > longest else None


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _row_text(row: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, _squeezed(cell)) for key, cell in row.items() if cell.strip()))


def sample_left(asked: Form, item: Item, answer: Answer) -> bool:
    """True when the answer is the example or the hint itself, or holds a mark such as ○○ of a sample text.

    Layout (spaces, line breaks) does not count. A number or choice that equals the example is no sign.
    """
    texts = [answer.text, *(cell for row in answer.rows for cell in row.values())]
    if any(marker in text for text in texts for marker in asked.sample_markers):
        return True
    samples = {_squeezed(item.hint_ja), _squeezed(item.example.text if item.example else "")} - {""}
    if any(_squeezed(text) in samples for text in texts):
        return True
    examples = {_row_text(row) for row in item.example.rows} if item.example else set()
    return any(_row_text(row) in examples for row in answer.rows)


def fault_of(asked: Form, item: Item, answer: Answer) -> Fault | None:
    """Return what keeps an answer from counting as done, or None."""
    if answer.state is AnswerState.NOT_APPLICABLE:
        return None if answer.reason.strip() else Fault.REASON_MISSING
    if answer.state is AnswerState.OPEN:
        return Fault.UNANSWERED
    check = {
        InputType.TABLE: _table_fault,
        InputType.NUMBER: _number_fault,
        InputType.CHOICE: _choice_fault,
        InputType.CHECKLIST: _choice_fault,
    }.get(item.input.type, _text_fault)
    fault = check(item, answer)
    if fault is None and (answer.from_example or sample_left(asked, item, answer)):
        return Fault.SAMPLE_LEFT
    return fault


def progress_of(asked: Form, item: Item, answer: Answer) -> ItemProgress:
    """Return where one item stands."""
    fault = fault_of(asked, item, answer)
    settled = ItemState.NOT_APPLICABLE if answer.state is AnswerState.NOT_APPLICABLE else ItemState.DONE
    return ItemProgress(
        item_id=item.id,
        title_ja=item.title_ja,
        title_en=item.title_en,
        required=item.required,
        state=ItemState.OPEN if fault else settled,
        fault=fault,
        reason=answer.reason if answer.state is AnswerState.NOT_APPLICABLE else "",
        minutes=minutes_for(item) if fault else 0.0,
    )


def completeness(
    asked: Form, categories: ServiceCategory | tuple[ServiceCategory, ...], plan: ContinuityPlan
) -> Completeness:
    """Return where `plan` stands against all that facilities of the categories are asked."""
    nothing = Answer()
    each = (categories,) if isinstance(categories, ServiceCategory) else categories
    return Completeness(
        chapters=tuple(
            ChapterProgress(
                chapter_id=chapter.id,
                number=chapter.number,
                title_ja=chapter.title_ja,
                title_en=chapter.title_en,
                items=tuple(
                    progress_of(asked, item, plan.answers.get(item.id, nothing)) for item in chapter.items
                ),
            )
            for chapter in chapters_for(asked, *each)
        )
    )

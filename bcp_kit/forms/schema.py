"""The forms of templates/forms as types: chapters, sections, items, and how each item is answered.

A form says of every item why it is asked (law, guideline, recommended), how it is filled in, a hint, an
example in our own words where there is one, its sources, how far they were confirmed, and for tables whose
columns they are.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from bcp_kit.catalogues.load import Verification, read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.resources import locate


class InputType(StrEnum):
    """How an item is answered."""

    TEXT = "text"
    LINE = "line"
    NUMBER = "number"
    CHOICE = "choice"
    CHECKLIST = "checklist"
    YES_NO = "yes_no"
    TABLE = "table"
    DATE = "date"
    PHONE = "phone"
    ADDRESS = "address"
    KANA = "kana"
    EMAIL = "email"
    CODE = "code"
    LOCATION = "location"
    IMAGE = "image"
    MAP = "map"
    SIGNATURE = "signature"


class Requirement(StrEnum):
    """Why an item is asked."""

    LAW = "law"
    GUIDELINE = "guideline"
    RECOMMENDED = "recommended"


class ColumnsOrigin(StrEnum):
    """Whose columns a table has; only the first kind was seen in what follows the official template."""

    TEMPLATE_CONFIRMED = "template_confirmed"
    TEMPLATE_RECALLED = "template_recalled"
    PROPOSED = "proposed"


class Option(DomainModel):
    """One answer to choose."""

    key: str
    label_ja: str


class Column(DomainModel):
    """One column of a table. `origin` is set where it differs from the table's."""

    key: str
    label_ja: str
    origin: ColumnsOrigin | None = None


class Input(DomainModel):
    """How an item is filled in.

    `row_header` is the column that `default_rows` fill beforehand. `minimum` and `maximum` are in `unit`.
    """

    type: InputType
    unit: str = ""
    formula: str = ""
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    computed: bool = False
    max_chars: int | None = None
    multiple: bool = False
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    row_header: str = ""
    default_rows: tuple[Mapping[str, str], ...] = ()
    min_rows: int = 1
    recommended_rows: int | None = None
    vocabulary: str = ""
    hazards: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _rows_by_column(cls, raw: Any) -> Any:
        """Turn default rows that are plain words into rows with the row header filled."""
        if isinstance(raw, Mapping) and raw.get("default_rows"):
            header = raw.get("row_header", "")
            rows = [row if isinstance(row, Mapping) else {header: row} for row in raw["default_rows"]]
            return {**raw, "default_rows": rows}
        return raw

    @model_validator(mode="after")
    def _consistent(self) -> "Input":
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError("two columns share a key")
        if (self.type is InputType.TABLE) != bool(keys):
            raise ValueError("a table has columns, and nothing else has")
        named = {self.row_header} if self.row_header else set()
        if not (named | {key for row in self.default_rows for key in row}) <= set(keys):
            raise ValueError("default rows fill columns that the table lacks")
        return self


class Example(DomainModel):
    """How an answer may look, in our own words about an invented facility; never official wording."""

    text: str = ""
    number: float | None = None
    choices: tuple[str, ...] = ()
    rows: tuple[Mapping[str, str], ...] = ()


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Keys = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class FactBinding(DomainModel):
    """Which facts of the site a table shows (templates/facts): the same rows stand in every such table.

    `where`: values of which a fact must have one to stand here; a new row gets the one that its name speaks
    for, else the first. `put`: cells that a new row gets. `columns`: item column → fact column; further
    columns of the item stay with the plan. `named_by`: item columns that name a row. `settles`: rows that
    come from the facts alone answer the item.
    """

    table: str
    where: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    put: Mapping[str, str] = Field(default_factory=dict)
    columns: Mapping[str, str] = Field(min_length=1)
    named_by: tuple[str, ...] = Field(min_length=1)
    settles: bool = True


class Filling(DomainModel):
    """The item of the natural-disaster plan whose rows an unwritten item shows: own column → its column."""

    item: str
    columns: Mapping[str, str] = Field(min_length=1)


class CategoryNote(DomainModel):
    """What some categories of service have to think of besides the hint, with its own source and mark."""

    applies_to: tuple[ServiceCategory, ...] = Field(min_length=1)
    hint_ja: str
    sources: tuple[str, ...] = Field(min_length=1)
    verification: Verification


class Item(DomainModel):
    """One thing that a form asks. Empty `applies_to` means that everybody is asked."""

    id: str
    title_ja: str
    title_en: str
    required: Requirement
    applies_to: tuple[ServiceCategory, ...] = ()
    input: Input
    hint_ja: str
    example: Example | None = None
    sources: tuple[str, ...] = Field(min_length=1)
    verification: Verification
    columns_origin: ColumnsOrigin | None = None
    personal: bool = False
    sensitivity: str = ""
    emergency_card: bool = False
    evidence: bool = False
    attachment: bool = False
    category_notes: tuple[CategoryNote, ...] = ()
    facts: FactBinding | None = None
    fills_from: tuple[Filling, ...] = ()
    form_ref: Keys = ()
    frequency_ref: str = ""
    options_ref: str = ""
    coefficient_ref: str = ""
    defaults_ref: str = ""
    checks_ref: str = ""
    computed: str = ""
    computed_from: Keys = ()
    feeds: Keys = ()
    shares_with: Keys = ()
    review_trigger: str = ""
    template_form_ja: str = ""
    note_ja: str = ""
    law_ref_ja: str = ""
    law_kind: str = ""
    law_group: str = ""
    within: str = ""
    basis_verified: bool | None = None

    @model_validator(mode="after")
    def _facts_fill_columns(self) -> "Item":
        keys = {column.key for column in self.input.columns}
        if self.facts and not {*self.facts.columns, *self.facts.named_by} <= keys:
            raise ValueError("facts fill columns that the table lacks")
        return self

    @model_validator(mode="after")
    def _table_says_whose_columns(self) -> "Item":
        if self.applies_to and self.input.type is InputType.TABLE and self.columns_origin is None:
            raise ValueError("a table of a plan says whose columns it has")
        return self

    def title(self, language: str) -> str:
        """Return the title in `language`, Japanese where there is no other."""
        return self.title_en if language == "en" else self.title_ja

    def is_asked_of(self, *categories: ServiceCategory) -> bool:
        """True when facilities of one of the `categories` are asked this item."""
        return not self.applies_to or bool(set(categories) & set(self.applies_to))

    def notes_for(self, *categories: ServiceCategory) -> tuple[CategoryNote, ...]:
        """Return what facilities of these categories have to think of besides."""
        return tuple(note for note in self.category_notes if set(categories) & set(note.applies_to))

    def column_origin(self, column: Column) -> ColumnsOrigin | None:
        """Return whose column `column` is."""
        return column.origin or self.columns_origin


class Section(DomainModel):
    """A heading with its items; `page` is the side of the printed form where that is fixed."""

    id: str
    number: str
    title_ja: str
    title_en: str
    page: str = ""
    items: tuple[Item, ...]


class Chapter(DomainModel):
    """A chapter with its sections. `number_for`: its number where a category lacks a chapter before it."""

    id: str
    number: str
    title_ja: str
    title_en: str
    note_ja: str = ""
    applies_to: tuple[ServiceCategory, ...] = ()
    number_for: Mapping[ServiceCategory, str] = Field(default_factory=dict)
    sections: tuple[Section, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items of the chapter in order."""
        return tuple(item for section in self.sections for item in section.items)

    def is_asked_of(self, *categories: ServiceCategory) -> bool:
        """True when facilities of one of the `categories` are asked this chapter."""
        return not self.applies_to or bool(set(categories) & set(self.applies_to))

    def number_of(self, *categories: ServiceCategory) -> str:
        """Return the number that the chapter has in a plan for these categories."""
        numbers = {self.number_for.get(category, self.number) for category in categories}
        return numbers.pop() if len(numbers) == 1 else self.number


class Form(DomainModel):
    """One form; `sample_markers` are signs in an answer that show that sample text was left standing.

    `people_columns`, `phone_columns`, `contact_columns`: keys of columns whose words may name a person, a
    number or an organisation that the site keeps.
    """

    id: str
    kind: str
    title_ja: str
    title_en: str
    as_of: str
    official_text_status_ja: str
    example_note_ja: str = ""
    sample_markers: tuple[str, ...] = ()
    people_columns: tuple[str, ...] = ()
    phone_columns: tuple[str, ...] = ()
    contact_columns: tuple[str, ...] = ()
    sources: tuple[str, ...]
    chapters: tuple[Chapter, ...]

    @model_validator(mode="after")
    def _ids_stand_once(self) -> "Form":
        ids = [item.id for item in self.items]
        if len(set(ids)) != len(ids):
            raise ValueError("two items share an id")
        return self

    @property
    def sections(self) -> tuple[Section, ...]:
        """All sections in order."""
        return tuple(section for chapter in self.chapters for section in chapter.sections)

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in order."""
        return tuple(item for chapter in self.chapters for item in chapter.items)

    def item(self, item_id: str) -> Item:
        """Return the item `item_id`.

        Raises: BcpKitError B-002 when the form has no such item.
        """
        for item in self.items:
            if item.id == item_id:
                return item
        raise BcpKitError(ErrorCode.FORM_ITEM_MISSING, item=item_id)


@cache
def form(form_id: str) -> Form:
    """Return the form in templates/forms/<form_id>.yaml; read once.

    Raises: BcpKitError B-001 when there is no such form.
    """
    path = locate("templates") / "forms" / f"{form_id}.yaml"
    if not path.is_file():
        raise BcpKitError(ErrorCode.FORM_MISSING, form=form_id)
    return Form.model_validate(read_yaml(path))


def chapters_for(asked: Form, *categories: ServiceCategory) -> tuple[Chapter, ...]:
    """Return the chapters with only what facilities of the `categories` are asked; empty ones left out.

    Several services at one site (併設) are asked what any of them is asked.
    """
    kept = []
    for chapter in asked.chapters:
        if not chapter.is_asked_of(*categories):
            continue
        sections = [
            section.model_copy(update={"items": items})
            for section in chapter.sections
            if (
                items := tuple(
                    _for_categories(item, categories)
                    for item in section.items
                    if item.is_asked_of(*categories)
                )
            )
        ]
        if sections:
            number = chapter.number_of(*categories)
            kept.append(chapter.model_copy(update={"sections": tuple(sections), "number": number}))
    return tuple(kept)


def _for_categories(item: Item, categories: tuple[ServiceCategory, ...]) -> Item:
    """Return the item with only those notes that the categories need."""
    if not item.category_notes:
        return item
    return item.model_copy(update={"category_notes": item.notes_for(*categories)})


def items_for(asked: Form, *categories: ServiceCategory) -> tuple[Item, ...]:
    """Return the items that facilities of the `categories` are asked, in the order of the form."""
    return tuple(item for chapter in chapters_for(asked, *categories) for item in chapter.items)

"""The 47 things asked about a destination (templates/forms/shelter.yaml): groups, items, single facts.

How a fact is written, its choices and bounds are those of the column of the same key in the sheet of
destinations, so that screen, survey and list agree.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache

from pydantic import Field, model_validator

from bcp_kit.catalogues.load import Verification, number, read_yaml
from bcp_kit.catalogues.vocabulary import shelter_features
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.shelter_facts import FEATURE
from bcp_kit.forms.schema import Requirement
from bcp_kit.forms.sheets import Column, ColumnType, SheetKind, sheet
from bcp_kit.resources import locate

FEATURES = "features"
REVIEW = "shelter_review"
OF_PEOPLE = frozenset({"known_to_person"})  # a matter of who comes, not of the place


class Sensitivity(StrEnum):
    """Whom an item is about (catalogue `sensitivity_levels`)."""

    NONE = "none"
    PERSONAL = "personal"
    THIRD_PARTY = "third_party"
    SECURITY = "security"


class ShelterItem(DomainModel):
    """One of the 47. `number` is its row on screen and in the survey, `review` the kind of interval."""

    number: int
    id: str
    title_ja: str
    title_en: str
    facts: tuple[str, ...] = Field(min_length=1)
    required: Requirement
    review: str
    hint_ja: str
    example_ja: str = ""
    law_note_ja: str = ""
    sensitivity: Sensitivity
    sources: tuple[str, ...] = Field(min_length=1)
    verification: Verification
    survey: bool = True

    def title(self, language: str) -> str:
        """Return the title in `language`."""
        return self.title_en if language == "en" else self.title_ja

    @property
    def review_months(self) -> int:
        """After how many months the item needs to be confirmed again."""
        return int(number(REVIEW, self.review))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The single facts, as columns: features one by one, the rest from the sheet of destinations."""
        if self.facts == (FEATURES,):
            return feature_columns()
        known = sheet_columns()
        return tuple(known[key] for key in self.facts)

    def row_number(self, place: int) -> str:
        """Return the row number of the fact at `place` (from 0): "12", or "12-3" where there are several."""
        return str(self.number) if len(self.columns) == 1 else f"{self.number}-{place + 1}"


class ShelterGroup(DomainModel):
    """Items that are asked together."""

    id: str
    title_ja: str
    title_en: str
    lead_ja: str
    items: tuple[ShelterItem, ...]

    def title(self, language: str) -> str:
        """Return the title in `language`."""
        return self.title_en if language == "en" else self.title_ja


class AskedFact(DomainModel):
    """One fact with the item that it belongs to, and its row number."""

    item: ShelterItem
    column: Column
    row: str

    @property
    def key(self) -> str:
        """The key of the fact."""
        return self.column.key


class ShelterForm(DomainModel):
    """The whole form. `edition` stands on each survey sheet."""

    id: str
    edition: str
    title_ja: str
    title_en: str
    as_of: str
    official_text_status_ja: str
    groups: tuple[ShelterGroup, ...]

    @model_validator(mode="after")
    def _numbers_run(self) -> "ShelterForm":
        if [item.number for item in self.items] != list(range(1, len(self.items) + 1)):
            raise ValueError("items are numbered in the order of the screen")
        return self

    @property
    def items(self) -> tuple[ShelterItem, ...]:
        """All items in order."""
        return tuple(item for group in self.groups for item in group.items)

    def asked(self) -> Iterator[AskedFact]:
        """Yield every single fact in order."""
        for item in self.items:
            yield from facts_of(item)


def facts_of(item: ShelterItem) -> tuple[AskedFact, ...]:
    """Return the single facts of an item."""
    return tuple(
        AskedFact(item=item, column=column, row=item.row_number(place))
        for place, column in enumerate(item.columns)
    )


@cache
def sheet_columns() -> Mapping[str, Column]:
    """Return the columns of the sheet of destinations by key."""
    return {column.key: column for column in sheet(SheetKind.SHELTERS).columns}


@cache
def feature_columns() -> tuple[Column, ...]:
    """Return a column for each feature of a place, answered yes, no or unknown."""
    return tuple(
        Column(key=f"{FEATURE}{feature.key}", heading=feature.label_ja, type=ColumnType.KNOWN)
        for feature in shelter_features().values()
        if feature.key not in OF_PEOPLE
    )


@cache
def shelter_form() -> ShelterForm:
    """Return the form; read once."""
    return ShelterForm.model_validate(read_yaml(locate("templates") / "forms" / "shelter.yaml"))


@cache
def asked_facts() -> Mapping[str, AskedFact]:
    """Return every single fact by key, in the order of the form."""
    return {fact.key: fact for fact in shelter_form().asked()}


def group_of_fact(key: str) -> str:
    """Return the id of the group in which a fact is asked, or the empty text."""
    groups = (g.id for g in shelter_form().groups for i in g.items for f in facts_of(i) if f.key == key)
    return next(groups, "")

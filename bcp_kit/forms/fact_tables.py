"""The tables of facts that a site keeps (templates/facts) as types: columns, kinds, how a row is named.

A table says how often its facts are to be looked at again, and which of its words may stand in a plan in
the place of a reference.
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import Field, model_validator

from bcp_kit.catalogues.load import read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.site_facts import FactRow, SiteFacts
from bcp_kit.resources import locate

_DAYS_A_MONTH = 30.44
_PLACE = re.compile(r"\{([a-z_0-9]+)\}")


class FactType(StrEnum):
    """What a cell is. Every cell is kept as written; the type says what it may be read as."""

    TEXT = "text"
    PHONE = "phone"
    EMAIL = "email"
    NUMBER = "number"
    QUANTITY = "quantity"
    DATE = "date"
    CHOICE = "choice"
    PERSON = "person"
    CONTACT = "contact"
    STAFF = "staff"


class FactOption(DomainModel):
    """One kind of row. `cues`: words in a row's name that speak for it; `single`: there is one such row."""

    key: str
    label_ja: str
    label_en: str
    cues: tuple[str, ...] = ()
    single: bool = False


class FactColumn(DomainModel):
    """One column. `record`: the field of the facility or staff record that holds it; `contact`: a number
    or address by which somebody is reached."""

    key: str
    label_ja: str
    label_en: str
    type: FactType = FactType.TEXT
    options: tuple[FactOption, ...] = ()
    record: str = ""
    contact: bool = False
    hidden: bool = False

    def label(self, language: str) -> str:
        """Return the heading in `language`."""
        return self.label_en if language == "en" else self.label_ja


class FactTable(DomainModel):
    """One table. `named_by`: the columns that name a row; `words`: how a row is named in running text."""

    id: str
    order: int
    title_ja: str
    title_en: str
    help_ja: str
    help_en: str
    personal: bool
    review_months: Annotated[int, Field(ge=1)]
    named_by: tuple[str, ...] = Field(min_length=1)
    words: str
    form_ref: str = ""
    one_per_facility: bool = False
    columns: tuple[FactColumn, ...]

    @model_validator(mode="after")
    def _names_columns(self) -> "FactTable":
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys) or not {*self.named_by, *_PLACE.findall(self.words)} <= set(keys):
            raise ValueError("a table names a column that it lacks, or a column twice")
        return self

    def title(self, language: str) -> str:
        """Return the title in `language`."""
        return self.title_en if language == "en" else self.title_ja

    def column(self, key: str) -> FactColumn:
        """Return the column `key`. Raises: KeyError."""
        return next(iter(column for column in self.columns if column.key == key))

    @property
    def kinds(self) -> tuple[FactOption, ...]:
        """The kinds of row, none when the table holds one kind."""
        return next((column.options for column in self.columns if column.key == "kind"), ())

    def words_of(self, cells: Mapping[str, str]) -> str:
        """Return how a row is named in running text; a blank part leaves no gap."""
        return " ".join(_PLACE.sub(lambda m: cells.get(m[1], "").strip(), self.words).split(" ")).strip()

    def kind_of(self, name: str, among: tuple[str, ...] = ()) -> str:
        """Return the kind that the words of a row's name speak for, by the longest cue; "" for none."""
        found = [
            (len(cue), option.key)
            for option in self.kinds
            if not among or option.key in among
            for cue in option.cues
            if cue in name
        ]
        return max(found, key=lambda pair: pair[0])[1] if found else ""

    def is_stale(self, row: FactRow, today: date) -> bool:
        """True when nobody made sure of the row within the review interval."""
        if row.confirmed_on is None:
            return True
        return (today - row.confirmed_on).days > self.review_months * _DAYS_A_MONTH


@cache
def fact_tables() -> Mapping[str, FactTable]:
    """Return all tables of templates/facts by id, in their order."""
    folder = locate("templates") / "facts"
    found = (FactTable.model_validate(read_yaml(path)) for path in folder.glob("*.yaml"))
    return {table.id: table for table in sorted(found, key=lambda table: table.order)}


def fact_table(table_id: str) -> FactTable:
    """Return one table.

    Raises: BcpKitError B-010 when there is none of that name.
    """
    found = fact_tables().get(table_id)
    if found is None:
        raise BcpKitError(ErrorCode.FACT_TABLE_MISSING, table=table_id)
    return found


def stale_rows(facts: SiteFacts, today: date) -> tuple[tuple[FactTable, FactRow], ...]:
    """Return the rows that hold a way to reach somebody and are due to be looked at again."""
    return tuple(
        (table, row)
        for table in fact_tables().values()
        if any(column.contact for column in table.columns) and not table.one_per_facility
        for row in facts.tables.get(table.id, ())
        if any(row.cells.get(column.key, "").strip() for column in table.columns if column.contact)
        and table.is_stale(row, today)
    )

"""Our own sheets (people, shelters, staff …) as typed definitions, read from templates/sheets/*.yaml."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from itertools import groupby
from typing import Any

from pydantic import Field

from bcp_kit.catalogues.load import read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.resources import locate

REPEAT_MARK = "{n}"
REPEAT_LIMIT = 9


class SheetKind(StrEnum):
    """The sheets that we define; each is one flat table with Japanese headings."""

    PEOPLE = "people"
    SUPPORTERS = "supporters"
    SHELTERS = "shelters"
    FACILITIES = "facilities"
    STAFF = "staff"
    ROSTERS = "rosters"
    HELP_OFFERS = "help_offers"
    CERTIFICATES = "certificates"


class ColumnType(StrEnum):
    """How a cell is read and written."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    TEXT_LIST = "text_list"
    KANA = "kana"
    CODE = "code"
    DIGITS = "digits"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    CAPACITY = "capacity"
    YES_NO = "yes_no"
    KNOWN = "known"
    CHOICE = "choice"
    CHOICE_LIST = "choice_list"
    NEEDS = "needs"
    FEATURES = "features"
    ACCEPTS = "accepts"
    PHONE = "phone"
    POSTAL = "postal"
    EMAIL = "email"
    MUNICIPALITY = "municipality"
    LATITUDE = "latitude"
    LONGITUDE = "longitude"
    SHIFT = "shift"
    SPACES = "spaces"
    CONFIRMATIONS = "confirmations"


class Column(DomainModel):
    """One column: `key` is the field's place in the object, `heading` what a person sees.

    `{n}` in key and heading stands for 1, 2, … `repeat` of them stand in the form, up to nine are read.
    `empty` is the word (or choice key) that an empty cell stands for. `extra` columns are read and written
    but left out of the empty form; `check_only` columns are read for checks and never stored. `past` dates
    may not lie after today. `minimum` and `maximum` bound numbers in the column's unit.
    """

    key: str
    heading: str
    type: ColumnType
    required: bool = False
    repeat: int = 0
    choices: Mapping[str, str] = Field(default_factory=dict)
    catalogue_choices: str = ""
    empty: str = ""
    minimum: float | None = Field(default=None, alias="min")
    maximum: float | None = Field(default=None, alias="max")
    digits: int = 0
    past: bool = False
    hint: str = ""
    example: str = ""
    width: int = 14
    aliases: tuple[str, ...] = ()
    extra: bool = False
    check_only: bool = False

    def numbered(self, number: int) -> "Column":
        """Return the column for the `number`-th of its repeats."""
        mark = str(number)
        return self.model_copy(
            update={
                "key": self.key.replace(REPEAT_MARK, mark),
                "heading": self.heading.replace(REPEAT_MARK, mark),
                "repeat": 0,
                "example": self.example if number == 1 else "",
            }
        )


def _run_of(column: Column) -> tuple[int, str]:
    """Repeated columns of one part of the object stand together: 1, 1, 1, 2, 2, 2."""
    return column.repeat, column.key.partition(".")[0] if column.repeat else ""


class DateColumns(DomainModel):
    """Columns whose headings are dates (the roster): the type of their cells and how many the form has."""

    type: ColumnType
    days: int
    width: int = 8
    example: str = ""
    hint: str = ""


class Sheet(DomainModel):
    """One table: `title` is the name of its tab in Excel.

    `one_of` are groups of columns of which the table must have one each, where no single one is required.
    """

    kind: SheetKind
    title: str
    columns: tuple[Column, ...]
    one_of: tuple[tuple[str, ...], ...] = ()
    date_columns: DateColumns | None = None

    def expanded(self, repeats: int | None = None) -> Iterator[Column]:
        """Yield every column with its number filled in.

        `repeats` replaces each repeated column's own count (9 covers all that can be read).
        """
        for (repeat, _), run in groupby(self.columns, key=_run_of):
            columns = tuple(run)
            if not repeat:
                yield from columns
                continue
            for number in range(1, (repeat if repeats is None else repeats) + 1):
                yield from (c.numbered(number) for c in columns)

    def required(self) -> tuple[Column, ...]:
        """Return the columns without which the table cannot be read."""
        return tuple(c for c in self.columns if c.required)


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) or hasattr(value, "isoformat") else value


def _column(raw: Mapping[str, Any]) -> Column:
    return Column(**{**raw, "example": _text(raw.get("example", "")), "empty": _text(raw.get("empty", ""))})


def _read(name: str) -> Any:
    return read_yaml(locate("templates") / "sheets" / f"{name}.yaml")


@cache
def sheet(kind: SheetKind) -> Sheet:
    """Return the definition of one sheet; read once."""
    tree = _read(kind.value)
    return Sheet(
        kind=kind,
        title=tree["title"],
        columns=tuple(_column(raw) for raw in tree["columns"]),
        one_of=tuple(tuple(group) for group in tree.get("one_of", ())),
        date_columns=tree.get("date_columns"),
    )


@cache
def words() -> Mapping[str, Any]:
    """Return the words that mean the same on import (templates/sheets/words.yaml)."""
    tree: Mapping[str, Any] = _read("words")
    return tree


@cache
def layouts() -> Mapping[str, Any]:
    """Return the public layouts that we recognise by their headings (templates/sheets/layouts.yaml)."""
    tree: Mapping[str, Any] = _read("layouts")
    return tree


@cache
def public_columns(name: str) -> tuple[Column, ...]:
    """Return the words for the columns of public lists: `places` or `facilities` (public_columns.yaml)."""
    return tuple(_column(raw) for raw in _read("public_columns")[name])


@cache
def public_prefixes() -> tuple[str, ...]:
    """Return what may stand before a heading of a public list without changing its meaning."""
    return tuple(_read("public_columns")["prefixes"])


@cache
def place_words() -> Mapping[str, Any]:
    """Return the words by which lists of places speak of roles and hazards (place_words.yaml)."""
    tree: Mapping[str, Any] = _read("place_words")
    return tree


@cache
def service_words() -> tuple[tuple[str, str], ...]:
    """Return (word, key of the catalogue `service_types`) of kinds of service, longest words first."""
    tree: Mapping[str, list[str]] = _read("service_words")
    pairs = [(word, key) for key, words_of_key in tree.items() for word in words_of_key]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def other_tables() -> Mapping[str, Any]:
    """Return further public tables that are told by their headings but hold no records of ours."""
    tree: Mapping[str, Any] = _read("other_tables")
    return tree


@cache
def units() -> Mapping[str, Mapping[str, float]]:
    """Return, by a column's unit, the other units in which its numbers may be written, with their factor."""
    tree: Mapping[str, Mapping[str, float]] = _read("units")
    return tree


@cache
def heading_hints(kind: SheetKind) -> Mapping[str, tuple[str, ...]]:
    """Return, by column key, pieces of headings that speak for a column of the sheet `kind`."""
    tree: Mapping[str, Mapping[str, list[str]]] = _read("heading_hints")
    merged = {**tree["all"], **tree.get(kind.value, {})}
    return {key: tuple(pieces) for key, pieces in merged.items()}


@cache
def accepts_words() -> Mapping[str, tuple[str, ...]]:
    """Return the pieces of 受入対象者 texts by the need or need group that they propose."""
    tree: Mapping[str, list[str]] = _read("accepts_words")
    return {key: tuple(pieces) for key, pieces in tree.items()}


_DANGEROUS = re.compile(r"'*(?:[\t\r\n]|[\s　]*[=+\-@＝＋－＠])")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def guard_cell(text: str) -> str:
    """Return `text` so that a spreadsheet cannot run it: an apostrophe before anything like a formula.

    Plain numbers stay as they are. `unguard_cell` undoes it exactly. ASVS 5.0 1.2.10.
    """
    if _PLAIN_NUMBER.fullmatch(text) or not _DANGEROUS.match(text):
        return text
    return f"'{text}"


def unguard_cell(text: str) -> str:
    """Return the text that `guard_cell` was given."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text

"""The one loader of the dated data files in catalogues/data.

A file holds `meta` and `rows`. Each row has key, Japanese label, value with unit (or neither), the date from
which it holds (or why none is given), its sources, how far it was confirmed, and when it was last looked at.
Whatever else a row states stands in `Row.data`.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode

DATA = Path(__file__).with_name("data")
# The C parser reads the same text ten times faster; both read plain values only.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class CatalogueError(BcpKitError):
    """A catalogue, row or value that is missing or faulty (codes K-…)."""


class Verification(StrEnum):
    """How far a fact was confirmed: the cited text was read, its gist was seen, or nothing was."""

    READ = "read"
    CORROBORATED = "corroborated"
    UNVERIFIED = "unverified"


class Row(DomainModel):
    """One fact. `value` carries `unit`; `data` holds every further field of the row by its name."""

    key: str = Field(min_length=1)
    label_ja: str = Field(min_length=1)
    label_en: str = ""
    value: float | None = None
    unit: str = ""
    valid_from: date | None
    valid_from_note: str = ""
    sources: tuple[str, ...] = Field(min_length=1)
    verification: Verification
    last_checked: date
    data: Mapping[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _complete(self) -> "Row":
        if (self.value is None) != (self.unit == ""):
            raise ValueError("a value needs a unit, and a unit a value")
        if self.valid_from is None and not self.valid_from_note:
            raise ValueError("valid_from needs a date, or a note that says why there is none")
        return self

    def label(self, language: str) -> str:
        """Return the label in `language`, Japanese where there is no other."""
        return self.label_en if language == "en" and self.label_en else self.label_ja


class Catalogue(DomainModel):
    """One file: what it says about itself, and its rows by key in the order of the file."""

    name: str
    meta: Mapping[str, Any]
    rows: Mapping[str, Row]

    def need(self, key: str) -> Row:
        """Return the row `key`.

        Raises: CatalogueError K-002 when the catalogue has no such row.
        """
        row = self.rows.get(key)
        if row is None:
            raise CatalogueError(ErrorCode.CATALOGUE_ROW_MISSING, catalogue=self.name, key=key)
        return row


def read_yaml(path: Path) -> Any:
    """Return what the YAML file `path` says; plain values only."""
    reader = _SafeLoader(path.read_text(encoding="utf-8"))
    try:
        return reader.get_single_data()
    finally:
        reader.dispose()


def _row(name: str, raw: Mapping[str, Any]) -> Row:
    own = {field: raw[field] for field in Row.model_fields if field in raw and field != "data"}
    data = {field: value for field, value in raw.items() if field not in Row.model_fields}
    try:
        return Row(**own, data=MappingProxyType(data))
    except ValidationError as fault:
        field = ".".join(str(part) for part in fault.errors()[0]["loc"]) or fault.errors()[0]["msg"]
        raise CatalogueError(
            ErrorCode.CATALOGUE_ROW_FAULTY, catalogue=name, key=str(raw.get("key", "")), field=field
        ) from None


def read_catalogue(path: Path) -> Catalogue:
    """Return the catalogue in the file `path`.

    Raises: CatalogueError K-001 (no such file), K-003 (a faulty row), K-004 (a key that stands twice).
    """
    if not path.is_file():
        raise CatalogueError(ErrorCode.CATALOGUE_MISSING, catalogue=path.stem)
    tree = read_yaml(path)
    rows: dict[str, Row] = {}
    for raw in tree["rows"]:
        row = _row(path.stem, raw)
        if row.key in rows:
            raise CatalogueError(ErrorCode.CATALOGUE_KEY_TWICE, catalogue=path.stem, key=row.key)
        rows[row.key] = row
    return Catalogue(name=path.stem, meta=tree.get("meta") or {}, rows=MappingProxyType(rows))


def names() -> tuple[str, ...]:
    """Return the names of all catalogues."""
    return tuple(sorted(path.stem for path in DATA.glob("*.yaml")))


@cache
def catalogue(name: str) -> Catalogue:
    """Return the catalogue `name` (file name without ending); read once.

    Raises: CatalogueError K-001, K-003, K-004.
    """
    return read_catalogue(DATA / f"{name}.yaml")


def number(name: str, key: str) -> float:
    """Return the value of the row `key` of the catalogue `name`, in the unit that the row states.

    Raises: CatalogueError K-002 for a missing row, K-005 for a row without a value.
    """
    row = catalogue(name).need(key)
    if row.value is None:
        raise CatalogueError(ErrorCode.CATALOGUE_NO_NUMBER, catalogue=name, key=key)
    return row.value


def source_titles(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the titles of sources, in the order given.

    Raises: CatalogueError K-002 for a source that the list of sources lacks.
    """
    listed = catalogue("sources")
    return tuple(listed.need(key).label_ja for key in keys)

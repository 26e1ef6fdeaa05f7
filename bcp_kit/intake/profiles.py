"""A profile: how the headings of one foreign table lead to the columns of one of our sheets. It is data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from bcp_kit.catalogues.vocabulary import shelter_features
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.forms.sheets import REPEAT_LIMIT, Column, ColumnType, SheetKind, sheet, units
from bcp_kit.intake.headings import Headings
from bcp_kit.intake.parsed import folded, width_folded
from bcp_kit.intake.public_headings import heading_stem
from bcp_kit.intake.records import stable_id
from bcp_kit.intake.table import Row, Table
from bcp_kit.intake.unknown_tables import HeadingBlock, heading_blocks

MAPPED_KINDS = tuple(kind for kind in SheetKind if kind is not SheetKind.ROSTERS)
_LARGEST = 200_000
_DEEPEST = 5
_NUMBERS: Mapping[SheetKind, str] = {SheetKind.PEOPLE: "register_no"}
_TOLD_APART_BY = ("name", "birth_date", "address", "phone", "location.latitude", "location.longitude")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_LIST = re.compile(r"([、，,;；\n])")

Short = Annotated[str, Field(min_length=1, max_length=500)]


class Profile(DomainModel):
    """The answer to one mapping, under a name.

    `headings` are all headings of the table that it was made for: a table with all of them is told by it.
    `fields` leads from headings to column keys of the sheet `kind`; headings that are not there are left out.
    `values` translates written values of a column into ours, `constants` gives a column one value for every
    row, `units` names the unit in which a column's numbers are written (templates/sheets/units.yaml).
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    kind: SheetKind
    headings: Annotated[tuple[Short, ...], Field(min_length=1, max_length=1_000)]
    fields: Mapping[Short, Short]
    values: Mapping[Short, Mapping[Annotated[str, Field(max_length=500)], str]] = Field(default_factory=dict)
    constants: Mapping[Short, Short] = Field(default_factory=dict)
    units: Mapping[Short, Short] = Field(default_factory=dict)

    @field_validator("kind")
    @classmethod
    def _mapped(cls, kind: SheetKind) -> SheetKind:
        if kind not in MAPPED_KINDS:
            raise ValueError("a roster has dates for headings and needs no profile")
        return kind

    @model_validator(mode="after")
    def _known(self) -> "Profile":
        columns = mapped_columns(self.kind)
        keys = [*self.fields.values(), *self.values, *self.constants, *self.units]
        if unknown := [key for key in keys if key not in columns]:
            raise ValueError(f"no such column: {unknown[0]}")
        if len(set(self.fields.values())) != len(self.fields):
            raise ValueError("two headings for one column")
        if any(heading not in self.headings for heading in self.fields):
            raise ValueError("a heading that the table does not have")
        if any(unit not in unit_factors(columns[key]) for key, unit in self.units.items()):
            raise ValueError("a unit that the column does not know")
        return self


@cache
def mapped_columns(kind: SheetKind) -> Mapping[str, Column]:
    """Return the columns of a sheet by key, repeated ones one by one; of shelters, each feature too."""
    found = {column.key: column for column in sheet(kind).expanded(REPEAT_LIMIT)}
    if kind is SheetKind.SHELTERS:
        for feature in shelter_features().values():
            key = f"feature.{feature.key}"
            found[key] = Column(key=key, heading=f"設備：{feature.label_ja}", type=ColumnType.KNOWN)
    return found


def number_key(kind: SheetKind) -> str:
    """Return the key of the number that names a record of this sheet."""
    return _NUMBERS.get(kind, "id")


def unit_of(column: Column) -> str:
    """Return the unit of a number column as its key says it (area_m2: m2), or the empty text."""
    unit = column.key.rpartition(".")[2].rpartition("_")[2]
    wanted = {"w": "W", "wh": "Wh", "l": "L"}.get(unit, unit)
    return wanted if wanted in units() else ""


def unit_factors(column: Column) -> Mapping[str, float]:
    """Return the other units in which a column may be written, with what makes them its own."""
    return units().get(unit_of(column), {})


def missing_columns(profile_kind: SheetKind, keys: Sequence[str]) -> tuple[Column, ...]:
    """Return the required columns that are not among `keys`; a missing number is made, not asked for."""
    made = number_key(profile_kind)
    return tuple(c for c in sheet(profile_kind).required() if c.key not in keys and c.key != made)


@dataclass(frozen=True)
class Applied:
    """A table as a profile understands it: `headings` give every column, `first_row` is below them."""

    table: Table
    headings: Headings
    first_row: int


def fits(profile: Profile, table: Table) -> bool:
    """True when the table has every heading that the profile was made for."""
    wanted = {heading_stem(heading) for heading in profile.headings}
    return any(wanted <= {heading_stem(h) for h in block.names} for block in heading_blocks(table))


def apply(profile: Profile, table: Table) -> Applied | None:
    """Return the table as the profile understands it; None when it has none of the mapped headings."""
    wanted = {heading_stem(heading): key for heading, key in profile.fields.items()}

    def hits(block: HeadingBlock) -> int:
        return len({heading_stem(name) for name in block.names} & wanted.keys())

    block = max(heading_blocks(table), key=lambda b: (hits(b), -b.last), default=None)
    if block is None or not hits(block):
        return None
    columns = mapped_columns(profile.kind)
    keys = [wanted.get(heading_stem(name)) for name in block.names]
    added = _added(profile, [key for key in keys if key])
    head = Row(number=block.first, cells=(*block.names, *(columns[key].heading for key in added)))
    known = tuple(columns[key] if key else None for key in (*keys, *added))
    rows = tuple(_row(row, profile, keys, added) for row in table.filled() if row.number > block.last)
    return Applied(
        table=replace(table, rows=(head, *rows)),
        headings=Headings(row=head, columns=known),
        first_row=block.last + 1,
    )


def _added(profile: Profile, keys: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that the table lacks: constants, and the number of the record where it has none."""
    number = number_key(profile.kind)
    constants = [key for key in profile.constants if key not in keys]
    made = [number] if number not in keys and number not in constants else []
    return (*constants, *made)


def _row(row: Row, profile: Profile, keys: Sequence[str | None], added: Sequence[str]) -> Row:
    cells = [*row.cells, *[""] * (len(keys) - len(row.cells))]
    extra = cells[len(keys) :]
    own = [_cell(cell, key, profile) for cell, key in zip(cells, keys, strict=False)]
    by_key = {key: cell for key, cell in zip(keys, own, strict=True) if key}
    more = [profile.constants.get(key) or _made_number(profile.kind, by_key) for key in added]
    return replace(row, cells=(*own, *more, *extra))


def _made_number(kind: SheetKind, by_key: Mapping[str, str]) -> str:
    """Return a number that the same record always gets, or the empty text for a row without a name."""
    parts = [by_key.get(key, "") for key in _TOLD_APART_BY]
    return stable_id(kind.value, *parts) if parts[0].strip() else ""


def _cell(cell: str, key: str | None, profile: Profile) -> str:
    if key is None or not cell.strip():
        return cell
    translated = _translated(cell, profile.values.get(key, {}))
    unit = profile.units.get(key)
    factor = unit_factors(mapped_columns(profile.kind)[key])[unit] if unit else None
    return translated if factor is None else _converted(translated, factor)


def _translated(cell: str, words: Mapping[str, str]) -> str:
    """Return our word for a written value: for the whole cell, else for each part of a list."""
    known = {folded(written): ours for written, ours in words.items()}
    if folded(cell) in known:
        return known[folded(cell)]
    parts = _LIST.split(cell)
    found = [known.get(folded(part), part) for part in parts]
    return cell if found == parts else "".join(found)


def _converted(cell: str, factor: float) -> str:
    """Return the cell with its number in the column's own unit; without one number it stays as written."""
    numbers = _NUMBER.findall(width_folded(cell))
    if len(numbers) != 1:
        return cell
    value = round(float(numbers[0].replace(",", "")) * factor, 6)
    return str(int(value)) if value.is_integer() else repr(value)


def profile_text(profile: Profile) -> str:
    """Return a profile as YAML, to be shared; `read_profile` reads it back."""
    tree = profile.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=110)


def read_profile(content: bytes) -> Profile:
    """Return the profile in a YAML or JSON file.

    Raises: BcpKitError I-110 for anything that is no profile of this version.
    """
    try:
        text = content[: _LARGEST + 1].decode("utf-8-sig")
        if len(content) > _LARGEST or not _is_plain(text):
            raise BcpKitError(ErrorCode.PROFILE_UNREADABLE)
        tree: Any = yaml.safe_load(text)
        return Profile.model_validate(tree)
    except (UnicodeDecodeError, yaml.YAMLError, ValidationError, ValueError, RecursionError):
        raise BcpKitError(ErrorCode.PROFILE_UNREADABLE) from None


def _is_plain(text: str) -> bool:
    """True for YAML as a profile has it: few levels, and nothing that stands for something else."""
    level = 0
    for event in yaml.parse(text):
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > _DEEPEST or isinstance(event, yaml.AliasEvent):
            return False
    return True

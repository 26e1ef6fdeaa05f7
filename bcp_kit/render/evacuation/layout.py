"""The arrangement of the printed evacuation plan (templates/print/evacuation_plan.yaml) as types."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import Field, model_validator

from bcp_kit.catalogues.load import read_yaml
from bcp_kit.domain.base import DomainModel
from bcp_kit.render.evacuation.wording import wording
from bcp_kit.render.jafont import Weight
from bcp_kit.render.japara import INK, TextStyle
from bcp_kit.resources import locate


class Edition(StrEnum):
    """For whom a copy is: the person holds everything, a supporter what helping takes."""

    PERSON = "person"
    SUPPORTER = "supporter"


class Variant(StrEnum):
    """How a copy is set: the usual page, large type for people who see badly (16 points and more), A3.

    A3: one sheet folded to A4. A3_LARGE: A3 with 18 points and more. TEXT: no paper but a text for reading
    voices and braille.
    """

    STANDARD = "standard"
    LARGE = "large"
    A3 = "a3"
    A3_LARGE = "a3_large"
    TEXT = "text"


class BoxKind(StrEnum):
    """How the content of a box is made."""

    WHO = "who"
    WORDS = "words"
    LEAVE = "leave"
    DESTINATIONS = "destinations"
    SECOND = "second"
    SUPPORTERS = "supporters"
    CONTACTS = "contacts"
    DEVICES = "devices"
    BRING = "bring"
    TIMELINE = "timeline"
    CONSENT = "consent"
    MAP = "map"


class Emphasis(StrEnum):
    """How strongly a box is framed."""

    PLAIN = "plain"
    HEAVY = "heavy"


class Paper(DomainModel):
    """Margins and distances in points."""

    margin_side_pt: float
    margin_top_pt: float
    margin_bottom_pt: float
    gap_pt: float
    most_gap_pt: float
    padding_pt: float
    cell_padding_pt: float
    line_pt: float
    rule_pt: float
    side_tab_pt: float
    heavy_rule_pt: float


class Sheet(DomainModel):
    """The size of one page in points, and how many stand side by side on one side of the paper.

    `booklet`: four pages on a sheet that is folded in the middle, so that the first lies outside.
    """

    width_pt: float
    height_pt: float
    panels: int = 1
    booklet: bool = False

    @property
    def pages_on_sheet(self) -> int:
        """Number of pages on both sides of one sheet of paper."""
        return 2 * self.panels


class Columns(DomainModel):
    """Shares of the columns of tables, and how many small things stand in one row."""

    destinations: tuple[float, float, float, float]
    second: tuple[float, float, float]
    timeline: tuple[float, float]
    supporters: tuple[float, float, float, float]
    contact: tuple[float, float, float]
    contacts_in_row: int
    phones_in_row: int
    bring_in_row: int


class Identity(DomainModel):
    """The right part of the first box: width, height of the frame, size of the code, in points."""

    width_pt: float
    frame_pt: float
    code_pt: float


class Type(DomainModel):
    """One size of type."""

    size_pt: float
    weight: Weight
    leading: float
    color: str = INK

    @property
    def style(self) -> TextStyle:
        """The style that text is set in."""
        return TextStyle(self.size_pt, self.weight, self.leading, self.color)


class BoxLayout(DomainModel):
    """One box: its fields in order, how much of it stays on its side, and what it does with space.

    `short` fields stand two in a row; `always` are printed as a line to write on when empty; `bare` have no
    label of their own. `side_tab` puts the title beside the box. `pairs`: two empty answers share a line.
    """

    kind: BoxKind
    emphasis: Emphasis
    fields: tuple[str, ...]
    type: str = "text"
    labels: bool = False
    side_tab: bool = False
    short: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()
    pairs: bool = False
    least_rows: int = 1
    blank_lines: int = 0
    grow: float = 0.0
    height_pt: float = 0.0
    most_height_pt: float = 0.0


class EditionLayout(DomainModel):
    """Which fields a copy holds."""

    sensitivities: tuple[str, ...]
    also: tuple[str, ...]
    never: tuple[str, ...]
    supporter_addresses: bool


class PlanLayout(DomainModel):
    """The whole arrangement."""

    paper: Paper
    sheet: Sheet
    type: Mapping[str, Type]
    ink: str
    columns: Columns
    identity: Identity
    foot: str
    sides: Mapping[str, tuple[str, ...]]
    boxes: Mapping[str, BoxLayout]
    editions: Mapping[Edition, EditionLayout]
    protected_address: tuple[str, ...] = Field(min_length=1)
    protected_address_own: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _boxes_exist(self) -> "PlanLayout":
        missing = {key for side in self.sides.values() for key in side} - set(self.boxes)
        if missing:
            raise ValueError(f"sides name boxes that are not described: {sorted(missing)}")
        return self


_variant: ContextVar[Variant] = ContextVar("variant", default=Variant.STANDARD)


@contextmanager
def set_in(variant: Variant) -> Iterator[None]:
    """Have everything within the block arranged and set as the variant asks."""
    before = _variant.set(variant)
    try:
        yield
    finally:
        _variant.reset(before)


def plan_layout() -> PlanLayout:
    """Return the arrangement of the printed plan in the variant that is being set."""
    return _layout(_variant.get(), wording().arrangement)


@cache
def _layout(variant: Variant, arrangement: str) -> PlanLayout:
    """Read the arrangement once; a variant's file says only what it does otherwise.

    `arrangement` names the file for words that need other room (furigana, English), "" for none.
    """
    folder = locate("templates") / "print"
    whole = read_yaml(folder / "evacuation_plan.yaml")
    if variant not in (Variant.STANDARD, Variant.TEXT):
        whole = _merged(whole, read_yaml(folder / f"evacuation_plan_{variant.value}.yaml"))
    if arrangement:
        more = read_yaml(folder / f"evacuation_plan_{arrangement}.yaml")
        whole = _merged(_merged(whole, more["all"]), more.get(variant.value))
    return PlanLayout.model_validate(whole)


def _merged(whole: Mapping[str, Any], other: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return `whole` with what `other` says otherwise, part by part; lists and sides are replaced."""
    made = dict(whole)
    for key, value in (other or {}).items():
        before = made.get(key)
        if key != "sides" and isinstance(before, dict) and isinstance(value, dict):
            made[key] = _merged(before, value)
        else:
            made[key] = value
    return made


def style(name: str) -> TextStyle:
    """Return the style `name` in the variant that is being set."""
    return _style(_variant.get(), wording().arrangement, name)


@cache
def _style(variant: Variant, arrangement: str, name: str) -> TextStyle:
    return _layout(variant, arrangement).type[name].style

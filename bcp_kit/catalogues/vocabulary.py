"""The catalogues that cores and pages speak in, as types: needs, features, staff, transport, rules."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import Field

from bcp_kit.catalogues.load import Row, Verification, catalogue
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.hazards import AlertLevel
from bcp_kit.domain.units import Persons, SquareMetres, Watts


class StaffMode(StrEnum):
    """Whether all of the listed kinds of staff are needed, or one of them."""

    ALL = "all"
    ANY = "any"


class PrivateRoom(StrEnum):
    """Whether a need asks for a private room."""

    NO = "no"
    PREFERRED = "preferred"
    REQUIRED = "required"


class Caregiver(StrEnum):
    """Whether a familiar carer should come along."""

    NO = "no"
    PREFERRED = "preferred"
    YES = "yes"
    REQUIRED = "required"


class UsualDestination(StrEnum):
    """Where people with a need usually go."""

    GENERAL_OR_SPECIAL_SPACE = "general_or_special_space"
    WELFARE_SHELTER = "welfare_shelter"
    WELFARE_OR_HOSPITAL = "welfare_or_hospital"
    HOSPITAL_FIRST = "hospital_first"


class RuleKind(StrEnum):
    """What a matching rule does: it binds, it weighs, or it warns."""

    HARD = "hard"
    SOFT = "soft"
    WARNING = "warning"


class Entry(DomainModel):
    """What every typed row carries of its catalogue row."""

    key: str
    label_ja: str
    label_en: str = ""
    sources: tuple[str, ...]
    verification: Verification

    def label(self, language: str) -> str:
        """Return the label in `language`, Japanese where there is no other."""
        return self.label_en if language == "en" and self.label_en else self.label_ja


class Need(Entry):
    """One reason for care: what a place must have for it.

    Units: `space_m2` per person, `power_w` watts, `power_hours_per_day` hours. `helpers` is the number of
    people that moving the person takes. `caution` is a reminder for planning, not medical advice.
    """

    group: str
    register_typical: str
    required_features: tuple[str, ...]
    preferred_features: tuple[str, ...]
    required_staff: tuple[str, ...]
    required_staff_mode: StaffMode
    space_m2: SquareMetres
    private_room: PrivateRoom
    power_w: Watts
    power_hours_per_day: float = Field(ge=0, le=24)
    power_note: str
    transport: tuple[str, ...]
    helpers: Persons
    caregiver_with_person: Caregiver
    usual_destination: UsualDestination
    caution: str
    caution_en: str
    basis: str


class ShelterFeature(Entry):
    """Something that a destination has or lacks."""

    group: str


class StaffType(Entry):
    """A kind of staff at a destination."""


class TransportMode(Entry):
    """A way to move a person."""

    seats_note: str


class MatchingRule(Entry):
    """One rule of placing people; `implement` says how the core reads it."""

    kind: RuleKind
    implement: str


class AlertLevelEntry(Entry):
    """One of the five alert levels: who issues it and what each reader does."""

    level: AlertLevel
    issuer: str
    resident: str
    vulnerable_people: str
    welfare_shelter: str
    level_name_2026: str = ""


class PriorityPoint(Entry):
    """Points that one circumstance adds to a person's priority."""

    points: float


TEntry = TypeVar("TEntry", bound=Entry)


def _entry(kind: type[TEntry], row: Row, extra: Mapping[str, Any]) -> TEntry:
    common = {name: getattr(row, name) for name in Entry.model_fields}
    own = {name: value for name, value in row.data.items() if name in kind.model_fields}
    return kind(**{**common, **own, **extra})


def _entries(
    name: str, kind: type[TEntry], extra: Callable[[Row], Mapping[str, Any]] = lambda _row: {}
) -> Mapping[str, TEntry]:
    return MappingProxyType({key: _entry(kind, row, extra(row)) for key, row in catalogue(name).rows.items()})


@cache
def needs() -> Mapping[str, Need]:
    """Return the 47 needs by key."""
    return _entries("needs", Need)


@cache
def shelter_features() -> Mapping[str, ShelterFeature]:
    """Return the features of destinations by key."""
    return _entries("shelter_features", ShelterFeature)


@cache
def staff_types() -> Mapping[str, StaffType]:
    """Return the kinds of staff at destinations by key."""
    return _entries("staff_types", StaffType)


@cache
def transport_modes() -> Mapping[str, TransportMode]:
    """Return the ways to move a person by key."""
    return _entries("transport_modes", TransportMode)


@cache
def matching_rules() -> Mapping[str, MatchingRule]:
    """Return the 44 rules of placing people by key (H hard, S soft, W warning)."""
    return _entries("matching_rules", MatchingRule)


@cache
def alert_levels() -> Mapping[AlertLevel, AlertLevelEntry]:
    """Return the five alert levels by level."""
    entries = _entries("alert_levels", AlertLevelEntry).values()
    return MappingProxyType({entry.level: entry for entry in entries})


@cache
def priority_points() -> Mapping[str, PriorityPoint]:
    """Return the points of the default priority rule by circumstance (planning defaults)."""
    return _entries("priority_points", PriorityPoint, lambda row: {"points": row.value})

"""From the values of a row to domain objects: the parts that several kinds share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.errors import ErrorCode, Problem, Severity
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.units import Location
from bcp_kit.intake.parsed import width_folded
from bcp_kit.intake.typed import TypedRow, TypedTable

JAPAN_LATITUDES = (20.0, 46.0)
JAPAN_LONGITUDES = (122.0, 154.0)

Nested = dict[str, Any]
_HAZARDS = tuple((hazard.value, hazard) for hazard in HazardKind)


@dataclass(frozen=True, slots=True)
class Item:
    """One object of a row. `fields` are those that the file states: only they may change a stored object."""

    obj: DomainModel
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Record:
    """What one row gave: its objects (none when it has an error) and its findings.

    `key` is the number by which the row is known, as written, where the row has an error.
    """

    row: int
    items: tuple[Item, ...]
    problems: tuple[Problem, ...] = ()
    key: str = ""

    @property
    def good(self) -> bool:
        """True when the row may be imported."""
        return not self.problems or all(p.severity is not Severity.ERROR for p in self.problems)


def stable_id(kind: str, *parts: str) -> str:
    """Return an id that the same key always gives and that does not show the key."""
    joined = "\0".join((kind, *(width_folded(part) for part in parts)))
    return f"{kind[0]}{sha256(joined.encode()).hexdigest()[:16]}"


def nested(values: Mapping[str, object]) -> Nested:
    """Return dotted keys as a tree: {'location.latitude': 35} gives {'location': {'latitude': 35}}."""
    tree: Nested = {}
    for key, value in values.items():
        if "." not in key:
            tree[key] = value
            continue
        *path, last = key.split(".")
        place = tree
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return tree


def numbered(tree: Nested, key: str) -> Iterable[tuple[int, Nested]]:
    """Yield the repeated parts of a tree in the order of their numbers."""
    parts = tree.get(key)
    return sorted((int(number), part) for number, part in parts.items()) if parts else ()


@lru_cache(maxsize=256)
def stated_fields(keys: frozenset[str], leave_out: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the fields of an object for which the file has a column."""
    return frozenset(key.partition(".")[0] for key in keys) - leave_out


def exposures(tree: Mapping[str, Nested]) -> tuple[Exposure, ...]:
    """Return what the row says about each hazard; a stated depth or special zone means inside."""
    found: list[Exposure] = []
    for name, hazard in _HAZARDS if tree else ():
        if name not in tree:
            continue
        part = dict(tree[name])
        inside = bool(part.get("special")) or bool(part.get("depth_m"))
        stated = part.get("in_zone") is not None or inside or len(part.keys() - {"special"}) > 0
        if stated:
            zone = part.pop("in_zone", Known.YES if inside else Known.UNKNOWN)
            found.append(Exposure(hazard=hazard, in_zone=zone, **part))
    return tuple(found)


def location(
    table: TypedTable, row: TypedRow, tree: Nested, key: str = "location", outside: Severity = Severity.ERROR
) -> tuple[Location | None, list[Problem]]:
    """Return the place of a row, or None; half, swapped and foreign coordinates are named.

    `outside` is how bad a point outside Japan is: in a public list the row is good without its place.
    """
    part = tree.get(key, {})
    latitude, longitude = part.get("latitude"), part.get("longitude")
    at = f"{key}.latitude"
    if latitude is None and longitude is None:
        return None, []
    if latitude is None or longitude is None:
        return None, [table.problem(row, at, ErrorCode.PLACE_HALF, Severity.WARNING)]
    problems = []
    if _in_japan(longitude, latitude):
        latitude, longitude = longitude, latitude
        problems.append(table.problem(row, at, ErrorCode.PLACE_SWAPPED, Severity.NOTICE))
    if not _in_japan(latitude, longitude):
        return None, [table.problem(row, at, ErrorCode.PLACE_OUTSIDE_JAPAN, outside)]
    place = Location(latitude=latitude, longitude=longitude, uncertainty_m=part.get("uncertainty_m", 0.0))
    return place, problems


def _in_japan(latitude: float, longitude: float) -> bool:
    low, high = JAPAN_LATITUDES
    west, east = JAPAN_LONGITUDES
    return low <= latitude <= high and west <= longitude <= east


def built(
    table: TypedTable, row: TypedRow, problems: list[Problem], make: Callable[[], tuple[Item, ...]]
) -> tuple[tuple[Item, ...], tuple[Problem, ...]]:
    """Make the objects of a row unless it has an error; what the domain refuses becomes a finding."""
    found = [*row.problems, *problems]
    if any(p.severity is Severity.ERROR for p in found):
        return (), tuple(found)
    try:
        return _sharing(make()), tuple(found)
    except ValidationError as fault:
        place = ".".join(str(part) for part in fault.errors()[0]["loc"])
        found.append(table.problem(row, place, ErrorCode.ROW_REFUSED, field=table.headings.get(place, place)))
        return (), tuple(found)


_FIELD_SETS: dict[frozenset[str], set[str]] = {}


def _sharing(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Let objects with the same fields set share one set of their names.

    Each object of pydantic holds a set of its own, which for a person is half of its memory; frozen objects
    never change it and copies copy it, so that one for all rows of a table is enough.
    """
    for item in items:
        own = item.obj.model_fields_set
        shared = _FIELD_SETS.setdefault(frozenset(own), own)
        if shared is not own:
            object.__setattr__(item.obj, "__pydantic_fields_set__", shared)
    return items

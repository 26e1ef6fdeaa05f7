"""Placing addresses: who has no point gets that of the town; the rest is listed with the reason."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bcp_kit.access.policy import Action
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.people import Person, Supporter
from bcp_kit.domain.shelters import Shelter
from bcp_kit.geo.address_text import folded_address
from bcp_kit.geo.places import PREFECTURE, Found, PlaceIndex, Unplaced
from bcp_kit.services.base import Context
from bcp_kit.services.place_tables import known_municipalities, place_index, postal_meanings
from bcp_kit.storage.unit_of_work import UnitOfWork

Record = Person | Shelter | Facility | Supporter

KINDS: Mapping[str, Action] = {
    "people": Action.IMPORT_REGISTER,
    "supporters": Action.IMPORT_REGISTER,
    "shelters": Action.EDIT_SHELTER,
    "facilities": Action.EDIT_FACILITY,
}
PLACED_LAYER, TOWN_LAYER = "placed_addresses", "town"
WHY = "placed by address"
_COUNTY = re.compile(r"^.{1,5}郡")


@dataclass(frozen=True)
class Line:
    """What became of one address. `number` names the record for people, never by name or address.

    `postal_disagrees`: the postal code belongs to another municipality than the address says.
    """

    kind: str
    record_id: str
    number: str
    found: Found
    postal_disagrees: bool = False


@dataclass(frozen=True)
class Placing:
    """What placing finds: lines of records that had no point, and how many had one before."""

    lines: tuple[Line, ...]
    had_point: int
    saved: bool = False

    @property
    def placed(self) -> tuple[Line, ...]:
        """Return the lines with a point."""
        return tuple(line for line in self.lines if line.found.location is not None)

    @property
    def unplaced(self) -> tuple[Line, ...]:
        """Return the lines without a point: they have no distances until somebody places them."""
        return tuple(line for line in self.lines if line.found.location is None)

    def counts(self) -> Mapping[str, int]:
        """Return how many were found how closely, and how many stayed without a point for which reason."""
        words = (line.found.level or line.found.reason for line in self.lines)
        return dict(Counter(str(word) for word in words if word is not None))


def place_addresses(ctx: Context, kinds: Sequence[str] = tuple(KINDS), *, save: bool = False) -> Placing:
    """Look up the address of every record without a point; with `save` store the points that were found.

    Points that a file or a person gave are never changed. Raises: BcpKitError G-022 without a table of
    points, A-001.
    """
    for kind in kinds:
        ctx.demand(KINDS[kind])
    with ctx.open_store() as uow:
        if save:
            uow.lock()
        index, had_point, lines = place_index(uow), 0, []
        town_name = str((uow.layers.get(TOWN_LAYER) or {}).get("name", ""))
        hints = _Hints(index, postal_meanings(uow), town_name, _other_names(known_municipalities(uow)))
        found: list[tuple[str, Record, Found]] = []
        for kind in kinds:
            for record in getattr(uow, kind).list():
                if record.location is not None:
                    had_point += 1
                    continue
                line = _line(kind, record, index, hints)
                lines.append(line)
                if line.found.location is not None:
                    found.append((kind, record, line.found))
        if save:
            _save(uow, found)
            uow.commit()
    return Placing(tuple(lines), had_point, save)


def _save(uow: UnitOfWork, found: Sequence[tuple[str, Record, Found]]) -> None:
    placed: dict[str, dict[str, list[float]]] = uow.layers.get(PLACED_LAYER) or {}
    for kind, record, answer in found:
        at = answer.location
        if at is not None:
            getattr(uow, kind).save(record.model_copy(update={"location": at}), WHY)
            placed.setdefault(kind, {})[record.id] = [at.latitude, at.longitude]
    uow.layers.put(PLACED_LAYER, placed, WHY)


def undo_placing(ctx: Context) -> int:
    """Take back the points that were given by address, where they still stand, and return their number."""
    for action in KINDS.values():
        ctx.demand(action)
    count = 0
    with ctx.open_store() as uow:
        uow.lock()
        placed: Mapping[str, Mapping[str, list[float]]] = uow.layers.get(PLACED_LAYER) or {}
        for kind, record in _placed_records(uow, placed):
            getattr(uow, kind).save(record.model_copy(update={"location": None}), "undone: " + WHY)
            count += 1
        if placed:
            uow.layers.remove(PLACED_LAYER, WHY)
        uow.commit()
    return count


def _placed_records(
    uow: UnitOfWork, placed: Mapping[str, Mapping[str, list[float]]]
) -> Iterator[tuple[str, Any]]:
    for kind, points in placed.items():
        for record in getattr(uow, kind).list(id=list(points)):
            at = record.location
            if at is not None and [at.latitude, at.longitude] == points[record.id]:
                yield kind, record


def _line(kind: str, record: Record, index: PlaceIndex, hints: "_Hints") -> Line:
    hint, disagrees = hints.of(record)
    number = getattr(record, "register_no", "") or record.id
    found = index.find(record.address, hint)
    if found.reason is Unplaced.MUNICIPALITY_UNKNOWN and hints.names_another(record.address):
        found = replace(found, reason=Unplaced.OTHER_MUNICIPALITY)
    return Line(kind, record.id, number, found, disagrees)


def _other_names(codes: Mapping[str, str]) -> tuple[str, ...]:
    """Return the municipalities of the list of codes as addresses begin with them."""
    names = (PREFECTURE.sub("", folded_address(name)) for name in codes.values())
    return tuple(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True)
class _Hints:
    """Where a record lies when its address does not name the municipality."""

    index: PlaceIndex
    postal: Mapping[str, list[list[str]]]
    town_name: str
    other_names: tuple[str, ...] = ()

    def names_another(self, address: str) -> bool:
        """Return whether an address begins with a municipality of the list of codes, with or without 郡."""
        rest = PREFECTURE.sub("", folded_address(address))
        return rest.startswith(self.other_names) or _COUNTY.sub("", rest).startswith(self.other_names)

    def of(self, record: Record) -> tuple[str, bool]:
        """Return the municipality to fall back on, and whether the postal code contradicts the address."""
        code = re.sub(r"\D", "", unicodedata.normalize("NFKC", getattr(record, "postal_code", "")))
        meanings = self.postal.get(code, [])
        by_post = {f"{prefecture}{municipality}" for _, prefecture, municipality, _ in meanings}
        named = self.index.municipality_of(record.address)
        told = {self.index.municipality_of(name) for name in by_post}
        disagrees = bool(by_post and named) and named not in told
        own = getattr(record, "municipality", "")
        if len(by_post) == 1:
            return by_post.pop(), disagrees
        return own or self.town_name, disagrees

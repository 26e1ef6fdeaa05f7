"""From an address to the point of its town, with how far the house may be from there. No network.

What is not found stays without a point and has a reason: never a centroid of the municipality, never (0, 0).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from scipy.spatial import cKDTree

from bcp_kit.catalogues.load import number
from bcp_kit.domain.units import Location, straight_distance_m
from bcp_kit.geo.address_text import folded_address, folded_town, without_lead
from bcp_kit.geo.road_table import plane_m

RULES = "place_precision"
PREFECTURE = re.compile(r"^(?:北海道|東京都|京都府|大阪府|..県|...県)")
_NAMES_MUNICIPALITY = re.compile(r"^.{1,12}?[市区村]|^.{1,12}?郡.{1,8}?[町村]")
_CHOME = re.compile(r"^(.*?)(\d+)丁目$")
_STARTS_CHOME = re.compile(r"^(\d+)丁目")
_NUMBERS = re.compile(r"^(\d+)(?:-|番地?|ノ|$)")
_THREE = re.compile(r"^\d+-\d+-\d+")
_AFTER_TOWN = re.compile(
    r"^(?:$|[甲乙丙丁戊己庚辛イロハニホ]?\d|[甲乙丙丁]?(?:無|外)?番|-|字|大字|第?\d+地割|[(（])"
)


class PlaceLevel(StrEnum):
    """How closely an address was found."""

    BLOCK = "block"
    CHOME = "chome"
    TOWN = "town"


class Unplaced(StrEnum):
    """Why an address has no point."""

    NO_ADDRESS = "no_address"
    MUNICIPALITY_UNKNOWN = "municipality_unknown"
    OTHER_MUNICIPALITY = "other_municipality"
    ONLY_MUNICIPALITY = "only_municipality"
    TOWN_NOT_FOUND = "town_not_found"
    POINT_MISSING = "point_missing"


@dataclass(frozen=True)
class TownPoint:
    """One row of a file of points; latitude and longitude are NaN where the file has none."""

    prefecture: str
    municipality: str
    town: str
    small_area: str
    block: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Found:
    """An address that was found: its point with the doubt in metres, and how closely. Or why not."""

    location: Location | None = None
    level: PlaceLevel | None = None
    matched: str = ""
    reason: Unplaced | None = None


@dataclass
class _Town:
    """The points of one town by the way to them: its 丁目, its 小字, its blocks; `own` has neither."""

    name: str
    own: list[int] = field(default_factory=list)
    chome: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    small: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    blocks: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))

    def every(self) -> list[int]:
        """Return all points of the town."""
        some = (*self.chome.values(), *self.small.values())
        return sorted({*self.own, *(i for part in some for i in part)})


class PlaceIndex:
    """Points of towns, ready to be asked for addresses."""

    def __init__(self, points: Sequence[TownPoint]) -> None:
        self._points = tuple(points)
        self._doubt_m = _doubts(self._points)
        self._towns: dict[tuple[str, str], dict[str, _Town]] = defaultdict(dict)
        for i, point in enumerate(self._points):
            self._take(i, point)
        self._names = _names_of(self._towns)

    @property
    def municipalities(self) -> tuple[str, ...]:
        """Return the municipalities of the file with their prefectures."""
        return tuple(dict.fromkeys(f"{p.prefecture}{p.municipality}" for p in self._points))

    def municipality_of(self, address: str) -> str:
        """Return the municipality of the file that an address names, folded; empty for none."""
        keys, _ = self._municipality(folded_address(address))
        return keys[0][1] if keys else ""

    def _take(self, i: int, point: TownPoint) -> None:
        towns = self._towns[folded_address(point.prefecture), folded_address(point.municipality)]
        name = folded_town(point.town)
        with_chome = _CHOME.match(name)
        base = with_chome[1] if with_chome else name
        town = towns.setdefault(base, _Town(base))
        chome = int(with_chome[2]) if with_chome else 0
        if chome:
            town.chome[chome].append(i)
        elif not point.small_area:
            town.own.append(i)
        if point.small_area:
            town.small[folded_town(point.small_area)].append(i)
        if point.block:
            town.blocks[chome, folded_address(point.block)].append(i)

    def find(self, address: str, municipality_hint: str = "") -> Found:
        """Return the point of an address.

        `municipality_hint` is used where the address names no municipality: what the postal code or the
        town's own settings say, as "prefecture municipality" or the municipality alone.
        """
        text = folded_address(address)
        if not text:
            return Found(reason=Unplaced.NO_ADDRESS)
        keys, rest = self._municipality(text)
        if not keys and municipality_hint:
            keys, _ = self._municipality(folded_address(municipality_hint))
            rest = PREFECTURE.sub("", text)
        if not keys and len(self._towns) == 1 and self._starts_with_town(PREFECTURE.sub("", text)):
            keys, rest = list(self._towns), PREFECTURE.sub("", text)
        named = _NAMES_MUNICIPALITY.match(PREFECTURE.sub("", text))
        if not keys:
            return Found(reason=Unplaced.OTHER_MUNICIPALITY if named else Unplaced.MUNICIPALITY_UNKNOWN)
        found = [self._in_municipality(key, without_lead(rest)) for key in keys]
        placed = [f for f in found if f.location is not None]
        if named and not placed and not self.municipality_of(address):
            return Found(reason=Unplaced.OTHER_MUNICIPALITY)
        if len(placed) > 1:  # two municipalities of one name, both with such a town: nobody knows which
            return Found(reason=Unplaced.MUNICIPALITY_UNKNOWN)
        return placed[0] if placed else found[0]

    def _municipality(self, text: str) -> tuple[list[tuple[str, str]], str]:
        """Return the municipalities that begin a folded address, and what follows."""
        head = PREFECTURE.match(text)
        rest = text[head.end() :] if head else text
        for name in sorted(self._names, key=len, reverse=True):
            if rest.startswith(name):
                keys = [k for k in self._names[name] if head is None or k[0] in ("", head[0])]
                if keys:
                    return keys, rest[len(name) :]
        return [], rest

    def _starts_with_town(self, text: str) -> bool:
        (towns,) = self._towns.values()
        return _town_of(towns, without_lead(text)) is not None

    def _in_municipality(self, key: tuple[str, str], rest: str) -> Found:
        if not rest:
            return Found(reason=Unplaced.ONLY_MUNICIPALITY)
        town = _town_of(self._towns[key], rest)
        if town is None:
            starts = _AFTER_TOWN.match(rest)
            return Found(reason=Unplaced.ONLY_MUNICIPALITY if starts else Unplaced.TOWN_NOT_FOUND)
        return self._in_town(town, rest[len(town.name) :])

    def _in_town(self, town: _Town, rest: str) -> Found:
        chome, after = _chome_of(town, rest)
        block = self._block(town, chome, after)
        if block is not None:
            return block
        if chome:
            return self._at(town.chome[chome], PlaceLevel.CHOME, f"{town.name}{chome}丁目")
        small = without_lead(rest)
        for name in sorted(town.small, key=len, reverse=True):
            if name and small.startswith(name):
                return self._at(town.small[name], PlaceLevel.CHOME, town.name + name)
        own = town.own if town.own and not town.chome else town.every()
        level = PlaceLevel.CHOME if own == town.own else PlaceLevel.TOWN
        return self._at(own, level, town.name)

    def _block(self, town: _Town, chome: int, rest: str) -> Found | None:
        numbers = _NUMBERS.match(rest)
        if numbers is None:
            return None
        points = town.blocks.get((chome, numbers[1]))
        if not points:
            return None
        found = self._at(
            points, PlaceLevel.BLOCK, f"{town.name}{f'{chome}丁目' if chome else ''}{numbers[1]}"
        )
        return found if found.location is not None else None

    def _at(self, points: Sequence[int], level: PlaceLevel, matched: str) -> Found:
        """Return the middle of the points, in doubt by the farthest of them and by its own doubt."""
        known = [i for i in points if not np.isnan(self._points[i].latitude)]
        if not known:
            return Found(matched=matched, reason=Unplaced.POINT_MISSING)
        latitude = float(np.mean([self._points[i].latitude for i in known]))
        longitude = float(np.mean([self._points[i].longitude for i in known]))
        middle = Location(latitude=round(latitude, 7), longitude=round(longitude, 7))
        block_m = number(RULES, "block_m")
        doubts = [
            straight_distance_m(middle, self._location(i))
            + (block_m if level is PlaceLevel.BLOCK else float(self._doubt_m[i]))
            for i in known
        ]
        place = middle.model_copy(update={"uncertainty_m": float(round(max(doubts)))})
        return Found(place, level, matched)

    def _location(self, i: int) -> Location:
        return Location(latitude=self._points[i].latitude, longitude=self._points[i].longitude)


def _names_of(towns: Iterable[tuple[str, str]]) -> Mapping[str, list[tuple[str, str]]]:
    """Return the municipalities by the names under which addresses begin with them: with and without 郡."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in towns:
        found[key[1]].append(key)
        county = re.match(r"^(.{1,6}郡)(.+)$", key[1])
        if county:
            found[county[2]].append(key)
    return found


def _town_of(towns: Mapping[str, _Town], rest: str) -> _Town | None:
    """Return the town with the longest name that begins the rest and is followed by numbers or its parts."""
    for length in range(min(len(rest), 24), 0, -1):
        town = towns.get(rest[:length])
        if town is None:
            continue
        after = rest[length:]
        if _AFTER_TOWN.match(after) or any(name and after.startswith(name) for name in town.small):
            return town
    return None


def _chome_of(town: _Town, rest: str) -> tuple[int, str]:
    """Return the 丁目 that follows the town's name (0 for none) and what follows it.

    2-4-6 means 2丁目 where the town has one; 2-4 only where the town has no point of its own.
    """
    stated = _STARTS_CHOME.match(rest)
    if stated:
        chome = int(stated[1])
        return (chome if chome in town.chome else 0), rest[stated.end() :]
    first = _NUMBERS.match(rest)
    if first and int(first[1]) in town.chome and (_THREE.match(rest) or not town.own):
        return int(first[1]), rest[first.end() :]
    return 0, rest


def _doubts(points: Sequence[TownPoint]) -> np.ndarray:
    """Return for each point how far a house of its town may be, from the distance to its neighbours.

    Source: catalogue `place_precision`, planning defaults.
    """
    latitude = np.array([p.latitude for p in points], dtype=float)
    longitude = np.array([p.longitude for p in points], dtype=float)
    least, most = number(RULES, "town_least_m"), number(RULES, "town_most_m")
    doubt = np.full(len(points), most)
    known = np.flatnonzero(~np.isnan(latitude))
    if not len(known):
        return doubt
    flat = plane_m(latitude[known], longitude[known], float(latitude[known].mean()))
    places, own = np.unique(np.round(flat), axis=0, return_inverse=True)
    if len(places) < 2:
        return doubt
    metres, _ = cKDTree(places).query(places, k=min(4, len(places)))
    mean = metres[:, 1:].mean(axis=1) * number(RULES, "neighbour_share")
    doubt[known] = np.clip(mean, least, most)[own.ravel()]
    return doubt

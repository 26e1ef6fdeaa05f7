"""How far it is from every home to every place: over clear roads, else through the hazard, else straight.

No network. One answer a pair, with the kind of its way, so that no estimate passes for a road.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from bcp_kit.domain.units import Location
from bcp_kit.geo.distances import straight_distances_m
from bcp_kit.geo.road_table import RoadTable
from bcp_kit.geo.roads import RoadNet
from bcp_kit.geo.street_rules import Travel

_CHUNK_PAIRS = 4_000_000


class WayKind(IntEnum):
    """What a distance rests on. THROUGH: the only way over roads leads through the hazard. NONE: no point."""

    ROAD = 0
    THROUGH = 1
    STRAIGHT = 2
    NONE = 3


@dataclass(frozen=True)
class Ways:
    """`metres` (float32) and `kind` (`WayKind`), one row a home and one column a place; NaN for NONE."""

    metres: np.ndarray
    kind: np.ndarray


class TownRoads:
    """The roads of a town in one situation: for each way of travelling, without the streets that are cut."""

    def __init__(self, table: RoadTable, cut: np.ndarray | None = None) -> None:
        """`cut` (bool, one a street): streets inside the hazard."""
        self.table = table
        self.cut = cut if cut is not None and cut.any() else None
        self._nets: dict[tuple[Travel, bool], RoadNet] = {}

    def net(self, travel: Travel, *, clear: bool = True) -> RoadNet:
        """Return the net of one way of travelling, without the cut streets (`clear`) or with them."""
        key = (travel, clear and self.cut is not None)
        if key not in self._nets:
            self._nets[key] = RoadNet(self.table, travel, self.cut if key[1] else None)
        return self._nets[key]

    def ways(
        self,
        homes: Sequence[Location | None],
        places: Sequence[Location | None],
        travel: Travel,
        detour: float,
    ) -> Ways:
        """Return the ways from every home to every place.

        `detour` makes a straight line as long as a road is likely to be. A wheelchair's way is never shorter
        than the way on foot, be it over roads or estimated.
        """
        ways = Ways(*self._over_roads(homes, places, travel))
        _fill_straight(ways, homes, places, detour)
        if travel is Travel.WHEELCHAIR:
            on_foot = self.ways(homes, places, Travel.FOOT, detour)
            np.fmax(ways.metres, on_foot.metres, out=ways.metres)
        return ways

    def _over_roads(
        self, homes: Sequence[Location | None], places: Sequence[Location | None], travel: Travel
    ) -> tuple[np.ndarray, np.ndarray]:
        metres = self.net(travel).distances_m(homes, places)
        kind = np.where(np.isnan(metres), np.uint8(WayKind.STRAIGHT), np.uint8(WayKind.ROAD))
        if self.cut is not None and np.isnan(metres).any():
            through = self.net(travel, clear=False).distances_m(homes, places)
            only = np.isnan(metres) & ~np.isnan(through)
            metres[only] = through[only]
            kind[only] = WayKind.THROUGH
        return metres, kind


def straight_ways(homes: Sequence[Location | None], places: Sequence[Location | None], detour: float) -> Ways:
    """Return straight lines times `detour`, for a town without a road file."""
    shape = (len(homes), len(places))
    ways = Ways(np.full(shape, np.nan, dtype=np.float32), np.full(shape, WayKind.STRAIGHT, dtype=np.uint8))
    _fill_straight(ways, homes, places, detour)
    return ways


def _fill_straight(
    ways: Ways, homes: Sequence[Location | None], places: Sequence[Location | None], detour: float
) -> None:
    """Put straight estimates where no way is known, a block of homes at a time."""
    step = max(1, _CHUNK_PAIRS // max(1, len(places)))
    for first in range(0, len(homes), step):
        part = slice(first, first + step)
        missing = np.isnan(ways.metres[part])
        rows, columns = missing.any(axis=1), missing.any(axis=0)
        if not rows.any():
            continue
        some_homes = [home for home, wanted in zip(homes[part], rows, strict=True) if wanted]
        some_places = [place for place, wanted in zip(places, columns, strict=True) if wanted]
        straight = np.full(missing.shape, np.nan, dtype=np.float32)
        straight[np.ix_(rows, columns)] = straight_distances_m(some_homes, some_places) * detour
        ways.metres[part][missing] = straight[missing]
        ways.kind[part][missing & np.isnan(straight)] = WayKind.NONE

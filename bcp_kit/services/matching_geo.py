"""What the stored maps add to a matching: exposure where nobody recorded one, ways over roads."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import shapely

from bcp_kit.catalogues.load import number
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.units import Location
from bcp_kit.geo.road_table import RoadTable
from bcp_kit.geo.street_rules import Travel, travel_of
from bcp_kit.geo.ways import TownRoads, WayKind, Ways, straight_ways
from bcp_kit.geo.zones import Zones
from bcp_kit.services.hazard_maps import zones_of
from bcp_kit.services.road_maps import stored_table
from bcp_kit.storage.unit_of_work import UnitOfWork

__all__ = ["homes_in_zones", "sites_in_zones", "town_roads", "town_ways", "way_lengths", "zones_of"]

RecordT = TypeVar("RecordT", Person, Shelter)


def town_roads(uow: UnitOfWork, hazard: HazardKind, zones: Zones | None) -> TownRoads | None:
    """Return the town's roads without the streets inside the hazard; None where no net is kept.

    Raises: BcpKitError G-002 for a net that cannot be read.
    """
    table = stored_table(uow)
    return None if table is None else TownRoads(table, cut_streets(table, hazard, zones))


def cut_streets(table: RoadTable, hazard: HazardKind, zones: Zones | None) -> np.ndarray | None:
    """Return which streets the hazard cuts (bool, one a street), None where no map speaks of it.

    A street counts as cut when any part of it runs into a zone with water of `street_rules.cut_from_depth_m`
    or more, of unknown depth, a special zone or a landslide zone: the cautious reading.
    """
    if zones is None or hazard not in zones.hazards:
        return None
    points, owner = table.lines(np.arange(len(table.tail)))
    lines = shapely.linestrings(points, indices=owner)
    return zones.lines_inside(lines, hazard, number("street_rules", "cut_from_depth_m"))


def homes_in_zones(people: Sequence[Person], zones: Zones | None, hazard: HazardKind) -> tuple[Person, ...]:
    """Return the people, their homes' exposure to the hazard taken from the zones where none is recorded."""
    if zones is None or hazard not in zones.hazards:
        return tuple(people)
    found = _exposures([p.location for p in people], zones, hazard)
    return tuple(
        p if new is None or p.exposure_to(hazard) else _with(p, "home_exposures", p.home_exposures, new)
        for p, new in zip(people, found, strict=True)
    )


def sites_in_zones(
    shelters: Sequence[Shelter], zones: Zones | None, hazard: HazardKind
) -> tuple[Shelter, ...]:
    """Return the shelters, their exposure to the hazard taken from the zones where none is recorded."""
    if zones is None or hazard not in zones.hazards:
        return tuple(shelters)
    found = _exposures([s.location for s in shelters], zones, hazard)
    return tuple(
        s if new is None or s.exposure_to(hazard) else _with(s, "exposures", s.exposures, new)
        for s, new in zip(shelters, found, strict=True)
    )


def _exposures(points: Sequence[Location | None], zones: Zones, hazard: HazardKind) -> list[Exposure | None]:
    return [next((e for e in exposures if e.hazard is hazard), None) for exposures in zones.exposures(points)]


def _with(record: RecordT, field: str, known: tuple[Exposure, ...], new: Exposure) -> RecordT:
    return record.model_copy(update={field: (*known, new)})


def town_ways(
    starts: Sequence[Location | None],
    ends: Sequence[Location | None],
    transports: Sequence[str],
    roads: TownRoads | None,
    detour: float,
) -> Ways:
    """Return the ways from every start to every end; `transports` says by start how somebody gets along."""
    if roads is None:
        return straight_ways(starts, ends, detour)
    shape = (len(starts), len(ends))
    ways = Ways(np.full(shape, np.nan, dtype=np.float32), np.full(shape, WayKind.NONE, dtype=np.uint8))
    travels = [travel_of(transport) for transport in transports]
    for travel in Travel:
        rows = [row for row, own in enumerate(travels) if own is travel]
        if rows:
            found = roads.ways([starts[row] for row in rows], ends, travel, detour)
            ways.metres[rows], ways.kind[rows] = found.metres, found.kind
    return ways


def way_lengths(
    starts: Sequence[Location | None],
    ends: Sequence[Location | None],
    transports: Sequence[str],
    roads: TownRoads | None,
    detour: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return metres by start and end, and which of them are straight lines times `detour`.

    Over roads where the net has a way for the means of transport, else straight; NaN where a point is
    unknown.
    """
    ways = town_ways(starts, ends, transports, roads, detour)
    return ways.metres.astype(float), ways.kind >= WayKind.STRAIGHT

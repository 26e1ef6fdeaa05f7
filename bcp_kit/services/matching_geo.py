"""What the stored layers add to a matching: exposure where nobody recorded one, ways over roads."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import Shelter
from bcp_kit.domain.units import Location
from bcp_kit.geo.distances import straight_distances_m
from bcp_kit.geo.roads import RoadNet
from bcp_kit.geo.zones import Zones

RecordT = TypeVar("RecordT", Person, Shelter)
HAZARD_LAYER, ROAD_LAYER = "hazards", "roads"


def stored_zones(layer: Mapping[str, Any] | None) -> Zones | None:
    """Return the zones of the stored hazard layer, None where there is none.

    Raises: BcpKitError G-001 for a layer that cannot be read.
    """
    return Zones.from_geojson(layer) if layer else None


def stored_roads(layer: Mapping[str, Any] | None) -> RoadNet | None:
    """Return the net of the stored road layer, None where there is none.

    Raises: BcpKitError G-002 for a layer that cannot be read.
    """
    return RoadNet.from_rows(layer["nodes"], layer["edges"]) if layer else None


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


def way_lengths(
    starts: Sequence[Location | None], ends: Sequence[Location | None], roads: RoadNet | None, detour: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return metres by start and end, and which of them are straight lines times `detour`.

    Over roads where the net has a way, else straight; NaN where a point is unknown.
    """
    straight = straight_distances_m(starts, ends) * detour
    if roads is None:
        return straight, np.ones(straight.shape, dtype=bool)
    metres = roads.distances_m(starts, ends)
    missing = np.isnan(metres)
    return np.where(missing, straight, metres), missing

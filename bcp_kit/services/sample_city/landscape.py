"""Draws the land: river bands, tsunami strips, slopes, districts."""

from collections.abc import Callable
from math import dist, pi, sin
from random import Random

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.services.sample_city.draws import hits
from bcp_kit.services.sample_city.settings import CitySettings, TerrainSettings
from bcp_kit.services.sample_city.terrain import Degrees, District, Frame, Terrain, Zone

RIVER_STEPS = 60
RIVER_BENDS = 1.6
RIVER_HEIGHT = 0.42  # share of the city's height at which the river's middle lies
SLOPES_FROM = 0.72
EDGE_M = 250.0
SPECIAL_PART = 0.3  # upper part of a slope that is a special zone
DISTRICT_GAP_M = 1150.0


def draw_terrain(rng: Random, city: CitySettings) -> Terrain:
    """Return the land of the city."""
    frame, rules = Frame(city.box), city.invention.terrain
    river = _river(rng, frame, rules)
    zones = (*_flood(frame, rules, river), *_tsunami(frame, rules), *_slopes(rng, frame, rules))
    return Terrain(frame, zones, _districts(rng, frame, rules), river, rules.water_m)


def _river(rng: Random, frame: Frame, rules: TerrainSettings) -> Callable[[float], float]:
    phase = rng.uniform(0, 2 * pi)
    width, middle = frame.width_m, frame.height_m * RIVER_HEIGHT

    def middle_y(x_m: float) -> float:
        return middle + rules.river_amplitude_m * sin(2 * pi * RIVER_BENDS * x_m / width + phase)

    return middle_y


def _flood(frame: Frame, rules: TerrainSettings, river: Callable[[float], float]) -> tuple[Zone, ...]:
    """The innermost band takes houses away; outside it one band on each side per depth."""
    inner, middle, outer = rules.river_bands_m
    deep, shallow = rules.river_depths_m[1:]
    bands = [(-inner, inner, rules.river_depths_m[0], True)]
    for near, far, depth in ((inner, middle, deep), (middle, outer, shallow)):
        bands += [(near, far, depth, False), (-far, -near, depth, False)]

    def band(low: float, high: float) -> tuple[Degrees, ...]:
        xs = [frame.width_m * step / RIVER_STEPS for step in range(RIVER_STEPS + 1)]
        lower = [frame.degrees(x, river(x) + low) for x in xs]
        return (*lower, *(frame.degrees(x, river(x) + high) for x in reversed(xs)))

    return tuple(
        Zone(HazardKind.RIVER_FLOOD, "霧ヶ瀬川", band(low, high), depth, special)
        for low, high, depth, special in bands
    )


def _tsunami(frame: Frame, rules: TerrainSettings) -> tuple[Zone, ...]:
    east, half = frame.width_m, rules.coast_m / 2
    zones = []
    for part, (depth, arrival) in enumerate(
        zip(rules.tsunami_depths_m, rules.tsunami_arrival_min, strict=True)
    ):
        right, left = east - part * half, east - (part + 1) * half
        corners = ((left, 0.0), (right, 0.0), (right, frame.height_m), (left, frame.height_m))
        ring = tuple(frame.degrees(x, y) for x, y in corners)
        zones.append(Zone(HazardKind.TSUNAMI, "霧ヶ瀬海岸", ring, depth, False, arrival))
    return tuple(zones)


def _slopes(rng: Random, frame: Frame, rules: TerrainSettings) -> tuple[Zone, ...]:
    """Fans that open downhill (south); the upper part of some is a special zone."""
    zones: list[Zone] = []
    for number in range(1, rules.landslides + 1):
        x = rng.uniform(EDGE_M, frame.width_m - rules.coast_m - EDGE_M)
        y = rng.uniform(frame.height_m * SLOPES_FROM, frame.height_m - EDGE_M)
        length = rng.uniform(*rules.landslide_length_m)
        width = length * rng.uniform(0.5, 0.9)
        special = hits(rng, rules.landslide_special_share)
        name = f"北山{number}"
        if special:
            upper = _fan(frame, x, y, length * SPECIAL_PART, width / 3)
            zones.append(Zone(HazardKind.LANDSLIDE, name, upper, special=True))
        zones.append(Zone(HazardKind.LANDSLIDE, name, _fan(frame, x, y, length, width)))
    return tuple(zones)


def _fan(frame: Frame, x: float, y: float, length: float, width: float) -> tuple[Degrees, ...]:
    corners = (
        (x - width * 0.3, y),
        (x + width * 0.3, y),
        (x + width * 0.5, y - length * 0.8),
        (x + width * 0.2, y - length),
        (x - width * 0.2, y - length),
        (x - width * 0.5, y - length * 0.8),
    )
    return tuple(frame.degrees(*corner) for corner in corners)


def _districts(rng: Random, frame: Frame, rules: TerrainSettings) -> tuple[District, ...]:
    """Place district centres apart from each other; the gap shrinks when the box is full."""
    found: list[District] = []
    gap = DISTRICT_GAP_M
    while len(found) < len(rules.districts):
        x = rng.uniform(3 * EDGE_M, frame.width_m - 3 * EDGE_M)
        y = rng.uniform(3 * EDGE_M, frame.height_m - 2 * EDGE_M)
        if all(dist((x, y), (d.x_m, d.y_m)) >= gap for d in found):
            found.append(District(rules.districts[len(found)], x, y))
        else:
            gap *= 0.999
    return tuple(found)

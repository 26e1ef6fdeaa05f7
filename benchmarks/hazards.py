"""Points against hazard zones: seconds and memory. Prints, asserts nothing.

    python benchmarks/hazards.py [--runs 3]

Zones are star-shaped rings with 40 to 400 corners; half of the points in the last line may be off by 300 m.
"""

import argparse
import resource
import statistics
import time

import numpy as np
import shapely

from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.units import Location
from bcp_kit.geo.road_table import Junction, Street, road_table
from bcp_kit.geo.zones import Zone, Zones

WIDTH_DEG = 0.4


def made_zones(count: int, rng: np.random.Generator) -> Zones:
    """Zones all over a city; every tenth is valid only after it was mended."""
    outlines = []
    for _ in range(count):
        corners = int(rng.integers(40, 400))
        angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
        radius = rng.uniform(0.0005, 0.004) * rng.uniform(0.7, 1.0, corners)
        x, y = rng.uniform(0, WIDTH_DEG, 2)
        ring = np.column_stack((137 + x + radius * np.cos(angle), 33.5 + y + radius * np.sin(angle)))
        outlines.append(shapely.polygons(ring))
    hazards = (HazardKind.RIVER_FLOOD, HazardKind.LANDSLIDE)
    return Zones([Zone(hazards[i % 2], float(i % 7)) for i in range(count)], outlines)


def made_points(count: int, unsure: float, rng: np.random.Generator) -> list[Location]:
    """Points all over the city, a share of them uncertain."""
    return [
        Location(latitude=33.5 + y, longitude=137 + x, uncertainty_m=300.0 if doubt < unsure else 0.0)
        for x, y, doubt in zip(
            rng.uniform(0, WIDTH_DEG, count), rng.uniform(0, WIDTH_DEG, count), rng.random(count), strict=True
        )
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    rng = np.random.default_rng(1)
    zones = made_zones(5_000, rng)
    for unsure in (0.0, 0.5):
        points, seconds = made_points(100_000, unsure, rng), []
        for _ in range(runs):
            began = time.perf_counter()
            found = zones.exposures(points)
            seconds.append(time.perf_counter() - began)
        inside = sum(e.in_zone == "yes" for exposures in found for e in exposures)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"100,000 points x 5,000 zones, {unsure:4.0%} uncertain: {statistics.median(seconds):6.2f} s"
            f"  {peak:6,.0f} MB  {inside:,} times inside",
            flush=True,
        )
    side, gap = 200, WIDTH_DEG / 200
    junctions = [
        Junction(f"{i},{j}", 33.5 + i * gap, 137 + j * gap) for i in range(side) for j in range(side)
    ]
    streets = [Street(f"{i},{j}", f"{i + 1},{j}") for i in range(side - 1) for j in range(side)]
    streets += [Street(f"{i},{j}", f"{i},{j + 1}") for i in range(side) for j in range(side - 1)]
    table = road_table(junctions, streets)
    began = time.perf_counter()
    shape, owner = table.lines(np.arange(len(table.tail)))
    cut = zones.lines_inside(shapely.linestrings(shape, indices=owner), HazardKind.RIVER_FLOOD, 0.3)
    print(f"{len(cut):,} streets x 5,000 zones: {time.perf_counter() - began:6.2f} s  {cut.sum():,} cut")


if __name__ == "__main__":
    main()

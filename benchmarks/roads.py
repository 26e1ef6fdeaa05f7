"""Ways from every home to every shelter: seconds and memory by size of town. Prints, asserts nothing.

    python benchmarks/roads.py [--runs 3] [--small]

The nets are grids pulled out of shape with a tenth of the streets missing; a fifth of the streets lies in the
water in the last line of each size. Each size runs in a process of its own, so that the peak is its own.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time

import numpy as np

from bcp_kit.domain.units import Location
from bcp_kit.geo.road_table import Junction, RoadTable, Street, road_table
from bcp_kit.geo.street_rules import Travel
from bcp_kit.geo.ways import TownRoads

SIZES = {"everyday": (100, 5_000, 60), "city": (300, 100_000, 500)}
GAP_DEG = 0.0009
DETOUR = 1.3


def made_table(side: int, rng: np.random.Generator) -> RoadTable:
    """A net of side × side junctions, about 100 m apart."""
    places = rng.uniform(-0.3, 0.3, (side, side, 2)) * GAP_DEG
    junctions, streets = [], []
    for i in range(side):
        for j in range(side):
            latitude, longitude = 33.5 + i * GAP_DEG + places[i, j, 0], 137.0 + j * GAP_DEG + places[i, j, 1]
            junctions.append(Junction(f"{i},{j}", latitude, longitude, float(rng.uniform(0, 6))))
            for a, b in ((i + 1, j), (i, j + 1)):
                if a < side and b < side and rng.random() < 0.9:
                    streets.append(Street(f"{i},{j}", f"{a},{b}"))
    return road_table(junctions, streets)


def made_points(count: int, side: int, rng: np.random.Generator) -> list[Location]:
    """Points spread over the net."""
    spread = rng.uniform(0, side * GAP_DEG, (count, 2))
    return [Location(latitude=33.5 + y, longitude=137.0 + x) for y, x in spread.tolist()]


def measure(size: str, travel: str, wet: bool, runs: int) -> None:
    """Print one line: median seconds for all ways, and the peak of this process."""
    side, homes, places = SIZES[size]
    rng = np.random.default_rng(1)
    table = made_table(side, rng)
    starts, ends = made_points(homes, side, rng), made_points(places, side, rng)
    cut = rng.random(len(table.tail)) < 0.2 if wet else None
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        ways = TownRoads(table, cut).ways(starts, ends, Travel(travel), DETOUR)
        seconds.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    roads = float((ways.kind == 0).mean())
    print(
        f"{homes:>8,} homes x {places:>4} shelters  {len(table.latitude):>7,} junctions  {travel:<10}"
        f" {'wet' if wet else 'dry'} {statistics.median(seconds):7.2f} s  {peak:7,.0f} MB {roads:5.0%} roads",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--one", nargs=3, metavar=("SIZE", "TRAVEL", "WET"))
    asked = parser.parse_args()
    if asked.one:
        measure(asked.one[0], asked.one[1], asked.one[2] == "wet", asked.runs)
        return
    for size in ("everyday",) if asked.small else SIZES:
        for travel, wet in (("foot", "dry"), ("wheelchair", "dry"), ("foot", "wet")):
            words = [sys.executable, __file__, "--runs", str(asked.runs), "--one", size, travel, wet]
            subprocess.run(words, check=True)


if __name__ == "__main__":
    main()

"""Measure the matching core on invented worlds: seconds, proven gap by goal, peak memory, checker.

    python benchmarks/matching.py PEOPLE PLACES [--ratio 0.85] [--seed 1] [--work 15]

`ratio` is the room of all places over what everybody takes; below 1 somebody stays without a place.
"""

import argparse
import resource
import time

import numpy as np

from bcp_kit.catalogues.vocabulary import UsualDestination
from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.instance import (
    Destination,
    Household,
    Instance,
    Level,
    Profile,
    Resource,
)
from bcp_kit.cores.shelter_matching.solve import DEFAULT_WORK, solve
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelters import DestinationKind

WELFARE, GENERAL = UsualDestination.WELFARE_SHELTER, UsualDestination.GENERAL_OR_SPECIAL_SPACE
PROFILES = (
    Profile(usual=GENERAL),
    Profile(usual=WELFARE, required=("step_free_entrance",), accept_any_of=(("elderly",),)),
    Profile(usual=WELFARE, required=("quiet_room",), accept_any_of=(("elderly", "mental"),)),
    Profile(
        usual=WELFARE,
        required=("backup_power", "step_free_entrance"),
        critical=("backup_power",),
        accept_any_of=(("medical_care",),),
    ),
)
SHARES = (0.55, 0.25, 0.12, 0.08)
AREA_DM2 = (350, 600, 500, 800)
SPEED_M_S = 0.7


def households(people: int, draw: np.random.Generator) -> list[Household]:
    """Return households with about `people` listed members in all."""
    found: list[Household] = []
    listed = 0
    while listed < people:
        members = 2 if draw.random() < 0.15 else 1
        companions = int(draw.choice(3, p=[0.55, 0.3, 0.15]))
        profile = int(draw.choice(4, p=SHARES))
        size = members + companions
        tiers = tuple(int(t) for t in draw.choice([1, 2, 3], members, p=[0.12, 0.28, 0.6]))
        powered = members if profile == 3 else 0
        least = {
            Resource.PEOPLE: size,
            Resource.AREA: 350 * size,
            Resource.OUTLETS: powered,
            Resource.POWER: 200 * powered,
            Resource.ENERGY: 200 * 72 * powered,
        }
        full = least | {
            Resource.AREA: AREA_DM2[profile] * members + 350 * companions,
            Resource.CONSULTANTS: members,
            Resource.ROOMS: int(profile == 2 and draw.random() < 0.4),
        }
        found.append(
            Household(
                id=f"h{len(found):06d}",
                member_ids=tuple(f"p{len(found):06d}-{i}" for i in range(members)),
                tiers=tiers,
                companions=companions,
                profile=profile,
                demand=full,
                demand_stop_over=least,
            )
        )
        listed += members
    return found


def destinations(count: int, room: float, draw: np.random.Generator) -> list[Destination]:
    """Return places with room for about `room` people, one in six a welfare shelter."""
    welfare = np.arange(count) % 6 == 0
    raw = draw.lognormal(0, 0.6, count) * np.where(welfare, 0.4, 1.0)
    people = np.maximum(8, np.round(raw / raw.sum() * room)).astype(int)
    found = []
    for j in range(count):
        powered = welfare[j] or draw.random() < 0.3
        outlets = int(draw.integers(1, 6)) if powered else 0
        capacity = {
            Resource.PEOPLE: int(people[j]),
            Resource.AREA: int(people[j] * draw.uniform(380, 520)),
            Resource.OUTLETS: outlets,
            Resource.POWER: outlets * 300,
            Resource.ENERGY: outlets * 300 * 48,
        }
        if welfare[j]:
            capacity |= {
                Resource.CONSULTANTS: int(draw.integers(1, 5)) * 10,
                Resource.ROOMS: int(draw.integers(0, 6)),
            }
        present = {
            f: Known.YES if draw.random() < (0.9 if welfare[j] else 0.5) else Known.NO
            for f in ("step_free_entrance", "quiet_room")
        }
        kind = DestinationKind.DESIGNATED_WELFARE if welfare[j] else DestinationKind.GENERAL
        accepts = ("elderly", "mental", "medical_care")[: 1 + j % 3] if welfare[j] else None
        found.append(
            Destination(
                id=f"s{j:04d}",
                kind=kind,
                building=f"s{j:04d}",
                capacity=capacity,
                features={**present, "backup_power": Known.of(powered)},
                accepts=accepts,
            )
        )
    return found


def world(people: int, places: int, ratio: float, seed: int) -> Instance:
    """Return an invented first stage; homes cluster in towns, places lie near the towns."""
    draw = np.random.default_rng([seed, people, places])
    homes = households(people, draw)
    sites = destinations(places, ratio * sum(h.size for h in homes), draw)
    extent = 15_000 * (people / 1000) ** 0.4
    towns = draw.uniform(0.05 * extent, 0.95 * extent, (max(3, places // 2), 2))
    share = 1 / np.arange(1, len(towns) + 1) ** 0.8
    at_home = draw.choice(len(towns), len(homes), p=share / share.sum())
    at_site = draw.choice(len(towns), len(sites), p=share**0.8 / (share**0.8).sum())
    home_xy = towns[at_home] + draw.normal(0, 1500, (len(homes), 2))
    site_xy = towns[at_site] + draw.normal(0, 1200, (len(sites), 2))
    metres = 1.3 * np.hypot(*(home_xy[:, None, :] - site_xy[None, :, :]).transpose(2, 0, 1))
    return Instance(
        hazard=HazardKind.EARTHQUAKE,
        stage=1,
        profiles=PROFILES,
        households=tuple(homes),
        destinations=tuple(sites),
        serves={
            WELFARE: {
                DestinationKind.DESIGNATED_WELFARE: Level.SUITED,
                DestinationKind.GENERAL: Level.STOP_OVER,
            },
            GENERAL: {DestinationKind.GENERAL: Level.SUITED},
        },
        group_kinds=frozenset({DestinationKind.DESIGNATED_WELFARE}),
        distance_m=metres,
        travel_s=np.rint(metres / SPEED_M_S).astype(np.int64),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("people", type=int)
    parser.add_argument("places", type=int)
    parser.add_argument("--ratio", type=float, default=0.85)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=float, default=DEFAULT_WORK)
    wanted = parser.parse_args()
    instance = world(wanted.people, wanted.places, wanted.ratio, wanted.seed)
    began, last = time.perf_counter(), [""]

    def report(done: float, stage: str) -> bool:
        if stage != last[0]:
            print(f"  {time.perf_counter() - began:7.1f} s  {stage}", flush=True)
            last[0] = stage
        return done >= 0

    result = solve(instance, wanted.work, progress=report)
    seconds = time.perf_counter() - began
    broken = check.violations(instance, result.places)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{wanted.people} people, {len(instance.households)} households, {wanted.places} places, "
        f"ratio {wanted.ratio}: {seconds:.1f} s, {peak_mb} MB, {result.status.value}, "
        f"work {result.work:.1f}, {len(result.places)} placed, {len(broken)} violations"
    )
    for goal in result.goals:
        print(f"  {goal.goal.value:10} {goal.value:>14} bound {goal.bound:>14} gap {100 * goal.gap:.4f} %")


if __name__ == "__main__":
    main()

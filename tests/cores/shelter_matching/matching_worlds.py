"""Tiny invented worlds: households and places with only what a test is about."""

from itertools import product

import numpy as np

from bcp_kit.catalogues.vocabulary import UsualDestination
from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.instance import (
    Destination,
    Goal,
    Household,
    Instance,
    Level,
    Place,
    Profile,
    Resource,
)
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.shelters import DestinationKind

WELFARE, GENERAL = DestinationKind.DESIGNATED_WELFARE, DestinationKind.GENERAL
NEEDS_WELFARE, NEEDS_GENERAL = UsualDestination.WELFARE_SHELTER, UsualDestination.GENERAL_OR_SPECIAL_SPACE
SERVES = {
    NEEDS_WELFARE: {WELFARE: Level.SUITED, GENERAL: Level.STOP_OVER},
    NEEDS_GENERAL: {GENERAL: Level.SUITED},
}
PLAIN, FRAIL = Profile(usual=NEEDS_GENERAL), Profile(usual=NEEDS_WELFARE)


def home(key, tiers=(3,), companions=0, profile=0, **fields):
    """A household that takes one place a head, and whatever `demand` adds."""
    size = len(tiers) + companions
    demand = {Resource.PEOPLE: size, **fields.pop("demand", {})}
    stop_over = {Resource.PEOPLE: size, **fields.pop("demand_stop_over", {})}
    members = tuple(f"{key}{i}" for i in range(len(tiers)))
    return Household(
        id=key,
        member_ids=members,
        tiers=tuple(tiers),
        companions=companions,
        profile=profile,
        demand=demand,
        demand_stop_over=stop_over,
        **fields,
    )


def site(key, people=10, kind=GENERAL, **fields):
    """A place for `people`, safe, open and open to direct arrival unless said otherwise."""
    capacity = {} if people is None else {Resource.PEOPLE: people}
    capacity.update(fields.pop("capacity", {}))
    return Destination(id=key, kind=kind, building=fields.pop("building", key), capacity=capacity, **fields)


def world(homes, sites, travel_s=None, **fields):
    """An earthquake's first stage; ways of 600 seconds unless given."""
    shape = (len(homes), len(sites))
    seconds = np.full(shape, 600) if travel_s is None else np.array(travel_s, dtype=np.int64).reshape(shape)
    fields = {
        "profiles": (PLAIN, FRAIL),
        "hazard": HazardKind.EARTHQUAKE,
        "stage": 1,
        "serves": SERVES,
    } | fields
    return Instance(
        households=tuple(homes),
        destinations=tuple(sites),
        distance_m=seconds.astype(float),
        travel_s=seconds,
        **fields,
    )


def at(**places):
    """Places by household id, suited unless given as (site, level)."""
    return {
        h: Place(destination_id=p, level=Level.SUITED)
        if isinstance(p, str)
        else Place(destination_id=p[0], level=p[1])
        for h, p in places.items()
    }


def best_by_trying_all(instance):
    """The rank of the best answer, found by trying every answer."""
    options = [None] + [
        Place(destination_id=d.id, level=level) for d in instance.destinations for level in Level
    ]
    usable = []
    for h in instance.households:
        alone = [o for o in options if o is None or not check.violations(instance, {h.id: o})]
        usable.append(alone)
    best = None
    for choice in product(*usable):
        places = {h.id: p for h, p in zip(instance.households, choice, strict=True) if p is not None}
        if check.violations(instance, places):
            continue
        rank = check.rank(instance, check.score(instance, places))
        best = rank if best is None or rank > best else best
    return best


def random_world(seed, homes=6, sites=3):
    """A small crowded world with two resources, two profiles, familiar places and homes without a way."""
    draw = np.random.default_rng(seed)
    people, places = [], []
    for i in range(homes):
        tiers = tuple(int(t) for t in draw.integers(1, 4, draw.integers(1, 3)))
        sockets = int(draw.integers(0, 2))
        people.append(
            home(
                f"h{i}",
                tiers,
                companions=int(draw.integers(0, 2)),
                profile=int(draw.integers(0, 2)),
                demand={Resource.OUTLETS: sockets},
                demand_stop_over={Resource.OUTLETS: sockets if draw.random() < 0.5 else 0},
                present_id=f"s{draw.integers(0, sites)}" if draw.random() < 0.3 else "",
            )
        )
    for j in range(sites):
        places.append(
            site(
                f"s{j}",
                int(draw.integers(2, 7)),
                WELFARE if draw.random() < 0.5 else GENERAL,
                capacity={Resource.OUTLETS: int(draw.integers(0, 3))},
                direct=Known.YES if draw.random() < 0.9 else Known.NO,
            )
        )
    seconds = draw.integers(-200, 3000, (homes, sites)).clip(-1)
    return world(people, places, seconds)


ALL_GOALS = tuple(Goal)

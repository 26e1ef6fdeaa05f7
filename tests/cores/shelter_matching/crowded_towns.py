"""Invented towns of some hundred people in which several limits bind at once and not everybody finds room."""

import numpy as np
from matching_worlds import FRAIL, GENERAL, PLAIN, WELFARE, home, site, world

from bcp_kit.cores.shelter_matching.instance import Instance, Resource

AREA_DM2 = (350, 600)
ROOM_SHARE = 0.75


def crowded_town(seed: int, people: int, places: int) -> Instance:
    """Return a town with room for three in four, one place in three a welfare shelter."""
    draw = np.random.default_rng([seed, people, places])
    homes = []
    while sum(len(h.member_ids) for h in homes) < people:
        homes.append(_household(len(homes), draw))
    share = draw.lognormal(0, 0.5, places)
    room = np.maximum(6, ROOM_SHARE * sum(h.size for h in homes) * share / share.sum()).astype(int)
    sites = [_place(j, int(heads), draw) for j, heads in enumerate(room)]
    home_xy, site_xy = draw.uniform(0, 8000, (len(homes), 2)), draw.uniform(0, 8000, (places, 2))
    metres = np.hypot(*(home_xy[:, None] - site_xy[None]).transpose(2, 0, 1))
    return world(homes, sites, np.rint(metres / 0.7), profiles=(PLAIN, FRAIL))


def _household(number: int, draw: np.random.Generator):
    members, companions = 1 + int(draw.random() < 0.2), int(draw.integers(0, 3))
    profile, size = int(draw.random() < 0.4), members + companions
    tiers = tuple(int(t) for t in draw.choice([1, 2, 3], members, p=[0.12, 0.28, 0.6]))
    sockets = members * int(profile and draw.random() < 0.4)
    least = {Resource.AREA: 350 * size, Resource.OUTLETS: sockets}
    full = least | {Resource.AREA: AREA_DM2[profile] * members + 350 * companions}
    full |= {Resource.CONSULTANTS: members * profile}
    return home(f"h{number:04d}", tiers, companions, profile, demand=full, demand_stop_over=least)


def _place(number: int, heads: int, draw: np.random.Generator):
    welfare = number % 3 == 0
    capacity = {
        Resource.AREA: int(heads * draw.uniform(380, 520)),
        Resource.OUTLETS: int(draw.integers(0, 5)),
    }
    if welfare:
        capacity[Resource.CONSULTANTS] = int(draw.integers(3, 12))
    return site(f"s{number:02d}", heads, WELFARE if welfare else GENERAL, capacity=capacity)

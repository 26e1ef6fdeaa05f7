"""Crowded invented towns in which every kind of rule stands in somebody's way."""

import numpy as np
from matching_worlds import GENERAL, NEEDS_GENERAL, NEEDS_WELFARE, WELFARE, home, site, world

from bcp_kit.cores.shelter_matching.instance import Profile, Resource, SharedCapacity
from bcp_kit.domain.base import Known

PROFILES = (
    Profile(usual=NEEDS_GENERAL),
    Profile(usual=NEEDS_WELFARE, required=("bed",), accept_any_of=(("elderly", "care3"),)),
    Profile(usual=NEEDS_WELFARE, required=("ramp", "quiet"), accept_any_of=(("mental",), ("elderly",))),
    Profile(
        usual=NEEDS_WELFARE,
        required=("backup_power",),
        critical=("backup_power",),
        accept_any_of=(("medical",),),
        care_classes=("care",),
    ),
)
GROUPS = ("elderly", "care3", "mental", "medical")
STATES = (Known.YES, Known.YES, Known.NO, Known.UNKNOWN)


def _home(draw, key):
    profile = int(draw.choice(4, p=[0.4, 0.25, 0.2, 0.15]))
    tiers = tuple(int(t) for t in draw.integers(1, 4, int(draw.integers(1, 3))))
    powered = int(profile == 3)
    size = len(tiers) + (companions := int(draw.integers(0, 2)))
    least = {Resource.AREA: 20 * size, Resource.OUTLETS: powered}
    full = {Resource.AREA: int(draw.integers(20, 50)) * size, Resource.OUTLETS: powered}
    care = {"care": len(tiers)} if profile == 3 else {}
    return home(key, tiers, companions, profile, demand=full, demand_stop_over=least, care=care)


def _site(draw, key, people):
    welfare = draw.random() < 0.5
    fields = {}
    if welfare:
        fields = {
            "accepts": tuple(g for g in GROUPS if draw.random() < 0.6),
            "accepts_known": bool(draw.random() < 0.8),
            "features": {f: STATES[draw.integers(4)] for f in ("bed", "ramp", "quiet", "backup_power")},
            "care_places": {"care": int(draw.integers(0, 4))} if draw.random() < 0.4 else {},
        }
    return site(
        key,
        people,
        WELFARE if welfare else GENERAL,
        capacity={Resource.AREA: 28 * people, Resource.OUTLETS: int(draw.integers(0, 3))},
        direct=Known.YES if draw.random() < 0.85 else Known.NO,
        opens_after_h=0.0 if draw.random() < 0.85 else float(draw.integers(7, 48)),
        **fields,
    )


def crowded_town(seed, homes=30, sites=5, ratio=0.45):
    """A town with room for `ratio` of the people; where the seed is odd a distance limit bars some places."""
    draw = np.random.default_rng([seed, homes, sites])
    people = [_home(draw, f"h{i:02}") for i in range(homes)]
    share = draw.dirichlet(np.full(sites, 3.0)) * ratio * sum(h.size for h in people)
    places = [_site(draw, f"s{j}", max(2, round(n))) for j, n in enumerate(share)]
    seconds = draw.integers(100, 4000, (homes, sites))
    seconds[draw.random(seconds.shape) < 0.03] = -1
    fields = {"profiles": PROFILES, "group_kinds": frozenset({WELFARE}), "open_by_h": 6.0}
    if seed % 2:
        fields["max_distance_m"] = 2500.0
    if seed % 3 == 0 and sites > 1:
        room = max(places[0].capacity[Resource.PEOPLE], places[1].capacity[Resource.PEOPLE])
        fields["shared"] = (
            SharedCapacity(
                building="school", resource=Resource.PEOPLE, destination_ids=("s0", "s1"), capacity=room
            ),
        )
    return world(people, places, seconds, **fields)

"""Why a household has no place, or only a stop-over, and which smallest change would give it one.

Reasons are found by asking the rules, remedies by asking them again with the one fact changed. Nothing is
told from a template over a guess.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bcp_kit.cores.shelter_matching.check import building_loads, loads
from bcp_kit.cores.shelter_matching.instance import CARE_UNITS, Destination, Instance, Level, Place, Resource
from bcp_kit.cores.shelter_matching.rules import RESOURCE_RULE, Block, demands, pair_blocks
from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.placements import Reason

NEAREST = 5  # places looked at for one household
MOST_REMEDIES = 3


class Explanation(DomainModel):
    """For one household: what stands in the way at the nearest places, and the smallest changes that help."""

    household_id: str
    reasons: tuple[Reason, ...]
    remedies: tuple[Reason, ...]


class Fullness:
    """How much is taken of each place and building by the answer that is explained."""

    def __init__(self, instance: Instance, places: Mapping[str, Place]) -> None:
        self._instance = instance
        self._taken = loads(instance, places)
        self._buildings = building_loads(instance, places)
        self.worst_tier: dict[str, int] = {}
        for home in instance.households:
            place = places.get(home.id)
            if place is not None:
                at = place.destination_id
                self.worst_tier[at] = max(self.worst_tier.get(at, 0), home.tier)

    def short_of(self, household: int, destination: int, level: Level) -> Iterator[tuple[Resource, int]]:
        """Yield resources of the place that lack room for the household now, and by how much."""
        home, place = self._instance.households[household], self._instance.destinations[destination]
        for resource, amount in demands(home, place, level):
            limit = CARE_UNITS if resource is Resource.CARE else place.capacity[resource]
            over = self._taken[place.id, resource] + amount - limit
            if over > 0:
                yield resource, over
        for shared, taken in zip(self._instance.shared, self._buildings, strict=True):
            over = taken + home.demanded(level).get(shared.resource, 0) - shared.capacity
            if place.id in shared.destination_ids and over > 0:
                yield shared.resource, over


def nearest(instance: Instance, household: int, level: Level, count: int = NEAREST) -> list[int]:
    """Return the columns of the nearest places of a kind meant for the household; unreachable ones last."""
    usual = instance.profiles[instance.households[household].profile].usual
    kinds = instance.serves.get(usual, {})
    seconds = instance.travel_s[household].astype(float)
    seconds[seconds < 0] = np.inf
    meant = [j for j, d in enumerate(instance.destinations) if kinds.get(d.kind, 0) >= level]
    return sorted(meant, key=lambda j: (seconds[j], instance.destinations[j].id))[:count]


def _reason(block: Block, place: Destination) -> Reason:
    values: dict[str, str | int | float] = {"short": block.short}
    if block.missing:
        values["features"] = "|".join(block.missing)
    if block.resource is not None:
        values["resource"] = block.resource.value
    return Reason(
        rule=block.rule, message=f"matching.reason.{block.cause}", subject_id=place.id, values=values
    )


def _full(resource: Resource, over: int, place: Destination, worst_tier: int) -> Reason:
    values: dict[str, str | int | float] = {"resource": resource.value, "short": over, "tier": worst_tier}
    return Reason(
        rule=RESOURCE_RULE[resource], message="matching.reason.full", subject_id=place.id, values=values
    )


def _changed(
    place: Destination, blocks: Sequence[Block], short: Sequence[tuple[Resource, int]]
) -> Destination:
    """Return the place with just the facts changed that the blocks and shortages name."""
    features = dict(place.features)
    capacity = dict(place.capacity)
    for block in blocks:
        features |= dict.fromkeys(block.missing, Known.YES)
        if block.resource is not None and block.resource in capacity:
            capacity[block.resource] += block.short
    for resource, over in short:
        if resource in capacity:
            capacity[resource] += over
    return Destination.model_validate(place.model_dump() | {"features": features, "capacity": capacity})


_MENDABLE = ("feature_missing", "feature_unknown", "too_small", "capacity_unknown")


def remedy(
    instance: Instance, household: int, destination: int, full: Fullness, level: Level
) -> Reason | None:
    """Return the change of one kind at this place that would take the household in, checked by the rules.

    One kind: features of one place, or one resource of it. None where several kinds stand in the way, or
    something that no equipment mends.
    """
    place = instance.destinations[destination]
    blocks = pair_blocks(instance, household, destination, level)
    short = [s for s in full.short_of(household, destination, level) if s[0] is not Resource.CARE]
    kinds = {b.resource or "features" for b in blocks} | {r for r, _ in short}
    if len(kinds) != 1 or any(b.cause not in _MENDABLE for b in blocks):
        return None
    places = list(instance.destinations)
    places[destination] = _changed(place, blocks, short)
    if pair_blocks(
        instance.model_copy(update={"destinations": tuple(places)}), household, destination, level
    ):
        return None
    features = tuple(f for b in blocks for f in b.missing)
    if features:
        unknown = all(b.unknown for b in blocks)
        message = "matching.remedy.confirm" if unknown else "matching.remedy.add_feature"
        values: dict[str, str | int | float] = {"features": "|".join(features)}
    else:
        resource, amount = short[0] if short else (blocks[0].resource or Resource.PEOPLE, blocks[0].short)
        message, values = "matching.remedy.add_room", {"resource": resource.value, "amount": amount}
    metres = float(instance.distance_m[household, destination])
    return Reason(
        rule=blocks[0].rule if blocks else RESOURCE_RULE[short[0][0]],
        message=message,
        subject_id=place.id,
        values=values | {"distance_m": round(metres)},
    )


def explain(
    instance: Instance, places: Mapping[str, Place], household: int, full: Fullness, level: Level
) -> Explanation:
    """Return what stands between a household and its nearest places at `level`, and what would help."""
    reasons: list[Reason] = []
    remedies: list[Reason] = []
    for j in nearest(instance, household, level):
        place = instance.destinations[j]
        blocks = pair_blocks(instance, household, j, level)
        reasons += [_reason(block, place) for block in blocks]
        if not blocks:
            worst = full.worst_tier.get(place.id, 0)
            reasons += [_full(r, over, place, worst) for r, over in full.short_of(household, j, level)]
        found = remedy(instance, household, j, full, level)
        if found is not None and len(remedies) < MOST_REMEDIES:
            remedies.append(found)
    return Explanation(
        household_id=instance.households[household].id, reasons=tuple(reasons), remedies=tuple(remedies)
    )

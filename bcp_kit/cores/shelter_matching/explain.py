"""Why a household has no place or only a stop-over: rules in the way, who holds what it needs, what helps.

Reasons are found by asking the rules and the answer, changes by solving the changed instance. Nothing is
told from a template over a guess.
"""

from collections.abc import Iterator

import numpy as np

from bcp_kit.cores.shelter_matching.instance import RESOURCE_RULE, Destination, Level, Resource
from bcp_kit.cores.shelter_matching.remedies import smallest_changes
from bcp_kit.cores.shelter_matching.rules import Block, pair_blocks
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.placements import Reason

NEAREST = 5  # places told for one household
MOST_REMEDIES = 3
LEFT_OVER = "W15"


class Explanation(DomainModel):
    """For one household: what stands in the way at the nearest places, and the smallest changes that help."""

    household_id: str
    reasons: tuple[Reason, ...]
    remedies: tuple[Reason, ...]


def explain(scene: Scene, household: int, exact: bool = False) -> Explanation:
    """Return what stands between a household and its nearest places, and what would help.

    `exact` seeks the proven smallest change (tenths of a second); else the others stay where they are.
    """
    changes = smallest_changes(scene, household, exact)[:MOST_REMEDIES]
    return Explanation(
        household_id=scene.instance.households[household].id,
        reasons=tuple(reasons(scene, household)),
        remedies=tuple(change.reason() for change in changes),
    )


def unsettled(scene: Scene) -> Iterator[int]:
    """Yield the households without a place, and those who only stop over."""
    for h in range(len(scene.chosen)):
        if scene.chosen[h] < 0 or scene.chosen[h] >= scene.width:
            yield h


def reasons(scene: Scene, household: int) -> Iterator[Reason]:
    """Yield what stands in the way at each of the nearest places, by rule or by whom it is taken."""
    near = scene.nearest(household, NEAREST)
    if not near:
        yield Reason(rule=LEFT_OVER, message="matching.reason.no_kind")
    level = min(scene.levels(household))
    for destination in near:
        place = scene.instance.destinations[destination]
        blocks = pair_blocks(scene.instance, household, destination, level)
        if blocks:
            yield from (_barred(block, place) for block in blocks)
        else:
            yield from _taken(scene, household, destination, level)


def _barred(block: Block, place: Destination) -> Reason:
    values: dict[str, str | int | float] = {"short": block.short}
    if block.missing:
        values["features"] = "|".join(block.missing)
    if block.resource is not None:
        values["resource"] = block.resource.value
    message = f"matching.reason.{block.cause}"
    return Reason(rule=block.rule, message=message, subject_id=place.id, values=values)


def _taken(scene: Scene, household: int, destination: int, level: Level) -> Iterator[Reason]:
    """Yield each resource that others hold, with the one who would have to give way first."""
    option, place = scene.option(destination, level), scene.instance.destinations[destination]
    short: dict[Resource, int] = {}
    for row, over in scene.short(household, option):
        resource = scene.rows[row].resource
        short[resource] = max(over, short.get(resource, 0))
    if not short:
        yield Reason(rule=LEFT_OVER, message="matching.reason.would_fit", subject_id=place.id)
        return
    holder = next(iter(scene.rivals(household, option)), None)
    for resource, over in short.items():
        values: dict[str, str | int | float] = {"resource": resource.value, "short": over}
        cause = "full_of_many" if holder is None else _compared(scene, household, holder, destination, values)
        yield Reason(
            rule=RESOURCE_RULE[resource],
            message=f"matching.reason.{cause}",
            subject_id=place.id,
            values=values,
        )


def _compared(
    scene: Scene, household: int, holder: int, destination: int, values: dict[str, str | int | float]
) -> str:
    """Return why the holder comes before the household, with the holder's id, tier and way in `values`."""
    other, own = scene.instance.households[holder], scene.instance.households[household]
    metres = float(scene.instance.distance_m[holder, destination])
    values |= {"holder": other.id, "tier": other.tier, "own_tier": own.tier}
    values["holder_m"] = -1 if np.isnan(metres) else round(metres)
    if other.tier < own.tier:
        return "held_by_more_urgent"
    return "held_by_as_urgent" if other.tier == own.tier else "held_by_less_urgent"

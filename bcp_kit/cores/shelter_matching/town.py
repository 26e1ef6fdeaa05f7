"""What the town should confirm, agree or provide first: single changes, ranked by the people they place.

Candidates are what the households left over would need at their near places, and room where the prices of the
relaxation are high. Each is tried: the people around are placed anew with the change and without.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median_low

import numpy as np

from bcp_kit.cores.shelter_matching import mending
from bcp_kit.cores.shelter_matching.board import PERSON_S, WEIGHT, Board
from bcp_kit.cores.shelter_matching.changes import Change, ChangeKind
from bcp_kit.cores.shelter_matching.explain import unsettled
from bcp_kit.cores.shelter_matching.instance import TIERS, Goal, Resource
from bcp_kit.cores.shelter_matching.offers import Area
from bcp_kit.cores.shelter_matching.remedies import (
    SMALL_PAIRS,
    changed_columns,
    direct_changes,
    free_question,
)
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.stress import Runner, one_by_one
from bcp_kit.cores.shelter_matching.tables import Array
from bcp_kit.domain.base import DomainModel

NEAR = 4  # places asked what a household left over would need there
AROUND = 4  # places decided anew with a change
FREE_HOMES = 160
SPARE = 2  # candidates tried for each that is asked for
TIER_GOALS = tuple(Goal(f"tier_{t}") for t in TIERS)
SUITED_GOALS = tuple(Goal(f"suited_{t}") for t in TIERS)


class TownChange(DomainModel):
    """One change and what it brings: listed people by tier who gain a place, and a suited place.

    For room the amount is what one household like those left over needs, so people by change compare. `price`
    is the weight that the relaxation expects of it. `proven`: tried over the whole instance.
    """

    change: Change
    placed: Mapping[int, int]
    suited: Mapping[int, int]
    price: float
    proven: bool

    @property
    def people(self) -> int:
        """Listed people who gain a place."""
        return sum(self.placed.values())

    @property
    def weight(self) -> int:
        """People who gain a place, by the weight of their tiers."""
        return sum(w * self.placed[t] for t, w in zip(TIERS, WEIGHT, strict=True))

    @property
    def rank(self) -> tuple[float, ...]:
        """Order of worth, the least first: more urgent people first, then suited places, then ease."""
        placed = tuple(-float(self.placed[t]) for t in TIERS)
        suited = tuple(-float(self.suited[t]) for t in TIERS)
        return (*placed, *suited, float(list(ChangeKind).index(self.change.kind)), float(self.change.amount))


def town_changes(
    scene: Scene, board: Board, most: int = 10, runner: Runner = one_by_one
) -> tuple[TownChange, ...]:
    """Return up to `most` changes that bring somebody a place or a suited one, the most worth first."""
    expected = dict(sorted(_candidates(scene, board), key=lambda c: (-c[1], c[0].code))[: SPARE * most])
    tried = runner(_tried, scene, tuple(expected))
    found = []
    for (change, price), (placed, suited, sure) in zip(expected.items(), tried, strict=True):
        if sum(placed.values()) > 0 or sum(suited.values()) > 0:
            whole = sure and scene.tables.allowed.size <= SMALL_PAIRS
            found.append(
                TownChange(change=change, placed=placed, suited=suited, price=round(price, 3), proven=whole)
            )
    return tuple(sorted(found, key=lambda f: (f.rank, f.change.code))[:most])


def _candidates(scene: Scene, board: Board) -> Iterator[tuple[Change, float]]:
    """Yield changes with the weight expected of each."""
    weight: dict[Change, float] = defaultdict(float)
    amounts: dict[tuple[str, Resource], list[int]] = defaultdict(list)
    for h in unsettled(scene):
        gain = float(board.weight[h]) * (1.0 if scene.chosen[h] < 0 else 0.1)
        for change in _lone_changes(scene, h):
            if change.resource is None:
                weight[change] += gain
            else:
                amounts[change.destination_id, change.resource].append(change.amount)
    yield from weight.items()
    for (place, resource), needed in amounts.items():
        amount = median_low(needed)
        change = Change(kind=ChangeKind.ROOM, destination_id=place, resource=resource, amount=amount)
        yield change, max(_price(scene, board, change), 1e-6 * len(needed))


def _lone_changes(scene: Scene, household: int) -> set[Change]:
    """Return the changes each of which alone would give the household a near place, all others staying."""
    found = set()
    for destination in scene.nearest(household, NEAR):
        for level in scene.levels(household):
            needed = direct_changes(scene, household, scene.option(destination, level))
            if needed is not None and len(needed) == 1 and needed[0].kind is not ChangeKind.FARTHER:
                found.add(needed[0])
    return found


def _price(scene: Scene, board: Board, change: Change) -> float:
    """Return the weight that the prices of the limits expect of more room."""
    rows = [
        i
        for i, row in enumerate(scene.rows)
        if row.resource is change.resource and change.destination_id in row.destination_ids
    ]
    return float(board.rows[rows].sum()) * change.amount / PERSON_S


def _tried(scene: Scene, change: Change) -> tuple[dict[int, int], dict[int, int], bool]:
    """Return who gains a place, and a suited one, by tier, when the people around are placed anew.

    The last says whether both answers are proven best.
    """
    area = _area(scene, change)
    (with_it, sure), (without, also) = (_best(scene, area, changes) for changes in ((change,), ()))
    placed = {t: with_it[g] - without[g] for t, g in zip(TIERS, TIER_GOALS, strict=True)}
    suited = {t: with_it[g] - without[g] for t, g in zip(TIERS, SUITED_GOALS, strict=True)}
    return placed, suited, sure and also


def _area(scene: Scene, change: Change) -> Area:
    """Return the place with those near the same homes, the people there, and who would like to be there."""
    if scene.tables.allowed.size <= SMALL_PAIRS:
        return Area.everything(scene)
    here = scene.at[change.destination_id]
    seconds = scene.instance.travel_s[:: max(1, len(scene.chosen) // 500)].astype(float)
    apart = np.abs(seconds - seconds[:, [here]]).mean(axis=0)
    near = np.argsort(apart, kind="stable")[:AROUND]
    options = np.zeros(2 * scene.width, bool)
    options[near] = options[near + scene.width] = True
    there = (scene.chosen >= 0) & options[np.maximum(scene.chosen, 0)]
    hoping = np.zeros(len(scene.chosen), bool)
    for h in unsettled(scene):
        hoping[h] = here in scene.nearest(h, NEAR)
    return Area(_most(scene, there, FREE_HOMES) | _most(scene, hoping, FREE_HOMES // 2), options, whole=False)


def _most(scene: Scene, homes: Array, count: int) -> Array:
    """Return at most `count` of a mask of households, the most urgent first."""
    at = np.flatnonzero(homes)
    tier = np.array([scene.instance.households[h].tier for h in at], int)
    found = np.zeros_like(homes)
    found[at[np.argsort(tier, kind="stable")][:count]] = True
    return found


def _best(scene: Scene, area: Area, changes: Sequence[Change]) -> tuple[dict[Goal, int], bool]:
    """Return people placed and suited by tier in the best answer of the area, and whether it is proven best.

    Tiers first, then suited.
    """
    changed, columns = changed_columns(scene, area, tuple(changes))
    goals = (*TIER_GOALS, *SUITED_GOALS)
    asked = free_question(scene, changed, area, columns, dict.fromkeys(goals, 0))
    worth, weight = np.zeros(len(columns)), 1.0
    for goal in reversed(goals):
        own = changed.worth(goal, columns.home, columns.option)
        worth += weight * own
        weight *= 1 + float(changed.members[area.homes, int(goal.value[-1]) - 1].sum())
    found = mending.best(changed, mending.Question(columns, asked.room, ()), worth)
    chosen = np.zeros(len(columns), bool) if found is None else found.picked
    reached = {g: int(f.worth[chosen].sum()) - f.least for g, f in zip(goals, asked.floors, strict=True)}
    return reached, found is not None and found.proven

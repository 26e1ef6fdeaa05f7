"""Placing anew after something changed, calmly: who has to move, who may stay, and why each one moves.

Three ways to put before an officer. Each is the same search with the goals in another order: to stay where
one is counts as the goal FAMILIAR, so its proven bound is a bound on how many have to move.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.instance import (
    Destination,
    Familiarity,
    Goal,
    Household,
    Instance,
    Level,
    Place,
    Result,
)
from bcp_kit.cores.shelter_matching.rules import pair_blocks
from bcp_kit.cores.shelter_matching.solve import DEFAULT_WORK, solve
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.placements import Reason
from bcp_kit.domain.progress import Progress, silent

TIER_GOALS = (Goal.TIER_1, Goal.TIER_2, Goal.TIER_3)


class Variant(StrEnum):
    """What comes first: that nobody placed loses the place, that few move, or the best places for all."""

    STAY = "stay"
    FEW_MOVES = "few_moves"
    FREE = "free"


class Outcome(StrEnum):
    """What becomes of a household."""

    PLACED = "placed"
    MOVED = "moved"
    LOST = "lost"
    LEFT = "left"


class Move(DomainModel):
    """One household whose place is another than before ("": none), with the reason; ids and numbers only."""

    household_id: str
    people: int
    tier: int
    outcome: Outcome
    before: str = ""
    after: str = ""
    reason: Reason


class Side(DomainModel):
    """One side of before and after: listed people placed by tier, person-seconds, the longest way."""

    placed_by_tier: Mapping[int, int]
    travel_s: int
    longest_s: int


class Replan(DomainModel):
    """A new answer beside the old one.

    `moved` counts listed people who had a place and have another or none, `least_moved` is a proven bound on
    it among answers as good in the goals before.
    """

    variant: Variant
    result: Result
    moves: tuple[Move, ...]
    before: Side
    after: Side
    moved: int
    least_moved: int

    @property
    def lost(self) -> int:
        """Listed people who had a place and have none."""
        return sum(m.people for m in self.moves if m.outcome is Outcome.LOST)


def without_places(instance: Instance, ids: Iterable[str]) -> Instance:
    """Return the instance without some destinations: they are closed."""
    gone = frozenset(ids)
    kept = [j for j, d in enumerate(instance.destinations) if d.id not in gone]
    shared = []
    alone: dict[str, Destination] = {}
    for limit in instance.shared:
        left = tuple(i for i in limit.destination_ids if i not in gone)
        if len(left) > 1:
            shared.append(limit.model_copy(update={"destination_ids": left}))
        elif left:
            place = alone.get(left[0]) or next(d for d in instance.destinations if d.id == left[0])
            room = min(limit.capacity, place.capacity.get(limit.resource, limit.capacity))
            alone[place.id] = place.model_copy(update={"capacity": {**place.capacity, limit.resource: room}})
    places = (instance.destinations[j] for j in kept)
    return instance.model_copy(
        update={
            "destinations": tuple(alone.get(d.id, d) for d in places),
            "shared": tuple(shared),
            "distance_m": instance.distance_m[:, kept],
            "travel_s": instance.travel_s[:, kept],
        }
    )


def without_households(instance: Instance, ids: Iterable[str]) -> Instance:
    """Return the instance without some households: they withdrew."""
    gone = frozenset(ids)
    kept = [h for h, home in enumerate(instance.households) if home.id not in gone]
    return instance.model_copy(
        update={
            "households": tuple(instance.households[h] for h in kept),
            "distance_m": instance.distance_m[kept],
            "travel_s": instance.travel_s[kept],
        }
    )


def asked(before: check.Places, instance: Instance, variant: Variant) -> Instance:
    """Return the instance with the goals of a variant; those who had a place prefer it.

    An officer's decisions (LOCKED) stay first.
    """
    present = {h.id: before[h.id].destination_id if h.id in before else "" for h in instance.households}
    homes = tuple(h.model_copy(update={"present_id": present[h.id]}) for h in instance.households)
    locked = tuple(g for g in instance.goals if g is Goal.LOCKED)
    tiers = tuple(g for g in instance.goals if g in TIER_GOALS)
    rest = tuple(g for g in instance.goals if g not in (*locked, *tiers, Goal.FAMILIAR))
    goals = {
        Variant.STAY: (*locked, Goal.FAMILIAR, *tiers, *rest),
        Variant.FEW_MOVES: (*locked, *tiers, Goal.FAMILIAR, *rest),
        Variant.FREE: tuple(g for g in instance.goals if g is not Goal.FAMILIAR),
    }[variant]
    only_present = Familiarity(present=1, usual_facility=0, same_district=0)
    return instance.model_copy(update={"households": homes, "goals": goals, "familiarity": only_present})


def replan(
    before: check.Places,
    instance: Instance,
    variant: Variant = Variant.FEW_MOVES,
    limit: float = DEFAULT_WORK,
    seed: int = 0,
    progress: Progress = silent,
) -> Replan:
    """Return a new answer for the changed `instance`; `before` gives the old places by household id."""
    result = solve(asked(before, instance, variant), limit, seed, progress, before)
    return compared(before, instance, variant, result)


def compared(before: check.Places, instance: Instance, variant: Variant, result: Result) -> Replan:
    """Return an answer beside the old one: each move with its reason, both sides, the bound on moves."""
    moves = tuple(_moves(before, instance, result.places))
    had = sum(len(h.member_ids) for h in instance.households if h.id in before)
    stay = next((g.bound for g in result.goals if g.goal is Goal.FAMILIAR), had)
    return Replan(
        variant=variant,
        result=result,
        moves=moves,
        before=_side(instance, before),
        after=_side(instance, result.places),
        moved=sum(m.people for m in moves if m.outcome in (Outcome.MOVED, Outcome.LOST)),
        least_moved=max(0, had - stay),
    )


def _side(instance: Instance, places: check.Places) -> Side:
    by_tier, travel_s, longest_s = {1: 0, 2: 0, 3: 0}, 0, 0
    columns = {d.id: j for j, d in enumerate(instance.destinations)}
    for h, home in enumerate(instance.households):
        place = places.get(home.id)
        if place is None:
            continue
        for tier in home.tiers:
            by_tier[tier] += 1
        if place.destination_id in columns:
            seconds = int(instance.travel_s[h, columns[place.destination_id]])
            travel_s, longest_s = travel_s + home.size * seconds, max(longest_s, seconds)
    return Side(placed_by_tier=by_tier, travel_s=travel_s, longest_s=longest_s)


def _moves(before: check.Places, instance: Instance, after: check.Places) -> Iterator[Move]:
    """Yield every household whose place changed, the most urgent first."""
    newcomers: dict[str, list[Household]] = defaultdict(list)
    for home in instance.households:
        old, new = before.get(home.id), after.get(home.id)
        if new is not None and (old is None or old.destination_id != new.destination_id):
            newcomers[new.destination_id].append(home)
    order = sorted(range(len(instance.households)), key=lambda h: (instance.households[h].tier, h))
    for h in order:
        home = instance.households[h]
        old, new = before.get(home.id), after.get(home.id)
        if (old.destination_id if old else "") == (new.destination_id if new else ""):
            continue
        outcome = Outcome.PLACED if old is None else Outcome.LOST if new is None else Outcome.MOVED
        yield Move(
            household_id=home.id,
            people=len(home.member_ids),
            tier=home.tier,
            outcome=outcome,
            before=old.destination_id if old else "",
            after=new.destination_id if new else "",
            reason=_why(instance, h, old, newcomers),
        )
    for key in sorted(before.keys() - {h.id for h in instance.households}):
        reason = Reason(rule="W15", message="matching.move.left", subject_id=before[key].destination_id)
        yield Move(
            household_id=key,
            people=0,
            tier=3,
            outcome=Outcome.LEFT,
            before=before[key].destination_id,
            reason=reason,
        )


def _why(
    instance: Instance, household: int, old: Place | None, newcomers: Mapping[str, list[Household]]
) -> Reason:
    """Return why a household is not where it was: closed, barred, for somebody else, or for a shorter way."""
    if old is None:
        return Reason(rule="S02", message="matching.move.place_found")
    site = old.destination_id
    column = next((j for j, d in enumerate(instance.destinations) if d.id == site), None)
    if column is None:
        return Reason(rule="W12", message="matching.move.closed", subject_id=site)
    blocks = [pair_blocks(instance, household, column, level) for level in Level]
    if all(blocks):
        block = min(blocks, key=len)[0]
        return Reason(rule=block.rule, message="matching.move.barred", subject_id=site)
    others = newcomers.get(site, [])
    if others:
        first = min(others, key=lambda k: (k.tier, k.id))
        values: dict[str, str | int | float] = {
            "for": first.id,
            "tier": first.tier,
            "own_tier": instance.households[household].tier,
            "people": sum(len(k.member_ids) for k in others),
        }
        return Reason(rule="S04", message="matching.move.made_room", subject_id=site, values=values)
    return Reason(rule="S01", message="matching.move.less_room", subject_id=site)

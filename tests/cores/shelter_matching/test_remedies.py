"""The smallest change (N3): applied and solved again it places the person, and nothing smaller does."""

import pytest
from answer_worlds import crowded_town

from bcp_kit.cores.shelter_matching.changes import Change, ChangeKind, SmallestChange, applied
from bcp_kit.cores.shelter_matching.instance import Goal, Instance, Resource
from bcp_kit.cores.shelter_matching.remedies import smallest_changes
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.solve import solve

TIERS = (Goal.TIER_1, Goal.TIER_2, Goal.TIER_3)


def of_tiers(instance: Instance) -> Instance:
    """The instance with people placed as its only goals."""
    return instance.model_copy(update={"goals": TIERS})


def placed(instance: Instance) -> tuple[dict[Goal, int], set[str]]:
    """The best counts by tier, proven, and who has a place."""
    result = solve(instance)
    assert all(g.value == g.bound for g in result.goals)
    return {g.goal: g.value for g in result.goals}, set(result.places)


def smaller(change: SmallestChange) -> SmallestChange | None:
    """The change with one unit less, or one fact less."""
    if change.kind in (ChangeKind.ROOM, ChangeKind.HANDS, ChangeKind.FARTHER):
        first, *rest = change.changes
        less = (first.model_copy(update={"amount": first.amount - 1}),) if first.amount > 1 else ()
        kept = (*less, *rest)
    else:
        kept = change.changes[1:]
    return change.model_copy(update={"changes": kept}) if kept else None


@pytest.mark.parametrize("seed", range(40))
def test_the_smallest_change_places_the_person_and_nothing_smaller_does(seed: int) -> None:
    """Each change, applied and solved again, places one more of the tier; one unit less does not."""
    instance = of_tiers(crowded_town(seed, homes=14, sites=4))
    before, _ = placed(instance)
    result = solve(instance)
    scene = Scene(instance, result.places)
    left = [h for h, home in enumerate(instance.households) if home.id not in result.places][:4]
    for h in left:
        home = instance.households[h]
        goal = Goal(f"tier_{home.tier}")
        for change in smallest_changes(scene, h):
            after, _ = placed(change.apply(instance))
            assert after[goal] > before[goal], change
            less = smaller(change) if change.proven else None
            if less is not None:
                count, who = placed(less.apply(instance))
                assert not (home.id in who and count[goal] > before[goal]), (change, less)

"""The smallest change (N3): applied and solved again it places the person, and nothing smaller does."""

import numpy as np
import pytest
from answer_worlds import crowded_town
from matching_worlds import NEEDS_WELFARE, WELFARE, home, site, world

from bcp_kit.cores.shelter_matching.changes import Change, ChangeKind, SmallestChange, changes_of
from bcp_kit.cores.shelter_matching.instance import Goal, Instance, Level, Profile
from bcp_kit.cores.shelter_matching.remedies import direct_changes, smallest_changes
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.domain.base import Known

TIERS = (Goal.TIER_1, Goal.TIER_2, Goal.TIER_3)


def of_tiers(instance: Instance) -> Instance:
    """The instance with people placed as its only goals."""
    return instance.model_copy(update={"goals": TIERS})


def placed(instance: Instance) -> tuple[dict[Goal, int], set[str]]:
    """The best counts by tier, proven, and who has a place."""
    result = solve(instance)
    assert all(g.value == g.bound for g in result.goals)  # proven best
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


def check_remedies(instance: Instance, most: int) -> tuple[int, int]:
    """Assert what must hold of every change for the first `most` left over; return (left over, mended)."""
    before, _ = placed(instance)
    scene = Scene(instance, solve(instance).places)
    left = np.flatnonzero(scene.chosen < 0)[:most].tolist()
    mended = 0
    for h in left:
        home = instance.households[h]
        goal = Goal(f"tier_{home.tier}")
        found = smallest_changes(scene, h)
        mended += bool(found)
        for change in found:
            after, who = placed(change.apply(instance))
            assert home.id in who if change.kept_for else after[goal] > before[goal], change
            less = smaller(change) if change.proven else None
            if less is not None:
                count, who = placed(less.apply(instance))
                assert not (home.id in who and count[goal] > before[goal]), (change, less)
        if not found:  # then nothing stands that a change could mend: no kind of place is meant, or no way
            levels = [(j, lv) for j in scene.nearest(h, 99) for lv in scene.levels(h)]
            assert all(direct_changes(scene, h, scene.option(j, lv)) is None for j, lv in levels)
    return len(left), mended


@pytest.mark.parametrize("seed", range(40))
def test_the_smallest_change_places_the_person_and_nothing_smaller_does(seed: int) -> None:
    """N3: each change, applied and solved again, places one more of the tier; one unit less does not."""
    check_remedies(of_tiers(crowded_town(seed, homes=14, sites=4)), most=4)


def one_left(**fields: object) -> Scene:
    """A frail person left over at the one welfare shelter, described by `fields`."""
    profile = Profile(
        usual=NEEDS_WELFARE, required=("bed",), critical=("bed",), accept_any_of=(("elderly",),)
    )
    place = site("w", **{"kind": WELFARE, "features": {"bed": Known.YES}, "accepts": ("elderly",)} | fields)
    instance = world([home("a")], [place], profiles=(profile,), group_kinds=frozenset({WELFARE}), open_by_h=6)
    return Scene(of_tiers(instance), {})


@pytest.mark.parametrize(
    ("fields", "kind", "size"),
    [
        ({"features": {}}, ChangeKind.CONFIRM, 1),
        ({"features": {"bed": Known.NO}}, ChangeKind.EQUIP, 1),
        ({"accepts": ("mental",)}, ChangeKind.AGREE, 1),
        ({"accepts_known": False}, ChangeKind.AGREE, 1),
        ({"direct": Known.NO}, ChangeKind.DIRECT, 1),
        ({"opens_after_h": 8.0}, ChangeKind.OPEN, 120),
        ({"safe": Known.UNKNOWN}, ChangeKind.SAFE, 1),
        ({"people": 0}, ChangeKind.ROOM, 1),
    ],
)
def test_each_kind_of_change_is_found(fields: dict[str, object], kind: ChangeKind, size: int) -> None:
    """N3: whatever single thing stands in the way is named, with its size, and mends it."""
    scene = one_left(**fields)
    (change,) = smallest_changes(scene, 0)
    assert (change.kind, change.size, change.proven) == (kind, size, True)
    assert set(solve(change.apply(scene.instance)).places) == {"a"}
    assert changes_of(change.reason()) == change.changes


def test_a_longer_way_is_asked_in_metres() -> None:
    """N3: 800 m more than the limit is the change, and 799 m is not enough."""
    instance = of_tiers(world([home("a")], [site("far")], [[1800]], max_distance_m=1000.0))
    (change,) = smallest_changes(Scene(instance, {}), 0)
    assert change.kind is ChangeKind.FARTHER and change.size == 800
    less = change.model_copy(update={"changes": (Change(kind=ChangeKind.FARTHER, amount=799),)})
    assert solve(change.apply(instance)).places and not solve(less.apply(instance)).places


def test_more_hands_are_counted_in_people_cared_for() -> None:
    """N3: care for one more person of the class at the facility is the change."""
    careful = Profile(usual=NEEDS_WELFARE, care_classes=("care",))
    homes = [home("a", care={"care": 1}), home("b", care={"care": 1})]
    instance = of_tiers(
        world(homes, [site("f", kind=WELFARE, care_places={"care": 1})], profiles=(careful,), stage=2)
    )
    scene = Scene(instance, solve(instance).places)
    (change,) = smallest_changes(scene, int(np.flatnonzero(scene.chosen < 0)[0]))
    assert change.changes == (Change(kind=ChangeKind.HANDS, destination_id="f", fact="care", amount=1),)
    assert set(solve(change.apply(instance)).places) == {"a", "b"}


def test_room_elsewhere_helps_through_a_neighbour() -> None:
    """N3: one place more where a neighbour can go frees the only place the person can use: one, not two."""
    homes = [home("pair", (1, 1)), home("single", (3,))]
    instance = of_tiers(world(homes, [site("a", 2), site("b", 0)], [[600, -1], [600, 600]]))
    scene = Scene(instance, solve(instance).places)
    (change,) = smallest_changes(scene, 1)
    assert change.size == 1


def test_a_stop_over_is_told_what_a_suited_place_would_take() -> None:
    """N3: who only stops over learns what a suited place would need, without losing anybody's place."""
    homes, sites = [home("a", profile=1)], [site("hall"), site("w", 0, WELFARE)]
    instance = world(homes, sites)
    result = solve(instance)
    assert result.places["a"].level is Level.STOP_OVER
    (change,) = smallest_changes(Scene(instance, result.places), 0)
    assert change.destination_id == "w" and change.size == 1
    assert solve(change.apply(instance)).places["a"].level is Level.SUITED


def test_a_change_is_kept_for_the_person_where_more_urgent_people_would_use_it() -> None:
    """N3: with five of the first tier left over, a place for one of the third is told as one to be kept."""
    homes = [home(f"u{i}", (1,)) for i in range(8)] + [home("late", (3,))]
    instance = of_tiers(world(homes, [site("s", 1)]))
    scene = Scene(instance, solve(instance).places)
    (change,) = smallest_changes(scene, 8)
    assert change.kept_for == "late"
    assert "late" in solve(change.apply(instance)).places


def test_nothing_is_promised_where_nothing_helps() -> None:
    """N3: no place of a kind meant for the person, or no way there: no change is named."""
    for instance in (
        world([home("a", profile=1)], []),
        world([home("a")], [site("s")], [[-1]]),
        world([home("a")], [site("s", safe=Known.NO)]),
    ):
        assert smallest_changes(Scene(instance, {}), 0) == ()

"""What the town should do first, and second and third places: each claim is tried by solving again."""

import pytest
from answer_worlds import crowded_town
from matching_worlds import NEEDS_WELFARE, WELFARE, at, home, site, world

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.board import board
from bcp_kit.cores.shelter_matching.changes import ChangeKind
from bcp_kit.cores.shelter_matching.dispersed import POWER_TIE, alternatives
from bcp_kit.cores.shelter_matching.instance import Goal, Instance, Profile, Resource
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.cores.shelter_matching.town import TownChange, town_changes
from bcp_kit.domain.base import Known

PEOPLE_GOALS = tuple(g for g in Goal if g.value[-1].isdigit())


def advice(instance: Instance, most: int = 6) -> tuple[TownChange, ...]:
    """The changes for the town, over the best plan."""
    places = solve(instance).places
    return town_changes(Scene(instance, places), board(instance, places), most)


@pytest.mark.parametrize("seed", range(10))
def test_each_change_brings_what_is_said(seed: int) -> None:
    """N3: solved again with the change, exactly the people named gain a place or a suited one, by tier."""
    instance = crowded_town(seed, homes=14, sites=4).model_copy(update={"goals": PEOPLE_GOALS})
    before = {g.goal: g.value for g in solve(instance).goals}
    found = advice(instance)
    assert found == tuple(sorted(found, key=lambda f: (f.rank, f.change.code)))
    for one in found:
        result = solve(one.change.apply(instance))
        after = {g.goal: g.value for g in result.goals}
        assert one.proven
        for tier in (1, 2, 3):
            assert one.placed[tier] == after[Goal(f"tier_{tier}")] - before[Goal(f"tier_{tier}")]
            assert one.suited[tier] == after[Goal(f"suited_{tier}")] - before[Goal(f"suited_{tier}")]


def test_the_change_for_more_urgent_people_comes_first() -> None:
    """N3: a socket for one of the first tier comes before room for three of the third."""
    plug = {Resource.OUTLETS: 1}
    homes = [home("urgent", (1,), demand=plug, demand_stop_over=plug), home("calm", (3, 3, 3))]
    sites = [site("dry", 9, capacity={Resource.OUTLETS: 0}), site("full", 0)]
    instance = world(homes, sites, [[60, -1], [-1, 60]])
    first, second = advice(instance)
    assert (first.change.resource, first.people, first.weight) == (Resource.OUTLETS, 1, 9)
    assert (second.change.resource, second.change.amount, second.people) == (Resource.PEOPLE, 3, 3)


def test_one_confirmed_fact_counts_for_all_who_depend_on_it() -> None:
    """N3: one confirmed feature places all three who need it."""
    needs = Profile(usual=NEEDS_WELFARE, required=("bed",), critical=("bed",))
    instance = world([home(k, (2,)) for k in "abc"], [site("w", 3, WELFARE)], profiles=(needs,))
    (one,) = advice(instance)
    assert (one.change.kind, one.placed) == (ChangeKind.CONFIRM, {1: 0, 2: 3, 3: 0})


@pytest.mark.parametrize("seed", range(8))
def test_further_places_fall_with_none_before(seed: int) -> None:
    """F61: second and third places are possible, are others, and share no tie unless that is said."""
    instance = crowded_town(seed, homes=14, sites=6, ratio=1.2)
    places = solve(instance).places
    ties = {f"s{j}": frozenset({f"site:{j // 2}", *([POWER_TIE] if j % 2 else [])}) for j in range(6)}
    found = alternatives(board(instance, places), ties)
    assert set(found) == set(places)
    for key, choices in found.items():
        household = next(h for h in instance.households if h.id == key)
        powered = bool(household.demand_stop_over.get(Resource.OUTLETS))
        before = [places[key].destination_id]
        for choice in choices:
            assert choice.destination_id not in before
            alone = [
                p
                for p in (
                    places[key].model_copy(update={"destination_id": choice.destination_id, "level": lv})
                    for lv in (1, 2)
                )
                if not check.violations(instance, {key: p})
            ]
            assert alone
            own = ties[choice.destination_id] - (frozenset() if powered else {POWER_TIE})
            shared = own & frozenset().union(*(ties[b] for b in before))
            assert set(choice.shares) == shared
            before.append(choice.destination_id)


def test_a_place_with_a_tie_is_better_than_none_and_says_so() -> None:
    """F61: where only a place in the same zone is left, it is the second, with what it shares."""
    instance = world([home("a")], [site("near"), site("wet"), site("dry", safe=Known.NO)], [[1, 2, 3]])
    ties = {"near": frozenset({"zone:river_flood"}), "wet": frozenset({"zone:river_flood"})}
    found = alternatives(board(instance, at(a="near")), ties)
    assert [(c.destination_id, c.shares) for c in found["a"]] == [("wet", ("zone:river_flood",))]


def test_room_is_counted_for_those_who_lose_the_same_place() -> None:
    """F61: two who lose one place do not both get the last bed elsewhere; the more urgent gets it."""
    homes = [home("urgent", (1,)), home("calm", (3,))]
    instance = world(homes, [site("a", 2), site("b", 1)], [[1, 9], [1, 9]])
    found = alternatives(board(instance, at(urgent="a", calm="a")), {})
    assert [c.destination_id for c in found["urgent"]] == ["b"] and found["calm"] == ()

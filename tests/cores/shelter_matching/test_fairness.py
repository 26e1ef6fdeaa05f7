"""Fairness (F53): the worst-off group, the longest ways, and what first-come order would have given."""

import pytest
from answer_worlds import crowded_town
from matching_worlds import at, home, site, world

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.fairness import fairness, first_come
from bcp_kit.cores.shelter_matching.instance import Instance
from bcp_kit.cores.shelter_matching.solve import solve


def test_first_come_follows_the_register() -> None:
    """F53: first come, first served gives the only place to whom stands first, whatever the tier."""
    instance = world([home("late", (1,)), home("early", (3,))], [site("s", 1)])
    assert set(first_come(instance, ["early", "late"])) == {"early"}
    assert set(first_come(instance)) == {"late"}
    assert set(solve(instance).places) == {"late"}


def test_lines_count_people_of_their_groups() -> None:
    """F53: people, placed, suited, mean and longest way of each group; the worst-off group comes first."""
    homes = [home("a", (1, 2)), home("b", (3,)), home("c", (3,)), home("d", (2,))]
    instance = world(homes, [site("s", 9), site("t", 9)], [[600, 1], [900, 1], [300, 1], [300, 1]])
    groups = {
        "need": {"a": ("wheelchair", "elderly"), "b": ("elderly",), "c": ("infant",)},
        "district": {k: ("east" if k in "ab" else "west",) for k in "abcd"},
    }
    found = fairness(instance, at(a="s", b="s", d="s"), groups, ["c", "d", "b", "a"])
    assert found.dimensions == ("need", "district")
    infant, *rest = found.of("need")
    assert (infant.group, infant.people, infant.placed, infant.share) == ("infant", 1, 0, 0.0)
    elderly = next(line for line in rest if line.group == "elderly")
    assert (elderly.people, elderly.placed, elderly.suited) == (3, 3, 3)
    assert (elderly.mean_s, elderly.longest_s) == (700, 900)  # two of 600 s, one of 900 s
    worst = found.worst_off("district")
    assert worst is not None and worst.group == "west" and worst.unplaced == 1
    assert found.worst_off("need", least_people=2) is not infant
    assert [(w.household_id, w.travel_s) for w in found.ways] == [("b", 900), ("a", 600), ("d", 300)]
    assert (found.people, found.placed) == ({1: 1, 2: 2, 3: 2}, {1: 1, 2: 2, 3: 1})
    assert found.first_come == {1: 1, 2: 2, 3: 2}


@pytest.mark.parametrize("seed", range(8))
def test_the_answer_places_more_urgent_people_than_first_come(seed: int) -> None:
    """F53: no more of the first tier have a place in first-come order, which breaks no rule either."""
    instance = crowded_town(seed, homes=20, sites=5)
    places = solve(instance).places
    found = fairness(instance, places, {"all": {h.id: ("all",) for h in instance.households}})
    assert not check.violations(instance, first_come(instance))
    assert found.first_come[1] <= found.placed[1]
    (line,) = found.lines
    assert line.placed == sum(found.placed.values()) and line.first_come == sum(found.first_come.values())


@pytest.mark.parametrize("instance", [world([], [site("s")]), world([home("a")], []), world([], [])])
def test_nobody_and_nowhere_are_figures_too(instance: Instance) -> None:
    """Bad input: no people or no places give zeros, not a failure."""
    found = fairness(instance, {}, {"need": {"a": ("x",)}})
    assert not found.ways and sum(found.placed.values()) == 0
    assert [line.placed for line in found.lines] == [0] * len(instance.households)

"""The engine agrees with trying everything, keeps every rule, proves its bound, repeats, can be stopped."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from roster_makers import EARLY, LATE, every_roster, instance, person, random_instance

from bcp_kit.cores.rostering import check
from bcp_kit.cores.rostering.contracts import contracts
from bcp_kit.cores.rostering.instance import Cover, Request, RosterInstance
from bcp_kit.cores.rostering.pricing import Pricer
from bcp_kit.cores.rostering.solve import Limits, solve
from bcp_kit.cores.rostering.tables import tables
from bcp_kit.domain.placements import SolveStatus

QUICK = Limits(seconds=20, rounds=4)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_the_best_roster_of_a_person_is_that_of_trying_all(seed: int) -> None:
    """For random rules and worths the dynamic program finds the least cost, and a roster that has it."""
    asked = random_instance(seed)
    numbers = tables(asked)
    pricer = Pricer(numbers, contracts(asked))
    worth = pricer.rounded(np.random.default_rng(seed).uniform(-6, 20, len(asked.covers)))
    priced = pricer.price(worth, np.arange(2), 3)
    for at, who in enumerate(asked.people):
        rosters = list(every_roster(asked, who))
        found = priced.rosters[priced.people == at]
        assert all(numbers.plan(np.array([r, r]))[who.id] in rosters for r in found)
        if not rosters:
            assert priced.best[at] == np.inf
            continue
        rows = np.array([numbers.rosters({"A": r, "B": r})[0] for r in rosters])
        costs = numbers.own_cost(at, rows) - numbers.covered(at, rows) @ worth
        assert priced.best[at] + numbers.basic[at] == costs.min()
        best = numbers.own_cost(at, found[:1]) - numbers.covered(at, found[:1]) @ worth
        assert best[0] == costs.min()


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_is_as_good_as_the_best_of_all_plans(seed: int) -> None:
    """Two people, all pairs of rosters tried: the same penalty, and the bound is not above it."""
    asked = random_instance(seed, days=5)
    ways = [list(every_roster(asked, who)) for who in asked.people]
    result = solve(asked, QUICK)
    if not all(ways):
        assert result.status is SolveStatus.INFEASIBLE
        assert result.impossible == tuple(p.id for p, w in zip(asked.people, ways, strict=True) if not w)
        return
    best = min(check.penalty(asked, {"A": a, "B": b}) for a, b in product(*ways))
    assert check.violations(asked, result.plan) == ()
    assert result.penalty == check.penalty(asked, result.plan) == best
    assert result.bound <= best
    assert (result.status is SolveStatus.OPTIMAL) == (result.bound == best)


@pytest.mark.parametrize("seed", range(6))
def test_limits_of_shifts_that_are_priced_are_kept_too(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many states to count limits: every roster keeps them, the bound still holds."""
    monkeypatch.setattr("bcp_kit.cores.rostering.contracts.MOST_CELLS", 0)
    people = [
        person(name, max_minutes=2400, max_consecutive=4, max_weekends=1, most_shifts={"E": 1, "L": 1})
        for name in "AB"
    ]
    asked = instance(*people, days=5, shifts=(EARLY, LATE), covers=_covers(seed))
    assert any(contract.loose for contract in contracts(asked))
    ways = list(every_roster(asked, people[0]))
    best = min(check.penalty(asked, {"A": a, "B": b}) for a, b in product(ways, ways))
    result = solve(asked, QUICK)
    assert check.violations(asked, result.plan) == ()
    assert result.bound <= best <= result.penalty


def _covers(seed: int) -> tuple[Cover, ...]:
    return tuple(
        Cover(day=day, shift=key, heads=(seed + day) % 3, under=20, over=3)
        for day in range(5)
        for key in "EL"
    )


def _ward() -> RosterInstance:
    people = [
        person(
            name,
            min_minutes=3360,
            max_minutes=4320,
            max_consecutive=5,
            min_consecutive=2,
            min_days_off=2,
            max_weekends=1,
            most_shifts={"N": 3},
        )
        for name in "ABCDEFGH"
    ]
    wishes = [
        Request(person=p.id, day=(3 * n + k) % 14, shift="E", weight=2)
        for n, p in enumerate(people)
        for k in range(3)
    ]
    covers = [
        Cover(day=day, shift=key, heads=heads, under=100, over=1)
        for day in range(14)
        for key, heads in (("E", 2), ("L", 1), ("N", 1))
    ]
    return instance(*people, days=14, requests=tuple(wishes), covers=tuple(covers))


def test_a_ward_keeps_all_rules_and_repeats() -> None:
    """Eight people for two weeks: nothing broken, the bound holds, the same seed gives the same plan."""
    first, second = (solve(_ward(), Limits(seconds=60, rounds=1, seed=3)) for _ in range(2))
    assert check.violations(_ward(), first.plan) == ()
    assert first.bound <= first.penalty == check.penalty(_ward(), first.plan)
    assert first.gap <= 0.2
    assert first.repeatable and first.plan == second.plan


def test_the_watcher_can_stop_it() -> None:
    """A stop gives the best plan so far, which keeps all rules."""
    asked: list[float] = []

    def watch(done: float, stage: str) -> bool:
        asked.append(done)
        return len(asked) < 3 and stage.startswith("cover.roster.")

    result = solve(_ward(), Limits(seconds=60), watch)
    assert result.status in {SolveStatus.STOPPED, SolveStatus.OPTIMAL}
    assert not result.repeatable
    assert check.violations(_ward(), result.plan) == ()


def test_somebody_whose_rules_clash_is_named_and_the_others_are_planned() -> None:
    """More minutes wanted than the days off leave: that person stays off, the others keep their rules."""
    clash = person("B", min_minutes=2400, days_off=frozenset(range(5)))
    asked = instance(
        person("A"),
        clash,
        covers=(Cover(day=0, shift="E", heads=1, under=10, over=1, people=frozenset("A")),),
    )
    result = solve(asked, QUICK)
    assert (result.status, result.impossible) == (SolveStatus.INFEASIBLE, ("B",))
    assert result.plan["B"] == ("",) * 7
    assert {v.person for v in check.violations(asked, result.plan)} == {"B"}
    assert result.penalty == 0


def test_nobody_and_nothing_wanted_are_plans_too() -> None:
    """No people: everything is uncovered and proven; no covers: every wish is met."""
    empty = instance(covers=(Cover(day=0, shift="E", heads=2, under=10, over=1),))
    assert (solve(empty, QUICK).penalty, solve(empty, QUICK).plan) == (20, {})
    wish = (Request(person="A", day=0, shift="N", weight=4),)
    assert solve(instance(person(), requests=wish), QUICK).penalty == 0

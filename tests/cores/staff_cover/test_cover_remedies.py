"""The smallest remedy of random shortages, applied and solved again, fills the post; who breaks what."""

import os

import pytest
from cover_makers import CARE, NURSE, ask, instance, random_tiny, worker

from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.explain import Roster
from bcp_kit.cores.staff_cover.instance import CoverInstance, Demand, Goal, PostGroup
from bcp_kit.cores.staff_cover.remedies import RemedyKind, applied, breaks_without, smallest
from bcp_kit.cores.staff_cover.solve import Asked, WorkBudget, solve

ALL = int(os.environ.get("BCP_KIT_SHORTAGES", "25"))  # 200 for the whole measurement
SMALL = WorkBudget(deterministic_s=3)


def _shortages(count: int) -> list[tuple[int, CoverInstance, Roster, Demand]]:
    found = []
    for seed in range(10 * count):
        asked = random_tiny(seed)
        roster = Roster.of(asked, solve(asked, SMALL).assignments)
        gaps = sorted(check.missing(asked, roster.assignments))
        if gaps:
            found.append((seed, asked, roster, asked.demand_of[gaps[seed % len(gaps)]]))
        if len(found) == count:
            break
    return found


def test_the_named_remedy_fills_the_post_of_every_random_shortage() -> None:
    """Each shortage has a remedy; applied and decided anew with all goals, the post is full."""
    tried = _shortages(ALL)
    assert len(tried) == ALL
    for seed, _asked, roster, demand in tried:
        found = smallest(roster, demand, ())
        assert found, seed
        again = solve(applied(roster, demand, found[0]), SMALL, asked=Asked(upto=Goal.OTHER))
        filled = check.filled_posts(again.assignments)
        key = (demand.site, demand.day, demand.shift, demand.group)
        assert not any(demand.missing(filled[key]).values()), (seed, found[0])


def test_one_nurse_at_night_is_the_remedy_for_one_missing_nurse() -> None:
    """Nobody is a nurse: one nurse for that night and nothing larger; nobody becomes a nurse in two days."""
    asked = instance([worker("a"), worker("b")], [ask(2, "night", "nurse")])
    roster = Roster.of(asked, solve(asked, SMALL).assignments)
    found = smallest(roster, asked.demands[0], (), most=5)
    assert [r.kind for r in found] == [RemedyKind.LEND]
    assert found[0].people == 1 and found[0].qualification is NURSE and found[0].day == 2


def test_a_course_makes_somebody_there_fit() -> None:
    """A nurse is there for a care post nobody may stand in for: the nurse could learn it."""
    strict = PostGroup(key="care", qualified=frozenset({CARE}))
    people = [worker("n", qualifications=frozenset({NURSE}))]
    asked = instance(people, [ask(0, "day")], groups=(strict,))
    found = smallest(Roster.of(asked, ()), asked.demands[0], (), most=5)
    assert [(r.kind, r.worker_id) for r in found] == [(RemedyKind.LEND, ""), (RemedyKind.QUALIFY, "n")]


def test_a_waiver_is_tried_before_it_is_told() -> None:
    """Of two people whom one rule keeps away, the waiver of each fills the night."""
    people = [worker("a", night_ok=False), worker("b", free_from_min=1200)]
    asked = instance(people, [ask(0, "night")])
    roster = Roster.of(asked, solve(asked, SMALL).assignments)
    found = smallest(roster, asked.demands[0], (), most=5)
    assert {(r.worker_id, r.rule) for r in found if r.kind is RemedyKind.WAIVE} == {
        ("a", "night_ok"),
        ("b", "rest"),
    }


def test_a_full_post_needs_no_remedy() -> None:
    """Nothing is proposed where nobody is missing."""
    asked = instance([worker("a")], [ask(0, "day")])
    roster = Roster.of(asked, solve(asked, SMALL).assignments)
    assert smallest(roster, asked.demands[0], ()) == ()


@pytest.mark.parametrize(("others", "breaks"), [(0, 2), (1, 0)])
def test_what_breaks_when_one_more_person_is_missing(others: int, breaks: int) -> None:
    """The only nurse holds two days; with a second one nothing breaks."""
    nurses = [worker(f"n{k}", qualifications=frozenset({NURSE, CARE})) for k in range(1 + others)]
    asked = instance([*nurses, worker("c")], [ask(0, "day", "nurse"), ask(1, "day", "nurse")])
    roster = solve(asked, SMALL).assignments
    assert breaks_without(asked, roster, "n0") == breaks
    assert breaks_without(asked, roster, "c") == 0

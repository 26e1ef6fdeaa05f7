"""The checker names each broken rule, and says nothing of a roster that keeps them all."""

from typing import Any

import pytest
from cover_makers import CARE, DAY_SHIFT, GROUPS, LATE, NIGHT, NURSE, ask, helper, instance, put, worker

from bcp_kit.cores.staff_cover import check, rules
from bcp_kit.cores.staff_cover.instance import (
    Assignment,
    CoverInstance,
    Demand,
    Goal,
    Lock,
    LockKind,
    PostGroup,
    Shift,
    Site,
    Waiver,
    WorkLimits,
)
from bcp_kit.domain.staff import HelpRoute
from bcp_kit.forms.messages import messages

POSTS = [ask(d, s, g) for d in range(3) for s in ("day", "late", "night") for g in ("care", "nurse")]
DESK = PostGroup(key="desk", qualified=frozenset({CARE}), languages=frozenset({"ja"}))
TUBE = PostGroup(key="tube", qualified=frozenset({NURSE}), procedures=frozenset({"喀痰吸引"}))
Planted = tuple[str, CoverInstance, list[Assignment]]


def _case(rule: str, people: list[Any], roster: list[Assignment], **changes: Any) -> Planted:
    return rule, instance(people, changes.pop("demands", POSTS), **changes), roster


PLANTED: list[Planted] = [
    _case(
        rules.ONE_SHIFT,
        [worker("a")],
        [put("a", 0, "day"), put("a", 0, "night")],
        limits=WorkLimits(rest_min=0),
    ),
    _case(rules.QUALIFIED, [worker("a")], [put("a", 0, "day", "nurse")]),
    _case(rules.PRESENT, [worker("a", shifts=("late",))], [put("a", 0, "day")]),
    _case(rules.NIGHT_OK, [worker("a", night_ok=False)], [put("a", 0, "night")]),
    _case(rules.REST, [worker("a")], [put("a", 0, "night"), put("a", 1, "day")]),
    _case(rules.REST, [worker("a", free_from_min=420)], [put("a", 0, "day")]),
    _case(
        rules.CONSECUTIVE_DAYS,
        [worker("a")],
        [put("a", d, "day") for d in range(3)],
        limits=WorkLimits(consecutive_days=2),
    ),
    _case(rules.CONSECUTIVE_DAYS, [worker("a", days_before=6)], [put("a", 0, "day")]),
    _case(rules.CONSECUTIVE_NIGHTS, [worker("a")], [put("a", d, "night") for d in range(3)]),
    _case(rules.CONSECUTIVE_NIGHTS, [worker("a", nights_before=2)], [put("a", 0, "night")]),
    _case(
        rules.WEEK_HOURS,
        [worker("a", week_min=480)],
        [put("a", 0, "day"), put("a", 1, "day")],
        limits=WorkLimits(overtime_week_min=0),
    ),
    _case(
        rules.MONTH_HOURS,
        [worker("a", week_min=480, overtime_before_min=600)],
        [put("a", 0, "day"), put("a", 1, "day")],
        limits=WorkLimits(overtime_month_min=960),
    ),
    _case(
        rules.LOCKED,
        [worker("a")],
        [put("a", 1, "day")],
        locks=(Lock(worker_id="a", day=0, kind=LockKind.WORKS, shift="day"),),
    ),
    _case(
        rules.LOCKED,
        [worker("a")],
        [put("a", 0, "day")],
        locks=(Lock(worker_id="a", day=0, kind=LockKind.OFF),),
    ),
    _case(
        rules.LOCKED,
        [worker("a")],
        [put("a", 0, "day")],
        locks=(Lock(worker_id="a", day=0, kind=LockKind.NOT_THIS, shift="day"),),
    ),
    _case(
        rules.QUALIFIED,
        [worker("a", languages=frozenset({"pt"}))],
        [put("a", 0, "day", "desk")],
        groups=(*GROUPS, DESK),
        demands=[*POSTS, ask(0, "day", "desk")],
    ),
    _case(
        rules.QUALIFIED,
        [worker("a", procedures=frozenset({"経管栄養"}))],
        [put("a", 0, "day", "tube")],
        groups=(*GROUPS, TUBE),
        demands=[*POSTS, ask(0, "day", "tube")],
    ),
    _case(rules.NEWCOMER_PAIR, [worker("a", newcomer=True)], [put("a", 0, "night")]),
    _case(
        rules.TRAVEL,
        [worker("a")],
        [put("a", 0, "day", site="B")],
        sites=(Site(id="A"), Site(id="B")),
        demands=[*POSTS, ask(0, "day", site="B")],
        travel_from_day=1,
    ),
    _case(
        rules.TRAVEL,
        [helper("h")],
        [put("h", 2, "day", site="B")],
        sites=(Site(id="A"), Site(id="B")),
        demands=[*POSTS, ask(2, "day", site="B")],
        travel_from_day=1,
    ),
    _case(
        rules.LODGING,
        [helper("h"), helper("i")],
        [put("h", 0, "day"), put("i", 1, "day")],
        sites=(Site(id="A", lodging_places=1),),
    ),
    _case(rules.ASKED_POSTS, [worker("a"), worker("b")], [put("a", 0, "day"), put("b", 0, "day")]),
    _case(rules.ASKED_POSTS, [worker("a")], [put("a", 0, "day")], demands=[]),
    _case(rules.ASKED_POSTS, [worker("a")], [put("nobody", 0, "day")]),
    _case(rules.ASKED_POSTS, [worker("a")], [put("a", 0, "no_such_shift")]),
]


@pytest.mark.parametrize(("rule", "asked", "roster"), PLANTED, ids=lambda x: x if isinstance(x, str) else "")
def test_each_planted_violation_is_found_and_no_other(
    rule: str, asked: CoverInstance, roster: list[Assignment]
) -> None:
    """A roster with one planted fault breaks exactly that rule."""
    assert {v.rule for v in check.violations(asked, roster)} == {rule}


def test_every_hard_rule_has_a_planted_violation() -> None:
    """No hard rule is without a test that breaks it."""
    assert {rule for rule, _, _ in PLANTED} == {r.key for r in rules.HARD_RULES}


KEPT = [
    ([worker("a")], [put("a", 0, "day"), put("a", 1, "late"), put("a", 2, "night")]),
    ([worker("a")], [put("a", 0, "night"), put("a", 1, "night")]),
    (
        [worker("a"), worker("b", newcomer=True)],
        [put("a", 0, "night"), put("b", 0, "night", "nurse")],
    ),
    ([worker("a", free_from_min=240)], [put("a", 0, "late")]),
    ([worker("a", qualifications=frozenset({NURSE}))], [put("a", 0, "day", "care")]),
]


def test_locks_month_languages_and_procedures_at_the_edge_are_kept() -> None:
    """A kept lock, the last minute of the month, a spoken language and an allowed procedure break nothing."""
    person = worker(
        "a",
        week_min=480,
        overtime_before_min=480,
        languages=frozenset({"ja", "pt"}),
        procedures=frozenset({"喀痰吸引"}),
    )
    asked = instance(
        [person],
        [ask(0, "day", "desk"), ask(1, "day", "tube")],
        groups=(*GROUPS, DESK, TUBE),
        limits=WorkLimits(overtime_month_min=960),
        locks=(
            Lock(worker_id="a", day=0, kind=LockKind.WORKS, shift="day"),
            Lock(worker_id="a", day=1, kind=LockKind.NOT_THIS, shift="late"),
            Lock(worker_id="a", day=2, kind=LockKind.OFF),
        ),
    )
    assert check.violations(asked, [put("a", 0, "day", "desk"), put("a", 1, "day", "tube")]) == ()


@pytest.mark.parametrize(("people", "roster"), KEPT)
def test_a_roster_at_the_edge_of_the_rules_is_sound(people: list[Any], roster: list[Assignment]) -> None:
    """What just keeps rest, nights, pairs and stand-ins is not called a fault."""
    people = [p.model_copy(update={"qualifications": frozenset({CARE, NURSE})}) for p in people]
    assert check.violations(instance(people, POSTS), roster) == ()


def test_a_night_ends_on_the_next_day() -> None:
    """After a night that ends at 7:00, nine hours of rest allow 16:00 and forbid 13:00."""
    four = Shift(key="four", start_min=960, end_min=1320)
    asked = instance(
        [worker("a", shifts=("night", "late", "four"))],
        [*POSTS, ask(1, "four")],
        shifts=(DAY_SHIFT, LATE, NIGHT, four),
    )
    assert check.violations(asked, [put("a", 0, "night"), put("a", 1, "four")]) == ()
    assert check.violations(asked, [put("a", 0, "night"), put("a", 1, "late")])[0].rule == rules.REST


def test_a_waiver_lifts_one_rule_for_one_person() -> None:
    """A waived rule binds everybody else as before, and no other rule of that person."""
    people = [worker("a", night_ok=False), worker("b", night_ok=False)]
    waiver = (Waiver(rule=rules.NIGHT_OK, worker_id="a"),)
    asked = instance(people, POSTS, waivers=waiver)
    found = check.violations(asked, [put("a", 0, "night"), put("b", 1, "night")])
    assert [(v.rule, v.worker_id) for v in found] == [(rules.NIGHT_OK, "b")]


def test_unknown_lodging_limits_nothing() -> None:
    """Where nobody counted the beds, helpers are not refused for want of one."""
    asked = instance([helper("h"), helper("i")], POSTS, sites=(Site(id="A"),))
    assert check.violations(asked, [put("h", 0, "day"), put("i", 1, "day")]) == ()


def test_heads_are_covered_in_the_order_of_the_tiers() -> None:
    """Of three asked heads of which one is there, the life-keeping one is covered."""
    demand = Demand(site="A", day=0, shift="day", group="care", life=1, standard=1, other=1)
    gaps = check.missing(instance([worker("a")], [demand]), [put("a", 0, "day")])
    assert list(gaps.values()) == [{"life": 0, "standard": 1, "other": 1}]


def test_the_score_counts_each_goal_by_hand() -> None:
    """One instance whose eight goals were counted by hand."""
    people = [
        worker("a", week_min=480, in_force={0: "day", 1: "night"}, wishes_off=frozenset({1, 2})),
        worker("b", home="B"),
        helper("h", route=HelpRoute.PREFECTURE),
    ]
    demands = [
        ask(0, "day"),
        ask(1, "day", life=0, standard=1),
        ask(1, "night", life=0, other=2),
        ask(2, "day"),
    ]
    asked = instance(people, demands, sites=(Site(id="A"), Site(id="B")), travel_from_day=0)
    roster = [put("a", 0, "day"), put("a", 1, "day"), put("b", 1, "night"), put("h", 2, "day")]
    assert check.violations(asked, roster) == ()
    assert check.score(asked, roster) == {
        Goal.LIFE: 0,
        Goal.STANDARD: 0,
        Goal.OTHER: 1,  # one of two heads at night
        Goal.OUTSIDE_HELP: 1 + 4,  # b away from home; a helper through the prefecture
        Goal.OVERLOAD: 480,  # a works 960 minutes on a contract of 480
        Goal.FAIR_SHARES: 960,  # a's two days; b's one night counts double
        Goal.WISHES: 1,  # a wished to be off on day 1
        Goal.CHANGE: 1,  # a should have had the night of day 1; off on day 2 as planned
    }


def test_every_rule_and_goal_has_its_sentence() -> None:
    """Each rule stands as a sentence in both languages."""
    for rule in (*rules.HARD_RULES, *rules.GOALS):
        assert rule.message in messages("ja") and rule.message in messages("en"), rule.message
    assert [r.key for r in rules.GOALS] == [g.value for g in Goal]

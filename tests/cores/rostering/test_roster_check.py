"""The solver-free check: each rule has a tiny roster that breaks it and one that keeps it."""

import pytest
from roster_makers import instance, person

from bcp_kit.cores.rostering import check
from bcp_kit.cores.rostering.check import Rule
from bcp_kit.cores.rostering.instance import Cover, Person, Request, RosterInstance


def _roster(marks: str) -> tuple[str, ...]:
    return tuple("" if mark == "." else mark for mark in marks)


@pytest.mark.parametrize(
    ("who", "breaks", "day", "keeps"),
    [
        ({}, ("length", "E....."), None, "E......"),
        ({}, ("unknown_shift", "X......"), 0, "E......"),
        ({"days_off": {2}}, ("day_off", "..E...."), 2, ".E.E..."),
        ({"fixed": {1: "L"}}, ("fixed", "EE....."), 1, "EL....."),
        ({"fixed": {1: ""}}, ("fixed", "EE....."), 1, "E.E...."),
        ({"most_shifts": {"E": 2}}, ("most_shifts", "E.E.E.."), None, "E.E.L.."),
        ({"min_minutes": 960}, ("min_minutes", "E......"), None, "E.L...."),
        ({"max_minutes": 1080}, ("max_minutes", "E.E.E.."), None, "E...N.."),
        ({}, ("sequence", ".LE...."), 2, ".EL...."),
        ({}, ("sequence", "NL....."), 1, "N.L...."),
        ({"before": ("N",)}, ("sequence", "E......"), 0, "N......"),
        ({"max_consecutive": 2}, ("max_consecutive", "EEE...."), 0, "EE.EE.."),
        ({"max_consecutive": 2, "before": ("E", "E")}, ("max_consecutive", "E......"), 0, ".E....."),
        ({"min_consecutive": 2}, ("min_consecutive", "..E...."), 2, "E..EE.E"),
        ({"min_consecutive": 2, "before": ("", "")}, ("min_consecutive", "E......"), 0, "EE....."),
        ({"min_consecutive": 3, "before": ("", "E")}, ("min_consecutive", "E......"), 0, "EE....."),
        ({"min_consecutive": 3, "before": ("E",)}, ("min_consecutive", "..E...."), 2, "E......"),
        ({"min_days_off": 2}, ("min_days_off", "E.E...."), 1, ".E..E.."),
        ({"min_days_off": 2, "before": ("E", "")}, ("min_days_off", "E......"), 0, ".E....."),
        ({"max_weekends": 0}, ("max_weekends", "......E"), None, "EEEEE.."),
    ],
)
def test_each_rule_is_broken_by_one_roster_and_kept_by_another(
    who: dict[str, object], breaks: tuple[str, str], day: int | None, keeps: str
) -> None:
    """The rule is the only one that shows, with its day; the other roster breaks nothing."""
    asked = instance(person(**who))
    rule, marks = breaks
    found = check.violations(asked, {"A": _roster(marks)})
    assert [(v.person, v.rule, v.day) for v in found] == [("A", Rule(rule), day)]
    assert check.violations(asked, {"A": _roster(keeps)}) == ()


def test_somebody_without_a_roster_is_found() -> None:
    """A plan that forgets somebody breaks a rule."""
    assert [v.rule for v in check.violations(instance(person()), {})] == [Rule.LENGTH]


def test_weekends_follow_the_weekday_of_day_0() -> None:
    """With day 0 on a Sunday the days 0, and 6 and 7, are two weekends."""
    asked = instance(person(max_weekends=1), days=9, first_weekday=6)
    assert asked.weekends == ((0,), (6, 7))
    assert check.violations(asked, {"A": _roster("......EE.")}) == ()
    assert check.violations(asked, {"A": _roster("E.....E..")})[0].rule is Rule.MAX_WEEKENDS


def test_the_penalty_counts_requests_and_heads() -> None:
    """Unmet wishes, heads too few and too many each cost their weight; only those named are counted."""
    asked = instance(
        person("A"),
        person("B"),
        requests=(
            Request(person="A", day=0, shift="E", weight=5),
            Request(person="A", day=1, shift="E", weight=3, wanted=False),
        ),
        covers=(
            Cover(day=0, shift="E", heads=2, under=100, over=1),
            Cover(day=1, shift="E", heads=1, under=100, over=7),
            Cover(day=1, shift="E", heads=2, under=20, over=7, people=frozenset("A")),
        ),
    )
    plan = {"A": _roster("EE....."), "B": _roster("EE.....")}
    assert check.penalty(asked, plan) == 3 + 7 + 20
    assert check.penalty(asked, plan | {"A": _roster(".......")}) == 5 + 100 + 40


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"people": (person("A"), person("A"))}, "same name"),
        ({"requests": (Request(person="X", day=0, shift="E", weight=1),)}, "person: X"),
        ({"covers": (Cover(day=0, shift="X", heads=1, under=1, over=1),)}, "shift: X"),
        ({"covers": (Cover(day=9, shift="E", heads=1, under=1, over=1),)}, "day 9"),
        ({"people": (person("A", before=("X",)),)}, "shift: X"),
    ],
)
def test_what_does_not_fit_together_is_named(change: dict[str, object], named: str) -> None:
    """Names and days that nothing stands for are refused."""
    with pytest.raises(ValueError, match=named):
        instance(**({"people": (person("A"),)} | change))  # type: ignore[arg-type]


def test_people_and_instances_do_not_change() -> None:
    """Both are values."""
    assert isinstance(person(), Person) and isinstance(instance(person()), RosterInstance)
    with pytest.raises(ValueError, match="frozen"):
        person().max_weekends = 1  # type: ignore[misc]

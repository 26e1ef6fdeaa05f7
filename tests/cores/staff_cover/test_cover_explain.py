"""Reasons and remedies: what stands in the way is named, and what is named helps when it is tried."""

from random import Random
from typing import Any

import pytest
from cover_makers import NURSE, ask, helper, instance, put, random_tiny, worker

from bcp_kit.cores.staff_cover import check, explain, rules
from bcp_kit.cores.staff_cover.instance import CoverInstance, Demand, Goal, Site, Tier, Waiver
from bcp_kit.cores.staff_cover.solve import WorkBudget, solve
from bcp_kit.domain.cover import UncoveredPost
from bcp_kit.domain.placements import Reason
from bcp_kit.domain.staff import HelpOffer, HelpRoute, Qualification
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, messages, text

SMALL = WorkBudget(deterministic_s=3)


def offer(qualification: Qualification, route: HelpRoute = HelpRoute.PARTNER, **fields: Any) -> HelpOffer:
    """An invented offer of one person from day 3."""
    usual: dict[str, Any] = {"facility_id": "A", "name": "見本", "people": 1, "from_day": 3}
    return HelpOffer(
        id=f"{route.value}-{qualification.value}",
        route=route,
        qualification=qualification,
        **(usual | fields),
    )


def posts_of(asked: CoverInstance, *offers: HelpOffer) -> tuple[UncoveredPost, ...]:
    """The uncovered posts of the solved question."""
    return explain.uncovered(explain.Roster.of(asked, solve(asked, SMALL).assignments), offers)


BLOCKED: list[tuple[str, list[Any], dict[str, Any]]] = [
    (rules.QUALIFIED, [], {}),
    (rules.PRESENT, [worker("a", shifts=("day",))], {}),
    (rules.NIGHT_OK, [worker("a", night_ok=False)], {}),
    (rules.REST, [worker("a", free_from_min=1200)], {}),
    (rules.CONSECUTIVE_DAYS, [worker("a", days_before=6)], {}),
    (rules.CONSECUTIVE_NIGHTS, [worker("a", nights_before=2)], {}),
    (rules.WEEK_HOURS, [worker("a", week_min=0)], {"limits": None}),
    (rules.NEWCOMER_PAIR, [worker("a", newcomer=True)], {}),
    (rules.TRAVEL, [worker("a", home="B")], {"sites": (Site(id="A"), Site(id="B"))}),
    (rules.LODGING, [helper("a")], {"sites": (Site(id="A", lodging_places=0),)}),
]


@pytest.mark.parametrize(("rule", "people", "changes"), BLOCKED, ids=[b[0] for b in BLOCKED])
def test_the_rule_in_the_way_is_named(rule: str, people: list[Any], changes: dict[str, Any]) -> None:
    """One person whom one rule keeps from a night: that rule and one person are told, in words."""
    if "limits" in changes:
        changes = {"limits": instance([], []).limits.model_copy(update={"overtime_week_min": 0})}
    found = posts_of(instance(people, [ask(0, "night")], **changes))
    assert [(r.rule, r.values["people"]) for r in found[0].reasons] == [(rule, len(people))]
    assert text(found[0].reasons[0].message, DEFAULT_LANGUAGE, **found[0].reasons[0].values)


def test_somebody_on_another_shift_is_told() -> None:
    """The only nurse has the day shift, so the night of that day stays empty."""
    nurse = worker("n", qualifications=frozenset({NURSE}))
    asked = instance([nurse], [ask(0, "day", "nurse", life=1), ask(0, "night", "nurse", life=1)])
    (post,) = posts_of(asked)
    assert [r.rule for r in post.reasons] == [rules.ONE_SHIFT]
    assert post.missing == 1 and post.operation_class == Tier.LIFE.value


def test_a_missing_night_nurse_names_the_right_remedy() -> None:
    """Day 2 lacks a night nurse, a partner has one from day 3: ask that partner for a day earlier."""
    carers = [worker(f"c{n}", 4) for n in range(3)]
    asked = instance(carers, [ask(2, "night", "nurse")], days=4)
    (post,) = posts_of(
        asked,
        offer(NURSE, HelpRoute.DWAT),
        offer(NURSE, HelpRoute.PARTNER),
        offer(Qualification.CARE_WORKER, HelpRoute.SISTER_SITE),
    )
    first = post.remedies[0]
    assert (first.message, first.subject_id) == ("cover.remedy.earlier", "partner-nurse")
    assert first.values["day"] == 2 and first.values["shift"] == "night"
    assert first.values["qualification"] == "nurse" and first.values["route"] == "partner"


def test_more_of_an_offer_that_is_used_up() -> None:
    """A partner who sends one nurse is asked for one more when two are needed."""
    asked = instance([helper("h", qualifications=frozenset({NURSE}))], [ask(1, "night", "nurse", life=2)])
    (post,) = posts_of(asked, offer(NURSE, from_day=0))
    assert post.remedies[0].message == "cover.remedy.one_more"


def test_without_an_offer_a_partner_is_looked_for() -> None:
    """Nobody has promised anything: the remedy says that there is no promise yet."""
    (post,) = posts_of(instance([], [ask(0, "night", "nurse")]))
    assert post.remedies[0].message == "cover.remedy.ask_partner"
    assert post.remedies[0].subject_id == ""


def test_a_waiver_is_named_with_its_person() -> None:
    """Two people whom one rule each keeps away are named with that rule; one whom two rules keep is not."""
    people = [
        worker("day-only", night_ok=False),
        worker("new", newcomer=True),
        worker("both", night_ok=False, newcomer=True),
    ]
    (post,) = posts_of(instance(people, [ask(0, "night")]))
    waivers = {(r.rule, r.subject_id) for r in post.remedies if r.message.startswith("cover.remedy.waive")}
    assert waivers == {(rules.NIGHT_OK, "day-only"), (rules.NEWCOMER_PAIR, "new")}


def _applied(asked: CoverInstance, demand: Demand, remedy: Reason) -> CoverInstance:
    """The question with the remedy carried out."""
    if remedy.rule == "help":
        qualification = Qualification(str(remedy.values["qualification"]))
        return explain.lend(asked, demand, qualification, HelpRoute(str(remedy.values["route"])))
    waiver = Waiver(rule=remedy.rule, worker_id=remedy.subject_id)
    return asked.changed(waivers=(*asked.waivers, waiver))


def test_every_remedy_helps_when_it_is_carried_out() -> None:
    """On random shortages each named remedy, applied and solved again, covers more than before."""
    tried = 0
    for seed in range(80):
        asked = random_tiny(seed)
        result = solve(asked, SMALL)
        posts = explain.uncovered(explain.Roster.of(asked, result.assignments), ())
        for post in Random(seed).sample(posts, min(2, len(posts))):  # noqa: S311 - a sample of tests
            demand = asked.demand_of[post.facility_id, post.day, post.shift, post.post]
            assert post.remedies, seed
            for remedy in post.remedies:
                after = solve(_applied(asked, demand, remedy), SMALL).values
                goals = list(Goal)[:3]
                assert tuple(after[g] for g in goals) < tuple(result.values[g] for g in goals), (seed, remedy)
                tried += 1
    assert tried >= 100


def test_single_points_count_people_who_can_be_there() -> None:
    """One nurse on days 0 and 2, two on day 1: those two days hang on one person."""
    people = [
        worker("n", qualifications=frozenset({NURSE})),
        worker("m", qualifications=frozenset({NURSE}), available={1: ("day",)}),
    ]
    asked = instance(people, [ask(0, "day", "nurse"), ask(1, "day", "nurse"), ask(2, "day", "nurse")])
    found = explain.single_points(asked)
    assert [(p.day, p.task, p.staff_id) for p in found] == [(0, "nurse", "n"), (2, "nurse", "n")]


def test_a_colleague_who_can_travel_counts() -> None:
    """From the day on which people can travel, the nurse of the other site is a second one."""
    people = [
        worker("n", qualifications=frozenset({NURSE})),
        worker("m", qualifications=frozenset({NURSE}), home="B"),
    ]
    demands = [ask(d, "day", "nurse") for d in range(2)]
    asked = instance(people, demands, sites=(Site(id="A"), Site(id="B")), travel_from_day=1)
    assert [p.day for p in explain.single_points(asked)] == [0]


def test_totals_by_tier() -> None:
    """The uncovered posts add up to the score."""
    asked = instance([worker("a")], [ask(0, "day", life=2, standard=1, other=3), ask(1, "night", "nurse")])
    posts = posts_of(asked)
    values = solve(asked, SMALL).values
    assert list(explain.tier_totals(posts).values()) == [values[g] for g in list(Goal)[:3]]


def test_every_reason_and_remedy_has_its_sentence() -> None:
    """Each hard rule can block and each waivable rule can be waived, in words of both languages."""
    wanted = {f"cover.blocked.{r.key}" for r in rules.HARD_RULES}
    wanted |= {f"cover.remedy.waive_{rule}" for rule in rules.WAIVABLE}
    wanted |= {f"cover.remedy.{topic}" for topic in ("one_more", "earlier", "ask_partner")}
    for language in ("ja", "en"):
        assert wanted <= set(messages(language))


def test_blockers_of_a_sound_assignment_are_none() -> None:
    """Nothing blocks a post that its holder fills already, taken from the roster."""
    asked = instance([worker("a")], [ask(0, "day")])
    roster = explain.Roster.of(asked, ())
    assert explain.blockers(roster, asked.workers[0], asked.demands[0]) == ()
    assert check.violations(asked, [put("a", 0, "day")]) == ()

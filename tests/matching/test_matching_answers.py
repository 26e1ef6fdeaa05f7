"""The answers around a run on the sample town: re-plan, stress, fairness, remedies, further places."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cores.shelter_matching.changes import Change, ChangeKind
from bcp_kit.cores.shelter_matching.instance import Resource
from bcp_kit.cores.shelter_matching.replan import Outcome, Variant
from bcp_kit.domain.base import Known
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import HouseholdType, Person
from bcp_kit.domain.placements import MatchingRun
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.forms.messages import LANGUAGES, text
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.matching import MatchCommand, match
from bcp_kit.services.matching_alternatives import (
    alternative_words,
    second_counts,
    second_lines,
    store_alternatives,
    ties_of,
)
from bcp_kit.services.matching_fairness import group_label, run_fairness
from bcp_kit.services.matching_read import view_of
from bcp_kit.services.matching_rebuild import rebuilt
from bcp_kit.services.matching_remedies import (
    advise_town,
    remedies_for,
    smallest_changes_for,
    try_changes,
)
from bcp_kit.services.matching_replan import ReplanCommand, keep_replan, replan
from bcp_kit.services.matching_stress import SINGLE, StressCommand, run_stress, scenario_keys
from bcp_kit.services.matching_words import change_sentence, sentence
from bcp_kit.services.plans import draft_plans
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store
from bcp_kit.services.worker_pool import PoolRunner

OFFICER = Actor(name="係", role=Role.DISASTER_OFFICER)
HERE = Location(latitude=33.92, longitude=137.61)
QUAKE = HazardKind.EARTHQUAKE


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """An empty plain store in the hands of an officer."""
    handle = open_store(StoreSettings(data_dir=tmp_path / "store", plain=True), "係")
    return Context(OFFICER, handle.open, FixedClock(datetime(2026, 11, 23, 12, tzinfo=UTC)))


@pytest.fixture
def put(context: Context) -> Callable[..., Context]:
    """A function that puts people and shelters into the store."""

    def fill(people: list[Person], shelters: list[Shelter]) -> Context:
        with context.open_store() as uow:
            for one in people:
                uow.people.add(one)
            for place in shelters:
                uow.shelters.add(place)
            uow.commit()
        return context

    return fill


def person(key: str, **fields: object) -> Person:
    """An elderly person living alone near the hall."""
    given = {
        "name": key,
        "address": "x",
        "location": HERE,
        "household_type": HouseholdType.ALONE,
        "needs": (),
    }
    return Person.model_validate({"id": key} | given | fields)


def hall(key: str, people: int, **fields: object) -> Shelter:
    """A general shelter for `people`, room kept in reserve included."""
    given = {"name": key, "kind": DestinationKind.GENERAL, "location": HERE, "capacity_people": people}
    return Shelter.model_validate({"id": key, "site_id": key} | given | fields)


def run_of(ctx: Context) -> MatchingRun:
    """A matching for an earthquake in this process."""
    return match(ctx, MatchCommand(hazard=QUAKE, own_process=False))


def where(run: MatchingRun) -> dict[str, str | None]:
    """First places by person."""
    return {p.person_id: p.shelter_id for p in run.placements if p.stage == 1}


@pytest.fixture
def two_halls(put: Callable[..., Context]) -> Context:
    """Four people, a hall for two and one for three (after the reserve)."""
    return put([person(f"p{i}") for i in range(4)], [hall("a", 3), hall("b", 4)])


def test_a_run_is_rebuilt_as_it_was(two_halls: Context) -> None:
    """The run's places stand in the rebuilt instance with their levels; an unknown run is U-002."""
    run = run_of(two_halls)
    seen = rebuilt(two_halls, run.id)
    assert seen.standing == seen.places and len(seen.places) == 4
    values = {
        goal.value: n for goal, n in seen.scene().values.items() if goal.value.startswith(("tier", "suited"))
    }
    assert values.items() <= run.stages[0].values.items()
    with pytest.raises(BcpKitError) as missing:
        rebuilt(two_halls, "nothing")
    assert missing.value.code is ErrorCode.NOT_FOUND


def test_a_closed_hall_is_replanned_three_ways_and_one_is_kept(two_halls: Context) -> None:
    """N2: those who lost the hall move or lose their place, with reasons; the chosen way becomes the run."""
    run = run_of(two_halls)
    outcome = replan(two_halls, ReplanCommand(run.id, closed=("a",), own_process=False))
    assert [o.variant for o in outcome.options] == list(Variant)
    few = outcome.option(Variant.FEW_MOVES)
    assert few.moved == few.least_moved and sum(few.after.placed_by_tier.values()) == 3
    for move in few.moves:
        assert outcome.people_of(move) and move.before == "a"
        words = {sentence(move.reason, {}, language) for language in LANGUAGES}
        assert len(words) == 2 and not any("{" in w for w in words)
    kept = keep_replan(two_halls, outcome, Variant.FEW_MOVES)
    assert kept.closed == ("a",) and set(where(kept).values()) <= {"b", None}
    assert rebuilt(two_halls).run.id == kept.id


def test_replan_sees_what_changed_in_the_register(two_halls: Context) -> None:
    """F51: a person who came and one who left count by themselves; nobody else moves."""
    run = run_of(two_halls)
    with two_halls.open_store() as uow:
        uow.people.remove("p0")
        uow.people.add(person("new"))
        uow.commit()
    few = replan(two_halls, ReplanCommand(run.id, variants=(Variant.FEW_MOVES,), own_process=False)).options[
        0
    ]
    assert {(m.household_id, m.outcome) for m in few.moves} == {("new", Outcome.PLACED), ("p0", Outcome.LEFT)}
    assert few.moved == 0


def test_single_losses_name_the_place_that_is_needed_most(two_halls: Context) -> None:
    """W12: losing the larger hall costs more; each person's draws are told; all scenarios have a report."""
    run = run_of(two_halls)
    report = run_stress(two_halls, StressCommand(run.id, draws=3, named={"両方": ("a", "b")}))
    assert list(report.reports) == [*scenario_keys(), "両方"]
    assert [s.id for s, _, _ in report.needed_most()] == ["b", "a"]
    assert report.reports["両方"].draws[0].weight == 0
    with two_halls.open_store() as uow:
        one = uow.people.need("p0")
    remaining, _, draws = report.of_person(one)[SINGLE]
    assert 0 <= remaining <= draws == 2
    again = run_stress(two_halls, StressCommand(run.id, draws=3, named={"両方": ("a", "b")}))
    assert again.reports == report.reports
    with pytest.raises(BcpKitError):
        run_stress(two_halls, StressCommand(run.id, scenarios=("no_such",)))


def test_scenarios_read_the_facts_of_the_places(put: Callable[..., Context]) -> None:
    """W12: at night a hall without night staff is lost; without water one that has none is lost."""
    ctx = put([person("p")], [hall("a", 9, staff_night=0, features={"water_backup": Known.NO})])
    report = run_stress(ctx, StressCommand(run_of(ctx).id, scenarios=("night", "water_out", "all_open")))
    assert [r.draws[0].weight > 0 for r in report.reports.values()] == [False, False, True]


def test_a_pool_gives_the_same_report(two_halls: Context) -> None:
    """W12: draws dealt out to two processes give the report of one."""
    run = run_of(two_halls)
    command = StressCommand(run.id, scenarios=("kumamoto",), draws=20)
    here = run_stress(two_halls, command, PoolRunner(1))
    assert run_stress(two_halls, command, PoolRunner(2)).reports == here.reports


def test_stress_can_be_stopped(two_halls: Context) -> None:
    """W12: once progress says to stop, the stress ends with U-003."""
    run = run_of(two_halls)
    with pytest.raises(BcpKitError) as stopped:
        run_stress(two_halls, StressCommand(run.id), PoolRunner(1, lambda _done, _stage: False))
    assert stopped.value.code is ErrorCode.STOPPED_BY_USER


def test_fairness_tells_groups_and_first_come(put: Callable[..., Context]) -> None:
    """F53: by need, district and household; first come is the order of register numbers."""
    people = [
        person("p0", register_no="2", school_district="東"),
        person("p1", register_no="1", needs=("pregnant",)),
    ]
    report = run_fairness(put(people, [hall("a", 2)]), run_of(put([], [])).id).figures
    assert report.dimensions == ("need", "district", "household")
    assert sum(report.placed.values()) == sum(report.first_come.values()) == 1
    for dimension in report.dimensions:
        for line in report.of(dimension):
            assert group_label(dimension, line.group) and group_label(dimension, line.group, "en")
    assert group_label("household", "alone") == "ひとり暮らし" and group_label("district", "東") == "東"


def test_remedies_are_told_tried_and_ranked(put: Callable[..., Context]) -> None:
    """N3: the smallest change for one person has a sentence; tried as a what-if it places somebody."""
    ctx = put([person("p0"), person("p1", companions=1)], [hall("a", 3), hall("b", 0)])
    run = run_of(ctx)
    (left,) = [key for key, place in where(run).items() if place is None]
    found = smallest_changes_for(ctx, left, run.id)
    assert found and found[0].kind is ChangeKind.ROOM and found[0].proven
    (told,) = remedies_for(ctx, left, run.id)
    names = {s.id: s for s in rebuilt(ctx).asked.shelters}
    assert "{" not in sentence(told, names) + sentence(told, names, "en")
    tried = try_changes(ctx, run.id, found[0].changes, own_process=False)
    assert tried.is_trial and None not in where(tried).values()
    assert rebuilt(ctx).run.id == run.id  # a trial is not kept
    placed = next(key for key, place in where(run).items() if place)
    assert smallest_changes_for(ctx, placed, run.id) == () == smallest_changes_for(ctx, "nobody", run.id)
    advice = advise_town(ctx, run.id)
    assert advice.changes[0].people == 1
    for language in LANGUAGES:
        assert "{" not in change_sentence(advice.changes[0].change, names, language)


@pytest.mark.parametrize("kind", [k for k in ChangeKind if k is not ChangeKind.SEVERAL])
def test_every_kind_of_change_has_words(kind: ChangeKind) -> None:
    """N3: each kind of change is a full sentence in both languages."""
    resource = Resource.AREA if kind is ChangeKind.ROOM else None
    change = Change(kind=kind, destination_id="a", fact="elderly", resource=resource, amount=250)
    for language in LANGUAGES:
        told = change_sentence(change, {}, language)
        assert len(told) > 5 and "{" not in told
    assert "2.5 m²" in change_sentence(change, {}) or resource is None


def test_further_places_are_kept_with_the_run(two_halls: Context) -> None:
    """F61: everybody placed learns a second place in another building where there is room."""
    run = run_of(two_halls)
    kept = store_alternatives(two_halls, run.id)
    assert kept.id == run.id and rebuilt(two_halls).run.placements == kept.placements
    lines = {p.person_id: p for p in kept.placements if p.stage == 1}
    second = [p.alternatives[0].shelter_id for p in lines.values() if p.alternatives]
    assert second
    for line in lines.values():
        assert all(a.shelter_id != line.shelter_id and a.distance_m is not None for a in line.alternatives)
    assert ties_of(hall("x", 1, site_id="school")) == {"site:school", "power"}


def test_a_small_town_has_further_places_with_the_run(two_halls: Context) -> None:
    """F61: a town that is solved at once learns second places with the run, and says why."""
    run = run_of(two_halls)
    assert run.second_places and any(p.alternatives for p in run.placements)
    view = view_of(two_halls, run)
    counts = second_counts(view)
    assert counts.placed >= counts.second >= counts.third and counts.second >= counts.apart
    (line,) = [x for x in second_lines(view) if x.placement.alternatives][:1]
    for language in LANGUAGES:
        told = alternative_words(view, line.placement.alternatives[0], language=language)
        assert "{" not in told and line.placement.alternatives[0].shelter_id in told
    assert "km" not in alternative_words(view, line.placement.alternatives[0], hides_way=True)
    gone = line.placement.alternatives[0].model_copy(update={"shelter_id": "nowhere"})
    assert "いまは一覧にない" in alternative_words(view, gone)


def test_further_places_reach_the_drafted_plan(two_halls: Context) -> None:
    """F61: a drafted plan holds the second place of the run, and is drafted anew when it changed."""
    run = run_of(two_halls)
    with two_halls.open_store() as uow:
        people = uow.people.list()
        uow.consents.add_many(
            Consent(id=p.id, kind=ConsentKind.MAKE_PLAN, giver_id=p.id, person_id=p.id,
                    answer=ConsentAnswer.GIVEN, given_on=date(2026, 11, 1))
            for p in people
        )  # fmt: skip
        uow.commit()
    draft_plans(two_halls, [run.id])
    with two_halls.open_store() as uow:
        plans = {p.person_id: p for p in uow.evacuation_plans.list()}
    for placed in run.placements:
        if placed.stage == 1 and placed.shelter_id:
            assert plans[placed.person_id].stages[0].alternatives == placed.alternatives


def test_an_empty_town_has_answers(put: Callable[..., Context]) -> None:
    """Bad input: nobody on the register, or no place: every answer is there, with nothing in it."""
    ctx = put([], [hall("a", 3)])
    run = run_of(ctx)
    assert replan(ctx, ReplanCommand(run.id, own_process=False)).options[0].moves == ()
    assert run_fairness(ctx, run.id).figures.ways == ()
    assert advise_town(ctx, run.id).changes == ()
    assert store_alternatives(ctx, run.id).placements == run.placements
    with ctx.open_store() as uow:
        uow.shelters.remove("a")
        uow.people.add(person("p"))
        uow.commit()
    run = run_of(ctx)
    assert replan(ctx, ReplanCommand(run.id, own_process=False)).options[0].moved == 0
    assert run_stress(ctx, StressCommand(run.id, draws=2)).reports[SINGLE].draws == ()
    assert smallest_changes_for(ctx, "p", run.id) == () and advise_town(ctx, run.id).changes == ()


def test_the_sample_town_is_answered(context: Context, tmp_path: Path) -> None:
    """N2, N3, W12, F53, F61: every answer over the sample town, without a leftover key in any sentence."""
    load_world(context, "town", work_dir=tmp_path)
    run = run_of(context)
    seen = rebuilt(context, run.id)
    names = {s.id: s for s in seen.asked.shelters}
    for place in sorted(names):
        for option in replan(context, ReplanCommand(run.id, closed=(place,), own_process=False)).options:
            assert option.least_moved <= option.moved
            assert all("{" not in sentence(m.reason, names) for m in option.moves)
    assert len(run_stress(context, StressCommand(run.id, draws=5)).reports) == len(scenario_keys())
    assert run_fairness(context, run.id).figures.lines
    assert all("{" not in change_sentence(c.change, names) for c in advise_town(context, run.id).changes)
    assert store_alternatives(context, run.id).placements


@pytest.mark.parametrize("key", ["stay", "few_moves", "free"])
def test_every_way_has_a_name(key: str) -> None:
    """N2: each way of placing anew has a name in both languages."""
    assert all(text(f"matching.variant.{key}", language) for language in LANGUAGES)

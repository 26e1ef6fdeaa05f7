"""Waves over the invented operator: chances by day and shift, measures under one luck, places, command."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cli import build
from bcp_kit.cli import waves as cli
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.domain.staff import CommuteMeans, Qualification
from bcp_kit.services import wave_measures
from bcp_kit.services.base import Context
from bcp_kit.services.cover import CoverCommand, facts_of
from bcp_kit.services.cover_inputs import CoverFacts
from bcp_kit.services.cover_settings import override_setting
from bcp_kit.services.cover_waves import WavesCommand, WavesReport, run_waves, waves_of

Make = Callable[..., Scenario]


def waves(ctx: Context, asked: Scenario, **fields: Any) -> WavesReport:
    """A report of site A from 120 draws without measures."""
    return run_waves(
        ctx, WavesCommand(("A",), asked, **({"draws": 120, "measures": (), "own_process": False} | fields))
    )


@pytest.fixture
def facts(ctx: Context, scenario: Make) -> CoverFacts:
    """What the store holds about site A."""
    return facts_of(ctx, CoverCommand(("A",), scenario()))


def test_each_day_and_shift_has_its_chance(ctx: Context, scenario: Make) -> None:
    """Three days with their shifts; bounds enclose, and what holds whole holds each day."""
    found = waves(ctx, scenario())
    assert [d.day for d in found.days] == [0, 1, 2] and found.staff == 16 and found.helpers == 2
    for one in (found.whole, *(d.chance for d in found.days), *(s.chance for s in found.shifts)):
        assert 0 <= one.low <= one.high <= 1
    assert found.whole.low <= min(d.chance.low for d in found.days)
    assert found.days[0].chance.low < found.days[2].chance.low
    assert all(s.scarce for s in found.shifts if s.chance.low < 1)


def test_equal_seeds_give_equal_reports(ctx: Context, scenario: Make) -> None:
    """The report is the same for the same seed and another for another."""
    first, again, other = (waves(ctx, scenario(), seed=seed) for seed in (1, 1, 2))
    assert replace(first, seconds=0.0) == replace(again, seconds=0.0)
    assert first.days != other.days


def test_nothing_wrong_holds_for_sure(ctx: Context, scenario: Make) -> None:
    """A school closure with open schools keeps everybody: the draws differ in nothing, all shifts hold."""
    calm = scenario(0, EventKind.SCHOOL_CLOSURE, road_back_day=None, train_back_day=None, water_back_day=None)
    found = waves(ctx, calm, samples=2)
    assert found.whole.low == found.whole.high == 1.0 and found.short == 0 and found.compared == ()
    assert {d.heads for d in found.days} == {(16.0, 16.0, 16.0)}


def test_measures_meet_the_same_luck(ctx: Context, scenario: Make) -> None:
    """No measure loses anything, each has its error, and they are ranked by what they save."""
    found = waves(ctx, scenario(), measures=None)
    assert {m.key for m in found.measures} == set(wave_measures.measure_rows())
    assert all(m.saved >= 0 and m.gain >= 0 and m.chance >= found.whole.low for m in found.measures)
    assert [m.saved for m in found.measures] == sorted((m.saved for m in found.measures), reverse=True)
    best = found.measures[0]
    assert best.saved > 0 and best.saved_error > 0 and best.people > 0


def test_a_facility_sets_the_size_of_a_measure(ctx: Context, scenario: Make) -> None:
    """The facility has three bicycles, so three people get one."""
    override_setting(ctx, "A", "bicycles", 3)
    (found,) = waves(ctx, scenario(), measures=("bicycles",)).measures
    assert found.size == 3 and found.people <= 3


def test_places_have_a_low_tenth_and_a_middle(ctx: Context, scenario: Make) -> None:
    """Days 0, 1 and 2, four classes each; nine in ten have at least the low number."""
    found = waves(ctx, scenario()).places
    assert {p.day for p in found} == {0, 1, 2} and len(found) == 12
    assert all(0 <= p.low <= p.middle and 0 <= p.some <= 1 and p.binding for p in found)
    assert all(p.middle == 0 for p in found if p.some < 0.5)


def test_samples_are_solved_with_every_rule(ctx: Context, scenario: Make) -> None:
    """Draws that do not hold are solved by the full model: it never lacks more people than the fast one."""
    found = waves(ctx, scenario(), samples=3)
    assert len(found.compared) == 3
    assert all(c.bound <= c.least == c.most <= c.fast for c in found.compared)


@pytest.mark.parametrize(
    ("key", "size", "people"),
    [("suction", 2, 2), ("nights", 2, 2), ("partner_carers", 2, 2), ("bicycles", 4, 4), ("minibus", 9, 9)],
)
def test_a_measure_reaches_as_many_as_it_says(
    facts: CoverFacts, scenario: Make, key: str, size: int, people: int
) -> None:
    """A measure of a size reaches that many, where so many can use it."""
    found = wave_measures.with_measure(facts, scenario(), wave_measures.measure_rows()[key], size)
    assert found.people == people


def test_what_measures_change(facts: CoverFacts, scenario: Make) -> None:
    """Suction goes to carers without it, bicycles become a means, partners come last, parents are helped."""
    rows = wave_measures.measure_rows()
    suction = wave_measures.with_measure(facts, scenario(), rows["suction"], 2).facts.staff
    new = [s for s, old in zip(suction, facts.staff, strict=True) if s != old]
    assert len(new) == 2 and all(Qualification.SUCTION_TRAINED in s.qualifications for s in new)
    cycling = wave_measures.with_measure(facts, scenario(), rows["bicycles"], 2).facts.staff
    assert sum(CommuteMeans.BICYCLE in s.other_means for s in cycling) == 2
    partner = wave_measures.with_measure(facts, scenario(), rows["partner_nurse"], 1).facts.offers
    assert partner[:-1] == facts.offers and partner[-1].qualification is Qualification.NURSE
    closed = scenario(schools_reopen_day=3)
    parents = wave_measures.with_measure(facts, closed, rows["childcare"], 10)
    assert set(parents.changes) <= {s.id for s in facts.staff if s.youngest_child_age is not None}
    assert parents.people == len(parents.changes) > 0


def test_beds_help_before_a_flood(facts: CoverFacts, scenario: Make) -> None:
    """Before a flood that is forecast, six people come early and stay; after a sudden quake nobody does."""
    row = wave_measures.measure_rows()["beds"]
    flood = scenario(18, EventKind.FLOOD)
    assert wave_measures.with_measure(facts, flood, row, 6).people == 6
    assert wave_measures.with_measure(facts, scenario(), row, 6).people == 0


def test_wrong_use_is_named(ctx: Context, scenario: Make, facts: CoverFacts) -> None:
    """No draws, an unknown measure, a stop, and somebody who may not are refused, each by its code."""
    with pytest.raises(BcpKitError) as caught:
        waves(ctx, scenario(), draws=0)
    assert caught.value.code is ErrorCode.WRONG_USE
    with pytest.raises(BcpKitError) as caught:
        waves(ctx, scenario(), measures=("magic",))
    assert caught.value.code is ErrorCode.NOT_FOUND
    with pytest.raises(BcpKitError) as caught:
        waves_of(facts, WavesCommand(("A",), scenario(), draws=5), lambda done, stage: False)
    assert caught.value.code is ErrorCode.STOPPED_BY_USER
    viewer = replace(ctx, actor=Actor(name="見本", role=Role.CASE_WORKER))
    with pytest.raises(BcpKitError):
        waves(viewer, scenario())


def test_a_site_without_staff_is_answered(ctx: Context, scenario: Make) -> None:
    """With nobody there nothing holds, and nobody can be taken in."""
    with ctx.open_store() as uow:
        for person in uow.staff.list(facility_id=["A"]):
            uow.staff.remove(person.id)
        for offer in uow.help_offers.list(facility_id=["A"]):
            uow.help_offers.remove(offer.id)
        uow.commit()
    found = waves(ctx, scenario(), measures=None)
    assert found.whole.high == 0 and all(p.middle == 0 for p in found.places)


def test_the_command_prints_words_and_json(
    ctx: Context, scenario: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chances, measures and places in Japanese; `--json -` gives one object without names."""
    monkeypatch.setattr(cli, "open_context", lambda *args, **kwargs: ctx)
    monkeypatch.setattr(cli.console, "width", 200)
    monkeypatch.setattr(cli, "run_waves", lambda at, asked: run_waves(at, replace(asked, own_process=False)))
    runner, app = CliRunner(), build(["waves"])
    words = ["waves", "--facility", "A", "--scenario", "flood_evening", "--draws", "60", "--check", "1"]
    result = runner.invoke(app, words)
    assert result.exit_code == 0, result.output
    for part in ("埋まる割合", "備えの効き目", "受け入れられる人数の幅", "確かめ"):
        assert part in result.stdout
    assert "waves." not in result.stdout and "見本 A" not in result.stdout
    result = runner.invoke(app, [*words, "--measure", "beds", "--json", "-"])
    read = json.loads(result.stdout)
    assert read["draws"] == 60 and read["measures"][0]["key"] == "beds" and len(read["days"]) == 7
    assert "見本" not in result.stdout


def test_a_process_of_its_own_gives_the_same(ctx: Context, scenario: Make) -> None:
    """The answer does not depend on the process in which it is drawn."""
    here = waves(ctx, scenario(), draws=40)
    there = waves(ctx, scenario(), draws=40, own_process=True)
    same = {"seconds": 0.0, "command": here.command}
    assert replace(here, **same) == replace(there, **same)

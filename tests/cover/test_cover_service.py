"""The staff-cover service: from the store to a stored run with roster, operations, reasons and capacity."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cover_world import facility

from bcp_kit.access.policy import Actor, Role
from bcp_kit.catalogues import vocabulary
from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.attendance_factors import CountMode
from bcp_kit.cores.staff_cover.capacity import Limit
from bcp_kit.cores.staff_cover.instance import Tier
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.facility_event import CanCome
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.domain.staff import HelpRoute, Qualification
from bcp_kit.forms.messages import messages
from bcp_kit.services import cover_catalogue, cover_inputs
from bcp_kit.services.base import Context
from bcp_kit.services.capacity import capacity_for, places_by_day
from bcp_kit.services.cover import (
    CoverCommand,
    default_scenarios,
    names_of,
    read_run,
    run_cover,
    scenario_of,
    summary,
    who_comes,
)
from bcp_kit.services.cover_settings import override_setting, setting_rows, settings_of
from bcp_kit.services.safety_calls import Note, note_reply, read_call, start_call

Make = Callable[..., Scenario]


def command(asked: Scenario, *sites: str, **fields: Any) -> CoverCommand:
    """A command that solves in this process."""
    return CoverCommand(sites or ("A",), asked, own_process=False, work_limit=5, **fields)


def test_a_run_is_stored_and_read_back(ctx: Context, scenario: Make) -> None:
    """The run that comes back from the store is the one that was made, with the scenario beside it."""
    made = run_cover(ctx, command(scenario()))
    assert read_run(ctx) == made == read_run(ctx, made.id) == read_run(ctx, facility_id="A")
    assert made.violations == 0 and made.made_at == ctx.clock.now()
    assert scenario_of(ctx, "quake") == scenario()


def test_the_run_answers_each_question_for_each_day(ctx: Context, scenario: Make) -> None:
    """Attendance of all, operations, and four need classes stand there for each of three days."""
    made = run_cover(ctx, command(scenario()))
    assert len(made.attendance) == 16 * 3
    assert {o.day for o in made.operations} == {0, 1, 2}
    assert len(made.capacity) == 3 * len(cover_catalogue.need_classes())
    assert {c.binding for c in made.capacity} <= {k for c in made.capacity for k in c.limits}
    assert all(c.limits[c.binding] is not None for c in made.capacity)


def test_who_comes_grows_as_the_roads_open(ctx: Context, scenario: Make) -> None:
    """Two are on duty at two at night; more are expected each day, beside the template's example."""
    days = who_comes(run_cover(ctx, command(scenario())))
    assert [d.on_site for d in days] == [2, 0, 0]
    assert days[0].expected < days[1].expected < days[2].expected <= 16
    assert [d.template_percent for d in days] == [30, 50, 50]


def test_the_night_crew_rests_before_it_works_again(ctx: Context, scenario: Make) -> None:
    """Those who were on duty till seven are not on the twelve-hour day shift of that day."""
    made = run_cover(ctx, command(scenario()))
    first_day = {a.staff_id for a in made.assignments if a.day == 0 and a.shift == "day12"}
    assert first_day and first_day.isdisjoint({"A04", "A07"})


def test_an_event_by_day_keeps_those_on_duty(ctx: Context, scenario: Make) -> None:
    """It strikes at ten: the running shift is worked by the two who are on it."""
    made = run_cover(ctx, command(scenario(10)))
    running = {a.staff_id for a in made.assignments if a.day == 0 and a.shift == "day12"}
    assert running and running <= {"A05", "A06"}
    assert {e.staff_id for e in made.attendance if e.on_site} == {"A05", "A06"}


def test_a_running_shift_without_a_roster_is_not_called_uncovered(ctx: Context, scenario: Make) -> None:
    """Site B has no roster for the day: nobody knows who is there, so nothing is said to be missing."""
    made = run_cover(ctx, command(scenario(10), "B"))
    assert "day12" not in {p.shift for p in made.uncovered if p.day == 0}
    assert "day12" not in {a.shift for a in made.assignments if a.day == 0}


def test_closed_schools_keep_parents_away(ctx: Context, scenario: Make) -> None:
    """With schools closed the parents among the staff are less likely to come, and the reason is told."""
    asked = scenario(0, EventKind.SCHOOL_CLOSURE, road_back_day=None, train_back_day=None)
    asked = asked.model_copy(update={"schools_reopen_day": 2, "water_back_day": None})
    made = run_cover(ctx, command(asked))
    parents = {"A01", "A05", "A09", "A13"}
    kept = {e.staff_id for e in made.attendance if e.day == 0 and e.chance < 1}
    assert kept == parents
    assert {r.rule for e in made.attendance if e.day == 0 for r in e.reasons} == {"school"}
    assert all(e.chance == 1 for e in made.attendance if e.day == 2)


def test_an_infection_wave_takes_people_from_the_roster(ctx: Context, scenario: Make) -> None:
    """A quarter ill leaves a quarter fewer to count on, in ordinary shifts."""
    asked = scenario(0, EventKind.INFECTION, road_back_day=None, train_back_day=None)
    made = run_cover(ctx, command(asked.model_copy(update={"infected_share_by_day": (0.25,)})))
    assert who_comes(made)[0].counted == pytest.approx(12, abs=1)
    assert {a.shift for a in made.assignments} <= {"early", "day", "late", "night"}


def test_counting_by_threshold_is_a_choice(ctx: Context, scenario: Make) -> None:
    """With a quarter ill the threshold still counts on everybody, which is why it is not the default."""
    asked = scenario(0, EventKind.INFECTION, road_back_day=None, train_back_day=None)
    asked = asked.model_copy(update={"infected_share_by_day": (0.25,)})
    made = run_cover(ctx, command(asked, count_mode=CountMode.THRESHOLD))
    assert who_comes(made)[0].counted == 16
    assert made.settings["count_mode"] == "threshold"


def test_a_facility_puts_its_own_numbers_over_the_catalogue(ctx: Context, scenario: Make) -> None:
    """Where the facility says that half of the cars get through, more come than by the default."""
    before = who_comes(run_cover(ctx, command(scenario())))
    override_setting(ctx, "A", "walk_instead_factor", 1.0)
    after = who_comes(run_cover(ctx, command(scenario())))
    assert after[0].expected > before[0].expected
    override_setting(ctx, "A", "walk_instead_factor", None)
    assert who_comes(run_cover(ctx, command(scenario()))) == before


@pytest.mark.parametrize(("key", "value"), [("no_such_setting", 1.0), ("rest_h", -1.0)])
def test_a_setting_that_cannot_be_is_refused(ctx: Context, key: str, value: float) -> None:
    """An unknown name or a negative value is refused by code."""
    with pytest.raises(BcpKitError) as caught:
        override_setting(ctx, "A", key, value)
    assert caught.value.code is ErrorCode.COVER_SETTING_WRONG


def test_every_setting_has_a_unit_and_says_how_sure_it_is() -> None:
    """What a facility may replace carries unit, source and mark."""
    assert all(row.unit and row.sources and row.verification for row in setting_rows().values())
    assert "rest_h" in setting_rows() and "near_km" in setting_rows()


def test_sites_help_each_other_from_the_day_of_travel(ctx: Context, scenario: Make) -> None:
    """Two sites are solved at once; nobody works away from home on the first day."""
    with ctx.open_store() as uow:
        for person in uow.staff.list(facility_id="B")[6:]:
            uow.staff.remove(person.id)
        uow.commit()
    made = run_cover(ctx, command(scenario(), "A", "B"))
    away = [a for a in made.assignments if a.staff_id and a.staff_id[0] != a.facility_id]
    assert away and min(a.day for a in away) >= 1


def test_helpers_come_from_their_day(ctx: Context, scenario: Make) -> None:
    """A partner's carer is used from day 2 on and stands as a helper, not as staff."""
    with ctx.open_store() as uow:
        for person in uow.staff.list(facility_id="A")[6:]:
            uow.staff.remove(person.id)
        uow.commit()
    made = run_cover(ctx, command(scenario()))
    used = [a for a in made.assignments if a.helper_id]
    assert used and min(a.day for a in used) == 2
    assert {a.helper_id for a in used} == {"offer-partner#1"} and not any(a.staff_id for a in used)
    assert names_of(ctx, made).of("offer-partner#1") == "見本の応援"


def test_a_site_without_staff_is_told_as_it_is(ctx: Context, scenario: Make) -> None:
    """Nobody at all: every life-keeping post is uncovered, with a remedy, and nobody can be taken in."""
    with ctx.open_store() as uow:
        uow.staff.remove_all(facility_id="B")
        uow.commit()
    made = run_cover(ctx, command(scenario(), "B"))
    assert made.status is SolveStatus.OPTIMAL and not made.assignments
    found = summary(made)
    assert found.missing["life"] > 0 and found.life_short_days == (0, 1, 2)
    assert all(p.remedies for p in made.uncovered)
    assert set(found.places_first_day.values()) == {0}
    assert set(found.operations) == {"stopped"}


def test_capacity_is_handed_on_from_the_newest_run(ctx: Context, scenario: Make) -> None:
    """The place of a day and class is that of the newest run; without a run there is none."""
    assert capacity_for(ctx, "A", 1, "care") is None
    made = run_cover(ctx, command(scenario()))
    got = capacity_for(ctx, "A", 1, "care")
    assert got is not None and got.places == places_by_day(made.capacity)["A"][1]["care"]
    assert capacity_for(ctx, "A", 9, "care") is None


def test_unknown_numbers_are_listed_and_not_zero(ctx: Context, scenario: Make) -> None:
    """Sockets and generator are not stated: their limits are unknown and do not bind."""
    made = run_cover(ctx, command(scenario(power_back_day=2)))
    device = next(c for c in made.capacity if c.day == 0 and c.need_class == "medical_power")
    assert {k for k, v in device.limits.items() if v is None} >= {"sockets", "power", "energy"}
    assert device.binding not in {"sockets", "power", "energy"}


def test_same_seed_same_run(ctx: Context, scenario: Make) -> None:
    """Two runs of the same question differ in id and seconds only."""
    first, second = (run_cover(ctx, command(scenario(), seed=5)) for _ in range(2))
    leave_out = {"id", "seconds"}
    assert first.model_dump(exclude=leave_out) == second.model_dump(exclude=leave_out)


def test_a_stop_is_heard_and_the_best_answer_is_kept(ctx: Context, scenario: Make) -> None:
    """Progress that says stop leaves a stored run that is marked as stopped."""
    made = run_cover(replace(ctx, progress=lambda done, stage: False), command(scenario()))
    assert made.status is SolveStatus.STOPPED and made.violations == 0
    assert read_run(ctx).status is SolveStatus.STOPPED


def test_sites_of_different_operators_are_not_mixed(ctx: Context, scenario: Make) -> None:
    """Rosters of two corporations are two questions."""
    with ctx.open_store() as uow:
        uow.facilities.save(uow.facilities.need("B").model_copy(update={"operator": "別の法人"}))
        uow.commit()
    with pytest.raises(BcpKitError) as caught:
        run_cover(ctx, command(scenario(), "A", "B"))
    assert caught.value.code is ErrorCode.COVER_DIFFERENT_OPERATORS


def test_what_cannot_be_asked_is_refused(ctx: Context, scenario: Make) -> None:
    """No site, an unknown site, an unknown run, a role without the right."""
    for asked, code in (
        (CoverCommand((), scenario()), ErrorCode.WRONG_USE),
        (command(scenario(), "X"), ErrorCode.NOT_FOUND),
    ):
        with pytest.raises(BcpKitError) as caught:
            run_cover(ctx, asked)
        assert caught.value.code is code
    with pytest.raises(BcpKitError):
        read_run(ctx)
    staff = replace(ctx, actor=Actor(name="見本", role=Role.FACILITY_STAFF))
    with pytest.raises(BcpKitError) as caught:
        run_cover(staff, command(scenario()))
    assert caught.value.code is ErrorCode.ACTION_DENIED


def test_no_name_stands_in_a_run(ctx: Context, scenario: Make) -> None:
    """A run holds ids only; names are read when it is shown, for those who may see staff."""
    made = run_cover(ctx, command(scenario()))
    assert "見本 A" not in made.model_dump_json()
    assert names_of(ctx, made).of("A01") == "見本 A1"
    officer = replace(ctx, actor=Actor(name="見本", role=Role.DISASTER_OFFICER))
    assert names_of(officer, made).of("A01") == "A01"


def test_the_checker_agrees_with_the_stored_values(ctx: Context, scenario: Make) -> None:
    """The values of the run are those that the checker counts on the question made again."""
    asked = scenario()
    made = run_cover(ctx, command(asked))
    with ctx.open_store() as uow:
        facts = cover_inputs.CoverFacts(
            facilities=(uow.facilities.need("A"),),
            staff=tuple(uow.staff.list(facility_id="A")),
            rosters=cover_inputs.rosters_by_day(uow.rosters.list()),
            offers=tuple(uow.help_offers.list()),
            settings={"A": settings_of({})},
        )
    question = cover_inputs.question(facts, asked, cover_inputs.who_can_come(facts, asked, 0))
    roster = [
        check.Assignment(
            worker_id=a.staff_id or a.helper_id, site=a.facility_id, day=a.day, shift=a.shift, group=a.post
        )
        for a in made.assignments
    ]
    assert check.violations(question.instance, roster) == ()
    assert {g.value: float(v) for g, v in check.score(question.instance, roster).items()} == made.values


def test_solving_in_a_process_of_its_own_gives_the_same_roster(ctx: Context, scenario: Make) -> None:
    """The own process changes nothing but where the work is done."""
    here = run_cover(ctx, command(scenario()))
    there = run_cover(ctx, replace(command(scenario()), own_process=True))
    assert there.assignments == here.assignments and there.values == here.values


def test_the_default_scenarios_start_today(ctx: Context) -> None:
    """Earthquake at night, flood, infection wave and closed schools, then waves after one another."""
    found = default_scenarios(ctx)
    assert [s.event for s in found[:4]] == list(EventKind)
    assert [s.id for s in found[4:]] == ["infection_two_waves", "earthquake_then_infection"]
    twice = found[4].infected_share_by_day
    assert 0 in twice[1:-1] and twice[0] > 0 and twice[-1] > 0
    assert all(s.starts_at.date() == date(2026, 11, 23) and s.starts_at.tzinfo for s in found)
    assert scenario_of(ctx, found[0].id) == found[0]


def test_every_need_has_a_class_that_exists() -> None:
    """All 47 needs go to a need class; ventilators to the one on power, foreign languages to the lightest."""
    keys = {c.key for c in cover_catalogue.need_classes()}
    classes = {key: cover_catalogue.need_class_of((need,)) for key, need in vocabulary.needs().items()}
    assert set(classes.values()) == keys
    assert classes["ventilator_tppv"] == "medical_power" and classes["foreign_language"] == "watch"
    assert classes["care_level_3"] == "care" and classes["bedridden"] == "nursing"
    assert cover_catalogue.need_class_of(()) == "watch"


@pytest.mark.parametrize(
    ("residents", "units", "heads"),
    [(0, None, 0), (25, None, 1), (26, None, 2), (61, None, 3), (126, None, 6), (40, 6, 3)],
)
def test_the_night_table(residents: int, units: int | None, heads: int) -> None:
    """25 users one, 60 two, 80 three, 100 four, then one per 25; a unit type one per two units."""
    home = facility("A", residents).model_copy(update={"units": units})
    standard = cover_catalogue.standard_of(home, 40)
    assert standard is not None and standard.night_heads == heads
    assert standard.care_hours_per_day == pytest.approx(residents / 3 * 40 / 7)
    assert cover_catalogue.standard_of(home.model_copy(update={"service_key": ""}), 40) is None


def test_keys_of_the_data_files_have_their_words() -> None:
    """Limits, levels, tiers, routes and qualifications that a run holds can be said in both languages."""
    wanted = {f"cover.limit.{v.value}" for v in Limit} | {f"cover.tier.{v.value}" for v in Tier}
    wanted |= {f"cover.route.{v.value}" for v in HelpRoute}
    wanted |= {f"cover.qualification.{v.value}" for v in Qualification}
    wanted |= {f"cover.status.{v.value}" for v in SolveStatus}
    for language in ("ja", "en"):
        assert wanted <= set(messages(language))


def test_answers_of_a_roll_call_take_the_place_of_chances(ctx: Context, scenario: Make) -> None:
    """Who comes counts from the day of arrival, who cannot on no day, the rest by the estimate."""
    estimated = run_cover(ctx, command(scenario()))
    call = start_call(ctx, "A")
    said = {"A00": Note("A00", can_come=CanCome.NOW), "A01": Note("A01", when="30時間後")}
    said["A02"] = Note("A02", can_come=CanCome.CANNOT)
    for note in said.values():
        note_reply(ctx, call.id, note)
    made = run_cover(ctx, command(scenario(), call_id=call.id))
    chances = {(e.staff_id, e.day): e.chance for e in made.attendance}
    assert [chances["A00", day] for day in range(3)] == [1, 1, 1]
    assert [chances["A01", day] for day in range(3)] == [0, 1, 1]
    assert [chances["A02", day] for day in range(3)] == [0, 0, 0]
    before = {(e.staff_id, e.day): e.chance for e in estimated.attendance if e.staff_id not in said}
    assert before == {key: chance for key, chance in chances.items() if key[0] not in said}
    assert not any(a.staff_id == "A02" for a in made.assignments)
    assert made.violations == 0 and made.settings["call_id"] == call.id
    expected = round(sum(e.chance for e in estimated.attendance if e.day == 0), 1)
    assert read_call(ctx, call.id).estimate[0].expected == expected

"""Attendance alone: sliders over a scenario, days, hours, shifts and people, and how fast it answers."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.errors import BcpKitError
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.services.attendance_view import (
    AttendanceView,
    Moved,
    Tier,
    Wave,
    attendance_facts,
    attendance_view,
    moved_scenario,
    wave_shares,
)
from bcp_kit.services.base import Context
from bcp_kit.services.cover_settings import override_setting

Make = Callable[..., Scenario]


@pytest.fixture
def look(ctx: Context, scenario: Make) -> Callable[[Moved], AttendanceView]:
    """The view of site A under the short earthquake with some sliders moved."""
    facts = attendance_facts(ctx, "A", scenario())
    return lambda moved: attendance_view(facts, moved_scenario(scenario(), moved))


def _heads(view: AttendanceView) -> list[float]:
    return [day.expected for day in view.days]


def test_days_hours_shifts_and_people_stand_there(look: Callable[[Moved], AttendanceView]) -> None:
    """Sixteen people over three days: tiers add up, each person has chances and reasons, hours only grow."""
    view = look(Moved())
    assert view.staff == 16 and len(view.people) == 16 and len(view.days) == 3
    assert all(sum(d.by_tier.values()) == 16 for d in view.days)
    assert all(len(p.chances) == len(p.tiers) == len(p.reasons) == 3 for p in view.people)
    assert all(p.reasons[0] for p in view.people if p.chances[0] < 1)
    heads = [h.expected for h in view.hours]
    assert heads == sorted(heads) and heads[0] == 2.0 and heads[-1] == pytest.approx(view.days[0].expected)
    assert [h.template_percent for h in view.hours if h.hours in {0, 6}] == [3, 30]
    assert all(s.asked > 0 and s.expected >= 0 for s in view.shifts)
    assert view.people[0].chances[0] == min(p.chances[0] for p in view.people)


def test_a_slider_moves_what_it_names(look: Callable[[Moved], AttendanceView]) -> None:
    """By day more come than at night; open roads, open lines and whole homes bring more people."""
    night = _heads(look(Moved()))
    assert _heads(look(Moved(hour=10)))[0] > night[0]
    assert _heads(look(Moved(road_back_day=0)))[0] > night[0]
    assert _heads(look(Moved(road_cut_share=0.2)))[0] > night[0]
    assert _heads(look(Moved(train_back_day=0)))[0] >= night[0]
    assert _heads(look(Moved(homes_damaged_share=0.5)))[1] < night[1]
    assert _heads(look(Moved(schools_reopen_day=3)))[1] < night[1]
    assert _heads(look(Moved(waves=(Wave(0, 2, 0.4),))))[1] < night[1]


def test_the_event_by_day_has_no_hours_before_it(ctx: Context, scenario: Make) -> None:
    """An event that does not strike suddenly has no hours, and nobody has an hour of arrival."""
    asked = scenario(0, EventKind.INFECTION)
    view = attendance_view(attendance_facts(ctx, "A", asked), asked)
    assert view.hours == () and all(p.arrival_h is None for p in view.people)


def test_tiers_follow_the_numbers_of_the_facility(ctx: Context, scenario: Make) -> None:
    """Where "sure" begins at 1, those at 0.9 are likely."""
    asked = scenario(10, road_back_day=None, train_back_day=None, homes_damaged_share=0.05)
    view = attendance_view(attendance_facts(ctx, "A", asked), asked)
    assert view.days[1].by_tier[Tier.SURE] == 16
    override_setting(ctx, "A", "tier_sure", 1)
    view = attendance_view(attendance_facts(ctx, "A", asked), asked)
    assert view.days[1].by_tier[Tier.LIKELY] == 16


def test_waves_rise_and_fall() -> None:
    """Three days of one wave are a quarter, a half, a quarter; two waves stand beside each other."""
    assert wave_shares((Wave(1, 3, 0.4),), 5) == pytest.approx((0, 0.1, 0.2, 0.1, 0))
    assert wave_shares((Wave(0, 1, 0.2), Wave(3, 1, 0.3)), 5) == pytest.approx((0.2, 0, 0, 0.3, 0))
    assert wave_shares((Wave(4, 3, 0.4),), 5) == pytest.approx((0, 0, 0, 0, 0.1))
    assert wave_shares((), 3) == (0, 0, 0)


@given(st.lists(st.builds(Wave, st.integers(0, 13), st.integers(1, 9), st.floats(0, 1)), max_size=3))
def test_wave_shares_are_shares(waves: list[Wave]) -> None:
    """Each day's share stays a share, and together they are at most what the waves say."""
    shares = wave_shares(waves, 14)
    assert len(shares) == 14 and all(0 <= s <= 1 for s in shares)
    assert sum(shares) <= sum(w.share for w in waves) + 1e-9


def test_a_moved_scenario_is_a_sound_one(scenario: Make) -> None:
    """Zero days cut nothing; buses need the road; what is not moved stays."""
    base = scenario(bus_back_day=1)
    moved = moved_scenario(base, Moved(hour=14, road_back_day=3, train_back_day=0))
    assert (moved.starts_at.hour, moved.road_back_day, moved.bus_back_day) == (14, 3, 3)
    assert moved.train_back_day is None and moved.schools_reopen_day == base.schools_reopen_day
    assert moved_scenario(base, Moved()) == base
    assert Scenario.model_validate(moved.model_dump()) == moved


def test_names_are_for_those_who_may_see_staff(ctx: Context, scenario: Make) -> None:
    """Attendance by person is refused to those who may not see staff."""
    town = replace(ctx, actor=Actor(name="見本", role=Role.TOWN_WELFARE))
    with pytest.raises(BcpKitError):
        attendance_facts(town, "A", scenario())


def test_a_slider_answers_at_once(look: Callable[[Moved], AttendanceView]) -> None:
    """Sixteen people take a small part of the 0.3 s that 120 may take (CPU time of this process)."""
    look(Moved())
    begin = time.process_time()
    look(Moved(hour=3))
    assert time.process_time() - begin < 0.1

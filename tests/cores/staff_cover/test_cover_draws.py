"""Drawn attendances: equal for equal seeds, as likely as the chances say, never better for more damage."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from cover_makers import ask, helper, instance, worker
from hypothesis import given, settings
from hypothesis import strategies as st

from bcp_kit.cores.staff_cover import attendance
from bcp_kit.cores.staff_cover.attendance_factors import AttendanceSettings, Commuter
from bcp_kit.cores.staff_cover.draws import Crew, Presence, Spread, drawn, heads_by_day, scaled, severity
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.domain.staff import StaffMember
from bcp_kit.services.cover_settings import settings_of
from bcp_kit.services.cover_waves import luck_of

SETTINGS: AttendanceSettings = settings_of({}).attendance
AS_SAID = Spread(mild_weight=0, severe_weight=0, mild_factor=0.5, severe_factor=1.5, helper_chance=0.5)
DAYS = 8


def scenario(hour: int = 2, **fields: Any) -> Scenario:
    """An earthquake of eight days."""
    start = datetime(2026, 11, 23, hour, tzinfo=UTC)
    return Scenario(id="s", name="s", event=EventKind.EARTHQUAKE, starts_at=start, days=DAYS, **fields)


def crew(*people: dict[str, Any]) -> Crew:
    """Invented staff of site A, three kilometres away unless said otherwise."""
    found = {}
    for n, fields in enumerate(people):
        duty = {k: fields.pop(k) for k in ("on_duty_from_min", "on_duty_until_min") if k in fields}
        staff = StaffMember(
            id=f"p{n}",
            facility_id="A",
            name="見本",
            **({"home_distance_m": 3000, "commute": "foot"} | fields),
        )
        found[staff.id] = Commuter(staff=staff, **duty)
    return Crew(found, {"A": SETTINGS})


def draw(
    asked: Crew, event: Scenario, spread: Spread = AS_SAID, draws: int = 4000, seed: int = 0
) -> Presence:
    """Draw the staff of `asked`."""
    question = instance([worker(i, DAYS) for i in asked.commuters], [ask(0, "day")], days=DAYS)
    return drawn(question, asked, event, spread, luck_of(draws, seed))


PEOPLE: tuple[dict[str, Any], ...] = (
    {},
    {"home_distance_m": 14_000},
    {"commute": "car", "home_distance_m": 9_000},
    {"youngest_child_age": 3},
    {"cares_for_family": True, "comes_at_night": Known.NO},
    {"home_exposures": (Exposure(hazard=HazardKind.EARTHQUAKE, in_zone=Known.YES),)},
    {"commute": "train", "home_distance_m": 18_000, "on_duty_from_min": -120, "on_duty_until_min": 420},
)
DAMAGE: dict[str, Any] = {
    "hazard": HazardKind.EARTHQUAKE,
    "road_back_day": 2,
    "train_back_day": 5,
    "schools_reopen_day": 4,
    "homes_damaged_share": 0.3,
}


def test_a_draw_is_as_likely_as_the_chance_says() -> None:
    """Over many draws the share of each person and day is the chance of attendance.estimate."""
    asked, event = crew(*(dict(p) for p in PEOPLE)), scenario(**DAMAGE)
    shares = draw(asked, event).mean(axis=0)
    for n, commuter in enumerate(asked.commuters.values()):
        expected = [e.chance for e in attendance.estimate(commuter, event, SETTINGS).estimates]
        assert shares[n] == pytest.approx(expected, abs=0.03), f"person {n}"


def test_the_ill_are_off_for_their_days_and_return() -> None:
    """A fifth falls ill on day 1 and is off for five days; nobody is off before or after."""
    event = scenario(12, infected_share_by_day=(0, 0.2)).model_copy(update={"event": EventKind.INFECTION})
    shares = draw(crew({}), event).mean(axis=0)[0]
    assert shares == pytest.approx([1, 0.8, 0.8, 0.8, 0.8, 0.8, 1, 1], abs=0.03)


def test_two_waves_take_people_twice() -> None:
    """A second wave takes others, so that two dips stand in the days."""
    shares = (0.3, 0, 0, 0, 0, 0, 0.3, 0)
    event = scenario(12, infected_share_by_day=shares).model_copy(update={"event": EventKind.INFECTION})
    found = draw(crew({}), event).mean(axis=0)[0]
    assert found == pytest.approx([0.7, 0.7, 0.7, 0.7, 0.7, 1, 0.7, 0.7], abs=0.03)


def test_absence_lasts() -> None:
    """Nobody comes and goes at random: who is there on one day is there on each later day of the damage."""
    here = draw(crew(*(dict(p) for p in PEOPLE[:5])), scenario(**DAMAGE))
    assert (here[:, :, :-1] <= here[:, :, 1:]).all()


def test_equal_seeds_give_equal_draws_and_equal_luck() -> None:
    """The same seed draws the same; a person's luck does not depend on who else is asked about."""
    event = scenario(**DAMAGE)
    both = draw(crew({}, {"home_distance_m": 14_000}), event, draws=200)
    assert (both == draw(crew({}, {"home_distance_m": 14_000}), event, draws=200)).all()
    assert (both != draw(crew({}, {"home_distance_m": 14_000}), event, draws=200, seed=1)).any()
    assert (both[:, 0] == draw(crew({}), event, draws=200)[:, 0]).all()


def test_an_offer_comes_as_a_whole() -> None:
    """Two helpers of one offer are there together or not at all, half of the time."""
    question = instance([helper("x", DAYS), helper("y", DAYS)], [ask(0, "day")], days=DAYS)
    here = drawn(question, crew(), scenario(), AS_SAID, luck_of(2000, 3))
    assert (here[:, 0] == here[:, 1]).all()
    assert here[:, 0, 0].mean() == pytest.approx(0.5, abs=0.04)


def test_severity_has_its_weights() -> None:
    """A quarter milder, a tenth more severe, the rest as the scenario says."""
    spread = AS_SAID.model_copy(update={"mild_weight": 0.25, "severe_weight": 0.1})
    share = np.bincount(severity(spread, luck_of(20_000, 5)("severity")[0]), minlength=3) / 20_000
    assert share == pytest.approx([0.25, 0.65, 0.1], abs=0.01)


def test_a_scenario_is_scaled_away_from_itself() -> None:
    """Days are rounded away, shares are kept within 1, what is not cut stays so."""
    event = scenario(road_back_day=3, homes_damaged_share=0.8, infected_share_by_day=(0.1,))
    severe, mild = scaled(event, 1.5), scaled(event, 0.5)
    assert (severe.road_back_day, mild.road_back_day, severe.train_back_day) == (5, 1, None)
    assert (severe.homes_damaged_share, mild.homes_damaged_share) == (1.0, 0.4)
    assert severe.infected_share_by_day == pytest.approx((0.15,))
    assert scaled(event, 1.0) == event


def test_heads_are_told_by_percentile() -> None:
    """Of four draws with 0, 1, 1 and 2 people, the middle is 1."""
    here = np.zeros((4, 2, 1), dtype=bool)
    here[1, 0], here[2, 1], here[3] = True, True, True
    assert heads_by_day(here, (0, 50, 100)) == ((0.0, 1.0, 2.0),)


@given(
    st.integers(0, 6),
    st.integers(0, 4),
    st.floats(0, 0.5),
    st.floats(0, 0.5),
    st.integers(0, 1000),
)
@settings(max_examples=40, deadline=None)
def test_more_damage_takes_nobody_back(road: int, longer: int, homes: float, more: float, seed: int) -> None:
    """Under the same luck, longer cuts and more homes hit never bring anybody who did not come before."""
    people = crew(*(dict(p) for p in PEOPLE))
    less = scenario(road_back_day=road, homes_damaged_share=homes)
    worse = scenario(road_back_day=road + longer, homes_damaged_share=min(1.0, homes + more))
    before, after = draw(people, less, draws=50, seed=seed), draw(people, worse, draws=50, seed=seed)
    assert (after <= before).all()

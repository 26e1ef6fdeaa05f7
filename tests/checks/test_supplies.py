"""Arithmetic of stock, power and operations against cases counted by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcp_kit.catalogues.load import catalogue
from bcp_kit.domain.bcp import Answer
from bcp_kit.domain.cover import AttendanceEstimate, CoverRun, OperationLevel
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.forms.operation_table import adjust_rows, days_of, table_rows
from bcp_kit.forms.power import Appliance, Generator, balance, fuel_per_hour, hourly_load, hours_by_load
from bcp_kit.forms.supplies import Group, Headcount, StockLine, count_item, count_supplies
from bcp_kit.forms.supply_lines import generator_of, guests_planned, stock_lines
from tests.checks.cases import TODAY, clean
from tests.checks.planted import CR, DC

WATER = catalogue("supply_items").need("water")
MEALS = catalogue("supply_items").need("meals")
PADS = catalogue("supply_items").need("diapers")


def water(amount: float, use_by: date | None = None, *, guests: bool = False) -> StockLine:
    """A line of drinking water."""
    return StockLine(item="water", name="水", amount=amount, use_by=use_by, guests=guests)


def test_water_by_hand() -> None:
    """46 residents and 28 staff: 3 L × 74 = 222 L a day, 666 L for three days; 1,080 L last 4.86 days."""
    counted = count_item(WATER, Headcount(residents=46, staff=28, guests=10), (water(1080),), TODAY, {})
    assert counted.per_day == {Group.RESIDENTS: 138, Group.STAFF: 84, Group.GUESTS: 30}
    assert counted.own_need == 666
    assert counted.lasts_days == pytest.approx(4.8649, abs=1e-4)
    assert counted.short == 0
    # 10 guests × 3 L × 3 days = 90 L, and nothing is kept for them: 45 bottles of 2 L at 200 yen
    assert (counted.need[Group.GUESTS], counted.guest_short, counted.packs) == (90, 90, 45)
    assert counted.cost_yen == 9000


def test_seven_days_with_a_tenth_more() -> None:
    """10 + 5 people, 7 days, a tenth more: 15 × 3 × 7 × 1.1 = 346.5 L; 200 L there: 146.5 L, 74 bottles."""
    figures = {"days": 7, "spare": 0.1}
    counted = count_item(WATER, Headcount(residents=10, staff=5), (water(200),), TODAY, figures)
    assert counted.own_need == pytest.approx(346.5)
    assert counted.short == pytest.approx(146.5)
    assert counted.packs == 74


def test_a_facility_sets_its_own_figure() -> None:
    """3.5 L a person and day in place of 3 L; another price."""
    figures = {"water": 3.5, "water_yen": 80}
    counted = count_item(WATER, Headcount(residents=4, staff=0), (), TODAY, figures)
    assert counted.own_need == pytest.approx(42)
    assert counted.packs == 21
    assert counted.cost_yen == pytest.approx(21 * 2 * 80)


def test_pads_are_for_those_who_use_them() -> None:
    """Of 50 residents 40 % use pads, 6 a day: 120 a day, 360 for three days; staff use none."""
    counted = count_item(PADS, Headcount(residents=50, staff=30), (), TODAY, {})
    assert counted.per_day[Group.RESIDENTS] == pytest.approx(120)
    assert counted.need[Group.STAFF] == 0
    assert counted.packs == 12


def test_what_is_expired_is_not_counted() -> None:
    """Expired stock counts as nothing, and the next date to come is named."""
    lines = (water(100, date(2026, 11, 23)), water(60, date(2027, 3, 31)), water(40, date(2026, 12, 31)))
    counted = count_item(WATER, Headcount(residents=10, staff=0), lines, TODAY, {})
    assert (counted.stock, counted.expired) == (100, 100)
    assert counted.next_use_by == date(2026, 12, 31)


def test_nobody_there_needs_nothing() -> None:
    """Without people nothing is needed and nothing lasts any number of days."""
    counted = count_item(MEALS, Headcount(residents=0, staff=0), (), TODAY, {})
    assert (counted.own_need, counted.short, counted.packs, counted.lasts_days) == (0, 0, 0, None)


@given(
    residents=st.integers(0, 200), staff=st.integers(0, 200), guests=st.integers(0, 100),
    stock=st.floats(0, 5000), days=st.floats(0.5, 30),
)  # fmt: skip
def test_buying_what_is_short_makes_it_enough(
    residents: int, staff: int, guests: int, stock: float, days: float
) -> None:
    """What is bought covers what is missing, and never a whole pack more."""
    people = Headcount(residents=residents, staff=staff, guests=guests)
    counted = count_item(WATER, people, (water(stock),), TODAY, {"days": days})
    missing = counted.short + counted.guest_short
    assert counted.packs * 2 >= missing - 1e-5
    assert counted.packs * 2 < missing + 2 + 1e-5
    assert sum(counted.need.values()) == pytest.approx(3 * (residents + staff + guests) * days)


@given(st.lists(st.tuples(st.floats(0, 3000), st.floats(0, 24)), max_size=8))
def test_the_hours_of_a_day_hold_all_energy(things: list[tuple[float, float]]) -> None:
    """The load of the 24 hours sums to power times hours, and the peak is no more than everything at once."""
    all_of_them = tuple(Appliance(name="機器", power_w=w, hours_per_day=h) for w, h in things)
    load = hourly_load(all_of_them)
    assert sum(load) == pytest.approx(sum(w * h for w, h in things), abs=1e-6)
    assert max(load) <= sum(w for w, _ in things) + 1e-6


def test_load_curve_by_hand() -> None:
    """A fridge of 100 W all day, light of 400 W for 6 hours from 17, a pump of 750 W for 1.5 hours from 8."""
    things = (
        Appliance(name="冷蔵庫(医薬品)", power_w=100, hours_per_day=24),
        Appliance(name="照明", power_w=400, hours_per_day=6),
        Appliance(name="給水ポンプ", power_w=750, hours_per_day=1.5),
    )
    told = balance(things, None)
    assert told.hourly_w[8] == 850
    assert told.hourly_w[9] == 475
    assert told.hourly_w[17] == told.hourly_w[22] == 500
    assert told.hourly_w[23] == told.hourly_w[3] == 100
    assert told.peak_w == 850
    assert told.start_w == 850 + 2 * 750  # a motor takes three times its power when it starts
    assert told.energy_wh == 100 * 24 + 400 * 6 + 750 * 1.5
    assert told.rated_w is told.full_load_h is told.carries is None


def test_fuel_by_hand() -> None:
    """190 L at 2.5 L/h: 76 hours at full load. At half load 0.4 + 0.6 × 0.5 = 70 %: 1.75 L/h, 108.6 hours."""
    generator = Generator(rated_w=12000, fuel_l_per_h=2.5, fuel_l=190)
    told = balance((Appliance(name="機器", power_w=6000, hours_per_day=24),), generator)
    assert told.full_load_h == 76
    assert fuel_per_hour(generator, 6000) == pytest.approx(1.75)
    assert told.by_load_h == pytest.approx(190 / 1.75)
    assert told.fuel_for_target_l == pytest.approx(72 * 1.75)
    assert told.carries


def test_fuel_that_never_ends_is_cut_at_the_longest_time() -> None:
    """A tank for a year counts up to the longest time of the catalogue."""
    assert hours_by_load(Generator(rated_w=1000, fuel_l_per_h=1, fuel_l=9000), (0.0,) * 24) == 336


@given(st.floats(1, 500), st.floats(0, 12000))
def test_less_load_never_burns_more(fuel: float, load: float) -> None:
    """The fuel lasts at least as long as at full load, and longer with less load."""
    generator = Generator(rated_w=12000, fuel_l_per_h=2.5, fuel_l=fuel)
    at_load = hours_by_load(generator, (load,) * 24)
    assert at_load >= min(fuel / 2.5, 336) - 1e-6
    assert at_load <= hours_by_load(generator, (load / 2,) * 24) + 1e-6


def test_a_plan_is_read_as_lines() -> None:
    """Of the sample home: bottles, meals of three kinds, pads, toilets by group, the guests' share apart."""
    answers = clean(CR).plans[next(iter(clean(CR).plans))].answers
    lines = stock_lines(answers)
    by_item = {(line.item, line.guests): 0.0 for line in lines}
    for line in lines:
        by_item[line.item, line.guests] += line.amount
    assert by_item["water", False] == 1080
    assert by_item["water", True] == 90
    assert by_item["meals", False] == 450 + 360 + 30
    assert by_item["meals", True] == 90
    assert by_item["toilets", False] == 1350
    assert by_item["toilets", True] == 160
    assert by_item["diapers", False] == 1800
    assert guests_planned(answers) == 10
    generator = generator_of(answers)
    assert generator is not None
    assert (generator.rated_w, generator.fuel_l_per_h, generator.fuel_l) == (12000, 2.5, 190)


def test_an_office_keeps_no_pads_and_a_closed_item_no_generator() -> None:
    """A consultation office counts water, meals, toilets, masks; its closed generator is none."""
    case = clean(DC)
    answers = case.plans[next(iter(case.plans))].answers
    people = Headcount(residents=0, staff=3)
    found = count_supplies(people, stock_lines(answers), TODAY, {}, lived_in=False)
    assert [one.item for one in found] == ["water", "meals", "toilets", "masks"]
    assert found[0].lasts_days == pytest.approx(4)
    assert generator_of(answers) is None
    assert generator_of({"nd_generator": Answer(rows=({"units": "1台"},))}) is None


def _run() -> CoverRun:
    chances = {0: 0.2, 1: 0.5, 2: 0.6, 3: 0.7}
    estimates = tuple(
        AttendanceEstimate(staff_id=f"s{person}", day=day, chance=chance)
        for day, chance in chances.items()
        for person in range(10)
    )
    levels = {0: "stopped", 1: "stopped", 2: "thinned", 3: "kept"}
    operations = tuple(
        OperationLevel(day=day, operation="bathing", level=level, facility_id="home")
        for day, level in levels.items()
    )
    return CoverRun(
        id="run", facility_ids=("home",), scenario_id="quake",
        made_at="2026-11-01T00:00:00Z", status=SolveStatus.OPTIMAL,
        attendance=estimates, operations=operations,
    )  # fmt: skip


def test_a_run_becomes_days_and_rows() -> None:
    """Ten people at 20, 50, 60, 70 %: 2, 5, 6, 7 come; bathing stops, thins, runs in the right columns."""
    days = days_of(_run(), "home", frozenset(f"s{person}" for person in range(10)))
    assert [(line.day, round(line.coming, 6), line.of) for line in days] == [
        (0, 2, 10), (1, 5, 10), (2, 6, 10), (3, 7, 10),
    ]  # fmt: skip
    (bathing,) = table_rows(days)
    assert bathing == {"stage_item": "入浴介助", "h6": "休む", "d1": "休む", "d3": "続ける"}
    (adjusted,) = adjust_rows(days)
    assert adjusted == {
        "task": "入浴・清拭", "stopped": "1日目〜2日目", "reduced": "3日目", "kept": "4日目",
        "reason": "職員参集の計算から",
    }  # fmt: skip


def test_another_facility_of_the_run_is_left_out() -> None:
    """Operations of a neighbour do not stand in this facility's table."""
    assert table_rows(days_of(_run(), "elsewhere", frozenset({"s0"}))) == ()

"""Capacity: each limit counted by hand, the smallest named, unknown never taken for zero."""

from typing import Any

import pytest

from bcp_kit.cores.staff_cover.capacity import (
    CapacitySettings,
    Limit,
    NeedClass,
    Outage,
    StaffLeft,
    Supplies,
    capacity,
    class_of,
    limits,
)
from bcp_kit.domain.facilities import Facility, ServiceCategory

SETTINGS = CapacitySettings(
    space_per_person_general_m2=3.5,
    life_consultant_ratio=10,
    accompanying_family_per_person=1,
    reserve_ratio=0.15,
    drinking_water_l_per_person_day=3,
    meals_per_person_day=3,
    persons_per_toilet_initial=50,
)
CARE = NeedClass(key="care", severity=2, space_m2=6.5, people_per_carer_day=5, people_per_carer_night=15)
DEVICE = NeedClass(
    key="device",
    severity=4,
    power_w_from=70,
    space_m2=8,
    private_room=True,
    sockets=1,
    power_w=250,
    power_h_per_day=24,
    people_per_carer_day=3,
    people_per_carer_night=6,
    nurse_min_per_day=60,
)
PLENTY = StaffLeft(day_min=99999, night_min=99999, nurse_min=99999, consultants=99, staff_present=10)
RUNNING = Supplies()


def facility(**fields: Any) -> Facility:
    """An invented home of forty."""
    return Facility(id="F", name="見本苑", category=ServiceCategory.CARE_RESIDENTIAL, residents=40, **fields)


def found(
    home: Facility, need: NeedClass = CARE, left: StaffLeft = PLENTY, supplies: Supplies = RUNNING
) -> dict[str, float | None]:
    """The limits."""
    return limits(home, need, left, supplies, SETTINGS)


def test_area_counts_the_family_once() -> None:
    """100 m² take ten people in need of 6.5 m² with one companion of 3.5 m² each."""
    assert found(facility(free_area_m2=100))["area"] == pytest.approx(10)


def test_toilets_leave_out_residents_and_staff() -> None:
    """Two toilets for fifty are a hundred people; forty residents, ten staff, the rest in pairs."""
    assert found(facility(toilets=2))["toilets"] == pytest.approx(25)


def test_consultants() -> None:
    """One and a half consultants look after fifteen."""
    assert found(facility(), left=PLENTY.model_copy(update={"consultants": 1.5}))["consultants"] == 15


@pytest.mark.parametrize(
    ("left", "places"),
    [
        # a person takes 180 minutes by day (15 h ÷ 5) and 36 by night (9 h ÷ 15)
        (StaffLeft(day_min=1800, night_min=360), 10),
        (StaffLeft(day_min=1800, night_min=180), 5),
        (StaffLeft(day_min=900, night_min=360), 5),
        (StaffLeft(day_min=900, night_min=180, spare_min=1080, spare_night_min=1080), 10),
        (StaffLeft(spare_min=2160, spare_night_min=0), 0),
        (StaffLeft(day_min=1800, night_min=360, life_is_short=True), 0),
    ],
)
def test_carers_by_day_and_night(left: StaffLeft, places: float) -> None:
    """Idle and spare minutes are put where they serve most people; who works no nights serves none."""
    assert found(facility(), left=left)["carers"] == pytest.approx(places)


def test_nurses_limit_only_who_needs_them() -> None:
    """600 minutes of nursing are ten people at an hour a day; the other class is not limited."""
    left = PLENTY.model_copy(update={"nurse_min": 600})
    assert found(facility(), DEVICE, left)["nurses"] == 10
    assert "nurses" not in found(facility(), CARE, left)


def test_power_binds_only_while_it_is_out() -> None:
    """3,000 W less 1,000 W of its own give eight devices; fuel for two days of both gives fewer."""
    home = facility(generator_w=3000, own_power_w=1000, generator_fuel_h=48)
    out = Supplies(power=Outage(days_in_all=3, days_left=2))
    assert "power" not in found(home, DEVICE)
    got = found(home, DEVICE, supplies=out)
    assert got["power"] == pytest.approx(8)
    # 3,000 × 48 − 1,000 × 72 = 72,000 Wh; a person takes 250 × 24 × 2 = 12,000 Wh
    assert got["energy"] == pytest.approx(6)
    assert "power" not in found(home, CARE, supplies=out)


def test_sockets_and_rooms() -> None:
    """Sockets and private rooms are counted one by one for the class that takes them."""
    got = found(facility(medical_outlets_free=4, private_rooms_free=2), DEVICE)
    assert (got["sockets"], got["private_rooms"]) == (4, 2)


def test_stock_is_drawn_by_own_people_from_the_first_day() -> None:
    """1,200 L, fifty own people for three days; guests and family for the two days that are left."""
    out = Supplies(water=Outage(days_in_all=3, days_left=2))
    # 1,200 − 50 × 3 × 3 = 750 L; a place takes 3 × 2 × 2 = 12 L
    assert found(facility(water_l=1200), supplies=out)["water"] == pytest.approx(62.5)
    assert found(facility(water_l=100), supplies=out)["water"] == 0
    assert "water" not in found(facility(water_l=1200))


def test_food_the_same_way() -> None:
    """600 meals, fifty own people for two days, guests for two."""
    out = Supplies(food=Outage(days_in_all=2, days_left=2))
    assert found(facility(food_meals=600), supplies=out)["food"] == pytest.approx((600 - 300) / 12)


UNKNOWN = {
    Limit.AREA,
    Limit.TOILETS,
    Limit.PRIVATE_ROOMS,
    Limit.SOCKETS,
    Limit.POWER,
    Limit.ENERGY,
    Limit.WATER,
    Limit.FOOD,
}


def test_every_unknown_is_listed_and_none_is_zero() -> None:
    """A facility that states nothing has eight unknown limits; staff alone binds."""
    out = Outage(days_in_all=3, days_left=3)
    got = found(facility(), DEVICE, PLENTY, Supplies(power=out, water=out, food=out))
    assert {k for k, v in got.items() if v is None} == {u.value for u in UNKNOWN}
    places = capacity(facility(), 1, DEVICE, got, 0.15)
    assert places.binding in {"carers", "nurses", "consultants"} and places.places > 0


def test_no_generator_is_known_to_be_none() -> None:
    """0 W is a fact and takes nobody; own load unknown leaves the rest unknown."""
    out = Supplies(power=Outage(days_in_all=1, days_left=1))
    assert found(facility(generator_w=0), DEVICE, supplies=out)["power"] == 0
    assert found(facility(generator_w=5000), DEVICE, supplies=out)["power"] is None


def test_the_smallest_limit_binds_and_the_reserve_is_kept() -> None:
    """Of ten and twenty places ten bind; 15 % are kept free: eight."""
    got = capacity(facility(), 2, CARE, {"area": 10.0, "carers": 20.0, "water": None}, 0.15)
    assert (got.places, got.binding, got.day, got.limits["water"]) == (8, "area", 2, None)


def test_a_need_goes_to_its_heaviest_class() -> None:
    """Staff or power put a need into a class; what neither asks for goes to the lightest."""
    watch = CARE.model_copy(update={"key": "watch", "severity": 1})
    nursing = CARE.model_copy(
        update={"key": "nursing", "severity": 3, "required_staff_any": frozenset({"nurse"})}
    )
    classes = (watch, nursing, DEVICE)
    assert class_of(("nurse",), 250, classes).key == "device"
    assert class_of(("nurse",), 0, classes).key == "nursing"
    assert class_of(("life_consultant",), 0, classes).key == "watch"


def test_outages_shrink_day_by_day() -> None:
    """Three days out are three, two, one and none left."""
    assert [Outage.seen_from(d, 3).days_left for d in range(5)] == [3, 2, 1, 0, 0]
    assert Outage.seen_from(0, None) == Outage()

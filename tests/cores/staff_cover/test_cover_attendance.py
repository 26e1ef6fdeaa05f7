"""Attendance: each reason alone sets the chance that its coefficient says, and no chance leaves 0–1."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcp_kit.cores.staff_cover import attendance, attendance_factors
from bcp_kit.cores.staff_cover.attendance import Presence, count_on, estimate, shifts_open_to
from bcp_kit.cores.staff_cover.attendance_factors import (
    AttendanceSettings,
    Commuter,
    CountMode,
    HealthMode,
)
from bcp_kit.cores.staff_cover.instance import Shift
from bcp_kit.domain.base import Known
from bcp_kit.domain.cover import AttendanceEstimate
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.scenario import EventKind, Scenario
from bcp_kit.domain.staff import CommuteMeans, StaffMember
from bcp_kit.domain.units import Location

SETTINGS = AttendanceSettings(
    near_km=10,
    far_km=20,
    unknown_distance_km=15,
    walk_speed_kmh=2,
    walk_speed_day_kmh=4,
    bicycle_speed_kmh=10,
    motor_speed_kmh=15,
    open_road_speed_kmh=30,
    prepare_h=1,
    late_start_h=2,
    bike_factor=1.2,
    car_factor_day0=0.3,
    train_factor_day0=0.0,
    bus_factor_cut=0.0,
    walk_instead_factor=0.5,
    night_factor=0.6,
    family_factor=0.3,
    family_factor_later=0.7,
    family_settle_days=3,
    young_child_age=5,
    school_child_age=12,
    school_closed_factor=0.2,
    school_closed_two_parents_factor=0.75,
    home_damaged_factor=0.2,
    home_in_zone_factor=0.1,
    home_recover_days=7,
    infection_days_off=5,
    contact_days_off=3,
    night_told_yes_factor=0.9,
    on_duty_stay_days=1,
)


def scenario(hour: int = 10, event: EventKind = EventKind.EARTHQUAKE, **fields: Any) -> Scenario:
    """A scenario of ten days that cuts nothing."""
    start = datetime(2026, 11, 23, hour, tzinfo=UTC)
    return Scenario(id="s", name="s", event=event, starts_at=start, days=10, **fields)


def chance(person: dict[str, Any], day: int, asked: Scenario, **settings: Any) -> tuple[float, list[str]]:
    """The chance of one invented person on one day, and the rules that set it."""
    staff = StaffMember(id="a", facility_id="A", name="見本", **({"home_distance_m": 3000} | person))
    found = estimate(Commuter(staff=staff), asked, SETTINGS.model_copy(update=settings)).estimates[day]
    return found.chance, [r.rule for r in found.reasons]


CUT = {"road_back_day": 2, "train_back_day": 4, "bus_back_day": 3}
CASES: list[tuple[str, dict[str, Any], int, Scenario, float, list[str]]] = [
    ("nothing cut", {}, 0, scenario(), 1.0, []),
    (
        "walks, ten to twenty km",
        {"commute": "foot", "home_distance_m": 15000},
        0,
        scenario(**CUT),
        0.5,
        ["way"],
    ),
    (
        "walks, beyond twenty km",
        {"commute": "foot", "home_distance_m": 21000},
        0,
        scenario(**CUT),
        0.0,
        ["way"],
    ),
    ("car, walking is better", {"commute": "car"}, 0, scenario(**CUT), 0.5, ["other_way"]),
    (
        "half of the roads cut",
        {"commute": "car"},
        0,
        scenario(**CUT, road_cut_share=0.5),
        0.75,
        ["other_way"],
    ),
    (
        "a tenth of the lines cut",
        {"commute": "train", "home_distance_m": 25000},
        3,
        scenario(**CUT, train_cut_share=0.1),
        0.9,
        ["way"],
    ),
    ("car, roads are back", {"commute": "car"}, 2, scenario(**CUT), 1.0, []),
    ("car, far, roads are back", {"commute": "car", "home_distance_m": 30000}, 2, scenario(**CUT), 1.0, []),
    (
        "bicycle",
        {"commute": "bicycle", "home_distance_m": 15000},
        0,
        scenario(**CUT),
        0.6,
        ["way"],
    ),
    (
        "train, far",
        {"commute": "train", "home_distance_m": 25000},
        3,
        scenario(**CUT),
        0.0,
        ["way"],
    ),
    ("train runs again", {"commute": "train", "home_distance_m": 25000}, 4, scenario(**CUT), 1.0, []),
    ("bus needs the road", {"commute": "bus"}, 0, scenario(road_back_day=1), 0.5, ["other_way"]),
    ("bus runs again", {"commute": "bus"}, 3, scenario(**CUT), 1.0, []),
    (
        "train cut, has a bicycle",
        {"commute": "train", "other_means": ("bicycle",)},
        0,
        scenario(**CUT),
        1.0,
        [],
    ),
    (
        "home unknown",
        {"home_distance_m": None, "commute": "foot"},
        0,
        scenario(**CUT),
        0.5,
        ["distance_unknown"],
    ),
    ("night", {}, 0, scenario(2), 0.6, ["night"]),
    ("told: comes at night", {"comes_at_night": "yes"}, 0, scenario(2), 0.9, ["night_told_yes"]),
    ("told: not at night", {"comes_at_night": "no"}, 0, scenario(2), 0.6, ["night_told_no"]),
    ("told: not at night, by day", {"comes_at_night": "no"}, 0, scenario(10), 1.0, []),
    ("told: three hours on foot", {"commute": "foot", "walk_min": 225}, 0, scenario(**CUT), 0.5, ["way"]),
    ("night is over", {}, 1, scenario(2), 1.0, []),
    ("a school closure has no night", {}, 0, scenario(0, EventKind.SCHOOL_CLOSURE), 1.0, []),
    ("small child", {"youngest_child_age": 3}, 0, scenario(), 0.3, ["family"]),
    ("small child, later", {"youngest_child_age": 3}, 2, scenario(), 0.7, ["family"]),
    ("small child, settled", {"youngest_child_age": 3}, 3, scenario(), 1.0, []),
    (
        "small child, other parent",
        {"youngest_child_age": 3, "other_parent_at_home": True},
        0,
        scenario(),
        1.0,
        [],
    ),
    ("cares for family", {"cares_for_family": True}, 0, scenario(), 0.3, ["family"]),
    ("schools closed", {"youngest_child_age": 9}, 1, scenario(schools_reopen_day=5), 0.2, ["school"]),
    (
        "schools closed, other parent",
        {"youngest_child_age": 9, "other_parent_at_home": True},
        1,
        scenario(schools_reopen_day=5),
        0.75,
        ["school_two_parents"],
    ),
    ("schools open again", {"youngest_child_age": 9}, 5, scenario(schools_reopen_day=5), 1.0, []),
    ("older child", {"youngest_child_age": 14}, 1, scenario(schools_reopen_day=5), 1.0, []),
    (
        "one child is not counted twice",
        {"youngest_child_age": 3},
        0,
        scenario(schools_reopen_day=5),
        0.2,
        ["school"],
    ),
    (
        "home in the zone",
        {"home_exposures": (Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES),)},
        0,
        scenario(event=EventKind.FLOOD, hazard=HazardKind.RIVER_FLOOD),
        0.1,
        ["home_in_zone"],
    ),
    (
        "zone of another hazard",
        {"home_exposures": (Exposure(hazard=HazardKind.TSUNAMI, in_zone=Known.YES),)},
        0,
        scenario(event=EventKind.FLOOD, hazard=HazardKind.RIVER_FLOOD),
        1.0,
        [],
    ),
    (
        "nobody looked at the zone",
        {"home_exposures": (Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.UNKNOWN),)},
        0,
        scenario(event=EventKind.FLOOD, hazard=HazardKind.RIVER_FLOOD),
        1.0,
        [],
    ),
    ("homes damaged, mean", {}, 0, scenario(homes_damaged_share=0.5), 0.6, ["homes_damaged_mean"]),
    ("homes recovered", {}, 7, scenario(homes_damaged_share=0.5), 1.0, []),
    (
        "infection adds up",
        {},
        1,
        scenario(event=EventKind.INFECTION, infected_share_by_day=(0.1, 0.2)),
        0.7,
        ["infection_mean"],
    ),
    (
        "the ill return",
        {},
        5,
        scenario(event=EventKind.INFECTION, infected_share_by_day=(0.1, 0.2)),
        0.8,
        ["infection_mean"],
    ),
    (
        "contacts return sooner",
        {},
        3,
        scenario(event=EventKind.INFECTION, contact_share_by_day=(0.4,)),
        1.0,
        [],
    ),
]


@pytest.mark.parametrize(
    ("person", "day", "asked", "expected", "because"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_each_reason_alone(
    person: dict[str, Any], day: int, asked: Scenario, expected: float, because: list[str]
) -> None:
    """One constraint gives the chance counted by hand and is named, and nothing else is."""
    found, rules = chance(person, day, asked)
    assert found == pytest.approx(expected)
    assert rules == because


def test_reasons_multiply() -> None:
    """At night, 15 km on foot, with a small child: 0.5 × 0.6 × 0.3."""
    person = {"commute": "foot", "home_distance_m": 15000, "youngest_child_age": 2}
    found, rules = chance(person, 0, scenario(2, **CUT))
    assert found == pytest.approx(0.5 * 0.6 * 0.3)
    assert rules == ["way", "night", "family"]


def test_distance_comes_from_the_places_where_it_is_not_given() -> None:
    """Home and site 0.1 degrees of latitude apart lie eleven kilometres apart."""
    staff = StaffMember(
        id="a", facility_id="A", name="見本", home_location=Location(latitude=35, longitude=137)
    )
    site = Location(latitude=35.1, longitude=137)
    assert attendance_factors.distance_km(
        Commuter(staff=staff, site_location=site), SETTINGS
    ) == pytest.approx(11.1, abs=0.1)
    assert attendance_factors.distance_km(Commuter(staff=staff), SETTINGS) is None


def test_who_is_on_duty_is_there() -> None:
    """Whatever else would keep them, those at work when it strikes are there on day 0 and named so."""
    staff = StaffMember(id="a", facility_id="A", name="見本", home_distance_m=50000)
    commuter = Commuter(staff=staff, on_duty_from_min=-120, on_duty_until_min=420)
    found = estimate(commuter, scenario(2, **CUT), SETTINGS)
    assert found.estimates[0].chance == 1.0 and found.estimates[0].on_site
    assert [r.rule for r in found.estimates[0].reasons] == ["on_duty"]
    assert [r.rule for r in found.estimates[1].reasons] == ["stayed"]
    assert found.estimates[1].chance == 1.0
    away = SETTINGS.model_copy(update={"on_duty_stay_days": 0})
    assert estimate(commuter, scenario(2, **CUT), away).estimates[1].chance == 0.0


def test_who_can_get_home_does_not_stay() -> None:
    """With nothing cut the night crew goes home and is expected like everybody else."""
    staff = StaffMember(id="a", facility_id="A", name="見本", home_distance_m=3000)
    commuter = Commuter(staff=staff, on_duty_from_min=-120, on_duty_until_min=420)
    assert estimate(commuter, scenario(2), SETTINGS).estimates[1].reasons == ()


def test_a_bed_at_work_keeps_who_came_once() -> None:
    """A bed alone brings nobody: it keeps those who came, here the night crew, until the trains run."""
    staff = StaffMember(id="a", facility_id="A", name="見本", home_distance_m=30000, commute="train")
    home = Commuter(staff=staff)
    asked = scenario(train_back_day=3)
    assert [e.chance for e in estimate(home, asked, SETTINGS).estimates[:4]] == [0, 0, 0, 1]
    near = home.model_copy(update={"staff": staff.model_copy(update={"home_distance_m": 15000})})
    beds = near.model_copy(update={"stays_over": True})
    night = scenario(2, train_back_day=3)
    assert [e.chance for e in estimate(near, night, SETTINGS).estimates[:2]] == pytest.approx([0.15, 0.25])
    assert [e.chance for e in estimate(beds, night, SETTINGS).estimates[:2]] == pytest.approx([0.15, 0.25])
    flood = scenario(18, EventKind.FLOOD, train_back_day=3)
    assert [e.chance for e in estimate(beds, flood, SETTINGS).estimates[:4]] == [1, 1, 1, 1]
    assert estimate(beds, flood, SETTINGS).arrival_min == 0 < estimate(near, flood, SETTINGS).arrival_min
    on_duty = beds.model_copy(update={"on_duty_from_min": -120, "on_duty_until_min": 420})
    assert [e.chance for e in estimate(on_duty, night, SETTINGS).estimates[:4]] == [1, 1, 1, 1]


def test_a_car_of_the_facility_and_its_nursery() -> None:
    """A ride replaces the cut way from its day on; childcare ends a closed school, not care for a parent."""
    staff = StaffMember(
        id="a", facility_id="A", name="見本", home_distance_m=18000, commute="train", youngest_child_age=8
    )
    asked = scenario(train_back_day=9, schools_reopen_day=9)
    ride = Commuter(staff=staff, ride_from_day=1, ride_factor=0.8)
    days = estimate(ride, asked, SETTINGS).estimates
    assert days[0].chance == pytest.approx(0.1 * 0.2) and days[1].chance == pytest.approx(0.8 * 0.2)
    assert [r.rule for r in days[1].reasons] == ["ride", "school"]
    both = estimate(ride.model_copy(update={"childcare": True}), asked, SETTINGS).estimates
    assert [r.rule for r in both[1].reasons] == ["ride"]
    carer = ride.model_copy(
        update={"childcare": True, "staff": staff.model_copy(update={"cares_for_family": True})}
    )
    assert [r.rule for r in estimate(carer, asked, SETTINGS).estimates[1].reasons] == ["ride", "family"]


def test_who_does_not_come_at_night_arrives_in_the_morning() -> None:
    """Called at two: at five plus an hour plus half an hour on foot; called at 22: not on that day."""
    staff = StaffMember(
        id="a", facility_id="A", name="見本", home_distance_m=1000, commute="foot", comes_at_night=Known.NO
    )
    early = estimate(Commuter(staff=staff), scenario(2), SETTINGS)
    assert (early.arrival_min, early.estimates[0].chance) == (5 * 60 + 90, 0.6)
    late = estimate(Commuter(staff=staff), scenario(22), SETTINGS)
    assert (late.arrival_min, late.estimates[0].chance) == ((24 + 5) * 60 + 90, 0.0)
    asleep = staff.model_copy(update={"comes_at_night": Known.YES})
    assert estimate(Commuter(staff=asleep), scenario(2), SETTINGS).arrival_min == 2 * 60 + 90


def test_drawn_health_keeps_the_shares_and_the_seed() -> None:
    """Drawn for many people, the share that is ill is near the given one, and equal for equal seeds."""
    asked = scenario(event=EventKind.INFECTION, infected_share_by_day=(0.3,), homes_damaged_share=0.0)
    settings = SETTINGS.model_copy(update={"health_mode": HealthMode.DRAWN})

    def ill(seed: int) -> list[bool]:
        people = [
            StaffMember(id=f"p{n}", facility_id="A", name="見本", home_distance_m=0) for n in range(400)
        ]
        found = [estimate(Commuter(staff=p), asked, settings, seed) for p in people]
        assert all(p.estimates[5].chance == 1.0 for p in found)
        return [p.estimates[4].chance == 0.0 for p in found]

    assert ill(1) == ill(1) != ill(2)
    assert 90 <= sum(ill(1)) <= 150


def test_drawn_damage_hits_some_homes_only() -> None:
    """A drawn home is hit or not, never a little."""
    asked = scenario(homes_damaged_share=0.5)
    settings = SETTINGS.model_copy(update={"health_mode": HealthMode.DRAWN})
    people = [StaffMember(id=f"p{n}", facility_id="A", name="見本", home_distance_m=0) for n in range(50)]
    found = {estimate(Commuter(staff=p), asked, settings, 3).estimates[0].chance for p in people}
    assert found == {1.0, 0.2}


def _people(*chances: float) -> list[Presence]:
    return [
        Presence(
            staff_id=f"p{n}",
            estimates=(AttendanceEstimate(staff_id=f"p{n}", day=0, chance=c),),
            arrival_min=0,
        )
        for n, c in enumerate(chances)
    ]


def _counted(people: list[Presence], settings: AttendanceSettings = SETTINGS) -> list[bool]:
    found = count_on(people, {p.staff_id: "x" for p in people}, settings)
    return [p.estimates[0].counted for p in found]


def test_expected_mode_counts_on_as_many_as_the_chances_add_up_to() -> None:
    """Five people at 0.8 are four; the threshold would take all five."""
    threshold = SETTINGS.model_copy(update={"count_mode": CountMode.THRESHOLD})
    assert sum(_counted(_people(0.8, 0.8, 0.8, 0.8, 0.8))) == 4
    assert sum(_counted(_people(0.8, 0.8, 0.8, 0.8, 0.8), threshold)) == 5
    assert _counted(_people(0.2, 0.9, 0.4)) == [False, True, True]
    assert _counted(_people(0.2, 0.9, 0.5), threshold) == [False, True, True]


def test_people_are_counted_among_their_like_only() -> None:
    """A nurse's chance never makes a cook come."""
    people = _people(0.9, 0.4)
    found = count_on(people, {"p0": "nurse", "p1": "cook"}, SETTINGS)
    assert [p.estimates[0].counted for p in found] == [True, False]


EARLY = Shift(key="early", start_min=420, end_min=960)
LATE = Shift(key="late", start_min=780, end_min=1320)


def _open(hour: int, duty: tuple[int, int] | None, km: float) -> tuple[str, ...]:
    staff = StaffMember(
        id="a", facility_id="A", name="見本", home_distance_m=1000 * km, commute=CommuteMeans.FOOT
    )
    begin, end = duty or (None, None)
    asked = scenario(hour)
    presence = estimate(Commuter(staff=staff, on_duty_from_min=begin, on_duty_until_min=end), asked, SETTINGS)
    counted = count_on([presence], {"a": "x"}, SETTINGS)[0]
    return shifts_open_to(counted, {0: (EARLY, LATE)}, attendance.strike_minute(asked), 120)[0]


def test_shifts_of_day_0_open_by_arrival() -> None:
    """It strikes at 2; on foot four kilometres end at 5, ten at 8 (an hour late), thirteen at half past 9."""
    assert _open(2, None, 4) == ("early", "late")
    assert _open(2, None, 10) == ("early", "late")
    assert _open(2, None, 13) == ("late",)


def test_a_running_shift_belongs_to_those_on_duty() -> None:
    """It strikes at 8: those on the early shift stay on it and do nothing else that day."""
    assert _open(8, (420, 960), 4) == ("early",)
    assert _open(8, None, 4) == ("late",)


def test_the_night_crew_is_open_to_later_shifts() -> None:
    """Those on night duty may come again on day 0; their rest is a rule of the roster."""
    assert _open(2, (-120, 420), 30) == ("early", "late")


@given(
    st.floats(0, 60_000),
    st.sampled_from(list(CommuteMeans)),
    st.integers(0, 23),
    st.integers(0, 9),
    st.floats(0, 1),
    st.lists(st.floats(0, 1), max_size=5),
)
def test_a_chance_is_never_outside_0_and_1(
    home_m: float, means: CommuteMeans, hour: int, day: int, share: float, ill: list[float]
) -> None:
    """Whatever is multiplied, a chance stays a chance (decision 14 of the design)."""
    asked = scenario(hour, homes_damaged_share=share, infected_share_by_day=tuple(ill), **CUT)
    found, _ = chance({"home_distance_m": home_m, "commute": means, "youngest_child_age": 4}, day, asked)
    assert 0 <= found <= 1


PEOPLE = st.fixed_dictionaries(
    {
        "home_distance_m": st.floats(0, 40_000),
        "commute": st.sampled_from(list(CommuteMeans)),
        "youngest_child_age": st.none() | st.integers(0, 20),
        "other_parent_at_home": st.booleans(),
        "cares_for_family": st.booleans(),
        "comes_at_night": st.sampled_from(list(Known)),
    }
)
LENGTHS = st.none() | st.integers(0, 10)
DAMAGES = st.fixed_dictionaries(
    {
        "road_back_day": LENGTHS,
        "train_back_day": LENGTHS,
        "bus_back_day": LENGTHS,
        "schools_reopen_day": LENGTHS,
        "road_cut_share": st.floats(0, 0.6),
        "train_cut_share": st.floats(0, 0.6),
        "homes_damaged_share": st.floats(0, 0.6),
        "infected_share_by_day": st.lists(st.floats(0, 0.1), min_size=10, max_size=10).map(tuple),
        "contact_share_by_day": st.lists(st.floats(0, 0.1), min_size=10, max_size=10).map(tuple),
    }
)


def _worse(damage: dict[str, Any], by_days: int, by_share: float) -> dict[str, Any]:
    """The same damage, longer and larger; what was not cut stays so."""
    return {
        key: (
            value
            if value is None
            else value + by_days
            if isinstance(value, int)
            else min(1.0, value + by_share)
            if isinstance(value, float)
            else tuple(v + by_share / 10 for v in value)
        )
        for key, value in damage.items()
    }


@given(PEOPLE, DAMAGES, st.sampled_from((2, 10, 23)), st.integers(0, 9), st.integers(0, 5), st.floats(0, 0.4))
def test_more_damage_never_raises_a_chance(
    person: dict[str, Any], damage: dict[str, Any], hour: int, day: int, longer: int, more: float
) -> None:
    """Longer cuts, more homes hit, more people ill: nobody is more likely to come on any day."""
    less, _ = chance(person, day, scenario(hour, **damage))
    worse, _ = chance(person, day, scenario(hour, **_worse(damage, longer, more)))
    assert worse <= less + 1e-9


@given(PEOPLE, DAMAGES, st.sampled_from((2, 10, 23)), st.integers(0, 9))
def test_what_helps_never_lowers_a_chance(
    person: dict[str, Any], damage: dict[str, Any], hour: int, day: int
) -> None:
    """A ride, a bed at work and childcare, alone or together, make nobody less likely to come."""
    staff = StaffMember(id="a", facility_id="A", name="見本", **person)
    asked = scenario(hour, **damage)
    plain = estimate(Commuter(staff=staff), asked, SETTINGS).estimates[day].chance
    for helped in (
        {"ride_from_day": 0, "ride_factor": 0.8},
        {"stays_over": True},
        {"childcare": True},
        {"ride_from_day": 1, "ride_factor": 0.8, "stays_over": True, "childcare": True},
    ):
        found = estimate(Commuter(staff=staff, **helped), asked, SETTINGS).estimates[day].chance
        assert found >= plain - 1e-9


@given(PEOPLE, DAMAGES, st.sampled_from((0, 2, 22, 23)))
def test_who_promises_the_night_is_not_less_likely(
    person: dict[str, Any], damage: dict[str, Any], hour: int
) -> None:
    """Yes is at least unknown, unknown at least no."""
    yes, unknown, no = (
        chance(person | {"comes_at_night": told}, 0, scenario(hour, **damage))[0]
        for told in (Known.YES, Known.UNKNOWN, Known.NO)
    )
    assert yes >= unknown >= no

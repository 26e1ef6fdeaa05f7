"""Every place can be traced: the numbers told for a limit give that limit, and each has its sentence."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcp_kit.cores.staff_cover.capacity import Limit, Outage, StaffLeft, Supplies, capacity, limits
from bcp_kit.cores.staff_cover.capacity_inputs import inputs
from bcp_kit.domain.facilities import Facility, ServiceCategory
from bcp_kit.forms.capacity_words import limit_words, places_words
from bcp_kit.services.cover_catalogue import need_classes
from bcp_kit.services.cover_settings import settings_of

SETTINGS = settings_of({}).capacity
Numbers = Mapping[str, float]


def _carers(n: Numbers) -> float:
    both = n["day_each"] + n["night_each"]
    return min(
        (n["day"] + n["spare"]) / n["day_each"],
        (n["night"] + n["spare_night"]) / n["night_each"],
        (n["day"] + n["night"] + n["spare"]) / both,
    )


def _stock(n: Numbers) -> float:
    each = n["each"] * n["days_left"] * (1 + n["family"])
    return (n["stock"] - n["own"] * n["each"] * n["days_in_all"]) / each


def _energy(n: Numbers) -> float:
    free = n["generator"] * n["hours"] - n["own"] * 24 * n["days_in_all"]
    return free / (n["each"] * n["days_left"])


BY_HAND: dict[Limit, Callable[[Numbers], float]] = {
    Limit.LIFE: lambda n: 0.0,
    Limit.AREA: lambda n: n["area"] / (n["each"] + n["family"] * n["family_each"]),
    Limit.PRIVATE_ROOMS: lambda n: n["rooms"],
    Limit.CONSULTANTS: lambda n: n["people"] * n["each"],
    Limit.CARERS: _carers,
    Limit.NURSES: lambda n: n["minutes"] / n["each"],
    Limit.SOCKETS: lambda n: n["sockets"] / n["each"],
    Limit.POWER: lambda n: (n["generator"] - n["own"]) / n["each"],
    Limit.ENERGY: _energy,
    Limit.WATER: _stock,
    Limit.FOOD: _stock,
    Limit.TOILETS: lambda n: (n["toilets"] * n["each"] - n["own"]) / (1 + n["family"]),
}
WHOLE = st.integers(0, 5000)
FACILITIES = st.builds(
    Facility,
    id=st.just("A"),
    name=st.just("見本苑"),
    category=st.just(ServiceCategory.CARE_RESIDENTIAL),
    residents=st.integers(0, 120),
    free_area_m2=st.none() | WHOLE,
    private_rooms_free=st.none() | st.integers(0, 9),
    toilets=st.none() | st.integers(0, 30),
    generator_w=st.none() | st.integers(1, 50_000),
    generator_fuel_h=st.none() | st.integers(0, 100),
    own_power_w=st.none() | WHOLE,
    medical_outlets_free=st.none() | st.integers(0, 20),
    water_l=st.none() | WHOLE,
    food_meals=st.none() | WHOLE,
)
STAFF = st.builds(
    StaffLeft,
    day_min=WHOLE,
    night_min=WHOLE,
    spare_min=WHOLE,
    spare_night_min=WHOLE,
    nurse_min=WHOLE,
    consultants=st.integers(0, 5),
    staff_present=st.integers(0, 40),
)
OUTAGES = st.builds(Outage.seen_from, st.integers(0, 6), st.none() | st.integers(0, 9))


@settings(deadline=None)
@given(FACILITIES, STAFF, OUTAGES, st.sampled_from(need_classes()))
def test_the_numbers_give_the_limit(facility: Facility, left: StaffLeft, out: Outage, need: object) -> None:
    """Each known limit follows from its own numbers by the sentence's arithmetic, and has a sentence."""
    supplies = Supplies(power=out, water=out, food=out)
    found = limits(facility, need, left, supplies, SETTINGS)  # type: ignore[arg-type]
    behind = inputs(facility, need, left, supplies, SETTINGS)  # type: ignore[arg-type]
    known = {name: value for name, value in found.items() if value is not None}
    for name, value in known.items():
        by_hand = max(0.0, BY_HAND[Limit(name)](behind[name]))
        assert value == pytest.approx(by_hand, abs=0.02, rel=0.01), name
    places = capacity(facility, 0, need, found, SETTINGS.reserve_ratio)  # type: ignore[arg-type]
    told = places.model_copy(
        update={"inputs": {k: behind[k] for k in known}, "reserve": SETTINGS.reserve_ratio}
    )
    for language in ("ja", "en"):
        words = limit_words(told, language)
        assert len(words) == len(known) and all(why for _, _, why in words)
        assert words[0][1] == known[places.binding] == min(known.values())
        assert str(places.places) in places_words(told, language)


def test_a_day_without_life_keeping_cover_is_named_so() -> None:
    """Where life-keeping posts stay empty, that binds: not the consultants, whom it takes away."""
    facility = Facility(
        id="A", name="見本苑", category=ServiceCategory.CARE_RESIDENTIAL, free_area_m2=100, residents=10
    )
    left = StaffLeft(day_min=900, night_min=900, consultants=2, life_is_short=True)
    need = need_classes()[0]
    found = limits(facility, need, left, Supplies(), SETTINGS)
    assert capacity(facility, 0, need, found, 0.1).binding == Limit.LIFE.value
    enough = limits(facility, need, left.model_copy(update={"life_is_short": False}), Supplies(), SETTINGS)
    assert Limit.LIFE.value not in enough


def test_runs_of_before_have_no_sentences() -> None:
    """A stored run without the numbers is shown with its limits alone."""
    facility = Facility(id="A", name="見本苑", category=ServiceCategory.CARE_RESIDENTIAL, free_area_m2=100)
    need = need_classes()[0]
    old = capacity(facility, 0, need, limits(facility, need, StaffLeft(), Supplies(), SETTINGS), 0.1)
    assert old.inputs == {} and all(why == "" for _, _, why in limit_words(old))

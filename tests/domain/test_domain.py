"""The domain: values that never change, text kept as written, units with their limits."""

from datetime import date

import pytest
from pydantic import ValidationError

from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import Exposure, HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location, straight_distance_m


def test_text_is_kept_exactly_as_written() -> None:
    """Rare kanji, variation selectors, width and blanks of a name survive; nothing is normalised."""
    name = "𠮷﨑　葛\U000e0100子 ①㈱"
    assert Person(id="p", name=name, address="〇町１－２").name == name


def test_a_value_never_changes_and_takes_no_unknown_field() -> None:
    """Assigning to a field or adding an unknown one is refused."""
    person = Person(id="p", name="試験", address="x")
    with pytest.raises(ValidationError):
        person.name = "y"
    with pytest.raises(ValidationError):
        Person.model_validate({"id": "p", "name": "x", "address": "x", "nickname": "y"})


def test_unknown_is_neither_yes_nor_no() -> None:
    """A shelter without a recorded feature has it as unknown, and a missing capacity is None, not 0."""
    shelter = Shelter(id="s", name="x", kind=DestinationKind.GENERAL)
    assert shelter.feature("care_bed") is Known.UNKNOWN
    assert shelter.capacity_people is None
    assert Known.of(None) is Known.UNKNOWN and Known.of(False) is Known.NO


def test_negative_and_impossible_units_are_refused() -> None:
    """A negative capacity and a latitude of 135 (swapped coordinates) do not become objects."""
    with pytest.raises(ValidationError):
        Shelter(id="s", name="x", kind=DestinationKind.GENERAL, capacity_people=-1)
    with pytest.raises(ValidationError):
        Location(latitude=135.5, longitude=35.6)


def test_one_degree_of_latitude_is_about_111_km() -> None:
    """The distance formula agrees with the length of a degree on the mean sphere (111.195 km)."""
    length = straight_distance_m(Location(latitude=35, longitude=135), Location(latitude=36, longitude=135))
    assert length == pytest.approx(111_195, abs=1)


def test_exposure_is_found_by_hazard() -> None:
    """A home's exposure is found by hazard; a hazard nobody looked at is None."""
    flood = Exposure(hazard=HazardKind.RIVER_FLOOD, in_zone=Known.YES, depth_m=1.2)
    person = Person(id="p", name="x", address="x", home_exposures=(flood,))
    assert person.exposure_to(HazardKind.RIVER_FLOOD) == flood
    assert person.exposure_to(HazardKind.TSUNAMI) is None


@pytest.mark.parametrize(
    ("verified", "review", "stale"),
    [
        (None, None, True),
        (date(2026, 1, 1), None, False),
        (date(2026, 1, 1), date(2026, 11, 22), True),
        (date(2026, 1, 1), date(2026, 11, 23), False),
    ],
)
def test_a_plan_lapses(verified: date | None, review: date | None, stale: bool) -> None:
    """A plan that nobody verified, or whose review date has passed, is stale."""
    day = date(2025, 11, 23)
    plan = EvacuationPlan(
        id="e", person_id="p", created_on=day, updated_on=day, verified_on=verified, next_review_on=review
    )
    assert plan.is_stale(date(2026, 11, 23)) is stale

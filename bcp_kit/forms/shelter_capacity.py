"""How many people a destination can really take, reckoned from its facts (catalogue `capacity_formula`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

from bcp_kit.catalogues.load import number
from bcp_kit.domain.shelter_spaces import Disagreement, disagreements
from bcp_kit.domain.shelters import Shelter

FORMULA = "capacity_formula"


@dataclass(frozen=True)
class CapacityEstimate:
    """People by what limits them, before the reserve; `missing` are facts without which a limit is unknown.

    `people` is the smallest limit less the reserve, None where no limit is known.
    """

    limits: Mapping[str, int]
    missing: tuple[str, ...]
    people: int | None

    @property
    def binding(self) -> str:
        """The limit that decides, or the empty text."""
        return min(self.limits, key=lambda key: self.limits[key]) if self.limits else ""


def capacity_estimate(shelter: Shelter) -> CapacityEstimate:
    """Return the estimate for one destination.

    Units: people. Source: catalogue `capacity_formula`; most of its figures are planning defaults.
    """
    welfare = shelter.kind.is_welfare
    limits: dict[str, int] = {}
    missing: list[str] = []
    if shelter.area_m2 is None:
        missing.append("area_m2")
    else:
        per_person = number(FORMULA, f"space_per_person_{'welfare' if welfare else 'general'}_m2")
        limits["area"] = floor(shelter.area_m2 / per_person)
    if shelter.toilets is None:
        missing.append("toilets")
    else:
        limits["toilets"] = floor(shelter.toilets * number("shelter_defaults", "persons_per_toilet"))
    if welfare:
        _staff_and_beds(shelter, limits, missing)
    if not limits:
        return CapacityEstimate({}, tuple(missing), None)
    left = 1 - number(FORMULA, "reserve_ratio")
    return CapacityEstimate(limits, tuple(missing), max(0, floor(min(limits.values()) * left)))


def _staff_and_beds(shelter: Shelter, limits: dict[str, int], missing: list[str]) -> None:
    if shelter.beds is None:
        missing.append("beds")
    else:
        limits["beds"] = shelter.beds
    share = shelter.staff_available_ratio
    share = number(FORMULA, "staff_available_ratio") if share is None else share
    for when in ("day", "night"):
        staff = shelter.staff_day if when == "day" else shelter.staff_night
        if staff is None or shelter.own_residents is None:
            missing.append(f"staff_{when}" if staff is None else "own_residents")
            continue
        cared = staff * share * number(FORMULA, f"people_per_care_worker_{when}")
        limits[f"staff_{when}"] = max(0, floor(cared - shelter.own_residents))


def room_disagreements(shelter: Shelter) -> tuple[Disagreement, ...]:
    """Return where rooms and whole disagree by more than the share of the catalogue `shelter_defaults`."""
    return disagreements(shelter, number("shelter_defaults", "room_sum_tolerance"))

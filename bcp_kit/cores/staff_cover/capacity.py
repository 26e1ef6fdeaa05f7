"""How many people in need a facility can take in on one day, by need class (decision 13 of the design).

Each limit is counted in places. A place is one person in need *with* the family who comes along: area, water,
food and toilets are counted for all of them, so a matching must not count the family a second time against
these places. The smallest known limit binds; a limit whose input nobody knows is None and named, never 0.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import floor
from typing import Annotated

from pydantic import Field

from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.cover import CapacityByNeed
from bcp_kit.domain.facilities import Facility
from bcp_kit.domain.units import Hours, Minutes, Persons, Share, SquareMetres, Watts

EASE = 1e-9


class Limit(StrEnum):
    """What may limit the places; each has its sentence in templates/messages."""

    LIFE = "life"
    AREA = "area"
    PRIVATE_ROOMS = "private_rooms"
    CONSULTANTS = "consultants"
    CARERS = "carers"
    NURSES = "nurses"
    SOCKETS = "sockets"
    POWER = "power"
    ENERGY = "energy"
    WATER = "water"
    FOOD = "food"
    TOILETS = "toilets"


class NeedClass(DomainModel):
    """What one person of a class takes: a row of the catalogue `need_classes`.

    `people_per_carer_day` and `_night`: how many such people one carer looks after at a time.
    """

    key: str
    severity: int
    required_staff_any: frozenset[str] = frozenset()
    power_w_from: Watts | None = None
    space_m2: SquareMetres
    private_room: bool = False
    sockets: Persons = 0
    power_w: Watts = 0
    power_h_per_day: Hours = 0
    people_per_carer_day: Annotated[float, Field(gt=0)]
    people_per_carer_night: Annotated[float, Field(gt=0)]
    nurse_min_per_day: Minutes = 0

    def takes(self, staff_types: Iterable[str], power_w: float) -> bool:
        """Return whether a need that asks for these staff types and this power belongs at least here."""
        if self.power_w_from is not None and power_w >= self.power_w_from:
            return True
        return not self.required_staff_any.isdisjoint(staff_types)


class CapacitySettings(DomainModel):
    """Coefficients; each name is a row of `capacity_formula`, `stockpile` or `cover_defaults`."""

    space_per_person_general_m2: Annotated[float, Field(gt=0)]
    life_consultant_ratio: Annotated[float, Field(gt=0)]
    accompanying_family_per_person: Annotated[float, Field(ge=0)]
    reserve_ratio: Share
    drinking_water_l_per_person_day: Annotated[float, Field(gt=0)]
    meals_per_person_day: Annotated[float, Field(gt=0)]
    persons_per_toilet_initial: Annotated[float, Field(gt=0)]
    day_care_h: Hours = 15.0
    night_care_h: Hours = 9.0


class Outage(DomainModel):
    """One supply that is out: for how many days from the first day, and for how many from the day looked at.

    The facility's own people use its stock from the first day; those taken in from the day they come.
    """

    days_in_all: Annotated[int, Field(ge=0)] = 0
    days_left: Annotated[int, Field(ge=0)] = 0

    @classmethod
    def seen_from(cls, day: int, back_day: int | None) -> "Outage":
        """Return the outage as seen from `day`; `back_day` None: the supply was never out."""
        return cls(days_in_all=back_day or 0, days_left=max(0, (back_day or 0) - day))


class Supplies(DomainModel):
    """What the facility must live on its own for, seen from one day."""

    power: Outage = Outage()
    water: Outage = Outage()
    food: Outage = Outage()


class StaffLeft(DomainModel):
    """Working time left on one day after the facility's own people, in productive minutes.

    `day_min` and `night_min` are idle minutes inside the rostered shifts; `spare_min` belongs to people who
    can come, are off, and have hours left in their contract; `spare_night_min` is the part of it that may be
    worked at night. `life_is_short`: a life-keeping post is uncovered, so nothing is left for others.
    """

    day_min: Minutes = 0
    night_min: Minutes = 0
    spare_min: Minutes = 0
    spare_night_min: Minutes = 0
    nurse_min: Minutes = 0
    consultants: Annotated[float, Field(ge=0)] = 0
    staff_present: Persons = 0
    life_is_short: bool = False


def class_of(staff_types: Iterable[str], power_w: float, classes: Iterable[NeedClass]) -> NeedClass:
    """Return the heaviest class that a need belongs to; the lightest when none asks for it."""
    ordered = sorted(classes, key=lambda c: -c.severity)
    wanted = tuple(staff_types)
    return next((c for c in ordered if c.takes(wanted, power_w)), ordered[-1])


def limits(
    facility: Facility, need: NeedClass, left: StaffLeft, supplies: Supplies, settings: CapacitySettings
) -> dict[str, float | None]:
    """Return each limit in places before the reserve; None where the facility's number is unknown."""
    found: dict[Limit, float | None] = {Limit.LIFE: 0.0} if left.life_is_short else {}
    found |= {
        Limit.AREA: _area(facility, need, settings),
        Limit.CONSULTANTS: _consultants(left, settings),
        Limit.CARERS: _carers(need, left, settings),
        Limit.TOILETS: _toilets(facility, left, settings),
    }
    if need.private_room:
        rooms = facility.private_rooms_free
        found[Limit.PRIVATE_ROOMS] = None if rooms is None else float(rooms)
    if need.nurse_min_per_day:
        found[Limit.NURSES] = 0.0 if left.life_is_short else left.nurse_min / need.nurse_min_per_day
    found |= _power(facility, need, supplies)
    found |= _stock(facility, left, supplies, settings)
    return {limit.value: None if v is None else max(0.0, v) for limit, v in found.items()}


def _area(facility: Facility, need: NeedClass, settings: CapacitySettings) -> float | None:
    if facility.free_area_m2 is None:
        return None
    family_m2 = settings.accompanying_family_per_person * settings.space_per_person_general_m2
    return facility.free_area_m2 / (need.space_m2 + family_m2)


def _consultants(left: StaffLeft, settings: CapacitySettings) -> float:
    return 0.0 if left.life_is_short else left.consultants * settings.life_consultant_ratio


def _carers(need: NeedClass, left: StaffLeft, settings: CapacitySettings) -> float:
    """The most people whose day and night can be staffed when spare people are put where they serve best.

    Day and night each take minutes per person; spare minutes go to either, those who work no nights to the
    day only. The three quotients are the binding subsets of that small transport problem.
    """
    if left.life_is_short:
        return 0.0
    day_each = 60 * settings.day_care_h / need.people_per_carer_day
    night_each = 60 * settings.night_care_h / need.people_per_carer_night
    return min(
        (left.day_min + left.spare_min) / day_each,
        (left.night_min + left.spare_night_min) / night_each,
        (left.day_min + left.night_min + left.spare_min) / (day_each + night_each),
    )


def _toilets(facility: Facility, left: StaffLeft, settings: CapacitySettings) -> float | None:
    if facility.toilets is None:
        return None
    room = facility.toilets * settings.persons_per_toilet_initial - facility.residents - left.staff_present
    return room / (1 + settings.accompanying_family_per_person)


def _power(facility: Facility, need: NeedClass, supplies: Supplies) -> dict[Limit, float | None]:
    found: dict[Limit, float | None] = {}
    if need.sockets:
        free = facility.medical_outlets_free
        found[Limit.SOCKETS] = None if free is None else free / need.sockets
    if not need.power_w or not supplies.power.days_left:
        return found
    found[Limit.POWER] = found[Limit.ENERGY] = None
    if facility.generator_w is None:
        return found
    if facility.generator_w == 0:
        return {**found, Limit.POWER: 0.0, Limit.ENERGY: 0.0}
    if facility.own_power_w is None:
        return found
    found[Limit.POWER] = (facility.generator_w - facility.own_power_w) / need.power_w
    if facility.generator_fuel_h is not None:
        own_wh = facility.own_power_w * 24 * supplies.power.days_in_all
        free_wh = facility.generator_w * facility.generator_fuel_h - own_wh
        found[Limit.ENERGY] = free_wh / (need.power_w * need.power_h_per_day * supplies.power.days_left)
    return found


def _stock(
    facility: Facility, left: StaffLeft, supplies: Supplies, settings: CapacitySettings
) -> dict[Limit, float | None]:
    found: dict[Limit, float | None] = {}
    own = facility.residents + left.staff_present
    for limit, stock, each, out in (
        (Limit.WATER, facility.water_l, settings.drinking_water_l_per_person_day, supplies.water),
        (Limit.FOOD, facility.food_meals, settings.meals_per_person_day, supplies.food),
    ):
        if not out.days_left:
            continue
        found[limit] = None
        if stock is not None:
            free = stock - own * each * out.days_in_all
            place = each * out.days_left * (1 + settings.accompanying_family_per_person)
            found[limit] = free / place
    return found


def capacity(
    facility: Facility, day: int, need: NeedClass, found: Mapping[str, float | None], reserve: Share
) -> CapacityByNeed:
    """Return the places of one day and class: the smallest known limit, less the reserve, rounded down."""
    known = {name: value for name, value in found.items() if value is not None}
    binding = min(known, key=lambda name: known[name])
    return CapacityByNeed(
        facility_id=facility.id,
        day=day,
        need_class=need.key,
        places=floor(known[binding] * (1 - reserve) + EASE),
        binding=binding,
        limits=dict(found),
    )

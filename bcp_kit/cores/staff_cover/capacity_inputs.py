"""The numbers behind each limit of capacity, so that every place can be traced to what it was counted from.

`inputs` gives, for each limit that capacity.limits counts and knows, the numbers that its sentence in
templates/messages (`cover.capacity_why`) names. The limits follow from them by the sentence alone.
"""

from collections.abc import Mapping

from bcp_kit.cores.staff_cover.capacity import CapacitySettings, Limit, NeedClass, StaffLeft, Supplies
from bcp_kit.domain.facilities import Facility

Numbers = dict[str, float]


def inputs(
    facility: Facility, need: NeedClass, left: StaffLeft, supplies: Supplies, settings: CapacitySettings
) -> Mapping[str, Numbers]:
    """Return the numbers of each limit by name. Units: m², minutes, W, Wh, litres, meals, people, days."""
    family = settings.accompanying_family_per_person
    found: dict[Limit, Numbers] = {
        Limit.AREA: {
            "area": facility.free_area_m2 or 0,
            "each": need.space_m2,
            "family": family,
            "family_each": settings.space_per_person_general_m2,
        },
        Limit.CONSULTANTS: {"people": left.consultants, "each": settings.life_consultant_ratio},
        Limit.CARERS: {
            "day": left.day_min,
            "night": left.night_min,
            "spare": left.spare_min,
            "spare_night": left.spare_night_min,
            "day_each": 60 * settings.day_care_h / need.people_per_carer_day,
            "night_each": 60 * settings.night_care_h / need.people_per_carer_night,
        },
        Limit.TOILETS: {
            "toilets": facility.toilets or 0,
            "each": settings.persons_per_toilet_initial,
            "own": facility.residents + left.staff_present,
            "family": family,
        },
        Limit.PRIVATE_ROOMS: {"rooms": facility.private_rooms_free or 0},
        Limit.NURSES: {"minutes": left.nurse_min, "each": need.nurse_min_per_day},
        Limit.LIFE: {},
    }
    found |= _power(facility, need, supplies) | _stock(facility, left, supplies, settings)
    return {limit.value: {k: round(v, 2) for k, v in numbers.items()} for limit, numbers in found.items()}


def _power(facility: Facility, need: NeedClass, supplies: Supplies) -> dict[Limit, Numbers]:
    return {
        Limit.SOCKETS: {"sockets": facility.medical_outlets_free or 0, "each": need.sockets},
        Limit.POWER: {
            "generator": facility.generator_w or 0,
            "own": facility.own_power_w or 0,
            "each": need.power_w,
        },
        Limit.ENERGY: {
            "generator": facility.generator_w or 0,
            "hours": facility.generator_fuel_h or 0,
            "own": facility.own_power_w or 0,
            "days_in_all": supplies.power.days_in_all,
            "days_left": supplies.power.days_left,
            "each": need.power_w * need.power_h_per_day,
        },
    }


def _stock(
    facility: Facility, left: StaffLeft, supplies: Supplies, settings: CapacitySettings
) -> dict[Limit, Numbers]:
    own, family = facility.residents + left.staff_present, settings.accompanying_family_per_person
    return {
        limit: {
            "stock": stock or 0,
            "own": own,
            "each": each,
            "days_in_all": out.days_in_all,
            "days_left": out.days_left,
            "family": family,
        }
        for limit, stock, each, out in (
            (Limit.WATER, facility.water_l, settings.drinking_water_l_per_person_day, supplies.water),
            (Limit.FOOD, facility.food_meals, settings.meals_per_person_day, supplies.food),
        )
    }

"""From the register to households as the matching sees them: tiers, needs, room, power, speed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from bcp_kit.catalogues.vocabulary import Need, PrivateRoom, UsualDestination, needs, priority_points
from bcp_kit.cores.shelter_matching.instance import Household, Pin, Profile, Resource
from bcp_kit.domain.base import Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import HouseholdType, Person
from bcp_kit.services.cover_catalogue import need_class_of
from bcp_kit.services.matching_settings import MatchingSettings, matching_settings

POWER, USUAL_PLACE, PRIVATE = "backup_power", "known_to_person", "private_room"
_USUAL_ORDER = tuple(UsualDestination)  # lightest first
_BY_NEED: Mapping[str, tuple[str, ...]] = {
    "care5": ("care_level_5", "bedridden"),
    "care4": ("care_level_4",),
    "care3": ("care_level_3",),
    "body12": ("limb_lower_1_2", "visual_1_2", "wheelchair_manual", "wheelchair_electric"),
    "intellectual_a": ("intellectual_severe",),
    "mental1": ("mental_1",),
    "cannot_judge": ("dementia", "dementia_bpsd", "intellectual_severe", "strong_behaviour", "higher_brain"),
}
_BY_HOME: Mapping[str, tuple[HouseholdType, ...]] = {
    "alone": (HouseholdType.ALONE,),
    "daytime_alone": (HouseholdType.DAYTIME_ALONE,),
    "elderly_only": (HouseholdType.ELDERLY_ONLY, HouseholdType.DISABLED_ONLY),
}


@dataclass(frozen=True)
class Register:
    """The people of a run, who has a supporter, and where each was placed before."""

    people: tuple[Person, ...]
    supported: frozenset[str]
    present: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unit:
    """A household of the instance with its people and the way it travels."""

    household: Household
    profile: Profile
    people: tuple[Person, ...]
    transport: str

    def with_pin(self, pin: Pin | None) -> "Unit":
        """Return the unit with an officer's decision about its place."""
        return replace(self, household=self.household.model_copy(update={"pin": pin}))


def needs_of(person: Person) -> tuple[Need, ...]:
    """Return the person's needs; keys that the catalogue lacks are left out."""
    known = needs()
    return tuple(known[key] for key in person.needs if key in known)


def usual_destination(person: Person) -> UsualDestination:
    """Return the most demanding usual destination of the person's needs; the general one for none."""
    found = [n.usual_destination for n in needs_of(person)]
    return max(found, key=_USUAL_ORDER.index, default=UsualDestination.GENERAL_OR_SPECIAL_SPACE)


def _hazard_points(person: Person) -> set[str]:
    found = set()
    for exposure in person.home_exposures:
        if exposure.in_zone is not Known.YES:
            continue
        depth = exposure.depth_at_least_m
        if exposure.hazard is HazardKind.LANDSLIDE:
            found.add("landslide_special" if exposure.special else "landslide_zone")
        elif exposure.hazard is HazardKind.TSUNAMI:
            found.add("tsunami_zone")
        elif exposure.hazard is HazardKind.STORM_SURGE:
            found.add("storm_surge")
        elif exposure.hazard is HazardKind.RIVER_FLOOD:
            found |= {"collapse_zone"} if exposure.special else set()
            found |= {"flood_3m"} if depth >= 3 else {"flood_0_5"} if depth >= 0.5 else set()
    return found


def priority_parts(person: Person, has_supporter: bool) -> tuple[str, ...]:
    """Return the keys of `priority_points` that count for the person, always shown with the score."""
    own = set(person.needs)
    found = _hazard_points(person) | {key for key, some in _BY_NEED.items() if own & set(some)}
    found |= {key for key, types in _BY_HOME.items() if person.household_type in types}
    if any(n.group == "medical_care" for n in needs_of(person)):
        found.add("medical_care")
    if not has_supporter:
        found.add("no_supporter")
    return tuple(sorted(found))


def priority_score(person: Person, has_supporter: bool) -> float:
    """Return the additive score of the planning defaults (not a legal figure)."""
    points = priority_points()
    return sum(points[key].points for key in priority_parts(person, has_supporter))


def priority_tier(person: Person, has_supporter: bool, settings: MatchingSettings | None = None) -> int:
    """Return tier 1–3 by the least points of the settings; life-support power is always tier 1."""
    if any(d.life_support and d.power_w for d in person.devices):
        return 1
    score, least = priority_score(person, has_supporter), (settings or matching_settings()).tiers
    return next(tier for tier in sorted(least) if score >= least[tier] or tier == max(least))


def leaves_home(person: Person, hazard: HazardKind, settings: MatchingSettings) -> bool:
    """Return whether a place is looked for: everybody, or those in the zone or not yet looked at."""
    if hazard in settings.everyone_leaves:
        return True
    exposure = person.exposure_to(hazard)
    return exposure is None or exposure.in_zone is not Known.NO


def power_of(person: Person) -> tuple[int, int, int]:
    """Return outlets, watts and watt-hours a day that must not fail, from devices, else from the need."""
    powered = [n for n in needs_of(person) if POWER in n.required_features]
    if not powered:
        return 0, 0, 0
    devices = [d for d in person.devices if d.power_w]
    if devices:
        watts = sum(d.power_w or 0 for d in devices)
        energy = sum((d.power_w or 0) * (24 if d.hours_per_day is None else d.hours_per_day) for d in devices)
        return len(devices), ceil(watts), ceil(energy)
    heaviest = max(powered, key=lambda n: n.power_w)
    return 1, ceil(heaviest.power_w), ceil(heaviest.power_w * heaviest.power_hours_per_day)


def _demands(
    people: Sequence[Person], size: int, settings: MatchingSettings
) -> tuple[dict[Resource, int], dict[Resource, int]]:
    """Return what a suited place and what a stop-over must spare; area in square decimetres."""
    least_m2 = settings.numbers["space_per_person_general_m2"]
    powers = [power_of(p) for p in people]
    days = settings.numbers["power_horizon_h"] / 24
    stop_over = {
        Resource.PEOPLE: size,
        Resource.AREA: round(100 * least_m2 * size),
        Resource.OUTLETS: sum(p[0] for p in powers),
        Resource.POWER: sum(p[1] for p in powers),
        Resource.ENERGY: ceil(sum(p[2] for p in powers) * days),
    }
    own_m2 = sum(max((n.space_m2 for n in needs_of(p)), default=least_m2) for p in people)
    private = any(n.private_room is PrivateRoom.REQUIRED for p in people for n in needs_of(p))
    welfare = [p for p in people if usual_destination(p) is not UsualDestination.GENERAL_OR_SPECIAL_SPACE]
    suited = stop_over | {
        Resource.AREA: round(100 * (own_m2 + least_m2 * (size - len(people)))),
        Resource.ROOMS: int(private),
        Resource.CONSULTANTS: len(welfare),
    }
    return suited, stop_over


def _profile(people: Sequence[Person], settings: MatchingSettings) -> Profile:
    usual = max((usual_destination(p) for p in people), key=_USUAL_ORDER.index)
    wanted = {f for p in people for n in needs_of(p) for f in n.required_features}
    welfare = [p for p in people if usual_destination(p) is not UsualDestination.GENERAL_OR_SPECIAL_SPACE]
    groups = {tuple(sorted({*p.needs, *(n.group for n in needs_of(p))})) for p in welfare}
    own_place = next((p.usual_facility_id for p in people if p.usual_facility_id), "")
    return Profile(
        usual=usual,
        required=tuple(sorted(wanted - {USUAL_PLACE, PRIVATE})),
        critical=tuple(sorted(wanted & settings.critical_features)),
        accept_any_of=tuple(sorted(groups)),
        care_classes=tuple(sorted({need_class_of(needs_of(p)) for p in welfare})),
        familiar_facility_id=own_place if USUAL_PLACE in wanted else "",
    )


def _transport(people: Sequence[Person], settings: MatchingSettings) -> str:
    """Return the slowest first means that the needs name: the household goes together."""
    named = [n.transport[0] for p in people for n in needs_of(p) if n.transport]
    return min(named, key=lambda mode: settings.numbers[f"speed.{mode}"], default="walk")


def _unit(
    people: Sequence[Person], hazard: HazardKind, register: Register, settings: MatchingSettings
) -> Unit:
    companions = max(p.companions for p in people)
    suited, stop_over = _demands(people, len(people) + companions, settings)
    profile = _profile(people, settings)
    care: dict[str, int] = defaultdict(int)
    for person in people:
        if usual_destination(person) is not UsualDestination.GENERAL_OR_SPECIAL_SPACE:
            care[need_class_of(needs_of(person))] += 1
    arrivals = [e.arrival_min for p in people if (e := p.exposure_to(hazard)) and e.arrival_min is not None]
    preparing = [p.prep_minutes for p in people if p.prep_minutes is not None]
    household = Household(
        id=unit_key(people[0]),
        member_ids=tuple(p.id for p in people),
        tiers=tuple(priority_tier(p, p.id in register.supported, settings) for p in people),
        companions=companions,
        profile=0,
        demand=suited,
        demand_stop_over=stop_over,
        care=care,
        usual_facility_id=next((p.usual_facility_id for p in people if p.usual_facility_id), ""),
        district=next((d for p in people if (d := p.school_district or p.district)), ""),
        present_id=next((register.present[p.id] for p in people if p.id in register.present), ""),
        arrival_min=min(arrivals, default=None),
        prep_min=max(preparing, default=settings.numbers["default_prep_min"]),
    )
    return Unit(household, profile, tuple(people), _transport(people, settings))


def unit_key(person: Person) -> str:
    """Return the id of the household that the person goes with; alone under the own id."""
    return person.household_id or person.id


def units_of(
    people: Iterable[Person], hazard: HazardKind, register: Register, settings: MatchingSettings
) -> list[Unit]:
    """Return the households of `people` in order of their ids; who shares no household is one alone."""
    groups: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        groups[unit_key(person)].append(person)
    return [
        _unit(sorted(groups[key], key=lambda p: p.id), hazard, register, settings) for key in sorted(groups)
    ]

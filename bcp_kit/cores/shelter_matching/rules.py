"""The rules of one stage. A rule is a sentence of the catalogue; what it forbids stands here in plain code.

`RULES` says which rules matching honours and how. The functions below say, for one household and one
destination, which of them stand in the way. They know no solver; checker, model and explanation use them.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum

from bcp_kit.catalogues.vocabulary import MatchingRule, UsualDestination, matching_rules
from bcp_kit.cores.shelter_matching.instance import (
    CARE_UNITS,
    RESOURCE_RULE,
    Destination,
    Household,
    Instance,
    Level,
    Pin,
    Profile,
    Resource,
)
from bcp_kit.domain.base import DomainModel, Known

LOCK = "F55"  # what an officer decided for one household; no rule of law


class Way(StrEnum):
    """How a rule is honoured: of a pair, of a sum, by the shape of an instance, as a goal, or elsewhere.

    BEFORE: by whoever builds the instance. PROPOSED: by what is proposed to an officer. SHOWN: by what is
    shown and printed. LATER: not yet.
    """

    PAIR = "pair"
    CAPACITY = "capacity"
    STRUCTURE = "structure"
    GOAL = "goal"
    BEFORE = "before"
    PROPOSED = "proposed"
    SHOWN = "shown"
    LATER = "later"


class Rule(DomainModel):
    """A rule of the catalogue `matching_rules` and the way matching honours it; `figures` are its numbers.

    `where` names the function that honours a rule outside this core.
    """

    key: str
    way: Way
    figures: tuple[str, ...] = ()
    where: str = ""

    @property
    def sentence(self) -> MatchingRule:
        """The rule's sentence, source and mark."""
        return matching_rules()[self.key]


RULES: tuple[Rule, ...] = (
    Rule(key="H01", way=Way.PAIR),
    Rule(key="H02", way=Way.PAIR),
    Rule(key="H03", way=Way.CAPACITY),
    Rule(
        key="H04",
        way=Way.CAPACITY,
        figures=(
            "capacity_formula.space_per_person_general_m2",
            "capacity_formula.space_per_person_welfare_m2",
            "capacity_formula.people_per_care_worker_day",
            "capacity_formula.people_per_care_worker_night",
            "capacity_formula.staff_available_ratio",
        ),
    ),
    Rule(key="H05", way=Way.PAIR),
    Rule(key="H06", way=Way.CAPACITY, figures=("capacity_formula.life_consultant_ratio",)),
    Rule(key="H07", way=Way.CAPACITY, figures=("matching_defaults.power_horizon_h",)),
    Rule(key="H08", way=Way.PAIR),
    Rule(key="H09", way=Way.PAIR, figures=("matching_defaults.first_place_open_by_h",)),
    Rule(key="H10", way=Way.BEFORE, where="services.matching_lines.line_without_search"),
    Rule(key="H11", way=Way.STRUCTURE),
    Rule(key="H12", way=Way.STRUCTURE),
    Rule(
        key="H13",
        way=Way.PROPOSED,
        figures=("matching_defaults.supporter_cap.carry", "matching_defaults.supporter_cap.inform"),
        where="cores.shelter_matching.supporters.propose",
    ),
    Rule(key="H14", way=Way.LATER),
    Rule(key="H15", way=Way.SHOWN, where="domain.consent.may_disclose"),
    Rule(key="H16", way=Way.SHOWN, where="services.matching_tables.home_of"),
    Rule(key="H17", way=Way.PAIR),
    Rule(
        key="H18",
        way=Way.BEFORE,
        figures=("matching_defaults.stay_home_safe_depth_m",),
        where="services.matching_lines.stay_home_blocks",
    ),
    Rule(key="S01", way=Way.GOAL),
    Rule(key="S02", way=Way.GOAL),
    Rule(key="S03", way=Way.GOAL),
    Rule(key="S04", way=Way.GOAL),
    Rule(key="S05", way=Way.GOAL),
    Rule(key="S06", way=Way.CAPACITY, figures=("capacity_formula.reserve_ratio",)),
)


class Block(DomainModel):
    """One thing that stands in the way of a pair: the rule, the cause, and what it is about.

    `cause` is the last part of a message key. `unknown`: the fact is only unconfirmed. `missing` features.
    """

    rule: str
    cause: str
    unknown: bool = False
    missing: tuple[str, ...] = ()
    resource: Resource | None = None
    short: int = 0


PairRule = Callable[[Instance, Profile, Destination, Level], Iterator[Block]]


def kind_serves(instance: Instance, profile: Profile, place: Destination, level: Level) -> Iterator[Block]:
    """H02, H10: a kind of place serves the people it is meant for, at most at the level the table gives."""
    best = instance.serves.get(profile.usual, {}).get(place.kind)
    stops_again = instance.stage == 2 and level is not Level.SUITED  # moving on is for a suited place only
    if best is None or level > best or stops_again:
        hospital = profile.usual is UsualDestination.HOSPITAL_FIRST
        yield Block(rule="H10" if hospital else "H02", cause="kind_not_for")


def outside_hazard(instance: Instance, profile: Profile, place: Destination, level: Level) -> Iterator[Block]:
    """H01: the place lies outside the hazard area of the scenario, or its safe floors are counted."""
    del instance, profile, level
    if place.safe is not Known.YES:
        yield Block(rule="H01", cause="in_hazard_zone", unknown=place.safe is Known.UNKNOWN)


def group_accepted(instance: Instance, profile: Profile, place: Destination, level: Level) -> Iterator[Block]:
    """H02: each member who needs a welfare shelter is of a group that the place accepts."""
    del level
    if place.kind not in instance.group_kinds or not profile.accept_any_of:
        return
    if not place.accepts_known:
        yield Block(rule="H02", cause="accepts_unknown", unknown=True)
    elif place.accepts is not None:
        accepted = set(place.accepts)
        if not all(accepted & set(groups) for groups in profile.accept_any_of):
            yield Block(rule="H02", cause="not_accepted")


def features_present(
    instance: Instance, profile: Profile, place: Destination, level: Level
) -> Iterator[Block]:
    """H05: a suited place has every required feature; a stop-over has the life-critical ones."""
    del instance
    wanted = profile.required if level is Level.SUITED else profile.critical
    for state, unknown in ((Known.NO, False), (Known.UNKNOWN, True)):
        missing = tuple(f for f in wanted if place.has(f) is state)
        if missing:
            yield Block(
                rule="H05",
                cause="feature_unknown" if unknown else "feature_missing",
                unknown=unknown,
                missing=missing,
            )
    elsewhere = profile.familiar_facility_id and profile.familiar_facility_id != place.facility_id
    if level is Level.SUITED and elsewhere:
        yield Block(rule="H05", cause="not_usual_facility")


def direct_allowed(instance: Instance, profile: Profile, place: Destination, level: Level) -> Iterator[Block]:
    """H08: a place that does not take people directly is not the first place."""
    del profile, level
    if instance.stage == 1 and place.direct is not Known.YES:
        yield Block(rule="H08", cause="not_direct", unknown=place.direct is Known.UNKNOWN)


def open_in_time(instance: Instance, profile: Profile, place: Destination, level: Level) -> Iterator[Block]:
    """H09: the place is open when people arrive."""
    del profile, level
    late = place.opens_after_h is not None and place.opens_after_h > instance.open_by_h
    if place.opens_after_h is None or late:
        yield Block(rule="H09", cause="not_open", unknown=not late)


def care_offered(instance: Instance, profile: Profile, place: Destination, level: Level) -> Iterator[Block]:
    """H04: a facility whose staff cannot care for a need class takes nobody of it."""
    del instance
    if level is Level.SUITED and place.care_places:
        offered = place.care_places
        if any(not offered.get(c, offered.get("", 0)) for c in profile.care_classes):
            yield Block(rule="H04", cause="no_care", resource=Resource.CARE, short=1)


PROFILE_RULES: tuple[PairRule, ...] = (
    kind_serves,
    outside_hazard,
    group_accepted,
    features_present,
    direct_allowed,
    open_in_time,
    care_offered,
)


def profile_blocks(
    instance: Instance, profile: Profile, place: Destination, level: Level
) -> tuple[Block, ...]:
    """Return what stands between people of a profile and a place at a level, wherever they live."""
    return tuple(b for rule in PROFILE_RULES for b in rule(instance, profile, place, level))


def way_blocks(instance: Instance, household: int, destination: int) -> tuple[Block, ...]:
    """Return what stands in the way between this home and this place: no road, too late (H17), too far."""
    seconds = int(instance.travel_s[household, destination])
    home, found = instance.households[household], []
    if seconds < 0:
        found.append(Block(rule="S01", cause="no_way"))
    if home.arrival_min is not None and home.prep_min + max(0, seconds) / 60 >= home.arrival_min:
        found.append(Block(rule="H17", cause="too_late"))
    limit, metres = instance.max_distance_m, float(instance.distance_m[household, destination])
    if limit is not None and metres > limit:
        found.append(Block(rule="S01", cause="too_far"))
    return tuple(found)


def demands(home: Household, place: Destination, level: Level) -> Iterator[tuple[Resource, int]]:
    """Yield what the household takes of each limited resource of the place, care in millionths."""
    for resource, amount in home.demanded(level).items():
        if amount and resource in place.capacity:
            yield resource, amount
    if level is Level.SUITED and place.care_places:
        yield Resource.CARE, care_share(home, place)


def care_share(home: Household, place: Destination) -> int:
    """Return the share of the facility's care that the household takes, in millionths."""
    total = 0
    for need_class, count in home.cared.items():
        places = place.care_places.get(need_class, place.care_places.get("", 0))
        total += count * (CARE_UNITS // places if places else 2 * CARE_UNITS)
    return total


def room_blocks(home: Household, place: Destination, level: Level) -> tuple[Block, ...]:
    """Return the resources of which even the empty place has too little for this household."""
    found = []
    for resource, amount in demands(home, place, level):
        limit = CARE_UNITS if resource is Resource.CARE else place.capacity[resource]
        if amount > limit:
            unknown = resource.value in place.unconfirmed
            found.append(
                Block(
                    rule=RESOURCE_RULE[resource],
                    cause="capacity_unknown" if unknown else "too_small",
                    unknown=unknown,
                    resource=resource,
                    short=amount - limit,
                )
            )
    return tuple(found)


def pair_blocks(instance: Instance, household: int, destination: int, level: Level) -> tuple[Block, ...]:
    """Return everything that stands between a household and a place, apart from the other households."""
    home, place = instance.households[household], instance.destinations[destination]
    profile = instance.profiles[home.profile]
    found = (
        profile_blocks(instance, profile, place, level)
        + way_blocks(instance, household, destination)
        + room_blocks(home, place, level)
    )
    return found if home.pin is None else _under(home.pin, place, found)


def _under(pin: Pin, place: Destination, found: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the blocks that stand under an officer's decision: no other place, overridden rules gone."""
    if place.id != pin.destination_id:
        return (Block(rule=LOCK, cause="locked_elsewhere"), *found)
    return tuple(b for b in found if b.rule not in pin.waived)

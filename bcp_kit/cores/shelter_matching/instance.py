"""Input and result of one solve: households, destinations and pairs of one stage of one hazard scenario.

Numbers are whole: area in square decimetres, power in watts, energy in watt-hours, travel in seconds. So sums
are exact, and the checker, the model and the brute force of the tests agree to the last unit.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum

import numpy as np
from pydantic import ConfigDict, Field, model_validator

from bcp_kit.catalogues.vocabulary import UsualDestination
from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import SolveStatus, UnknownMode
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.domain.units import Hours, Metres, Minutes

CARE_UNITS = 1_000_000  # the care that one facility can give, in millionths
TIERS = (1, 2, 3)


class Resource(StrEnum):
    """What a place runs out of. CARE is shared by need class: each class takes 1 ÷ its places."""

    PEOPLE = "people"
    AREA = "area_dm2"
    OUTLETS = "outlets"
    POWER = "power_w"
    ENERGY = "energy_wh"
    ROOMS = "private_rooms"
    CONSULTANTS = "consultant_places"
    CARE = "care"


class Level(IntEnum):
    """How well a place serves: a first place with the life-critical only, or all that the needs require."""

    STOP_OVER = 1
    SUITED = 2


RESOURCE_RULE: Mapping[Resource, str] = {
    Resource.PEOPLE: "H03",
    Resource.AREA: "H04",
    Resource.CARE: "H04",
    Resource.CONSULTANTS: "H06",
    Resource.OUTLETS: "H07",
    Resource.POWER: "H07",
    Resource.ENERGY: "H07",
    Resource.ROOMS: "H05",
}


class Goal(StrEnum):
    """What is wanted, in strict order; the order itself is data of the instance.

    LOCKED counts listed people who are where an officer put them; it stands first where there are pins.
    """

    LOCKED = "locked"
    TIER_1 = "tier_1"
    TIER_2 = "tier_2"
    TIER_3 = "tier_3"
    SUITED_1 = "suited_1"
    SUITED_2 = "suited_2"
    SUITED_3 = "suited_3"
    FAMILIAR = "familiar"
    TRAVEL = "travel"
    LONGEST = "longest"
    LOAD = "load"

    @property
    def wants_more(self) -> bool:
        """True where more is better: people placed and familiar places; the rest is to be small."""
        return self not in (Goal.TRAVEL, Goal.LONGEST, Goal.LOAD)


class Profile(DomainModel):
    """What a household asks of a place, whoever it is.

    `required` features make a place suited, `critical` ones may not even lack at a stop-over.
    `accept_any_of` holds, per member who needs a welfare shelter, the needs and groups one of which the
    place must accept. `familiar_facility_id` is set where the household can only be at its usual facility.
    """

    usual: UsualDestination
    required: tuple[str, ...] = ()
    critical: tuple[str, ...] = ()
    accept_any_of: tuple[tuple[str, ...], ...] = ()
    care_classes: tuple[str, ...] = ()
    familiar_facility_id: str = ""


DEFAULT_GOALS = tuple(goal for goal in Goal if goal is not Goal.LOCKED)


class Pin(DomainModel):
    """An officer's decision: the one place a household may have, and the rules that are overridden there."""

    destination_id: str
    waived: frozenset[str] = frozenset()


class Household(DomainModel):
    """People who stay together (H11): listed members with their tiers, and companions who are not listed.

    `demand` counts by resource what a suited place must spare, `demand_stop_over` what a first place must.
    `care` counts members by need class of the facility capacity. `arrival_min` is when the hazard arrives.
    `pin` leaves the household one place only (F55).
    """

    id: str
    member_ids: tuple[str, ...] = Field(min_length=1)
    tiers: tuple[int, ...]
    companions: int = Field(default=0, ge=0)
    profile: int = Field(ge=0)
    demand: Mapping[Resource, int]
    demand_stop_over: Mapping[Resource, int]
    care: Mapping[str, int] = Field(default_factory=dict)
    usual_facility_id: str = ""
    district: str = ""
    present_id: str = ""
    arrival_min: Minutes | None = None
    prep_min: Minutes = 0.0
    pin: Pin | None = None

    @property
    def size(self) -> int:
        """Everybody who comes, companions included."""
        return len(self.member_ids) + self.companions

    @property
    def tier(self) -> int:
        """The most urgent tier of its members."""
        return min(self.tiers)

    def demanded(self, level: Level) -> Mapping[Resource, int]:
        """Return what a place of this level must spare; nothing of what an officer's override covers."""
        wanted = self.demand if level is Level.SUITED else self.demand_stop_over
        if self.pin is None or not self.pin.waived:
            return wanted
        return {r: 0 if RESOURCE_RULE[r] in self.pin.waived else amount for r, amount in wanted.items()}

    @property
    def cared(self) -> Mapping[str, int]:
        """Return the members by need class whose care the place must spare."""
        covered = self.pin is not None and RESOURCE_RULE[Resource.CARE] in self.pin.waived
        return {} if covered else self.care

    @model_validator(mode="after")
    def _consistent(self) -> "Household":
        if len(self.tiers) != len(self.member_ids) or not set(self.tiers) <= set(TIERS):
            raise ValueError("one tier from 1 to 3 for each member")
        for wanted in (self.demand, self.demand_stop_over):
            if wanted.get(Resource.PEOPLE) != self.size or min(wanted.values()) < 0:
                raise ValueError("demand counts everybody who comes and is never negative")
        return self


class Destination(DomainModel):
    """One place as this solve sees it: unknowns are settled by the mode, and what was guessed is named.

    A resource that `capacity` does not name has no limit here. `assumed` are features counted as present
    though nobody confirmed them, `guessed` the other planning defaults used, `unconfirmed` the unknown
    numbers counted as zero. `accepts` None: no group is specified. `care_places`: places by need class.
    """

    id: str
    kind: DestinationKind
    building: str
    capacity: Mapping[Resource, int] = Field(default_factory=dict)
    features: Mapping[str, Known] = Field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    guessed: frozenset[str] = frozenset()
    unconfirmed: frozenset[str] = frozenset()
    accepts: tuple[str, ...] | None = None
    accepts_known: bool = True
    safe: Known = Known.YES
    direct: Known = Known.YES
    opens_after_h: Hours | None = 0.0
    care_places: Mapping[str, int] = Field(default_factory=dict)
    facility_id: str = ""
    district: str = ""

    def has(self, feature: str) -> Known:
        """Return whether the feature counts as present, with planning defaults where the mode allows."""
        if feature in self.assumed:
            return Known.YES
        return self.features.get(feature, Known.UNKNOWN)

    @model_validator(mode="after")
    def _consistent(self) -> "Destination":
        if any(n < 0 for n in (*self.capacity.values(), *self.care_places.values())):
            raise ValueError("a capacity is never negative")
        return self


class SharedCapacity(DomainModel):
    """One building, one capacity (H12): a limit that several destinations share."""

    building: str
    resource: Resource
    destination_ids: tuple[str, ...] = Field(min_length=2)
    capacity: int = Field(ge=0)


class Familiarity(DomainModel):
    """Points a listed person counts for the goal FAMILIAR: at the place of the last plan, and so on."""

    present: int = Field(default=1, ge=0)
    usual_facility: int = Field(default=1, ge=0)
    same_district: int = Field(default=0, ge=0)


class Instance(DomainModel):
    """Everything one solve needs. Arrays have one row a household and one column a destination.

    `distance_m` float, NaN where unknown; `travel_s` whole seconds, -1 where no way leads. `serves` gives by
    usual destination and kind the best level that such a place can have for such people (absent: none).
    `group_kinds`: kinds of place that take only the groups they accept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    hazard: HazardKind
    stage: int = Field(ge=1, le=2)
    mode: UnknownMode = UnknownMode.ASSUME
    profiles: tuple[Profile, ...]
    households: tuple[Household, ...]
    destinations: tuple[Destination, ...]
    shared: tuple[SharedCapacity, ...] = ()
    serves: Mapping[UsualDestination, Mapping[DestinationKind, Level]]
    group_kinds: frozenset[DestinationKind] = frozenset()
    open_by_h: float = 0.0
    max_distance_m: Metres | None = None
    familiarity: Familiarity = Familiarity()
    goals: tuple[Goal, ...] = DEFAULT_GOALS
    distance_m: np.ndarray
    travel_s: np.ndarray

    @model_validator(mode="after")
    def _consistent(self) -> "Instance":
        shape = (len(self.households), len(self.destinations))
        if self.distance_m.shape != shape or self.travel_s.shape != shape:
            raise ValueError("distance_m and travel_s need one row a household and one column a destination")
        if not np.issubdtype(self.travel_s.dtype, np.integer) or (
            self.travel_s.size and self.travel_s.min() < -1
        ):
            raise ValueError("travel_s holds whole seconds, or -1 where no way leads")
        if any(h.profile >= len(self.profiles) for h in self.households):
            raise ValueError("a household names a profile that does not exist")
        members = [m for h in self.households for m in h.member_ids]
        for ids in (members, [h.id for h in self.households], [d.id for d in self.destinations]):
            if len(set(ids)) != len(ids):
                raise ValueError("an id stands twice (H12)")
        if len(set(self.goals)) != len(self.goals):
            raise ValueError("a goal stands twice")
        return self


class Place(DomainModel):
    """Where a household goes, and how well the place serves."""

    destination_id: str
    level: Level


class GoalValue(DomainModel):
    """One goal of a result: its value, and a proven bound among all answers as good in the goals before."""

    goal: Goal
    value: int
    bound: int

    @property
    def gap(self) -> float:
        """How far the value may be from the best, relative to the bound; 0 means proven best."""
        return abs(self.bound - self.value) / max(1, abs(self.bound), abs(self.value))


class Result(DomainModel):
    """The answer: places by household id (absent: none), goals in order, and how it was found."""

    status: SolveStatus
    places: Mapping[str, Place]
    goals: tuple[GoalValue, ...] = ()
    seed: int = 0
    work: float = 0.0
    software: str = ""

    @property
    def gap(self) -> float:
        """The gap of the first goal that is not proven best; 0 when all are."""
        return next((g.gap for g in self.goals if g.value != g.bound), 0.0)

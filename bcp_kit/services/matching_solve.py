"""One stage: build the instance, solve it in its own process, check the answer, say why."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.explain import Explanation, explain, reasons, unsettled
from bcp_kit.cores.shelter_matching.instance import (
    Destination,
    Goal,
    GoalValue,
    Household,
    Instance,
    Level,
    Place,
    Profile,
    Result,
)
from bcp_kit.cores.shelter_matching.rules import profile_blocks
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.solve import solve
from bcp_kit.domain.base import DomainModel, Known
from bcp_kit.domain.placements import Reason, SolveStatus, StageResult
from bcp_kit.domain.progress import Progress
from bcp_kit.domain.shelters import DestinationKind
from bcp_kit.domain.units import Location
from bcp_kit.geo.distances import travel_seconds
from bcp_kit.services.matching_geo import way_lengths
from bcp_kit.services.matching_people import Unit
from bcp_kit.services.matching_places import Situation, shared_capacities
from bcp_kit.services.matching_settings import FARTHEST
from bcp_kit.services.solver_process import run_in_process

MOST_MENDED = 12  # households whose smallest changes come with the run of a hamlet
MOST_FEATURES = 6  # named in one line
HAMLET_PAIRS = 400  # households x places x levels
START = "matching.progress.start"
GROUP_KINDS = frozenset({DestinationKind.DESIGNATED_WELFARE, DestinationKind.AGREEMENT_WELFARE})


class StageJob(DomainModel):
    """What travels to the solving process."""

    instance: Instance
    limit: float
    seed: int


@dataclass(frozen=True)
class Stage:
    """One solved and checked stage with its explanations by household id.

    `straight` (bool, household by destination): the distance is a straight line, not one over roads.
    """

    instance: Instance
    straight: np.ndarray
    result: Result
    violations: int
    explanations: Mapping[str, Explanation] = field(default_factory=dict)


def solve_stage(job: StageJob, progress: Progress) -> Result:
    """Solve in whatever process this is called in."""
    return solve(job.instance, job.limit, job.seed, progress)


def _profiles(units: Iterable[Unit]) -> tuple[tuple[Profile, ...], tuple[Household, ...]]:
    """Return the distinct profiles and the households that point at them."""
    numbers: dict[Profile, int] = {}
    households = [
        u.household.model_copy(update={"profile": numbers.setdefault(u.profile, len(numbers))}) for u in units
    ]
    return tuple(numbers), tuple(households)


def build_instance(
    units: Sequence[Unit],
    places: Sequence[Destination],
    starts: Sequence[Location | None],
    ends: Sequence[Location | None],
    seen: Situation,
    stage: int,
) -> tuple[Instance, np.ndarray]:
    """Return the instance of one stage, and which of its distances are straight lines.

    `starts` by unit and `ends` by place are where ways begin and end.
    """
    numbers = seen.settings.numbers
    transports = [u.transport for u in units]
    metres, straight = way_lengths(starts, ends, transports, seen.roads, numbers["detour_factor"])
    speeds = np.array([numbers[f"speed.{u.transport}"] for u in units], dtype=float)
    profiles, households = _profiles(units)
    instance = Instance(
        hazard=seen.hazard,
        stage=stage,
        mode=seen.mode,
        profiles=profiles,
        households=households,
        destinations=tuple(places),
        shared=shared_capacities(places),
        serves=seen.settings.serves,
        group_kinds=GROUP_KINDS,
        open_by_h=numbers["first_place_open_by_h" if stage == 1 else "second_place_open_by_h"],
        max_distance_m=numbers.get(FARTHEST),
        goals=seen.settings.goals,
        familiarity=seen.settings.familiarity,
        distance_m=metres,
        travel_s=travel_seconds(metres, speeds),
    )
    return instance, straight


def run_stage(
    asked: tuple[Instance, np.ndarray], limit: float, seed: int, progress: Progress, own_process: bool
) -> Stage:
    """Solve, check and explain one stage as `build_instance` gives it."""
    instance, _ = asked
    job = StageJob(instance=instance, limit=limit, seed=seed)
    if not instance.households or not instance.destinations:
        result = _nothing_to_decide(instance, seed)
    else:
        apart = own_process and progress(0.0, START)  # who has been asked to stop needs no process
        result = run_in_process(solve_stage, job, progress) if apart else solve_stage(job, progress)
    return checked_stage(asked, result)


def checked_stage(asked: tuple[Instance, np.ndarray], result: Result) -> Stage:
    """Return an answer, wherever it comes from, checked and explained."""
    instance, straight = asked
    broken = len(check.violations(instance, result.places))
    return Stage(instance, straight, result, broken, _explanations(instance, result.places))


def _nothing_to_decide(instance: Instance, seed: int) -> Result:
    """Return the answer where nobody looks for a place or there is none: proven, for there is no other."""
    goals = tuple(GoalValue(goal=g, value=0, bound=0) for g in instance.goals)
    return Result(status=SolveStatus.OPTIMAL, places={}, goals=goals, seed=seed, software="-")


def unmet_needs(stage: Stage) -> tuple[Reason, ...]:
    """Return the features that no place of the stage has and people need, the most wanted first, in one line.

    People whom no place takes for another cause are counted in a line of their own.
    """
    instance, wanted, people = stage.instance, Counter[str](), Counter[bool]()
    meets: dict[int, tuple[str, ...] | None] = {}
    for home in instance.households if instance.destinations else ():
        if home.id in stage.result.places:
            continue
        if home.profile not in meets:
            meets[home.profile] = _missing_everywhere(instance, instance.profiles[home.profile])
        missing = meets[home.profile]
        if missing is not None:
            people[bool(missing)] += len(home.member_ids)
            wanted.update(dict.fromkeys(missing, len(home.member_ids)))
    found = []
    if people[True]:
        features = "|".join(key for key, _ in wanted.most_common(MOST_FEATURES))
        values = {"count": people[True], "features": features}
        found.append(Reason(rule="W15", message="matching.note.need_unmet", values=values))
    if people[False]:
        values = {"count": people[False]}
        found.append(Reason(rule="W15", message="matching.note.nobody_accepts", values=values))
    return tuple(found)


def _missing_everywhere(instance: Instance, profile: Profile) -> tuple[str, ...] | None:
    """Return the features that no place has, where no place can take the profile; None where one can."""
    places = instance.destinations
    if any(not profile_blocks(instance, profile, d, level) for d in places for level in Level):
        return None
    return tuple(f for f in profile.required if not any(d.has(f) is Known.YES for d in places))


def _explanations(instance: Instance, places: Mapping[str, Place]) -> dict[str, Explanation]:
    """Explain each household without a place, and in each stop-over what a suited place would take.

    Reasons are for all. The smallest changes, each of which is computed by solving, come with the run of a
    hamlet only; else when somebody asks for one person (`matching_remedies.remedies_for`).
    """
    if not instance.destinations:
        return {}
    scene, homes = Scene(instance, places), instance.households
    most = MOST_MENDED if scene.tables.allowed.size <= HAMLET_PAIRS else 0
    left = sorted(unsettled(scene), key=lambda h: (homes[h].tier, homes[h].id))
    told = [
        explain(scene, h)
        if number < most
        else Explanation(household_id=homes[h].id, reasons=tuple(reasons(scene, h)), remedies=())
        for number, h in enumerate(left)
    ]
    return {one.household_id: one for one in told}


def stage_result(stage: Stage, seconds: float) -> StageResult:
    """Return the stage as it is kept: counts of listed people, goals, bounds, gap, violations."""
    instance, result = stage.instance, stage.result
    by_tier = dict.fromkeys((1, 2, 3), 0)
    for home in instance.households:
        for tier in home.tiers:
            by_tier[tier] += 1
    values = {g.goal: g.value for g in result.goals}
    ways = [
        (instance.households[h].size, float(instance.distance_m[h, j]))
        for h, j, _ in check.placed_pairs(instance, result.places)
    ]
    placed = {tier: values[Goal(f"tier_{tier}")] for tier in by_tier}
    return StageResult(
        stage=instance.stage,
        status=result.status,
        people=sum(by_tier.values()),
        placed=sum(placed.values()),
        placed_by_tier=placed,
        people_by_tier=by_tier,
        values={g.goal.value: g.value for g in result.goals},
        bounds={g.goal.value: g.bound for g in result.goals},
        gap=result.gap,
        person_metres=round(sum(size * metres for size, metres in ways), 1),
        longest_m=round(max((metres for _, metres in ways), default=0.0), 1),
        seconds=round(seconds, 3),
        violations=stage.violations,
    )

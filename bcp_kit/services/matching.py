"""Matching people with destinations for one hazard, in two stages, with a line for everybody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from bcp_kit import __version__
from bcp_kit.access.policy import Action
from bcp_kit.catalogues.vocabulary import UsualDestination
from bcp_kit.cores.shelter_matching.check import loads
from bcp_kit.cores.shelter_matching.instance import (
    CARE_UNITS,
    Destination,
    Household,
    Level,
    Resource,
    Result,
)
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.locks import LockFault, LockKind, MatchingLock
from bcp_kit.domain.people import Person
from bcp_kit.domain.placements import MatchingRun, Placement, Reason
from bcp_kit.domain.progress import Progress
from bcp_kit.services.base import Context
from bcp_kit.services.matching_alternatives import QUICK_PAIRS, with_alternatives
from bcp_kit.services.matching_people import Unit
from bcp_kit.services.matching_places import destination_of
from bcp_kit.services.matching_question import (
    Asked,
    MatchCommand,
    Question,
    event_settings,
    first_stage,
    question_of,
    second_stage,
)
from bcp_kit.services.matching_solve import Stage, checked_stage, run_stage, stage_result, unmet_needs

__all__ = ["MatchCommand", "keep_run", "match", "match_around", "small_enough"]

FIRST_STAGE_PART = 0.7  # of the progress
SMALL_PAIRS = 5_000  # households x destinations that are solved sooner than a process starts
CARE = "care_from_cover"
EVENT = "event"


@dataclass(frozen=True)
class _Solved:
    """One stage with the units of its households and the decisions that it could not keep."""

    stage: Stage
    units: tuple[Unit, ...]
    faults: tuple[LockFault, ...]
    seconds: float


def match(ctx: Context, command: MatchCommand) -> MatchingRun:
    """Match the register with the shelter list for one hazard, keep the run and return it.

    An empty register and an empty list give a run that says so. A trial (`what_if`) is not kept. Raises:
    BcpKitError M-003 when the independent checker finds a broken rule, M-005 for an unknown preset, U-003
    when stopped before any answer.
    """
    ctx.demand(Action.RUN_MATCHING)
    with ctx.open_store() as uow:
        asked = question_of(uow, command)
    first = _solve(first_stage(asked), command, _part(ctx.progress, 0.0, FIRST_STAGE_PART))
    return _finished(ctx, command, asked, first)


def match_around(
    ctx: Context, command: MatchCommand, asked: Question, first: Asked, result: Result
) -> MatchingRun:
    """Keep an answer of the first stage that was found elsewhere, such as a re-plan, and solve the second.

    Raises: as `match`.
    """
    ctx.demand(Action.RUN_MATCHING)
    stage = checked_stage((first.instance, first.straight), result)
    return _finished(ctx, command, asked, _Solved(stage, first.units, first.faults, 0.0))


def _finished(ctx: Context, command: MatchCommand, asked: Question, first: _Solved) -> MatchingRun:
    """Return the run around a first stage: the second stage, the check, in a small town the further places.

    It is stored unless it is a trial.
    """
    second = _second(asked, first, command, _part(ctx.progress, FIRST_STAGE_PART, 1.0))
    solved = [s for s in (first, second) if s is not None]
    run = _run(ctx, command, asked, solved)
    if any(stage.violations for stage in run.stages):
        raise BcpKitError(ErrorCode.MATCHING_CHECK_FAILED)
    instance = first.stage.instance
    if not run.is_trial and len(instance.households) * len(instance.destinations) <= QUICK_PAIRS:
        answer = (instance, first.stage.result.places)
        run = with_alternatives(run, first.units, answer, asked.shelters)
    if not run.is_trial:
        keep_run(ctx, run)
    return run


def keep_run(ctx: Context, run: MatchingRun) -> None:
    """Store a run as the newest of its hazard.

    Raises: BcpKitError M-011 for a trial over changed facts, D-013 when it is stored already.
    """
    ctx.demand(Action.RUN_MATCHING)
    if run.is_trial:
        raise BcpKitError(ErrorCode.TRIAL_NOT_KEPT)
    with ctx.open_store() as uow:
        uow.matching_runs.add(run)
        uow.commit()


def small_enough(ctx: Context) -> bool:
    """True for a town that is solved sooner in this process than another process starts."""
    with ctx.open_store() as uow:
        return uow.people.count() * uow.shelters.count() <= SMALL_PAIRS


def _part(progress: Progress, low: float, high: float) -> Progress:
    def report(done: float, stage: str) -> bool:
        return progress(low + (high - low) * done, stage)

    return report


def _solve(asked: Asked, command: MatchCommand, progress: Progress) -> _Solved:
    began = monotonic()
    pair = (asked.instance, asked.straight)
    stage = run_stage(pair, command.work_limit, command.seed, progress, command.own_process)
    return _Solved(stage, asked.units, asked.faults, monotonic() - began)


def _second(asked: Question, first: _Solved, command: MatchCommand, progress: Progress) -> _Solved | None:
    """Move on those who need a welfare shelter and have none yet: to what the first stage left free there."""
    moving = [u for u in asked.units if _moves_on(u, first.stage)]
    welfare = [s for s in asked.shelters if s.kind.is_welfare]
    if not moving or not welfare:
        return None
    taken = loads(first.stage.instance, first.stage.result.places)
    places = [_left_over(destination_of(s, asked.second), taken) for s in welfare]
    sites = {s.id: s.location for s in asked.shelters}
    at = {home: sites.get(place.destination_id) for home, place in first.stage.result.places.items()}
    return _solve(second_stage(asked, moving, places, at), command, progress)


def _moves_on(unit: Unit, first: Stage) -> bool:
    if unit.profile.usual is UsualDestination.GENERAL_OR_SPECIAL_SPACE:
        return False
    place = first.result.places.get(unit.household.id)
    return place is None or place.level is Level.STOP_OVER


def _left_over(place: Destination, taken: Mapping[tuple[str, Resource], int]) -> Destination:
    """Return the place with what the first stage took taken away."""
    capacity = {r: max(0, limit - taken.get((place.id, r), 0)) for r, limit in place.capacity.items()}
    used = taken.get((place.id, Resource.CARE), 0)
    care = {c: n * max(0, CARE_UNITS - used) // CARE_UNITS for c, n in place.care_places.items()}
    return place.model_copy(update={"capacity": capacity, "care_places": care})


def _run(ctx: Context, command: MatchCommand, asked: Question, solved: Sequence[_Solved]) -> MatchingRun:
    lines = [*asked.placements, *(line for s in solved for line in _placements(asked, s))]
    faults = (*asked.locks.faults, *(f for s in solved for f in s.faults), *_unmet(asked, solved))
    broken = {fault.lock_id for fault in faults}
    return MatchingRun(
        id=ctx.new_id(),
        hazard=command.hazard,
        mode=command.mode,
        made_at=ctx.clock.now(),
        made_by=ctx.actor.name,
        seed=command.seed,
        software=f"bcp_kit {__version__}, {solved[0].stage.result.software}",
        settings={
            "work_limit": command.work_limit,
            CARE: bool(asked.seen.care_places),
            **event_settings(asked),
        },
        stages=tuple(stage_result(s.stage, s.seconds) for s in solved),
        placements=tuple(sorted(lines, key=lambda p: (p.person_id, p.stage))),
        guess_counts=Counter(g for line in lines for g in line.guesses),
        preset=asked.preset,
        closed=tuple(sorted(command.closed)),
        what_if=command.what_if,
        locks=tuple(k for k in asked.locks.by_unit.values() if k.id not in broken),
        lock_faults=faults,
        notes=(*asked.notes, *unmet_needs(solved[0].stage)),
    )


def _unmet(asked: Question, solved: Sequence[_Solved]) -> tuple[LockFault, ...]:
    """Return the decisions for a stage that did not take place."""
    if len(solved) > 1:
        return ()
    late = [k for (_, stage), k in asked.locks.by_unit.items() if stage == 2]
    return tuple(
        LockFault(lock_id=k.id, person_id=k.person_id, cause="not_in_stage", shelter_id=k.shelter_id)
        for k in late
    )


def _placements(asked: Question, solved: _Solved) -> list[Placement]:
    """Return one line for each person of the stage."""
    instance = solved.stage.instance
    row = {h.id: i for i, h in enumerate(instance.households)}
    column = {d.id: j for j, d in enumerate(instance.destinations)}
    found = []
    for unit in solved.units:
        h = row[unit.household.id]
        home = instance.households[h]
        lock = asked.locks.by_unit.get((home.id, instance.stage)) if home.pin else None
        found += [
            _placement(person, tier, unit, solved.stage, (h, column, lock))
            for person, tier in zip(unit.people, home.tiers, strict=True)
        ]
    return found


def _placement(
    person: Person,
    tier: int,
    unit: Unit,
    stage: Stage,
    where: tuple[int, Mapping[str, int], MatchingLock | None],
) -> Placement:
    row, column, lock = where
    home = stage.instance.households[row]
    place = stage.result.places.get(home.id)
    told = stage.explanations.get(home.id)
    reasons = told.reasons if told else ()
    if place is None and not reasons:
        reasons = (Reason(rule="W15", message="matching.reason.no_place_at_all"),)
    line = Placement(
        person_id=person.id,
        stage=stage.instance.stage,
        shelter_id=None,
        tier=tier,
        vehicle_kind=unit.transport,
        reasons=reasons,
        remedies=told.remedies if told else (),
    )
    if place is None:
        return line
    j = column[place.destination_id]
    held = lock is not None and lock.kind is LockKind.PLACE
    return line.model_copy(
        update={
            "shelter_id": place.destination_id,
            "distance_is_straight": bool(stage.straight[row, j]),
            "distance_m": round(float(stage.instance.distance_m[row, j]), 1),
            "travel_min": round(int(stage.instance.travel_s[row, j]) / 60, 1),
            "guesses": _guesses(home, stage.instance.profiles[home.profile].required, stage, j, place.level),
            "stop_over": place.level is Level.STOP_OVER,
            "lock_id": lock.id if lock and held else "",
            "waived": lock.waived if lock and held else (),
        }
    )


def _guesses(
    home: Household, required: Sequence[str], stage: Stage, column: int, level: Level
) -> tuple[str, ...]:
    """Return what this household's place rests on that nobody confirmed, as "place:fact"."""
    place = stage.instance.destinations[column]
    asked = {r.value for r, n in home.demanded(level).items() if n} | {
        "outside_hazard", "direct_evacuation", "opens_after_h",
    }  # fmt: skip
    asked |= {"accepts"} if stage.instance.profiles[home.profile].accept_any_of else set()
    facts = {g for g in place.guessed if g in asked}
    facts |= set(required) & place.assumed if level is Level.SUITED else set()
    return tuple(sorted(f"{place.id}:{fact}" for fact in facts))

"""Matching people with destinations for one hazard, in two stages, with a line for everybody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from bcp_kit import __version__
from bcp_kit.access.policy import Action
from bcp_kit.catalogues.vocabulary import UsualDestination
from bcp_kit.cores.shelter_matching.check import loads
from bcp_kit.cores.shelter_matching.instance import CARE_UNITS, Destination, Household, Level, Resource
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import STILL_HERE, Person
from bcp_kit.domain.placements import MatchingRun, Placement, Reason, UnknownMode
from bcp_kit.domain.progress import Progress
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.services.base import Context
from bcp_kit.services.matching_geo import homes_in_zones, sites_in_zones, town_roads, zones_of
from bcp_kit.services.matching_people import (
    Register,
    Unit,
    leaves_home,
    priority_tier,
    units_of,
    usual_destination,
)
from bcp_kit.services.matching_places import Situation, destination_of, usable_share
from bcp_kit.services.matching_read import OUT_OF_USE
from bcp_kit.services.matching_settings import matching_settings
from bcp_kit.services.matching_solve import Stage, build_instance, run_stage, stage_result
from bcp_kit.services.shelter_status import board_of
from bcp_kit.storage.unit_of_work import UnitOfWork

FIRST_STAGE_PART = 0.7  # of the progress
CARE = "care_from_cover"
EVENT = "event"


@dataclass(frozen=True)
class MatchCommand:
    """For which hazard, how unknown facts count, and how much work the solver may do (deterministic time).

    `own_process` False solves in this process: for tests, and where processes cannot be started.
    """

    hazard: HazardKind
    mode: UnknownMode = UnknownMode.ASSUME
    seed: int = 0
    work_limit: float = 15.0
    own_process: bool = True


@dataclass(frozen=True)
class _Question:
    """What a run is about: people by what happens to them, places, and how each stage sees them."""

    register: Register
    leaving: tuple[Person, ...]
    placements: tuple[Placement, ...]
    shelters: tuple[Shelter, ...]
    seen: Situation
    second: Situation


def match(ctx: Context, command: MatchCommand) -> MatchingRun:
    """Match the register with the shelter list for one hazard, store the run and return it.

    Raises: BcpKitError M-001 without people, M-002 without destinations, M-003 when the independent checker
    finds a broken rule, U-003 when stopped before any answer.
    """
    ctx.demand(Action.RUN_MATCHING)
    with ctx.open_store() as uow:
        asked = _question(uow, command)
    began = monotonic()
    units = units_of(asked.leaving, command.hazard, asked.register, asked.seen.settings)
    first = _first_stage(units, asked, command, _part(ctx.progress, 0.0, FIRST_STAGE_PART))
    half = monotonic()
    second = _second_stage(units, first, asked, command, _part(ctx.progress, FIRST_STAGE_PART, 1.0))
    stages = [stage_result(first, half - began)]
    stages += [stage_result(second, monotonic() - half)] if second else []
    if any(s.violations for s in stages):
        raise BcpKitError(ErrorCode.MATCHING_CHECK_FAILED)
    placements = (
        *asked.placements,
        *_placements(units, first),
        *(_placements(units, second) if second else ()),
    )
    run = MatchingRun(
        id=ctx.new_id(),
        hazard=command.hazard,
        mode=command.mode,
        made_at=ctx.clock.now(),
        made_by=ctx.actor.name,
        seed=command.seed,
        software=f"bcp_kit {__version__}, {first.result.software}",
        settings={
            "work_limit": command.work_limit,
            CARE: bool(asked.seen.care_places),
            **_event_settings(asked),
        },
        stages=tuple(stages),
        placements=tuple(sorted(placements, key=lambda p: (p.person_id, p.stage))),
        guess_counts=Counter(g for p in placements for g in p.guesses),
    )
    with ctx.open_store() as uow:
        uow.matching_runs.add(run)
        uow.commit()
    return run


def _part(progress: Progress, low: float, high: float) -> Progress:
    def report(done: float, stage: str) -> bool:
        return progress(low + (high - low) * done, stage)

    return report


def _question(uow: UnitOfWork, command: MatchCommand) -> _Question:
    zones = zones_of(uow, command.hazard)
    people = homes_in_zones(
        sorted(uow.people.list(register_status=STILL_HERE), key=lambda p: p.id), zones, command.hazard
    )
    known = board_of(uow)
    in_event = {line.shelter.id: line for line in known.lines} if known.event else {}
    listed = [line.shelter for line in known.lines if line.shelter.kind is not DestinationKind.HOSPITAL]
    shelters = sites_in_zones(listed, zones, command.hazard)
    if not people:
        raise BcpKitError(ErrorCode.NO_PEOPLE)
    if not shelters:
        raise BcpKitError(ErrorCode.NO_DESTINATIONS)
    before = uow.matching_runs.latest(hazard=command.hazard.value)
    lines = before.placements if before else ()
    present = {p.person_id: p.shelter_id for p in lines if p.stage == 1 and p.shelter_id}
    register = Register(people, frozenset(link.person_id for link in uow.links.list()), present)
    settings = matching_settings()
    days = (int(settings.numbers[f"{which}_place_day"]) for which in ("first", "second"))
    roads = town_roads(uow, command.hazard, zones)
    seen, second = (
        Situation(command.hazard, command.mode, settings, _care_places(uow, day), roads, in_event)
        for day in days
    )
    leaving, told = [], []
    for person in people:
        line = _line_without_search(person, register, seen)
        if line is None:
            leaving.append(person)
        else:
            told.append(line)
    places = tuple(sorted((s for s in shelters if usable_share(s.id, seen)), key=lambda s: s.id))
    if not places:
        raise BcpKitError(ErrorCode.NO_DESTINATIONS)
    return _Question(register, tuple(leaving), tuple(told), places, seen, second)


def _event_settings(asked: _Question) -> dict[str, str]:
    """Return what a run says about the running event: its id, and the places that it left out."""
    if not asked.seen.in_event:
        return {}
    entries = [line.entry for line in asked.seen.in_event.values() if line.entry]
    gone = sorted(entry.shelter_id for entry in entries if not entry.usable_share)
    event_id = next((entry.event_id for entry in entries), "")
    return {EVENT: event_id, OUT_OF_USE: "|".join(gone)}


def _care_places(uow: UnitOfWork, day: int) -> dict[str, dict[str, int]]:
    """Return by facility and need class the places of its newest cover run on `day` (design 9.13)."""
    found: dict[str, dict[str, int]] = {}
    for facility in uow.facilities.list():
        run = uow.cover_runs.latest(facility_id=facility.id)
        own = [c for c in (run.capacity if run else ()) if c.facility_id == facility.id]
        days = sorted({c.day for c in own})
        if days:
            nearest = min(days, key=lambda d: abs(d - day))
            found[facility.id] = {c.need_class: c.places for c in own if c.day == nearest}
    return found


def _line_without_search(person: Person, register: Register, seen: Situation) -> Placement | None:
    """Return the line of a person for whom no place is searched, None for the others."""
    tier = priority_tier(person, person.id in register.supported)

    def line(rule: str, cause: str, **more: bool) -> Placement:
        reason = Reason(rule=rule, message=f"matching.reason.{cause}")
        return Placement(person_id=person.id, stage=1, shelter_id=None, tier=tier, reasons=(reason,), **more)

    if person.facility_resident:
        return line("W15", "facility_resident", stays_home=True)
    if usual_destination(person) is UsualDestination.HOSPITAL_FIRST:
        return line("H10", "hospital_first", hospital=True)
    if not leaves_home(person, seen.hazard, seen.settings):
        return line("H18", "outside_zone", stays_home=True)
    if person.location is None:
        return line("W14", "no_location")
    return None


def _starts(units: Sequence[Unit]) -> list[Location | None]:
    return [u.people[0].location for u in units]


def _first_stage(units: Sequence[Unit], asked: _Question, command: MatchCommand, progress: Progress) -> Stage:
    places = [destination_of(s, asked.seen) for s in asked.shelters]
    ends = [s.location for s in asked.shelters]
    instance = build_instance(units, places, _starts(units), ends, asked.seen, 1)
    return run_stage(instance, command.work_limit, command.seed, progress, command.own_process)


def _second_stage(
    units: Sequence[Unit], first: Stage, asked: _Question, command: MatchCommand, progress: Progress
) -> Stage | None:
    """Move on those who need a welfare shelter and have none yet: to what the first stage left free there."""
    left = [u for u in units if _moves_on(u, first)]
    welfare = [s for s in asked.shelters if s.kind.is_welfare]
    if not left or not welfare:
        return None
    taken = loads(first.instance, first.result.places)
    places = [_left_over(destination_of(s, asked.second), taken) for s in welfare]
    at = {s.id: s.location for s in asked.shelters}
    starts = []
    for unit in left:
        place = first.result.places.get(unit.household.id)
        starts.append((at.get(place.destination_id) if place else None) or unit.people[0].location)
    fresh = [replace(u, household=u.household.model_copy(update={"present_id": ""})) for u in left]
    instance = build_instance(fresh, places, starts, [s.location for s in welfare], asked.second, 2)
    return run_stage(instance, command.work_limit, command.seed, progress, command.own_process)


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


def _placements(units: Sequence[Unit], stage: Stage) -> list[Placement]:
    """Return one line for each person of the stage."""
    row = {h.id: i for i, h in enumerate(stage.instance.households)}
    column = {d.id: j for j, d in enumerate(stage.instance.destinations)}
    return [
        _placement(person, tier, unit, stage, row[unit.household.id], column)
        for unit in units
        if unit.household.id in row
        for person, tier in zip(unit.people, unit.household.tiers, strict=True)
    ]


def _placement(
    person: Person, tier: int, unit: Unit, stage: Stage, row: int, column: Mapping[str, int]
) -> Placement:
    home = stage.instance.households[row]
    place = stage.result.places.get(home.id)
    told = stage.explanations.get(home.id)
    line = Placement(
        person_id=person.id,
        stage=stage.instance.stage,
        shelter_id=None,
        tier=tier,
        vehicle_kind=unit.transport,
        reasons=told.reasons if told else (),
        remedies=told.remedies if told else (),
    )
    if place is None:
        return line
    j = column[place.destination_id]
    return line.model_copy(
        update={
            "shelter_id": place.destination_id,
            "distance_is_straight": bool(stage.straight[row, j]),
            "distance_m": round(float(stage.instance.distance_m[row, j]), 1),
            "travel_min": round(int(stage.instance.travel_s[row, j]) / 60, 1),
            "guesses": _guesses(home, stage.instance.profiles[home.profile].required, stage, j, place.level),
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

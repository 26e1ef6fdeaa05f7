"""What a matching is about, read from the store at one moment: people, places, decisions, the situation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bcp_kit.cores.shelter_matching.changes import Change, applied, change_of
from bcp_kit.cores.shelter_matching.instance import Destination, Instance
from bcp_kit.cores.shelter_matching.pins import settle
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.locks import LockFault
from bcp_kit.domain.people import STILL_HERE, Person
from bcp_kit.domain.placements import Placement, Reason, UnknownMode
from bcp_kit.domain.shelters import DestinationKind, Shelter
from bcp_kit.domain.units import Location
from bcp_kit.services.matching_geo import homes_in_zones, sites_in_zones, town_roads, zones_of
from bcp_kit.services.matching_lines import line_without_search
from bcp_kit.services.matching_locks import RunLocks, faults_of_pins, locks_of_run, pinned
from bcp_kit.services.matching_people import Register, Unit, units_of
from bcp_kit.services.matching_places import Situation, destination_of, usable_share
from bcp_kit.services.matching_presets import preset_of
from bcp_kit.services.matching_read import OUT_OF_USE
from bcp_kit.services.matching_settings import matching_settings
from bcp_kit.services.matching_solve import build_instance
from bcp_kit.services.shelter_status import board_of
from bcp_kit.storage.unit_of_work import UnitOfWork

EVENT = "event"


@dataclass(frozen=True)
class MatchCommand:
    """For which hazard, how unknown facts count, in which order of goals, with how much work.

    `work_limit` is deterministic time. `closed` are shelters taken as not open, `what_if` changes tried out
    (codes of the core's changes); a run with changes is a trial and is not kept. `own_process` False solves
    in this process: for small towns, tests, and where processes cannot be started.
    """

    hazard: HazardKind
    mode: UnknownMode = UnknownMode.ASSUME
    seed: int = 0
    work_limit: float = 15.0
    own_process: bool = True
    preset: str = ""
    closed: tuple[str, ...] = ()
    what_if: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What a run is about: people by what happens to them, places, and how each stage sees them.

    `units` are the households that look for a place, `placements` the lines of those who do not. `changes`
    are tried out on the instances of both stages.
    """

    preset: str
    register: Register
    units: tuple[Unit, ...]
    placements: tuple[Placement, ...]
    shelters: tuple[Shelter, ...]
    locks: RunLocks
    seen: Situation
    second: Situation
    changes: tuple[Change, ...] = ()
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Asked:
    """One stage ready to be solved: units in the order of its households, and decisions not kept."""

    instance: Instance
    straight: np.ndarray
    units: tuple[Unit, ...]
    faults: tuple[LockFault, ...] = ()


def question_of(uow: UnitOfWork, command: MatchCommand) -> Question:
    """Return what the command asks, from the store.

    Raises: BcpKitError M-005 for an unknown preset, G-001 and G-002 for layers that cannot be read.
    """
    preset = preset_of(uow, command.preset)
    zones = zones_of(uow, command.hazard)
    registered = sorted(uow.people.list(register_status=STILL_HERE), key=lambda p: p.id)
    people = homes_in_zones(registered, zones, command.hazard)
    known = board_of(uow)
    in_event = {line.shelter.id: line for line in known.lines} if known.event else {}
    before = uow.matching_runs.latest(hazard=command.hazard.value)
    lines = before.placements if before else ()
    present = {p.person_id: p.shelter_id for p in lines if p.stage == 1 and p.shelter_id}
    register = Register(people, frozenset(link.person_id for link in uow.links.list()), present)
    settings = matching_settings().under(preset)
    roads = town_roads(uow, command.hazard, zones)
    seen, second = (
        Situation(command.hazard, command.mode, settings, _care_places(uow, day), roads, in_event)
        for day in (int(settings.numbers[f"{which}_place_day"]) for which in ("first", "second"))
    )
    shelters = _usable(
        sites_in_zones([line.shelter for line in known.lines], zones, command.hazard), seen, command
    )
    locks = locks_of_run(uow.matching_locks.list(), people, command.hazard, settings)
    leaving, told = _by_search(people, register, seen, locks)
    return Question(
        preset=preset.key,
        register=register,
        units=tuple(units_of(leaving, command.hazard, register, settings)),
        placements=tuple(told),
        shelters=tuple(shelters),
        locks=locks,
        seen=seen,
        second=second,
        changes=tuple(change_of(code) for code in command.what_if),
        notes=_notes(people, shelters, told),
    )


def _usable(shelters: Sequence[Shelter], seen: Situation, command: MatchCommand) -> list[Shelter]:
    """Return the places to use in order of ids: no hospital, none closed by the command or in the event."""
    found = [
        s
        for s in shelters
        if s.kind is not DestinationKind.HOSPITAL and s.id not in command.closed and usable_share(s.id, seen)
    ]
    return sorted(found, key=lambda s: s.id)


def event_settings(asked: Question) -> dict[str, str]:
    """Return what a run says about the running event: its id, and the places that it left out."""
    if not asked.seen.in_event:
        return {}
    entries = [line.entry for line in asked.seen.in_event.values() if line.entry]
    gone = sorted(entry.shelter_id for entry in entries if not entry.usable_share)
    event_id = next((entry.event_id for entry in entries), "")
    return {EVENT: event_id, OUT_OF_USE: "|".join(gone)}


def _by_search(
    people: Sequence[Person], register: Register, seen: Situation, locks: RunLocks
) -> tuple[list[Person], list[Placement]]:
    leaving, told = [], []
    for person in people:
        line = line_without_search(person, register, seen, locks.of(person))
        if line is None:
            leaving.append(person)
        else:
            told.append(line)
    return leaving, told


def _notes(
    people: Sequence[Person], shelters: Sequence[Shelter], told: Sequence[Placement]
) -> tuple[Reason, ...]:
    """Return what has to be said about the lists: nobody, no place, homes and places without coordinates."""
    lost = sum(1 for s in shelters if s.location is None)
    unlocated = sum(1 for p in told if any(r.rule == "W14" for r in p.reasons))
    found = []
    if not people:
        found.append(Reason(rule="W15", message="matching.note.nobody"))
    if not shelters:
        found.append(Reason(rule="W15", message="matching.note.no_shelter"))
    if lost:
        found.append(
            Reason(rule="W14", message="matching.note.places_without_location", values={"count": lost})
        )
    if unlocated:
        found.append(
            Reason(rule="W14", message="matching.note.homes_without_location", values={"count": unlocated})
        )
    return tuple(found)


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


def first_stage(asked: Question) -> Asked:
    """Return the first stage: everybody who leaves, all places, decisions settled."""
    places = [destination_of(s, asked.seen) for s in asked.shelters]
    starts = [u.people[0].location for u in asked.units]
    return _stage(asked, asked.units, places, (starts, [s.location for s in asked.shelters]), 1)


def _stage(
    asked: Question,
    units: Sequence[Unit],
    places: Sequence[Destination],
    ways: tuple[Sequence[Location | None], Sequence[Location | None]],
    stage: int,
) -> Asked:
    held, absent = pinned(units, asked.locks, stage)
    seen = asked.seen if stage == 1 else asked.second
    instance, straight = build_instance(held, places, ways[0], ways[1], seen, stage)
    settled, faults = settle(applied(instance, asked.changes))
    told = faults_of_pins(faults, asked.locks, stage)
    return Asked(settled, straight, tuple(held), (*absent, *told))


def second_stage(
    asked: Question, moving: Sequence[Unit], places: Sequence[Destination], at: Mapping[str, Location | None]
) -> Asked:
    """Return the second stage: those who move on, from where the first stage put them, to `places`.

    `at` gives by household id where its way begins.
    """
    fresh = [replace(u, household=u.household.model_copy(update={"present_id": ""})) for u in moving]
    welfare = [s for s in asked.shelters if s.kind.is_welfare]
    starts = [at.get(u.household.id) or u.people[0].location for u in moving]
    return _stage(asked, fresh, places, (starts, [s.location for s in welfare]), 2)

"""Reading a matching run: who is where, who is left over and why, what to confirm first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.vocabulary import shelter_features
from bcp_kit.cores.shelter_matching.instance import Resource
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.placements import MatchingRun, Placement
from bcp_kit.domain.shelter_facts import FEATURE
from bcp_kit.domain.shelters import Shelter
from bcp_kit.services.base import Context
from bcp_kit.services.matching_words import fact_label, sentence

__all__ = ["Line", "RunView", "ToConfirm", "fact_label", "read_run", "sentence", "what_to_confirm_first"]

OUTSIDE = "outside_hazard"
OUT_OF_USE = "out_of_use"


@dataclass(frozen=True)
class Line:
    """One person's line of one stage, with the person and the place it names."""

    person: Person
    placement: Placement
    shelter: Shelter | None


@dataclass(frozen=True)
class ToConfirm:
    """One fact that nobody confirmed, and how many people's places rest on it.

    `fact_key` is the key of the field in which it is confirmed (forms.shelter_form).
    """

    shelter: Shelter
    fact: str
    people: int
    fact_key: str = ""


@dataclass(frozen=True)
class RunView:
    """A run with what its lines name. `unplaced` are people who look for a first place and have none."""

    run: MatchingRun
    lines: tuple[Line, ...]
    shelters: Mapping[str, Shelter]

    @property
    def unplaced(self) -> tuple[Line, ...]:
        """Return the lines without a place in the first stage, the most urgent tier first."""
        found = [line for line in self.lines if _left_over(line.placement)]
        return tuple(sorted(found, key=lambda line: (line.placement.tier, line.person.id)))

    @property
    def waiting(self) -> tuple[Line, ...]:
        """Return the lines of people who stop over and have no place to move on to."""
        found = [line for line in self.lines if line.placement.stage == 2 and line.shelter is None]
        return tuple(sorted(found, key=lambda line: (line.placement.tier, line.person.id)))

    @property
    def for_hospital(self) -> tuple[Line, ...]:
        """Return the people whom the officer settles with a hospital."""
        return tuple(line for line in self.lines if line.placement.hospital)

    def of_person(self, person_id: str) -> tuple[Line, ...]:
        """Return the person's lines in order of stage."""
        return tuple(line for line in self.lines if line.person.id == person_id)


def _left_over(placement: Placement) -> bool:
    settled = placement.hospital or placement.stays_home
    return placement.stage == 1 and placement.shelter_id is None and not settled


def read_run(ctx: Context, run_id: str = "", hazard: HazardKind | None = None) -> RunView:
    """Return a run with its people and places: by id, else the newest (of one hazard).

    Raises: BcpKitError U-002 when there is none.
    """
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        by = {"hazard": hazard.value} if hazard else {}
        run = uow.matching_runs.need(run_id) if run_id else uow.matching_runs.latest(**by)
        if run is None:
            raise BcpKitError(ErrorCode.NOT_FOUND)
    return view_of(ctx, run)


def view_of(ctx: Context, run: MatchingRun) -> RunView:
    """Return a run, kept or not, with the people and places that it names."""
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        people = {p.id: p for p in uow.people.list()}
        shelters = {s.id: s for s in uow.shelters.list()}
    lines = tuple(
        Line(people[p.person_id], p, shelters.get(p.shelter_id or ""))
        for p in run.placements
        if p.person_id in people
    )
    return RunView(run, lines, shelters)


def list_runs(ctx: Context, hazard: HazardKind | None = None, most: int = 20) -> tuple[MatchingRun, ...]:
    """Return the kept runs, the newest first; of one hazard, at most `most`."""
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        ids = uow.matching_runs.ids(**({"hazard": hazard.value} if hazard else {}))
        return tuple(uow.matching_runs.need(run_id) for run_id in reversed(ids[-most:]))


def find_run(ctx: Context, given: str = "", hazard: HazardKind | None = None) -> RunView:
    """Return the run whose id begins with `given`; for an empty one the newest (of one hazard).

    Raises: BcpKitError U-002 for none, and where several ids begin so.
    """
    if not given:
        return read_run(ctx, hazard=hazard)
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        found = [run_id for run_id in uow.matching_runs.ids() if run_id.startswith(given)]
    if len(found) != 1:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    return read_run(ctx, found[0])


def what_to_confirm_first(view: RunView) -> tuple[ToConfirm, ...]:
    """Return the guesses of the run, those on which most people depend first (decision 2 of the design)."""
    counts = Counter(guess for line in view.lines for guess in line.placement.guesses)
    found = []
    for guess, people in counts.items():
        shelter_id, _, fact = guess.rpartition(":")
        if shelter_id in view.shelters:
            key = _field_of(fact, view.run.hazard)
            found.append(ToConfirm(view.shelters[shelter_id], fact, people, key))
    return tuple(sorted(found, key=lambda c: (-c.people, c.shelter.id, c.fact)))


def places_out_of_use(view: RunView) -> tuple[Shelter, ...]:
    """Return the places that the run left out because they were reported closed in an event."""
    ids = str(view.run.settings.get(OUT_OF_USE, "")).split("|")
    return tuple(view.shelters[i] for i in ids if i in view.shelters)


FIELDS = {
    Resource.PEOPLE.value: "capacity_people",
    Resource.AREA.value: "area_m2",
    Resource.OUTLETS.value: "medical_outlets",
    Resource.POWER.value: "backup_power_w",
    Resource.ENERGY.value: "backup_power_wh",
    Resource.ROOMS.value: "private_rooms",
    Resource.CONSULTANTS.value: "consultants",
}


def _field_of(guess: str, hazard: HazardKind) -> str:
    """Return the field in which what was guessed is confirmed."""
    if guess in shelter_features():
        return f"{FEATURE}{guess}"
    return f"exposures.{hazard.value}.in_zone" if guess == OUTSIDE else FIELDS.get(guess, guess)

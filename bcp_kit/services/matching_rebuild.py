"""A stored run as the core sees it: the question asked again of today's store, with the run's places."""

from collections.abc import Mapping
from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.instance import Instance, Level, Place
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.placements import MatchingRun
from bcp_kit.services.base import Context
from bcp_kit.services.matching_question import Asked, MatchCommand, Question, first_stage, question_of
from bcp_kit.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Rebuilt:
    """A run and the first stage of its question as the store answers it now.

    `places` are the run's places by household id, also those that are gone from the instance by now.
    """

    run: MatchingRun
    asked: Question
    first: Asked
    places: Mapping[str, Place]

    @property
    def instance(self) -> Instance:
        """The first stage."""
        return self.first.instance

    @property
    def standing(self) -> dict[str, Place]:
        """The run's places that still exist."""
        ids = {d.id for d in self.instance.destinations}
        homes = {h.id for h in self.instance.households}
        return {k: p for k, p in self.places.items() if k in homes and p.destination_id in ids}

    def scene(self) -> Scene:
        """Return the first stage with the run's places that still exist."""
        return Scene(self.instance, self.standing)

    def household_of(self, person_id: str) -> int | None:
        """Return the index of a person's household, None where no place is looked for."""
        return next(
            (i for i, unit in enumerate(self.first.units) if any(p.id == person_id for p in unit.people)),
            None,
        )


def rebuilt(
    ctx: Context, run_id: str = "", closed: tuple[str, ...] = (), what_if: tuple[str, ...] = ()
) -> Rebuilt:
    """Return a run (the newest for an empty id) over today's facts, with places closed or changes tried.

    Raises: BcpKitError U-002 when there is no such run, A-001 for who may not see matchings.
    """
    ctx.demand(Action.SEE_MATCHING)
    with ctx.open_store() as uow:
        run = uow.matching_runs.need(run_id) if run_id else uow.matching_runs.latest()
        if run is None:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        asked = _asked_again(uow, run, closed, what_if)
    first = first_stage(asked)
    return Rebuilt(run, asked, first, _places(run, asked))


def _places(run: MatchingRun, asked: Question) -> dict[str, Place]:
    """Return the run's first places by household id; people who left the register since stay in it."""
    home = {person.id: unit.household.id for unit in asked.units for person in unit.people}
    return {
        home.get(line.person_id, line.person_id): Place(
            destination_id=line.shelter_id, level=Level.STOP_OVER if line.stop_over else Level.SUITED
        )
        for line in run.placements
        if line.stage == 1 and line.shelter_id
    }


def _asked_again(
    uow: UnitOfWork, run: MatchingRun, closed: tuple[str, ...], what_if: tuple[str, ...]
) -> Question:
    command = MatchCommand(
        hazard=run.hazard,
        mode=run.mode,
        preset=run.preset,
        closed=tuple(sorted({*run.closed, *closed})),
        what_if=what_if,
    )
    return question_of(uow, command)

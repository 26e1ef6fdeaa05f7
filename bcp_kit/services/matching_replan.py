"""Placing anew (N2, F51, F54): a place closed, a capacity fell, somebody came or left: three ways.

The facts are those of the store now: what changed in the register and the shelter list since the run counts
by itself; `closed` and `what_if` are tried on top.
"""

from dataclasses import dataclass
from functools import partial

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching import replan as core
from bcp_kit.cores.shelter_matching.instance import Instance, Place
from bcp_kit.cores.shelter_matching.replan import Move, Replan, Variant
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.locks import LockFault
from bcp_kit.domain.people import Person
from bcp_kit.domain.placements import MatchingRun
from bcp_kit.domain.progress import Progress
from bcp_kit.services.base import Context
from bcp_kit.services.matching import match_around
from bcp_kit.services.matching_question import MatchCommand
from bcp_kit.services.matching_rebuild import Rebuilt, rebuilt
from bcp_kit.services.solver_process import run_in_process

SMALL_PAIRS = 5_000  # households x places that are solved sooner than a process starts


@dataclass(frozen=True)
class ReplanCommand:
    """From which run (newest for an empty id), what is lost or tried, which ways, how much work."""

    run_id: str = ""
    closed: tuple[str, ...] = ()
    what_if: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = tuple(Variant)
    seed: int = 0
    work_limit: float = 15.0
    own_process: bool = True


@dataclass(frozen=True)
class ReplanOutcome:
    """The old run over today's facts, and an answer for each way asked for. `faults`: locks not kept."""

    command: ReplanCommand
    old: Rebuilt
    options: tuple[Replan, ...]
    faults: tuple[LockFault, ...]

    def option(self, variant: Variant) -> Replan:
        """Return the answer of one way.

        Raises: BcpKitError U-002 when it was not asked for.
        """
        found = next((o for o in self.options if o.variant is variant), None)
        if found is None:
            raise BcpKitError(ErrorCode.NOT_FOUND)
        return found

    def people_of(self, move: Move) -> tuple[Person, ...]:
        """Return the people of a move's household; none for one that left the register."""
        return next((u.people for u in self.old.first.units if u.household.id == move.household_id), ())


class _Job(DomainModel):
    """What travels to the solving process."""

    before: dict[str, Place]
    instance: Instance
    variant: Variant
    limit: float
    seed: int


def _solve(job: _Job, progress: Progress) -> Replan:
    return core.replan(job.before, job.instance, job.variant, job.limit, job.seed, progress)


def replan(ctx: Context, command: ReplanCommand) -> ReplanOutcome:
    """Return the run placed anew under today's facts, in each way asked for; nothing is stored.

    Raises: BcpKitError U-002 without a run, U-003 when stopped before any answer.
    """
    ctx.demand(Action.RUN_MATCHING)
    old = rebuilt(ctx, command.run_id, command.closed, command.what_if)
    instance = old.instance
    small = len(instance.households) * len(instance.destinations) <= SMALL_PAIRS
    here = small or not command.own_process
    options = []
    for number, variant in enumerate(command.variants):
        job = _Job(
            before=dict(old.places),
            instance=instance,
            variant=variant,
            limit=command.work_limit,
            seed=command.seed,
        )
        part = partial(_part, ctx.progress, number, len(command.variants))
        options.append(_solve(job, part) if here else run_in_process(_solve, job, part))
    return ReplanOutcome(command, old, tuple(options), old.first.faults)


def _part(progress: Progress, number: int, count: int, done: float, stage: str) -> bool:
    return progress((number + done) / count, stage)


def keep_replan(ctx: Context, outcome: ReplanOutcome, variant: Variant) -> MatchingRun:
    """Store one way as the newest run of its hazard and return it, with its second stage solved anew.

    Raises: BcpKitError M-003 when the check finds a broken rule; a trial (`what_if`) is returned, not stored.
    """
    chosen, old = outcome.option(variant), outcome.old
    command = MatchCommand(
        hazard=old.run.hazard,
        mode=old.run.mode,
        seed=outcome.command.seed,
        work_limit=outcome.command.work_limit,
        own_process=outcome.command.own_process,
        preset=old.run.preset,
        closed=tuple(sorted({*old.run.closed, *outcome.command.closed})),
        what_if=outcome.command.what_if,
    )
    return match_around(ctx, command, old.asked, old.first, chosen.result)

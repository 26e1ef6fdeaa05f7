"""The smallest change for one person (N3), and what the town should confirm, agree or buy first."""

from dataclasses import dataclass

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.board import board
from bcp_kit.cores.shelter_matching.changes import Change, SmallestChange
from bcp_kit.cores.shelter_matching.remedies import smallest_changes
from bcp_kit.cores.shelter_matching.stress import Runner
from bcp_kit.cores.shelter_matching.town import TownChange, town_changes
from bcp_kit.domain.placements import MatchingRun, Reason
from bcp_kit.services.base import Context
from bcp_kit.services.matching import match
from bcp_kit.services.matching_question import MatchCommand
from bcp_kit.services.matching_rebuild import Rebuilt, rebuilt
from bcp_kit.services.worker_pool import PoolRunner


@dataclass(frozen=True)
class TownAdvice:
    """The run over today's facts, and changes for the town, most people placed for a unit first."""

    of: Rebuilt
    changes: tuple[TownChange, ...]


def smallest_changes_for(ctx: Context, person_id: str, run_id: str = "") -> tuple[SmallestChange, ...]:
    """Return the smallest change of each kind that would place a person, proven where the town is small.

    Empty for a person who has a suited place or for whom none is looked for. Raises: BcpKitError U-002
    without a run.
    """
    seen = rebuilt(ctx, run_id)
    household = seen.household_of(person_id)
    scene = seen.scene()
    if household is None or not scene.width or 0 <= scene.chosen[household] < scene.width:
        return ()
    return smallest_changes(scene, household)


def remedies_for(ctx: Context, person_id: str, run_id: str = "") -> tuple[Reason, ...]:
    """Return the same as lines that `matching_words.sentence` tells."""
    return tuple(change.reason() for change in smallest_changes_for(ctx, person_id, run_id))


def advise_town(ctx: Context, run_id: str = "", most: int = 10, runner: Runner | None = None) -> TownAdvice:
    """Return what to confirm, agree or provide first, each tried by solving again.

    Raises: BcpKitError U-002 without a run, U-003 when stopped.
    """
    seen = rebuilt(ctx, run_id)
    do = runner or PoolRunner(0, ctx.progress, "matching.progress.advice")
    scene = seen.scene()
    if not scene.width or not len(scene.chosen):
        return TownAdvice(seen, ())
    return TownAdvice(seen, town_changes(scene, board(seen.instance, seen.standing), most, do))


def try_changes(
    ctx: Context,
    run_id: str,
    changes: tuple[Change, ...],
    work_limit: float = 15.0,
    own_process: bool = True,
) -> MatchingRun:
    """Match again as if the changes were made; the trial is returned and not stored.

    `own_process` as in `MatchCommand`.

    Raises: as `match`.
    """
    ctx.demand(Action.RUN_MATCHING)
    run = rebuilt(ctx, run_id).run
    command = MatchCommand(
        hazard=run.hazard,
        mode=run.mode,
        seed=run.seed,
        work_limit=work_limit,
        preset=run.preset,
        closed=run.closed,
        what_if=tuple(change.code for change in changes),
        own_process=own_process,
    )
    return match(ctx, command)

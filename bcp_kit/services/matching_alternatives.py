"""Second and third places of a run (F61), which share no building, flood zone or power with the first."""

from collections.abc import Mapping

from bcp_kit.access.policy import Action
from bcp_kit.cores.shelter_matching.board import board
from bcp_kit.cores.shelter_matching.dispersed import POWER_TIE, Choice, alternatives
from bcp_kit.cores.shelter_matching.stress import Runner
from bcp_kit.domain.base import Known
from bcp_kit.domain.placements import Alternative, MatchingRun
from bcp_kit.domain.shelters import Shelter
from bcp_kit.services.base import Context
from bcp_kit.services.matching_rebuild import Rebuilt, rebuilt
from bcp_kit.services.matching_stress import FLOODS
from bcp_kit.services.worker_pool import PoolRunner


def ties_of(shelter: Shelter) -> frozenset[str]:
    """Return what a place falls with: its building, flood zones, and the public power if it has none."""
    wet = (e for hazard in FLOODS if (e := shelter.exposure_to(hazard)) is not None)
    zones = {f"zone:{e.hazard.value}" for e in wet if e.in_zone is Known.YES}
    power = set() if shelter.feature("backup_power") is Known.YES else {POWER_TIE}
    return frozenset({f"site:{shelter.building}", *zones, *power})


def store_alternatives(ctx: Context, run_id: str = "", runner: Runner | None = None) -> MatchingRun:
    """Find second and third places for everybody placed by a run, keep them with it, and return the run.

    Raises: BcpKitError U-002 without a run, D-001 when the run was changed meanwhile, U-003 when stopped.
    """
    ctx.demand(Action.RUN_MATCHING)
    seen = rebuilt(ctx, run_id)
    ties = {s.id: ties_of(s) for s in seen.asked.shelters}
    found = alternatives(
        board(seen.instance, seen.standing), ties, runner=runner or PoolRunner(0, ctx.progress)
    )
    run = _with(seen, found)
    with ctx.open_store() as uow:
        kept = uow.matching_runs.save(run)
        uow.commit()
    return kept


def _with(seen: Rebuilt, found: Mapping[str, tuple[Choice, ...]]) -> MatchingRun:
    """Return the run with the choices in the first-stage lines of their people."""
    row = {unit.household.id: h for h, unit in enumerate(seen.first.units)}
    column = {d.id: j for j, d in enumerate(seen.instance.destinations)}
    home = {p.id: u.household.id for u in seen.first.units for p in u.people}
    lines = []
    for line in seen.run.placements:
        choices = found.get(home.get(line.person_id, ""), ()) if line.stage == 1 else ()
        told = tuple(
            Alternative(
                shelter_id=c.destination_id,
                distance_m=_metres(seen, row[home[line.person_id]], column[c.destination_id]),
                shares=c.shares,
            )
            for c in choices
        )
        lines.append(line.model_copy(update={"alternatives": told}) if line.stage == 1 else line)
    return seen.run.model_copy(update={"placements": tuple(lines)})


def _metres(seen: Rebuilt, household: int, destination: int) -> float | None:
    metres = float(seen.instance.distance_m[household, destination])
    return None if metres != metres else round(metres, 1)  # noqa: PLR0124 - NaN is not itself

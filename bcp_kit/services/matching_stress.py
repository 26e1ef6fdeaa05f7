"""Stress of a run (W12): single losses, named sets, opening rates of past disasters, power, night.

Rates and named sets are the catalogue `stress_scenarios`. The plan stands; what is drawn is who can open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bcp_kit.access.policy import Action
from bcp_kit.catalogues.load import Row, catalogue
from bcp_kit.cores.shelter_matching.board import board
from bcp_kit.cores.shelter_matching.instance import Resource
from bcp_kit.cores.shelter_matching.stress import (
    Loss,
    Runner,
    Stress,
    opening_draws,
    single_losses,
    stress,
    suffered,
)
from bcp_kit.domain.base import Known
from bcp_kit.domain.errors import BcpKitError, ErrorCode
from bcp_kit.domain.hazards import FLOODS
from bcp_kit.domain.people import Person
from bcp_kit.domain.shelters import Shelter
from bcp_kit.services.base import Context
from bcp_kit.services.matching_rebuild import Rebuilt, rebuilt
from bcp_kit.services.worker_pool import PoolRunner

SINGLE, FLOOD, NIGHT, BLACKOUT, WATER = "single_loss", "flood", "night", "blackout_72h", "water_out"
DEFAULT_DRAWS = 200
PLUGS = (Resource.OUTLETS, Resource.POWER, Resource.ENERGY)


@dataclass(frozen=True)
class StressCommand:
    """Which run (newest for an empty id), which scenarios (all for none), how many draws of each rate.

    `named` are sets of shelters (ids) lost together, by the officer's own name. `workers` 0 uses every core.
    """

    run_id: str = ""
    scenarios: tuple[str, ...] = ()
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    draws: int = DEFAULT_DRAWS
    seed: int = 0
    workers: int = 0


@dataclass(frozen=True)
class StressReport:
    """The run over today's facts and one report for each scenario, by key in the order asked."""

    of: Rebuilt
    reports: Mapping[str, Stress]

    def of_person(self, person: Person) -> dict[str, tuple[int, int, int]]:
        """Return by scenario: draws with a place, with a suited one, and all draws; empty if unsought."""
        home = next((u.household.id for u in self.of.first.units if person in u.people), "")
        return {
            key: (report.remains[home], report.suited[home], len(report.draws))
            for key, report in self.reports.items()
            if home in report.remains
        }

    def needed_most(self) -> tuple[tuple[Shelter, int, int], ...]:
        """Return the places the town cannot do without: weight lost and suited people lost, worst first."""
        if SINGLE not in self.reports:
            return ()
        by_id = {s.id: s for s in self.of.asked.shelters}
        found = self.reports[SINGLE].needed_most()
        return tuple((by_id[key], weight, suited) for key, weight, suited in found if weight or suited)


def scenario_keys() -> tuple[str, ...]:
    """Return the scenarios that can be asked for, single losses first."""
    return (SINGLE, *catalogue("stress_scenarios").rows)


def run_stress(ctx: Context, command: StressCommand, runner: Runner | None = None) -> StressReport:
    """Return what remains of a run in each scenario; the same seed gives the same report.

    `runner` may be any other engine with the same interface. Raises: BcpKitError U-002 for an unknown run or
    scenario, U-003 when stopped.
    """
    ctx.demand(Action.SEE_MATCHING)
    unknown = set(command.scenarios) - set(scenario_keys())
    if unknown:
        raise BcpKitError(ErrorCode.NOT_FOUND)
    seen = rebuilt(ctx, command.run_id)
    wanted = command.scenarios or scenario_keys()
    do = runner or PoolRunner(command.workers, ctx.progress)
    plain = board(seen.instance, seen.standing)
    reports = {}
    for key in wanted:
        losses = _losses(key, seen.asked.shelters)
        set_up = board(suffered(seen.instance, losses), seen.standing) if losses else plain
        reports[key] = stress(set_up, key, _draws(key, seen, losses, command), do)
    for name, ids in command.named.items():
        reports[name] = stress(plain, name, [ids], do)
    return StressReport(seen, reports)


def _draws(
    key: str, seen: Rebuilt, losses: Sequence[Loss], command: StressCommand
) -> Sequence[tuple[str, ...]]:
    """Return the draws of a scenario: single losses, drawn openings, or one draw of what is shut."""
    if key == SINGLE:
        return single_losses(seen.instance)
    rate = _rate(catalogue("stress_scenarios").rows[key])
    if rate is None:
        return [tuple(loss.destination_id for loss in losses if loss.shut)]
    welfare = [s.id for s in seen.asked.shelters if s.kind.is_welfare]
    count = command.draws if rate < 1 else 1
    chances = (np.random.default_rng([command.seed, number]) for number in range(count))
    return opening_draws(seen.instance, welfare, rate, chances)


def _rate(row: Row) -> float | None:
    return None if row.value is None else float(str(row.value))


def _losses(key: str, shelters: Iterable[Shelter]) -> tuple[Loss, ...]:
    """Return what fails where in a scenario that is told by facts of the places."""
    told = {FLOOD: _flooded, NIGHT: _at_night, BLACKOUT: _without_power, WATER: _without_water}.get(key)
    found = (told(s) for s in shelters) if told else ()
    return tuple(loss for loss in found if loss is not None)


def _flooded(shelter: Shelter) -> Loss | None:
    """A place in a zone of flooding is lost."""
    exposures = (shelter.exposure_to(hazard) for hazard in FLOODS)
    wet = any(e is not None and e.in_zone is Known.YES for e in exposures)
    return Loss(destination_id=shelter.id, shut=True) if wet else None


def _at_night(shelter: Shelter) -> Loss | None:
    """A place without night staff, or known not to open at night, is lost; others open when they say."""
    if shelter.night_open is Known.NO or shelter.staff_night == 0:
        return Loss(destination_id=shelter.id, shut=True)
    if shelter.opens_after_night_h is not None:
        return Loss(destination_id=shelter.id, opens_after_h=shelter.opens_after_night_h)
    return None


def _without_power(shelter: Shelter) -> Loss | None:
    """Where backup power is not confirmed, nothing can be plugged in; where it is, its energy limits."""
    if shelter.feature("backup_power") is Known.YES and shelter.backup_power_wh is not None:
        return None
    return Loss(destination_id=shelter.id, without=PLUGS)


def _without_water(shelter: Shelter) -> Loss | None:
    """A place whose water is known not to last is lost."""
    return Loss(destination_id=shelter.id, shut=True) if shelter.feature("water_backup") is Known.NO else None

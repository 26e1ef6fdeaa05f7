"""Drawn attendances: who is there on which day when luck decides, many times over, the same for each seed.

One draw is one world. In each world it is worse, as, or better than the scenario says (all staff together);
each person has one lasting luck against the way, the hour and the family (who could not come yesterday comes
when the roads are back, and does not come and go at random), a home that is hit or not, and a day on which
they fall ill or become a contact, or never. An offer of help comes as a whole or not at all.
The luck of a person depends on the seed (which the caller has) and their id alone, so two questions about the
same staff meet the same luck (common random numbers).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from bcp_kit.cores.staff_cover import attendance_factors as factors
from bcp_kit.cores.staff_cover.attendance_factors import AttendanceSettings, Commuter
from bcp_kit.cores.staff_cover.instance import CoverInstance
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.scenario import Scenario
from bcp_kit.domain.units import Share

Presence = NDArray[np.bool_]  # draws × workers × days
LUCKS = 4  # kinds of luck of one person: lasting, home, illness, contact
Luck = Callable[[str], NDArray[np.float64]]  # a key to LUCKS × draws numbers in [0, 1), equal for equal keys
BACK_DAYS = ("train_back_day", "bus_back_day", "road_back_day", "schools_reopen_day")


class Spread(DomainModel):
    """How far the world may differ from the scenario; each name is a row of `cover_defaults`."""

    mild_weight: Share
    severe_weight: Share
    mild_factor: float
    severe_factor: float
    helper_chance: Share


@dataclass(frozen=True)
class Crew:
    """Who may come: commuters by worker id and each site's coefficients (a commuter's site by its staff)."""

    commuters: Mapping[str, Commuter]
    settings: Mapping[str, AttendanceSettings]


def scaled(scenario: Scenario, factor: float) -> Scenario:
    """Return the scenario with cuts `factor` times as long and shares `factor` times as large.

    Days are rounded away from the scenario: 1.5 × 3 days are 5, 0.5 × 3 days are 1. What is not cut stays so.
    """
    whole = ceil if factor > 1 else floor
    days = {name: whole(back * factor) for name in BACK_DAYS if (back := getattr(scenario, name)) is not None}
    return scenario.model_copy(
        update={
            **days,
            "homes_damaged_share": min(1.0, scenario.homes_damaged_share * factor),
            "infected_share_by_day": tuple(min(1.0, s * factor) for s in scenario.infected_share_by_day),
            "contact_share_by_day": tuple(min(1.0, s * factor) for s in scenario.contact_share_by_day),
        }
    )


def severity(spread: Spread, luck: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return for each draw 0 (milder than the scenario), 1 (as it says) or 2 (more severe)."""
    found = np.ones(len(luck), dtype=np.int8)
    found[luck < spread.mild_weight] = 0
    found[luck >= 1 - spread.severe_weight] = 2
    return found


def drawn(instance: CoverInstance, crew: Crew, scenario: Scenario, spread: Spread, luck_of: Luck) -> Presence:
    """Return who is there: draws × workers of the instance × days.

    Whether a shift of a day is open to somebody (hour of arrival, nights) stands in the instance.
    """
    how_bad = severity(spread, luck_of("severity")[0])
    worlds = [scaled(scenario, spread.mild_factor), scenario, scaled(scenario, spread.severe_factor)]
    of_world = [how_bad == n for n in range(len(worlds))]
    present = np.zeros((len(how_bad), len(instance.workers), instance.days), dtype=bool)
    for number, worker in enumerate(instance.workers):
        if worker.route is not None:
            comes = luck_of(f"offer|{worker.offer_id}")[0] < spread.helper_chance
            present[:, number, :] = comes[:, None]
            continue
        commuter = crew.commuters[worker.id]
        settings = crew.settings[commuter.staff.facility_id]
        luck = luck_of(worker.id)
        for world, here in zip(worlds, of_world, strict=True):
            if here.any():
                present[here, number, :] = _one(commuter, world, settings, luck[:, here])
    return present


def _one(
    commuter: Commuter, world: Scenario, settings: AttendanceSettings, luck: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return draws × days of one person in one world. `luck`: lasting, home, illness, contact."""
    days = np.arange(world.days)
    early = days < settings.home_recover_days
    lasting = np.array([_lasting(commuter, day, world, settings) for day in range(world.days)])
    hit = np.zeros(luck.shape[1], dtype=bool)
    if factors.home_is_in_zone(commuter.staff, world):
        lasting = np.where(early, lasting * settings.home_in_zone_factor, lasting)
    else:
        hit = luck[1] < world.homes_damaged_share
    chance = np.where(hit[:, None] & early, lasting * settings.home_damaged_factor, lasting)
    comes: NDArray[np.bool_] = luck[0][:, None] < chance
    for kind, shares, days_off in (
        (2, world.infected_share_by_day, settings.infection_days_off),
        (3, world.contact_share_by_day, settings.contact_days_off),
    ):
        fell = np.searchsorted(np.cumsum(shares), luck[kind], side="right")[:, None]
        comes &= (fell >= len(shares)) | (days < fell) | (days >= fell + days_off)
    if commuter.on_duty_until_min is not None:
        comes[:, 0] = True
    return comes


def _lasting(commuter: Commuter, day: int, world: Scenario, settings: AttendanceSettings) -> float:
    way, time = factors.reach(commuter, day, world, settings)
    return way[0] * time[0] * factors.family(commuter, day, world, settings)[0]


def heads_by_day(
    present: Presence, percents: Sequence[float] = (10, 50, 90)
) -> tuple[tuple[float, ...], ...]:
    """Return by day the heads present at each percentile of the draws."""
    heads = present.sum(axis=1)
    return tuple(
        tuple(float(v) for v in np.percentile(heads[:, day], percents)) for day in range(heads.shape[1])
    )

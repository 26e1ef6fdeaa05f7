"""Does a person's powered equipment last at the places of the plan (N13)? Watts, hours a day, batteries."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bcp_kit.catalogues import load
from bcp_kit.domain.base import Known
from bcp_kit.domain.devices import Device
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.people import Person
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.domain.shelters import Shelter

SETTINGS, HORIZON = "matching_defaults", "power_horizon_h"
DAY_H = 24.0


@dataclass(frozen=True)
class PowerNeed:
    """What the devices draw: watts together, watt-hours a day, the hours of the battery that ends first.

    `unknown` are devices whose watts nobody wrote down; `battery_h` is None where no battery is known.
    """

    watts: int
    wh_day: int
    battery_h: float | None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class PowerCheck:
    """One place of the plan: whether its supply carries the devices, and the key of the reason why."""

    hazard: HazardKind
    place: str
    enough: Known
    reason: str
    watts_there: int | None = None
    hours_there: float | None = None


def power_need(devices: tuple[Device, ...]) -> PowerNeed | None:
    """Return what the devices draw, None where there are none; without hours a day they run all day."""
    if not devices:
        return None
    known = [device for device in devices if device.power_w is not None]
    daily = sum(
        (device.power_w or 0) * (DAY_H if device.hours_per_day is None else device.hours_per_day)
        for device in known
    )
    batteries = [device.battery_h for device in devices if device.battery_h is not None]
    return PowerNeed(
        watts=math.ceil(sum(device.power_w or 0 for device in known)),
        wh_day=math.ceil(daily),
        battery_h=min(batteries, default=None),
        unknown=tuple(device.kind for device in devices if device.power_w is None),
    )


def power_checks(
    person: Person, plan: EvacuationPlan, shelters: Mapping[str, Shelter]
) -> tuple[PowerCheck, ...]:
    """Return for each place of the plan whether the devices run there for as long as is planned for.

    A place's stored energy is taken to be this person's alone: whether it is enough for all who were
    assigned is a rule of the matching. What nobody confirmed is unknown, never enough.
    """
    need = power_need(person.devices)
    if need is None:
        return ()
    found = []
    for stage in plan.stages:
        places = (stage.shelter_id, *(other.shelter_id for other in stage.alternatives))
        found += [_check(stage.hazard, need, shelters[key]) for key in places if key in shelters]
    return tuple(dict.fromkeys(found))


def _check(hazard: HazardKind, need: PowerNeed, shelter: Shelter) -> PowerCheck:
    watts = shelter.backup_power_w
    stored = shelter.backup_power_wh
    by_store = None if stored is None or not need.wh_day else stored / need.wh_day * DAY_H
    lasting = [hours for hours in (by_store, shelter.fuel_h) if hours is not None]
    hours = max(lasting, default=None)
    horizon = load.number(SETTINGS, HORIZON)
    if watts is not None and watts < need.watts:
        enough, reason = Known.NO, "watts"
    elif hours is not None and hours < horizon:
        enough, reason = Known.NO, "hours"
    elif need.unknown:
        enough, reason = Known.UNKNOWN, "device"
    elif watts is None or hours is None:
        enough, reason = Known.UNKNOWN, "place"
    else:
        enough, reason = Known.YES, "enough"
    there = None if watts is None else math.floor(watts)
    return PowerCheck(hazard, shelter.name, enough, reason, there, hours)

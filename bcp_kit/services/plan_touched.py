"""Which plans a change touches: what a plan rested on when it was made or last checked, against today.

Nothing has to report a change: whichever way a record was changed (screen, import, map, approval), the
digests of a plan's basis no longer agree, and the plan says which part of it does not.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from bcp_kit.domain.hazards import Exposure
from bcp_kit.domain.people import Person, Supporter
from bcp_kit.domain.plans import EvacuationPlan
from bcp_kit.domain.shelters import Shelter

ADDRESS, NEEDS, HAZARD, DESTINATION, SHELTER, SUPPORTER = PARTS = (
    "address",
    "needs",
    "hazard",
    "destination",
    "shelter",
    "supporter",
)
UNNOTED = "unnoted"  # checked, but what it rested on then was not kept
_DIGEST_BYTES = 8


def _digest(facts: object) -> str:
    return hashlib.blake2b(repr(facts).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _exposures(found: Iterable[Exposure]) -> list[tuple[object, ...]]:
    return sorted(
        (e.hazard.value, e.in_zone.value, e.depth_m, e.depth_min_m, e.special, e.arrival_min) for e in found
    )


def _address(person: Person) -> tuple[object, ...]:
    point = (person.location.latitude, person.location.longitude) if person.location else None
    return person.address, person.address_building, person.home_floor, point


def _needs(person: Person) -> tuple[object, ...]:
    devices = [(d.kind, d.power_w, d.hours_per_day, d.battery_h) for d in person.devices]
    certificates = [(c.kind.value, c.grade, c.part, c.name) for c in person.certificates]
    return sorted(person.needs), person.reason_text, devices, sorted(certificates), person.companions


def _place(shelter: Shelter | None) -> tuple[object, ...]:
    if shelter is None:
        return ("gone",)
    return (
        shelter.name,
        shelter.address,
        shelter.phone,
        shelter.kind.value,
        shelter.opens_after_h,
        shelter.direct_evacuation.value,
        shelter.backup_power_w,
        _exposures(shelter.exposures),
    )


def basis_of(
    person: Person, supporters: Sequence[Supporter], plan: EvacuationPlan, shelters: Mapping[str, Shelter]
) -> Mapping[str, str]:
    """Return the digests of what a plan rests on, by part; `supporters` in the order of calling."""
    ways = [(s.hazard.value, s.stage, s.shelter_id, s.stays_home, s.hospital) for s in plan.stages]
    return {
        ADDRESS: _digest(_address(person)),
        NEEDS: _digest(_needs(person)),
        HAZARD: _digest(_exposures(person.home_exposures)),
        DESTINATION: _digest((ways, [hazard.value for hazard in plan.unplaced])),
        SHELTER: _digest([_place(shelters.get(key)) for key in plan.place_ids]),
        SUPPORTER: _digest([(s.id, s.name, s.address, s.phone) for s in supporters]),
    }


def touched_parts(
    person: Person, supporters: Sequence[Supporter], plan: EvacuationPlan, shelters: Mapping[str, Shelter]
) -> tuple[str, ...]:
    """Return the parts of the basis that changed since the plan was made or last checked.

    A plan that was checked before bases were noted is to be looked at once (UNNOTED): what changed since
    then nobody can say, and checking it again notes the basis.
    """
    if not plan.basis:
        return (UNNOTED,) if plan.verified_on is not None else ()
    now = basis_of(person, supporters, plan, shelters)
    return tuple(part for part in PARTS if plan.basis.get(part, now[part]) != now[part])


def lapsed(plan: EvacuationPlan, today: date) -> EvacuationPlan:
    """Return the plan as it is printed when something that it rests on changed: 未確認 from today."""
    return plan.model_copy(update={"next_review_on": today - timedelta(days=1)})

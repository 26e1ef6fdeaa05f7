"""Which officers' decisions (F55) can be kept together, and a clear word for each that cannot.

A pin leaves a household one place. Pins that break a rule alone, or find their place full of other pins, are
taken off the instance and told; all that stay can be kept at once, so the goal LOCKED reaches them all.
"""

from collections.abc import Mapping
from enum import StrEnum

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.instance import Goal, Household, Instance, Level, Place
from bcp_kit.cores.shelter_matching.rules import Block, pair_blocks
from bcp_kit.domain.base import DomainModel

BEST_FIRST = (Level.SUITED, Level.STOP_OVER)


class PinFaultKind(StrEnum):
    """Why a pin cannot be kept."""

    PLACE_GONE = "place_gone"
    RULE_BROKEN = "rule_broken"
    FULL = "full"


class PinFault(DomainModel):
    """One pin that cannot be kept: the household, its place, why, and the rules that stand in the way."""

    household_id: str
    destination_id: str
    kind: PinFaultKind
    blocks: tuple[Block, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the keys of the rules in the way, each once."""
        return tuple(sorted({block.rule for block in self.blocks}))


def settle(instance: Instance) -> tuple[Instance, tuple[PinFault, ...]]:
    """Return the instance with the pins that can all be kept, the goal LOCKED first, and the faults.

    The more urgent tier is looked at first, then the order of ids. Without pins the instance is unchanged.
    """
    pinned = [h for h, home in enumerate(instance.households) if home.pin is not None]
    if not pinned:
        return instance, ()
    kept: dict[str, Place] = {}
    faults: dict[int, PinFault] = {}
    order = sorted(pinned, key=lambda h: (instance.households[h].tier, instance.households[h].id))
    for h in order:
        fault = _fault(instance, h, kept)
        if fault is not None:
            faults[h] = fault
    homes = [_free(home) if h in faults else home for h, home in enumerate(instance.households)]
    goals = tuple(g for g in instance.goals if g is not Goal.LOCKED)
    changed = {"households": tuple(homes), "goals": (Goal.LOCKED, *goals) if kept else goals}
    return instance.model_copy(update=changed), tuple(faults[h] for h in order if h in faults)


def _free(home: Household) -> Household:
    return home.model_copy(update={"pin": None})


def _fault(instance: Instance, household: int, kept: dict[str, Place]) -> PinFault | None:
    """Return why this pin cannot be kept beside `kept`; else add its place to `kept`."""
    home = instance.households[household]
    site = home.pin.destination_id if home.pin else ""
    column = next((j for j, d in enumerate(instance.destinations) if d.id == site), None)
    if column is None:
        return PinFault(household_id=home.id, destination_id=site, kind=PinFaultKind.PLACE_GONE)
    found: Mapping[Level, tuple[Block, ...]] = {
        level: pair_blocks(instance, household, column, level) for level in BEST_FIRST
    }
    for level in BEST_FIRST:
        place = Place(destination_id=site, level=level)
        if not found[level] and not check.violations(instance, {**kept, home.id: place}):
            kept[home.id] = place
            return None
    if any(not blocks for blocks in found.values()):
        return PinFault(household_id=home.id, destination_id=site, kind=PinFaultKind.FULL)
    fewest = min(found.values(), key=len)
    return PinFault(household_id=home.id, destination_id=site, kind=PinFaultKind.RULE_BROKEN, blocks=fewest)

"""Is a run fair (F53): longest ways, worst-off groups by need, district and household, against first come."""

from collections.abc import Mapping
from dataclasses import dataclass

from bcp_kit.cores.shelter_matching.fairness import Fairness, fairness
from bcp_kit.forms.messages import DEFAULT_LANGUAGE, messages, text
from bcp_kit.services.base import Context
from bcp_kit.services.matching_people import Unit, needs_of
from bcp_kit.services.matching_rebuild import Rebuilt, rebuilt
from bcp_kit.services.matching_words import fact_label

NEED, DISTRICT, HOUSEHOLD, NONE = "need", "district", "household", "none"


@dataclass(frozen=True)
class FairnessReport:
    """A run over today's facts and its figures. Groups are need groups, districts, and kinds of household."""

    of: Rebuilt
    figures: Fairness


def run_fairness(ctx: Context, run_id: str = "") -> FairnessReport:
    """Return the figures of a run (the newest for an empty id).

    First come is the order of the register numbers, ids where there are none. Raises: BcpKitError U-002
    without a run.
    """
    seen = rebuilt(ctx, run_id)
    units = seen.first.units
    groups: Mapping[str, Mapping[str, tuple[str, ...]]] = {
        NEED: {u.household.id: _need_groups(u) for u in units},
        DISTRICT: {u.household.id: (u.household.district or NONE,) for u in units},
        HOUSEHOLD: {u.household.id: (u.people[0].household_type.value,) for u in units},
    }
    order = sorted(units, key=lambda u: min((p.register_no or p.id, p.id) for p in u.people))
    figures = fairness(seen.instance, seen.standing, groups, [u.household.id for u in order])
    return FairnessReport(seen, figures)


def _need_groups(unit: Unit) -> tuple[str, ...]:
    found = sorted({need.group for person in unit.people for need in needs_of(person)})
    return tuple(found) or (NONE,)


def group_label(dimension: str, group: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the words for a group: districts are their own words."""
    key = f"matching.fairness.{dimension}.{group}"
    if key in messages(language):
        return text(key, language)
    return fact_label(group, language) if dimension == NEED else group

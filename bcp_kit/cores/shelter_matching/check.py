"""Solver-free specification: which rules an answer breaks, and how good it is. Runs on every answer.

Written before the model. It adds up plain numbers household by household and shares no array, column or
variable with the solver.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from bcp_kit.cores.shelter_matching.instance import (
    CARE_UNITS,
    RESOURCE_RULE,
    Goal,
    Instance,
    Level,
    Place,
    Resource,
)
from bcp_kit.cores.shelter_matching.rules import demands, pair_blocks
from bcp_kit.domain.base import DomainModel

Places = Mapping[str, Place]
FULL = 1_000_000  # a place that is full, in millionths


class Violation(DomainModel):
    """One broken rule: where, for whom (household id, or empty for a sum), and by how much."""

    rule: str
    cause: str
    destination_id: str
    household_id: str = ""
    excess: int = 0


def placed_pairs(instance: Instance, places: Places) -> Iterator[tuple[int, int, Level]]:
    """Yield household index, destination index and level of each place that names existing ones."""
    at = {d.id: j for j, d in enumerate(instance.destinations)}
    for h, home in enumerate(instance.households):
        place = places.get(home.id)
        if place is not None and place.destination_id in at:
            yield h, at[place.destination_id], place.level


def loads(instance: Instance, places: Places) -> dict[tuple[str, Resource], int]:
    """Return by destination id and resource how much of it the placed households take."""
    found: dict[tuple[str, Resource], int] = defaultdict(int)
    for h, j, level in placed_pairs(instance, places):
        destination = instance.destinations[j]
        for resource, amount in demands(instance.households[h], destination, level):
            found[destination.id, resource] += amount
    return found


def building_loads(instance: Instance, places: Places) -> list[int]:
    """Return, for each shared capacity, how much of it is taken."""
    found = [0] * len(instance.shared)
    for h, j, level in placed_pairs(instance, places):
        wanted = instance.households[h].demanded(level)
        for i, shared in enumerate(instance.shared):
            if instance.destinations[j].id in shared.destination_ids:
                found[i] += wanted.get(shared.resource, 0)
    return found


def _strangers(instance: Instance, places: Places) -> Iterator[Violation]:
    homes, sites = {h.id for h in instance.households}, {d.id for d in instance.destinations}
    for home_id, place in places.items():
        if home_id not in homes or place.destination_id not in sites:
            yield Violation(
                rule="H12", cause="stranger", destination_id=place.destination_id, household_id=home_id
            )


def violations(instance: Instance, places: Places) -> tuple[Violation, ...]:
    """Return every rule that the answer breaks; empty for a valid answer."""
    found = list(_strangers(instance, places))
    for h, j, level in placed_pairs(instance, places):
        home_id, site_id = instance.households[h].id, instance.destinations[j].id
        found += [
            Violation(
                rule=b.rule, cause=b.cause, destination_id=site_id, household_id=home_id, excess=b.short
            )
            for b in pair_blocks(instance, h, j, level)
        ]
    sites = {d.id: d for d in instance.destinations}
    for (site, resource), taken in loads(instance, places).items():
        limit = CARE_UNITS if resource is Resource.CARE else sites[site].capacity[resource]
        if taken > limit:
            rule = RESOURCE_RULE[resource]
            found.append(Violation(rule=rule, cause="full", destination_id=site, excess=taken - limit))
    for shared, taken in zip(instance.shared, building_loads(instance, places), strict=True):
        if taken > shared.capacity:
            excess = taken - shared.capacity
            found.append(Violation(rule="H12", cause="full", destination_id=shared.building, excess=excess))
    return tuple(found)


def familiar_points(instance: Instance, h: int, j: int) -> int:
    """Return the points of one listed member of household `h` at place `j` for the goal FAMILIAR."""
    home, place, points = instance.households[h], instance.destinations[j], instance.familiarity
    total = points.present * (home.present_id == place.id)
    total += points.usual_facility * (
        bool(home.usual_facility_id) and home.usual_facility_id == place.facility_id
    )
    return total + points.same_district * (bool(home.district) and home.district == place.district)


def fill_millionths(instance: Instance, places: Places) -> dict[str, int]:
    """Return by destination how full it is in millionths, of its people, else of its area (rounded up)."""
    taken, found = loads(instance, places), {}
    for place in instance.destinations:
        resource = next((r for r in (Resource.PEOPLE, Resource.AREA) if place.capacity.get(r)), None)
        if resource is not None:
            found[place.id] = -(-FULL * taken[place.id, resource] // place.capacity[resource])
    return found


def score(instance: Instance, places: Places) -> dict[Goal, int]:
    """Return the value of each goal of the instance, by goal.

    Units: locked, tiers and suited in listed people, familiar in points, travel in person-seconds, longest in
    seconds, load in millionths of the fullest place.
    """
    values = dict.fromkeys(Goal, 0)
    for h, j, level in placed_pairs(instance, places):
        home, seconds = instance.households[h], int(instance.travel_s[h, j])
        values[Goal.LOCKED] += len(home.member_ids) * (home.pin is not None)
        for tier in home.tiers:
            values[Goal(f"tier_{tier}")] += 1
            values[Goal(f"suited_{tier}")] += level is Level.SUITED
        values[Goal.FAMILIAR] += familiar_points(instance, h, j) * len(home.member_ids)
        values[Goal.TRAVEL] += home.size * seconds
        values[Goal.LONGEST] = max(values[Goal.LONGEST], seconds)
    values[Goal.LOAD] = max(fill_millionths(instance, places).values(), default=0)
    return {goal: values[goal] for goal in instance.goals}


def rank(instance: Instance, values: Mapping[Goal, int]) -> tuple[int, ...]:
    """Return the values in order of the goals, signed so that the greater tuple is the better answer."""
    return tuple(values[g] if g.wants_more else -values[g] for g in instance.goals)

"""Is the answer fair (F53): longest ways, the worst-off group, and who first-come order would have left over.

Groups are given from outside (need, district, kind of household), because a matching must not know why people
belong to them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.shelter_matching import check, tables
from bcp_kit.cores.shelter_matching.greedy import greedy
from bcp_kit.cores.shelter_matching.instance import Household, Instance, Level, Place
from bcp_kit.domain.base import DomainModel

LONGEST = 10  # ways told
Groups = Mapping[str, Sequence[str]]  # by household id, the groups of one dimension that it belongs to


class Way(DomainModel):
    """One household's way to its place: seconds, and metres where known (-1: not)."""

    household_id: str
    destination_id: str
    tier: int
    people: int
    travel_s: int
    distance_m: int


class GroupLine(DomainModel):
    """Listed people of one group: how many, how many are placed and suited, how far, and by first come.

    `mean_s` and `longest_s` are seconds of those placed, 0 where nobody is.
    """

    dimension: str
    group: str
    people: int
    placed: int
    suited: int
    first_come: int
    mean_s: int
    longest_s: int

    @property
    def unplaced(self) -> int:
        """Listed people without a place."""
        return self.people - self.placed

    @property
    def share(self) -> float:
        """The part of its people that is placed; 1 for a group of nobody."""
        return self.placed / self.people if self.people else 1.0


class Fairness(DomainModel):
    """Figures of one answer. `first_come` counts listed people by tier whom first-come order would place."""

    ways: tuple[Way, ...]
    lines: tuple[GroupLine, ...]
    placed: Mapping[int, int]
    first_come: Mapping[int, int]
    people: Mapping[int, int]

    def of(self, dimension: str) -> tuple[GroupLine, ...]:
        """Return the lines of one dimension, the worst-off group first.

        Worst off: the smallest part placed, then the longest mean way, then the name.
        """
        own = [line for line in self.lines if line.dimension == dimension]
        return tuple(sorted(own, key=lambda line: (line.share, -line.mean_s, line.group)))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Return the dimensions in the order given."""
        return tuple(dict.fromkeys(line.dimension for line in self.lines))

    def worst_off(self, dimension: str, least_people: int = 1) -> GroupLine | None:
        """Return the worst-off group of at least `least_people`; None where there is none."""
        return next((line for line in self.of(dimension) if line.people >= least_people), None)


def first_come(instance: Instance, register_order: Sequence[str] = ()) -> dict[str, Place]:
    """Return what first come, first served would give: households in the order of the register.

    `register_order` are household ids; those not named come last, in the order of the instance.
    """
    if not instance.households or not instance.destinations:
        return {}
    rank = {key: i for i, key in enumerate(register_order)}
    order = sorted(
        range(len(instance.households)), key=lambda h: (rank.get(instance.households[h].id, len(rank)), h)
    )
    return greedy(tables.build(instance), order=np.array(order))


@dataclass(frozen=True)
class _Answer:
    """An instance with where each household (index) is, and who has a place by first come (ids)."""

    instance: Instance
    at: Mapping[int, tuple[int, Level]]
    by_order: check.Places

    def line(self, dimension: str, group: str, members: Sequence[int]) -> GroupLine:
        """Return the figures of one group of households (indices)."""
        homes = self.instance.households
        people = {h: len(homes[h].member_ids) for h in members}
        placed = {h: int(self.instance.travel_s[h, self.at[h][0]]) for h in members if h in self.at}
        count = sum(people[h] for h in placed)
        seconds = sum(people[h] * s for h, s in placed.items())
        return GroupLine(
            dimension=dimension,
            group=group,
            people=sum(people.values()),
            placed=count,
            suited=sum(people[h] for h in placed if self.at[h][1] is Level.SUITED),
            first_come=sum(n for h, n in people.items() if homes[h].id in self.by_order),
            mean_s=round(seconds / count) if count else 0,
            longest_s=max(placed.values(), default=0),
        )

    def longest(self) -> tuple[Way, ...]:
        """Return the longest ways, the longest first."""
        found = []
        for h, (j, _) in self.at.items():
            home, metres = self.instance.households[h], float(self.instance.distance_m[h, j])
            found.append(
                Way(
                    household_id=home.id,
                    destination_id=self.instance.destinations[j].id,
                    tier=home.tier,
                    people=len(home.member_ids),
                    travel_s=int(self.instance.travel_s[h, j]),
                    distance_m=-1 if np.isnan(metres) else round(metres),
                )
            )
        return tuple(sorted(found, key=lambda w: (-w.travel_s, w.household_id))[:LONGEST])


def fairness(
    instance: Instance,
    places: check.Places,
    groups: Mapping[str, Groups],
    register_order: Sequence[str] = (),
) -> Fairness:
    """Return the figures of an answer; `groups` gives by dimension the groups of each household (id)."""
    by_order = first_come(instance, register_order)
    at = {h: (j, level) for h, j, level in check.placed_pairs(instance, places)}
    answer = _Answer(instance, at, by_order)
    lines = []
    for dimension, of_home in groups.items():
        members: dict[str, list[int]] = {}
        for h, home in enumerate(instance.households):
            for group in dict.fromkeys(of_home.get(home.id, ())):
                members.setdefault(group, []).append(h)
        lines += [answer.line(dimension, group, members[group]) for group in sorted(members)]
    return Fairness(
        ways=answer.longest(),
        lines=tuple(lines),
        placed=_by_tier(h for h in instance.households if h.id in places),
        first_come=_by_tier(h for h in instance.households if h.id in by_order),
        people=_by_tier(instance.households),
    )


def _by_tier(homes: Iterable[Household]) -> dict[int, int]:
    found = {1: 0, 2: 0, 3: 0}
    for home in homes:
        for tier in home.tiers:
            found[tier] += 1
    return found

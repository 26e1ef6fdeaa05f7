"""Which pairs one kind of change would open, and what is on offer: columns, offers and needs of the model."""

from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.shelter_matching.changes import Change, ChangeKind
from bcp_kit.cores.shelter_matching.instance import Resource
from bcp_kit.cores.shelter_matching.mending import Need, Offer
from bcp_kit.cores.shelter_matching.scene import Scene
from bcp_kit.cores.shelter_matching.tables import Array, Columns

MOST_UNITS = 100_000  # of one resource where no simple change gives a limit
MOST_METRES = 50_000
FACT_COST = 10_000  # above the rank of any place: fewest facts first, then the nearest place
Kind = tuple[ChangeKind, Resource | None]


@dataclass(frozen=True)
class Area:
    """Which households (mask) and options (mask) may be decided anew; `whole` where nothing is left out."""

    homes: Array
    options: Array
    whole: bool

    @staticmethod
    def everything(scene: Scene) -> "Area":
        """Return the area that leaves nothing out."""
        return Area(np.ones(len(scene.chosen), bool), np.ones(2 * scene.width, bool), whole=True)


def kind_of(change: Change) -> Kind:
    """Return the kind of a change; for room by resource."""
    return change.kind, change.resource


def offered(
    scene: Scene, household: int, area: Area, kind: Kind, most: int
) -> tuple[Columns, tuple[Offer, ...], tuple[Need, ...]]:
    """Return columns, offers and needs for one kind of change, at most `most` units (0: unknown)."""
    mask = scene.tables.allowed & area.homes[:, None] & area.options[None, :]
    own = np.flatnonzero((scene.chosen >= 0) & area.homes)
    mask[own, scene.chosen[own]] = True
    opened = _opened(scene, area, kind) & ~mask
    mask |= opened
    if scene.chosen[household] >= 0:
        mask[household, scene.width :] = False
    columns = Columns(*np.nonzero(mask))
    asked = _Asked(scene, household, area, kind[1], most)
    offers, needs = asked.facts(columns, opened)
    if kind[0] is ChangeKind.FARTHER:
        needs += asked.farther(columns, opened, len(offers))
        offers += (Offer(Change(kind=ChangeKind.FARTHER), 1, max(2, most or MOST_METRES)),)
    if kind[0] is ChangeKind.ROOM:
        offers += asked.rooms()
    return columns, offers, needs


def _opened(scene: Scene, area: Area, kind: Kind) -> Array:
    """Return which pairs are not possible now and would be with enough of one kind of change, (H, 2M)."""
    found = np.zeros_like(scene.tables.allowed)
    homes = [h for h in np.flatnonzero(area.homes).tolist() if not scene.is_pinned(h)]
    options = np.flatnonzero(area.options)
    for profile in {scene.instance.households[h].profile for h in homes}:
        mended = [_is_mended(scene, profile, int(o), kind) for o in options]
        of_profile = np.array([h for h in homes if scene.instance.households[h].profile == profile])
        found[of_profile[:, None], options[mended][None, :]] = True
    near, far = scene.ways
    found &= np.tile(far if kind[0] is ChangeKind.FARTHER else near, 2)
    columns = Columns(*np.nonzero(found & ~scene.tables.allowed))
    for column, row, _ in scene.overflow(columns, scene.tables.limit):
        if scene.rows[row].resource is not kind[1]:
            found[columns.home[column], columns.option[column]] = False
    return found


def _is_mended(scene: Scene, profile: int, option: int, kind: Kind) -> bool:
    """True where nothing but this kind of change stands between a profile and an option."""
    clauses = scene.clauses(profile, option)
    return clauses is not None and all(clause.kind is kind[0] for clause in clauses)


@dataclass(frozen=True)
class _Asked:
    """What is on offer for one household and kind; nearer places cost a trifle less."""

    scene: Scene
    household: int
    area: Area
    resource: Resource | None
    most: int

    def _rank(self, destination: int) -> int:
        seconds = self.scene.instance.travel_s[self.household]
        return int((seconds < seconds[destination]).sum())

    def rooms(self) -> tuple[Offer, ...]:
        """Return one offer by place: a unit widens the place's own limit and its building's."""
        scene, units, found = self.scene, self.most or MOST_UNITS, []
        for j, place in enumerate(scene.instance.destinations):
            if self.resource is None or self.resource not in place.capacity or not self.area.options[j]:
                continue
            rows = tuple(
                i
                for i, row in enumerate(scene.rows)
                if row.resource is self.resource and place.id in row.destination_ids
            )
            change = Change(kind=ChangeKind.ROOM, destination_id=place.id, resource=self.resource)
            cost = 1 + units * scene.width + self._rank(j)
            found.append(Offer(change, cost, max(2, units), rows))
        return tuple(found)

    def farther(self, columns: Columns, opened: Array, offer: int) -> tuple[Need, ...]:
        """Return what each opened column needs of a longer way."""
        found = []
        for c in np.flatnonzero(opened[columns.home, columns.option]):
            beyond_m = self.scene.beyond_m(int(columns.home[c]), int(columns.option[c]) % self.scene.width)
            if beyond_m:
                found.append(Need(int(c), beyond_m, (offer,)))
        return tuple(found)

    def facts(self, columns: Columns, opened: Array) -> tuple[tuple[Offer, ...], tuple[Need, ...]]:
        """Return the facts that the opened columns need, each on offer once."""
        scene, number, needs = self.scene, dict[Change, int](), []
        for c in np.flatnonzero(opened[columns.home, columns.option]):
            profile = scene.instance.households[columns.home[c]].profile
            for clause in scene.clauses(profile, int(columns.option[c])) or ():
                which = tuple(number.setdefault(change, len(number)) for change in clause.any_of)
                needs.append(Need(int(c), 1, which))
        offers = tuple(Offer(c, FACT_COST * c.size + self._rank(scene.at[c.destination_id])) for c in number)
        return offers, tuple(needs)

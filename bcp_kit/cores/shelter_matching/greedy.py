"""What an officer does by hand: in order of urgency, the nearest place that suits and has room.

The start of every search, and the answer, marked as such, when the solver gives none.
"""

from collections.abc import Mapping

import numpy as np

from bcp_kit.cores.shelter_matching.instance import Level, Place
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables


def urgency(tables: Tables) -> Array:
    """Return household indices, most urgent first: members of tier 1, then 2, then 3; the smaller first."""
    ids = np.array([h.id for h in tables.instance.households])
    more = -tables.members
    return np.lexsort((ids, tables.size, more[:, 2], more[:, 1], more[:, 0]))


def place_of(tables: Tables, option: int) -> Place:
    """Return an option as the place that a result names."""
    level = Level.SUITED if option < tables.places else Level.STOP_OVER
    return Place(destination_id=tables.instance.destinations[option % tables.places].id, level=level)


def greedy(
    tables: Tables, given: Mapping[str, Place] | None = None, order: Array | None = None
) -> dict[str, Place]:
    """Return places by household id: those `given`, then for everybody else suited before stop-over, near
    before far, never over a limit; the most urgent first unless `order` names household indices.
    """
    instance, width, found = tables.instance, tables.places, dict(given or {})
    chosen = tables.chosen(found)
    placed = np.flatnonzero(chosen >= 0)
    room = tables.limit - np.asarray(tables.taken(Columns(placed, chosen[placed])).sum(axis=1)).ravel()
    limits = Limits(tables)
    for h in urgency(tables) if order is None else order:
        open_to = np.flatnonzero(tables.allowed[h] & (chosen[h] < 0))
        if not len(open_to):
            continue
        taken = [limits.taken(demand[h]) for demand in tables.demand]
        fits = np.concatenate([limits.fitting(amount, room) for amount in taken])
        choice = open_to[fits[open_to]]
        if len(choice):
            near = np.lexsort((instance.travel_s[h, choice % width], choice >= width))
            best = int(choice[near[0]])
            mine = limits.place == best % width
            room[limits.row[mine]] -= taken[best // width][mine]
            found[instance.households[h].id] = place_of(tables, best)
    return found


def returned(tables: Tables, before: Mapping[str, Place]) -> dict[str, Place]:
    """Return those of `before` who can still be where they were; over no limit, the most urgent first.

    Households and destinations that are gone are left out.
    """
    instance, width = tables.instance, tables.places
    column = {d.id: j for j, d in enumerate(instance.destinations)}
    room, limits = tables.limit.copy(), Limits(tables)
    found: dict[str, Place] = {}
    for h in urgency(tables):
        place = before.get(instance.households[h].id)
        if place is None or place.destination_id not in column:
            continue
        level = 0 if place.level is Level.SUITED else 1
        mine = limits.place == column[place.destination_id]
        taken = limits.taken(tables.demand[level][h])[mine]
        option = column[place.destination_id] + level * width
        if tables.allowed[h, option] and (taken <= room[limits.row[mine]]).all():
            room[limits.row[mine]] -= taken
            found[instance.households[h].id] = place
    return found


class Limits:
    """The rate matrix taken apart: for each row and place that meet, what one household takes.

    `row` and `place` name the meetings.
    """

    def __init__(self, tables: Tables) -> None:
        entries, kinds = tables.rate.tocoo(), tables.demand[0].shape[1]
        place, kind = entries.col // kinds, entries.col % kinds
        order = np.lexsort((kind, place, entries.row))
        self._kind, self._factor = kind[order], entries.data[order]
        row, place = entries.row[order], place[order]
        self._start = np.flatnonzero(np.diff(row * tables.places + place, prepend=-1))
        self.row, self.place, self._places = row[self._start], place[self._start], tables.places

    def taken(self, demand: Array) -> Array:
        """Return what this demand takes wherever a row and a place meet."""
        if not len(self._start):
            return np.zeros(0, np.int64)
        return np.asarray(np.add.reduceat(self._factor * demand[self._kind], self._start))

    def fitting(self, taken: Array, room: Array) -> Array:
        """Return which places have room for it, bool by place."""
        fits = np.ones(self._places, bool)
        fits[self.place[taken > room[self.row]]] = False
        return fits

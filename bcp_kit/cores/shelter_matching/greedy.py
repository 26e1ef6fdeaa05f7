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


def greedy(tables: Tables, given: Mapping[str, Place] | None = None) -> dict[str, Place]:
    """Return places by household id: those `given`, then for everybody else suited before stop-over, near
    before far, never over a limit.
    """
    instance, width, found = tables.instance, tables.places, dict(given or {})
    chosen = tables.chosen(found)
    placed = np.flatnonzero(chosen >= 0)
    room = tables.limit - np.asarray(tables.taken(Columns(placed, chosen[placed])).sum(axis=1)).ravel()
    for h in urgency(tables):
        open_to = np.flatnonzero(tables.allowed[h] & (chosen[h] < 0))
        if not len(open_to):
            continue
        order = open_to[np.lexsort((instance.travel_s[h, open_to % width], open_to >= width))]
        taken = tables.taken(Columns(np.full(len(order), h), order)).tocoo()
        fits = np.ones(len(order), bool)
        fits[taken.col[taken.data > room[taken.row]]] = False
        if fits.any():
            best = int(np.argmax(fits))
            mine = taken.col == best
            room[taken.row[mine]] -= taken.data[mine]
            found[instance.households[h].id] = place_of(tables, int(order[best]))
    return found

"""Supporters proposed to people who have none (H13, S11): near, willing, each within the cap. Never assigned.

All people are looked at together: as many as possible of the first tier get a proposal, then of the second,
then of the third, and among such answers the ways are shortest. A supporter who lives in the hazard's own
zone counts as further away.
"""

from collections.abc import Sequence

import numpy as np
from pydantic import Field
from scipy import sparse
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from bcp_kit.domain.base import DomainModel, Known

MOST_OTHERS = 3


class Asking(DomainModel):
    """A person without a supporter, with the tier and what one supporter may take of such people."""

    person_id: str
    tier: int = Field(ge=1, le=3)
    needs_hands: bool = False


class Helper(DomainModel):
    """A willing supporter: for how many more people, by hands and by word, and whether in the zone."""

    supporter_id: str
    room_hands: int = Field(ge=0)
    room_word: int = Field(ge=0)
    in_zone: Known = Known.UNKNOWN

    def room(self, asking: Asking) -> int:
        """Return for how many more people like this one the supporter may be asked."""
        return self.room_hands if asking.needs_hands else self.room_word


class Near(DomainModel):
    """One supporter for one person: metres between the homes, and whether the supporter is in the zone."""

    supporter_id: str
    distance_m: float
    in_zone: Known


class Proposal(DomainModel):
    """Whom to ask for one person: the proposed one (None: nobody near has room), and who else is near."""

    person_id: str
    tier: int
    first: Near | None
    others: tuple[Near, ...] = ()


def propose(
    asking: Sequence[Asking], helpers: Sequence[Helper], metres: np.ndarray, reach_m: float, zone_m: float
) -> tuple[Proposal, ...]:
    """Return one proposal for each person, the most urgent first.

    `metres` (people, supporters), NaN where unknown; nobody further than `reach_m` is proposed; `zone_m` is
    what living in the zone counts as. No supporter is proposed to more people than the cap leaves, whichever
    proposals are accepted; a proposal by hands takes the whole of a cap of one.
    """
    away = np.where(np.isnan(metres), np.inf, metres)
    counted = away + zone_m * np.array([h.in_zone is Known.YES for h in helpers])[None, :]
    near = away <= reach_m
    for a, person in enumerate(asking):
        near[a] &= np.array([h.room(person) > 0 for h in helpers], dtype=bool)
    chosen = _together(asking, helpers, np.where(near, counted, np.inf))
    found = []
    for a, person in enumerate(asking):
        order = [b for b in np.argsort(counted[a], kind="stable") if near[a, b]]
        others = [b for b in order if b != chosen[a]][:MOST_OTHERS]
        first = None if chosen[a] < 0 else _near(helpers, away, a, chosen[a])
        found.append(
            Proposal(
                person_id=person.person_id,
                tier=person.tier,
                first=first,
                others=tuple(_near(helpers, away, a, int(b)) for b in others),
            )
        )
    return tuple(sorted(found, key=lambda p: (p.tier, p.person_id)))


def _near(helpers: Sequence[Helper], away: np.ndarray, person: int, helper: int) -> Near:
    of = helpers[helper]
    metres = round(float(away[person, helper]), 1)
    return Near(supporter_id=of.supporter_id, distance_m=metres, in_zone=of.in_zone)


def _together(asking: Sequence[Asking], helpers: Sequence[Helper], cost: np.ndarray) -> list[int]:
    """Return by person the helper proposed, -1 for none, within everybody's caps.

    A helper has as many seats as word allows; of these the first `room_hands` take people by hands too.
    """
    people, seats = len(asking), [(b, s) for b, h in enumerate(helpers) for s in range(_seats(h))]
    if not people:
        return []
    worst = 1 + (cost[np.isfinite(cost)].max() if np.isfinite(cost).any() else 0)
    unplaced = {tier: worst * (people + 1) ** (4 - tier) for tier in (1, 2, 3)}
    rows, columns, weights = [], [], []
    for a, person in enumerate(asking):
        rows.append(a)
        columns.append(len(seats) + a)
        weights.append(unplaced[person.tier])
    for column, (b, seat) in enumerate(seats):
        fitting = [a for a, p in enumerate(asking) if np.isfinite(cost[a, b]) and seat < helpers[b].room(p)]
        rows += fitting
        columns += [column] * len(fitting)
        weights += [1 + float(cost[a, b]) for a in fitting]
    graph = sparse.csr_matrix((weights, (rows, columns)), shape=(people, len(seats) + people))
    picked = min_weight_full_bipartite_matching(graph)[1]
    return [seats[c][0] if c < len(seats) else -1 for c in picked.tolist()]


def _seats(helper: Helper) -> int:
    return max(helper.room_hands, helper.room_word)

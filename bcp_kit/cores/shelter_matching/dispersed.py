"""Second and third places (F61): where a household goes when its first and all that falls with it are lost.

What falls together is given from outside as ties: a building, a zone of flooding, the public power. The
second place is where the repair of that loss puts the household, room counted; the third where it goes when
both fall.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.shelter_matching.board import Board, play
from bcp_kit.cores.shelter_matching.instance import Resource
from bcp_kit.cores.shelter_matching.stress import Runner, one_by_one
from bcp_kit.cores.shelter_matching.tables import Array
from bcp_kit.domain.base import DomainModel

POWER_TIE = "power"  # counts only for households that need a socket
Ties = Mapping[str, frozenset[str]]  # by destination id


class Choice(DomainModel):
    """A place to go when those before are lost; `shares` are the ties it has with them."""

    destination_id: str
    shares: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Case:
    """Households (indices) that lost the same places: what is shut strictly, and at the least."""

    homes: Array
    strictly: Array
    at_least: Array


def _work(board: Board, case: _Case) -> Array:
    """Return where the households of a case go: dispersed if there is room, else anywhere else."""
    found = play(board, case.strictly)[case.homes]
    if (found < 0).any() and len(case.strictly) > len(case.at_least):
        found = np.where(found < 0, play(board, case.at_least)[case.homes], found)
    return np.where(found < 0, -1, found % max(1, board.places))


def alternatives(
    board: Board, ties: Ties, count: int = 2, runner: Runner = one_by_one
) -> dict[str, tuple[Choice, ...]]:
    """Return up to `count` further places by household id, for those who have a first one."""
    instance = board.tables.instance
    powered = np.array([bool(h.demand_stop_over.get(Resource.OUTLETS)) for h in instance.households], bool)
    placed = np.flatnonzero(board.base >= 0)
    chosen: dict[int, tuple[int, ...]] = {int(h): (int(board.base[h]) % board.places,) for h in placed}
    open_ = dict(chosen)
    for _ in range(count):
        cases = _cases(board, ties, open_, powered)
        open_ = {}
        for case, found in zip(cases, runner(_work, board, cases), strict=True):
            for h, place in zip(case.homes.tolist(), found.tolist(), strict=True):
                if place >= 0:
                    chosen[h] = open_[h] = (*chosen[h], place)
    return {
        instance.households[h].id: tuple(_choices(board, ties, places, bool(powered[h])))
        for h, places in sorted(chosen.items())
    }


def _cases(
    board: Board, ties: Ties, chosen: Mapping[int, tuple[int, ...]], powered: Array
) -> Sequence[_Case]:
    """Return the households together that lost the same places."""
    alike: dict[tuple[tuple[int, ...], bool], list[int]] = defaultdict(list)
    for h, places in chosen.items():
        alike[tuple(sorted(places)), bool(powered[h])].append(h)
    return [
        _Case(np.array(homes), _fallen(board, ties, places, with_power), np.array(places))
        for (places, with_power), homes in sorted(alike.items())
    ]


def _fallen(board: Board, ties: Ties, places: Sequence[int], with_power: bool) -> Array:
    """Return the destinations that share a tie with any of `places`, these included."""
    ids = [d.id for d in board.tables.instance.destinations]
    lost = frozenset().union(*(_ties(ties, ids[j], with_power) for j in places))
    return np.array([j for j, key in enumerate(ids) if j in places or lost & _ties(ties, key, with_power)])


def _ties(ties: Ties, key: str, with_power: bool) -> frozenset[str]:
    own = ties.get(key, frozenset())
    return own if with_power else own - {POWER_TIE}


def _choices(board: Board, ties: Ties, places: Sequence[int], with_power: bool) -> list[Choice]:
    ids = [board.tables.instance.destinations[j].id for j in places]
    found = []
    for n, key in enumerate(ids[1:], start=1):
        before = frozenset().union(*(_ties(ties, other, with_power) for other in ids[:n]))
        shared = sorted(before & _ties(ties, key, with_power))
        found.append(Choice(destination_id=key, shares=tuple(shared)))
    return found

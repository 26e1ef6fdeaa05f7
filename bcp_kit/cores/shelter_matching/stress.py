"""What remains when places do not open (W12): draws of losses, played one by one or by many workers.

Everything is drawn beforehand from a seed, so the same seed gives the same report whoever plays the draws and
in whichever order.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from bcp_kit.cores.shelter_matching.board import Board, play, weight_bound
from bcp_kit.cores.shelter_matching.instance import TIERS, Instance, Resource
from bcp_kit.cores.shelter_matching.tables import Array
from bcp_kit.domain.base import DomainModel
from bcp_kit.domain.units import Hours

MEASURED = 4  # draws whose own bound is proven, the hardest first
SharedT = TypeVar("SharedT")
ItemT = TypeVar("ItemT")
ResultT = TypeVar("ResultT")


class Runner(Protocol):
    """Does the same work on many items: here, in a pool of processes, or on many machines.

    Results come in the order of the items. `work` and `shared` travel once to each worker.
    """

    def __call__(
        self, work: Callable[[SharedT, ItemT], ResultT], shared: SharedT, items: Sequence[ItemT]
    ) -> Iterator[ResultT]:
        """Yield `work(shared, item)` for each item."""
        ...


def one_by_one(
    work: Callable[[SharedT, ItemT], ResultT], shared: SharedT, items: Sequence[ItemT]
) -> Iterator[ResultT]:
    """Do the work in this process."""
    for item in items:
        yield work(shared, item)


class Loss(DomainModel):
    """What fails at one place: it is shut, lacks resources, or opens later (hours; None: as before)."""

    destination_id: str
    shut: bool = False
    without: tuple[Resource, ...] = ()
    opens_after_h: Hours | None = None


def suffered(instance: Instance, losses: Iterable[Loss]) -> Instance:
    """Return the instance after losses; shut places stay in it and are to be drawn as lost."""
    by_id = {loss.destination_id: loss for loss in losses}
    places = []
    for place in instance.destinations:
        loss = by_id.get(place.id)
        if loss is not None:
            capacity = {r: 0 if r in loss.without else n for r, n in place.capacity.items()}
            opens = place.opens_after_h if loss.opens_after_h is None else loss.opens_after_h
            place = place.model_copy(update={"capacity": capacity, "opens_after_h": opens})  # noqa: PLW2901
        places.append(place)
    return instance.model_copy(update={"destinations": tuple(places)})


def opening_draws(
    instance: Instance, subject: Iterable[str], rate: float, chances: Iterable[np.random.Generator]
) -> tuple[tuple[str, ...], ...]:
    """Return draws of places that stay shut when only the part `rate` of `subject` (ids) opens.

    Each draw has its own stream of chance, so a longer list begins with the shorter one.
    """
    ids = sorted(set(subject) & {d.id for d in instance.destinations})
    found = []
    for chance in chances:
        shuffled = chance.permutation(len(ids))
        found.append(tuple(sorted(ids[i] for i in shuffled[round(rate * len(ids)) :])))
    return tuple(found)


def single_losses(instance: Instance) -> tuple[tuple[str, ...], ...]:
    """Return one draw for each place: that one is lost."""
    return tuple((d.id,) for d in instance.destinations)


class DrawLine(DomainModel):
    """One draw: what was shut, and listed people placed and suited by tier, and the weight placed."""

    shut: tuple[str, ...]
    placed: Mapping[int, int]
    suited: Mapping[int, int]
    weight: int


class Stress(DomainModel):
    """What a set of draws left standing.

    `before` is the line without loss. `remains` and `suited` give by household id in how many draws a place,
    and a suited place, remained. `gap` is how far an answer may be from best in weight, the mean over the
    `measured` hardest draws, `worst_gap` the worst of them; the easier draws are nearer to best.
    """

    key: str
    before: DrawLine
    draws: tuple[DrawLine, ...]
    remains: Mapping[str, int]
    suited: Mapping[str, int]
    gap: float
    worst_gap: float
    measured: int

    def mean_placed(self, tier: int) -> float:
        """Return listed people of a tier placed in the mean draw."""
        return float(np.mean([d.placed[tier] for d in self.draws])) if self.draws else 0.0

    def least_placed(self, tier: int) -> int:
        """Return listed people of a tier placed in the worst draw."""
        return min((d.placed[tier] for d in self.draws), default=0)

    def needed_most(self) -> tuple[tuple[str, int, int], ...]:
        """Return, for draws of one place each, place, weight lost and suited people lost; the worst first."""
        whole = sum(self.before.suited.values())
        found = [
            (line.shut[0], self.before.weight - line.weight, whole - sum(line.suited.values()))
            for line in self.draws
            if len(line.shut) == 1
        ]
        return tuple(sorted(found, key=lambda f: (-f[1], -f[2], f[0])))


@dataclass(frozen=True)
class _Played:
    placed: Array  # packed bits by household
    suited: Array


def _work(board: Board, closed: Array) -> _Played:
    chosen = play(board, closed)
    return _Played(np.packbits(chosen >= 0), np.packbits((chosen >= 0) & (chosen < board.places)))


def stress(board: Board, key: str, draws: Sequence[Sequence[str]], runner: Runner = one_by_one) -> Stress:
    """Return the report over draws, each a list of ids of places that are lost."""
    instance, homes = board.tables.instance, len(board.base)
    column = {d.id: j for j, d in enumerate(instance.destinations)}
    closed = [np.array([column[i] for i in draw if i in column], int) for draw in ((), *draws)]
    remains, suited = np.zeros(homes, int), np.zeros(homes, int)
    lines = []
    for number, played in enumerate(runner(_work, board, closed)):
        placed, fits = (
            np.unpackbits(bits, count=homes).astype(bool) for bits in (played.placed, played.suited)
        )
        if number:
            remains += placed
            suited += fits
        lines.append(_line(board, tuple(draws[number - 1]) if number else (), placed, fits))
    gaps = _gaps(board, lines[1:], closed[1:], runner)
    ids = [h.id for h in instance.households]
    return Stress(
        key=key,
        before=lines[0],
        draws=tuple(lines[1:]),
        remains=dict(zip(ids, remains.tolist(), strict=True)),
        suited=dict(zip(ids, suited.tolist(), strict=True)),
        gap=float(np.mean(gaps)) if gaps else 0.0,
        worst_gap=max(gaps, default=0.0),
        measured=len(gaps),
    )


def _line(board: Board, shut: tuple[str, ...], placed: Array, fits: Array) -> DrawLine:
    members = board.tables.members
    return DrawLine(
        shut=shut,
        placed={t: int(members[placed, t - 1].sum()) for t in TIERS},
        suited={t: int(members[fits, t - 1].sum()) for t in TIERS},
        weight=int(board.weight[placed].sum()),
    )


def _gaps(board: Board, lines: Sequence[DrawLine], closed: Sequence[Array], runner: Runner) -> list[float]:
    """Return for the hardest draws how far their weight may be from best, relative to the proven bound."""
    hardest = sorted(range(len(lines)), key=lambda i: (lines[i].weight, i))[:MEASURED]
    bounds = runner(weight_bound, board, [closed[i] for i in hardest])
    return [
        max(0.0, bound - lines[i].weight) / max(1.0, bound) for i, bound in zip(hardest, bounds, strict=True)
    ]

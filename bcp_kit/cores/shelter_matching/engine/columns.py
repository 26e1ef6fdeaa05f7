"""Which columns are worth a look: chosen by profit at row prices over all pairs, never by distance alone."""

from dataclasses import dataclass

import numpy as np

from bcp_kit.cores.shelter_matching.engine.crew import ALONE, Crew
from bcp_kit.cores.shelter_matching.engine.problem import CHUNK_PAIRS, NEVER, Array, Columns, Problem


@dataclass(frozen=True)
class Look:
    """How far to look: options within `margin` a person of the household's best (or of none), `most` each."""

    margin: float
    most: int


def near(
    problem: Problem, rows: Array, look: Look, homes: Array | None = None, crew: Crew = ALONE
) -> Columns:
    """Return the options of good profit at row prices, over all pairs, ordered by household and option.

    `homes` are indices of the households wanted, everybody if None.
    """
    wanted = np.arange(problem.homes) if homes is None else np.sort(homes)
    most = min(look.most, problem.options)
    if not most or not len(wanted):
        return Columns(np.zeros(0, np.int64), np.zeros(0, np.int64))
    step = max(1, CHUNK_PAIRS // problem.options)

    def best_of(some: Array) -> tuple[Array, Array]:
        net = problem.net(rows, some)
        least = np.maximum(net.max(axis=1), 0) - look.margin * problem.size[some]
        least = np.maximum(least, NEVER / 2)[:, None]
        if most == problem.options:
            at, option = np.nonzero(net >= least)
        else:
            top = np.argpartition(net, -most, axis=1)[:, -most:]
            top.sort(axis=1)
            at, rank = np.nonzero(np.take_along_axis(net, top, 1) >= least)
            option = top[at, rank]
        return some[at], option

    found = crew.map(best_of, (wanted[i : i + step] for i in range(0, len(wanted), step)))
    return Columns(*(np.concatenate(part) for part in zip(*found, strict=True)))


def merged(problem: Problem, *parts: Columns) -> Columns:
    """Return columns without repetition, ordered by household and option."""
    width = max(1, problem.options)
    key = np.unique(np.concatenate([p.home.astype(np.int64) * width + p.option for p in parts]))
    return Columns(key // width, key % width)


def picked(columns: Columns, which: Array | slice) -> Columns:
    """Return some of the columns, by mask or index."""
    return Columns(columns.home[which], columns.option[which])

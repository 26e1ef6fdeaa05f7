"""Invented instances of points, small enough to try every answer or large enough to need the whole way."""

import itertools

import numpy as np

from bcp_kit.cores.shelter_matching.engine.points import Points


def fields(seed: int, homes: int, shelters: int, room: float = 0.8) -> dict[str, np.ndarray]:
    """Return crowded towns: needs of six kinds, five resources, tiers 1 to 3."""
    draw = np.random.default_rng([seed, homes, shelters])
    size = draw.integers(1, 4, homes)
    kind = draw.integers(0, 6, homes)
    use = np.zeros((homes, 5), np.int64)
    use[:, 0] = 4 * size + 2 * (kind % 3)
    for resource in range(1, 5):
        use[:, resource] = (kind == resource) * draw.integers(1, 3, homes)
    share = draw.lognormal(0, 0.5, (shelters, 5))
    cap = np.floor(share / share.sum(axis=0) * use.sum(axis=0) * room).astype(np.int64)
    cap += np.array([3, 1, 1, 1, 1])
    extent = 500.0 * np.sqrt(max(homes, 4))
    return {
        "hxy": draw.uniform(0, extent, (homes, 2)).round(1),
        "sxy": draw.uniform(0, extent, (shelters, 2)).round(1),
        "size": size,
        "use": use,
        "mask": 1 << kind,
        "tier": draw.integers(1, 4, homes),
        "cap": cap,
        "acc": draw.integers(0, 64, shelters) | 0b011011,
    }


def points(seed: int, homes: int, shelters: int, room: float = 0.8) -> Points:
    """Return the same as a problem."""
    return Points(fields(seed, homes, shelters, room))


def best_by_trying_all(problem: Points) -> int:
    """Return the greatest Z of all valid answers, found from the fields alone."""
    best = 0
    for answer in itertools.product(range(-1, problem.options), repeat=problem.homes):
        chosen = np.array(answer)
        if not problem.broken(chosen):
            best = max(best, problem.score(chosen).goal)
    return best

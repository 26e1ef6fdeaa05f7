"""From the relaxation to a plan: give the surest people their rosters, look for new columns, go on."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import numpy as np

from bcp_kit.cores.rostering.choose import choose
from bcp_kit.cores.rostering.master import Effort, Part, Relaxed, relax
from bcp_kit.cores.rostering.pool import Pool
from bcp_kit.cores.rostering.pricing import Pricer
from bcp_kit.cores.rostering.tables import Array

SURE, RATHER = 0.99, 0.6  # weights of a roster that is taken, and that may be taken
NOISE = 1e-3  # breaks ties of weights
LAST_PEOPLE, LAST_COLUMNS = 10, 60  # whose rosters are chosen together, among so many each
LAST_S, LAST_NODES = 3.0, 2_000  # how long that may take
SLACK = 2e-4  # of the value, that a step may cost without new columns being looked for


@dataclass(frozen=True)
class Engine:
    """What all steps share: `people` to plan for, `go_on` is asked often, `dice` makes every choice."""

    pricer: Pricer
    pool: Pool
    people: Array
    go_on: Callable[[], bool]
    dice: Random


@dataclass(frozen=True)
class Depth:
    """How a dive goes: which part of the people is taken at a time, pricing rounds in between."""

    share: float = 0.1
    rounds: int = 6


def dive(engine: Engine, part: Part, start: Relaxed, depth: Depth) -> Array | None:
    """Return a column for each of the part's people, from their relaxation; None when stopped."""
    pool, found = engine.pool, start
    chosen: dict[int, int] = {}
    while True:
        taken = _surest(engine, part, found, depth)
        chosen |= taken
        content = found.value - pool.cost[list(taken.values())].sum() + SLACK * max(found.value, 1.0)
        left = np.array([p for p in part.people.tolist() if p not in taken], dtype=np.int64)
        if not len(left):
            return np.array([chosen[p] for p in sorted(chosen)])
        part = Part(left, part.present + pool.fills[list(taken.values())].sum(axis=0))
        if not engine.go_on():
            return None
        effort = Effort(engine.go_on, depth.rounds, content=float(content))
        found = relax(engine.pricer, pool, part, found.worth, effort)
        last = _finished(engine, part, found) if len(left) <= LAST_PEOPLE else None
        if last is not None:
            chosen |= dict(zip(left.tolist(), last.tolist(), strict=True))
            return np.array([chosen[p] for p in sorted(chosen)])


def _surest(engine: Engine, part: Part, found: Relaxed, depth: Depth) -> dict[int, int]:
    """Return columns by person: every sure one, some that are rather so, at least one."""
    noise = np.array([engine.dice.random() for _ in found.columns])
    order = np.argsort(-(found.weights + NOISE * noise))
    most = max(1, int(np.ceil(depth.share * len(part.people))))
    taken: dict[int, int] = {}
    for at in order.tolist():
        weight, column = found.weights[at], int(found.columns[at])
        if taken and weight < (RATHER if len(taken) < most else SURE):
            break
        taken.setdefault(int(engine.pool.person[column]), column)
    return taken


def _finished(engine: Engine, part: Part, found: Relaxed) -> Array | None:
    """Return rosters of the last few people by a whole-number model: one by one the very last clash."""
    cost = engine.pool.reduced(found.columns, found.worth)
    columns = found.columns[np.argsort(cost, kind="stable")]
    whose = engine.pool.person[columns]
    kept = np.concatenate([columns[whose == p][:LAST_COLUMNS] for p in part.people])
    return choose(engine.pool, part, kept, LAST_S, LAST_NODES)


def respond(engine: Engine, chosen: Array, sweeps: int) -> Array:
    """Return a plan in which each person in turn got the best roster beside the others, exactly.

    `chosen` (P) are columns by person, -1 for nobody's yet; it ends when nothing gets better.
    """
    pool, tables = engine.pool, engine.pool.tables
    chosen, people = chosen.copy(), engine.people.tolist()
    present = pool.fills[chosen[chosen >= 0]].sum(axis=0)
    for _ in range(sweeps):
        better = False
        for person in engine.dice.sample(people, len(people)):
            if not engine.go_on() and (chosen >= 0).all():
                return chosen
            was = int(chosen[person])
            others = present - (pool.fills[was] if was >= 0 else 0)
            worth = np.where(others < tables.heads, tables.under, -tables.over)
            priced = engine.pricer.price(engine.pricer.rounded(worth), np.array([person]), 1)
            new = int(pool.add(priced.people, priced.rosters)[0])
            costs = pool.reduced(np.array([was, new]), worth)
            if was < 0 or costs[1] < costs[0]:
                chosen[person], better = new, True
                others = others + pool.fills[new]
                present = others
        if not better:
            break
    return chosen

"""Make a plan: a quick first one, the relaxation with its bound, a dive, then parts of it anew.

The same instance and seed give the same plan, unless the time ends the work: then `repeatable` is False.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from time import perf_counter

import numpy as np

from bcp_kit.cores.rostering import check
from bcp_kit.cores.rostering.contracts import contracts
from bcp_kit.cores.rostering.dive import Depth, Engine, respond
from bcp_kit.cores.rostering.instance import RosterInstance, RosterResult
from bcp_kit.cores.rostering.pool import Pool
from bcp_kit.cores.rostering.pricing import Pricer
from bcp_kit.cores.rostering.search import Search
from bcp_kit.cores.rostering.tables import tables
from bcp_kit.domain.placements import SolveStatus
from bcp_kit.domain.progress import Progress, silent

FIRST_SWEEPS = 2
CLOSE = (1e-3, 0.0)  # how close the relaxation comes to its bound, first and second time
RELAX_SHARE = 0.5  # of the time, the relaxation may use this much
WHOLE_ROUNDS = 60  # of pricing everybody: about what relaxation and a careful dive need
QUICK_DIVE = Depth(share=0.25, rounds=3)
PART_SHARE = 0.15  # of the time, a part may use about this much
PART_ROUNDS = 30  # of pricing the part's people, about
PARTS = (0.35, 0.5, 0.2, 0.7)  # of the people, found anew in turn
LEAST_PART = 4
STAGES = (*(f"cover.roster.{s}" for s in ("first", "relax", "dive", "parts")),)


@dataclass(frozen=True)
class Limits:
    """How long and how many rounds of improvement; the seed of all chances; the clock that tells seconds.

    `workers`: threads for long horizons; the plan does not depend on them.
    """

    seconds: float = 60.0
    rounds: int = 1000
    seed: int = 0
    clock: Callable[[], float] = perf_counter
    workers: int = 2


class _Clock:
    """Tells the watcher how far the work is, and the work whether to go on."""

    def __init__(self, limits: Limits, progress: Progress) -> None:
        self._limits, self._progress, self._began = limits, progress, limits.clock()
        self.stage, self.stopped, self.late = STAGES[0], False, False

    def used(self) -> float:
        return self._limits.clock() - self._began

    def left(self) -> float:
        return self._limits.seconds - self.used()

    def go_on(self) -> bool:
        if not self.stopped and not self._progress(min(1.0, self.used() / self._limits.seconds), self.stage):
            self.stopped = True
        self.late = self.late or self.left() <= 0
        return not self.stopped and not self.late

    def first_half(self) -> bool:
        return self.go_on() and self.used() < RELAX_SHARE * self._limits.seconds


def solve(
    instance: RosterInstance, limits: Limits | None = None, progress: Progress = silent
) -> RosterResult:
    """Return the best plan found, with its penalty and a proven bound.

    OPTIMAL when bound and penalty meet; STOPPED when `progress` said so; INFEASIBLE when no roster at all
    keeps somebody's rules: these people are named, stay off, and the bound counts the others only.
    """
    limits = limits or Limits()
    clock = _Clock(limits, progress)
    absent = _impossible(instance)
    numbers = tables(instance, absent)
    people = np.setdiff1d(np.arange(numbers.people), absent)
    dice = Random(limits.seed)  # noqa: S311 - nothing is secret here
    pricer = Pricer(numbers, contracts(instance), limits.workers)
    engine = Engine(pricer, Pool(numbers), people, clock.go_on, dice)
    search = _searched(engine, clock, limits)
    plan = numbers.plan(engine.pool.roster[search.chosen])
    names = tuple(instance.people[n].id for n in absent)
    penalty = check.penalty(instance, plan)
    return RosterResult(
        status=_status(search, clock, bool(absent)),
        plan=plan,
        penalty=penalty,
        bound=min(search.bound, penalty),
        seed=limits.seed,
        columns=len(engine.pool),
        repeatable=not clock.late and not clock.stopped,
        impossible=names,
    )


def _impossible(instance: RosterInstance) -> list[int]:
    """Return the people for whom no roster keeps all rules."""
    numbers = tables(instance)
    pricer = Pricer(numbers, contracts(instance))
    priced = pricer.price(np.zeros(len(numbers.day)), np.arange(numbers.people), 1)
    return sorted(set(range(numbers.people)) - set(priced.people.tolist()))


def _status(search: Search, clock: _Clock, impossible: bool) -> SolveStatus:
    if impossible:
        return SolveStatus.INFEASIBLE
    if search.proven:
        return SolveStatus.OPTIMAL
    return SolveStatus.STOPPED if clock.stopped else SolveStatus.FEASIBLE


def _searched(engine: Engine, clock: _Clock, limits: Limits) -> Search:
    """Return the search at its end: proven, out of rounds, late or stopped."""
    pool, tables = engine.pool, engine.pool.tables
    chosen = np.full(tables.people, -1)
    absent = np.setdiff1d(np.arange(tables.people), engine.people)
    off = np.full((len(absent), tables.days), tables.shifts)
    chosen[absent] = pool.add(absent.tolist(), off)
    chosen = respond(engine, chosen, FIRST_SWEEPS)
    whole = engine.pricer.effort(engine.people)
    depth = Depth() if whole * WHOLE_ROUNDS <= limits.seconds else QUICK_DIVE
    search = Search(engine, chosen, depth, clock.left)
    if not len(engine.people):
        return search
    for close in CLOSE:
        if search.proven or not clock.go_on():
            return search
        clock.stage = STAGES[1]
        search.relax(clock.first_half, close)
        clock.stage = STAGES[2]
        if clock.go_on() and not search.proven:
            search.dive()
        if clock.go_on() and not search.proven:
            search.model(engine.people)
    clock.stage = STAGES[3]
    fits = PART_SHARE * limits.seconds / max(whole * PART_ROUNDS, 1e-9)
    for turn in range(limits.rounds):
        if search.proven or not clock.go_on():
            break
        share = min(PARTS[turn % len(PARTS)], fits)
        size = min(len(engine.people), max(LEAST_PART, round(share * len(engine.people))))
        search.again(search.some(size, around=turn % 2 == 0))
    return search

"""The way for any size: prices, a first answer from them, then neighbourhood after neighbourhood anew.

A whole answer is there from early on and only gets better; the bound comes from the prices. Where all pairs
are few, one model over all of them proves the best answer.
"""

from collections import deque
from concurrent.futures import Future, wait
from time import monotonic

import numpy as np

from bcp_kit.cores.shelter_matching.engine.columns import Look, merged, near
from bcp_kit.cores.shelter_matching.engine.crew import Crew
from bcp_kit.cores.shelter_matching.engine.dual import (
    cooled,
    first_prices,
    rounded,
    worth_of_a_person,
)
from bcp_kit.cores.shelter_matching.engine.model import Choice, Chosen, Effort, Solver
from bcp_kit.cores.shelter_matching.engine.neighbourhood import Piece, State, Width
from bcp_kit.cores.shelter_matching.engine.plan import Limits, Plan
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE, Array, Problem

FEW_PAIRS = 4_000  # one model over all pairs is solved to its end
NARROW = (Width(10, 1 / 2000, 1 / 200), Width(10, 1 / 1300, 1 / 130))  # first rounds: much gain, little work
WIDE = tuple(Width(places) for places in (12, 8, 16, 10, 20, 12, 24))  # then round by round
IDLE_ROUNDS = 4  # without any gain: done
PRICE_SHARE = 0.5  # of the time for prices
PROOF_SHARE = 0.6  # of the time for one model over all pairs
POLL_S = 0.1
_AHEAD = 2  # neighbourhoods made ready for each worker
TO_THE_END = Effort(nodes=100_000, gap=0.0)


class Clock:
    """Whether work may go on: asked often, it answers no for ever once it has."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._began = limits, monotonic()
        self.stopped = False
        self.stage, self.done = "matching.progress.prices", 0.0

    def may_go_on(self, share: float = 1.0) -> bool:
        """Return whether the caller wants more and less than `share` of the time is gone."""
        if not self.stopped and not self._limits.go_on(self.done, self.stage):
            self.stopped = True
        return not self.stopped and monotonic() - self._began < share * self._limits.seconds

    def left(self) -> float:
        """Return the seconds left."""
        return max(0.05, self._limits.seconds - (monotonic() - self._began))


def optimise(problem: Problem, limits: Limits, start: Array | None = None) -> Plan:
    """Return the best answer found within the limits, never worse than `start`, and its proven bound.

    With `limits.seconds` infinite the answer is the same each time, whatever the number of workers.
    """
    clock = Clock(limits)
    nobody = np.full(problem.homes, NOWHERE)
    best = nobody if start is None else start
    if not problem.homes or not problem.options:
        return Plan(best, np.zeros(len(problem.limit)), problem.value(best), problem.value(best))
    unit = worth_of_a_person(problem)
    with Crew(limits.workers) as crew:
        small = _all_at_once(problem, best, unit, clock, crew)
        if small is not None:
            return small
        rows, bound = _prices(problem, unit, clock, crew)
        looked = near(problem, rows, Look(unit / 40, 16), crew=crew)
        first = rounded(problem, rows, looked, unit / 6700)
        if start is None or problem.value(first) > problem.value(start):
            best = first
        state = State(problem, rows, best, unit)
        _rounds(state, limits, clock, crew)
    return Plan(state.chosen, rows, problem.value(state.chosen), bound, clock.stopped)


def _prices(problem: Problem, unit: float, clock: Clock, crew: Crew) -> tuple[Array, float]:
    def go_on() -> bool:
        return clock.may_go_on(PRICE_SHARE)

    return cooled(problem, first_prices(problem, unit, crew, go_on), unit, crew, go_on)


def _all_at_once(problem: Problem, best: Array, unit: float, clock: Clock, crew: Crew) -> Plan | None:
    """Return the proven best answer where all pairs are few; None where they are many or time is short."""
    zero = np.zeros(len(problem.limit))
    if problem.homes * problem.options > 20 * FEW_PAIRS:
        return None
    columns = merged(problem, near(problem, zero, Look(np.inf, problem.options)), problem.columns_of(best))
    if len(columns) > FEW_PAIRS:
        return None
    present = best[columns.home] == columns.option
    home = np.unique(columns.home, return_inverse=True)[1]
    choice = Choice(home, problem.worth(columns), problem.taken(columns), problem.limit, present)
    solver = Solver(Effort(TO_THE_END.nodes, TO_THE_END.gap, seconds=min(1e6, clock.left())))
    job = crew.begin(solver.solve, choice, unit)
    while not wait([job], POLL_S).done:
        if not clock.may_go_on(PROOF_SHARE):
            solver.interrupt()
    found = job.result()
    chosen = np.full(problem.homes, NOWHERE)
    chosen[columns.home[found.picked]] = columns.option[found.picked]
    value = problem.value(chosen)
    if not found.proven and not clock.stopped:
        return None
    rows, bound = (zero, value) if found.proven else _prices(problem, unit, clock, crew)
    return Plan(chosen, rows, value, min(bound, max(value, found.bound)), clock.stopped)


def _rounds(state: State, limits: Limits, clock: Clock, crew: Crew) -> None:
    idle = 0
    for turn in range(limits.rounds):
        clock.stage, clock.done = "matching.progress.neighbourhoods", turn / limits.rounds
        if not clock.may_go_on() or idle >= IDLE_ROUNDS:
            return
        before = state.value
        early = turn < len(NARROW)
        width = NARROW[turn] if early else WIDE[(turn - len(NARROW)) % len(WIDE)]
        effort = Effort(nodes=1 if early else 20, gap=3e-5 if early else 1e-6, seed=limits.seed)
        _round(state, (width, turn, effort), clock, crew)
        idle = 0 if state.value > before else idle + 1


def _round(state: State, how: tuple[Width, int, Effort], clock: Clock, crew: Crew) -> None:
    """Decide every neighbourhood of a round anew, several side by side, and keep what is better.

    The next one is made when the oldest under way is done, whichever ends first: the answer does not depend
    on how fast the threads are.
    """
    width, turn, effort = how
    block = state.blocks(width.places, turn)
    busy = np.zeros(state.problem.homes, bool)
    under_way: deque[tuple[Piece, Solver, Future[Chosen]]] = deque()
    waiting = deque(state.order(block))
    while waiting or under_way:
        while waiting and len(under_way) < _AHEAD * crew.workers - 1:
            piece = state.piece(block, waiting.popleft(), width, busy)
            if piece is not None and clock.may_go_on():
                busy[piece.columns.home] = True
                solver = Solver(effort)
                under_way.append((piece, solver, crew.begin(solver.solve, piece.choice, state.unit)))
        if under_way:
            piece, solver, job = under_way.popleft()
            while not wait([job], POLL_S).done:
                if not clock.may_go_on():
                    for _, other, _ in ((piece, solver, job), *under_way):
                        other.interrupt()
            state.accept(piece, job.result().picked)
            busy[piece.columns.home] = False

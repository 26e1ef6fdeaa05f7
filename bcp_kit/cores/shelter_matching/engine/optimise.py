"""The way for any size: prices, a first answer from them, then neighbourhood after neighbourhood anew.

A whole answer is there from early on and only gets better; the bound comes from the prices. Where all pairs
are few, one model over all of them proves the best answer.
"""

from collections import deque
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from bcp_kit.cores.shelter_matching.engine.capped import Capped
from bcp_kit.cores.shelter_matching.engine.columns import Look, merged, near
from bcp_kit.cores.shelter_matching.engine.counts import Tally, bettered, tallied
from bcp_kit.cores.shelter_matching.engine.crew import Crew, Done
from bcp_kit.cores.shelter_matching.engine.dive import dived
from bcp_kit.cores.shelter_matching.engine.dual import (
    CYCLES,
    centred,
    cooled,
    first_prices,
    rounded,
)
from bcp_kit.cores.shelter_matching.engine.exact import sharpened, soon
from bcp_kit.cores.shelter_matching.engine.model import Choice, Chosen, Effort, solve
from bcp_kit.cores.shelter_matching.engine.neighbourhood import Piece, State, Width
from bcp_kit.cores.shelter_matching.engine.plan import Limits, Plan
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE, Array, Kinds, Problem
from bcp_kit.cores.shelter_matching.engine.reasons import satisfied

FEW_PAIRS = 4_000  # one model over all pairs is solved to its end
NARROW = (Width(10, 1 / 2000, 1 / 200), Width(10, 1 / 1300, 1 / 130))  # first rounds: much gain, little work
WIDE = tuple(Width(places) for places in (12, 8, 16, 10, 20, 12, 24))  # then round by round
WIDER = tuple(Width(places, 1 / 300, 1 / 40) for places in (12, 10, 16, 14, 20, 12, 24))  # where few live
FEW_HOMES = 6_000
FIRST_OF_MANY = (Width(10, 1 / 2000, 1 / 200), Width(12, 1 / 1300, 1 / 80))
DEEP = tuple(Width(places, 1 / 1300, 1 / 40) for places in (12, 10, 12, 8, 14))  # where many live: few, far
EXACT_HOMES = 20_000  # up to here the relaxation is solved exactly
MANY_HOMES = 50_000  # from here a second cycle of cooling, and counts, cost more than they bring
SETTLED_HOMES = 15_000  # up to here one-for-one exchanges over all pairs are soon found
FINE = 9  # steps of a usual person's worth in which households are told apart, heavier and lighter
AGAIN_CYCLES = 2  # of cooling, from prices of nearly the same problem
IDLE_ROUNDS = 4  # without any gain: done
PRICE_SHARE = 0.55  # of the time for prices
PROOF_SHARE = 0.6  # of the time for one model over all pairs
POLL_S = 0.1
GRACE_S = 0.5  # for a solve that is about to end when time is up
AHEAD = 3
AHEAD_OF_MANY = 8  # one that takes long leaves nobody idle
TO_THE_END = Effort(nodes=3_000, gap=0.0, seconds=20.0)
LIKE_EACH_OTHER = 5  # households of a kind, on average, from which counting them tells something new
LONGEST_COUNT_S = 60.0  # for one model of counts: far more than it takes
MOST_COUNTS = 3_000  # pairs of kind and place that are counted at once
FEWEST_PLACES = 4
COUNT_TURNS = 2
SIDE_BY_SIDE = 2  # counts under way at once: fixed, so that the answer is the same for any workers
COUNT_SHARE = 0.4  # of the time left, for each of the two models of a count
PARTS_SHARE = 0.6  # of the time, after which no further part is counted
LONGEST_S = 10.0  # for one neighbourhood: far more than they take, but some of many alike never end


@dataclass(frozen=True)
class Manner:
    """How neighbourhoods are decided: `first` cheap and narrow ones, then the `wide` ones over and over.

    `nodes` of the search tree for each of the latter, and the relative `gap` that is good enough. `ahead`
    neighbourhoods are under way at once: fixed, so that the answer is the same for any workers.
    """

    first: tuple[Width, ...] = NARROW
    wide: tuple[Width, ...] = WIDE
    nodes: int = 20
    gap: float = 1e-6
    ahead: int = AHEAD


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


def optimise(
    problem: Problem,
    limits: Limits,
    start: Array | None = None,
    rows: Array | None = None,
    manner: Manner | None = None,
) -> Plan:
    """Return the best answer found within the limits, never worse than `start`, and its proven bound.

    With `limits.seconds` infinite the answer is the same each time, whatever the number of workers, unless a
    model has to be cut short (TO_THE_END, LONGEST_S). `rows` are prices of nearly the same problem: better
    ones are sought from there.
    """
    clock = Clock(limits)
    nobody = np.full(problem.homes, NOWHERE)
    best = nobody if start is None else start
    if not problem.homes or not problem.options:
        return Plan(best, np.zeros(len(problem.limit)), problem.value(best), problem.value(best))
    unit = problem.unit()
    with Crew(limits.workers) as crew:
        best, is_best = _all_at_once(problem, best, unit, clock, crew)
        if is_best:
            value = problem.value(best)
            return Plan(best, np.zeros(len(problem.limit)), value, value)
        if manner is None:
            manner = _manner(problem, rows is None)
        rows, bound = _prices(problem, rows, clock, crew)
        if (problem.limit >= 0).all():  # else only an answer that keeps the floors can be bettered
            first = _first(problem, rows, unit, crew)
            if problem.value(first) > problem.value(best):
                best = first
        state = State(problem, rows, best, unit)
        done, kinds = 0, problem.alike() if problem.homes <= MANY_HOMES else None
        if kinds is not None and LIKE_EACH_OTHER * (kinds.of_home.max() + 1) <= problem.homes:
            early = replace(limits, rounds=min(limits.rounds, len(manner.first)))
            done = _rounds(state, replace(manner, wide=()), early, clock, crew)
            manner = replace(manner, first=())
            state, bound = _counted(state, kinds, bound, clock, crew)
        done += _rounds(state, manner, replace(limits, rounds=limits.rounds - done), clock, crew)
        _settle(state)
    return Plan(state.chosen, rows, problem.value(state.chosen), bound, clock.stopped, done)


def _manner(problem: Problem, new: bool) -> Manner:
    """Return how neighbourhoods are decided in a problem of this size; `new` without prices from before."""
    if problem.homes > MANY_HOMES:
        return Manner(FIRST_OF_MANY if new else (), DEEP, nodes=1, gap=3e-5, ahead=AHEAD_OF_MANY)
    return Manner(NARROW if new else (), WIDER if problem.homes <= FEW_HOMES else WIDE)


def _first(problem: Problem, rows: Array, unit: float, crew: Crew) -> Array:
    """Return a first answer, rounded from row prices."""
    if problem.homes > MANY_HOMES:
        return dived(problem, rows, near(problem, rows, Look(unit / 50, 24), crew=crew), unit, crew)
    looked = near(problem, rows, Look(unit / 40, 16), crew=crew)
    return rounded(problem, rows, looked, unit / 6700)


def _counted(state: State, kinds: Kinds, bound: float, clock: Clock, crew: Crew) -> tuple[State, float]:
    """Place more heads by counting who is alike together; where all are counted at once, know the most.

    Then the answers worth a look are those that differ in their ways alone: prices are found anew for them.
    """
    problem = state.problem
    pairs = (int(kinds.of_home.max(initial=-1)) + 1) * problem.options
    if pairs > MOST_COUNTS or not clock.may_go_on():
        return _counted_in_parts(state, kinds, pairs, clock, crew), bound
    tally = tallied(problem, kinds, state.chosen, np.arange(problem.options))
    found = _awaited(_begun(state, tally, clock, crew), clock)
    if found is None:
        return state, bound
    chosen, most = found
    capped = Capped(problem, kinds, most)
    rows = np.append(state.rows, 0.0)
    rows, tighter = sharpened(capped, rows, bound, crew, clock.may_go_on)
    rows = centred(capped, rows, state.unit, crew)
    return State(capped, rows, chosen, state.unit), min(bound, tighter)


def _counted_in_parts(state: State, kinds: Kinds, pairs: int, clock: Clock, crew: Crew) -> State:
    """Count group after group of places, those near each other, two side by side, with borders that move."""
    problem = state.problem
    places = max(FEWEST_PLACES, MOST_COUNTS * problem.options // pairs)
    for turn in range(COUNT_TURNS):
        block = state.blocks(places, turn)
        waiting = deque(np.flatnonzero(block == number) for number in state.order(block))
        under_way: deque[tuple[Tally, Future[tuple[Array, int]]]] = deque()
        busy = np.zeros(problem.homes, bool)
        while waiting or under_way:
            if not clock.may_go_on(PARTS_SHARE):
                waiting.clear()
            while waiting and len(under_way) < SIDE_BY_SIDE:
                option = waiting.popleft()
                tally = tallied(problem, kinds, state.chosen, option, busy | state.far_from(option))
                busy[tally.home] = True
                under_way.append((tally, _begun(state, tally, clock, crew)))
            if not under_way:
                return state
            tally, job = under_way.popleft()
            found = _awaited(job, clock)
            if found is None:
                return state
            chosen = state.chosen.copy()
            chosen[tally.home] = found[0][tally.home]
            if problem.value(chosen) > state.value:
                state.begin(chosen)
            busy[tally.home] = False
    return state


def _begun(state: State, tally: Tally, clock: Clock, crew: Crew) -> "Future[tuple[Array, int]]":
    seconds = min(LONGEST_COUNT_S, COUNT_SHARE * clock.left())
    return crew.begin(bettered, state.problem, tally, state.chosen, state.rows, seconds)


def _prices(problem: Problem, rows: Array | None, clock: Clock, crew: Crew) -> tuple[Array, float]:
    unit, cycles = problem.unit(), CYCLES if rows is None else AGAIN_CYCLES

    def go_on() -> bool:
        return clock.may_go_on(PRICE_SHARE)

    if soon(problem):
        rows = np.zeros(len(problem.limit)) if rows is None else rows
        rows, bound = sharpened(problem, rows, problem.bound(rows, crew), crew, go_on)
        return centred(problem, rows, unit, crew), bound
    if rows is None:
        rows = first_prices(problem, unit, crew, go_on)
    if problem.homes > EXACT_HOMES:
        return cooled(problem, rows, unit, crew, go_on, 1 if problem.homes > MANY_HOMES else cycles)
    rows, bound = cooled(problem, rows, unit, crew, go_on, 1)
    rows, bound = sharpened(problem, rows, bound, crew, go_on)
    return centred(problem, rows, unit, crew), bound


def _all_at_once(problem: Problem, best: Array, unit: float, clock: Clock, crew: Crew) -> tuple[Array, bool]:
    """Return the answer of one model over all pairs where they are few, and whether it is proven best.

    Where pairs are many, the present answer, not proven.
    """
    if problem.homes * problem.options > 20 * FEW_PAIRS:
        return best, False
    everything = Look(np.inf, problem.options)
    columns = merged(
        problem, near(problem, np.zeros(len(problem.limit)), everything), problem.columns_of(best)
    )
    if len(columns) > FEW_PAIRS:
        return best, False
    present = best[columns.home] == columns.option
    home = np.unique(columns.home, return_inverse=True)[1]
    choice = Choice(home, problem.worth(columns), problem.taken(columns), problem.limit, present)
    effort = replace(TO_THE_END, seconds=min(TO_THE_END.seconds, PROOF_SHARE * clock.left()))
    found = _awaited(crew.begin(solve, choice, unit, effort), clock)
    if found is None:
        return best, False
    chosen = np.full(problem.homes, NOWHERE)
    chosen[columns.home[found.picked]] = columns.option[found.picked]
    return chosen, found.proven


def _rounds(state: State, manner: Manner, limits: Limits, clock: Clock, crew: Crew) -> int:
    """Decide neighbourhood after neighbourhood anew, round by round; return how many rounds."""
    idle, first, wide = 0, manner.first, manner.wide
    _ease(state)
    for turn in range(limits.rounds):
        clock.stage, clock.done = "matching.progress.neighbourhoods", turn / limits.rounds
        if not clock.may_go_on() or idle >= IDLE_ROUNDS:
            return turn
        before = state.value
        early = turn < len(first)
        width = first[turn] if early else wide[(turn - len(first)) % len(wide)]
        nodes, gap = (1, 3e-5) if early else (manner.nodes, manner.gap)
        effort = Effort(nodes=nodes, gap=gap, seed=limits.seed)
        if first and turn == len(first):
            _settle(state)
        _round(state, (width, turn, effort, manner.ahead), clock, crew)
        _ease(state)
        idle = 0 if state.value > before else idle + 1
    return limits.rounds


def _ease(state: State) -> None:
    """Take what the problem itself can better without a model."""
    chosen = state.problem.eased(state.chosen)
    if chosen is not state.chosen and state.problem.value(chosen) > state.value:
        state.begin(chosen)


def _settle(state: State) -> None:
    """Let households take the place of those there who are worth less, where that brings more in all."""
    problem = state.problem
    if problem.homes > SETTLED_HOMES or (problem.limit < 0).any():
        return
    free = np.zeros(len(problem.limit))
    best = np.concatenate([problem.net(free, some).max(axis=1) for some in problem.chunks()])
    chosen = satisfied(problem, state.chosen, np.round(FINE * best / state.unit))
    if problem.value(chosen) > state.value:
        state.begin(chosen)


def _round(state: State, how: tuple[Width, int, Effort, int], clock: Clock, crew: Crew) -> None:
    """Decide every neighbourhood of a round anew, several side by side, and keep what is better.

    The next one is made when the oldest under way is done, whichever ends first: the answer does not depend
    on how fast the threads are.
    """
    width, turn, effort, ahead = how
    block = state.blocks(width.places, turn)
    busy = np.zeros(state.problem.homes, bool)
    under_way: deque[tuple[Piece, Future[Chosen]]] = deque()
    waiting = deque(state.order(block))
    while waiting or under_way:
        while waiting and len(under_way) < ahead:
            piece = state.piece(block, waiting.popleft(), width, busy)
            if piece is not None and clock.may_go_on():
                busy[piece.columns.home] = True
                timed = replace(effort, seconds=min(LONGEST_S, clock.left()))
                under_way.append((piece, crew.begin(solve, piece.choice, state.unit, timed)))
        if under_way:
            piece, job = under_way.popleft()
            found = _awaited(job, clock)
            if found is None:
                return
            state.accept(piece, found.picked)
            busy[piece.columns.home] = False


def _awaited(job: "Future[Done]", clock: Clock) -> Done | None:
    """Return what a solve found; None as soon as somebody asks to stop, or a moment after time is up."""
    patience = GRACE_S
    while not wait([job], POLL_S).done:
        if not clock.may_go_on():
            patience -= POLL_S
            if clock.stopped or patience <= 0:
                return None
    return job.result()

"""The two mathematical models: the relaxation that gives prices, and the whole-number model that places.

Rules that concern one pair (H01, H02, H05, H08, H09, H17) are honoured by the columns that exist; the
functions here add the others, in the order of rules.py. Nothing an emergency can break is a hard constraint:
a household may always stay unplaced, so no model is ever infeasible by itself.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.linear_solver.python import model_builder_helper
from ortools.sat.python import cp_model
from scipy import sparse

from bcp_kit.cores.shelter_matching.check import FULL
from bcp_kit.cores.shelter_matching.instance import Goal, Resource
from bcp_kit.cores.shelter_matching.prices import Aim, Prices, floor_of, scale_of, worth_of
from bcp_kit.cores.shelter_matching.tables import Array, Columns, Tables

POLL_S = 0.1
GoOn = Callable[[], bool]


@dataclass(frozen=True)
class Part:
    """What a model decides: columns, and what the households it leaves alone already take and reach.

    `room` (R) is what they leave of each limit; `floors` what of each earlier goal is still to be reached,
    signed so that more is better.
    """

    columns: Columns
    room: Array
    floors: Mapping[Goal, int]


@dataclass(frozen=True)
class Relaxed:
    """The optimum in fractions: its value, the share of each column, and the prices that prove it."""

    columns: Columns
    share: Array
    value: float
    proof: Prices


@dataclass(frozen=True)
class Work:
    """How much one whole-number model may do: deterministic time, seed, and whether to go on."""

    amount: float
    seed: int
    go_on: GoOn


@dataclass(frozen=True)
class Answer:
    """What the whole-number model found: picked columns (None: nothing), and whether that is proven best."""

    picked: Array | None
    proven: bool
    bound: float
    work: float


@contextmanager
def stoppable(stop: Callable[[], object], go_on: GoOn) -> Iterator[None]:
    """Ask `go_on` ten times a second while the body runs, and call `stop` once it says no."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(POLL_S):
            if not go_on():
                stop()
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def relax(
    tables: Tables, columns: Columns, aim: Aim, floors: Mapping[Goal, int], go_on: GoOn, alike: Array
) -> Relaxed | None:
    """Return the optimum over columns in fractions; None when it was stopped or failed.

    `alike` (H) says for how many households each one stands.
    """
    homes, home = np.unique(columns.home, return_inverse=True)
    count, rows = len(columns), len(tables.limit)
    once = sparse.csr_matrix((np.ones(count), (home, np.arange(count))), shape=(len(homes), count))
    held = [tables.worth(g, columns.home, columns.option).astype(float) for g in floors]
    least = [float(floor_of(g, v)) for g, v in floors.items()]
    matrix = sparse.vstack([once, tables.taken(columns).astype(float), *map(sparse.csr_matrix, held)])
    scale = scale_of(aim)
    worth = worth_of(tables, aim, columns.home, columns.option) / scale
    builder: Any = model_builder_helper.ModelBuilderHelper()  # its stubs know no array shapes
    builder.fill_model_from_sparse_data(
        np.zeros(count),
        np.full(count, np.inf),
        worth,
        np.concatenate([np.full(len(homes) + rows, -np.inf), least]),
        np.concatenate([alike[homes], tables.limit.astype(float), np.full(len(held), np.inf)]),
        matrix.tocsr(),
    )
    builder.set_maximize(True)
    solver = model_builder_helper.ModelSolverHelper("glop")
    with stoppable(solver.interrupt_solve, go_on):
        solver.solve(builder)
    if not solver.has_solution():
        return None
    dual = np.array(solver.dual_values()) * scale
    floor_prices = np.maximum(0, -dual[len(homes) + rows :])
    prices = Prices(
        aim,
        np.maximum(0, dual[len(homes) : len(homes) + rows]),
        {g: (v, float(p)) for (g, v), p in zip(floors.items(), floor_prices, strict=True)},
    )
    share = np.array(solver.variable_values())
    return Relaxed(columns, share, float(worth @ share) * scale, prices)


class _Model:
    """One whole-number model over some columns."""

    def __init__(self, tables: Tables, part: Part) -> None:
        self.tables, self.part, self.model = tables, part, cp_model.CpModel()
        self.pick = [self.model.new_bool_var("") for _ in range(len(part.columns))]

    def place_once(self) -> None:
        """H11, H12: a household stays together and has one place."""
        home = self.part.columns.home
        edges = np.flatnonzero(np.diff(home)) + 1
        for own in np.split(np.arange(len(home)), edges):
            if len(own) > 1:
                self.model.add_at_most_one(self.pick[c] for c in own)

    def stay_within_limits(self) -> None:
        """H03, H04, H06, H07, H12, S06: no resource of a place or building is overspent."""
        taken = self.tables.taken(self.part.columns)
        for row, (first, last) in enumerate(zip(taken.indptr[:-1], taken.indptr[1:], strict=True)):
            column, amount = taken.indices[first:last], taken.data[first:last]
            if len(column) and int(amount.sum()) > self.part.room[row]:
                self.model.add(self._sum(column, amount) <= int(self.part.room[row]))

    def hold_floors(self) -> None:
        """The goals before this one keep their values (S04 and the strict order)."""
        for goal, least in self.part.floors.items():
            if goal in (Goal.LONGEST, Goal.LOAD):
                continue
            worth = self._worth(goal)
            self.model.add(self._sum(np.flatnonzero(worth), worth[worth != 0]) >= int(least))

    def aim(self, aim: Aim) -> None:
        """S01, S02, S03, S04: as much as possible of the goals that add up over pairs, by whole weights."""
        worth = worth_of(self.tables, aim, self.part.columns.home, self.part.columns.option)
        self.model.maximize(self._sum(np.flatnonzero(worth), worth[worth != 0]))

    def shorten_longest(self, at_least: int, at_most: int) -> None:
        """S01: the longest way as short as possible; ways up to `at_least` seconds need no look."""
        columns = self.part.columns
        longest = self.model.new_int_var(at_least, at_most, "longest")
        seconds = self.tables.instance.travel_s[columns.home, columns.option % self.tables.places]
        for c in np.flatnonzero(seconds > at_least):
            if seconds[c] > at_most:
                self.model.add(self.pick[c] == 0)
            else:
                self.model.add(longest >= int(seconds[c])).only_enforce_if(self.pick[c])
        self.model.minimize(longest)

    def cap_longest(self, at_most: int) -> None:
        """S01: no way longer than the one already reached."""
        columns = self.part.columns
        seconds = self.tables.instance.travel_s[columns.home, columns.option % self.tables.places]
        for c in np.flatnonzero(seconds > at_most):
            self.model.add(self.pick[c] == 0)

    def level_load(self, at_least: int, at_most: int) -> None:
        """S05: the fullest place as empty as possible, in millionths of its people or area."""
        load = self.model.new_int_var(at_least, at_most, "load")
        taken = self.tables.taken(self.part.columns)
        for row in load_rows(self.tables):
            part, limit = taken.getrow(row), int(self.tables.limit[row])
            before = limit - int(self.part.room[row])
            self.model.add(FULL * (self._sum(part.indices, part.data) + before) <= limit * load)
        self.model.minimize(load)

    def hint(self, picked: Array) -> None:
        """Start from a known answer, complete and within all limits."""
        chosen = set(picked.tolist())
        for c, variable in enumerate(self.pick):
            self.model.add_hint(variable, c in chosen)

    def solve(self, work: Work) -> Answer:
        """Return the best answer within the work allowed, with one worker."""
        solver = cp_model.CpSolver()
        solver.parameters.max_deterministic_time = max(0.01, work.amount)
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = work.seed
        solver.parameters.linearization_level = 2  # the relaxation is tight here: it leads the search
        with stoppable(solver.stop_search, work.go_on):
            status = solver.solve(self.model)
        picked = None
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            picked = np.flatnonzero([solver.boolean_value(v) for v in self.pick])
        return Answer(
            picked=picked,
            proven=status == cp_model.OPTIMAL,
            bound=solver.best_objective_bound,
            work=solver.response_proto.deterministic_time,
        )

    def _worth(self, goal: Goal) -> Array:
        return self.tables.worth(goal, self.part.columns.home, self.part.columns.option)

    def _sum(self, columns: Array, factors: Array) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.weighted_sum(
            [self.pick[c] for c in columns.tolist()], [int(f) for f in factors.tolist()]
        )


def load_rows(tables: Tables) -> list[int]:
    """Return the rows by which the goal LOAD is measured: a place's people, else its area."""
    found, row = [], 0
    for place in tables.instance.destinations:
        measured = next((r for r in (Resource.PEOPLE, Resource.AREA) if place.capacity.get(r)), None)
        for resource in place.capacity:
            if resource is measured:
                found.append(row)
            row += 1
        row += bool(place.care_places)
    return found


def _ruled(tables: Tables, part: Part, hint: Array) -> _Model:
    """Return a model with every rule and floor, and the known answer, but no goal yet."""
    model = _Model(tables, part)
    model.place_once()
    model.stay_within_limits()
    model.hold_floors()
    if Goal.LONGEST in part.floors:
        model.cap_longest(-part.floors[Goal.LONGEST])
    model.hint(hint)
    return model


def place(tables: Tables, part: Part, aim: Aim, hint: Array, work: Work) -> Answer:
    """Return the best whole-number answer for an aim, in whole weights, over the columns of `part`."""
    model = _ruled(tables, part, hint)
    model.aim(aim)
    return model.solve(work)


def place_evenly(
    tables: Tables, part: Part, goal: Goal, limits: tuple[int, int], hint: Array, work: Work
) -> Answer:
    """Return the best whole-number answer for LONGEST or LOAD.

    `limits` are the proven least value and the value already reached.
    """
    model = _ruled(tables, part, hint)
    if goal is Goal.LONGEST:
        model.shorten_longest(*limits)
    else:
        model.level_load(*limits)
    return model.solve(work)

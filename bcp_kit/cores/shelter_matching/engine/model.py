"""The whole-number model of a neighbourhood: who of these households takes which of these options.

Solved by SCIP as OR-Tools brings it: it starts from the present answer, gives the same answer each time under
a limit of nodes, and several run side by side in threads. It hears no call to stop, so whoever waits for it
must be ready to leave it. A household may always stay without an option, so the model always has an answer.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.linear_solver.python import model_builder_helper
from scipy import sparse

from bcp_kit.cores.shelter_matching.engine.problem import Array

PARAMETERS = "limits/totalnodes = {nodes}\nlimits/gap = {gap}\nrandomization/randomseedshift = {seed}\n"


@dataclass(frozen=True)
class Effort:
    """How hard one model is solved: nodes of the search tree, relative gap that is good enough, seed."""

    nodes: int = 1
    gap: float = 3e-5
    seed: int = 0
    seconds: float = 1e6


@dataclass(frozen=True)
class Choice:
    """Columns to choose from: household index 0..n-1 and worth of each, what each takes of the room (R, n).

    `present` says which columns the present answer has. With `count` (n) each index stands for that many
    households that are alike, and `present` says how many of them have each column.
    """

    home: Array
    worth: Array
    taken: sparse.csr_matrix
    room: Array
    present: Array
    count: Array | None = None

    def of(self, picked: Array) -> float:
        """Return what a choice is worth."""
        return float(self.worth @ picked)


@dataclass(frozen=True)
class Chosen:
    """Which columns are chosen (how many of each, where households are counted together), the best value any
    choice can have, and whether that is proven reached.
    """

    picked: Array
    bound: float
    proven: bool


SHARP = 200.0  # a person's worth in the solver's units


def solve(choice: Choice, unit: float, effort: Effort) -> Chosen:
    """Return the best choice found; the present one when nothing better is.

    `unit` is what one person's place is worth: worths are told to the solver in parts of it.
    """
    helper: Any = model_builder_helper.ModelSolverHelper("scip")
    helper.enable_output(False)
    helper.set_time_limit_in_seconds(effort.seconds)
    helper.set_solver_specific_parameters(
        PARAMETERS.format(nodes=effort.nodes, gap=effort.gap, seed=effort.seed)
    )
    helper.solve(_built(choice, unit))
    if not helper.has_solution():
        return Chosen(choice.present, np.inf, False)
    picked = np.rint(helper.variable_values()).astype(choice.present.dtype)
    if not _valid(choice, picked) or choice.of(picked) < choice.of(choice.present):
        picked = choice.present
    proven = helper.status() == model_builder_helper.SolveStatus.OPTIMAL
    return Chosen(picked, helper.best_objective_bound() * unit / SHARP, proven)


def relax(choice: Choice, unit: float) -> Array | None:
    """Return the row prices (R) of the same model in fractions; None when it was not solved."""
    helper: Any = model_builder_helper.ModelSolverHelper("glop")
    helper.solve(_fractional(choice, unit))
    if not helper.has_solution():
        return None
    dual = np.array(helper.dual_values())[-len(choice.room) :] * (unit / SHARP)
    return np.asarray(np.maximum(0, dual))


def _fractional(choice: Choice, unit: float) -> Any:
    count, homes = len(choice.worth), int(choice.home.max(initial=-1)) + 1
    once = sparse.csr_matrix((np.ones(count), (choice.home, np.arange(count))), shape=(homes, count))
    matrix = sparse.vstack([once, choice.taken.astype(float)]).tocsr()
    builder: Any = model_builder_helper.ModelBuilderHelper()  # its stubs know no array shapes
    builder.fill_model_from_sparse_data(
        np.zeros(count),
        np.full(count, np.inf),
        choice.worth * (SHARP / unit),
        np.full(matrix.shape[0], -np.inf),
        np.concatenate([_count(choice, homes), choice.room.astype(float)]),
        matrix,
    )
    builder.set_maximize(True)
    return builder


def _count(choice: Choice, homes: int) -> Array:
    return np.ones(homes) if choice.count is None else choice.count.astype(float)


def _built(choice: Choice, unit: float) -> Any:
    builder = _fractional(choice, unit)
    most = _count(choice, int(choice.home.max(initial=-1)) + 1)[choice.home].tolist()
    for column, present in enumerate(choice.present.tolist()):
        builder.set_var_integrality(column, True)
        builder.set_var_upper_bound(column, most[column])
        builder.add_hint(column, float(present))
    return builder


def _valid(choice: Choice, picked: Array) -> bool:
    """Return whether a choice keeps every limit, in whole numbers: the solver is not trusted for it."""
    homes = int(choice.home.max(initial=-1)) + 1
    once = (np.bincount(choice.home, picked, homes) <= _count(choice, homes)).all()
    return bool(once and (choice.taken @ picked.astype(np.int64) <= choice.room).all())

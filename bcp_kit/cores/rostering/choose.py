"""Which rosters go together best: a whole-number model over columns, solved by HiGHS."""

import numpy as np
from ortools.linear_solver.python import model_builder

from bcp_kit.cores.rostering.master import Part
from bcp_kit.cores.rostering.pool import Pool
from bcp_kit.cores.rostering.tables import Array

ANSWERS = (model_builder.SolveStatus.OPTIMAL, model_builder.SolveStatus.FEASIBLE)
HALF = 0.5


def choose(pool: Pool, part: Part, columns: Array, seconds: float, nodes: int) -> Array | None:
    """Return a column (of `columns`) for each of the part's people, in their order; None if none was found.

    `seconds` and `nodes` limit the search; it ends by itself when nothing better can exist.
    """
    tables = pool.tables
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    chosen = [model.new_bool_var("") for _ in columns]
    for person in part.people:
        ours = np.flatnonzero(pool.person[columns] == person)
        model.add(sum(chosen[n] for n in ours) == 1)
    costs: list[model_builder.LinearExpr] = [
        float(cost) * variable for cost, variable in zip(pool.cost[columns], chosen, strict=True)
    ]
    heads = (tables.heads - part.present).tolist()
    fills = pool.fills[columns]
    for row, wanted in enumerate(heads):
        under = model.new_num_var(0, np.inf, "")
        over = model.new_num_var(0, np.inf, "")
        present = sum(chosen[n] for n in np.flatnonzero(fills[:, row]))
        model.add(present + under - over == float(wanted))
        costs += [float(tables.under[row]) * under, float(tables.over[row]) * over]
    model.minimize(sum(costs))
    solver = model_builder.Solver("highs")
    solver.set_time_limit_in_seconds(seconds)
    solver.set_solver_specific_parameters(f"output_flag=false\nmip_max_nodes={nodes}")
    if solver.solve(model) not in ANSWERS:
        return None
    taken = columns[[solver.value(variable) > HALF for variable in chosen]]
    return taken[np.argsort(pool.person[taken])] if len(taken) == len(part.people) else None

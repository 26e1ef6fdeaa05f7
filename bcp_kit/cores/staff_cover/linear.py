"""The same model for a linear solver: it consists of linear constraints and at-most-ones only."""

from math import inf

from ortools.linear_solver.python import model_builder

from bcp_kit.cores.staff_cover.model import CoverModel

INFINITE = 10**15


def as_linear(
    built: CoverModel, whole: bool = True
) -> tuple[model_builder.Model, list[model_builder.Variable]]:
    """Return the same model, with its objective, for a linear solver, and its variables by index.

    Nothing is lost on the way. Without `whole` the variables may be fractions: the value of that relaxation
    is a bound.
    """
    proto = built.cp.proto
    linear = model_builder.Model()  # type: ignore[no-untyped-call]
    variables = []
    for variable in proto.variables:
        domain = list(variable.domain)
        variables.append(linear.new_var(domain[0], domain[-1], whole, ""))
    for constraint in proto.constraints:
        if constraint.has_at_most_one():
            literals = list(constraint.at_most_one.literals)
            linear.add(model_builder.LinearExpr.sum([variables[i] for i in literals]) <= 1)
            continue
        row = constraint.linear
        terms = [variables[i] for i in list(row.vars)]
        domain = list(row.domain)
        low, high = _bound(domain[0]), _bound(domain[-1])
        linear.add_linear_constraint(
            model_builder.LinearExpr.weighted_sum(terms, list(row.coeffs)), low, high
        )
    goal = proto.objective
    terms = [variables[i] for i in list(goal.vars)]
    linear.minimize(model_builder.LinearExpr.weighted_sum(terms, list(goal.coeffs)) + goal.offset)
    return linear, variables


def _bound(limit: int) -> float:
    """CP-SAT writes "no limit" as a number near the end of 64 bits."""
    return limit if abs(limit) < INFINITE else (inf if limit > 0 else -inf)

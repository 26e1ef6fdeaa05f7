"""The full cover model on single draws: how far the fast answer of `waves` is from the proven one."""

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from bcp_kit.cores.staff_cover import model
from bcp_kit.cores.staff_cover.draws import Presence
from bcp_kit.cores.staff_cover.goals import add_goals
from bcp_kit.cores.staff_cover.instance import CoverInstance, Goal
from bcp_kit.cores.staff_cover.waves_board import Rosters
from bcp_kit.cores.staff_cover.waves_bound import Ceilings

WORK_S = 5.0  # deterministic seconds for one draw


@dataclass(frozen=True)
class Compared:
    """One draw: heads missing in the fast roster, at least and at most in the proven answer, in the bound."""

    draw: int
    fast: int
    least: int
    most: int
    bound: int


def of_draw(instance: CoverInstance, present: Presence, draw: int) -> CoverInstance:
    """Return the question of one draw: only who is present, only life-keeping heads."""
    here = present[draw]
    workers = tuple(
        w.model_copy(update={"available": {d: keys for d, keys in w.available.items() if here[n, d]}})
        for n, w in enumerate(instance.workers)
    )
    demands = tuple(d.model_copy(update={"standard": 0, "other": 0}) for d in instance.demands if d.life)
    return instance.changed(workers=workers, demands=demands)


def least_life_missing(instance: CoverInstance, known: int, work_s: float = WORK_S) -> tuple[int, int]:
    """Return proven lower and upper bounds of the life-keeping heads missing; `known` is one that is reached.

    The full model with all its rules; at most `work_s` deterministic seconds.
    """
    built = model.build(instance)
    model.keep_locks(built)
    add_goals(built)
    goal = built.goals[Goal.LIFE]
    built.cp.add(goal <= known)
    built.cp.minimize(goal)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = work_s
    status = solver.solve(built.cp)
    if status == cp_model.INFEASIBLE:
        raise AssertionError("a roster that the checker accepts is no answer of the model")
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    most = round(solver.objective_value) if found else known
    return max(0, round(solver.best_objective_bound)) if found else 0, most


def compared(
    fast: Rosters, ceilings: Ceilings, present: Presence, draws: Sequence[int], work_s: float = WORK_S
) -> tuple[Compared, ...]:
    """Return the fast answer beside the proven one for some draws."""
    missing, bound = fast.missing.sum(axis=1), ceilings.by_day.sum(axis=1)
    found = []
    for draw in draws:
        reached = int(missing[draw])
        asked = of_draw(fast.board.instance, present, draw)
        least, most = least_life_missing(asked, reached, work_s) if reached else (0, 0)
        found.append(Compared(draw, reached, least, most, int(bound[draw])))
    return tuple(found)

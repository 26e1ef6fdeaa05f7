"""Public shift-scheduling files: the roster engine against the best known penalty and a plain CP-SAT model.

    python benchmarks/rosters.py [FOLDER] [--files 1,2,3] [--seconds 60] [--runs 1] [--plain] [--cpu]

FOLDER holds InstanceN.txt (default: ../shared/bench/instances/shift_scheduling beside the project). The
engine runs as the command does, two searches beside each other; with `--plain` the ordinary model (a Boolean
a person, day and shift) gets the same time and two workers. `--cpu` runs one search and counts its seconds in
processor time, for a busy machine. Every plan is judged by the solver-free check.
"""

import argparse
import multiprocessing
import os
import re
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from ortools.sat.python import cp_model

from bcp_kit.cores.rostering import check
from bcp_kit.cores.rostering.instance import OFF, Person, Plan, RosterInstance
from bcp_kit.services.roster_file import RosterCommand, read_roster_file, solve_here, solve_roster_file

FOLDER = Path(__file__).resolve().parents[2] / "shared/bench/instances/shift_scheduling"
# Best known penalties as published with the files (Curtois and Qu 2014, and later tables up to October 2023).
PUBLISHED = """607 828 1001 1716 1143 1950 1056 1300 439 4631 3443 4040
1348 1278 3829 3225 5746 4459 3149 4769 21133 30241 17428 42463"""
BEST_KNOWN = {number: int(penalty) for number, penalty in enumerate(PUBLISHED.split(), 1)}
WORKERS = 2


@dataclass(frozen=True)
class Line:
    """What one run gave and used."""

    penalty: int | None
    bound: float
    wall_s: float
    cpu_s: float
    memory_mb: float


def measured(kind: str, path: Path, seconds: float, seed: int) -> Line:
    """Return the figures of one run; the engine's command starts its own processes, others get one here."""
    if kind == "engine":
        before, wall = os.times(), time.perf_counter()
        figures = solve_roster_file(RosterCommand(path, seconds, seed=seed)).figures
        wall, cpu = time.perf_counter() - wall, os.times().children_user - before.children_user
        return Line(figures["penalty"], figures["bound"], wall, cpu, figures["peak_mb"])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(run, (kind, path, seconds, seed))


def run(kind: str, path: Path, seconds: float, seed: int) -> Line:
    wall, cpu = time.perf_counter(), time.process_time()
    if kind == "plain":
        penalty, bound = plain(read_roster_file(path), seconds, seed)
    else:
        figures = solve_here(RosterCommand(path, seconds, seed=seed, by_processor=True, searches=1)).figures
        penalty, bound = figures["penalty"], figures["bound"]
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Line(penalty, bound, time.perf_counter() - wall, time.process_time() - cpu, memory_mb)


Works = dict[tuple[str, int, str], cp_model.IntVar]


def plain(instance: RosterInstance, seconds: float, seed: int) -> tuple[int | None, float]:
    """Return penalty and bound of the ordinary model with CP-SAT's own settings."""
    model = cp_model.CpModel()
    works: Works = {}
    for person in instance.people:
        add_person(model, works, instance, person)
    model.minimize(goal(model, works, instance))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    solver.parameters.random_seed = seed
    if solver.solve(model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None, solver.best_objective_bound
    plan: Plan = {
        p.id: tuple(
            next((s.key for s in instance.shifts if solver.value(works[p.id, d, s.key])), OFF)
            for d in range(instance.days)
        )
        for p in instance.people
    }
    broken = check.violations(instance, plan)
    if broken:
        raise AssertionError(broken[0])
    return check.penalty(instance, plan), solver.best_objective_bound


def add_person(model: cp_model.CpModel, works: Works, instance: RosterInstance, person: Person) -> None:
    days, keys = range(instance.days), [s.key for s in instance.shifts]
    for day in days:
        for key in keys:
            works[person.id, day, key] = model.new_bool_var("")
            if day in person.days_off or person.most_shifts.get(key) == 0:
                model.add(works[person.id, day, key] == 0)
    busy = [model.new_bool_var("") for _ in days]
    for day in days:
        model.add(sum(works[person.id, day, key] for key in keys) == busy[day])
    pairs = [(s.key, later) for s in instance.shifts for later in s.not_before]
    for day, (key, later) in product(days[:-1], pairs):
        model.add_at_most_one(works[person.id, day, key], works[person.id, day + 1, later])
    for key, most in person.most_shifts.items():
        model.add(sum(works[person.id, day, key] for day in days) <= most)
    minutes = sum(s.minutes * works[person.id, day, s.key] for day in days for s in instance.shifts)
    model.add_linear_constraint(minutes, person.min_minutes, person.max_minutes)
    add_rows(model, busy, person)
    weekends = []
    for weekend in instance.weekends:
        weekends.append(model.new_bool_var(""))
        for day in weekend:
            model.add_implication(busy[day], weekends[-1])
    model.add(sum(weekends) <= person.max_weekends)


def add_rows(model: cp_model.CpModel, busy: list[cp_model.IntVar], person: Person) -> None:
    for day in range(len(busy) - person.max_consecutive):
        model.add_bool_or(~b for b in busy[day : day + person.max_consecutive + 1])
    for least, row in (
        (person.min_consecutive, busy),
        (person.min_days_off, [~b for b in busy]),
    ):
        for length in range(1, least):
            for day in range(1, len(busy) - length):
                inside = [~b for b in row[day : day + length]]
                model.add_bool_or([row[day - 1], *inside, row[day + length]])


def goal(model: cp_model.CpModel, works: Works, instance: RosterInstance) -> cp_model.LinearExprT:
    costs: list[cp_model.LinearExprT] = []
    for r in instance.requests:
        met = works[r.person, r.day, r.shift]
        costs.append(r.weight * (1 - met) if r.wanted else r.weight * met)
    for c in instance.covers:
        under, over = (model.new_int_var(0, len(instance.people) + c.heads, "") for _ in range(2))
        present = sum(works[p.id, c.day, c.shift] for p in instance.people)
        model.add(present + under - over == c.heads)
        costs += [c.under * under, c.over * over]
    return sum(costs)


def shown(kind: str, lines: list[Line], best: int | None) -> str:
    found = [line.penalty for line in lines if line.penalty is not None]
    if not found:
        return f"{kind:7} no plan"
    middle = statistics.median(found)
    above = f"{100 * (middle / best - 1):+.2f} %" if best else ""
    wall, cpu = (statistics.median(getattr(line, name) for line in lines) for name in ("wall_s", "cpu_s"))
    memory = max(line.memory_mb for line in lines)
    bound = max(line.bound for line in lines)
    return (
        f"{kind:7} {middle:8.0f} ({min(found)}–{max(found)}) {above:>9}  bound {bound:8.0f}  "
        f"{wall:6.1f} s wall {cpu:6.1f} s CPU {memory:5.0f} MB"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--files", default="")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--cpu", action="store_true")
    given = parser.parse_args()
    own = "cpu" if given.cpu else "engine"
    wanted = {int(n) for n in given.files.split(",") if n}
    numbered = {int(re.sub(r"\D", "", p.stem) or 0): p for p in given.folder.glob("*.txt")}
    for number, path in sorted(numbered.items()):
        if wanted and number not in wanted:
            continue
        best = BEST_KNOWN.get(number)
        for kind in (own, "plain") if given.plain else (own,):
            lines = [measured(kind, path, given.seconds, given.seed + n) for n in range(given.runs)]
            print(f"{path.stem:12} best known {best}  {shown(kind, lines, best)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

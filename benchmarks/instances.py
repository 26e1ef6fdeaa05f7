"""Measure the matching engine on the public generator's instances: gap to the proven bound, seconds, memory.

    python benchmarks/instances.py [--sizes 100x8 1000x20 10000x80] [--seeds 1 2 3] [--ratios 0.85]
        [--generator ../shared/bench/gen_matching.py] [--cpsat SECONDS]

Beside the engine in the same run: the officer's rule by hand (priority, then nearest with room), the bound of
the relaxation with limits as given (where it is soon solved), and on request plain CP-SAT over all pairs.
Gaps are of Z = 200 km x weighted people - metres; `gap` is to the engine's own proven bound, `LP` to the
relaxation's. Every plan is checked.
"""

import argparse
import importlib.util
import statistics
import time
from pathlib import Path
from types import ModuleType

import numpy as np
from ortools.sat.python import cp_model

from bcp_kit.cores.shelter_matching.engine.crew import Crew
from bcp_kit.cores.shelter_matching.engine.dual import cooled, first_prices
from bcp_kit.cores.shelter_matching.engine.exact import sharpened
from bcp_kit.cores.shelter_matching.engine.optimise import EXACT_HOMES
from bcp_kit.cores.shelter_matching.engine.points import Points
from bcp_kit.cores.shelter_matching.engine.problem import NOWHERE
from bcp_kit.services.matching_points import PointsCommand, match_points, usual_seconds

PLAIN_PAIRS = 50_000  # up to here plain CP-SAT is asked


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gen_matching", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"no generator at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_hand(points: Points) -> int:
    """Return Z of the officer's rule: by tier in register order, the nearest with room."""
    room, chosen = points.capacity.copy(), np.full(points.homes, NOWHERE)
    for home in np.argsort(points.tier, kind="stable"):
        net = points.net(np.zeros(len(points.limit)), slice(home, home + 1))[0]
        for option in np.argsort(-net, kind="stable"):
            if net[option] > -1e11 and (points.use[home] <= room[option]).all():
                chosen[home] = option
                room[option] -= points.use[home]
                break
    return points.score(chosen).goal


def lp_bound(points: Points) -> float:
    """Return the bound of the relaxation with the limits as given."""
    points.limit = points.capacity.ravel()
    unit = points.unit()
    with Crew(2) as crew:
        rows = first_prices(points, unit, crew, lambda: True)
        rows, bound = cooled(points, rows, unit, crew, lambda: True, 2)
        return sharpened(points, rows, bound, crew, lambda: True)[1]


def plain_cpsat(points: Points, seconds: float) -> int:
    """Return Z of the plain model over all pairs, two workers."""
    home, option = np.nonzero(points.allowed(slice(None)))
    model = cp_model.CpModel()
    pick = [model.new_bool_var("") for _ in home]
    for part in np.split(np.arange(len(home)), np.flatnonzero(np.diff(home)) + 1):
        model.add_at_most_one(pick[c] for c in part)
    for j in range(points.options):
        mine = np.flatnonzero(option == j)
        for kind in range(points.kinds):
            used = points.use[home[mine], kind]
            terms = [pick[c] for c in mine[used > 0]]
            model.add(
                cp_model.LinearExpr.weighted_sum(terms, used[used > 0].tolist())
                <= int(points.capacity[j, kind])
            )
    worth = points.worth(type(points.columns_of(np.zeros(0, int)))(home, option)).astype(int)
    model.maximize(cp_model.LinearExpr.weighted_sum(pick, worth.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds, solver.parameters.num_workers = seconds, 2
    status = solver.solve(model)
    return int(solver.objective_value) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else 0


def percent(bound: float, value: float) -> str:
    return f"{100 * (bound - value) / abs(bound):8.4f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", nargs="+", default=["100x8", "1000x20", "10000x80"])
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    parser.add_argument("--ratios", nargs="+", type=float, default=[0.85])
    parser.add_argument("--generator", type=Path, default=Path("../shared/bench/gen_matching.py"))
    parser.add_argument("--cpsat", type=float, default=0.0)
    wanted = parser.parse_args()
    generator = load(wanted.generator)
    for size in wanted.sizes:
        people, shelters = (int(part) for part in size.split("x"))
        pair = (people, shelters)
        for ratio in wanted.ratios:
            gaps = [measure(generator, pair, ratio, seed, wanted.cpsat) for seed in wanted.seeds]
            print(
                f"{size} ratio {ratio}: median gap {100 * statistics.median(gaps):.4f} %, "
                f"worst {100 * max(gaps):.4f} %",
                flush=True,
            )


def measure(generator: ModuleType, size: tuple[int, int], ratio: float, seed: int, cpsat: float) -> float:
    people, shelters = size
    path = Path(f"instance_{people}_{seed}.npz")
    instance = generator.generate(people, shelters, ratio, seed)
    generator.save(instance, path)
    try:
        outcome = match_points(PointsCommand(path, usual_seconds(len(instance["size"]))))
    finally:
        path.unlink()
    figures, points = outcome.figures, Points(instance)
    generator.score(instance, outcome.plan)
    told = [
        f"{people} x {shelters} ratio {ratio} seed {seed}: {figures['seconds']:7.1f} s",
        f"{figures['peak_mb']} MB, Z {figures['Z']}, gap {percent(figures['bound'], figures['Z'])}",
    ]
    began = time.perf_counter()
    hand = by_hand(points)
    told.append(f"by hand {percent(figures['bound'], hand)} in {time.perf_counter() - began:.1f} s")
    if cpsat and points.homes * points.options <= PLAIN_PAIRS:
        told.append(f"plain CP-SAT {percent(figures['bound'], plain_cpsat(points, cpsat))}")
    if points.homes <= EXACT_HOMES:
        told.append(f"LP {percent(lp_bound(points), figures['Z'])}")
    print(", ".join(told), flush=True)
    return float(figures["gap"])


if __name__ == "__main__":
    main()

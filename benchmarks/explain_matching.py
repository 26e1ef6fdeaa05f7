"""Reasons for everybody left over by a large plan, and justified complaints: the engine's plan and by hand.

    python benchmarks/explain_matching.py INSTANCE.npz [--seconds 30] [--workers 2]

The instance is a file of the public generator. By hand: in the order of tiers and of the register, each to
the nearest shelter with room.
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from bcp_kit.cores.shelter_matching.engine.optimise import optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits
from bcp_kit.cores.shelter_matching.engine.points import Points
from bcp_kit.cores.shelter_matching.engine.problem import NEVER, NOWHERE, Array
from bcp_kit.cores.shelter_matching.engine.reasons import FITS, complaints, reasons, satisfied
from bcp_kit.services.matching_points import read_points


def by_hand(problem: Points) -> Array:
    room, chosen = problem.limit.reshape(problem.options, -1).copy(), np.full(problem.homes, NOWHERE)
    free = np.zeros(len(problem.limit))
    order = np.lexsort((np.arange(problem.homes), problem.tier))
    for first in range(0, len(order), 1000):
        some = order[first : first + 1000]
        reach = problem.net(free, some)
        for h, worth in zip(some.tolist(), reach, strict=True):
            fits = np.where((problem.use[h] <= room).all(axis=1), worth, NEVER)
            option = int(fits.argmax())
            if fits[option] > NEVER / 2:
                chosen[h] = option
                room[option] -= problem.use[h]
    return chosen


def line(problem: Points, name: str, chosen: Array) -> None:
    began = time.perf_counter()
    complaining = complaints(problem, chosen, problem.weight)
    looked = time.perf_counter() - began
    began = time.perf_counter()
    found = reasons(problem, chosen, problem.weight)
    told = time.perf_counter() - began
    score = problem.score(chosen)
    tiers = "/".join(str(int((problem.tier[complaining] == t).sum())) for t in (1, 2, 3))
    holder = (found.holder >= 0).any(axis=1).sum()
    fits = (found.holder == FITS).any(axis=1).sum()
    print(
        f"{name:28} W {score.weighted:>9,}  left over {len(found.home):>6,}  "
        f"explained {found.told.sum():>6,} "
        f"(with a holder {holder:>6,}, would fit {fits}) in {told:5.2f} s  "
        f"complaints {len(complaining):>4} ({tiers}) in {looked:5.2f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--workers", type=int, default=2)
    wanted = parser.parse_args()
    problem = read_points(wanted.instance)
    print(f"{problem.homes:,} households, {problem.options} shelters")
    line(problem, "by hand", by_hand(problem))
    plan = optimise(problem, Limits(seconds=wanted.seconds, workers=wanted.workers))
    line(problem, "engine", plan.chosen)
    began = time.perf_counter()
    content = satisfied(problem, plan.chosen, problem.weight)
    seconds = time.perf_counter() - began
    line(problem, f"engine, claims met ({seconds:.2f} s)", content)
    met = 100 * (1 - problem.value(content) / plan.bound)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"gap {100 * plan.gap:.4f} %, claims met {met:.4f} %, {peak_mb} MB")


if __name__ == "__main__":
    main()

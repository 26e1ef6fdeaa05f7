"""Placing anew after a busy shelter is lost: each way against a full new plan.

    python benchmarks/replan.py INSTANCE.npz [--seconds 30] [--workers 2] [--losses 3]

The instance is a file of the public generator. The shelters lost, one at a time, are spread over those with
most households: the first is the one in ten, the next stand as far behind it again.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from bcp_kit.cores.shelter_matching.engine.optimise import optimise
from bcp_kit.cores.shelter_matching.engine.plan import Limits
from bcp_kit.cores.shelter_matching.engine.points import FIELDS, Points
from bcp_kit.cores.shelter_matching.engine.problem import Array
from bcp_kit.cores.shelter_matching.engine.reasons import satisfied
from bcp_kit.cores.shelter_matching.engine.replan import Calm, replan

WAYS = {
    "free moves": Calm(),
    "5 km a moved person": Calm(5_000),
    "30 km a moved person": Calm(30_000),
    "nobody loses the place": Calm(nobody_loses=True),
}


def without(fields: dict[str, Array], shelter: int) -> Points:
    cap, acc = fields["cap"].copy(), fields["acc"].copy()
    cap[shelter], acc[shelter] = 0, 0
    return Points({**fields, "cap": cap, "acc": acc})


def line(name: str, problem: Points, before: Array, after: Array, seconds: float) -> None:
    score = problem.score(after)
    lost_place = (before >= 0) & ~problem.allowed(slice(None))[
        np.arange(problem.homes), np.maximum(before, 0)
    ]
    moved = (before >= 0) & ~lost_place & (after != before)

    def people(which: Array) -> int:
        return int(problem.size[which].sum())

    fits = bool((problem.load(after) <= problem.limit).all())
    print(
        f"{name:42} {seconds:6.2f} s  W {score.weighted:>9,}  km {score.person_metres // 1000:>9,}  "
        f"left over {'/'.join(f'{n:,}' for n in score.unplaced_by_tier.values()):>16}  "
        f"moved {people(moved):>6,} (lost their place {people(moved & (after < 0)):>5,})  "
        f"affected placed {people(lost_place & (after >= 0)):>5,} of {people(lost_place):,}  "
        f"{'fits' if fits else 'DOES NOT FIT'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("instance", type=Path)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--losses", type=int, default=1)
    wanted = parser.parse_args()
    with np.load(wanted.instance) as stored:
        fields = {k: stored[k] for k in FIELDS}
    problem, limits = Points(fields), Limits(seconds=wanted.seconds, workers=wanted.workers)
    plan = optimise(problem, limits)
    before = satisfied(problem, plan.chosen, problem.weight)
    busy = np.argsort(-np.bincount(before[before >= 0], minlength=problem.options))
    print(f"plan before: W {problem.score(before).weighted:,}, gap {100 * plan.gap:.4f} %")
    for number in range(1, wanted.losses + 1):
        shelter = int(busy[min(number * problem.options // 10, problem.options - 1)])
        lose(problem, without(fields, shelter), (before, plan.rows), limits, f"shelter {shelter}")


def lose(problem: Points, changed: Points, held: tuple[Array, Array], limits: Limits, name: str) -> None:
    before, rows = held
    for way, calm in WAYS.items():
        began, worked = time.perf_counter(), time.process_time()
        after = replan(changed, before, rows, problem.weight, calm)
        seconds = time.perf_counter() - began
        line(
            f"{name} {way} ({time.process_time() - worked:.1f} s of a core)", changed, before, after, seconds
        )
    began = time.perf_counter()
    anew = optimise(changed, limits)
    line(f"{name} full new plan", changed, before, anew.chosen, time.perf_counter() - began)


if __name__ == "__main__":
    main()

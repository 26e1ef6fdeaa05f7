"""Placing anew after a busy shelter is lost: each way against a full new plan.

    python benchmarks/replan.py INSTANCE.npz [--seconds 30] [--workers 2]

The instance is a file of the public generator. The shelter lost is the one in ten with most households.
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
    wanted = parser.parse_args()
    with np.load(wanted.instance) as stored:
        fields = {k: stored[k] for k in FIELDS}
    problem, limits = Points(fields), Limits(seconds=wanted.seconds, workers=wanted.workers)
    plan = optimise(problem, limits)
    before = satisfied(problem, plan.chosen, problem.weight)
    busy = np.argsort(-np.bincount(before[before >= 0], minlength=problem.options))
    changed = without(fields, int(busy[problem.options // 10]))
    print(f"plan before: W {problem.score(before).weighted:,}, gap {100 * plan.gap:.4f} %")
    for name, calm in WAYS.items():
        began, worked = time.perf_counter(), time.process_time()
        after = replan(changed, before, plan.rows, problem.weight, calm)
        line(
            f"{name} ({time.process_time() - worked:.1f} s of a core)",
            changed,
            before,
            after,
            time.perf_counter() - began,
        )
    began = time.perf_counter()
    anew = optimise(changed, limits)
    line("full new plan", changed, before, anew.chosen, time.perf_counter() - began)


if __name__ == "__main__":
    main()

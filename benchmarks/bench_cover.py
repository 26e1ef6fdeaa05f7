"""How long staff cover takes, how far each goal is proven, and how much memory it needs.

    python benchmarks/bench_cover.py [CASE ...] [--seeds N] [--first N] [--seconds SECONDS]

Cases: `ward` one site, 30 staff, 7 days; `home` one site, 120 staff, 14 days; `operator` 5 sites, 300 staff,
14 days, with helpers; `group` 20 sites, 500 staff, 28 days. Each is measured with an infection wave (four
shifts a day) and an earthquake at night (twelve-hour shifts on the first three days). Every run has a process
of its own, so that its memory is its own. Seconds are processor time; wall time stands beside it.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from dataclasses import replace

from cover_cases import Case, made

from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.instance import Goal
from bcp_kit.cores.staff_cover.solve import WorkBudget, solve

WAVE, QUAKE = "infection_wave", "earthquake_night"
WORK_SHARE, LINEAR_SHARE = 0.35, 0.1  # of the seconds of a case: deterministic work, HiGHS for one goal
CASES = {
    "ward": (Case(staff=30, days=7, sites=1, scenario=WAVE), 3.0),
    "home": (Case(staff=120, days=14, sites=1, scenario=WAVE), 20.0),
    "operator": (Case(staff=300, days=14, sites=5, scenario=WAVE), 60.0),
    "group": (Case(staff=500, days=28, sites=20, scenario=WAVE), 300.0),
}


def measure(case: Case, seed: int, limit_s: float, out: "multiprocessing.Queue[str]") -> None:
    instance = made(case, seed)
    stages: list[tuple[float, str]] = []

    def watch(done: float, stage: str) -> bool:
        if not stages or stages[-1][1] != stage:
            stages.append((time.process_time(), stage))
        return True

    wall, start = time.perf_counter(), time.process_time()
    budget = WorkBudget(deterministic_s=WORK_SHARE * limit_s, linear_s=LINEAR_SHARE * limit_s)
    result = solve(instance, budget, seed, watch)
    seconds, wall = time.process_time() - start, time.perf_counter() - wall
    broken = len(check.violations(instance, result.assignments))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = [
        f"seed {seed} {case.scenario}: {result.status} CPU {seconds:.1f} s, wall {wall:.1f} s",
        f"    {memory:.0f} MB, {broken} violations, gap {result.gap:.2%}, repeatable {result.repeatable}",
    ]
    ends = [at for at, _ in stages[1:]]
    for (at, stage), end in zip(stages, ends, strict=False):
        goal = Goal(stage.rsplit(".", 1)[1])
        value, bound = result.values[goal], result.bounds[goal]
        gap = "proven" if value == bound else f"{(value - bound) / max(value, 1):.2%}"
        lines.append(f"    {goal:20} {value:7} bound {bound:7} {gap:>8} {end - at:6.1f} s")
    out.put("\n".join(lines))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", default=list(CASES))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--scenario", choices=[WAVE, QUAKE])
    given = parser.parse_args()
    for name in given.cases:
        case, limit = CASES[name]
        print(f"{name}: {case.staff} staff, {case.sites} sites, {case.days} days", flush=True)
        for seed in range(given.first, given.first + given.seeds):
            for scenario in [given.scenario] if given.scenario else [WAVE, QUAKE]:
                out: multiprocessing.Queue[str] = multiprocessing.Queue()
                one = replace(case, scenario=scenario)
                run = multiprocessing.Process(target=measure, args=(one, seed, given.seconds or limit, out))
                run.start()
                print(out.get(), flush=True)
                run.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())

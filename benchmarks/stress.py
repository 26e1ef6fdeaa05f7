"""Stress draws on the sample city: seconds for many draws in a pool of processes, gap to the proven bound.

    python benchmarks/stress.py [--draws 1000] [--people 5400] [--workers 2] [--subject welfare|all]

The city is drawn and brought into a store of its own first, and matched once.
"""

import argparse
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bcp_kit.access.policy import Actor, Role
from bcp_kit.cores.shelter_matching.board import board
from bcp_kit.cores.shelter_matching.greedy import greedy
from bcp_kit.cores.shelter_matching.instance import Instance
from bcp_kit.cores.shelter_matching.stress import Stress, opening_draws, single_losses, stress
from bcp_kit.cores.shelter_matching.tables import build
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.matching_question import MatchCommand, first_stage, question_of
from bcp_kit.services.sample_world import load_world
from bcp_kit.services.store import StoreSettings, open_store
from bcp_kit.services.worker_pool import PoolRunner

NOON = FixedClock(datetime(2026, 11, 23, 12, tzinfo=UTC))
RATES = (0.5, 0.38, 0.22)


def city(people: int) -> tuple[Instance, tuple[str, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        handle = open_store(StoreSettings(data_dir=Path(folder) / "store", plain=True), "bench", clock=NOON)
        ctx = Context(Actor(name="bench", role=Role.DISASTER_OFFICER), handle.open, NOON)
        load_world(ctx, "city", work_dir=Path(folder), people=people)
        with ctx.open_store() as uow:
            asked = question_of(uow, MatchCommand(hazard=HazardKind.EARTHQUAKE))
        handle.close()
        return first_stage(asked).instance, tuple(s.id for s in asked.shelters if s.kind.is_welfare)


def told(name: str, report: Stress, seconds: float) -> None:
    placed = "/".join(f"{report.mean_placed(t):,.0f}" for t in (1, 2, 3))
    worst = "/".join(f"{report.least_placed(t):,}" for t in (1, 2, 3))
    suited = sum(sum(d.suited.values()) for d in report.draws) / max(1, len(report.draws))
    print(
        f"{name:22} {len(report.draws):>5} draws {seconds:7.1f} s  placed by tier, mean {placed}, "
        f"worst {worst}; suited {suited:,.0f} of {sum(report.before.suited.values()):,}; "
        f"gap {100 * report.gap:.2f} %, worst {100 * report.worst_gap:.2f} % ({report.measured} measured)",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--people", type=int, default=5400)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--subject", choices=("welfare", "all"), default="welfare")
    wanted = parser.parse_args()
    instance, welfare = city(wanted.people)
    subject = welfare if wanted.subject == "welfare" else tuple(d.id for d in instance.destinations)
    began = time.perf_counter()
    set_up = board(instance, greedy(build(instance)))
    print(
        f"{len(instance.households):,} households, {len(instance.destinations)} places; "
        f"board with prices in {time.perf_counter() - began:.1f} s"
    )
    run = PoolRunner(wanted.workers)
    began = time.perf_counter()
    single = stress(set_up, "single", single_losses(instance), run)
    told("each place lost", single, time.perf_counter() - began)
    print("needed most:", ", ".join(f"{key} -{w} weight" for key, w, _ in single.needed_most()[:5]))
    for rate in RATES:
        chances = (np.random.default_rng([1, n]) for n in range(wanted.draws))
        began = time.perf_counter()
        report = stress(set_up, "rate", opening_draws(instance, subject, rate, chances), run)
        told(f"{100 * rate:.0f} % of {wanted.subject} open", report, time.perf_counter() - began)
    peak_mb = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"largest process {peak_mb // 1024} MB")


if __name__ == "__main__":
    main()

"""Placing anew after single losses in the sample city: people moved against the proven least, seconds.

    python benchmarks/replan_city.py [--people 5400] [--losses 10] [--work 15]

The places lost are those with most households, one after the other; the way is "few moves". At the end:
how many moved no more people than the proven least, seconds by the clock and of a processor.
"""

import argparse
import statistics
import time
from collections import Counter

from stress import city

from bcp_kit.cores.shelter_matching import check
from bcp_kit.cores.shelter_matching.replan import Variant, replan, without_places
from bcp_kit.cores.shelter_matching.solve import solve


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=5400)
    parser.add_argument("--losses", type=int, default=10)
    parser.add_argument("--work", type=float, default=15.0)
    wanted = parser.parse_args()
    instance, _ = city(wanted.people)
    began = time.perf_counter()
    before = solve(instance, wanted.work)
    print(
        f"{len(instance.households):,} households, {len(instance.destinations)} places: matched in "
        f"{time.perf_counter() - began:.1f} s, {before.status.value}"
    )
    busy = Counter({place.id: 0 for place in instance.destinations})
    busy.update(place.destination_id for place in before.places.values())
    worked, equal = [], 0
    for key, there in busy.most_common(wanted.losses):
        changed = without_places(instance, [key])
        began, at_work = time.perf_counter(), time.process_time()
        found = replan(before.places, changed, Variant.FEW_MOVES, wanted.work)
        seconds = time.perf_counter() - began
        worked.append(time.process_time() - at_work)
        equal += found.moved == found.least_moved
        unproven = ", ".join(g.goal.value for g in found.result.goals if g.value != g.bound)
        broken = len(check.violations(changed, found.result.places))
        placed = "/".join(str(found.after.placed_by_tier[t]) for t in (1, 2, 3))
        print(
            f"{key} ({there} households) lost: moved {found.moved}, proven least {found.least_moved}, "
            f"lost their place {found.lost}, placed {placed}, {seconds:.1f} s ({worked[-1]:.1f} s of a "
            f"processor), {broken} broken rules, not proven best: {unproven or 'none'}",
            flush=True,
        )
    print(
        f"{len(worked)} losses: {equal} moved no more than the proven least; processor seconds median "
        f"{statistics.median(worked):.1f}, worst {max(worked):.1f}"
    )


if __name__ == "__main__":
    main()

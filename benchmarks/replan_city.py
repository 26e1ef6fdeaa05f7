"""Placing anew after single losses in the sample city: people moved against the proven least, seconds.

    python benchmarks/replan_city.py [--people 5400] [--losses 10] [--work 15]

The places lost are those with most households, one after the other; the way is "few moves".
"""

import argparse
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
    busy = Counter(place.destination_id for place in before.places.values())
    for key, there in busy.most_common(wanted.losses):
        changed = without_places(instance, [key])
        began = time.perf_counter()
        found = replan(before.places, changed, Variant.FEW_MOVES, wanted.work)
        seconds = time.perf_counter() - began
        broken = len(check.violations(changed, found.result.places))
        placed = "/".join(str(found.after.placed_by_tier[t]) for t in (1, 2, 3))
        print(
            f"{key} ({there} households) lost: moved {found.moved}, proven least {found.least_moved}, "
            f"lost their place {found.lost}, placed {placed}, {seconds:.1f} s, {broken} broken rules",
            flush=True,
        )


if __name__ == "__main__":
    main()

"""Smallest changes on random crowded towns: does each place the person, and does anything smaller?

    python benchmarks/remedies.py [--towns 200] [--people 20] [--homes 40] [--places 5] [--workers 2]

Each change is applied and the instance solved again by the goal-by-goal solver, which shares no model with
the search for changes.
"""

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "cores" / "shelter_matching"))

from answer_worlds import crowded_town
from test_remedies import check_remedies, of_tiers


def one(asked: tuple[int, int, int, int]) -> Counter[str]:
    seed, people, homes, places = asked
    instance = of_tiers(crowded_town(seed, homes=homes, sites=places))
    try:
        left, mended = check_remedies(instance, people)
    except AssertionError as wrong:
        print(f"town {seed}: {wrong}", flush=True)
        return Counter(towns=1, wrong=1)
    return Counter(towns=1, left=left, mended=mended)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--towns", type=int, default=200)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--homes", type=int, default=40)
    parser.add_argument("--places", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    wanted = parser.parse_args()
    jobs = [(seed, wanted.people, wanted.homes, wanted.places) for seed in range(wanted.towns)]
    began, found = time.perf_counter(), Counter[str]()
    with multiprocessing.get_context("spawn").Pool(wanted.workers) as pool:
        for part in pool.imap_unordered(one, jobs):
            found += part
    print(
        f"{found['towns']} towns, {found['left']:,} people left over, "
        f"{found['mended']:,} with a change, "
        f"{found['left'] - found['mended']:,} whom no change helps (no place of a kind, no way), "
        f"{found['wrong']} towns with a wrong change, {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    main()

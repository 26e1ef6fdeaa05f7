"""How long 1,000 drawn attendances take, how far the fast answer is from the full model, which measure helps.

    python benchmarks/bench_waves.py [--staff 120] [--scenario earthquake_night] [--draws 1000] [--samples 20]

Also the time of one moved slider: attendance of all staff on all days. The home and its staff are invented.
CPU seconds of this process; they do not grow when others use the machine, wall-clock seconds do.
"""

import argparse
import resource
import sys
import time

from waves_world import made, scenario

from bcp_kit.services.cover_inputs import who_can_come
from bcp_kit.services.cover_waves import WavesCommand, waves_of


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--staff", type=int, default=120)
    parser.add_argument("--residents-per-staff", type=float, default=0.9)
    parser.add_argument("--scenario", default="earthquake_night")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--samples", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    facts = made(given.staff, beds_per_staff=given.residents_per_staff)
    asked = scenario(given.scenario)
    begin = time.process_time()
    who_can_come(facts, asked, 0)
    print(f"attendance of {given.staff} staff × {asked.days} days: {time.process_time() - begin:.2f} s")
    for label, fields in (
        ("draws, rosters, bounds", {"measures": (), "places": False}),
        ("with places", {"measures": ()}),
        ("with all measures", {"measures": None}),
        (f"with {given.samples} draws in the full model", {"measures": (), "samples": given.samples}),
    ):
        begin = time.process_time()
        report = waves_of(facts, WavesCommand(("F",), asked, draws=given.draws, seed=given.seed, **fields))
        print(f"{label}: {time.process_time() - begin:.1f} s")
        for m in report.measures:
            print(f"  {m.key:14} {m.people:3} people  {m.saved:+.3f} ± {m.saved_error:.3f} shifts, ", end="")
            print(f"chance {m.chance:.3f} ({m.gain:+.3f} ± {m.gain_error:.3f})")
    print(
        f"chance that all holds: {report.whole.low:.3f} to {report.whole.high:.3f} ± {report.whole.error:.3f}"
    )
    exact = report.compared
    if exact:
        proven = [c for c in exact if c.least == c.most]
        over = sum(c.fast - c.most for c in exact) / len(exact)
        wrong = sum(c.most == 0 for c in exact)
        print(
            f"of {len(exact)} draws that the fast rosters do not hold: {len(proven)} proven, {wrong} hold "
            f"after all, {over:.2f} heads too many on average, bound too low by "
            f"{sum(c.least - c.bound for c in exact) / len(exact):.2f}"
        )
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

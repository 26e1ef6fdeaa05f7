"""How long staff cover takes, how far it is proven, and how much memory it needs.

    python benchmarks/cover.py [ward|operator|shortage|all] [--work SECONDS] [--seed N]

`ward`: one site, 30 staff, 7 days, 4 shifts. `operator`: three sites, 120 staff, 14 days, 4 shifts, 6
helpers; `shortage`: the same with two more heads on every post than there are people for.
The instances are seeded and invented: about six in ten can come at first, nearly all after a week.
"""

import argparse
import resource
import sys
import time
from dataclasses import dataclass
from random import Random

from bcp_kit.cores.staff_cover import check
from bcp_kit.cores.staff_cover.instance import (
    CoverInstance,
    Demand,
    Goal,
    PostGroup,
    Shift,
    Site,
    Worker,
)
from bcp_kit.cores.staff_cover.solve import WorkBudget, solve
from bcp_kit.domain.staff import HelpRoute, Qualification

SHIFTS = (
    Shift(key="early", start_min=420, end_min=960, break_min=60),
    Shift(key="day", start_min=540, end_min=1080, break_min=60),
    Shift(key="late", start_min=780, end_min=1320, break_min=60),
    Shift(key="night", start_min=1320, end_min=1860, break_min=60, night=True),
)
KEYS = tuple(s.key for s in SHIFTS)
GROUPS = (
    PostGroup(key="nurse", qualified=frozenset({Qualification.NURSE})),
    PostGroup(
        key="care",
        qualified=frozenset({Qualification.CARE_WORKER}),
        stand_ins=frozenset({Qualification.NURSE}),
    ),
    PostGroup(
        key="kitchen",
        qualified=frozenset({Qualification.COOK}),
        stand_ins=frozenset({Qualification.CARE_WORKER}),
    ),
)
HEADS = {  # life, standard, other for a home of forty
    ("care", "early"): (2, 1, 1),
    ("care", "day"): (2, 2, 1),
    ("care", "late"): (2, 1, 1),
    ("care", "night"): (2, 0, 0),
    ("nurse", "day"): (1, 0, 1),
    ("kitchen", "day"): (1, 0, 0),
}


@dataclass(frozen=True)
class Case:
    """One size: `more` heads are added to every post, so that there are too few people for all of them."""

    staff: int
    days: int
    sites: int
    helpers: int
    more: int


def made_worker(dice: Random, number: int, home: str, days: int) -> Worker:
    kind = dice.choices([Qualification.CARE_WORKER, Qualification.NURSE, Qualification.COOK], [80, 12, 8])[0]
    reach = dice.random()
    present = {d: KEYS for d in range(days) if reach < 0.6 + 0.35 * d / 6}
    return Worker(
        id=f"{home}-{number:03}",
        home=home,
        qualifications=frozenset({kind}),
        week_min=dice.choice([2400, 2400, 2400, 1440]),
        night_ok=dice.random() < 0.8,
        newcomer=dice.random() < 0.1,
        available=present,
        in_force={d: dice.choice(KEYS) for d in range(days) if dice.random() < 0.7},
    )


def made(case: Case, seed: int) -> CoverInstance:
    dice, days, sites, helpers = Random(seed), case.days, case.sites, case.helpers
    names = [f"site{n}" for n in range(sites)]
    workers = [made_worker(dice, n, names[n % sites], days) for n in range(case.staff)]
    workers += [
        Worker(
            id=f"help-{n}",
            home=names[n % sites],
            qualifications=frozenset({Qualification.NURSE if n % 3 == 0 else Qualification.CARE_WORKER}),
            available=dict.fromkeys(range(2, days), KEYS),
            route=HelpRoute.PARTNER,
            offer_id=f"offer-{n % sites}",
            needs_lodging=True,
        )
        for n in range(helpers)
    ]
    demands = [
        Demand(
            site=site,
            day=day,
            shift=shift,
            group=group,
            life=life,
            standard=standard,
            other=other + case.more,
        )
        for site in names
        for day in range(days)
        for (group, shift), (life, standard, other) in HEADS.items()
    ]
    return CoverInstance(
        days=days,
        shifts=SHIFTS,
        groups=GROUPS,
        sites=tuple(Site(id=name, lodging_places=2) for name in names),
        workers=tuple(workers),
        demands=tuple(demands),
        travel_from_day=1,
    )


CASES = {
    "ward": Case(staff=30, days=7, sites=1, helpers=2, more=0),
    "operator": Case(staff=120, days=14, sites=3, helpers=6, more=0),
    "shortage": Case(staff=120, days=14, sites=3, helpers=6, more=2),
}


def measure(name: str, work_s: float, seed: int) -> None:
    instance = made(CASES[name], seed)
    stages: list[tuple[float, str]] = []

    def watch(done: float, stage: str) -> bool:
        if not stages or stages[-1][1] != stage:
            stages.append((time.perf_counter(), stage))
        return True

    start = time.perf_counter()
    result = solve(instance, WorkBudget(deterministic_s=work_s), seed, watch)
    seconds = time.perf_counter() - start
    broken = len(check.violations(instance, result.assignments))
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: {result.status} in {seconds:.1f} s, {memory_mb:.0f} MB")
    print(f"  {broken} violations, gap {result.gap:.2%}, repeatable: {result.repeatable}")
    ends = [at for at, _ in stages[1:]]
    for (at, stage), end in zip(stages, ends, strict=False):
        goal = Goal(stage.rsplit(".", 1)[1])
        print(f"  {goal:22} {result.values[goal]:7} bound {result.bounds[goal]:7}  {end - at:6.1f} s")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("case", nargs="?", default="all", choices=[*CASES, "all"])
    parser.add_argument("--work", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for name in CASES if given.case == "all" else [given.case]:
        measure(name, given.work, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Drafts of individual evacuation plans for everybody: CPU seconds, megabytes at the peak, growth.

`python benchmarks/bench_plan_drafts.py --people 10000 20000 135000` fills a plain store for each size with
invented people, supporters, consents and matching runs of two hazards, drafts all plans, drafts them again
unchanged, makes the list of what is left to do, and reads single plans with all fields. Times are of this
process's work (CPU). Each size runs in a process of its own, so that the peak is its own.
"""

import argparse
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path

from printing import invented_case, invented_shelters

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.consent import Consent, ConsentAnswer, ConsentKind
from bcp_kit.domain.hazards import HazardKind
from bcp_kit.domain.placements import Alternative, MatchingRun, Placement, UnknownMode
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.plan_fields import plan_sheet
from bcp_kit.services.plans import draft_plans
from bcp_kit.services.plans_worklist import WorkBy, work_list
from bcp_kit.services.store import StoreHandle, StoreSettings, open_store

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = date(2026, 11, 23)
PART = 5_000
SHEETS = 20  # plans read with all their fields
HAZARDS = (HazardKind.EARTHQUAKE, HazardKind.RIVER_FLOOD)


def _consents(index: int, helpers: tuple[str, ...]) -> list[Consent]:
    person_id, given = f"p{index}", ConsentAnswer.GIVEN
    own = [
        Consent(id=f"c{index}-{kind.value}", kind=kind, giver_id=person_id, answer=given, given_on=DAY)
        for kind in (ConsentKind.MAKE_PLAN, ConsentKind.SHARE_PLAN)
    ]
    named = [
        Consent(
            id=f"n{index}-{helper}",
            kind=ConsentKind.BE_NAMED,
            giver_id=helper,
            person_id=person_id,
            answer=given,
            given_on=DAY,
        )
        for helper in helpers
    ]
    return own + named


def _fill(ctx: Context, people: int) -> None:
    """Store invented people with what a plan rests on, in parts so that memory stays that of one part."""
    rng = random.Random(7)
    shelters = invented_shelters(rng)
    ids = list(shelters)
    with ctx.open_store() as uow:
        uow.shelters.add_many(shelters.values())
        uow.commit()
    for start in range(0, people, PART):
        cases = [invented_case(i, rng, shelters) for i in range(start, min(start + PART, people))]
        helpers = {n.supporter.id: n.supporter for case in cases for n in case.supporters}
        with ctx.open_store() as uow:
            known = set(uow.supporters.ids(id=list(helpers)))
            uow.people.add_many(case.person for case in cases)
            uow.supporters.add_many(s for key, s in helpers.items() if key not in known)
            uow.links.add_many(n.link for case in cases for n in case.supporters)
            uow.consents.add_many(
                consent
                for number, case in enumerate(cases, start)
                for consent in _consents(number, tuple(n.supporter.id for n in case.supporters))
            )
            uow.commit()
    with ctx.open_store() as uow:
        for hazard in HAZARDS:
            uow.matching_runs.add(_run(hazard, people, ids, rng))
        uow.commit()


def _run(hazard: HazardKind, people: int, ids: list[str], rng: random.Random) -> MatchingRun:
    placements = []
    for index in range(people):
        first, second, third = rng.sample(ids, 3)
        others = (Alternative(shelter_id=second, distance_m=900), Alternative(shelter_id=third))
        placements.append(
            Placement(person_id=f"p{index}", stage=1, shelter_id=first, distance_m=800, alternatives=others)
        )
    return MatchingRun(
        id=f"run-{hazard.value}",
        hazard=hazard,
        mode=UnknownMode.ASSUME,
        made_at=NOW,
        placements=tuple(placements),
    )


def _context(folder: str) -> tuple[Context, StoreHandle]:
    settings = StoreSettings(data_dir=Path(folder), plain=True)
    handle = open_store(settings, clock=FixedClock(NOW))
    officer = Actor(name="計測", role=Role.DISASTER_OFFICER)
    return Context(actor=officer, open_store=handle.open, clock=FixedClock(NOW)), handle


def _fill_apart(folder: str, people: int) -> None:
    """Fill the store; called in a process of its own, whose memory is not that of the drafts."""
    ctx, handle = _context(folder)
    _fill(ctx, people)
    handle.close()


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure(people: int) -> dict[str, float]:
    """Return what drafting `people` plans took: CPU seconds, megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            apart.submit(_fill_apart, folder, people).result()
        ctx, handle = _context(folder)
        begun = _peak_mb()
        runs = [f"run-{hazard.value}" for hazard in HAZARDS]
        marks = [time.process_time()]
        made = draft_plans(ctx, runs)
        marks.append(time.process_time())
        drafted = _peak_mb()
        again = draft_plans(ctx, runs)
        marks.append(time.process_time())
        groups = work_list(ctx, WorkBy.TOWN)
        marks.append(time.process_time())
        for index in range(SHEETS):
            plan_sheet(ctx, f"p{index * people // SHEETS}")
        marks.append(time.process_time())
        handle.close()
    if (made.created, again.unchanged, groups[0].people) != (people, people, people):
        raise SystemExit("not everybody has a plan")
    seconds = [round(after - before, 2) for before, after in itertools.pairwise(marks)]
    return {
        "people": people,
        "draft_cpu_s": seconds[0],
        "ms_a_plan": round(seconds[0] / people * 1000, 3),
        "again_cpu_s": seconds[1],
        "worklist_cpu_s": seconds[2],
        "sheet_ms": round(seconds[3] / SHEETS * 1000, 1),
        "begun_mb": begun,
        "draft_peak_mb": drafted,
        "peak_mb": _peak_mb(),
    }


def main() -> None:
    """Measure each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[10_000, 20_000])
    parser.add_argument("--here", action="store_true", help="measure the one size in this process")
    options = parser.parse_args()
    for people in options.people:
        if options.here:
            print(json.dumps(measure(people)))
        else:
            subprocess.run([sys.executable, __file__, "--here", "--people", str(people)], check=True)


if __name__ == "__main__":
    main()

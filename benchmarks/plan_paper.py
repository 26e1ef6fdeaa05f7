"""Printing of continuity plans: seconds for a plan of 40 pages as PDF, Word, Excel; an operator's batch.

`python benchmarks/plan_paper.py` prints the invented home's plan, grown to 40 pages by rows that differ, in
each format. `--sites 20` prints all plans of so many sites in one run and tells seconds and the peak of
memory after the first and after the last site. Times are of this process's work (CPU), beside wall-clock.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from bcp_kit.access.policy import Actor, Role
from bcp_kit.domain.bcp import Answer, PlanKind
from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.schema import form
from bcp_kit.services.base import Context, FixedClock
from bcp_kit.services.bcp import save_answers, start_plan
from bcp_kit.services.bcp_print import PaperFormat, Wish, print_plans
from bcp_kit.services.bcp_print_batch import BatchOrder, print_batch
from bcp_kit.services.sample_plans import sample_facility
from bcp_kit.services.store import StoreSettings, open_store

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TABLES = ("nd_gas", "nd_comms", "nd_funds", "nd_restore_check", "nd_vendor_list", "nd_drill_plan")


def _context(folder: Path) -> Context:
    clock, numbers = FixedClock(NOW), count(1)
    store = open_store(StoreSettings(data_dir=folder, plain=True), clock=clock)
    actor = Actor(name="計測", role=Role.FACILITY_MANAGER)
    return Context(actor=actor, open_store=store.open, clock=clock, new_id=lambda: f"id-{next(numbers)}")


def _site(ctx: Context, number: int) -> Mapping[PlanKind, str]:
    """Bring one more invented facility of the operator into the store, both plans written to the end."""
    categories = list(ServiceCategory)
    sample = sample_facility(categories[number % len(categories)], NOW.date())
    facility = sample.facility.model_copy(
        update={"id": f"site-{number}", "name": f"{sample.facility.name} {number}"}
    )
    with ctx.open_store() as uow:
        uow.facilities.add(facility)
        uow.commit()
    found = {}
    for kind, answers in sample.answers.items():
        found[kind] = start_plan(ctx, facility.id, kind).id
        save_answers(ctx, found[kind], answers)
    return found


def _grow(ctx: Context, plan_id: str, rows: int) -> None:
    """Add rows that differ to the plan's tables."""
    tables = [item for item in form("bcp_natural_disaster").items if item.id in TABLES]
    more = {
        item.id: Answer(
            rows=tuple(
                {c.key: f"{c.label_ja}の{n}番目の内容、090-0000-{n:04d}" for c in item.input.columns}
                for n in range(rows)
            )
        )
        for item in tables
    }
    save_answers(ctx, plan_id, more)


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    return made, round(time.perf_counter() - wall, 2), round(time.process_time() - cpu, 2)


def _peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def one_plan(rows: int) -> None:
    """Print one long plan in each format, the first of them in a fresh process state."""
    with tempfile.TemporaryDirectory() as folder:
        ctx = _context(Path(folder))
        plan_id = _site(ctx, 0)[PlanKind.NATURAL_DISASTER]
        _grow(ctx, plan_id, rows)
        for name in (PaperFormat.PDF, PaperFormat.PDF, PaperFormat.DOCX, PaperFormat.XLSX, PaperFormat.BLANK):
            wish = Wish(name)
            made, wall, cpu = _timed(lambda wish=wish: print_plans(ctx, [plan_id], wish))
            facts = {"format": name.value, "pages": made.pages, "wall_s": wall, "cpu_s": cpu}
            print(json.dumps({**facts, "bytes": len(made.content), "peak_mb": _peak_mb()}))


def operator(sites: int) -> None:
    """Print both plans of every site in two formats, in one run."""
    with tempfile.TemporaryDirectory() as folder:
        ctx = _context(Path(folder) / "data")
        for number in range(sites):
            _site(ctx, number)
        ids = tuple(f"site-{number}" for number in range(sites))
        papers = (PaperFormat.PDF, PaperFormat.DOCX)
        for name, chosen in (("first site", ids[:1]), ("all sites", ids), ("again", ids)):
            order = BatchOrder(Path(folder) / "out", papers, chosen)
            outcome, wall, cpu = _timed(lambda order=order: print_batch(ctx, order))
            facts = {"run": name, "files": len(outcome.written), "unchanged": len(outcome.unchanged)}
            facts |= {"pages": outcome.pages, "wall_s": wall, "cpu_s": cpu, "peak_mb": _peak_mb()}
            print(json.dumps(facts))


def main() -> None:
    """Print one line of JSON for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=40, help="rows added to each of six tables")
    parser.add_argument("--sites", type=int, default=0)
    wanted = parser.parse_args()
    if wanted.sites:
        operator(wanted.sites)
    else:
        one_plan(wanted.rows)


if __name__ == "__main__":
    main()

"""How long all checks of a facility's two plans take.

Run: python -m benchmarks.checks [ROUNDS]. Both complete sample plans of each category are checked, as they
are and with every table repeated to 30 rows; printed are the median and the longest of ROUNDS runs, in
seconds of wall time and of processor time. Target: 0.5 s for a full plan.
"""

import statistics
import sys
import time
from datetime import date

from bcp_kit.domain.facilities import ServiceCategory
from bcp_kit.forms.checks.case import Case, PlanPart
from bcp_kit.forms.checks.run import CHECKS, run_checks
from bcp_kit.forms.schema import form
from bcp_kit.services.bcp import tidy
from bcp_kit.services.sample_plans import sample_facility

MANY_ROWS = 30


def case_of(category: ServiceCategory, today: date, rows: int = 0) -> Case:
    """Return the sample case; with `rows`, every table is repeated to at least so many."""
    sample = sample_facility(category, today)
    parts = {}
    for kind, answers in sample.answers.items():
        told = {}
        for item_id, answer in answers.items():
            repeated = answer.rows * (rows // max(len(answer.rows), 1) + 1) if rows else answer.rows
            told[item_id] = tidy(answer.model_copy(update={"rows": repeated}))
        parts[kind] = PlanPart(kind, form(f"bcp_{kind.value}"), told)
    return Case(parts, sample.facility, today, staff=sample.staff, exposures=sample.facility.exposures)


def measured(case: Case, rounds: int) -> tuple[float, float, float]:
    """Return median and longest wall time, and median processor time, in seconds."""
    wall, processor = [], []
    for _ in range(rounds):
        fresh = Case(**{name: getattr(case, name) for name in Case.__dataclass_fields__})
        began, worked = time.perf_counter(), time.process_time()
        run_checks(fresh)
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - worked)
    return statistics.median(wall), max(wall), statistics.median(processor)


def main() -> None:
    """Print one line a category."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    today = date(2026, 11, 24)
    print(f"{len(CHECKS)} checks, {rounds} rounds")
    for category in ServiceCategory:
        for name, rows in (("sample", 0), (f"{MANY_ROWS} rows", MANY_ROWS)):
            median, longest, processor = measured(case_of(category, today, rows), rounds)
            print(
                f"{category.value:18} {name:8} {median:.3f} s  longest {longest:.3f} s  cpu {processor:.3f} s"
            )


if __name__ == "__main__":
    main()
